"""Parts of a chart beside its curves: the legend in as many rows as it needs, and bands along x."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from app.gui.drawing import Area, Band, Drawing, Line, Scale
from app.gui.theme import colour, theme

_KEY, _GAP, _STRIP, _MARK = 19.0, 14.0, 6.0, 26.0


@dataclass(frozen=True)
class LegendItem:
    """A line or area of the legend and where it stands: row and left edge, in pixels."""

    part: Line | Area
    row: int
    left: float


def legend_items(d: Drawing, metrics: QFontMetrics, left: float, width: float) -> list[LegendItem]:
    """Where everything with a label goes, from `left` on; another row begins where `width` is used up."""
    items: list[LegendItem] = []
    x, row = left, 0
    for part in (*d.lines, *d.areas) if d.legend else ():
        if not part.label:
            continue
        wide = _KEY + metrics.horizontalAdvance(part.label)
        if x + wide > width - 4 and x > left:
            x, row = left, row + 1
        items.append(LegendItem(part, row, x))
        x += wide + _GAP
    return items


def paint_legend(p: QPainter, items: Sequence[LegendItem]) -> None:
    """The legend at the top of the chart."""
    metrics = p.fontMetrics()
    h = metrics.height()
    for item in items:
        x, top, part = item.left, item.row * (h + 2), item.part
        ink = colour(getattr(theme(), part.tone))
        if isinstance(part, Line):
            pen = QPen(ink, 2)
            if part.dash:
                pen.setDashPattern([3, 2])
            p.setPen(pen)
            p.drawLine(QPointF(x, top + h / 2 + 1), QPointF(x + 14, top + h / 2 + 1))
        else:
            p.fillRect(QRectF(x, top + h / 2 - 4, 14, 10), colour(getattr(theme(), part.tone), part.opacity))
        p.setPen(colour(theme().text_2))
        p.drawText(QPointF(x + _KEY, top + metrics.ascent() + 1), part.label)


def paint_bands(p: QPainter, bands: Sequence[Band], frame: QRectF, sx: Scale) -> None:
    """A strip along the top for each band, its ends drawn down, its label where there is room."""
    metrics = p.fontMetrics()
    free = frame.left() + _MARK  # what marks the left end stands there
    for band in sorted(bands, key=lambda b: b.low):
        x0, x1 = (min(max(float(sx.px(v)), frame.left()), frame.right()) for v in (band.low, band.high))
        if x1 - x0 < 0.5:
            continue
        ink = colour(getattr(theme(), band.tone))
        p.fillRect(QRectF(x0, frame.top(), x1 - x0, frame.height()), colour(getattr(theme(), band.tone), 0.07))
        p.fillRect(QRectF(x0, frame.top(), x1 - x0, _STRIP), ink)
        pen = QPen(ink, 1)
        pen.setDashPattern([2, 3])
        p.setPen(pen)
        for x in (x0, x1):
            p.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        left = max(x0 + 2, free)
        wide = min(metrics.horizontalAdvance(band.label) + 2, max(x1, left + 60) - left, frame.right() - left)
        if wide < 24:
            continue
        text = metrics.elidedText(band.label, Qt.TextElideMode.ElideRight, int(wide))
        p.setPen(ink)
        p.drawText(QPointF(left, frame.top() + _STRIP + metrics.ascent() + 1), text)
        free = left + metrics.horizontalAdvance(text) + 8
