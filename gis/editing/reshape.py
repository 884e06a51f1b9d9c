"""Reshape: a line takes the place of the stretch of boundary between two places where it meets the outline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import NEAR_M, Array, Point, refusal, rounded, sound
from gis.editing.vertices import outline_of, rings_of
from models.errors import Refused
from models.notices import N_

_SAME_M = 1e-6  # a vertex at an end is that end
_ADVICE = N_("cross or touch the boundary of one ring at least twice")


def reshape(geometry: BaseGeometry, line: Sequence[Point]) -> MultiPolygon:
    """The outline with each stretch between two meetings of the line and a ring replaced by the line.

    Of the two outlines possible each time, the one with the larger area is kept. Raises Refused if the line meets no
    ring twice, or if the result would cross itself (with the place).
    """
    if len(line) < 2:
        raise Refused("reshape.no_line", N_("a line that reshapes needs at least two places"))
    path = rounded(line)
    rings = rings_of(geometry)
    best: tuple[int, int, int] | None = None
    for p, part in enumerate(rings):
        for r, ring in enumerate(part):
            count = len(_meetings(ring, path))
            if count >= 2 and (best is None or count > best[2]):
                best = (p, r, count)
    if best is None:
        raise refusal(
            "reshape.misses",
            N_("the line meets the boundary fewer than two times"),
            (float(path[0, 0]), float(path[0, 1])),
            _ADVICE,
        )
    p, r, _count = best
    rings[p][r] = _reshaped(rings[p][r], path)
    made = outline_of(rings)
    if not shapely.is_valid(made) and r > 0:
        shell = Polygon(rings[p][0])
        if not shapely.covers(shell, Polygon(rings[p][r])):
            x, y = shapely.difference(Polygon(rings[p][r]), shell).representative_point().coords[0]
            text = N_("the hole would reach out of the outline at {x:.3f}, {y:.3f}")
            raise refusal("reshape.hole_outside", text, (x, y))
    return sound(made)


def _meetings(ring: Array, path: Array) -> list[float]:
    """Where along the path (m from its start) it meets the ring."""
    line = LineString(path)
    common = shapely.intersection(line, LineString(np.vstack([ring, ring[:1]])))
    pieces = [g for g in shapely.get_parts(common) if not g.is_empty]
    lines = shapely.line_merge(MultiLineString([g for g in pieces if g.geom_type == "LineString"]))
    # A stretch that runs along the boundary counts with both ends.
    ends = [shapely.get_coordinates(g) for g in pieces if g.geom_type == "Point"]
    ends += [shapely.get_coordinates(g)[[0, -1]] for g in shapely.get_parts(lines) if not g.is_empty]
    if not ends:
        return []
    along = sorted(float(line.project(shapely.Point(p))) for p in np.concatenate(ends))
    return [a for i, a in enumerate(along) if i == 0 or a - along[i - 1] > NEAR_M]


def _reshaped(ring: Array, path: Array) -> Array:
    meetings = _meetings(ring, path)
    for a, b in pairwise(meetings):
        piece = _stretch(path, a, b)
        ring = _replaced(ring, np.round(piece, 3))
    return ring


def _replaced(ring: Array, piece: Array) -> Array:
    """The ring with the stretch between the ends of `piece` replaced by it; the larger of the two ways."""
    closed = LineString(np.vstack([ring, ring[:1]]))
    start, end = (float(closed.project(shapely.Point(p))) for p in (piece[0], piece[-1]))
    if abs(start - end) <= NEAR_M:
        return ring
    around = shapely.get_coordinates(closed)
    forth = _arc(around, end, start)  # from the piece's end on around to its start
    back = _arc(around, start, end)
    one = np.vstack([piece[:-1], [piece[-1]], forth[1:-1]])
    two = np.vstack([piece[::-1], back[1:-1]])
    return max((one, two), key=_area)


def _arc(closed: Array, a: float, b: float) -> Array:
    """The ring from `a` on to `b` in its own direction, around its start if need be."""
    if a < b:
        return _stretch(closed, a, b)
    return np.vstack([_stretch(closed, a, np.inf), _stretch(closed, 0.0, b)[1:]])


def _stretch(line: Array, a: float, b: float) -> Array:
    """A line (n, 2) from `a` to `b` metres along it, with both ends (shapely's own takes a second for 100,000)."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    a, b = max(a, 0.0), min(b, float(along[-1]))
    ends = [[float(np.interp(at, along, line[:, k])) for k in (0, 1)] for at in (a, b)]
    inner = line[(along > a + _SAME_M) & (along < b - _SAME_M)]
    return np.vstack([ends[:1], inner, ends[1:]])


def _area(ring: Array) -> float:
    xy = ring - ring[0]
    nxt = np.roll(xy, -1, axis=0)
    return abs(float((xy[:, 0] * nxt[:, 1] - nxt[:, 0] * xy[:, 1]).sum())) / 2
