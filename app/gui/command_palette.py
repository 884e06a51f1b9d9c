"""Ctrl+K: type a part of any command's or site's name, Enter does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.theme import colour, theme
from app.gui.widgets import fill, inner_icon
from app.i18n import _


@dataclass(frozen=True)
class Entry:
    """One thing that can be done: shown text, search words beyond it, a hint at the right, what it does."""

    text: str
    words: str
    hint: str
    icon: QIcon
    act: Callable[[], object]
    enabled: bool = True


def matches(typed: str, entry: Entry) -> bool:
    """Every word typed stands somewhere in the entry, case apart."""
    hay = f"{entry.text} {entry.words} {entry.hint}".casefold()
    return all(part in hay for part in typed.casefold().split())


class _Hints(QStyledItemDelegate):
    """Shortcuts and kinds, faint at the right end of a line."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        entry = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painter.setPen(colour(theme().text_3))
        where = option.rect.adjusted(0, 0, -12, 0)
        painter.drawText(where, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), entry.hint)
        painter.restore()


class Palette(QFrame):
    """A box over the upper middle of the window. Esc closes it."""

    def __init__(self, host: QWidget, entries: list[Entry]) -> None:
        super().__init__(host)
        self.setProperty("role", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entries = entries
        self.box = QLineEdit()
        self.box.setPlaceholderText(_("Search commands and sites"))
        inner_icon(self.box, "search")
        self.box.textChanged.connect(self._filter)
        self.box.installEventFilter(self)
        self.list = QListWidget()
        self.list.setIconSize(QSize(16, 16))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._do)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Hints(self.list))
        inner = QVBoxLayout(self)
        fill(inner, [self.box, self.list], 8, (8, 8, 8, 8))
        width = min(560, host.width() - 64)
        self.setGeometry((host.width() - width) // 2, 72, width, min(420, host.height() - 160))
        self._filter("")
        self.show()
        self.raise_()
        self.box.setFocus()

    def _filter(self, typed: str) -> None:
        self.list.clear()
        for entry in [e for e in self._entries if matches(typed, e)][:60]:
            item = QListWidgetItem(entry.icon, entry.text)
            item.setSizeHint(QSize(0, 32))
            item.setData(Qt.ItemDataRole.UserRole, entry)
            if not entry.enabled:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        self._step(1, start=-1)

    def _step(self, by: int, start: int | None = None) -> None:
        index = (self.list.currentRow() if start is None else start) + by
        while 0 <= index < self.list.count():
            if self.list.item(index).flags() & Qt.ItemFlag.ItemIsEnabled:
                self.list.setCurrentRow(index)
                return
            index += by

    def _do(self, item: QListWidgetItem | None) -> None:
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        entry: Entry = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        entry.act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if event.key() in moves:
                self._step(moves[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do(self.list.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
        if event.type() == QEvent.Type.FocusOut and not self.isAncestorOf(self.focusWidget() or self.box):
            self.close()
        return super().eventFilter(watched, event)


def hint_of(sequence: QKeySequence) -> str:
    """A shortcut as people read it."""
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)
