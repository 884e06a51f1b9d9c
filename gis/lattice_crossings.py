"""Where an outline crosses the lines of a lattice, found once for all lattices of doubling step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gis.arrays import Array, Index, Mask


@dataclass(frozen=True)
class Lattice:
    """Nodes at pixel positions (x + step·j, y + step·i), i < rows, j < cols."""

    x: float
    y: float
    step: float
    rows: int
    cols: int

    def coarser(self) -> Lattice:
        """Every second node, with a border of one more: the outline must not touch the border on any level."""
        step = self.step * 2
        return Lattice(self.x - step, self.y - step, step, (self.rows + 1) // 2 + 2, (self.cols + 1) // 2 + 2)


@dataclass(frozen=True)
class LatticeCrossings:
    """Crossings of an outline with the rows of a lattice, then with its columns."""

    lattice: Lattice
    on_rows: int
    """How many are crossings with rows."""
    line: Index
    """The row or column that is crossed."""
    gap: Index
    """The first node behind the crossing, along the line."""
    place: Array
    """Where along the line, in node steps."""
    number: Index
    """Which crossing of the finest lattice it is."""
    x: Array
    y: Array
    """Pixel positions of the finest lattice's crossings."""

    @classmethod
    def of(cls, rings: list[Array], lattice: Lattice) -> LatticeCrossings:
        """Those of closed rings ((n, 2) pixel positions, first = last)."""
        edges = np.concatenate([np.column_stack((r[:-1], r[1:])) for r in rings])
        x, y = (edges[:, [0, 2]] - lattice.x) / lattice.step, (edges[:, [1, 3]] - lattice.y) / lattice.step
        row, across = _line_crossings(x, y, lattice.rows)
        column, down = _line_crossings(y, x, lattice.cols)
        px: Array = lattice.x + lattice.step * np.concatenate((across, column.astype(np.float64)))
        py: Array = lattice.y + lattice.step * np.concatenate((row.astype(np.float64), down))
        line, place = np.concatenate((row, column)), np.concatenate((across, down))
        gap = np.ceil(place).astype(np.int64)
        return cls(lattice, row.size, line, gap, place, np.arange(line.size), px, py)

    def coarser(self) -> LatticeCrossings:
        """Those with every second line: fine node (2a, 2b) is coarse node (a + 1, b + 1)."""
        kept = np.flatnonzero((self.line & 1) == 0)
        on_rows = int(np.searchsorted(kept, self.on_rows))
        line, gap = (self.line[kept] >> 1) + 1, ((self.gap[kept] + 1) >> 1) + 1
        fewer = replace(self, lattice=self.lattice.coarser(), on_rows=on_rows, line=line, gap=gap)
        return replace(fewer, place=self.place[kept] / 2 + 1, number=self.number[kept])

    def cuts(self, inside: Mask) -> tuple[Index, Index, Array, Index]:
        """(flat node inside, direction, arm 0..1, number of the crossing) for each arm that the outline cuts.

        Directions as in `gis.harmonic`: west, east, north, south.
        """
        rows, cols = inside.shape
        stride, last = np.full(self.line.size, cols), np.full(self.line.size, rows)
        base = self.line.copy()
        stride[: self.on_rows], last[: self.on_rows] = 1, cols
        base[: self.on_rows] *= cols
        gap = np.clip(self.gap, 1, last - 1)  # beyond, there is no node inside
        behind = base + gap * stride
        node = np.concatenate((behind - stride, behind))
        arm = np.concatenate((self.place - (gap - 1), gap - self.place))
        way = np.empty(node.size, np.int64)
        n, r = self.line.size, self.on_rows
        way[:r], way[r:n], way[n : n + r], way[n + r :] = 1, 3, 0, 2
        kept = np.flatnonzero(inside.ravel()[node])
        return node[kept], way[kept], arm[kept], self.number[kept % n] if n else self.number


def _line_crossings(along: Array, across: Array, count: int) -> tuple[Index, Array]:
    """Crossings of edges with the lines across = 0, 1 … count - 1: (line, position along it). Half-open: no doubles."""
    ends = np.clip(np.ceil(across), 0, count).astype(np.int64)
    first, n = ends.min(axis=1), np.abs(ends[:, 1] - ends[:, 0])
    owner = np.repeat(np.arange(n.size), n)
    line = np.arange(owner.size) - np.repeat(np.cumsum(n) - n - first, n)
    slope = (along[:, 1] - along[:, 0]) / np.where(n, across[:, 1] - across[:, 0], 1.0)
    return line, along[owner, 0] + (line - across[owner, 0]) * slope[owner]
