"""The picture of the contours: lines at a round interval, every fifth heavier and labelled along itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from app.gui.canvas import labels, styles
from app.gui.canvas.heights import character, read_ground
from app.gui.canvas.qshapes import qpolygon
from app.gui.canvas.slots import Picture
from app.gui.canvas.theme import CanvasTheme
from app.gui.canvas.view import View
from app.gui.canvas.wishes import TerrainDraw
from layers.style import CONTOUR, CONTOUR_INDEX, CONTOUR_LABEL
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.canvas.wishes import VectorWish
    from gis.contouring import Contours

_SPACING_MM = 2.6
_COARSER = 2
"""Lines follow every second pixel: they look the same, and there are a quarter of the cells."""
_FONT_PX, _APART_PX, _SAG_PX = 11.0, 420.0, 2.5
_THIN = 0.6
_MOST_LABELS = 250


@dataclass(frozen=True)
class ContourWish:
    """What the picture of the contours shall show: terrains from below to above, each with its interval (0: choose)."""

    view: View
    crs: str
    draws: tuple[tuple[TerrainDraw, float], ...]
    theme: CanvasTheme
    font_family: str = ""
    labelled: VectorWish | None = None
    """The features whose labels come first: those of contours keep clear of them."""


def paint_contours(wish: ContourWish, stopped: Callable[[], bool]) -> Picture | None:
    """The contours' picture, None if stopped. Facts: `intervals` {terrain: metres}; files that fail are left out."""
    view = wish.view
    image = QImage(*view.device_size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    intervals: dict[str, float] = {}
    taken: list[QRectF] = []
    if wish.labelled is not None:
        gap = 3 * view.dpr
        taken = [s.adjusted(-gap, -gap, gap, gap) for s in labels.spots(wish.labelled, stopped)]
    p = QPainter(image)
    try:
        p.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for draw, chosen in wish.draws:
            try:
                interval = _paint_one(p, draw, chosen, wish, taken, stopped)
            except AppError:
                continue  # the picture of the ground says so
            if stopped():
                return None
            if interval:
                intervals[draw.terrain.name] = interval
    finally:
        p.end()
    return Picture(view, image, {"intervals": intervals, "empty": not intervals})


def interval_of(draw: TerrainDraw, chosen: float, view: View) -> float:
    """The interval in metres: the chosen one, else a round one for this scale and ground."""
    from gis.contouring import interval_for

    whole = character(draw.terrain, draw.path)
    if chosen > 0 or whole is None:
        return chosen or 1.0
    per_mm = view.scale * styles.pixels_per_mm()
    return interval_for(whole.steep, per_mm, spacing_mm=_SPACING_MM, sigma_z_m=draw.terrain.errors.sigma_z_m)


def _paint_one(
    p: QPainter, draw: TerrainDraw, chosen: float, wish: ContourWish, taken: list[QRectF], stopped: Callable[[], bool]
) -> float:
    from gis.contouring import contours, smoothed

    view = wish.view
    z, extent = read_ground(draw.terrain, draw.path, wish.crs, replace(view, dpr=view.dpr / _COARSER))
    if not z.size or stopped() or not np.isfinite(z).any():
        return 0.0
    interval = interval_of(draw, chosen, view)
    x0, y1 = view.bounds[0], view.bounds[3]
    s = view.dpr / view.scale
    found = contours(smoothed(z), extent, interval, stopped)
    if not found:
        return 0.0
    ppm = styles.pixels_per_mm(dpr=view.dpr)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setOpacity(draw.opacity)
    index: list[tuple[float, Any]] = []
    for is_index in (False, True):
        pen = styles.pen(CONTOUR_INDEX if is_index else CONTOUR, ppm)
        pen.setWidthF(max(pen.widthF(), (1.6 if is_index else 1.0) * view.dpr))
        colour = QColor(CONTOUR.color)
        colour.setAlphaF(1.0 if is_index else _THIN)
        pen.setColor(colour)
        p.setPen(pen)
        for level in (c for c in found if c.is_index == is_index):
            if stopped():
                return 0.0
            pixels = np.column_stack(((level.xy[:, 0] - x0) * s, (y1 - level.xy[:, 1]) * s))
            _paint_lines(p, level, pixels)
            if is_index:
                index += [(level.height, pixels[a:b]) for a, b in zip(level.ends[:-1], level.ends[1:], strict=True)]
    _paint_labels(p, index, interval, wish, taken, stopped)
    return interval


def _paint_lines(p: QPainter, level: Contours, pixels: Any) -> None:
    for a, b in zip(level.ends[:-1].tolist(), level.ends[1:].tolist(), strict=True):
        p.drawPolyline(qpolygon(pixels[a:b]))


def decimals_of(interval: float) -> int:
    """Decimals that heights at this interval need."""
    return next((d for d in range(3) if abs(interval * 10**d - round(interval * 10**d)) < 1e-9), 2)


def _paint_labels(
    p: QPainter, index: list[tuple[float, Any]], interval: float, wish: ContourWish, taken: list[QRectF],
    stopped: Callable[[], bool],
) -> None:  # fmt: skip
    from gis.contouring import label_places

    dpr = wish.view.dpr
    decimals = decimals_of(interval)
    ink, halo = (QColor("#E3C9A6"), wish.theme.halo) if wish.theme.dark else (QColor(CONTOUR_LABEL), "#FFFFFF")
    n = 0
    for height, line in sorted(index, key=lambda h: -len(h[1])):
        if stopped() or n >= _MOST_LABELS:
            return
        text = f"{height:.{decimals}f}"
        stamp = labels.stamp_of(text, wish.font_family, _FONT_PX * dpr, ink, halo, dpr)
        for x, y, angle in label_places(line, float(stamp.width()), _APART_PX * dpr, _SAG_PX * dpr).tolist():
            reach = QTransform().rotateRadians(angle).mapRect(_around(stamp))
            spot = reach.translated(x, y)
            if any(spot.intersects(other) for other in taken):
                continue
            taken.append(spot.adjusted(-30 * dpr, -30 * dpr, 30 * dpr, 30 * dpr))
            p.save()
            p.translate(QPointF(x, y))
            p.rotate(math.degrees(angle))
            p.drawImage(QPointF(-stamp.width() / 2, -stamp.height() / 2), stamp)
            p.restore()
            n += 1


def _around(stamp: QImage) -> QRectF:
    return QRectF(-stamp.width() / 2, -stamp.height() / 2, stamp.width(), stamp.height())
