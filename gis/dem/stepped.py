"""Every k-th cell of a terrain as a grid of its own, tied to the file: neighbouring views find the same cells in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gis.arrays import F32
from gis.dem.display import coarse_cells

if TYPE_CHECKING:
    from gis.dem.file import Dem

_SOFTER = 1.15
"""A step may be this much coarser than a pixel: nobody sees it."""
_SHADING = 3.0
"""What a cell costs to shade, in cells that are read."""


class Stepped:
    """The grid of every k-th cell, of a coarser picture in the file (1 : `level`) where k allows.

    Cell (i, j) stands for the file's rows k·i up to k·(i + 1). What is left at the end of a grid that k does not divide
    is left out. `rows`, `columns`: its size. Belongs to the thread of its Dem.
    """

    def __init__(self, dem: Dem, cells_a_pixel: float) -> None:
        self._dem = dem
        self.k, self.level = _steps(cells_a_pixel, dem.overview_levels)
        self.rows, self.columns = max(dem.grid.height // self.k, 1), max(dem.grid.width // self.k, 1)

    def read(self, i0: int, i1: int, j0: int, j1: int) -> F32:
        """Heights (m) of rows i0..i1 and columns j0..j1, one cell more on each side; outer cells repeated there.

        Row 0 as the file has it; float32, NaN where there is none.
        """
        a, b, c, d = max(i0 - 1, 0), min(i1 + 1, self.rows), max(j0 - 1, 0), min(j1 + 1, self.columns)
        z = self._cells(a, b, c, d)
        edge = ((a - i0 + 1, i1 + 1 - b), (c - j0 + 1, j1 + 1 - d))
        return np.pad(z, edge, mode="edge") if any(map(any, edge)) else z

    def _cells(self, i0: int, i1: int, j0: int, j1: int) -> F32:
        k, f, dem = self.k, self.level, self._dem
        if k == 1:
            return dem.read(i0, i1, j0, j1, single=True).astype(np.float32, copy=False)
        if f > 1:
            m = k // f
            z = dem.decimated(k * i0, k * i1, k * j0, k * j1, (i1 - i0) * m, (j1 - j0) * m)
            return np.ascontiguousarray(z[m // 2 :: m, m // 2 :: m], np.float32)
        height, width = dem.grid.height, dem.grid.width
        rows = np.minimum(np.arange(i0, i1) * k + k // 2, height - 1)
        cols = np.minimum(np.arange(j0, j1) * k + k // 2, width - 1)
        return coarse_cells(dem, rows, cols, k)


def _steps(cells_a_pixel: float, levels: tuple[int, ...]) -> tuple[int, int]:
    """(k, level): the step, and the coarser picture that holds it, by what reading and shading cost together."""
    most = max(1, math.floor(cells_a_pixel * _SOFTER))
    choices = [(f * (most // f), f) for f in {1, *levels} if f <= most]
    return min(choices, key=lambda c: 1 / c[1] ** 2 + _SHADING / c[0] ** 2)
