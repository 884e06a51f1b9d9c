"""Move, insert and delete vertices of an outline, addressed by part, ring and place in the ring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import NEAR_M, Array, Point, on_grid, parts_of, sound
from models.errors import Missing, Refused
from models.notices import N_

Rings = list[list[Array]]
"""Parts → rings (0 outer, then holes) → (n, 2) without the closing point."""


class Ref(NamedTuple):
    """A vertex: `part` and `ring` from 0 (ring 0 is the outer one), `n` its place in the ring as stored."""

    part: int
    ring: int
    n: int


def rings_of(geometry: BaseGeometry) -> Rings:
    """The rings of an outline, to be changed and given to `outline_of`."""
    return [
        [shapely.get_coordinates(ring)[:-1].copy() for ring in (p.exterior, *p.interiors)] for p in parts_of(geometry)
    ]


def outline_of(rings: Rings) -> MultiPolygon:
    """An outline of rings; it is not checked. Rings of fewer than three points are left out."""
    return MultiPolygon(
        [Polygon(part[0], [r for r in part[1:] if len(r) >= 3]) for part in rings if part and len(part[0]) >= 3]
    )


def vertex(geometry: BaseGeometry, ref: Ref) -> Point:
    """Where a vertex stands. Raises Missing if there is none."""
    return _at(rings_of(geometry), ref)


def _at(rings: Rings, ref: Ref) -> Point:
    try:
        x, y = rings[ref.part][ref.ring][ref.n]
    except IndexError as cause:
        raise Missing("edit.no_vertex", N_("the outline has no such point any more")) from cause
    return float(x), float(y)


def find(geometry: BaseGeometry, at: Point) -> list[Ref]:
    """The vertices that stand at a place (to a grid cell)."""
    found = []
    for p, part in enumerate(rings_of(geometry)):
        for r, ring in enumerate(part):
            near = np.nonzero(np.hypot(*(ring - np.asarray(at)).T) <= NEAR_M)[0]
            found += [Ref(p, r, int(i)) for i in near]
    return found


def move(geometry: BaseGeometry, to: Mapping[Ref, Point]) -> MultiPolygon:
    """Vertices at other places. Raises Refused with the place where the outline would cross itself."""
    rings = rings_of(geometry)
    for ref, place in to.items():
        _at(rings, ref)
        rings[ref.part][ref.ring][ref.n] = on_grid(*place)
    return _checked(rings)


def insert(geometry: BaseGeometry, after: Ref, place: Point) -> MultiPolygon:
    """A new vertex on the edge that begins at `after`."""
    rings = rings_of(geometry)
    _at(rings, after)
    ring = rings[after.part][after.ring]
    rings[after.part][after.ring] = np.insert(ring, after.n + 1, on_grid(*place), axis=0)
    return _checked(rings)


def delete(geometry: BaseGeometry, refs: Iterable[Ref]) -> MultiPolygon:
    """The outline without some vertices. A hole left with fewer than three goes; of the last part it is refused."""
    rings = rings_of(geometry)
    gone: dict[tuple[int, int], set[int]] = {}
    for ref in refs:
        _at(rings, ref)
        gone.setdefault((ref.part, ref.ring), set()).add(ref.n)
    for (part, ring), indexes in gone.items():
        rings[part][ring] = np.delete(rings[part][ring], sorted(indexes), axis=0)
    kept = [part for part in rings if len(part[0]) >= 3]
    if not kept:
        raise Refused(
            "edit.too_few",
            N_("an outline needs at least three points"),
            advice=N_("delete the whole feature instead"),
        )
    return _checked([[part[0], *(r for r in part[1:] if len(r) >= 3)] for part in kept])


def _checked(rings: Rings) -> MultiPolygon:
    return sound(outline_of([[_no_repeats(r) for r in part] for part in rings]))


def _no_repeats(ring: Array) -> Array:
    """The ring without points given twice in a row."""
    kept: Array = ring[np.any(ring != np.roll(ring, 1, axis=0), axis=1)]
    return kept
