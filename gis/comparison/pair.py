"""Two open terrains seen on one grid, the finer of the two; the other is interpolated bilinearly at its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from gis.arrays import Array
from gis.crs import same_crs, transformer
from gis.dem.file import Dem
from gis.dem.grid import Grid
from models.terrain import Terrain

_SAME_PLACE = 1e-6
"""Grids whose cells lie within this share of a cell of each other are one grid."""
_STILL = (0.0, 0.0)


@dataclass(frozen=True)
class Survey:
    """A registered terrain and its file."""

    terrain: Terrain
    path: Path


@dataclass(frozen=True)
class Pair:
    """Both surveys; pixel positions are those of the finer one's grid.

    `moved` (columns, rows): so far from each place the later survey is sampled (its sideways shift, taken off).
    `trend`: heights at pixel positions that are taken off it (a tilt).
    """

    finer: Dem
    coarser: Dem
    after_is_finer: bool
    moved: tuple[float, float] = _STILL
    trend: Callable[[Array, Array], Array] | None = None

    def displaced(self, columns: float, rows: float) -> Pair:
        """The same surveys with the later one sampled so far from each place, counted from where it lies by itself."""
        return replace(self, moved=(columns, rows))

    def levelled(self, trend: Callable[[Array, Array], Array] | None) -> Pair:
        """The same surveys with the later one lowered by `trend` (m at columns, rows), instead of any before."""
        return replace(self, trend=trend)

    @property
    def grid(self) -> Grid:
        """The grid that is summed over."""
        return self.finer.grid

    @property
    def cell_m(self) -> float:
        """Cell size of the coarser survey, m: what the comparison can tell apart."""
        return max(self.finer.terrain.cell_m, self.coarser.terrain.cell_m)

    @property
    def after(self) -> Dem:
        """The later survey."""
        return self.finer if self.after_is_finer else self.coarser

    @property
    def before(self) -> Dem:
        """The earlier survey."""
        return self.coarser if self.after_is_finer else self.finer

    @property
    def is_moved(self) -> bool:
        """True where the later survey is sampled aside."""
        return self.moved != _STILL

    @cached_property
    def shift(self) -> tuple[int, int] | None:
        """(rows, columns) to add to get the other's cells where both lie on one lattice, else None."""
        a, b = self.finer.grid, self.coarser.grid
        if not same_crs(a.crs, b.crs):
            return None
        corners = np.array([[0.0, 0.0], [a.width, 0.0], [0.0, a.height], [a.width, a.height]])
        there = np.column_stack(b.to_pixel(*a.to_world(corners[:, 0], corners[:, 1])))
        moved = there - corners
        whole = np.round(moved[0])
        if np.abs(moved - whole).max() > _SAME_PLACE:
            return None
        return int(whole[1]), int(whole[0])

    @property
    def resampled(self) -> bool:
        """True where the coarser survey has to be interpolated."""
        return self.shift is None

    def to_other(self, cols: Array, rows: Array) -> tuple[Array, Array]:
        """(column, row) on the coarser grid of pixel positions on the finer one."""
        if self.shift is not None:
            return cols + self.shift[1], rows + self.shift[0]
        a, b = self.finer.grid, self.coarser.grid
        x, y = a.to_world(cols, rows)
        if not same_crs(a.crs, b.crs):
            x, y = transformer(a.crs, b.crs).transform(x, y)
        return b.to_pixel(x, y)

    def read(self, row0: int, row1: int, col0: int, col1: int) -> tuple[Array, Array]:
        """Heights (before, after) at the cells of a window, m; NaN where there is none."""
        own = other = None
        if not self._moves(finer=True):
            own = self.finer.read(row0, row1, col0, col1)
        if self.shift is not None and not self._moves(finer=False):
            dr, dc = self.shift
            other = self.coarser.read(row0 + dr, row1 + dr, col0 + dc, col1 + dc)
        if own is None or other is None:
            cols, rows = np.meshgrid(np.arange(col0, col1) + 0.5, np.arange(row0, row1) + 0.5)
            if own is None:
                own = self._finer_at(cols.ravel(), rows.ravel()).reshape(cols.shape)
            if other is None:
                other = self._coarser_at(cols.ravel(), rows.ravel()).reshape(cols.shape)
        before, after = (other, own) if self.after_is_finer else (own, other)
        if self.trend is None:
            return before, after
        cols, rows = np.meshgrid(np.arange(col0, col1) + 0.5, np.arange(row0, row1) + 0.5)
        return before, after - self.trend(cols.ravel(), rows.ravel()).reshape(cols.shape)

    def sample(self, cols: Array, rows: Array) -> tuple[Array, Array]:
        """Heights (before, after) at pixel positions, bilinear in both, m; NaN where there is none."""
        return self.sample_before(cols, rows), self.sample_after(cols, rows)

    def sample_before(self, cols: Array, rows: Array) -> Array:
        """Heights of the earlier survey alone, as `sample` gives them."""
        return self._coarser_at(cols, rows) if self.after_is_finer else self._finer_at(cols, rows)

    def sample_after(self, cols: Array, rows: Array) -> Array:
        """Heights of the later survey alone, as `sample` gives them."""
        z = self._finer_at(cols, rows) if self.after_is_finer else self._coarser_at(cols, rows)
        return z if self.trend is None else np.asarray(z - self.trend(cols, rows))

    def _moves(self, *, finer: bool) -> bool:
        return self.is_moved and self.after_is_finer == finer

    def _finer_at(self, cols: Array, rows: Array) -> Array:
        right, down = self.moved if self.after_is_finer else _STILL
        return self.finer.sample_pixels(cols + right, rows + down)

    def _coarser_at(self, cols: Array, rows: Array) -> Array:
        right, down = _STILL if self.after_is_finer else self.moved
        return self.coarser.sample_pixels(*self.to_other(cols + right, rows + down))


@contextmanager
def open_pair(before: Survey, after: Survey) -> Iterator[Pair]:
    """Both files open until the end. Which grid is summed over does not depend on which survey came first."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Dem(s.path, s.terrain)) for s in (before, after))
        swap = _rank(after.terrain) < _rank(before.terrain)
        yield Pair(second, first, after_is_finer=True) if swap else Pair(first, second, after_is_finer=False)


def _rank(terrain: Terrain) -> tuple[float, str, str]:
    return round(terrain.cell_m, 6), terrain.sha256, terrain.name
