"""Level triangles between points of one line swapped away, where a neighbour knows how the ground goes on.

Points at every step along a level line are each other's neighbours where it turns. The triangle of three of them is
level and cuts the corner of a pit off, or the nose of a contour in a valley or on a ridge. So the edge between it and
a neighbour that leads away is swapped for the other diagonal of the two, again and again from there on: the corner
then joins the next line. Surveyors know it as 过滤平三角形 (CASS) and as minimising flat areas (Civil 3D). What lies
inside a closed contour, with no neighbour that leads away, stays level: nothing is known of it.

Lines of surveyed crests are not quite level, so "level" has two parts: the triangle rises by less than a tenth of its
longest edge, and the neighbour's far corner lies off by at least five times that rise.

Nearest corners are joined first; where a single point took what is the next wall's, straight_walls.py follows.
"""

from __future__ import annotations

import heapq
from itertools import combinations
from typing import NamedTuple

import numpy as np

from gis.arrays import Array, Index
from gis.points.mesh import Corners, longest_edges
from gis.points.straight_walls import StraightWalls
from gis.points.swapping import THIN, Lines, keys, square

_GENTLE = 0.1
_TIMES = 5.0
_LEAST_M = 1e-6


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
    work = _Work(xy, z, corners, neighbours, level, lines, at, max_edge)
    made = work.run()
    made += work.straighten()
    if not made:
        return none
    out = corners.copy()
    changed = [t for t, age in work.age.items() if age]
    out[changed] = np.array([work.named[t] for t in changed], corners.dtype)
    there = {frozenset(e) for t in changed for e in combinations(work.named[t], 2)}
    ends = at[np.array([e for e in made if frozenset(e) in there], np.int64)]
    return Swapped(out, np.unique(keys(ends[:, 0], ends[:, 1], len(lines.name))))


_Swap = tuple[float, float, float, int, int, int, int]
"""Length of the new edge, squared; its middle, doubled; both triangles; how often each was changed by then."""


class _Work(StraightWalls):
    """The loop over level triangles and those beside them."""

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
            self._touched |= {t, n}
            for new in (t, n):
                for beside in self._across[new]:
                    if beside >= 0 and self._level[beside]:
                        again = self._swap(beside, new)
                        if again is not None:
                            heapq.heappush(heap, again)
        return made

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
        length = square(x[d] - x[c], y[d] - y[c])
        longest = max(
            square(x[a] - x[b], y[a] - y[b]), square(x[c] - x[a], y[c] - y[a]), square(x[c] - x[b], y[c] - y[b]),
            square(x[d] - x[a], y[d] - y[a]), square(x[d] - x[b], y[d] - y[b]),
        )  # fmt: skip
        if length > max(self._limit, longest):
            return None
        # The two stand across each other in a convex quadrilateral: a and b lie on both sides of the new edge.
        ux, uy = x[d] - x[c], y[d] - y[c]
        right, left = ux * (y[a] - y[c]) - uy * (x[a] - x[c]), ux * (y[b] - y[c]) - uy * (x[b] - x[c])
        thin = THIN * max(length, longest)
        if not (right < -thin and left > thin):
            return None
        return length, x[c] + x[d], y[c] + y[d], t, n, self._age[t], self._age[n]
