"""Plain tables of texts, so that all look alike."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem


def plain_table(heads: Sequence[str], *, row_px: int = 28) -> QTableWidget:
    """An empty table that is read and not written, whole rows selected, headings at the left."""
    made = QTableWidget(0, len(heads))
    made.setHorizontalHeaderLabels(list(heads))
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setShowGrid(False)
    made.setTabKeyNavigation(False)  # Tab leaves the table; its cells are gone through by arrows
    made.setWordWrap(False)
    made.verticalHeader().setVisible(False)
    made.verticalHeader().setDefaultSectionSize(row_px)
    header = made.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return made


def widths(table: QTableWidget, given: Sequence[int]) -> None:
    """Widths of the columns, px; 0 takes what is left."""
    header = table.horizontalHeader()
    for at, width in enumerate(given):
        if width:
            header.resizeSection(at, width)
        else:
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)


def put(table: QTableWidget, row: int, column: int, text: str, tip: str = "") -> QTableWidgetItem:
    """A text in a cell; its tip tells the whole of it."""
    item = QTableWidgetItem(text)
    item.setToolTip(tip or text)
    table.setItem(row, column, item)
    return item
