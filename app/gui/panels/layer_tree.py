"""The tree of the layer panel: drag and Alt with the arrow keys change the order, Qt itself never moves a line."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from app.i18n import _

KEY = Qt.ItemDataRole.UserRole
OPTION = Qt.ItemDataRole.UserRole + 1
GROUP = Qt.ItemDataRole.UserRole + 2
SWATCH = QSize(22, 14)
_COUNTS_FROM_PX = 220
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
_Where = QAbstractItemView.DropIndicatorPosition


class LayerTree(QTreeWidget):
    """Groups, their entries, and what belongs to an entry. It tells what is wanted; the panel does it."""

    placed = Signal(str, int)  # key, index in its group counted from above
    group_placed = Signal(str, int)  # group, index from above
    moved = Signal(str, int)  # key, places up
    group_moved = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(True)
        self.setIndentation(12)
        self.setIconSize(SWATCH)
        self.setUniformRowHeights(True)
        self.setAccessibleName(_("Layers"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setExpandsOnDoubleClick(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of kinds differ at their ends
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setColumnHidden(1, self.width() < _COUNTS_FROM_PX)  # a narrow panel is for the names

    def dropEvent(self, event: QDropEvent) -> None:
        item = self.currentItem()
        target = self.itemAt(event.position().toPoint())
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if item is not None:
            self.dropped(item, target, self.dropIndicatorPosition())

    def dropped(self, item: QTreeWidgetItem, target: QTreeWidgetItem | None, where: _Where) -> None:
        """`item` was let go at `target`. An entry stays in its group: dropped elsewhere it goes to the nearer end."""
        own = item if item.data(0, GROUP) else _entry_of(item)
        if own is None:
            return
        after = where == _Where.BelowItem
        if own.data(0, GROUP):
            group = own.data(0, GROUP)
            if target is None:
                self.group_placed.emit(group, self.topLevelItemCount())
                return
            head = _group_of(target)
            index, mine = self.indexOfTopLevelItem(head), self.indexOfTopLevelItem(own)
            index += 1 if after or head is not target else 0
            self.group_placed.emit(group, index - (mine < index))
            return
        head = own.parent()
        there = _entry_of(target) if target is not None else None
        if target is None or _group_of(target) is not head:
            above = target is not None and self._above(_group_of(target), head)
            self.placed.emit(own.data(0, KEY), 0 if above else head.childCount() - 1)
            return
        if there is None:  # on the heading of its group
            self.placed.emit(own.data(0, KEY), 0)
            return
        index, mine = head.indexOfChild(there), head.indexOfChild(own)
        index += 1 if after or there is not target else 0
        self.placed.emit(own.data(0, KEY), index - (mine < index))

    def _above(self, a: QTreeWidgetItem, b: QTreeWidgetItem) -> bool:
        return self.indexOfTopLevelItem(a) < self.indexOfTopLevelItem(b)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in _STEPS and item is not None:
            step = _STEPS[Qt.Key(event.key())]
            entry = _entry_of(item)
            if item.data(0, GROUP):
                self.group_moved.emit(item.data(0, GROUP), step)
            elif entry is not None:
                self.moved.emit(entry.data(0, KEY), step)
            event.accept()
            return
        super().keyPressEvent(event)


def _group_of(item: QTreeWidgetItem) -> QTreeWidgetItem:
    while item.parent() is not None:
        item = item.parent()
    return item


def _entry_of(item: QTreeWidgetItem) -> QTreeWidgetItem | None:
    """The line of the layer, terrain or basemap that a line belongs to; None for a heading."""
    found: QTreeWidgetItem | None = None
    while item.parent() is not None:
        found, item = item, item.parent()
    return found
