"""Cells of a window that a polygon covers, as runs of cells side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.arrays import Array, Index


@dataclass(frozen=True)
class Runs:
    """Cells side by side that are covered alike: `share` (0 < share ≤ 1) of columns `start` … `stop` - 1 of `row`.

    Sorted by row and column; rows and columns count from the window's corner.
    """

    row: Index
    start: Index
    stop: Index
    share: Array

    def of(self, rows: slice, row0: int, col0: int, col1: int, *, cut: bool = True) -> Runs:
        """Those at the places `rows`, within columns col0 … col1 - 1, counted from (row0, col0).

        `cut` False where none reaches beyond those columns.
        """
        row, start, stop, share = self.row[rows], self.start[rows], self.stop[rows], self.share[rows]
        if cut and start.size and (int(np.minimum.reduce(start)) < col0 or int(np.maximum.reduce(stop)) > col1):
            seen = (start < col1) & (stop > col0)
            row, share = row[seen], share[seen]
            start, stop = np.maximum(start[seen], col0), np.minimum(stop[seen], col1)
        return Runs(row - row0 if row0 else row, start - col0 if col0 else start, stop - col0 if col0 else stop, share)

    def shifted(self, cols: int) -> Runs:
        """The same runs counted from a corner `cols` columns further left."""
        return Runs(self.row, self.start + cols, self.stop + cols, self.share)

    def paint(self, out: Array) -> None:
        """Put the shares into an array of all cells of the window."""
        flat, place = out.reshape(-1), self.row * out.shape[1]
        for a, b, share in zip(
            (place + self.start).tolist(), (place + self.stop).tolist(), self.share.tolist(), strict=True
        ):
            flat[a:b] = share

    def single(self) -> Runs:
        """The same cells in runs of one."""
        length = self.stop - self.start
        if not length.size or int(np.maximum.reduce(length)) == 1:
            return self
        offset = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
        start = np.repeat(self.start, length) + offset
        return Runs(np.repeat(self.row, length), start, start + 1, np.repeat(self.share, length))


@dataclass(frozen=True)
class Covered:
    """The cells of a window that a polygon covers: those wholly inside (share 1) and those in part (share below 1)."""

    whole: Runs
    part: Runs

    def of(self, whole: slice, part: slice, row0: int, col0: int, col1: int, *, cut: bool = True) -> Covered:
        """`Runs.of` both."""
        return Covered(self.whole.of(whole, row0, col0, col1, cut=cut), self.part.of(part, row0, col0, col1, cut=cut))

    def from_column(self, col: int) -> Covered:
        """The same cells with columns counted from `col`."""
        return Covered(self.whole.shifted(-col), self.part.shifted(-col)) if col else self

    def dense(self, rows: int, cols: int) -> Array:
        """Shares of all cells of the window, (rows, cols)."""
        out = np.zeros((rows, cols))
        self.whole.paint(out)
        self.part.paint(out)
        return out


NONE = Runs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
"""No cells."""


def merged(a: Runs, b: Runs) -> Runs:
    """Runs that do not overlap, in one order."""
    row, start = np.concatenate((a.row, b.row)), np.concatenate((a.start, b.start))
    stop, share = np.concatenate((a.stop, b.stop)), np.concatenate((a.share, b.share))
    order = np.lexsort((start, row))
    return Runs(row[order], start[order], stop[order], share[order])


def joined(runs: Runs) -> Runs:
    """Neighbours with the same share made one, so that runs do not depend on where an edge only touches a cell."""
    more = (runs.row[1:] == runs.row[:-1]) & (runs.start[1:] == runs.stop[:-1]) & (runs.share[1:] == runs.share[:-1])
    if not more.any():
        return runs
    first, last = np.append(True, ~more), np.append(~more, True)
    return Runs(runs.row[first], runs.start[first], runs.stop[last], runs.share[first])
