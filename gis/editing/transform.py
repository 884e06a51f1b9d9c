"""Move, turn and scale a whole outline or one of its parts."""

from __future__ import annotations

import math

import numpy as np
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import Array, Point, sound
from gis.editing.vertices import outline_of, rings_of
from models.errors import Missing, Refused
from models.notices import N_

ALL = -1
"""In the place of a part's number: every part."""


def shift(geometry: BaseGeometry, dx: float, dy: float, part: int = ALL) -> MultiPolygon:
    """The outline, or one part of it, pushed by (dx, dy) m."""
    return _applied(geometry, np.eye(2), (0.0, 0.0), (dx, dy), part)


def turn(geometry: BaseGeometry, degrees: float, around: Point, part: int = ALL) -> MultiPolygon:
    """Turned clockwise as a bearing is counted."""
    a = math.radians(-degrees)
    matrix = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
    return _applied(geometry, matrix, around, (0.0, 0.0), part)


def scale(geometry: BaseGeometry, factor: float, around: Point, part: int = ALL) -> MultiPolygon:
    """Larger (factor > 1) or smaller; areas change with the square."""
    if not (math.isfinite(factor) and factor > 0):
        raise Refused("edit.scale", N_("a scale factor must be above 0"))
    return _applied(geometry, np.eye(2) * factor, around, (0.0, 0.0), part)


def _applied(geometry: BaseGeometry, matrix: Array, around: Point, push: Point, part: int) -> MultiPolygon:
    rings = rings_of(geometry)
    if not (part == ALL or 0 <= part < len(rings)):
        raise Missing("edit.no_part", N_("the outline has no such part any more"))
    centre = np.asarray(around)
    for p, held in enumerate(rings):
        if part in (ALL, p):
            rings[p] = [(ring - centre) @ matrix.T + centre + np.asarray(push) for ring in held]
    return sound(outline_of(rings))
