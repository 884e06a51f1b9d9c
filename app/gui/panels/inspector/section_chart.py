"""The chart of a section: the wheel zooms along the line at the pointer, a drag moves it, a double click shows all."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from app.gui.charts import Chart
from app.gui.drawing import Drawing

_HALF = 240.0  # angle (eighths of a degree) that halves the stretch that is shown
_LEAST = 2.0  # m


class SectionChart(Chart):
    """Shows a stretch of its drawing; `span` is the stretch (None: all of it)."""

    def __init__(self, least_height: int = 200) -> None:
        super().__init__(least_height)
        self.whole: Drawing | None = None
        self.span: tuple[float, float] | None = None
        self.dragged.connect(self._drag)

    def show_drawing(self, drawing: Drawing | None, message: str = "", *, keep: bool = False) -> None:
        """Show this; `keep` the stretch (the same line drawn otherwise), else all of it."""
        self.whole = drawing
        if not keep or drawing is None:
            self.span = None
        super().show_drawing(self._stretch(), message)

    def _stretch(self) -> Drawing | None:
        if self.whole is None or self.span is None:
            return self.whole
        low, high = self.span
        kept = tuple(m for m in self.whole.marks if not m.vertical or low <= m.value <= high)
        return replace(self.whole, x=replace(self.whole.x, low=low, high=high), marks=kept)

    def look_at(self, low: float, high: float) -> None:
        """Show the line from `low` to `high`, m, as far as it goes."""
        if self.whole is None:
            return
        first, last = self.whole.x.low or 0.0, self.whole.x.high or 0.0
        size = min(max(high - low, _LEAST), last - first)
        low = min(max(low, first), last - size)
        self.span = None if size >= (last - first) * (1 - 1e-9) else (low, low + size)
        self.drawing = self._stretch()
        self.update()

    def _shown(self) -> tuple[float, float]:
        if self.span is not None or self.whole is None:
            return self.span or (0.0, 1.0)
        return self.whole.x.low or 0.0, self.whole.x.high or 0.0

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.whole is None or self._scales is None:
            event.ignore()
            return
        low, high = self._shown()
        at = min(max(self._scales[0].value(event.position().x()), low), high)
        factor = 2 ** (-event.angleDelta().y() / _HALF)
        self.look_at(at - (at - low) * factor, at + (high - at) * factor)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.span = None
            self.drawing = self._stretch()
            self.update()

    def _drag(self, start: float, now: float) -> None:
        if self.span is not None:
            low, high = self.span
            self.look_at(low + start - now, high + start - now)
