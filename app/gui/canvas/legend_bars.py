"""Classes of a legend as a bar: side by side, their limits below, in logical pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QPainter, QPen

from app.gui.canvas.decorations import font_of
from app.gui.canvas.theme import CanvasTheme, colour

if TYPE_CHECKING:
    from app.gui.canvas.legend import LegendRow

_BAR_H, _STEP_W, _TICK_PX, _FEW_STEPS = 12.0, 17.0, 11, 3


def tick(row: LegendRow, at: int) -> str:
    """A limit as it stands below the bar."""
    return f"{row.limits[at]:g}"


def tick_font(font: QFont) -> QFont:
    """The same font as small as limits are written."""
    small = QFont(font)
    small.setPixelSize(_TICK_PX)
    return small


def widest_tick(row: LegendRow) -> float:
    """Width of the longest limit, px."""
    metrics = QFontMetricsF(tick_font(QFont(QGuiApplication.font())))
    return max(metrics.horizontalAdvance(tick(row, k)) for k in range(len(row.limits)))


def step_width(row: LegendRow) -> float:
    """Of one class in a bar: where there are few, wide enough for every limit; a lone 0 would say nothing."""
    return max(_STEP_W, math.ceil(widest_tick(row)) + 6.0) if len(row.steps) <= _FEW_STEPS else _STEP_W


def paint_bar(p: QPainter, row: LegendRow, line: QRectF, theme: CanvasTheme) -> None:
    """Classes side by side, their limits below, as many of them as do not touch; the side behind."""
    left, top, step = line.left() + 4, line.top() + 3, step_width(row)
    p.setPen(QPen(colour(theme.box_border), 1.0))
    for k, tone in enumerate(row.steps):
        p.setBrush(colour(tone))
        p.drawRect(QRectF(left + k * step, top, step, _BAR_H))
    p.setFont(font_of(p))
    p.setPen(colour(theme.text))
    end = left + len(row.steps) * step
    p.drawText(QRectF(end + 8, top - 4, line.right() - end, _BAR_H + 8), Qt.AlignmentFlag.AlignVCenter, row.text)
    p.setFont(tick_font(font_of(p)))
    every = max(1, math.ceil((widest_tick(row) + 3) / step))
    for k in range(0, len(row.limits), every):
        middle = left + k * step
        p.drawText(QRectF(middle - 30, top + _BAR_H, 60, 15), Qt.AlignmentFlag.AlignCenter, tick(row, k))
