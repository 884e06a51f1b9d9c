"""Small pictures beside terrains and basemaps in the layer panel: a relief, a ramp, classes, contours, a photograph."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap

from app.gui.theme import colour, theme
from layers.style import CONTOUR, SLOPE_CLASSES, TERRAIN_RAMP

_SHADE = ("#F4F4F4", "#8C9196", "#E9EAEB", "#A5A9AD")
_PHOTO = ("#6F8F5E", "#A9A078", "#5E7F99", "#8A7458")


def ground_swatch(what: str, size: QSize, dpr: float) -> QPixmap:
    """`what`: hillshade, tint, slope, contours or basemap."""
    pixmap = QPixmap(size * dpr)
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    p = QPainter(pixmap)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(0.5, 0.5, size.width() - 1, size.height() - 1)
    p.setPen(QPen(colour(theme().border_strong), 1))
    if what == "contours":
        p.setBrush(colour("#FFFFFF"))
        p.drawRoundedRect(box, 1.5, 1.5)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(colour(CONTOUR.color), 1.1))
        for k in (0.3, 0.62, 0.9):
            path = QPainterPath(QPointF(box.left() + 2, box.top() + box.height() * k))
            path.cubicTo(
                QPointF(box.left() + 8, box.top() + box.height() * (k - 0.45)),
                QPointF(box.left() + 13, box.top() + box.height() * (k + 0.25)),
                QPointF(box.right() - 2, box.top() + box.height() * (k - 0.2)),
            )
            p.drawPath(path)
    else:
        p.setBrush(QBrush(_gradient(what, size)))
        p.drawRoundedRect(box, 1.5, 1.5)
    p.end()
    return pixmap


def _gradient(what: str, size: QSize) -> QLinearGradient:
    if what == "slope":
        gradient = QLinearGradient(0, 0, size.width(), 0)
        step = 1 / len(SLOPE_CLASSES)
        for i, (_limit, tone) in enumerate(SLOPE_CLASSES):
            gradient.setColorAt(i * step, colour(tone))
            gradient.setColorAt((i + 1) * step - 0.001, colour(tone))
        return gradient
    slanted = what in ("hillshade", "basemap")
    gradient = QLinearGradient(0, 0, size.width(), size.height() if slanted else 0)
    tones = {"hillshade": _SHADE, "basemap": _PHOTO}.get(what, TERRAIN_RAMP)
    for i, tone in enumerate(tones):
        gradient.setColorAt(i / (len(tones) - 1), colour(tone))
    return gradient
