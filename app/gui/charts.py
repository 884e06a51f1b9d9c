"""Charts drawn with QPainter: crisp at any scaling, in the colours of the theme, with a readout at the pointer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.gui.chart_parts import legend_items, paint_bands, paint_legend
from app.gui.drawing import (
    Area,
    Array,
    Axis,
    Band,
    Drawing,
    Line,
    Mark,
    Scale,
    data_range,
    exaggerated,
    nice_ticks,
    tick_text,
)
from app.gui.theme import SMALL_PX, colour, font, theme

__all__ = ["Area", "Array", "Axis", "Band", "Chart", "Drawing", "Line", "Mark", "nice_ticks", "tick_text"]

TICK_PX = 11
_LEFT = 60.0  # room for the numbers at the left, about


class Chart(QWidget):
    """Shows a Drawing; tells where the pointer is in the chart's units."""

    hovered = Signal(float, float)
    dragged = Signal(float, float)
    """From where to where along x, in the chart's units, while the left button is down."""
    left = Signal()

    def __init__(self, least_height: int = 200, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing: Drawing | None = None
        self.message = ""
        self._pointer: QPointF | None = None
        self._pressed: float | None = None
        self._scales: tuple[Scale, Scale] | None = None
        self.setMinimumHeight(least_height)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(320, self.minimumHeight())

    def show_drawing(self, drawing: Drawing | None, message: str = "") -> None:
        """Show this, or a message in its place."""
        self.drawing, self.message = drawing, message
        self.update()

    def point_at(self, value: float, *, along: str = "x") -> None:
        """Put the readout at a value, as if the pointer were there."""
        if self._scales is not None:
            sx, sy = self._scales
            mid = QPointF((sx.start + sx.end) / 2, (sy.start + sy.end) / 2)
            self._pointer = (
                QPointF(float(sx.px(value)), mid.y()) if along == "x" else QPointF(mid.x(), float(sy.px(value)))
            )
            self.update()

    def exaggeration(self) -> float | None:
        """How much longer a unit of y is drawn than one of x, at the present size; None without a drawing."""
        if self.drawing is None:
            return None
        _frame, sx, sy, _st = self._layout(self.drawing)
        wide, high = abs(sx.end - sx.start), abs(sy.end - sy.start)
        return (high / (sy.high - sy.low)) / (wide / (sx.high - sx.low)) if wide > 0 and high > 0 else None

    def point_away(self) -> None:
        """Take the readout away."""
        self._pointer = None
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        p = QPainter(self)
        self.paint_on(p)
        p.end()

    def paint_on(self, p: QPainter) -> None:
        """Paint on this or another device (a picture, SVG), at the widget's size."""
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setFont(font(TICK_PX))
        if self.drawing is None:
            p.setPen(colour(theme().text_3))
            p.setFont(font(SMALL_PX))
            words = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            p.drawText(QRectF(self.rect()).adjusted(16, 0, -16, 0), words, self.message)
            return
        d = self.drawing
        frame, sx, sy, st = self._layout(d)
        self._scales = (sx, sy)
        self._grid(p, d, frame, sx, sy, st)
        paint_bands(p, d.bands, frame, sx)
        p.save()
        p.setClipRect(frame.adjusted(-1, -1, 1, 1))
        for area in d.areas:
            self._area(p, area, sx, sy)
        for line in d.lines:
            self._line(p, line, st if line.top and st else sx, sy)
        p.restore()
        for mark in d.marks:
            self._mark(p, mark, frame, sx, sy)
        paint_legend(p, legend_items(d, p.fontMetrics(), frame.left(), self.width()))
        self._readout(p, d, frame, sx, sy)

    def _layout(self, d: Drawing) -> tuple[QRectF, Scale, Scale, Scale | None]:
        metrics = QFontMetrics(font(TICK_PX))
        h = metrics.height()
        ys = [ln.y for ln in d.lines] + [a.y_low for a in d.areas] + [a.y_high for a in d.areas]
        ys += [np.array([m.value]) for m in d.marks if not m.vertical]
        rows = max((item.row + 1 for item in legend_items(d, metrics, _LEFT, self.width())), default=0)
        upper = (rows * (h + 2) + 4 if rows else 0) + (h + 4 if d.y.title else 4) + (h + 4 if d.top else 0)
        lower = self.height() - (2 * h + 8 if d.x.title else h + 6)
        sy = Scale(*data_range(d.y, ys, 0.06), lower, upper)
        bottom = [ln.x for ln in d.lines if not ln.top] + [a.x for a in d.areas]
        sx = Scale(*data_range(d.x, bottom, 0.0), _LEFT, self.width() - 12.0)
        if d.exaggeration:
            exaggerated(sx, sy, d.exaggeration)
        sy.ticks = nice_ticks(sy.low, sy.high, max(2, int((lower - upper) / 34)))
        sx.start = max((metrics.horizontalAdvance(sy.text(t)) for t in sy.ticks), default=20) + 10.0
        if d.exaggeration:  # the frame's width is known only now
            exaggerated(sx, sy, d.exaggeration)
        most = max(2, int((sx.end - sx.start) / 72))
        sx.ticks = nice_ticks(sx.low, sx.high, most)
        st = None
        if d.top:
            st = Scale(*data_range(d.top, [ln.x for ln in d.lines if ln.top], 0.0), sx.start, sx.end)
            st.ticks = nice_ticks(st.low, st.high, most)
        return QRectF(sx.start, upper, sx.end - sx.start, lower - upper), sx, sy, st

    @staticmethod
    def _grid(p: QPainter, d: Drawing, frame: QRectF, sx: Scale, sy: Scale, st: Scale | None) -> None:
        t = theme()
        metrics = p.fontMetrics()
        h = metrics.height()
        grid, ink = QPen(colour(t.chart_grid), 1), colour(t.text_3)
        for tick in sy.ticks:
            y = round(float(sy.px(tick))) + 0.5
            p.setPen(grid)
            p.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            p.setPen(ink)
            p.drawText(
                QRectF(0, y - h / 2, frame.left() - 6, h),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                sy.text(tick),
            )
        for scale, top in ((sx, frame.bottom() + 4), (st, frame.top() - h - 3)):
            for tick in scale.ticks if scale else ():
                x = round(float(scale.px(tick))) + 0.5
                if scale is sx:
                    p.setPen(grid)
                    p.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
                p.setPen(ink)
                text = scale.text(tick)
                w = metrics.horizontalAdvance(text)
                left = min(max(x - w / 2, 0.0), frame.right() + 12 - w)
                p.drawText(QPointF(left, top + metrics.ascent()), text)
        p.setPen(QPen(colour(t.border_strong), 1))
        p.drawLine(QPointF(frame.left(), frame.bottom() + 0.5), QPointF(frame.right(), frame.bottom() + 0.5))
        p.setPen(colour(t.text_2))
        above = frame.top() - (h + 4 if st else 0) - h - 3
        p.drawText(QRectF(0, above, frame.right(), h), int(Qt.AlignmentFlag.AlignLeft), d.y.title)
        if d.top and st:
            p.drawText(QRectF(0, above, frame.right(), h), int(Qt.AlignmentFlag.AlignRight), d.top.title)
        p.drawText(QRectF(0, frame.bottom() + h + 5, frame.right(), h), int(Qt.AlignmentFlag.AlignRight), d.x.title)

    @staticmethod
    def _polygon(x: Array, y: Array) -> QPolygonF:
        return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])

    def _area(self, p: QPainter, area: Area, sx: Scale, sy: Scale) -> None:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(colour(getattr(theme(), area.tone), area.opacity))
        x, low, high = (np.asarray(a, float) for a in (area.x, area.y_low, area.y_high))
        high = np.maximum(high, low)
        good = np.isfinite(low) & np.isfinite(high)
        for first, last in _runs(good):
            part = slice(first, last)
            xs = np.concatenate([sx.px(x[part]), sx.px(x[part])[::-1]])
            p.drawPolygon(self._polygon(xs, np.concatenate([sy.px(high[part]), sy.px(low[part])[::-1]])))
        p.setBrush(Qt.BrushStyle.NoBrush)

    def _line(self, p: QPainter, line: Line, sx: Scale, sy: Scale) -> None:
        pen = QPen(colour(getattr(theme(), line.tone)), line.width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if line.dash:
            pen.setDashPattern([4, 3])
        p.setPen(pen)
        x, y = np.asarray(line.x, float), np.asarray(line.y, float)
        for first, last in _runs(np.isfinite(x) & np.isfinite(y)):
            p.drawPolyline(self._polygon(sx.px(x[first:last]), sy.px(y[first:last])))

    @staticmethod
    def _mark(p: QPainter, mark: Mark, frame: QRectF, sx: Scale, sy: Scale) -> None:
        ink = colour(getattr(theme(), mark.tone))
        pen = QPen(ink, 1.2)
        pen.setDashPattern([5, 3])
        p.setPen(pen)
        metrics = p.fontMetrics()
        w, h = metrics.horizontalAdvance(mark.label) + 8, metrics.height()
        if mark.vertical:
            x = float(sx.px(mark.value))
            p.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            box = QRectF(min(max(x - w / 2, frame.left()), frame.right() - w), frame.top(), w, h)
        else:
            y = float(sy.px(mark.value))
            p.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            box = QRectF(frame.left() + 4, y + 3 if y - h - 3 < frame.top() else y - h - 3, w, h)
        if mark.label:
            p.fillRect(box, colour(theme().surface, 0.85))
            p.setPen(ink)
            p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), mark.label)

    def _readout(self, p: QPainter, d: Drawing, frame: QRectF, sx: Scale, sy: Scale) -> None:
        if self._pointer is None or d.readout is None or not frame.contains(self._pointer):
            return
        words = d.readout(sx.value(self._pointer.x()), sy.value(self._pointer.y()))
        if not words:
            return
        t = theme()
        p.setPen(QPen(colour(t.text_3), 1))
        if d.follow == "x":
            p.drawLine(QPointF(self._pointer.x(), frame.top()), QPointF(self._pointer.x(), frame.bottom()))
        else:
            p.drawLine(QPointF(frame.left(), self._pointer.y()), QPointF(frame.right(), self._pointer.y()))
        metrics = p.fontMetrics()
        w = max(metrics.horizontalAdvance(s) for s in words) + 16
        h = metrics.height() * len(words) + 10
        x = self._pointer.x() + 12
        if x + w > frame.right():
            x = self._pointer.x() - 12 - w
        y = min(max(self._pointer.y() - h - 8, frame.top()), frame.bottom() - h)
        box = QRectF(max(x, 0.0), y, w, h)
        p.setPen(QPen(colour(t.border_strong), 1))
        p.setBrush(colour(t.raised, 0.96))
        p.drawRoundedRect(box, 4, 4)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(colour(t.text))
        for i, text in enumerate(words):
            p.drawText(QPointF(box.left() + 8, box.top() + 5 + metrics.ascent() + i * metrics.height()), text)

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._scales is not None and self.drawing is not None:
            self._pressed = self._scales[0].value(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self._pressed = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._scales is not None and self.drawing is not None:
            if self._pressed is not None:
                self.dragged.emit(self._pressed, self._scales[0].value(self._pointer.x()))
            self.hovered.emit(self._scales[0].value(self._pointer.x()), self._scales[1].value(self._pointer.y()))
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.left.emit()
        self.update()
        super().leaveEvent(event)


def _runs(good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of True as (first, after last), of two or more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]
