"""A basemap in the picture of the ground: read at the view's fineness, laid where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from models.basemap import Basemap

if TYPE_CHECKING:
    from app.gui.canvas.view import View


@dataclass(frozen=True)
class BasemapDraw:
    """A basemap in a picture: what is known of it, its file, and how opaque it is."""

    basemap: Basemap
    path: Path
    opacity: float = 1.0

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.basemap.name


def paint_basemap(p: QPainter, draw: BasemapDraw, view: View, crs: str, stopped: Callable[[], bool]) -> bool:
    """Draw it; False if it does not reach into the view. Raises AppError where its file cannot be read."""
    from gis.basemaps.picture import picture

    found = picture(draw.basemap, draw.path, crs, view.bounds, *view.device_size, stopped)
    if found is None or stopped():
        return False
    rgba, (x0, y0, x1, y1) = found
    left, top = view.to_screen(x0, y1)
    right, bottom = view.to_screen(x1, y0)
    r = view.dpr
    p.setOpacity(draw.opacity)
    box = QRectF(left * r, top * r, (right - left) * r, (bottom - top) * r)
    # Enlarged pixels keep their edges: a photograph does not show more than it holds.
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, box.width() < 3 * rgba.shape[1])
    p.drawImage(box, _image(rgba), QRectF(0, 0, rgba.shape[1], rgba.shape[0]), Qt.ImageConversionFlag.NoOpaqueDetection)
    p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    return True


def _image(rgba: NDArray[np.uint8]) -> QImage:
    """A QImage that owns its pixels, of premultiplied RGBA."""
    rgba = np.ascontiguousarray(rgba)
    h, w = rgba.shape[:2]
    held = QImage(rgba.data, w, h, 4 * w, QImage.Format.Format_RGBA8888_Premultiplied)
    return held.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
