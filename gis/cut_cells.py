"""The cells of tiles that an outline cuts, for summing with their shares (see `gis.cells`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.cells import Cleared, Missing, by_row, nearest_to_the_middle
from gis.runs import Runs
from gis.surfaces.base import Surface


def cut_cells(z: Array, runs: Runs, row0: int, col0: int, missing: Missing | None = None) -> Cut | None:
    """The cells of runs that an outline cuts, all in one; arguments as for `whole_cells`. None where there are none."""
    if not runs.row.size:
        return None
    runs = runs.single()
    cols = z.shape[1]
    heights = z.reshape(-1)[runs.row * cols + runs.start] if z.flags.c_contiguous else z[runs.row, runs.start]
    missing = missing or Cleared()
    if not missing.none_missing(float(np.minimum.reduce(heights)), float(np.maximum.reduce(heights))):
        missing.clear(heights)
    return Cut(row0, col0, z.shape[0], runs.row, runs.start, runs.share, heights.astype(np.float64))


@dataclass
class Cut:
    """Cells that the outline cuts: one-dimensional arrays of their rows, columns and shares."""

    row0: int
    col0: int
    rows: int
    row: Index
    col: Index
    share: Array
    z: Array

    def __post_init__(self) -> None:
        self.low, self.high = float(np.minimum.reduce(self.z)), float(np.maximum.reduce(self.z))
        self.whole = not math.isnan(self.low)
        self._bad = None if self.whole else np.isnan(self.z)
        self._weight = self.share if self._bad is None else np.where(self._bad, 0.0, self.share)
        if not self.whole:
            self.low, self.high = self.reach(self.z)

    @cached_property
    def shares(self) -> Array:
        """Cells with a height in each row, parts of cells added up."""
        return by_row(self.row, self._weight, self.rows)

    def surface(self, surface: Surface) -> Array | float:
        """As `Cells.surface`."""
        level = surface.level
        if level is not None:
            return level
        first, last = int(self.col.min()), int(self.col.max()) + 1
        r = surface.block(self.row0, self.row0 + self.rows, self.col0 + first, self.col0 + last)
        return r[self.row, self.col - first] if isinstance(r, np.ndarray) else r

    def reach(self, values: Array) -> tuple[float, float]:
        """As `Cells.reach`."""
        low, high = float(np.minimum.reduce(values)), float(np.maximum.reduce(values))
        if math.isnan(low):
            low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
        return low, high

    def clean(self, values: Array) -> None:
        """As `Cells.clean`."""
        if self._bad is not None:
            values[self._bad] = 0

    def total(self, values: Array) -> Array:
        """As `Cells.total`."""
        return by_row(self.row, values * self._weight, self.rows)

    def count(self, mask: Mask) -> Array:
        """As `Cells.count`."""
        return by_row(self.row, mask * self._weight, self.rows)

    def lost(self, values: Array) -> Mask | None:
        """As `Cells.lost`."""
        bad = np.isnan(values) if self._bad is None else np.isnan(values) & ~self._bad
        return bad if bad.any() else None

    def hole(self) -> tuple[float, float] | None:
        """As `Cells.hole`."""
        if self._bad is None:
            return None
        return nearest_to_the_middle((self.col0 + self.col)[self._bad], (self.row0 + self.row)[self._bad])


def together(cells: Sequence[Cut]) -> Cut:
    """Cells of several windows, one below the other, as if they were of one."""
    if len(cells) == 1:
        return cells[0]
    row0, col0 = cells[0].row0, min(c.col0 for c in cells)
    row = np.concatenate([c.row + (c.row0 - row0) for c in cells])
    col = np.concatenate([c.col + (c.col0 - col0) for c in cells])
    share, z = np.concatenate([c.share for c in cells]), np.concatenate([c.z for c in cells])
    return Cut(row0, col0, cells[-1].row0 + cells[-1].rows - row0, row, col, share, z)
