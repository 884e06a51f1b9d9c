"""Heights for the map: read at the view's resolution, warped if they lie in another CRS, and looked up at a place."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.gui.canvas.view import Bounds, View
from models.errors import AppError
from models.terrain import Terrain

if TYPE_CHECKING:
    from pyproj import Transformer

    from app.gui.canvas.wishes import TerrainDraw

log = logging.getLogger(__name__)

F32 = NDArray[np.float32]
_MOST_CELLS = 4_000_000  # beyond it the relief is coarser than the screen: nobody sees it, everybody waits
_STEEP = 0.22  # a tenth of the ground steeper than this: no exaggeration


def read_ground(terrain: Terrain, path: Path, crs: str, view: View) -> tuple[F32, Bounds]:
    """Heights for the view in `crs`: float32, row 0 in the north, NaN where there is none; and their extent.

    Raises what gis.raster.Dem raises. A terrain in another CRS is warped at the view's resolution (for the eye only).
    """
    from gis.raster import Dem

    width, height = view.device_size
    same = same_crs(terrain.crs, crs)
    bounds = view.bounds if same else _bounds_in(view.bounds, crs, terrain.crs)
    if bounds is None:
        return np.empty((0, 0), np.float32), view.bounds
    with Dem(path, terrain) as dem:
        z, extent = dem.overview(*_whole_steps(dem, bounds, width, height))
    if same:
        return z, extent
    shrink = min(1.0, math.sqrt(_MOST_CELLS / (width * height)))
    shape = max(1, int(height * shrink)), max(1, int(width * shrink))
    return _warped(z, extent, terrain.crs, crs, view.bounds, shape)


def _whole_steps(dem: Any, bounds: Bounds, width: int, height: int) -> tuple[Bounds, int, int]:
    """Bounds and size of a read that takes every k-th cell, k whole and tied to the file's grid.

    Steps of 1, 2, 1, 2 … cells would band the hillshade, and steps that move with the view would make it shimmer.
    """
    grid = dem.grid
    if not grid.axis_aligned:
        return bounds, width, height
    col, row = grid.to_pixel([bounds[0], bounds[2]], [bounds[1], bounds[3]])
    spans = []
    for ends, size, pixels in ((col, grid.width, width), (row, grid.height, height)):
        first, last = max(float(min(ends)), 0.0), min(float(max(ends)), float(size))
        if first >= last:
            return bounds, width, height
        spans.append((first, last, (max(ends) - min(ends)) / pixels, size))
    k = max(1, math.floor(max(s[2] for s in spans) + 1e-6))
    while (spans[0][1] - spans[0][0]) * (spans[1][1] - spans[1][0]) / k**2 > _MOST_CELLS:
        k += 1
    cut = [(k * math.floor(a / k), k * math.ceil(b / k), size) for a, b, _step, size in spans]
    # The last step of a grid that k does not divide is left out: less than one pixel of the picture.
    cut = [(a, b if b <= size else max(k * (size // k), min(a + k, size))) for a, b, size in cut]
    xs, ys = grid.to_world([cut[0][0], cut[0][1]], [cut[1][0], cut[1][1]])
    sizes = [max(1, (b - a) // k) for a, b in cut]
    return (float(min(xs)), float(min(ys)), float(max(xs)), float(max(ys))), sizes[0], sizes[1]


def _warped(
    z: F32, extent: Bounds, source: str, target: str, bounds: Bounds, shape: tuple[int, int]
) -> tuple[F32, Bounds]:
    if not z.size:
        return z, bounds
    from rasterio.warp import Resampling, reproject

    out = np.full(shape, np.nan, np.float32)
    reproject(
        z, out,
        src_transform=_affine(extent, z.shape), src_crs=source, src_nodata=np.nan,
        dst_transform=_affine(bounds, shape), dst_crs=target, dst_nodata=np.nan,
        resampling=Resampling.bilinear,
    )  # fmt: skip
    return out, bounds


def _affine(extent: Bounds, shape: tuple[int, ...]) -> Any:
    from affine import Affine

    x0, y0, x1, y1 = extent
    return Affine((x1 - x0) / shape[1], 0.0, x0, 0.0, (y0 - y1) / shape[0], y1)


def _bounds_in(bounds: Bounds, source: str, target: str) -> Bounds | None:
    x0, y0, x1, y1 = transformer(source, target).transform_bounds(*bounds, densify_pts=9)
    ok = all(math.isfinite(v) for v in (x0, y0, x1, y1)) and x0 < x1 and y0 < y1
    return (x0, y0, x1, y1) if ok else None


@lru_cache(maxsize=32)
def same_crs(a: str, b: str) -> bool:
    """True if both texts name the same system, whatever its axis order."""
    if a == b:
        return True
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(a).equals(CRS.from_user_input(b), ignore_axis_order=True)
    except CRSError:
        log.warning("a coordinate system cannot be read", exc_info=True)
        return False


@lru_cache(maxsize=32)
def transformer(source: str, target: str) -> Transformer:
    """A transformer in x, y order. Safe to share: pyproj gives each thread its own context."""
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


@dataclass(frozen=True)
class Character:
    """What the whole terrain is like: the same for all views, so that a colour and a shade mean the same everywhere.

    `low`, `high`: heights (m) of the lowest and highest tint, the 1st and 99th percentile. `gain`: by how much slopes
    are exaggerated in the shade, 1 for hills and up to 3 for plains, whose pits would hardly show otherwise. `steep`:
    nine tenths of the ground rise by less (m per m); the interval of the contours follows it.
    """

    low: float
    high: float
    gain: float
    steep: float = 0.1


@lru_cache(maxsize=64)
def character(terrain: Terrain, path: Path) -> Character | None:
    """The character of a terrain from some 250 000 of its cells; None if it has no heights."""
    from gis.raster import Dem

    with Dem(path, terrain) as dem:
        z, _ = dem.overview(dem.bounds, 500, 500)
    heights = z[np.isfinite(z)]
    if not heights.size:
        return None
    low, high = (float(v) for v in np.percentile(heights, (1, 99)))
    cell = terrain.cell_m * max(terrain.width, terrain.height) / max(z.shape)
    gain, steep = 1.0, 0.1
    if min(z.shape) > 2:
        down, across = np.gradient(z, cell)
        slope = np.hypot(down, across)
        slope = slope[np.isfinite(slope)]
        steep = float(np.percentile(slope, 90)) if slope.size else 0.0
        gain = float(np.clip(_STEEP / max(steep, 1e-6), 1.0, 3.0))
    return Character(low, max(high, low + 1.0), gain, steep)


def terrain_bounds(terrain: Terrain, crs: str) -> Bounds | None:
    """Where a terrain lies in the project's CRS, from what is known of it (its file is not touched)."""
    a, b, c, d, e, f = terrain.transform
    corners = [(i * terrain.width, j * terrain.height) for i in (0, 1) for j in (0, 1)]
    xs = [a * i + b * j + c for i, j in corners]
    ys = [d * i + e * j + f for i, j in corners]
    bounds = (min(xs), min(ys), max(xs), max(ys))
    return bounds if same_crs(terrain.crs, crs) else _bounds_in(bounds, terrain.crs, crs)


class Probe:
    """The height under the pointer from the topmost terrain that has one there. One thread; keeps its files open."""

    def __init__(self) -> None:
        self._open: dict[str, Any] = {}

    def height(self, draws: tuple[TerrainDraw, ...], crs: str, x: float, y: float) -> tuple[float, str] | None:
        """(metres, terrain's name) at a place in the project's CRS; None where no terrain has a height."""
        for draw in reversed(draws):
            dem = self._dem(draw)
            if dem is None:
                continue
            place = (x, y) if same_crs(draw.terrain.crs, crs) else transformer(crs, draw.terrain.crs).transform(x, y)
            x0, y0, x1, y1 = dem.bounds
            if not (x0 <= place[0] <= x1 and y0 <= place[1] <= y1):
                continue
            try:
                z = float(dem.sample([place[0]], [place[1]])[0])
            except AppError:
                continue
            if math.isfinite(z):
                return z, draw.terrain.name
        return None

    def _dem(self, draw: TerrainDraw) -> Any:
        from gis.raster import Dem

        key = f"{draw.terrain.uid}:{draw.path}"
        if key not in self._open:
            try:
                self._open[key] = Dem(draw.path, draw.terrain)
            except AppError:
                self._open[key] = None
        return self._open[key]

    def close(self) -> None:
        """Give the files back (another project, another set of terrains)."""
        for dem in self._open.values():
            if dem is not None:
                dem.close()
        self._open.clear()
