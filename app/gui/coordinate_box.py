"""A box over the map for typed and pasted coordinates."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app import format as fmt
from app.gui.canvas.snapping import Point
from app.gui.side_fields import SideFields, sketched
from app.gui.transform_fields import TransformFields
from app.gui.widgets import button, column, label, restyle, row, tool
from app.i18n import _
from models.errors import AppError
from models.notices import N_

_MOST_LINES, _WIDTH, _TOP = 6, 520, 12
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HINT = N_("4503012.31 402118.90, or 109°51′03″E 40°39′22″N; several lines make an outline")


class CoordinateBox(QFrame):
    """Says what it understood and shows it on the map before it acts; what it does fits the tool in use."""

    def __init__(self, canvas: Any) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.found: Any = None
        self._swap = False
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(_("Coordinates"))
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(_("Coordinates"))
        self.text.setPlaceholderText(_(_HINT))
        self.text.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.installEventFilter(self)
        self.text.textChanged.connect(self._on_text)
        self.swap = tool("refresh-cw", _("Take the other order of the axes"), self._on_swap)
        self.close_ = tool("x", _("Close (Esc)"), self.leave)
        self.said = label("", "secondary", wrap=True)
        self.main = button(_("Put the point"), self.act, kind="primary")
        self.go = button(_("Only go there"), self.go_there, kind="quiet")
        self.side = SideFields(canvas)
        self.change = TransformFields(canvas)
        self.change.refused.connect(self._refused)
        self.actions_ = row(None, self.go, self.main, spacing=6)
        head = row(self.text, self.swap, self.close_, spacing=4)
        head.setStretch(0, 1)
        self.setLayout(
            column(head, self.said, self.actions_, self.side, self.change, spacing=6, margins=(10, 10, 10, 10))
        )
        canvas.installEventFilter(self)
        canvas.tool_moved.connect(self._on_tool)
        canvas.tool_changed.connect(lambda _name: self._on_tool())
        canvas.typed.connect(self.open_with)
        canvas.session.closed.connect(self.leave)
        self.hide()

    # Showing

    def open(self) -> None:
        """Show it and wait for input."""
        self._refresh()
        self.show()
        self._place()
        self.raise_()
        self.text.setFocus()
        self.text.selectAll()

    def open_with(self, key: str) -> None:
        """A digit was typed on the map: the length of the side being drawn, else the beginning of a coordinate."""
        self.open()
        if key and sketched(self.canvas):
            self.side.length.setFocus()
            self.side.length.setText(key)
        elif self.change.serves():
            self.change.north.setFocus()
            self.change.north.setText(key)
            self.change.show_change()
        elif key:
            self.text.setPlainText(key)
            self.text.moveCursor(self.text.textCursor().MoveOperation.End)

    def leave(self) -> None:
        """Hide it; the map has the keyboard again."""
        self.side.release()
        self.change.clear()
        self.canvas.marked.show_places([])
        self.canvas.update()
        if self.isVisible():
            self.hide()
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        lines = min(max(self.text.blockCount(), 1), _MOST_LINES)
        metrics = QFontMetrics(self.text.font())
        self.text.setFixedHeight(metrics.lineSpacing() * lines + 20)
        long = self.text.blockCount() > _MOST_LINES
        bars = Qt.ScrollBarPolicy
        self.text.setVerticalScrollBarPolicy(bars.ScrollBarAsNeeded if long else bars.ScrollBarAlwaysOff)
        width = min(_WIDTH, self.canvas.width() - 2 * _TOP)
        self.setFixedWidth(width)
        for part in (*self.findChildren(QWidget), self):
            part.ensurePolished()  # a theme with larger controls tells their size only then
            if part.layout() is not None:
                part.layout().invalidate()
        self.layout().activate()
        self.setFixedHeight(max(self.layout().totalHeightForWidth(width), self.layout().totalMinimumSize().height()))
        self.move((self.canvas.width() - width) // 2, self._best_top())

    def _best_top(self) -> int:
        """Above, or below if the places that were typed would lie under it there."""
        below = self.canvas.height() - self.height() - _TOP
        left = (self.canvas.width() - self.width()) // 2
        at = [self.canvas.view.to_screen(x, y) for x, y in (*self.canvas.marked.places, *self.change.corners())]
        covered = [sum(left <= px <= left + self.width() and top <= py <= top + self.height() for px, py in at)
                   for top in (_TOP, below)]  # fmt: skip
        return below if covered[1] < covered[0] else _TOP

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.canvas and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.text and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if event.key() in _ENTER and not shift:
                self.act()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            event.accept()  # nothing typed here moves the map below

    # Understanding

    def _on_text(self) -> None:
        self._swap = False
        self._refresh()

    def _on_swap(self) -> None:
        self._swap = not self._swap
        self._refresh()

    def _on_tool(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        from gis.coords.read import read

        text, session = self.text.toPlainText(), self.canvas.session
        self.found, words, wrong = None, "", False
        if text.strip() and session.project is not None:
            try:
                self.found = read(text, session.project.crs, self._near(), self._swap)
                words = self._words()
            except AppError as error:
                words, wrong = error.sentence(_), True
        self.said.setText(words)
        restyle(self.said, tone="danger" if wrong else "")
        self.said.setVisible(bool(words))
        places = list(self.found.points) if self.found else []
        if self.change.serves():
            self.change.aim(places)
        self.canvas.marked.show_places(places if self.isVisible() or places else [])
        self.canvas.update()
        self._offer(places)
        if self.isVisible():
            self._place()

    def _words(self) -> str:
        found = self.found
        x, y = found.points[0]
        lines = [found.how.render(_), f"→ X {fmt.number(y, 3)}  Y {fmt.number(x, 3)}"]
        if len(found.points) > 1:
            lines[1] += "  " + _("and {n} more").format(n=len(found.points) - 1)
        lines += ["⚠ " + remark.render(_) for remark in found.remarks]
        lines += [_("line {line}: {why}").format(line=n, why=why.render(_)) for n, why in found.bad[:3]]
        return "\n".join(lines)

    def _near(self) -> Any:
        boxes = [fs.extent for fs in self.canvas.pictures.features.values() if fs.extent is not None]
        if not boxes:
            return self.canvas.view.bounds if self.canvas.placed else None
        x0, y0, x1, y1 = zip(*boxes, strict=True)
        return min(x0), min(y0), max(x1), max(y1)

    def _offer(self, places: list[Point]) -> None:
        entering = self._enters()
        if entering:
            words = _("Put the points") if len(places) > 1 else _("Put the point")
            words = _(self.canvas.tool.entering) if self.change.serves() else words
        elif len(places) > 2:
            words = _("Make an outline")
        else:
            words = _("Go there")
        self.main.setText(words)
        writable = getattr(self.canvas.session, "writable", True)
        bad = bool(self.found and self.found.bad) and (entering or len(places) > 2)
        self.main.setEnabled(bool(places) and not bad and (words == _("Go there") or writable))
        self.main.setToolTip(_("mend the lines that are not understood first") if bad else "")
        self.go.setVisible(bool(places) and words != _("Go there"))
        self.swap.setVisible(bool(places))
        for part in (self.main,):
            part.setVisible(bool(places))
        self.side.setVisible(bool(sketched(self.canvas)))
        self.change.setVisible(self.change.serves())
        if not self.change.serves():
            self.change.clear()

    def _enters(self) -> bool:
        """True if the tool in use takes places."""
        held = self.canvas.tool
        if hasattr(held, "show_typed"):
            return self.change.serves()
        handles = getattr(held, "handles", None)
        return len(handles.taken) == 1 if handles is not None else hasattr(held, "enter")

    # Acting

    def act(self) -> None:
        """Do what the main button says; with nothing typed, finish what is being drawn."""
        if not self.text.toPlainText().strip() and sketched(self.canvas):
            self._finish()
            return
        if self.found is None or not self.main.isEnabled():
            return
        places = list(self.found.points)
        if self._enters():
            refusal = self.canvas.tool.enter(places)
            if refusal:
                self._refused(refusal)
                return
            self._show(places)
            self.text.clear()
            if not sketched(self.canvas):
                self.leave()
        elif len(places) > 2:
            import shapely

            self._show(places)
            self.leave()
            self.canvas.outline_drawn.emit(shapely.Polygon(places))
        else:
            self.go_there()

    def _finish(self) -> None:
        tool = self.canvas.tool
        tool.finish()
        if tool.points:
            self._refused(tool.refusal)
        else:
            self.leave()

    def _refused(self, why: str) -> None:
        """Say why something was not done; "" takes it back."""
        if why or self.said.property("tone") == "danger":
            self.said.setText(why)
            self.said.setVisible(bool(why))
            restyle(self.said, tone="danger" if why else "")
            self._place()

    def go_there(self) -> None:
        """Bring the places into view; their marks stay until the box is closed."""
        if self.found is not None:
            self._show(list(self.found.points), always=True)

    def _show(self, places: list[Point], *, always: bool = False) -> None:
        xs, ys = [p[0] for p in places], [p[1] for p in places]
        box = (min(xs), min(ys), max(xs), max(ys))
        x0, y0, x1, y1 = self.canvas.view.bounds
        if not always and x0 < box[0] and y0 < box[1] and box[2] < x1 and box[3] < y1:
            return
        if box[2] - box[0] < 1e-6 and box[3] - box[1] < 1e-6:
            from dataclasses import replace

            self.canvas.set_view(replace(self.canvas.view, x=box[0], y=box[1]))
        else:
            self.canvas.zoom_to(box, 0.2)
