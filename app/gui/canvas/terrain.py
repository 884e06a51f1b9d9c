"""The ground in a picture: terrains as tints or slopes under a hillshade from the north-west, and basemaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.gui.canvas import shades
from app.gui.canvas.basemaps import paint_basemap
from app.gui.canvas.heights import character, read_ground, same_crs
from app.gui.canvas.slots import Picture
from app.gui.canvas.view import Bounds
from app.gui.canvas.wishes import TerrainDraw, TerrainWish
from layers.style import HILLSHADE_ALTITUDE_DEG, HILLSHADE_AZIMUTH_DEG, SLOPE_CLASSES, TERRAIN_STOPS
from models.errors import AppError

_SHADE_STRENGTH = 0.65


def paint_terrain(wish: TerrainWish, stopped: Callable[[], bool]) -> Picture | None:
    """The ground's picture, None if stopped.

    Facts: `drawn` names in view; `tints` {name: (low, high)} in metres; `slopes` names coloured by slope; `problems`
    {name: AppError} of what could not be read. A file that is gone costs its picture, never the map.
    """
    view = wish.view
    image = QImage(*view.device_size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    facts: dict[str, Any] = {"drawn": [], "tints": {}, "slopes": [], "problems": {}}
    p = QPainter(image)
    try:
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for draw in wish.draws:
            if stopped():
                return None
            try:
                if isinstance(draw, TerrainDraw):
                    _paint_one(p, draw, wish, facts, stopped)
                elif paint_basemap(p, draw, view, wish.crs, stopped):
                    facts["drawn"].append(draw.name)
            except AppError as error:
                facts["problems"][draw.name] = error
    finally:
        p.end()
    facts["empty"] = not facts["drawn"]
    return None if stopped() else Picture(view, image, facts)


def _paint_one(
    p: QPainter, draw: TerrainDraw, wish: TerrainWish, facts: dict[str, Any], stopped: Callable[[], bool]
) -> None:
    if draw.plain:
        return
    found = _pixels(draw, wish)
    if found is None or stopped() or not found[0].any():
        return
    pixels, extent = found
    name = draw.terrain.name
    facts["drawn"].append(name)
    whole = character(draw.terrain, draw.path)
    if draw.tint and whole is not None:
        facts["tints"][name] = (whole.low, whole.high)
    if draw.slope:
        facts["slopes"].append(name)
    view = wish.view
    x0, y0 = view.to_screen(extent[0], extent[3])
    x1, y1 = view.to_screen(extent[2], extent[1])
    p.setOpacity(draw.opacity * (1 - wish.theme.terrain_dim))
    box = QRectF(x0 * view.dpr, y0 * view.dpr, (x1 - x0) * view.dpr, (y1 - y0) * view.dpr)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    p.drawImage(box, image, QRectF(0, 0, width, height), Qt.ImageConversionFlag.NoOpaqueDetection)


def _pixels(draw: TerrainDraw, wish: TerrainWish) -> tuple[NDArray[np.uint32], Bounds] | None:
    """The shaded ground and its extent, None outside of it."""
    from gis.raster import Dem

    view = wish.view
    shade = _shade(draw)
    if same_crs(draw.terrain.crs, wish.crs):
        with Dem(draw.path, draw.terrain) as dem:
            if shades.can_step(dem):
                look = (draw.hillshade, draw.tint, draw.slope)
                return shades.ground(dem, view.bounds, *view.device_size, look, shade)
    z, extent = read_ground(draw.terrain, draw.path, wish.crs, view)
    if not z.size:
        return None
    dx, dy = (extent[2] - extent[0]) / z.shape[1], (extent[3] - extent[1]) / z.shape[0]
    return shade(np.pad(z, 1, mode="edge"), dx, dy), extent


def _shade(draw: TerrainDraw) -> Callable[[Any, float, float], NDArray[np.uint32]]:
    """How its heights become pixels: tint or slope, hillshade, or one multiplied by the other."""
    from gis.shading import Colours, SlopeClasses, Sun, Tint, shaded_pixels

    whole = character(draw.terrain, draw.path)
    colours: Colours = None
    if draw.tint and whole is not None:
        colours = Tint(TERRAIN_STOPS, whole.low, whole.high)
    elif draw.slope:
        colours = SlopeClasses(SLOPE_CLASSES)
    gain = whole.gain if whole is not None else 1.0
    sun = Sun(HILLSHADE_AZIMUTH_DEG, HILLSHADE_ALTITUDE_DEG, gain, _SHADE_STRENGTH) if draw.hillshade else None
    return lambda z, dx, dy: shaded_pixels(z, dx, dy, colours, sun)
