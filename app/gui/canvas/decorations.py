"""Furniture of the map: scale bar, north arrow, a hint on an empty map. Logical pixels. The legend: legend.py."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from app.gui.canvas.theme import CanvasTheme, colour
from app.gui.canvas.view import View

MARGIN = 12
_ROW, _PAD, _KEY_W, _CHEVRON = 20.0, 8.0, 22.0, 20.0


def font_of(p: QPainter, *, bold: bool = False) -> QFont:
    """The furniture's font."""
    font = QFont(p.font())
    font.setPixelSize(12)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def paint_box(p: QPainter, rect: QRectF, theme: CanvasTheme) -> None:
    """The quiet ground of a piece of furniture."""
    p.setPen(QPen(colour(theme.box_border), 1.0))
    p.setBrush(colour(theme.box, 0.97))
    p.drawRoundedRect(rect, 6, 6)


def round_length(most_m: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ metres that is at most `most_m`."""
    power = 10.0 ** math.floor(math.log10(most_m))
    return next(m * power for m in (5, 2, 1) if m * power <= most_m * (1 + 1e-9))


def paint_scale_bar(p: QPainter, view: View, room: QRectF, theme: CanvasTheme) -> QRectF:
    """A bar of a round length in two halves, lower left."""
    length = round_length(150 * view.scale)
    px = length / view.scale
    unit, factor = ("km", 1000.0) if length >= 1000 else ("m", 1.0)
    half, full = (f"{length * s / factor:g}" for s in (0.5, 1.0))
    p.setFont(font_of(p))
    m = QFontMetricsF(p.font())
    full = f"{full} {unit}"
    box = QRectF(room.left() + MARGIN, room.bottom() - MARGIN - 36, px + 24 + m.horizontalAdvance(full) * 0.75, 36)
    paint_box(p, box, theme)
    x, y = box.left() + 12, box.bottom() - 12
    p.setPen(QPen(colour(theme.text), 1.0))
    for k in (0, 1):
        p.setBrush(colour(theme.text if k == 0 else theme.box))
        p.drawRect(QRectF(x + k * px / 2, y, px / 2, 4))
    for share, text in ((0.0, "0"), (0.5, half), (1.0, full)):
        w = m.horizontalAdvance(full.split()[0]) if share == 1 else m.horizontalAdvance(text)
        p.drawText(QPointF(x + share * px - w / 2, y - 5), text)
    return box


def north_box(room: QRectF) -> QRectF:
    """Where the arrow stands, upper right. Labels of the map keep clear of it."""
    return QRectF(room.right() - MARGIN - 28, room.top() + MARGIN, 28, 46)


def paint_north(p: QPainter, room: QRectF, theme: CanvasTheme) -> QRectF:
    """A small arrow, upper right. The map is always north-up; sheets ask for the arrow all the same."""
    box = north_box(room)
    c = QPointF(box.center().x(), box.top() + 28)
    paint_box(p, box, theme)
    for side, ink in ((-1, theme.text), (1, theme.box)):
        p.setPen(QPen(colour(theme.text), 1.0))
        p.setBrush(colour(ink))
        p.drawPolygon(QPolygonF([c + QPointF(0, -10), c + QPointF(7 * side, 12), c + QPointF(0, 7)]))
    font = font_of(p, bold=True)
    font.setPixelSize(11)
    p.setFont(font)
    p.setPen(QPen(colour(theme.text)))
    p.drawText(QRectF(c.x() - 10, c.y() - 25, 20, 14), Qt.AlignmentFlag.AlignCenter, "N")
    return box


def paint_hint(p: QPainter, text: str, room: QRectF, theme: CanvasTheme) -> None:
    """A quiet sentence in the middle of an empty map."""
    font = font_of(p)
    font.setPixelSize(14)
    p.setFont(font)
    p.setPen(colour(theme.muted))
    p.drawText(room.adjusted(40, 40, -40, -40), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
