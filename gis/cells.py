"""The cells of a tile for summing: those wholly inside an outline, run by run, and those that it cuts, with shares.

Both kinds give sums and counts by row that depend on nothing but the row's own cells: not on how many rows or columns
are looked at together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.coverage import Runs
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
    """The cells with share 1 of a window with heights `z` whose corner is (row0, col0), some rows at a time.

    Their heights are in working memory: use each before the next. `missing` where `z` may hold stand-ins.
    """
    missing = missing or Cleared()
    full = runs.share == 1.0
    row, start, stop = runs.row[full], runs.start[full], runs.stop[full]
    step = max(_BAND_CELLS // max(z.shape[1], 1), 1)
    tops = np.arange(0, z.shape[0], step)
    for top, i, j in zip(tops, *np.searchsorted(row, (tops, tops + step)), strict=True):
        if i < j:
            first, last = int(start[i:j].min()), int(stop[i:j].max())
            if last - first > _NARROW * z.shape[1]:
                first, last = 0, z.shape[1]  # lines without gaps need no copy
            band = _flat_copy(z[top : top + step, first:last])
            own = row[i:j] - top, start[i:j] - first, stop[i:j] - first
            yield _Whole(row0 + int(top), col0 + first, band, *own, missing)


def _flat_copy(band: Array) -> Array:
    """The band row after row without gaps."""
    if band.flags.c_contiguous:
        return band
    out = scratch("band", band.shape, band.dtype)
    np.copyto(out, band)
    return out


def cut_cells(z: Array, runs: Runs, row0: int, col0: int, missing: Missing | None = None) -> Iterator[Cells]:
    """The cells with a share below 1, all in one, if there are any."""
    missing = missing or Cleared()
    part = runs.share != 1.0
    if not part.any():
        return
    row, start, share = runs.row[part], runs.start[part], runs.share[part]
    length = runs.stop[part] - start
    if (length > 1).any():
        offset = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
        row, share, start = np.repeat(row, length), np.repeat(share, length), np.repeat(start, length) + offset
    heights = z.reshape(-1)[row * z.shape[1] + start] if z.flags.c_contiguous else z[row, start]
    if not missing.none_missing(float(heights.min()), float(heights.max())):
        missing.clear(heights)
    yield _Cut(row0, col0, z.shape[0], row, start, share, heights.astype(np.float64))


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
        self._cuts = np.empty(2 * place.size, np.int64)
        np.add(place, self.start, out=self._cuts[::2])
        np.add(place, self.stop, out=self._cuts[1::2])
        if self._cuts[-1] == self.z.size:
            self._cuts = self._cuts[:-1]
        self.low, self.high = self._reach(self.z)
        self.whole = self.missing.none_missing(self.low, self.high)
        self.shares = _by_row(self.row, self.stop - self.start, self.rows)
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

    @property
    def rows(self) -> int:
        return int(self.z.shape[0])

    def _pieces(self, operation: np.ufunc, values: Array) -> Array:
        """One value a run."""
        return np.asarray(operation.reduceat(values.reshape(-1), self._cuts)[::2])

    def surface(self, surface: Surface) -> Array | float:
        level = surface.level
        if level is not None:
            return level
        return surface.block(self.row0, self.row0 + self.rows, self.col0, self.col0 + self.z.shape[1])

    def _reach(self, values: Array) -> tuple[float, float]:
        return float(self._pieces(np.minimum, values).min()), float(self._pieces(np.maximum, values).max())

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
        return _by_row(self.row, self._pieces(np.add, values), self.rows)

    def count(self, mask: Mask) -> Array:
        bits = np.packbits(mask.reshape(-1), bitorder="little")
        words = np.zeros(bits.size // 8 + 1, "<u8")
        words.view(np.uint8)[: bits.size] = bits
        before = np.zeros(words.size, np.int64)
        np.cumsum(np.bitwise_count(words[:-1]), out=before[1:])

        def ahead(place: Index) -> Index:
            """Cells of the mask in the flat band before each place."""
            word = place >> 6
            return np.asarray(before[word] + np.bitwise_count(words[word] & _LEADING[place & 63]))

        start = self.row * mask.shape[1]
        return _by_row(self.row, ahead(start + self.stop) - ahead(start + self.start), self.rows)

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
        return _nearest_to_the_middle(self.col0 + j, self.row0 + i)


@dataclass
class _Cut:
    """Cells that the outline cuts: one-dimensional arrays of their rows, columns and shares."""

    row0: int
    col0: int
    rows: int
    row: Index
    col: Index
    share: Array
    z: Array

    def __post_init__(self) -> None:
        bad = np.isnan(self.z)
        self.whole = not bad.any()
        self._bad = None if self.whole else bad
        self._weight = self.share if self._bad is None else np.where(bad, 0.0, self.share)
        self.low, self.high = self.reach(self.z)
        self.shares = _by_row(self.row, self._weight, self.rows)

    def surface(self, surface: Surface) -> Array | float:
        level = surface.level
        if level is not None:
            return level
        first, last = int(self.col.min()), int(self.col.max()) + 1
        r = surface.block(self.row0, self.row0 + self.rows, self.col0 + first, self.col0 + last)
        return r[self.row, self.col - first] if isinstance(r, np.ndarray) else r

    def reach(self, values: Array) -> tuple[float, float]:
        low, high = float(values.min()), float(values.max())
        if np.isnan(low):
            low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
        return low, high

    def clean(self, values: Array) -> None:
        if self._bad is not None:
            values[self._bad] = 0

    def total(self, values: Array) -> Array:
        return _by_row(self.row, values * self._weight, self.rows)

    def count(self, mask: Mask) -> Array:
        return _by_row(self.row, mask * self._weight, self.rows)

    def lost(self, values: Array) -> Mask | None:
        bad = np.isnan(values) if self._bad is None else np.isnan(values) & ~self._bad
        return bad if bad.any() else None

    def hole(self) -> tuple[float, float] | None:
        if self._bad is None:
            return None
        return _nearest_to_the_middle((self.col0 + self.col)[self._bad], (self.row0 + self.row)[self._bad])


def _by_row(row: Index, values: Array | Index, rows: int) -> Array:
    """Sum of the values of each row, in their order."""
    return np.asarray(np.bincount(row, values, rows), np.float64)


def _nearest_to_the_middle(cols: Index, rows: Index) -> tuple[float, float]:
    k = int(np.argmin((rows - rows.mean()) ** 2 + (cols - cols.mean()) ** 2))
    return float(cols[k]) + 0.5, float(rows[k]) + 0.5
