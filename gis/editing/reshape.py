"""Reshape: a line takes the place of the stretch of boundary between two places where it meets the outline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import NEAR_M, Array, Point, refusal, rounded, sound
from gis.editing.vertices import outline_of, rings_of
from models.errors import Refused
from models.notices import N_

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
    if not made.is_valid and r > 0:
        shell = Polygon(rings[p][0])
        if not shell.covers(Polygon(rings[p][r])):
            x, y = Polygon(rings[p][r]).difference(shell).representative_point().coords[0]
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
    line = LineString(path)
    meetings = _meetings(ring, path)
    for a, b in pairwise(meetings):
        piece = shapely.get_coordinates(shapely.ops.substring(line, a, b))
        ring = _replaced(ring, np.round(piece, 3))
    return ring


def _replaced(ring: Array, piece: Array) -> Array:
    """The ring with the stretch between the ends of `piece` replaced by it; the larger of the two ways."""
    closed = LineString(np.vstack([ring, ring[:1]]))
    start, end = (float(closed.project(shapely.Point(p))) for p in (piece[0], piece[-1]))
    if abs(start - end) <= NEAR_M:
        return ring
    forth = _arc(closed, end, start)  # from the piece's end on around to its start
    back = _arc(closed, start, end)
    one = np.vstack([piece[:-1], [piece[-1]], forth[1:-1]])
    two = np.vstack([piece[::-1], back[1:-1]])
    return max((one, two), key=_area)


def _arc(closed: LineString, a: float, b: float) -> Array:
    """The ring from `a` on to `b` in its own direction, around its start if need be."""
    if a < b:
        return np.asarray(shapely.get_coordinates(shapely.ops.substring(closed, a, b)))
    first = shapely.get_coordinates(shapely.ops.substring(closed, a, closed.length))
    second = shapely.get_coordinates(shapely.ops.substring(closed, 0.0, b))
    return np.vstack([first, second[1:]])


def _area(ring: Array) -> float:
    xy = ring - ring[0]
    nxt = np.roll(xy, -1, axis=0)
    return abs(float((xy[:, 0] * nxt[:, 1] - nxt[:, 0] * xy[:, 1]).sum())) / 2
