"""Cut an outline by its neighbours, or keep it a distance clear of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import Array, overlay, parts_of, sound
from gis.editing.vertices import outline_of, rings_of
from models.errors import Refused
from models.notices import N_

_STEPS_MM = (0.001, 0.002, 0.003)
_AROUND = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]


@dataclass(frozen=True)
class Cut:
    """What is left, and how much went (m² in the plane)."""

    outline: MultiPolygon
    removed_m2: float


def keep_clear(geometry: BaseGeometry, others: Sequence[BaseGeometry], distance_m: float = 0.0) -> Cut:
    """The part of an outline that lies at least `distance_m` from all `others`; with 0 it overlaps none of them.

    Raises Refused if nothing is left.
    """
    if not math.isfinite(distance_m) or distance_m < 0:
        raise Refused("clear.distance", N_("the distance to keep is 0 m or more"))
    near = [o for o in others if geometry.dwithin(o, distance_m + 1e-3)]
    if not near:
        return Cut(sound(geometry), 0.0)
    taboo = shapely.union_all(near)
    if distance_m > 0:
        # Arcs of a buffer are chords inside the true arc: a little more keeps the whole distance.
        taboo = shapely.buffer(taboo, distance_m / math.cos(math.pi / 128) + 1e-3, quad_segs=32)
    left = overlay("difference", geometry, taboo)
    made = sound(left, empty=N_("nothing is left: the outline lies within what it is to keep clear of"))
    made = _outside(made, taboo)
    return Cut(made, max(0.0, float(geometry.area - made.area)))


def overlaps(geometry: BaseGeometry, others: Sequence[BaseGeometry]) -> list[tuple[int, float]]:
    """(position in `others`, m²) of those that an outline overlaps by more than the millimetre grid can make."""
    found = []
    for i, other in enumerate(others):
        if shapely.intersects(geometry, other):
            area = float(shapely.intersection(geometry, other).area)
            if area > 1e-3 * min(geometry.length, other.length):
                found.append((i, area))
    return found


def _outside(made: MultiPolygon, taboo: BaseGeometry) -> MultiPolygon:
    """Cut points were put on the grid, up to half a millimetre inside the neighbour: move those to its outer side."""
    if shapely.intersection(made, taboo).area == 0:
        return made
    shapely.prepare(taboo)
    rings = rings_of(made)
    for part in rings:
        for ring in part:
            for i in np.nonzero(shapely.contains_properly(taboo, shapely.points(ring)))[0]:
                ring[i] = _beside(ring[i], taboo)
    moved = outline_of(rings)
    return sound(moved) if shapely.is_valid(moved) and parts_of(moved) else made


def _beside(at: Array, taboo: BaseGeometry) -> Array:
    for step in _STEPS_MM:
        tries = np.round(at + np.asarray(_AROUND) * step, 3)
        free = tries[~shapely.contains_properly(taboo, shapely.points(tries))]
        if len(free):
            nearest: Array = free[np.argmin(np.hypot(*(free - at).T))]
            return nearest
    return at
