"""Cells of the inventory: verdicts as shapes, and editors that say at the cell what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QComboBox,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.gui import words
from app.gui.icons import verdict_pixmap
from app.gui.panels.inspector.editors import choices_of, read_value, text_of
from app.gui.panels.inventory.columns import COLUMNS, field_of
from app.gui.panels.inventory.lines import VERDICT_ORDER, Line
from app.gui.panels.inventory.model import InventoryModel, VerdictsRole
from app.gui.theme import colour, theme
from app.gui.widgets import Combo, label, restyle
from app.i18n import _
from layers.base import Field
from models.errors import AppError

AnyIndex = QModelIndex | QPersistentModelIndex
Commit = Callable[[Line, str, Any, bool], None]
"""Store a checked value of a line's field (True: of all selected lines of its layer). Raises AppError."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TAB = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}


class VerdictDelegate(QStyledItemDelegate):
    """Counts of verdicts as shapes with numbers."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().paint(painter, option, index)
        counts = index.data(VerdictsRole)
        if not counts:
            return
        x, middle = option.rect.left() + 8, option.rect.center().y() + 1
        painter.save()
        for verdict in VERDICT_ORDER:
            if not counts.get(verdict):
                continue
            painter.drawPixmap(x, middle - 7, verdict_pixmap(verdict, 14))
            text = str(counts[verdict])
            painter.setPen(colour(theme().text_2))
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(
                QRect(x + 17, option.rect.top(), width + 4, option.rect.height()),
                int(Qt.AlignmentFlag.AlignVCenter),
                text,
            )
            x += 17 + width + 8
        painter.restore()


class CellDelegate(QStyledItemDelegate):
    """Editors by the fields' kinds. Enter stores, Ctrl+Enter stores for all selected rows, Tab goes on to the next.

    What does not fit keeps the editor open with the reason below it; leaving it by the mouse gives the old value back
    and calls `refused` with the reason.
    """

    def __init__(self, table: QTableView, commit: Commit, refused: Callable[[Field, AppError], None]) -> None:
        super().__init__(table)
        self.table = table
        self._commit, self._refused = commit, refused
        self.problem = label("", "", wrap=False)
        self.problem.setProperty("bubble", "danger")
        self.problem.setParent(table.viewport())
        self.problem.hide()
        self._model: InventoryModel = table.model()
        self._open: tuple[QWidget, Line, Field] | None = None

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget | None:  # noqa: ARG002
        line = self._model.line(index.row())
        field = field_of(line.layer, COLUMNS[index.column()].field) if line else None
        if line is None or field is None:
            return None
        if choices_of(field):
            editor: QWidget = Combo(choices_of(field))
            editor.activated.connect(lambda _i: self._chosen(editor))
            QTimer.singleShot(0, editor, editor.showPopup)
        else:
            editor = QLineEdit(parent)
            editor.setAlignment(
                Qt.AlignmentFlag.AlignRight if field.kind in ("real", "integer") else Qt.AlignmentFlag(0)
            )
            editor.textEdited.connect(lambda _t: self.complain(editor, ""))
        editor.setParent(parent)
        editor.setProperty("incell", "true")
        editor.setAccessibleName(words.field(field))
        self._open = (editor, line, field)
        editor.destroyed.connect(self._closed)
        return editor

    def _closed(self) -> None:
        self._open = None
        self.problem.hide()

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:  # noqa: ARG002
        if self._open is None or self._open[0] is not editor:
            return
        _editor, line, field = self._open
        text = text_of(field, line.value(field.name))
        if isinstance(editor, QComboBox):
            if editor.findData(text) < 0:
                editor.addItem(text, text)
            editor.choose(text)
        else:
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: AnyIndex) -> None:  # noqa: ARG002
        """The editor lost the focus: store what fits, say what does not."""
        if self._open is None or self._open[0] is not editor:
            return
        field = self._open[2]
        error = self._take(editor, everywhere=False)
        if error is not None:
            self._refused(field, error)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> None:  # noqa: ARG002
        place = QRect(option.rect)
        place.setWidth(max(place.width(), 110 if isinstance(editor, QComboBox) else 72))
        editor.setGeometry(place.adjusted(0, 0, 0, -1))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(editor, QWidget):
            key = Qt.Key(event.key())
            if key in _ENTER or key in _TAB:
                everywhere = key in _ENTER and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
                self._finish(editor, everywhere, _TAB.get(key, 0))
                return True
        return super().eventFilter(editor, event)

    def _chosen(self, editor: QWidget) -> None:
        self._finish(editor, everywhere=False, step=0)

    def _finish(self, editor: QWidget, everywhere: bool, step: int) -> None:
        error = self._take(editor, everywhere)
        if error is not None:
            parts = [error.what.render(_), error.advice.render(_)]
            self.complain(editor, words.cap("; ".join(p for p in parts if p)))
            return
        self._open = None  # stored: setModelData has nothing to do
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.table.setFocus()
        if step:
            self.edit_next(self.table.currentIndex(), step)

    def edit_next(self, index: QModelIndex, step: int) -> None:
        """Open the next cell that can be written, to the right or to the left, on through the rows."""
        header = self.table.horizontalHeader()
        order = [header.logicalIndex(v) for v in range(header.count())]
        order = [c for c in order if not header.isSectionHidden(c)]
        rows, at = self._model.rowCount(), order.index(index.column()) + index.row() * len(order)
        for _try in range(len(order) * 4):  # past a heading or two; not through a whole read-only table
            at += step
            row, column = divmod(at, len(order))
            if not 0 <= row < rows:
                return
            if self._model.editable(row, order[column]):
                there = self._model.index(row, order[column])
                self.table.setCurrentIndex(there)
                self.table.edit(there)
                return

    def _take(self, editor: QWidget, everywhere: bool) -> AppError | None:
        """Check and store; the reason if it was not taken."""
        if self._open is None or self._open[0] is not editor:
            return None
        _editor, line, field = self._open
        text = str(editor.currentData() or "") if isinstance(editor, QComboBox) else editor.text().strip()
        if text == text_of(field, line.value(field.name)) and not everywhere:
            return None
        try:
            self._commit(line, field.name, read_value(field, text), everywhere)
        except AppError as error:
            return error
        return None

    def complain(self, editor: QWidget, text: str) -> None:
        """Say below the cell what is wrong; "" takes it away."""
        if bool(editor.property("invalid")) != bool(text):
            restyle(editor, invalid=bool(text))
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        if not text:
            return
        self.problem.adjustSize()
        view = self.table.viewport().rect()
        at = editor.geometry().bottomLeft() + QPoint(0, 2)
        if at.y() + self.problem.height() > view.height():
            at.setY(editor.geometry().top() - self.problem.height() - 2)
        at.setX(max(4, min(at.x(), view.width() - self.problem.width() - 4)))
        self.problem.move(at)
        self.problem.raise_()
