"""Decimated reads for the screen and for the relief of a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.arrays import F32

if TYPE_CHECKING:
    from gis.dem.file import Dem

Extent = tuple[float, float, float, float]


def overview(dem: Dem, bounds: Extent, width_px: int, height_px: int) -> tuple[F32, Extent]:
    """See Dem.overview."""
    x0, y0, x1, y1 = bounds
    grid = dem.grid
    col, row = grid.to_pixel([x0, x1, x0, x1], [y0, y0, y1, y1])
    c0, c1 = max(int(np.floor(col.min() + 1e-6)), 0), min(int(np.ceil(col.max() - 1e-6)), grid.width)
    r0, r1 = max(int(np.floor(row.min() + 1e-6)), 0), min(int(np.ceil(row.max() - 1e-6)), grid.height)
    if r0 >= r1 or c0 >= c1 or width_px < 1 or height_px < 1:
        return np.empty((0, 0), np.float32), bounds
    rows, cols = min(r1 - r0, height_px), min(c1 - c0, width_px)
    z = dem.decimated(r0, r1, c0, c1, rows, cols).astype(np.float32)
    if not grid.axis_aligned:
        return _turned(dem, z, (r0, r1, c0, c1), bounds, width_px, height_px)
    a, _, _, _, e, _ = grid.transform
    xs, ys = grid.to_world([c0, c1], [r0, r1])
    z = z[:: 1 if e < 0 else -1, :: 1 if a > 0 else -1]
    return np.ascontiguousarray(z), (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))


def _turned(
    dem: Dem, z: F32, window: tuple[int, int, int, int], bounds: Extent, width_px: int, height_px: int
) -> tuple[F32, Extent]:
    """A rotated grid drawn into a north-up picture of `bounds` clipped to the terrain, nearest neighbour."""
    x0, y0, x1, y1 = (
        max(bounds[0], dem.bounds[0]),
        max(bounds[1], dem.bounds[1]),
        min(bounds[2], dem.bounds[2]),
        min(bounds[3], dem.bounds[3]),
    )
    x = x0 + (np.arange(width_px) + 0.5) * (x1 - x0) / width_px
    y = y1 - (np.arange(height_px) + 0.5) * (y1 - y0) / height_px
    col, row = dem.grid.to_pixel(*np.meshgrid(x, y))
    r0, r1, c0, c1 = window
    i = np.floor((row - r0) * z.shape[0] / (r1 - r0)).astype(np.int64)
    j = np.floor((col - c0) * z.shape[1] / (c1 - c0)).astype(np.int64)
    inside = (i >= 0) & (i < z.shape[0]) & (j >= 0) & (j < z.shape[1])
    out = np.full(inside.shape, np.nan, np.float32)
    out[inside] = z[i[inside], j[inside]]
    return out, (x0, y0, x1, y1)
