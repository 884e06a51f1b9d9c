"""A terrain seen on the grid of another one: heights interpolated bilinearly at that grid's cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gis.arrays import F32, Array
from gis.crs import same_crs, transformer
from gis.dem.file import Dem
from gis.dem.grid import Grid


class OnGrid(Dem):
    """`dem` with cells of `grid`, which reaches as far as either of the two. Belongs to `dem`: closing it does nothing.

    Holes are patched in `dem` itself.
    """

    def __init__(self, dem: Dem, grid: Grid) -> None:
        self.below = dem
        self.path, self.terrain, self.grid = dem.path, dem.terrain, grid
        self.block_shape = dem.block_shape
        self._change = None if same_crs(grid.crs, dem.grid.crs) else transformer(grid.crs, dem.grid.crs)
        self.window = self._reach()

    def _reach(self) -> tuple[int, int, int, int]:
        r0, r1, c0, c1 = self.below.window
        steps = np.linspace(0.0, 1.0, 9)
        edge = np.concatenate([np.column_stack(p) for p in (
            (c0 + steps * (c1 - c0), np.full(9, r0)), (c0 + steps * (c1 - c0), np.full(9, r1)),
            (np.full(9, c0), r0 + steps * (r1 - r0)), (np.full(9, c1), r0 + steps * (r1 - r0)),
        )])  # fmt: skip
        x, y = self.below.grid.to_world(edge[:, 0], edge[:, 1])
        if self._change is not None:
            x, y = transformer(self.below.grid.crs, self.grid.crs).transform(x, y)
        cols, rows = self.grid.to_pixel(x, y)
        return (
            min(int(np.floor(rows.min())), 0),
            max(int(np.ceil(rows.max())), self.grid.height),
            min(int(np.floor(cols.min())), 0),
            max(int(np.ceil(cols.max())), self.grid.width),
        )

    def close(self) -> None:
        """Nothing: the terrain below is somebody else's."""

    def tags(self, namespace: str) -> dict[str, str]:
        """What the file of the terrain below says."""
        return self.below.tags(namespace)

    def unpatch(self) -> None:
        """Forget the patches of the terrain below."""
        self.below.unpatch()

    def read(self, row0: int, row1: int, col0: int, col1: int, *, single: bool = False) -> Array:
        """Heights at the cell centres of a window, m, always in double precision; NaN where there is none."""
        del single  # interpolated heights have more digits than the file's own
        shape = max(row1 - row0, 0), max(col1 - col0, 0)
        cols, rows = np.meshgrid(np.arange(col0, col1) + 0.5, np.arange(row0, row1) + 0.5)
        return self.sample_pixels(cols.ravel(), rows.ravel()).reshape(shape)

    def read_raw(self, row0: int, row1: int, col0: int, col1: int) -> F32 | None:
        """None: there are no numbers of a file at these cells."""

    def expect(self, window: tuple[int, int, int, int]) -> None:
        """Nothing: see `read_raw`."""

    def expect_nothing(self) -> None:
        """Nothing."""

    def sample_pixels(self, cols: ArrayLike, rows: ArrayLike) -> Array:
        """Bilinear heights (m) of the terrain below at pixel positions of this grid."""
        x, y = self.grid.to_world(np.atleast_1d(cols), np.atleast_1d(rows))
        if self._change is not None:
            x, y = self._change.transform(x, y)
        return self.below.sample(x, y)
