"""Triangles whose edges can be swapped, never those that are pieces of lines: what the passes over them share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.arrays import Array, Index, Mask
from gis.points.mesh import Corners

THIN = 1e-6
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
    return Lines(np.where(single, -1, name).astype(np.int64), np.unique(keys(p, q, size)))


def keys(p: Index, q: Index, size: int) -> Index:
    """A number for each pair of points, whichever is named first."""
    p, q = p.astype(np.int64), q.astype(np.int64)
    return np.asarray(np.minimum(p, q) * size + np.maximum(p, q))


class _Named(dict[int, list[int]]):
    """Corners of triangles, read from the array when first asked for."""

    def __init__(self, corners: Corners) -> None:
        super().__init__()
        self._corners = corners

    def __missing__(self, t: int) -> list[int]:
        made: list[int] = self._corners[t].tolist()
        self[t] = made
        return made


class _Across(dict[int, list[int]]):
    """Triangles across the edges; -1 across a piece of a line, which is never swapped, and where there is none."""

    def __init__(self, neighbours: Corners, named: _Named, is_piece: Callable[[int, int], bool]) -> None:
        super().__init__()
        self._neighbours, self._named, self._is_piece = neighbours, named, is_piece

    def __missing__(self, t: int) -> list[int]:
        made: list[int] = self._neighbours[t].tolist()
        a, b, c = self._named[t]
        for k, (p, q) in enumerate(((b, c), (c, a), (a, b))):
            if self._is_piece(p, q):
                made[k] = -1
        self[t] = made
        return made


class Triangles:
    """Triangles in plain lists, where single numbers are read fastest, each made when it is first asked for."""

    def __init__(
        self, xy: Array, z: Array, corners: Corners, neighbours: Corners, level: Mask, lines: Lines, at: Index,
        max_edge: float,
    ) -> None:  # fmt: skip
        self._x, self._y = xy[:, 0].tolist(), xy[:, 1].tolist()
        self._z: list[float] = z.tolist()
        self._at: list[int] = at.tolist()
        self._pieces, self._size = set(lines.pieces.tolist()), len(lines.name)
        self.named = self._named = _Named(corners)
        self._across = _Across(neighbours, self._named, self._is_piece)
        self._level: list[bool] = level.tolist()
        self.age = self._age = defaultdict[int, int](int)
        self._touched: set[int] = set()
        self._limit = max_edge**2

    def _is_piece(self, p: int, q: int) -> bool:
        a, b = self._at[p], self._at[q]
        return (a * self._size + b if a < b else b * self._size + a) in self._pieces

    def _far(self, t: int, n: int) -> int:
        """Which corner of `t` lies off its edge with `n`."""
        return self._across[t].index(n)

    def _convex(self, t: int, n: int) -> bool:
        k = self._far(t, n)
        c, a, b = (self._named[t][(k + i) % 3] for i in range(3))
        d = self._named[n][self._far(n, t)]
        x, y = self._x, self._y
        ux, uy = x[d] - x[c], y[d] - y[c]
        right, left = ux * (y[a] - y[c]) - uy * (x[a] - x[c]), ux * (y[b] - y[c]) - uy * (x[b] - x[c])
        length = square(ux, uy)
        thin = THIN * max(length, square(x[a] - x[b], y[a] - y[b]))
        return right < -thin and left > thin and length <= self._limit

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
        return c, d


def square(x: float, y: float) -> float:
    """The square of a length."""
    return x * x + y * y
