"""Ctrl+K: type a part of any command's or site's name, or its pinyin; Enter does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QKeySequence, QPainter
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

from app.gui import settings
from app.gui.theme import colour, theme
from app.gui.widgets import fill, inner_icon
from app.i18n import _
from app.pinyin import heard_at

_RECENT, _KEPT, _MOST = "palette/recent", 12, 60
_LINE_PX = 32
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


@dataclass(frozen=True)
class Entry:
    """One thing that can be done: shown text, search words beyond it, a hint at the right, what it does."""

    text: str
    words: str
    hint: str
    icon: QIcon
    act: Callable[[], object]
    enabled: bool = True
    key: str = ""
    """What it is remembered by; "" for what is not."""
    why: str = ""
    """Why it cannot be done now."""


def matches(typed: str, entry: Entry) -> bool:
    """Every word typed stands somewhere in the entry, case apart, or is pinyin of its name."""
    hay = f"{entry.text} {entry.words} {entry.hint}".casefold()
    return all(part in hay or heard_at(part, entry.text) >= 0 for part in typed.casefold().split())


def ranked(typed: str, entries: Sequence[Entry], recent: Sequence[str] = ()) -> list[Entry]:
    """The entries that match: names that begin so first, then names that hold it, then other words.

    Among equals, what was done lately comes first; with nothing typed only that counts. What cannot be done now is
    last.
    """
    parts = typed.casefold().split()
    lately = {key: at for at, key in enumerate(recent)}

    def rank(entry: Entry) -> tuple[bool, int, int]:
        return not entry.enabled, _distance(parts, entry.text.casefold()), lately.get(entry.key, len(lately))

    return sorted((e for e in entries if matches(typed, e)), key=rank)


def _distance(parts: Sequence[str], name: str) -> int:
    if not all(p in name or heard_at(p, name) >= 0 for p in parts):
        return 2
    return 0 if not parts or name.startswith(parts[0]) or heard_at(parts[0], name) == 0 else 1


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
        text = entry.why if not entry.enabled and entry.why else entry.hint
        painter.drawText(where, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()


class Palette(QFrame):
    """A box over the upper middle of the window. Esc closes it."""

    def __init__(self, host: QWidget, entries: list[Entry], back: QWidget | None = None) -> None:
        """`back` gets the keyboard when the palette goes; else Qt would give it to the first button of the toolbar."""
        super().__init__(host)
        self._back = back
        self.setProperty("role", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entries = entries
        kept = settings.value(_RECENT, [])
        self._recent: list[str] = [kept] if isinstance(kept, str) else list(kept or [])
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
        self._most_px = min(420, host.height() - 160)
        self.setGeometry((host.width() - width) // 2, 72, width, self._most_px)
        self._filter("")
        self.show()
        self.raise_()
        self.box.setFocus()

    def _filter(self, typed: str) -> None:
        self.list.clear()
        for entry in ranked(typed, self._entries, self._recent)[:_MOST]:
            item = QListWidgetItem(entry.icon, entry.text)
            item.setSizeHint(QSize(0, _LINE_PX))
            item.setData(Qt.ItemDataRole.UserRole, entry)
            if not entry.enabled:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setToolTip(entry.why)
            self.list.addItem(item)
        if not self.list.count():
            nothing = QListWidgetItem(_("No command or site is called so"))
            nothing.setSizeHint(QSize(0, _LINE_PX))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            nothing.setData(Qt.ItemDataRole.UserRole, Entry("", "", "", QIcon(), lambda: None, False))
            self.list.addItem(nothing)
        around = self.height() - self.list.height() if self.isVisible() else self.box.sizeHint().height() + 28
        self.resize(self.width(), min(self._most_px, around + _LINE_PX * self.list.count() + 4))
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
        if entry.key:
            settings.remember(_RECENT, [entry.key, *(k for k in self._recent if k != entry.key)][:_KEPT])
        self.close()
        entry.act()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._back is not None and self.isAncestorOf(self.window().focusWidget() or self):
            self._back.setFocus()
        super().closeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = _MOVES.get(Qt.Key(event.key()))
            if by is not None:
                for _time in range(abs(by)):
                    self._step(1 if by > 0 else -1)
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
