"""Level triangles between points of one line swapped away, where a neighbour knows how the ground goes on.

Points at every step along a level line are each other's neighbours where it turns. The triangle of three of them is
level and cuts the corner of a pit off, or the nose of a contour in a valley or on a ridge. So the edge between it and
a neighbour that leads away is swapped for the other diagonal of the two, again and again from there on: the corner
then joins the next line. Surveyors know it as 过滤平三角形 (CASS) and as minimising flat areas (Civil 3D). What lies
inside a closed contour, with no neighbour that leads away, stays level: nothing is known of it.

Lines of surveyed crests are not quite level, so "level" has two parts: the triangle rises by less than a tenth of its
longest edge, and the neighbour's far corner lies off by at least five times that rise.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.arrays import Array, Index, Mask
from gis.points.mesh import Corners, longest_edges

_GENTLE = 0.1
_TIMES = 5.0
_LEAST_M = 1e-6
_THIN = 1e-6
"""A triangle of less than this share of its longest edge, squared, is none."""


@dataclass(frozen=True)
class Lines:
    """Which points hang together by lines: a number in `name` (n), -1 for single points.

    `pieces`: sorted keys (smaller · n + larger) of the pairs of points that follow each other on a line.
    """

    name: Index
    pieces: Index


def lines_of(place: Index, line: Index, size: int) -> Lines | None:
    """Lines of points: `place` (m) of each vertex among `size` places, `line` (m) as in gis.points.breaklines.

    Lines that share a place are one here: contours and crests often come in pieces. None where there are no lines.
    """
    along = (line[1:] == line[:-1]) & (line[1:] >= 0)
    p, q = place[:-1][along], place[1:][along]
    p, q = p[p != q], q[p != q]
    if not len(p):
        return None
    name = connected_components(coo_array((np.ones(len(p), np.bool_), (p, q)), shape=(size, size)), directed=False)[1]
    single = np.ones(size, np.bool_)
    single[p] = single[q] = False
    return Lines(np.where(single, -1, name).astype(np.int64), np.unique(_keys(p, q, size)))


def _keys(p: Index, q: Index, size: int) -> Index:
    p, q = p.astype(np.int64), q.astype(np.int64)
    return np.asarray(np.minimum(p, q) * size + np.maximum(p, q))


class Swapped(NamedTuple):
    """Triangles after swapping (as many as before, over the same ground) and the keys of the edges that were made."""

    corners: Corners
    made: Index


def swap_level(
    xy: Array, z: Array, corners: Corners, neighbours: Corners, lines: Lines | None, max_edge: float,
    at: Index | None = None,
) -> Swapped:  # fmt: skip
    """Swap edges of level triangles. `corners`, `neighbours`: (m, 3) as scipy's Delaunay has them, -1 for no triangle.

    `at`: position of each point of `xy` among those of `lines`, where `xy` is a part of them. An edge made is no longer
    than `max_edge` or the longest one of the two triangles. The nearest corners are joined first, ties by place: what
    comes out does not depend on the order of points or triangles, and each level triangle is swapped at most once.
    """
    none = Swapped(corners, np.zeros(0, np.int64))
    if lines is None or not len(corners):
        return none
    at = np.arange(len(xy)) if at is None else at
    name = lines.name[at][corners]
    rise = np.ptp(z[corners], axis=1)
    level = (name[:, 0] >= 0) & (name == name[:, :1]).all(axis=1)
    level &= rise <= _GENTLE * longest_edges(xy, corners)
    if not level.any():
        return none
    beside = neighbours[level].ravel()
    some = level.copy()
    some[beside[beside >= 0]] = True
    chosen = np.flatnonzero(some)
    local = np.full(len(corners) + 1, -1, np.int64)  # the last place serves those that are no triangle
    local[chosen] = np.arange(len(chosen))
    across = local[neighbours[chosen]]
    mine = at[corners[chosen]]
    for k in range(3):  # what is a piece of a line has nothing across: it stays
        key = _keys(mine[:, (k + 1) % 3], mine[:, (k + 2) % 3], len(lines.name))
        across[np.isin(key, lines.pieces), k] = -1
    work = _Work(xy, z, corners[chosen], across, level[chosen], max_edge)
    made = work.run()
    if not made:
        return none
    out = corners.copy()
    out[chosen] = np.array(work.corners, corners.dtype)
    ends = at[np.array(made, np.int64)]
    return Swapped(out, np.unique(_keys(ends[:, 0], ends[:, 1], len(lines.name))))


_Swap = tuple[float, float, float, int, int, int, int]
"""Length of the new edge, squared; its middle, doubled; both triangles; how often each was changed by then."""


class _Work:
    """The loop over level triangles and those beside them, in plain lists: single numbers are read fastest there."""

    def __init__(self, xy: Array, z: Array, corners: Corners, across: Index, level: Mask, max_edge: float) -> None:
        used, named = np.unique(corners, return_inverse=True)
        self._back: list[int] = used.tolist()
        self._x, self._y = xy[used, 0].tolist(), xy[used, 1].tolist()
        self._z: list[float] = z[used].tolist()
        shaped: Any = named.reshape(corners.shape)
        self._named: list[list[int]] = shaped.tolist()
        self._across: list[list[int]] = across.tolist()
        self._level: list[bool] = level.tolist()
        self._age = [0] * len(self._level)
        self._limit = max_edge**2

    @property
    def corners(self) -> list[list[int]]:
        """The triangles as they are now."""
        return [[self._back[v] for v in t] for t in self._named]

    def run(self) -> list[tuple[int, int]]:
        """Swap what can be swapped; the ends of the edges made."""
        heap: list[_Swap] = []
        for t, level in enumerate(self._level):
            if level:
                heap += [s for n in self._across[t] if (s := self._swap(t, n)) is not None]
        heapq.heapify(heap)
        made = []
        while heap:
            *_, t, n, age, other = heapq.heappop(heap)
            if self._age[t] != age or self._age[n] != other:
                continue
            made.append(self._do(t, n))
            for new in (t, n):
                for beside in self._across[new]:
                    if beside >= 0 and self._level[beside]:
                        again = self._swap(beside, new)
                        if again is not None:
                            heapq.heappush(heap, again)
        return made

    def _far(self, t: int, n: int) -> int:
        """Which corner of `t` lies off its edge with `n`."""
        return self._across[t].index(n)

    def _swap(self, t: int, n: int) -> _Swap | None:
        """The swap of the level triangle `t` with `n`, None where it is none, leads nowhere or cannot be."""
        if n < 0 or self._level[n]:
            return None
        k = self._far(t, n)
        corners = self._named[t]
        c, a, b = corners[k], corners[(k + 1) % 3], corners[(k + 2) % 3]
        d = self._named[n][self._far(n, t)]
        heights = self._z[a], self._z[b], self._z[c]
        low, high = min(heights), max(heights)
        off = max(low - self._z[d], self._z[d] - high)
        if off <= _LEAST_M or off < _TIMES * (high - low):
            return None
        x, y = self._x, self._y
        length = _square(x[d] - x[c], y[d] - y[c])
        longest = max(
            _square(x[a] - x[b], y[a] - y[b]), _square(x[c] - x[a], y[c] - y[a]), _square(x[c] - x[b], y[c] - y[b]),
            _square(x[d] - x[a], y[d] - y[a]), _square(x[d] - x[b], y[d] - y[b]),
        )  # fmt: skip
        if length > max(self._limit, longest):
            return None
        # The two stand across each other in a convex quadrilateral: a and b lie on both sides of the new edge.
        ux, uy = x[d] - x[c], y[d] - y[c]
        right, left = ux * (y[a] - y[c]) - uy * (x[a] - x[c]), ux * (y[b] - y[c]) - uy * (x[b] - x[c])
        thin = _THIN * max(length, longest)
        if not (right < -thin and left > thin):
            return None
        return length, x[c] + x[d], y[c] + y[d], t, n, self._age[t], self._age[n]

    def _do(self, t: int, n: int) -> tuple[int, int]:
        """Swap; the corners keep their sense of turning. Neither of the two is taken as level any more."""
        k, j = self._far(t, n), self._far(n, t)
        corners, ways = self._named[t], self._across[t]
        c, a, b = corners[k], corners[(k + 1) % 3], corners[(k + 2) % 3]
        at_bc, at_ca = ways[(k + 1) % 3], ways[(k + 2) % 3]
        d = self._named[n][j]
        at_ad, at_db = self._across[n][(j + 1) % 3], self._across[n][(j + 2) % 3]
        self._named[t], self._across[t] = [c, a, d], [at_ad, n, at_ca]
        self._named[n], self._across[n] = [d, b, c], [at_bc, t, at_db]
        for other, before, now in ((at_ad, n, t), (at_bc, t, n)):
            if other >= 0:
                self._across[other][self._far(other, before)] = now
        self._level[t] = self._level[n] = False
        self._age[t] += 1
        self._age[n] += 1
        return self._back[c], self._back[d]


def _square(x: float, y: float) -> float:
    return x * x + y * y
