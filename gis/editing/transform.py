"""Move, turn and scale a whole outline or one of its parts."""

from __future__ import annotations

import math

import numpy as np
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import Point, sound
from gis.editing.vertices import outline_of, rings_of
from models.errors import Missing, Refused
from models.notices import N_

ALL = -1
"""In the place of a part's number: every part."""


def shift(geometry: BaseGeometry, dx: float, dy: float, part: int = ALL) -> MultiPolygon:
    """The outline, or one part of it, pushed by (dx, dy) m."""
    return similar(geometry, (0.0, 0.0), push=(dx, dy), part=part)


def turn(geometry: BaseGeometry, degrees: float, around: Point, part: int = ALL) -> MultiPolygon:
    """Turned clockwise as a bearing is counted."""
    return similar(geometry, around, degrees=degrees, part=part)


def scale(geometry: BaseGeometry, factor: float, around: Point, part: int = ALL) -> MultiPolygon:
    """Larger (factor > 1) or smaller; areas change with the square."""
    return similar(geometry, around, factor=factor, part=part)


def similar(
    geometry: BaseGeometry,
    around: Point,
    *,
    factor: float = 1.0,
    degrees: float = 0.0,
    push: Point = (0.0, 0.0),
    part: int = ALL,
) -> MultiPolygon:
    """Scaled and turned clockwise about `around`, then pushed by (dx, dy) m; rounded once. Raises Refused."""
    return sound(placed(geometry, around, factor=factor, degrees=degrees, push=push, part=part))


def placed(
    geometry: BaseGeometry,
    around: Point,
    *,
    factor: float = 1.0,
    degrees: float = 0.0,
    push: Point = (0.0, 0.0),
    part: int = ALL,
) -> MultiPolygon:
    """The same before it is rounded and checked: for showing what is dragged. Raises Refused for a factor of 0."""
    if not (math.isfinite(factor) and factor > 0):
        raise Refused("edit.scale", N_("a scale factor must be above 0"))
    a = math.radians(-degrees)
    matrix = factor * np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
    rings = rings_of(geometry)
    if not (part == ALL or 0 <= part < len(rings)):
        raise Missing("edit.no_part", N_("the outline has no such part any more"))
    centre = np.asarray(around)
    for p, held in enumerate(rings):
        if part in (ALL, p):
            rings[p] = [(ring - centre) @ matrix.T + centre + np.asarray(push) for ring in held]
    return outline_of(rings)
