"""The table of the inventory: columns that are chosen and remembered, selection by whole runs of rows, copying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from app.gui import settings
from app.gui.panels.inventory.cells import CellDelegate, Commit, VerdictDelegate
from app.gui.panels.inventory.columns import COLUMNS, Column, column_name, column_named
from app.gui.panels.inventory.copying import as_html, as_tsv, headings
from app.gui.panels.inventory.model import InventoryModel
from app.gui.theme import theme, theme_signals
from app.i18n import _, current_language
from layers.base import Field
from models.errors import AppError

ROW_PX = 30
_LOOKED_AT, _CELL_PX, _MOST_PX = 200, 24, 240


def _header_key() -> str:
    # An old arrangement does not fit other columns, nor headings of another length.
    return f"inventory/columns-{current_language()}-{len(COLUMNS)}"


class InventoryTable(QTableView):
    """`zoom_wanted`: a row was asked for on the map. `refused(field, error)`: what was typed was not stored."""

    zoom_wanted = Signal()
    refused = Signal(object, object)

    def __init__(self, model: InventoryModel, commit: Commit) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(_("Inventory"))
        self.cells = CellDelegate(self, commit, self._refuse)
        self.setItemDelegate(self.cells)
        self.setItemDelegateForColumn(column_named("verdicts"), VerdictDelegate(self))
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._on_theme()
        theme_signals().changed.connect(self._on_theme)
        self._build_header()
        # Headings do not show what is selected: asked about 100,000 selected rows, they would look at each of them.
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(model, header))

    def _refuse(self, field: Field, error: AppError) -> None:
        self.refused.emit(field, error)

    def _on_theme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(max(ROW_PX, theme().control - 8))

    # Columns

    def _build_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(56)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda at: self.columns_menu(header.mapToGlobal(at)))
        self._arrange_columns()
        header.setSortIndicator(column_named("code"), Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.sectionResized.connect(self._on_resized)
        kept = settings.value(_header_key())
        self._fitted = kept is not None
        if kept is not None:
            header.restoreState(kept)

    def _arrange_columns(self) -> None:
        header = self.horizontalHeader()
        for number, c in enumerate(COLUMNS):
            header.moveSection(header.visualIndex(number), number)
            header.resizeSection(number, max(c.width, header.sectionSizeHint(number)))
            header.setSectionHidden(number, not c.first)

    def _on_resized(self, *_section: int) -> None:
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:  # a person did it, and it stays
            self._fitted = True

    def fit_texts(self, *, last: bool = True) -> None:
        """Fit columns of texts to their first rows, once, where nobody has arranged them: names are read whole."""
        if self._fitted or not self._model.rowCount():
            return
        self._fitted = last
        header, metrics = self.horizontalHeader(), self.fontMetrics()
        for number, c in enumerate(COLUMNS):
            if c.right or header.isSectionHidden(number) or c.key == "verdicts":
                continue
            texts = (
                str(self._model.index(r, number).data() or "") for r in range(min(self._model.rowCount(), _LOOKED_AT))
            )
            widest = max(map(metrics.horizontalAdvance, texts)) + _CELL_PX
            header.resizeSection(number, max(header.sectionSizeHint(number), c.width, min(widest, _MOST_PX)))

    def reset_columns(self) -> None:
        """Columns, their order and widths as in the beginning."""
        self._arrange_columns()
        self._fitted = False
        self.fit_texts()
        self._on_columns()

    def show_column(self, key: str, visible: bool) -> None:
        """Show or hide a column; the code always stays."""
        if key != "code":
            self.horizontalHeader().setSectionHidden(column_named(key), not visible)
            self._on_columns()

    def _on_columns(self) -> None:
        settings.remember(_header_key(), self.horizontalHeader().saveState())
        self.span_groups()

    def shown_columns(self) -> list[Column]:
        """The columns as they stand, from left to right."""
        header = self.horizontalHeader()
        order = (header.logicalIndex(v) for v in range(header.count()))
        return [COLUMNS[i] for i in order if not header.isSectionHidden(i)]

    def columns_menu(self, at: QPoint) -> QMenu:
        """Which columns are shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        header = self.horizontalHeader()
        first = True
        for number, c in enumerate(COLUMNS):
            if first and not c.first:
                menu.addSeparator()
            first = c.first
            action = menu.addAction(column_name(c))
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(number))
            action.setEnabled(c.key != "code")
            action.toggled.connect(lambda on, key=c.key: self.show_column(key, on))
        menu.addSeparator()
        menu.addAction(_("Columns as in the beginning")).triggered.connect(self.reset_columns)
        menu.popup(at)
        return menu

    def save_state(self) -> None:
        """Remember columns."""
        settings.remember(_header_key(), self.horizontalHeader().saveState())

    def span_groups(self) -> None:
        """A heading's name may run on into the next column."""
        self.clearSpans()
        header = self.horizontalHeader()
        at = header.visualIndex(0)
        if not self._model.group or at + 1 >= header.count() or header.logicalIndex(at + 1) != 1:
            return
        if header.isSectionHidden(1):
            return
        for row, _group in self._model.headings():
            self.setSpan(row, 0, 1, 2)

    # Selection

    def rows(self) -> list[int]:
        """Selected rows, rising."""
        found: set[int] = set()
        for run in self.selectionModel().selection():
            found.update(range(run.top(), run.bottom() + 1))
        return sorted(found)

    def select_rows(self, rows: Sequence[int]) -> None:
        """Select exactly these rows (rising) and bring the first into sight; no column moves for it."""
        aside = self.horizontalScrollBar().value()
        chosen = QItemSelection()
        last = len(COLUMNS) - 1
        for first, end in _runs(rows):
            chosen.select(self._model.index(first, 0), self._model.index(end, last))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows and self.currentIndex().row() not in rows:
            there = self._model.index(rows[0], max(self.currentIndex().column(), 0))
            self.selectionModel().setCurrentIndex(there, QItemSelectionModel.SelectionFlag.NoUpdate)
        if rows:
            self.scrollTo(self._model.index(rows[0], max(self.currentIndex().column(), 0)))
            self.horizontalScrollBar().setValue(aside)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        group = self._model.group_at(self.indexAt(event.position().toPoint()).row())
        if group is not None and event.button() == Qt.MouseButton.LeftButton:
            self.turn_group(group.title)
            return
        super().mousePressEvent(event)

    def turn_group(self, title: str) -> None:
        """Fold a group, or open it."""
        self._model.fold(self._model.folded ^ {title})

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or self._model.line(index.row()) is None:
            return
        # A code names the site: whoever strikes it wants to see the site; F2 changes it.
        if COLUMNS[index.column()].key != "code" and self._model.editable(index.row(), index.column()):
            self.edit(index)
        else:
            self.zoom_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        group = self._model.group_at(self.currentIndex().row())
        if entered and group is not None:
            self.turn_group(group.title)
        elif entered and self.state() != QAbstractItemView.State.EditingState and self.currentIndex().isValid():
            self.zoom_wanted.emit()
        else:
            super().keyPressEvent(event)

    # Copying

    def copy(self, rows: Iterable[int] | None) -> int:
        """Put rows (None: all shown) on the clipboard, with the columns that are shown; returns how many."""
        columns = self.shown_columns()
        heads, cells = headings(columns), self._model.cells(rows, columns)
        data = QMimeData()
        data.setText(as_tsv(heads, cells))
        data.setHtml(as_html(heads, cells))
        QGuiApplication.clipboard().setMimeData(data)
        return len(cells)


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rising numbers as runs (first, last)."""
    if not rows:
        return []
    cuts = [i + 1 for i, (a, b) in enumerate(pairwise(rows)) if b != a + 1]
    starts, ends = [0, *cuts], [*cuts, len(rows)]
    return [(rows[s], rows[e - 1]) for s, e in zip(starts, ends, strict=True)]
