"""Select features by a click or a box."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter

from app.gui.canvas.marks import paint_box
from app.gui.canvas.tools.base import Tool, is_drag
from models.notices import N_

_PICK_PX = 4.0
_ADD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_ROLE_ORDER = {"site": 0, "reference": 1, "control": 2}


class SelectTool(Tool):
    """Click takes the topmost feature, a drag all that a box meets; Ctrl or Shift adds and takes away.

    Sites are taken before reference features and control lines: a pit inside a red line is what people mean.
    """

    name = "select"
    help = N_("Click a feature to select it, drag a box for several; Ctrl or Shift adds; Esc selects nothing")

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._start: QPointF | None = None
        self._now = QPointF()

    def press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._start = self._now = event.position()
        elif event.button() == Qt.MouseButton.RightButton and self._start is None:
            hit = self.pick(event.position())
            if hit is not None and hit[1] not in self.canvas.selection[1]:
                self.canvas.session.select(hit[0], [hit[1]])
            self.canvas.menu_wanted.emit(event.globalPosition().toPoint(), None)

    def move(self, event: QMouseEvent) -> None:
        if self._start is not None:
            self._now = event.position()
            self.canvas.update()
        elif not event.buttons():
            over = self.pick(event.position()) is not None
            self.canvas.setCursor(Qt.CursorShape.PointingHandCursor if over else self.cursor)

    def release(self, event: QMouseEvent) -> None:
        if self._start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        start, self._start = self._start, None
        adding = bool(event.modifiers() & _ADD)
        if is_drag(start, event.position()):
            self._select_box(QRectF(start, event.position()).normalized(), adding)
        else:
            self._select_at(event.position(), adding)
        self.canvas.update()

    def cancel(self) -> bool:
        if self._start is not None:
            self._start = None
            self.canvas.update()
            return True
        return False

    def key(self, event) -> bool:
        if super().key(event):
            return True
        if event.key() == Qt.Key.Key_Escape and self.canvas.selection[0]:
            self.canvas.session.select("", frozenset())
            return True
        return False

    def paint(self, p: QPainter) -> None:
        if self._start is not None and is_drag(self._start, self._now):
            paint_box(p, QRectF(self._start, self._now).normalized(), self.canvas.theme)

    def pick(self, at: QPointF) -> tuple[str, int] | None:
        """(layer, fid) of the feature under a place on the screen, or None."""
        x, y = self.canvas.view.to_world(at.x(), at.y())
        for key, fs in self._candidates():
            hits = fs.at(x, y, _PICK_PX * self.canvas.view.scale)
            if hits:
                return key, int(fs.fids[hits[0]])
        return None

    def _candidates(self):
        """Visible layers, the ones that are taken first in front."""
        shown = self.canvas.visible_features()[::-1]
        return sorted(shown, key=lambda item: _ROLE_ORDER[self.canvas.role(item[0])])

    def _select_at(self, at: QPointF, adding: bool) -> None:
        hit = self.pick(at)
        layer, fids = self.canvas.selection
        if hit is None:
            if not adding and layer:
                self.canvas.session.select("", frozenset())
            return
        chosen = frozenset({hit[1]})
        if adding and hit[0] == layer:
            chosen = fids ^ chosen
        self.canvas.session.select(hit[0] if chosen else "", chosen)

    def _select_box(self, box: QRectF, adding: bool) -> None:
        x0, y0 = self.canvas.view.to_world(box.left(), box.bottom())
        x1, y1 = self.canvas.view.to_world(box.right(), box.top())
        layer, fids = self.canvas.selection
        candidates = self._candidates()
        if adding and layer:
            candidates = [c for c in candidates if c[0] == layer]
        for key, fs in candidates:
            found = frozenset(int(f) for f in fs.fids[fs.inside((x0, y0, x1, y1))])
            if found:
                self.canvas.session.select(key, fids | found if adding and key == layer else found)
                return
        if not adding and layer:
            self.canvas.session.select("", frozenset())
