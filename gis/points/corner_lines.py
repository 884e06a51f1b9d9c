"""Lines down the corners of walls, drawn in where crest and toe turn alike and single points stand on the walls.

A surveyor who draws crest and toe seldom draws the line that joins their corners. Without single points the triangles
find it (level_swaps.py); a point strewn on one wall near the corner may be joined to the crest of the next wall, and
the corner is cut off. So a line is drawn from a crest's corner to a toe's, straight and with heights linear between,
where all of this holds: both turn by at least 15° to the same side, their legs run in the same directions within 15°,
each is the other's nearest of that kind, no line lies between, and the single points beside it lie on the two walls
that it makes. It is inferred, not measured, and is told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gis.arrays import Array, Index, Mask

TURN_RAD = np.radians(15.0)
_ALIKE = float(np.cos(np.radians(15.0)))
_MOST_CORNERS = 20_000
"""More corners than crests and toes have: contours, which need no such lines."""
_NEAREST = 12
_STEEP = 0.1
_OFF = 0.15
_FIT = 0.8
_LONGEST = 3.0
_VERTICES = 1000


@dataclass(frozen=True)
class Corners:
    """Where lines turn: position in the points, unit vectors (n, 2) of the leg behind and the leg ahead, lengths."""

    at: Index
    back: Array
    ahead: Array
    reach: Array
    """Length of the shorter leg, m."""

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class CornerLines:
    """Ends of the lines drawn in: positions (n) of the points they join."""

    start: Index
    end: Index

    def __len__(self) -> int:
        return len(self.start)


def corners_of(xy: Array, line: Index) -> Corners:
    """Vertices at which a line turns by 15° or more; those of closed lines at their seam, too.

    None where there are more than crests and toes have: those are contours.
    """
    before, after = _neighbours(xy, line)
    known = (before >= 0) & (after >= 0)
    at = np.flatnonzero(known)
    back, ahead = xy[before[at]] - xy[at], xy[after[at]] - xy[at]
    long_back, long_ahead = np.hypot(*back.T), np.hypot(*ahead.T)
    good = (long_back > 0) & (long_ahead > 0)
    at, back, ahead = at[good], back[good] / long_back[good, None], ahead[good] / long_ahead[good, None]
    turned = np.arccos(np.clip(-(back * ahead).sum(axis=1), -1, 1)) >= TURN_RAD
    turned &= int(turned.sum()) <= _MOST_CORNERS
    at, back, ahead = at[turned], back[turned], ahead[turned]
    reach = np.minimum(_leg(xy, at, before, back), _leg(xy, at, after, ahead))
    return Corners(at, back, ahead, reach)


def _neighbours(xy: Array, line: Index) -> tuple[Index, Index]:
    """(vertex before, vertex after) on the same line, -1 for none; the seam of a closed line stands for one vertex."""
    n = len(xy)
    before, after = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    along = np.flatnonzero((line[1:] == line[:-1]) & (line[1:] >= 0))
    after[along], before[along + 1] = along + 1, along
    first = np.flatnonzero((line >= 0) & (before < 0) & (after >= 0))
    last = np.flatnonzero((line >= 0) & (after < 0) & (before >= 0))
    closed = (line[first] == line[last]) & (xy[first] == xy[last]).all(axis=1)
    before[first[closed]] = before[last[closed]]
    after[before[last[closed]]] = first[closed]
    before[last[closed]] = -1
    return before, after


def _leg(xy: Array, at: Index, way: Index, leg: Array) -> Array:
    """How far the line runs on in the direction of the leg, within 15°."""
    long = np.zeros(len(at))
    which, here = np.arange(len(at)), at
    for _ in range(_VERTICES):
        there = way[here]
        step = xy[there] - xy[here]
        length = np.hypot(*step.T)
        going = (there >= 0) & ((step * leg[which]).sum(axis=1) >= _ALIKE * length)
        if not going.any():
            break
        which, here = which[going], there[going]
        long[which] += length[going]
    return long


def corner_lines(xy: Array, z: Array, line: Index) -> CornerLines:
    """The lines down corners for points (n, 2), heights and lines as in gis.points.breaklines; see above for when."""
    none = CornerLines(np.zeros(0, np.int64), np.zeros(0, np.int64))
    single = line < 0
    if single.all() or not single.any():
        return none
    corners = corners_of(xy, line)
    if len(corners) < 2:
        return none
    start, end = _pairs(xy, z, line, corners)
    if not len(start):
        return none
    clear = _clear(xy, line, corners.at[start], corners.at[end])
    start, end = start[clear], end[clear]
    tree = cKDTree(xy[single])
    borne = [
        _is_borne(xy, z, corners, int(p), int(q), np.flatnonzero(single), tree)
        for p, q in zip(start, end, strict=True)
    ]  # fmt: skip
    start, end = start[borne], end[borne]
    return CornerLines(corners.at[start], corners.at[end])


def _pairs(xy: Array, z: Array, line: Index, corners: Corners) -> tuple[Index, Index]:
    """Corners of two lines, upper and lower, each the other's nearest of its kind."""
    place, height, name = xy[corners.at], z[corners.at], line[corners.at]
    found = cKDTree(place).query(place, k=min(_NEAREST, len(corners)))
    distance, near = np.asarray(found[0]), np.asarray(found[1], np.int64)
    fits = (name[near] != name[:, None]) & np.isfinite(distance) & (distance > 0)
    fits &= distance <= _LONGEST * np.maximum(corners.reach[:, None], corners.reach[near])
    fits &= np.abs(height[near] - height[:, None]) > _STEEP * distance
    back, ahead = corners.back[:, None], corners.ahead[:, None]
    same = ((back * corners.back[near]).sum(axis=2) > _ALIKE) & ((ahead * corners.ahead[near]).sum(axis=2) > _ALIKE)
    turned = ((back * corners.ahead[near]).sum(axis=2) > _ALIKE) & ((ahead * corners.back[near]).sum(axis=2) > _ALIKE)
    fits &= same | turned
    fits &= _between_legs(place, corners, near)
    best: dict[tuple[int, int], int] = {}
    for i, row in enumerate(fits):  # the nearest above and the nearest below: a bench has both
        for k in np.flatnonzero(row):
            best.setdefault((i, 1 if height[near[i, k]] > height[i] else -1), int(near[i, k]))
    pairs = [(i, j) for (i, side), j in best.items() if side < 0 and best.get((j, 1)) == i]
    start, end = np.array(pairs, np.int64).reshape(-1, 2).T
    return start, end


def _between_legs(place: Array, corners: Corners, near: Index) -> Mask:
    """The way to the other corner leads between the legs or between their prolongations, within 30° of the middle."""
    way = place[near] - place[:, None]
    way /= np.maximum(np.hypot(way[..., 0], way[..., 1]), 1e-300)[..., None]
    middle = corners.back + corners.ahead
    middle /= np.maximum(np.hypot(*middle.T), 1e-300)[:, None]
    return np.asarray(np.abs((way * middle[:, None]).sum(axis=2)) >= np.cos(np.radians(30.0)))


def _clear(xy: Array, line: Index, start: Index, end: Index) -> Mask:
    """Which lines between these points meet no other line but at their ends, and none of them that is shorter."""
    along = np.flatnonzero((line[1:] == line[:-1]) & (line[1:] >= 0))
    pieces = _strokes(xy[along], xy[along + 1])
    way = xy[end] - xy[start]
    made = _strokes(xy[start] + 1e-6 * way, xy[end] - 1e-6 * way)
    clear = np.ones(len(made), np.bool_)
    clear[np.unique(shapely.STRtree(pieces).query(made, predicate="intersects")[0])] = False
    length = np.hypot(*way.T)
    a, b = shapely.STRtree(made).query(made, predicate="intersects")
    clear[a[(length[a] > length[b]) | ((length[a] == length[b]) & (a > b))]] = False
    return clear


def _strokes(start: Array, end: Array) -> list[shapely.LineString]:
    """Straight lines between places (n, 2)."""
    return list(np.atleast_1d(np.asarray(shapely.linestrings(np.stack((start, end), axis=1)), dtype=object)))


def _is_borne(xy: Array, z: Array, corners: Corners, p: int, q: int, single: Index, tree: cKDTree) -> bool:
    """Single points are near the line from corner `p` to `q`, and of those beside it four in five lie on its two walls.

    A wall is the plane through both ends and along a leg of `p`; on it is what lies off by at most 15 % of its height.
    """
    top, bottom = corners.at[p], corners.at[q]
    way = xy[bottom] - xy[top]
    long = float(np.hypot(*way))
    drop = z[bottom] - z[top]
    wide = min(long, corners.reach[p] / 2)
    middle = (xy[top] + xy[bottom]) / 2
    near = single[tree.query_ball_point(middle, (long + corners.reach[p]) / 2)]
    rest = xy[near] - xy[top]
    fits, seen = 0, 0
    for leg in (corners.back[p], corners.ahead[p]):
        # rest = u · way + v · leg: u falls with the way down, v runs along the level crest
        det = way[0] * leg[1] - way[1] * leg[0]
        if abs(det) < 1e-9 * long:
            return False
        u = (rest[:, 0] * leg[1] - rest[:, 1] * leg[0]) / det
        v = (way[0] * rest[:, 1] - way[1] * rest[:, 0]) / det
        on = (u > 0.02) & (u < 0.98) & (v >= 0) & (v <= wide)
        seen += int(on.sum())
        fits += int((np.abs(z[near[on]] - z[top] - u[on] * drop) <= _OFF * abs(drop)).sum())
    return len(near) > 0 and fits >= _FIT * seen
