"""The way water takes from a place: down the steepest fall, and out of a hollow over its lowest lip.

On a slope the direction is that of the steepest triangular facet (D∞, Tarboton 1997, Water Resources Research 33(2)),
and of the two cells beside it the one that keeps the whole path nearest to that direction (least transversal
deviation, Orlandini et al. 2003, Water Resources Research 39(6)): a plain "lowest of eight" runs off at multiples of
45°. Where no neighbour is lower, the cells around are taken in the order of their height until one has a lower
neighbour: a hollow fills up to its lowest lip.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from gis.arrays import Array

End = Literal["edge", "hollow", "limit"]
"""Where a path ends: where the terrain does, in a hollow that takes more than was looked at, or far enough away."""

Cell = tuple[int, int]

_AROUND = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))
"""(row, column) steps to the eight neighbours, turning; even ones along the grid, odd ones across."""


class Heights(Protocol):
    """Heights of cells, m: NaN where the terrain has none, inf where water cannot go."""

    def __call__(self, row: int, col: int) -> float:
        """Height of one cell."""
        ...


@dataclass(frozen=True)
class Descent:
    """Cells (n, 2: row, column) from the start on and their heights (n,), m; why it ends."""

    cells: Array
    z: Array
    end: End

    @property
    def ponded_m(self) -> float:
        """Deepest water that stands on the path before it runs on, m."""
        return float((np.maximum.accumulate(self.z[::-1])[::-1] - self.z).max())


class _Walk:
    """One path being sought: which cells were seen, from where, and which wait for their turn in a hollow."""

    def __init__(self, heights: Heights, step: tuple[float, float]) -> None:
        self.heights = heights
        self.dx, self.dy = step
        self.parent: dict[Cell, Cell | None] = {}
        self.waiting: list[tuple[float, int, Cell, Cell]] = []
        self.deviation = 0.0
        self._number = (
            itertools.count()
        )  # of equal heights the one that was seen first: flats are crossed the short way

    def around(self, cell: Cell) -> list[float]:
        """Heights of the eight neighbours."""
        r, c = cell
        return [self.heights(r + i, c + j) for i, j in _AROUND]

    def take(self, cell: Cell, parent: Cell | None) -> None:
        self.parent[cell] = parent

    def wait(self, cell: Cell, z: list[float]) -> None:
        """Remember the neighbours for when the water has risen to them."""
        for (i, j), height in zip(_AROUND, z, strict=True):
            near = (cell[0] + i, cell[1] + j)
            if near not in self.parent and height < math.inf:
                heapq.heappush(self.waiting, (height, next(self._number), near, cell))

    def next(self) -> tuple[Cell, Cell] | None:
        """The lowest cell that waits and where the water comes from; None if there is none."""
        while self.waiting:
            _, _, cell, parent = heapq.heappop(self.waiting)
            if cell not in self.parent:
                return cell, parent
        return None

    def down(self, cell: Cell, here: float, z: list[float]) -> Cell | None:
        """The neighbour that the water runs to; None where none that is new is lower."""
        free = [h < here and (cell[0] + i, cell[1] + j) not in self.parent
                for (i, j), h in zip(_AROUND, z, strict=True)]  # fmt: skip
        if not any(free):
            return None
        found = self._facet(here, z)
        if found is not None:
            (fx, fy), both = found
            choices = [(abs(self.deviation + d), d, k) for k in both if free[k] for d in (self._off(fx, fy, k),)]
            if choices:
                _, off, k = min(choices)
                self.deviation += off
                return cell[0] + _AROUND[k][0], cell[1] + _AROUND[k][1]
        k = max((k for k in range(8) if free[k]), key=lambda k: (here - z[k]) / self._length(k))
        self.deviation = 0.0
        return cell[0] + _AROUND[k][0], cell[1] + _AROUND[k][1]

    def _length(self, k: int) -> float:
        i, j = _AROUND[k]
        return math.hypot(i * self.dy, j * self.dx)

    def _off(self, fx: float, fy: float, k: int) -> float:
        """How far to the left of the direction (fx, fy) a step to neighbour k goes, m."""
        i, j = _AROUND[k]
        return fx * (i * self.dy) - fy * (j * self.dx)

    def _facet(self, here: float, z: list[float]) -> tuple[tuple[float, float], tuple[int, int]] | None:
        """((unit vector along columns and rows), the two neighbours beside it) of the steepest facet that falls."""
        best, found = 0.0, None
        for straight in (0, 2, 4, 6):
            i, j = _AROUND[straight]
            d1 = self.dx if i == 0 else self.dy
            d2 = self.dy if i == 0 else self.dx
            for across in ((straight + 1) % 8, (straight - 1) % 8):
                e1, e2 = z[straight], z[across]
                if not (math.isfinite(e1) and math.isfinite(e2)):
                    continue
                s1, s2 = (here - e1) / d1, (e1 - e2) / d2
                turn = math.atan2(s2, s1)
                widest = math.atan2(d2, d1)
                slope = math.hypot(s1, s2)
                if turn < 0 or s1 <= 0 >= s2:
                    turn, slope = 0.0, s1
                elif turn > widest:
                    turn, slope = widest, (here - e2) / math.hypot(d1, d2)
                if slope > best:
                    oi, oj = _AROUND[across][0] - i, _AROUND[across][1] - j
                    along, beside = math.cos(turn), math.sin(turn)
                    best, found = slope, ((j * along + oj * beside, i * along + oi * beside), (straight, across))
        return found


def descend(
    heights: Heights,
    start: Cell,
    step: tuple[float, float] = (1.0, 1.0),
    *,
    level: float | None = None,
    reach_m: float = 3000.0,
    most_cells: int = 400_000,
) -> Descent:
    """The path from `start` (row, column), whose own height `level` replaces if given.

    `step`: ground lengths of a column and of a row, m. It ends at the terrain's edge, `reach_m` away from the start, or
    in the hollow that is not full after `most_cells` cells.
    """
    walk = _Walk(heights, step)
    cell: Cell = start
    here = heights(*start) if level is None else level
    walk.take(start, None)
    bottom, end = start, "hollow"
    while True:
        z = walk.around(cell)
        gap = any(math.isnan(h) for h in z)
        down = walk.down(cell, here, _beyond(here, z) if gap else z)
        walk.wait(cell, z)
        if down is not None and math.isnan(heights(*down)):
            bottom, end = cell, "edge"
            break
        if down is not None:
            walk.take(down, cell)
            cell = bottom = down
        elif gap:
            bottom, end = cell, "edge"
            break
        else:
            waits = walk.next() if len(walk.parent) < most_cells else None
            if waits is None:
                break
            walk.deviation = 0.0
            walk.take(*waits)
            cell = waits[0]
        here = heights(*cell)
        if math.hypot((cell[1] - start[1]) * step[0], (cell[0] - start[0]) * step[1]) > reach_m:
            bottom, end = cell, "limit"
            break
    return _chain(walk, bottom, start, level, end)  # type: ignore[arg-type]  # one of End


def _beyond(here: float, z: list[float]) -> list[float]:
    """The neighbours with those beyond the terrain's edge as the slope would go on."""
    filled = [2 * here - z[(k + 4) % 8] if math.isnan(h) else h for k, h in enumerate(z)]
    return [h if h > -math.inf else math.nan for h in filled]


def _chain(walk: _Walk, last: Cell, start: Cell, level: float | None, end: End) -> Descent:
    cells = [last]
    while (before := walk.parent[cells[-1]]) is not None:
        cells.append(before)
    cells.reverse()
    z = [walk.heights(*c) for c in cells]
    if level is not None and cells[0] == start:
        z[0] = level
    return Descent(np.array(cells, np.float64), np.array(z, np.float64), end)
