"""The ground in a picture: terrains as tints or slopes under a hillshade from the north-west, and basemaps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.gui.canvas.basemaps import BasemapDraw, paint_basemap
from app.gui.canvas.heights import F32, character, read_ground
from app.gui.canvas.overlay import image_of
from app.gui.canvas.slots import Picture
from app.gui.canvas.theme import CanvasTheme
from app.gui.canvas.view import Bounds, View
from layers.style import HILLSHADE_ALTITUDE_DEG, HILLSHADE_AZIMUTH_DEG, SLOPE_CLASSES, TERRAIN_STOPS
from models.errors import AppError
from models.terrain import Terrain

_SHADE_STRENGTH = 0.65
_FLAT = 255 * math.sin(math.radians(HILLSHADE_ALTITUDE_DEG))


@dataclass(frozen=True)
class TerrainDraw:
    """A terrain in a picture: what is known of it, its file, and how it is shown."""

    terrain: Terrain
    path: Path
    hillshade: bool = True
    tint: bool = True
    opacity: float = 1.0
    slope: bool = False

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.terrain.name

    @property
    def plain(self) -> bool:
        """True if nothing of its surface is shown (its contours may be)."""
        return not (self.hillshade or self.tint or self.slope)


@dataclass(frozen=True)
class TerrainWish:
    """What the picture of the ground shall show; terrains and basemaps from below to above."""

    view: View
    crs: str
    draws: tuple[TerrainDraw | BasemapDraw, ...]
    theme: CanvasTheme


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
    if draw.slope:
        facts["slopes"].append(name)
    view = wish.view
    x0, y0 = view.to_screen(extent[0], extent[3])
    x1, y1 = view.to_screen(extent[2], extent[1])
    p.setOpacity(draw.opacity * (1 - wish.theme.terrain_dim))
    box = QRectF(x0 * view.dpr, y0 * view.dpr, (x1 - x0) * view.dpr, (y1 - y0) * view.dpr)
    p.drawImage(box, image_of(rgba), QRectF(0, 0, z.shape[1], z.shape[0]), Qt.ImageConversionFlag.NoOpaqueDetection)


def colours(z: F32, extent: Bounds, draw: TerrainDraw) -> tuple[NDArray[np.uint8], tuple[float, float] | None]:
    """RGBA of heights: tint or slope, hillshade, or one multiplied by the other; and the heights at the tint's ends."""
    from gis.relief import class_colours, hillshade, shaded, slope_degrees, tint

    dx, dy = (extent[2] - extent[0]) / z.shape[1], (extent[3] - extent[1]) / z.shape[0]
    whole = character(draw.terrain, draw.path)
    ends = (whole.low, whole.high) if whole is not None and draw.tint else None
    if ends is not None:
        rgba = tint(z, TERRAIN_STOPS, low=ends[0], high=ends[1])
    elif draw.slope:
        rgba = class_colours(slope_degrees(z, dx, dy), SLOPE_CLASSES)
    else:
        rgba = np.full((*z.shape, 4), 244, np.uint8)
        rgba[..., 3] = np.where(np.isnan(z), 0, 255)
    if draw.hillshade:
        gain = whole.gain if whole is not None else 1.0
        light = hillshade(z, dx, dy, HILLSHADE_AZIMUTH_DEG, HILLSHADE_ALTITUDE_DEG, exaggeration=gain)
        # Half the brightening: sunlit slopes keep their tint instead of going white.
        rgba = shaded(rgba, np.where(light > _FLAT, (light + _FLAT) / 2, light), _SHADE_STRENGTH)
    return rgba, ends
