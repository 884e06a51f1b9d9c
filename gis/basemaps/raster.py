"""Orthophotos read at the fineness of a view, through the overviews that are in the file or beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.basemaps.opening import damaged, open_raster
from gis.dem.opening import quiet_gdal
from models.basemap import Basemap
from models.errors import Refused
from models.notices import N_

U8 = NDArray[np.uint8]
Window = tuple[int, int, int, int]
"""First row, last row + 1, first column, last column + 1."""

_AT_ONCE = 24_000_000
"""Pixels that may be read for a picture without overviews; of a larger window only some rows are read."""
_BAND = 64
_COARSE = 512


def read(
    basemap: Basemap, path: Path, window: Window, shape: tuple[int, int], stopped: Callable[[], bool]
) -> U8 | None:  # fmt: skip
    """RGBA of a window of pixels, thinned to `shape` (rows, columns); None if stopped.

    Raises Missing, Unreadable or Refused (another file than the one that was registered).
    """
    from rasterio.errors import RasterioError

    with open_raster(path) as ds:
        if (ds.width, ds.height, ds.count) != (basemap.width, basemap.height, basemap.bands):
            raise Refused("basemap.changed", N_("the basemap file is no longer the one that was registered"),
                          where=str(path), advice=N_("remove the basemap and add it again"))  # fmt: skip
        try:
            with quiet_gdal():
                bands = _bands(ds, window, shape, stopped)
                return None if bands is None else _coloured(ds, *bands)
        except (RasterioError, OSError, ValueError, MemoryError) as error:
            raise damaged(path) from error


def _bands(
    ds: Any, window: Window, shape: tuple[int, int], stopped: Callable[[], bool]
) -> tuple[NDArray[Any], U8] | None:
    """(bands, rows, columns) of one, two or three bands, and the mask of what is there."""
    from rasterio.windows import Window as Box

    r0, r1, c0, c1 = window
    indexes = [1, 2, 3] if ds.count >= 3 else [1]
    steps = min((r1 - r0) / shape[0], (c1 - c0) / shape[1])
    if steps < 2 or ds.overviews(1) or (r1 - r0) * (c1 - c0) <= _AT_ONCE:
        box, method = Box(c0, r0, c1 - c0, r1 - r0), _method(ds, steps)
        data = ds.read(indexes, window=box, out_shape=(len(indexes), *shape), resampling=method)
        return None if stopped() else (data, _mask(ds, box, shape))
    # Without overviews all of a large photograph would be read for a small picture: take every k-th row and column.
    rows = np.minimum(r0 + ((np.arange(shape[0]) + 0.5) * (r1 - r0) / shape[0]).astype(np.int64), r1 - 1)
    cols = np.minimum(((np.arange(shape[1]) + 0.5) * (c1 - c0) / shape[1]).astype(np.int64), c1 - c0 - 1)
    data = np.zeros((len(indexes), *shape), ds.dtypes[0])
    mask = np.zeros(shape, np.uint8)
    high = max(int(ds.block_shapes[0][0]), 1)
    k = 0
    while k < len(rows):
        if stopped():
            return None
        block = int(rows[k]) // high
        end = k + int(np.searchsorted(rows[k:], min((block + 1) * high, int(rows[k]) + _BAND)))
        end = max(end, k + 1)
        box = Box(c0, int(rows[k]), c1 - c0, int(rows[end - 1]) - int(rows[k]) + 1)
        picked = rows[k:end] - rows[k]
        data[:, k:end] = ds.read(indexes, window=box)[:, picked[:, None], cols[None, :]]
        mask[k:end] = _mask(ds, box, None)[picked[:, None], cols[None, :]]
        k = end
    return data, mask


def _method(ds: Any, steps: float) -> Any:
    from rasterio.enums import ColorInterp, Resampling

    if ds.colorinterp[0] == ColorInterp.palette or steps <= 1:
        return Resampling.nearest
    return Resampling.average if steps >= 2 and not ds.overviews(1) else Resampling.bilinear


def _mask(ds: Any, box: Any, shape: tuple[int, int] | None) -> U8:
    from rasterio.enums import MaskFlags

    if all(MaskFlags.all_valid in flags for flags in ds.mask_flag_enums[:3]):
        return np.full(shape or (int(box.height), int(box.width)), 255, np.uint8)
    mask: U8 = ds.dataset_mask(window=box, **({"out_shape": shape} if shape else {}))
    return mask


def _coloured(ds: Any, data: NDArray[Any], mask: U8) -> U8:
    from rasterio.enums import ColorInterp

    out = np.empty((*data.shape[1:], 4), np.uint8)
    if ds.colorinterp[0] == ColorInterp.palette and ds.dtypes[0] == "uint8":
        table = np.zeros((256, 4), np.uint8)
        for value, colour in ds.colormap(1).items():
            if 0 <= value < 256:
                table[value] = colour
        out[...] = table[data[0]]
        out[..., 3] = np.minimum(out[..., 3], mask)
        return out
    if ds.dtypes[0] != "uint8":
        data = _stretched(ds, data, mask)
    out[..., :3] = np.moveaxis(data, 0, -1)
    out[..., 3] = mask
    return out


def _stretched(ds: Any, data: NDArray[Any], mask: U8) -> U8:
    """Other numbers than bytes: the 2nd to 98th percentile of the whole picture, so that a view does not flicker."""
    scale = max(ds.width, ds.height) / _COARSE
    shape = (max(1, round(ds.height / scale)), max(1, round(ds.width / scale)))
    small = ds.overviews(1) or ds.width * ds.height <= _AT_ONCE
    made = np.zeros(data.shape, np.uint8)
    for band in range(data.shape[0]):
        whole = ds.read(band + 1, out_shape=shape) if small else data[band]
        kept = whole[np.isfinite(whole)] if small else whole[(mask > 0) & np.isfinite(whole)]
        if ds.nodata is not None:
            kept = kept[kept != ds.nodata]
        low, high = np.percentile(kept, (2, 98)) if kept.size else (0.0, 1.0)
        span = max(float(high) - float(low), 1e-9)
        made[band] = np.clip((np.nan_to_num(data[band].astype(np.float32)) - low) * (255 / span), 0, 255)
    return made
