"""Zoom by a box or a click."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter

from app.gui.canvas.marks import paint_box
from app.gui.canvas.tools.base import Tool, is_drag
from models.notices import N_

_STEP = 2.0


class ZoomTool(Tool):
    """Drag a box to fill the window with it; click to come closer; right click or Shift + click to go back."""

    name = "zoom"
    help = N_("Drag a box to zoom to it; click zooms in, right click or Shift + click zooms out; Esc cancels the box")
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._start: QPointF | None = None
        self._now = QPointF()

    def press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._start = self._now = event.position()
        elif event.button() == Qt.MouseButton.RightButton:
            self._step(event.position(), 1 / _STEP)

    def move(self, event: QMouseEvent) -> None:
        if self._start is not None:
            self._now = event.position()
            self.canvas.update()

    def release(self, event: QMouseEvent) -> None:
        if self._start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        start, self._start = self._start, None
        end = event.position()
        if not is_drag(start, end):
            out = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier))
            self._step(end, 1 / _STEP if out else _STEP)
            return
        box = QRectF(start, end).normalized()
        x0, y0 = self.canvas.view.to_world(box.left(), box.bottom())
        x1, y1 = self.canvas.view.to_world(box.right(), box.top())
        self.canvas.set_view(self.canvas.view.fitted((x0, y0, x1, y1), margin=0.0))

    def cancel(self) -> bool:
        had, self._start = self._start is not None, None
        self.canvas.update()
        return had

    def paint(self, p: QPainter) -> None:
        if self._start is not None and is_drag(self._start, self._now):
            paint_box(p, QRectF(self._start, self._now).normalized(), self.canvas.theme)

    def _step(self, at: QPointF, factor: float) -> None:
        self.canvas.set_view(self.canvas.view.zoomed(factor, at.x(), at.y()))
