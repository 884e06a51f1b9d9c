"""The cells of a tile for summing: those wholly inside an outline, run by run, and those that it cuts, with shares.

Both kinds give sums and counts by row that depend on nothing but the row's own cells: not on how many rows or columns
are looked at together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.runs import Runs
from gis.scratch import scratch
from gis.surfaces.base import Surface

_BAND_CELLS = 1 << 18
"""Cells looked at together: few enough for the processor's cache."""


_NARROW = 0.9
"""Cells of a band are copied where they take up less of its width."""
_LEADING = np.array([(1 << n) - 1 for n in range(64)], np.uint64)
"""The first 0 … 63 cells of a word of 64."""


class Cells(Protocol):
    """Some cells of `rows` rows from `row0` on. Arrays given to the methods have the shape of `z`."""

    row0: int
    z: Array
    """Heights, m, float64 or float32; NaN where there is none. Cells that do not count may be among them."""
    low: float
    high: float
    """Range of the heights of the cells that count, m; NaN where none has one."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        ...

    @property
    def whole(self) -> bool:
        """True where no height is missing."""
        ...

    @property
    def shares(self) -> Array:
        """Cells with a height in each row, parts of cells added up."""
        ...

    def surface(self, surface: Surface) -> Array | float:
        """A surface's elevations at these cells; one number where it is horizontal."""
        ...

    def reach(self, values: Array) -> tuple[float, float]:
        """Least and greatest value of the cells that count; NaN where none has one."""
        ...

    def clean(self, values: Array) -> None:
        """Set the values to 0 where a height is missing."""
        ...

    def total(self, values: Array) -> Array:
        """Sum of the values in each row, by share. `values` are clean where a height is missing."""
        ...

    def count(self, mask: Mask) -> Array:
        """Cells of the mask in each row, by share. `mask` is False where a height is missing."""
        ...

    def lost(self, values: Array) -> Mask | None:
        """Where cells that count have a height but no value; None where none is."""
        ...

    def hole(self) -> tuple[float, float] | None:
        """Pixel position (column, row) of a cell that has no height."""
        ...


class Missing(Protocol):
    """Tells which of a file's own numbers are no heights (gis.dem.file.Dem)."""

    def none_missing(self, low: float, high: float) -> bool:
        """True where the range of some numbers (NaN where one is) already tells that none is missing."""
        ...

    def clear(self, values: Array) -> None:
        """Set those to NaN that are no heights."""
        ...


class Cleared:
    """Heights in which NaN, and nothing else, means that there is none."""

    def none_missing(self, low: float, high: float) -> bool:
        """True unless the range is NaN."""
        return not math.isnan(low + high)

    def clear(self, values: Array) -> None:
        """Nothing is left to be done."""


def whole_cells(z: Array, runs: Runs, row0: int, col0: int, missing: Missing | None = None) -> Iterator[Cells]:
    """The cells of runs that lie wholly inside, some rows at a time; `z` are the heights of a window at (row0, col0).

    Rows and columns of the runs count from there. Heights given out are in working memory: use each before the next.
    `missing` where `z` may hold stand-ins.
    """
    missing = missing or Cleared()
    row, start, stop = runs.row, runs.start, runs.stop
    rows, cols = z.shape
    step = max(_BAND_CELLS // max(cols, 1), 1)
    bounds = row.searchsorted(range(0, rows + step, step)).tolist() if step < rows else [0, row.size]
    for top, (i, j) in zip(range(0, rows, step), pairwise(bounds), strict=True):
        if i < j:
            first, last = int(np.minimum.reduce(start[i:j])), int(np.maximum.reduce(stop[i:j]))
            if last - first > _NARROW * cols:
                first, last = 0, cols  # lines without gaps need no copy
            band = _flat_copy(z[top : top + step, first:last])
            own = row[i:j], start[i:j], stop[i:j]
            if top or first:
                own = own[0] - top, own[1] - first, own[2] - first
            yield _Whole(row0 + top, col0 + first, band, *own, missing)


def _flat_copy(band: Array) -> Array:
    """The band row after row without gaps."""
    if band.flags.c_contiguous:
        return band
    out = scratch("band", band.shape, band.dtype)
    np.copyto(out, band)
    return out


@dataclass
class _Whole:
    """Cells wholly inside: runs of columns start … stop - 1 of each row of a window."""

    row0: int
    col0: int
    z: Array
    row: Index
    start: Index
    stop: Index
    missing: Missing

    def __post_init__(self) -> None:
        place = self.row * self.z.shape[1]
        # From each run's first cell to its last, and from there to the next run's first: every second piece is a run.
        self._ends = np.empty(2 * place.size, np.int64)
        np.add(place, self.start, out=self._ends[::2])
        np.add(place, self.stop, out=self._ends[1::2])
        self._cuts = self._ends[:-1] if self._ends[-1] == self.z.size else self._ends
        self.rows: int = self.z.shape[0]
        self.low = self._extreme(np.minimum, int(self.z.argmin()))
        self.high = self._extreme(np.maximum, int(self.z.argmax()))
        self.whole = self.missing.none_missing(self.low, self.high)
        self.shares = by_row(self.row, self.stop - self.start, self.rows)
        self._bad: Mask | None = None
        if not self.whole:
            self._clear()

    def _clear(self) -> None:
        """Look for cells without a height among those of the runs."""
        cleared = scratch("cleared", self.z.shape, self.z.dtype)
        np.copyto(cleared, self.z)  # what is read may be the reader's own
        self.z = cleared
        self.missing.clear(self.z)
        self.low, self.high = self.reach(self.z)
        bad = self._seen(np.isnan(self.z))
        self.whole = not bad.any()
        if not self.whole:
            self._bad = bad
            self.shares = self.shares - self.count(bad)

    def _pieces(self, operation: np.ufunc, values: Array) -> Array:
        """One value a run."""
        found: Array = operation.reduceat(values.reshape(-1), self._cuts)[::2]
        return found

    def surface(self, surface: Surface) -> Array | float:
        level = surface.level
        if level is not None:
            return level
        block = surface.block(self.row0, self.row0 + self.rows, self.col0, self.col0 + self.z.shape[1])
        return np.ascontiguousarray(block) if isinstance(block, np.ndarray) else block

    def _extreme(self, operation: np.ufunc, place: int) -> float:
        """Least or greatest height of the runs, given the place of the band's own: mostly it is theirs."""
        if self._ends.searchsorted(place, "right") % 2:
            return float(self.z.reshape(-1)[place])
        return float(operation.reduce(self._pieces(operation, self.z)))

    def _reach(self, values: Array) -> tuple[float, float]:
        low, high = self._pieces(np.minimum, values), self._pieces(np.maximum, values)
        return float(np.minimum.reduce(low)), float(np.maximum.reduce(high))

    def reach(self, values: Array) -> tuple[float, float]:
        low, high = self._reach(values)
        if math.isnan(low):
            low = float(np.fmin.reduce(self._pieces(np.fmin, values)))
            high = float(np.fmax.reduce(self._pieces(np.fmax, values)))
        return low, high

    def clean(self, values: Array) -> None:
        if self._bad is not None:
            values[self._bad] = 0

    def total(self, values: Array) -> Array:
        return by_row(self.row, self._pieces(np.add, values), self.rows)

    def count(self, mask: Mask) -> Array:
        bits = np.packbits(mask.reshape(-1), bitorder="little")
        words = np.zeros(bits.size // 8 + 1, "<u8")
        words.view(np.uint8)[: bits.size] = bits
        before = np.zeros(words.size, np.int64)
        np.cumsum(np.bitwise_count(words[:-1]), out=before[1:])
        # Cells of the mask in the flat band before the first and before the end of each run.
        word = self._ends >> 6
        ahead = words[word]
        ahead &= _LEADING[self._ends & 63]
        number = before[word]
        number += np.bitwise_count(ahead)
        return by_row(self.row, number[1::2] - number[::2], self.rows)

    def _seen(self, mask: Mask) -> Mask:
        """`mask`, changed to be False between the runs."""
        flat = mask.reshape(-1)
        for a, b in self._gaps:
            flat[a:b] = False
        return mask

    @cached_property
    def _gaps(self) -> list[tuple[int, int]]:
        """What lies between the runs, in the flat window."""
        bounds = [0, *self._cuts.tolist(), self.z.size]
        return [(a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=False) if a < b]

    def lost(self, values: Array) -> Mask | None:
        if not np.isnan(self._pieces(np.minimum, values)).any():
            return None
        bad = self._seen(np.isnan(values))
        if self._bad is not None:
            bad &= ~self._bad
        return bad if bad.any() else None

    def hole(self) -> tuple[float, float] | None:
        if self._bad is None:
            return None
        i, j = np.nonzero(self._bad)
        return nearest_to_the_middle(self.col0 + j, self.row0 + i)


def by_row(row: Index, values: Array | Index, rows: int) -> Array:
    """Sum of the values of each row, in their order."""
    return np.asarray(np.bincount(row, values, rows), np.float64)


def nearest_to_the_middle(cols: Index, rows: Index) -> tuple[float, float]:
    """Centre (column, row) of that one of some cells."""
    k = int(np.argmin((rows - rows.mean()) ** 2 + (cols - cols.mean()) ** 2))
    return float(cols[k]) + 0.5, float(rows[k]) + 0.5
