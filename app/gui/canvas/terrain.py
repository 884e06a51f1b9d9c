"""Terrains in a picture: quiet elevation tints under a hillshade from the north-west, read at the view's resolution."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.gui.canvas.overlay import image_of
from app.gui.canvas.slots import Picture
from app.gui.canvas.theme import CanvasTheme
from app.gui.canvas.view import Bounds, View
from layers.style import HILLSHADE_ALTITUDE_DEG, HILLSHADE_AZIMUTH_DEG, TERRAIN_RAMP
from models.errors import AppError
from models.terrain import Terrain

if TYPE_CHECKING:
    from pyproj import Transformer

log = logging.getLogger(__name__)

F32 = NDArray[np.float32]
RAMP = tuple((i / (len(TERRAIN_RAMP) - 1), c) for i, c in enumerate(TERRAIN_RAMP))
_MOST_CELLS = 4_000_000  # beyond it the relief is coarser than the screen: nobody sees it, everybody waits
_SHADE_STRENGTH = 0.75
_FLAT = 255 * math.sin(math.radians(HILLSHADE_ALTITUDE_DEG))


@dataclass(frozen=True)
class TerrainDraw:
    """A terrain in a picture: what is known of it, its file, and how it is shown."""

    terrain: Terrain
    path: Path
    hillshade: bool = True
    tint: bool = True
    opacity: float = 1.0


@dataclass(frozen=True)
class TerrainWish:
    """What the picture of the ground shall show; terrains from below to above."""

    view: View
    crs: str
    draws: tuple[TerrainDraw, ...]
    theme: CanvasTheme


def paint_terrain(wish: TerrainWish, stopped: Callable[[], bool]) -> Picture | None:
    """The ground's picture, None if stopped.

    Facts: `drawn` names in view; `tints` {name: (low, high)} in metres; `problems` {name: AppError} of terrains that
    could not be read. A file that is gone costs its picture, never the map.
    """
    view = wish.view
    image = QImage(*view.device_size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    facts: dict[str, Any] = {"drawn": [], "tints": {}, "problems": {}}
    p = QPainter(image)
    try:
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for draw in wish.draws:
            if stopped():
                return None
            try:
                _paint_one(p, draw, wish, facts, stopped)
            except AppError as error:
                facts["problems"][draw.terrain.name] = error
    finally:
        p.end()
    facts["empty"] = not facts["drawn"]
    return None if stopped() else Picture(view, image, facts)


def _paint_one(
    p: QPainter, draw: TerrainDraw, wish: TerrainWish, facts: dict[str, Any], stopped: Callable[[], bool]
) -> None:
    if not (draw.hillshade or draw.tint):
        return
    z, extent = read_ground(draw.terrain, draw.path, wish.crs, wish.view)
    if not z.size or stopped() or not np.isfinite(z).any():
        return
    rgba, ends = colours(z, extent, draw)
    if stopped():
        return
    name = draw.terrain.name
    facts["drawn"].append(name)
    if draw.tint and ends is not None:
        facts["tints"][name] = ends
    view = wish.view
    x0, y0 = view.to_screen(extent[0], extent[3])
    x1, y1 = view.to_screen(extent[2], extent[1])
    p.setOpacity(draw.opacity * (1 - wish.theme.terrain_dim))
    box = QRectF(x0 * view.dpr, y0 * view.dpr, (x1 - x0) * view.dpr, (y1 - y0) * view.dpr)
    p.drawImage(box, image_of(rgba), QRectF(0, 0, z.shape[1], z.shape[0]), Qt.ImageConversionFlag.NoOpaqueDetection)


def colours(z: F32, extent: Bounds, draw: TerrainDraw) -> tuple[NDArray[np.uint8], tuple[float, float] | None]:
    """RGBA of heights: tint, hillshade or one multiplied by the other; and the heights at the ends of the tint."""
    from gis.relief import hillshade, shaded, tint

    dx, dy = (extent[2] - extent[0]) / z.shape[1], (extent[3] - extent[1]) / z.shape[0]
    ends = tint_range(draw.terrain, draw.path) if draw.tint else None
    if draw.tint and ends is not None:
        rgba = tint(z, RAMP, low=ends[0], high=ends[1])
    else:
        rgba = np.full((*z.shape, 4), 244, np.uint8)
        rgba[..., 3] = np.where(np.isnan(z), 0, 255)
    if draw.hillshade:
        light = hillshade(z, dx, dy, HILLSHADE_AZIMUTH_DEG, HILLSHADE_ALTITUDE_DEG, exaggeration=exaggeration(dx))
        rgba = shaded(rgba, light, _SHADE_STRENGTH)
    return rgba, ends


def exaggeration(cell_m: float) -> float:
    """Slopes flatten when cells are averaged over tens of metres; this keeps the relief readable in overviews."""
    return float(np.clip(cell_m**0.35, 1.0, 6.0))


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


@lru_cache(maxsize=64)
def tint_range(terrain: Terrain, path: Path) -> tuple[float, float] | None:
    """Heights (m) of the lowest and highest tint: the whole terrain's 1st and 99th percentile.

    One range for all views, so that a colour means the same height wherever one looks.
    """
    from gis.raster import Dem

    with Dem(path, terrain) as dem:
        z, _ = dem.overview(dem.bounds, 500, 500)
    z = z[np.isfinite(z)]
    if not z.size:
        return None
    low, high = (float(v) for v in np.percentile(z, (1, 99)))
    return low, max(high, low + 1.0)


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
