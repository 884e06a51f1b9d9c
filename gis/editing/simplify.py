"""Fewer vertices within a stated tolerance; edges that neighbours share stay shared."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import sound
from models.errors import Refused
from models.notices import N_

_TRIES = 12
Key = TypeVar("Key", bound=Hashable)


def simplify(geometry: BaseGeometry, tolerance_m: float) -> MultiPolygon:
    """The outline with vertices left out; no point of the old boundary lies farther than the tolerance from the new.

    Douglas and Peucker with the topology kept (GEOS): rings do not collapse, cross or touch.
    """
    _check(tolerance_m)
    step = tolerance_m
    corners = shapely.points(shapely.get_coordinates(geometry))
    for _try in range(_TRIES):
        made = sound(shapely.simplify(geometry, step, preserve_topology=True))
        # GEOS judges the first vertex of a ring against what was simplified already, so it may go too far.
        if float(shapely.distance(corners, made.boundary).max()) <= tolerance_m:
            return made
        step *= 0.7
    return sound(geometry)


def simplify_together(outlines: Mapping[Key, BaseGeometry], tolerance_m: float) -> dict[Key, MultiPolygon]:
    """Several outlines with their shared boundaries simplified once, so that they stay shared.

    `tolerance_m`: the square root of the area of the triangles that go (Visvalingam and Whyatt, GEOS coverage
    simplification). Raises Refused if the outlines overlap.
    """
    _check(tolerance_m)
    keys = list(outlines)
    shapes = np.array([*outlines.values(), None], dtype=object)[:-1]
    if not shapely.coverage_is_valid(shapes):
        raise Refused("simplify.overlap", N_("the outlines overlap or their shared boundaries differ"),
                      advice=N_("cut them by each other first, or simplify them one by one"))  # fmt: skip
    made = shapely.coverage_simplify(shapes, tolerance_m)
    return {key: sound(shape) for key, shape in zip(keys, made, strict=True)}


def farthest_m(before: BaseGeometry, after: BaseGeometry) -> float:
    """How far the new boundary strays from the old one (Hausdorff distance of the vertices)."""
    return float(shapely.hausdorff_distance(before.boundary, after.boundary))


def _check(tolerance_m: float) -> None:
    if not (math.isfinite(tolerance_m) and tolerance_m > 0):
        raise Refused("simplify.tolerance", N_("give a tolerance above 0 m"))
