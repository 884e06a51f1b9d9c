"""A basemap for a view: read at the view's fineness, warped where it lies in another coordinate system."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.basemaps import raster, tiles
from gis.crs import parse_crs, same_crs, transformer
from models.basemap import Basemap
from models.errors import AppError

U8 = NDArray[np.uint8]
Bounds = tuple[float, float, float, float]
_MOST = 6_000_000
"""Pixels of a warped picture; beyond it the picture is coarser than the screen."""


def picture(
    basemap: Basemap, path: Path, crs: str, bounds: Bounds, width: int, height: int, stopped: Callable[[], bool] = bool
) -> tuple[U8, Bounds] | None:
    """RGBA with colours premultiplied by alpha, row 0 in the north, and its outer edges in `crs`.

    `bounds` (in `crs`) and pixels are those of the view. None where the basemap does not reach, or if stopped. Raises
    Missing, Unreadable or Refused for the file.
    """
    same = _same(basemap.crs, crs)
    wanted = bounds if same else _moved(bounds, crs, basemap.crs)
    if wanted is None or not _meet(wanted, basemap.bounds):
        return None
    pixel = max((wanted[2] - wanted[0]) / width, (wanted[3] - wanted[1]) / height)
    if basemap.kind == "raster":
        found = _from_raster(basemap, path, wanted, pixel, stopped)
    else:
        mosaic = tiles.read(basemap, path, wanted, pixel, stopped)
        found = None if mosaic is None else (mosaic[0], _north_up(mosaic[1], mosaic[0].shape), True)
    if found is None:
        return None
    rgba, transform, upright = found
    if rgba[..., 3].min(initial=255) < 255:
        alpha = rgba[..., 3:].astype(np.uint16)
        rgba[..., :3] = (rgba[..., :3] * alpha + 127) // 255
    if same and upright:
        a, _, c, _, e, f = transform
        return rgba, (c, f + e * rgba.shape[0], c + a * rgba.shape[1], f)
    if stopped():
        return None
    return _warped(rgba, transform, basemap.crs, crs, bounds, width, height), bounds


def bounds_in(basemap: Basemap, crs: str) -> Bounds | None:
    """Where a basemap lies in a CRS; its file is not touched. None where that system does not reach."""
    return basemap.bounds if _same(basemap.crs, crs) else _moved(basemap.bounds, basemap.crs, crs)


def _from_raster(
    basemap: Basemap, path: Path, wanted: Bounds, pixel: float, stopped: Callable[[], bool]
) -> tuple[U8, tuple[float, ...], bool] | None:
    from affine import Affine

    grid = Affine(*basemap.transform)
    corners = [~grid * (x, y) for x in (wanted[0], wanted[2]) for y in (wanted[1], wanted[3])]
    cols, rows = [p[0] for p in corners], [p[1] for p in corners]
    c0, c1 = max(math.floor(min(cols)) - 2, 0), min(math.ceil(max(cols)) + 2, basemap.width)
    r0, r1 = max(math.floor(min(rows)) - 2, 0), min(math.ceil(max(rows)) + 2, basemap.height)
    if c0 >= c1 or r0 >= r1:
        return None
    k = max(1.0, pixel / basemap.pixel)
    shape = (max(1, round((r1 - r0) / k)), max(1, round((c1 - c0) / k)))
    rgba = raster.read(basemap, path, (r0, r1, c0, c1), shape, stopped)
    if rgba is None:
        return None
    part = grid * Affine.translation(c0, r0) * Affine.scale((c1 - c0) / shape[1], (r1 - r0) / shape[0])
    upright = part.b == 0 and part.d == 0 and part.a > 0 and part.e < 0
    return rgba, tuple(part)[:6], upright


def _north_up(bounds: Bounds, shape: tuple[int, ...]) -> tuple[float, ...]:
    x0, y0, x1, y1 = bounds
    return (x1 - x0) / shape[1], 0.0, x0, 0.0, (y0 - y1) / shape[0], y1


def _warped(
    rgba: U8, transform: tuple[float, ...], source: str, target: str, bounds: Bounds, width: int, height: int
) -> U8:
    from affine import Affine
    from rasterio.warp import Resampling, reproject

    shrink = min(1.0, math.sqrt(_MOST / (width * height)))
    shape = max(1, int(height * shrink)), max(1, int(width * shrink))
    out = np.zeros((4, *shape), np.uint8)
    there: Any = Affine(*_north_up(bounds, shape))
    reproject(
        np.ascontiguousarray(np.moveaxis(rgba, -1, 0)), out, src_transform=Affine(*transform), src_crs=source,
        dst_transform=there, dst_crs=target, resampling=Resampling.bilinear,
    )  # fmt: skip
    return np.ascontiguousarray(np.moveaxis(out, 0, -1))


def _moved(bounds: Bounds, source: str, target: str) -> Bounds | None:
    """Bounds in another system; as much of them as it can hold."""
    try:
        x0, y0, x1, y1 = transformer(source, target).transform_bounds(*bounds, densify_pts=9)
    except Exception as error:
        if isinstance(error, AppError):
            raise
        return None  # PROJ says that these bounds have no place there
    fits = all(math.isfinite(v) for v in (x0, y0, x1, y1)) and x0 < x1 and y0 < y1
    return (x0, y0, x1, y1) if fits else None


def _same(a: str, b: str) -> bool:
    return a == b or same_crs(parse_crs(a), parse_crs(b))


def _meet(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
