"""One step of a feature's history: what, old → new, who and when; chosen by click or key, with what it brings back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.gui.history_words import ChangeLine, change_lines, headline, who_when
from app.gui.widgets import Item, button, column, label, restyle, row, tool
from app.i18n import _

if TYPE_CHECKING:
    from app.verbs.history import RowChange


class HistoryCard(QFrame):
    """`chosen` when a person looks at it; `wanted` carries the field ("": the outline) that is to be brought back."""

    chosen = Signal(object)
    wanted = Signal(object, str)

    def __init__(self, change: RowChange, *, writable: bool) -> None:
        super().__init__()
        self.change = change
        self._writable = writable
        self.setProperty("role", "inset")
        self.setProperty("chosen", "false")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lines = change_lines(change)
        title = headline(change.entry.label, change.entry.op)
        self.setAccessibleName(title)
        parts: list[Item] = [label(title, "heading", wrap=True)]
        parts += [self._line(line) for line in self.lines]
        parts.append(label(who_when(change.entry.user, change.entry.at), "muted"))
        for step in change.origin:
            text = _("In the copy: {what} ({who})").format(what=headline(step.label), who=who_when(step.user, step.at))
            parts.append(label(text, "muted", wrap=True))
        self.more: QWidget | None = None
        if any(not line.field and line.before for line in self.lines):
            self.more = button(_("Restore this outline"), lambda: self.wanted.emit(change, ""), icon="rotate-ccw")
            self.more.setToolTip(_("Bring back the outline as it was before this change; undo takes that back"))
            self.more.setEnabled(writable)
            self.more.hide()
            parts.append(row(self.more, None))
        self.setLayout(column(*parts, spacing=3, margins=(10, 10, 10, 10)))

    def _line(self, line: ChangeLine) -> Item:
        words = label(line.text, "secondary", wrap=True)
        if not (line.field and line.before and self._writable):
            return words
        tip = _("Restore this value: {value}").format(value=line.before)
        back = tool("rotate-ccw", tip, lambda: self.wanted.emit(self.change, line.field))
        made = row(words, back, spacing=4)
        made.setStretch(0, 1)
        made.setAlignment(back, Qt.AlignmentFlag.AlignTop)
        return made

    @property
    def has_outline(self) -> bool:
        """True if the step made or changed the outline."""
        return self.change.before is not None or self.change.after is not None

    def show_chosen(self, chosen: bool) -> None:
        """Mark it, and show what can be done with its outline."""
        restyle(self, chosen="true" if chosen else "false")
        if self.more is not None:
            self.more.setVisible(chosen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.chosen.emit(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self)
        else:
            super().keyPressEvent(event)
