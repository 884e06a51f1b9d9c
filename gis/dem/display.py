"""Decimated reads for the screen and for the relief of a sheet.

GDAL's own decimation without overviews takes 8 s of processor time for the whole of a 20 000 × 20 000 terrain;
reading it in bands and picking cells takes less than one, and the coarse picture is kept for the next view.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.arrays import F32, Index

if TYPE_CHECKING:
    from gis.dem.file import Dem

Extent = tuple[float, float, float, float]

_BASE_SIDE = 2048
"""Cells along the longer side of the coarse picture of a terrain that is kept in memory."""
_KEPT = 4
_SMALL = 16_000_000
"""A window of fewer cells is read as it is asked for, without the coarse picture."""
_READ_CELLS = 4_000_000
_BAND_ROWS = 256
_bases: OrderedDict[tuple[str, str, int, int], tuple[int, F32]] = OrderedDict()
_lock = threading.Lock()


def overview(dem: Dem, bounds: Extent, width_px: int, height_px: int) -> tuple[F32, Extent]:
    """See Dem.overview. Takes every k-th cell, k the whole number nearest to what the picture's size asks for."""
    x0, y0, x1, y1 = bounds
    grid = dem.grid
    col, row = grid.to_pixel([x0, x1, x0, x1], [y0, y0, y1, y1])
    c0, c1 = max(int(np.floor(col.min() + 1e-6)), 0), min(int(np.ceil(col.max() - 1e-6)), grid.width)
    r0, r1 = max(int(np.floor(row.min() + 1e-6)), 0), min(int(np.ceil(row.max() - 1e-6)), grid.height)
    if r0 >= r1 or c0 >= c1 or width_px < 1 or height_px < 1:
        return np.empty((0, 0), np.float32), bounds
    down, across = max(round((r1 - r0) / height_px), 1), max(round((c1 - c0) / width_px), 1)
    rows = np.minimum(np.arange(r0 + down // 2, r1 + down // 2, down), grid.height - 1)
    cols = np.minimum(np.arange(c0 + across // 2, c1 + across // 2, across), grid.width - 1)
    r1, c1 = r0 + down * rows.size, c0 + across * cols.size
    z = _cells(dem, rows, cols, min(down, across))
    if not grid.axis_aligned:
        return _turned(dem, z, (r0, r1, c0, c1), bounds, width_px, height_px)
    a, _, _, _, e, _ = grid.transform
    xs, ys = grid.to_world([c0, c1], [r0, r1])
    z = z[:: 1 if e < 0 else -1, :: 1 if a > 0 else -1]
    return np.ascontiguousarray(z), (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))


def _cells(dem: Dem, rows: Index, cols: Index, step: int) -> F32:
    """The cells at these rows and columns (rising), by the cheapest way."""
    r0, r1, c0, c1 = int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1
    large = (r1 - r0) * (c1 - c0) > _SMALL
    if step >= 2 and large and dem.has_overviews:
        return dem.decimated(r0, r1, c0, c1, rows.size, cols.size).astype(np.float32)
    coarse = -(-max(dem.grid.width, dem.grid.height) // _BASE_SIDE)
    if large and step >= coarse:
        return _of_base(dem, rows, cols, coarse)
    return pick(dem, rows, cols)


def coarse_cells(dem: Dem, rows: Index, cols: Index, step: int) -> F32:
    """The cells at these rows and columns of a file without coarser pictures: which way never depends on the window."""
    coarse = -(-max(dem.grid.width, dem.grid.height) // _BASE_SIDE)
    if dem.grid.width * dem.grid.height > _SMALL and step >= coarse:
        return _of_base(dem, rows, cols, coarse)
    return pick(dem, rows, cols)


def _of_base(dem: Dem, rows: Index, cols: Index, coarse: int) -> F32:
    stride, base = _base(dem, coarse)
    i, j = np.minimum(rows // stride, base.shape[0] - 1), np.minimum(cols // stride, base.shape[1] - 1)
    return np.asarray(base[i[:, None], j[None, :]], np.float32)


def _base(dem: Dem, stride: int) -> tuple[int, F32]:
    """The coarse picture of the whole terrain: cell (i·stride + stride/2, …) at (i, j).

    Kept for the last few terrains.
    """
    state = dem.path.stat()
    key = (str(dem.path.resolve()), dem.terrain.sha256, state.st_mtime_ns, state.st_size)
    with _lock:
        if key in _bases:
            _bases.move_to_end(key)
            return _bases[key]
    rows = np.minimum(np.arange(stride // 2, dem.grid.height + stride // 2, stride), dem.grid.height - 1)
    cols = np.minimum(np.arange(stride // 2, dem.grid.width + stride // 2, stride), dem.grid.width - 1)
    made = stride, pick(dem, rows, cols)
    with _lock:
        _bases[key] = made
        while len(_bases) > _KEPT:
            _bases.popitem(last=False)
    return made


def pick(dem: Dem, rows: Index, cols: Index) -> F32:
    """`cells` in single precision, for the eye."""
    found: F32 = cells(dem, rows, cols, np.float32)
    return found


def cells(dem: Dem, rows: Index, cols: Index, kind: type[np.floating[Any]] = np.float64) -> Any:
    """Heights (m) of the cells at rising rows and columns, read in bands of whole blocks."""
    if dem.tiles is not None:
        return dem.tiles.pick(rows, cols).astype(kind)
    out = np.empty((rows.size, cols.size), kind)
    block_rows, block_cols = dem.block_shape
    spacing = (int(rows[-1]) - int(rows[0])) / max(rows.size - 1, 1)
    if spacing <= 2:  # nearly all rows: a few large reads, also of a file that is kept row by row
        band = max(block_rows, _BAND_ROWS // block_rows * block_rows)
    else:
        band = block_rows if spacing < block_rows else 1  # strips: only the rows that are wanted
    wide = max(block_cols, _READ_CELLS // max(band, 1) // block_cols * block_cols)
    for lot_r in _lots(rows, band):
        r0, r1 = int(rows[lot_r.start]), int(rows[lot_r.stop - 1]) + 1
        for lot_c in _lots(cols, wide):
            c0, c1 = int(cols[lot_c.start]), int(cols[lot_c.stop - 1]) + 1
            z = dem.read(r0, r1, c0, c1)
            out[lot_r, lot_c] = z[np.ix_(rows[lot_r] - r0, cols[lot_c] - c0)]
    return out


def _lots(places: Index, size: int) -> list[slice]:
    """Runs of `places` that fall into the same block of `size` cells."""
    edges = np.flatnonzero(np.diff(places // size, prepend=-1))
    return [slice(int(a), int(b)) for a, b in zip(edges, [*edges[1:], places.size], strict=True)]


def _turned(
    dem: Dem, z: F32, window: tuple[int, int, int, int], bounds: Extent, width_px: int, height_px: int
) -> tuple[F32, Extent]:
    """A rotated grid drawn into a north-up picture of `bounds` clipped to the terrain, nearest neighbour."""
    low = np.maximum(bounds[:2], dem.bounds[:2])
    high = np.minimum(bounds[2:], dem.bounds[2:])
    x = low[0] + (np.arange(width_px) + 0.5) * (high[0] - low[0]) / width_px
    y = high[1] - (np.arange(height_px) + 0.5) * (high[1] - low[1]) / height_px
    col, row = dem.grid.to_pixel(*np.meshgrid(x, y))
    r0, r1, c0, c1 = window
    i = np.floor((row - r0) * z.shape[0] / (r1 - r0)).astype(np.int64)
    j = np.floor((col - c0) * z.shape[1] / (c1 - c0)).astype(np.int64)
    inside = (i >= 0) & (i < z.shape[0]) & (j >= 0) & (j < z.shape[1])
    out = np.full(inside.shape, np.nan, np.float32)
    out[inside] = z[i[inside], j[inside]]
    return out, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
