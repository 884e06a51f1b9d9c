"""The ground of an unclassified cloud on a coarse grid on disk, block by block (see lowest.py for the rule)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gis.arrays import Array, Mask
from gis.clouds import lowest
from gis.clouds.buckets import Buckets
from models.progress import Watch

_BLOCK = 1024


@dataclass(frozen=True)
class Surface:
    """Lowest ground heights (m above the buckets' base, NaN for none) in cells of `cell` m from `left`, `top` on."""

    file: Path
    left: float
    top: float
    cell: float
    rows: int
    cols: int
    base: float

    def ground(self, xyz: Array) -> Mask:
        """Which of the points (n, 3; near each other) are ground."""
        col = np.floor((xyz[:, 0] - self.left) / self.cell).astype(np.int64)
        row = np.floor((self.top - xyz[:, 1]) / self.cell).astype(np.int64)
        r0, c0 = max(int(row.min()) - 1, 0), max(int(col.min()) - 1, 0)
        held = np.memmap(self.file, np.float32, "r", shape=(self.rows, self.cols))
        low = held[r0 : int(row.max()) + 2, c0 : int(col.max()) + 2].astype(np.float64)
        band = lowest.band(low, self.cell)
        own = low[row - r0, col - c0]
        with np.errstate(invalid="ignore"):
            return np.asarray(xyz[:, 2] - self.base <= own + band[row - r0, col - c0])


def make_surface(buckets: Buckets, file: Path, cell: float, watch: Watch) -> Surface:
    """Filter the lowest points of all cells of `cell` m. Raises Cancelled."""
    left, top = np.floor(buckets.low[0] / cell) * cell, np.ceil(buckets.high[1] / cell) * cell
    cols = int(np.floor((buckets.high[0] - left) / cell)) + 1
    rows = int(np.floor((top - buckets.low[1]) / cell)) + 1
    surface = Surface(file, float(left), float(top), cell, rows, cols, buckets.base)
    held = np.memmap(file, np.float32, "w+", shape=(rows, cols))
    halo = lowest.reach(cell)
    for row in range(0, rows, _BLOCK):
        for col in range(0, cols, _BLOCK):
            watch.report((row * cols + col * min(_BLOCK, rows - row)) / (rows * cols))
            r1, c1 = min(row + _BLOCK, rows), min(col + _BLOCK, cols)
            lows = _lowest(buckets, surface, row - halo, r1 + halo, col - halo, c1 + halo)
            ground = lowest.ground_of(lows, cell)
            held[row:r1, col:c1] = ground[halo : halo + r1 - row, halo : halo + c1 - col]
        held.flush()
    return surface


def _lowest(buckets: Buckets, grid: Surface, row0: int, row1: int, col0: int, col1: int) -> Array:
    """The lowest point of each cell of a window, m above the base; NaN without points."""
    out = np.full((row1 - row0) * (col1 - col0), np.inf)
    x0, y1 = grid.left + col0 * grid.cell, grid.top - row0 * grid.cell
    x1, y0 = grid.left + col1 * grid.cell, grid.top - row1 * grid.cell
    for xyz, _ in buckets.within(x0, y0, x1, y1):
        col = np.floor((xyz[:, 0] - grid.left) / grid.cell).astype(np.int64) - col0
        row = np.floor((grid.top - xyz[:, 1]) / grid.cell).astype(np.int64) - row0
        inside = (col >= 0) & (col < col1 - col0) & (row >= 0) & (row < row1 - row0)
        np.minimum.at(out, (row * (col1 - col0) + col)[inside], xyz[inside, 2] - grid.base)
    out[np.isinf(out)] = np.nan
    return out.reshape(row1 - row0, col1 - col0)
