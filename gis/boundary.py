"""Boundary points (拐点): the numbered vertices of an outline, in the order of a land office's table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from models.errors import Refused
from models.notices import N_

Ring = NDArray[np.float64]


@dataclass(frozen=True)
class BoundaryPoint:
    """One vertex. Metres in the project CRS, rounded to the millimetre as they are printed; no zone prefix.

    `part` counts the outline's polygons from 1, `ring` the rings of that polygon: 1 outer, 2 and up holes
    (screening-rules.md TX-03). `side_m` is the distance to the next point of the ring (from the last to the first).
    """

    number: str
    part: int
    ring: int
    x_north: float
    y_east: float
    side_m: float


def boundary_points(geometry: BaseGeometry) -> list[BoundaryPoint]:
    """Points J1, J2 … of an outline, each ring from its north-western vertex; numbers run on through the rings.

    Outer rings go clockwise, holes anticlockwise after the ring they lie in (TX-14); parts from the north-west on.
    The north-western vertex is the one that lies farthest towards the north-west (largest north − east). Vertices
    that fall on the same millimetre are one point. Raises Refused if the geometry holds no area.
    """
    points: list[BoundaryPoint] = []
    for part, rings in enumerate(_parts(geometry), start=1):
        for ring, coords in enumerate(rings, start=1):
            east, north = coords[:, 0], coords[:, 1]
            sides = np.hypot(np.roll(east, -1) - east, np.roll(north, -1) - north)
            first = len(points) + 1
            points += [
                BoundaryPoint(f"J{first + i}", part, ring, float(n), float(e), float(s))
                for i, (e, n, s) in enumerate(zip(east, north, sides, strict=True))
            ]
    if not points:
        raise Refused("boundary.no_area", N_("the outline has no area, so it has no boundary points"))
    return points


def points_together(outlines: Mapping[str, BaseGeometry]) -> dict[str, tuple[BoundaryPoint, ...]]:
    """Boundary points of neighbouring outlines, numbered through: a place that two of them share has one number.

    Outlines in the order given, each in its own order of points; a place is shared if it is the same millimetre.
    Raises Refused if one holds no area.
    """
    known: dict[tuple[float, float], str] = {}
    made = {}
    for key, outline in outlines.items():
        points = []
        for point in boundary_points(outline):
            place = point.x_north, point.y_east
            known.setdefault(place, f"J{len(known) + 1}")
            points.append(replace(point, number=known[place]))
        made[key] = tuple(points)
    return made


def numbered_rings(geometry: BaseGeometry) -> list[Ring]:
    """The rings in the order and from the start that `boundary_points` numbers them; an empty list without area."""
    return [ring for rings in _parts(geometry) for ring in rings]


def number_at(rings: list[Ring], east: float, north: float) -> str:
    """The number of the point of `numbered_rings` at a place; "" if there is none. No object a point is made."""
    before = 0
    place = np.round(np.array([east, north]), 3)
    for ring in rings:
        hit = np.flatnonzero(np.abs(ring[:, 0] - place[0]) < 5e-4)
        hit = hit[np.abs(ring[hit, 1] - place[1]) < 5e-4]
        if len(hit):
            return f"J{before + int(hit[0]) + 1}"
        before += len(ring)
    return ""


def _parts(geometry: BaseGeometry) -> list[list[Ring]]:
    polygons = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    parts = []
    for polygon in polygons:
        if not isinstance(polygon, Polygon) or polygon.is_empty:
            continue
        rings = [r for r in (_ring(polygon.exterior.coords, clockwise=True),) if len(r) >= 3]
        holes = [_ring(h.coords, clockwise=False) for h in polygon.interiors]
        if rings:
            parts.append(rings + sorted((h for h in holes if len(h) >= 3), key=_north_west))
    return sorted(parts, key=lambda rings: _north_west(rings[0]))


def _north_west(ring: Ring) -> tuple[float, float]:
    return (-float(ring[0, 1] - ring[0, 0]), -float(ring[0, 1]))


def _ring(coords: object, *, clockwise: bool) -> Ring:
    """The ring without its closing point and repeats, in millimetres' rounding, turned and started as asked."""
    xy = np.round(np.asarray(coords, np.float64)[:, :2], 3)
    kept = np.empty(len(xy), bool)
    kept[:1] = (xy[:1] != xy[-1:]).any(axis=1)
    kept[1:] = (xy[1:, 0] != xy[:-1, 0]) | (xy[1:, 1] != xy[:-1, 1])
    if not kept.all():
        xy = xy[kept]
    if len(xy) < 3:
        return xy
    x, y = xy[:, 0] - xy[0, 0], xy[:, 1] - xy[0, 1]
    twice_area = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))  # the last side ends in (0, 0)
    if (twice_area < 0) != clockwise:
        xy = xy[::-1]
    # Ties (a corner cut at 45°) go to the more northern vertex.
    towards = np.round(xy[:, 1] - xy[:, 0], 3)
    tied = np.flatnonzero(towards == towards.max())
    start = int(tied[np.argmax(xy[tied, 1])])
    return np.concatenate((xy[start:], xy[:start]))


def rings_of(points: list[BoundaryPoint]) -> Iterator[list[BoundaryPoint]]:
    """The points ring by ring, in their order."""
    ring: list[BoundaryPoint] = []
    for point in points:
        if ring and (point.part, point.ring) != (ring[-1].part, ring[-1].ring):
            yield ring
            ring = []
        ring.append(point)
    if ring:
        yield ring


def outward(ring: list[BoundaryPoint], index: int) -> tuple[float, float]:
    """Unit vector (east, north) from a vertex away from the site's ground; for holes that is onto the island."""
    before, here, after = ring[index - 1], ring[index], ring[(index + 1) % len(ring)]
    east, north = 0.0, 0.0
    # Outer rings run clockwise and holes anticlockwise, so the site is always on the right: left is outward.
    for a, b in ((before, here), (here, after)):
        dx, dy = b.y_east - a.y_east, b.x_north - a.x_north
        length = math.hypot(dx, dy) or 1.0
        east, north = east - dy / length, north + dx / length
    length = math.hypot(east, north)
    return (east / length, north / length) if length > 1e-9 else (0.0, 1.0)
