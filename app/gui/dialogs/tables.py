"""A plain table for dialogs: rows of words, chosen by whole rows, copied for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app import format as fmt


class Rows(QTableWidget):
    """`right` columns stand at the right, as numbers do. Ctrl+C copies the chosen rows, all where none is chosen."""

    def __init__(self, heads: Sequence[str], right: Sequence[int] = (), *, many: bool = False) -> None:
        super().__init__(0, len(heads))
        self._right = frozenset(right)
        self.heads = list(heads)
        self.setHorizontalHeaderLabels(self.heads)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ContiguousSelection if many else mode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(60)
        header.setStretchLastSection(True)
        for c in range(len(heads)):
            self.horizontalHeaderItem(c).setTextAlignment(self._side(c))

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Other content; the row that was chosen stays chosen."""
        kept = self.currentRow()
        blocked = self.blockSignals(True)
        self.setRowCount(len(rows))
        for r, cells in enumerate(rows):
            for c, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                item.setTextAlignment(self._side(c))
                self.setItem(r, c, item)
        if 0 <= kept < len(rows) and self.selectionMode() == QAbstractItemView.SelectionMode.SingleSelection:
            self.selectRow(kept)
        self.blockSignals(blocked)

    def chosen(self) -> list[int]:
        """Numbers of the chosen rows, in their order."""
        return sorted({i.row() for i in self.selectedIndexes()})

    def choose(self, first: int, last: int) -> None:
        """Choose rows, silently, and show the first of them with those that follow."""
        blocked = self.blockSignals(True)
        self.clearSelection()
        if first <= last:
            from PySide6.QtWidgets import QTableWidgetSelectionRange

            self.setRangeSelected(QTableWidgetSelectionRange(first, 0, last, self.columnCount() - 1), True)
            self.scrollToItem(self.item(first, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        self.blockSignals(blocked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Tab-separated, with plain digits."""
        rows = self.chosen() or range(self.rowCount())
        lines = [self.heads, *([self.item(r, c).text() for c in range(self.columnCount())] for r in rows)]
        text = "\n".join("\t".join(line) for line in lines)
        QGuiApplication.clipboard().setText(text.replace(fmt.THIN_SPACE, "").replace(fmt.MINUS, "-") + "\n")
