"""The columns of an incoming file: what they hold, and the field of ours that each fills."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.gui import words
from app.gui.tables import plain_table, put, widths
from app.gui.widgets import Combo, EmptyState, column, label
from app.i18n import _
from layers.registry import LAYERS


class ColumnsTable(QWidget):
    """One line a column. `settled` when a person says what a column is; `said` keeps what was said."""

    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.choices: dict[str, Combo] = {}
        self._shown: tuple[Any, ...] = ()
        self.table = plain_table([_("Column of the file"), _("What it holds"), _("Rows"), _("Fills")], row_px=38)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        widths(self.table, (130, 0, 56, 190))
        self.empty = EmptyState("table-2", _("No columns"), _("The file brings outlines without a table."))
        self.hint = label("", "muted", wrap=True)
        self.setLayout(column(self.empty, self.table, self.hint, margins=(0, 8, 0, 0)))
        self.show_columns([], "sand_pits", recalled=False)

    def forget(self) -> None:
        """Another file or layer: what was said of the last does not hold."""
        self.said = {}

    def show_columns(self, columns: list[Any], layer: str, *, recalled: bool) -> None:
        """Show what each column is taken for."""
        shown = (tuple(columns), layer)
        self.hint.setText(
            _("Fields are filled as the last time for such a file.")
            if recalled and not self.said
            else _("What is said here is remembered for files with the same columns.")
        )
        if shown == self._shown:
            return
        self._shown = shown
        self.empty.setVisible(not columns)
        self.table.setVisible(bool(columns))
        self.hint.setVisible(bool(columns))
        self.choices = {}
        fields = [("", _("(left out)"))]
        fields += [(f.name, words.field(f)) for f in LAYERS[layer].fields if not f.system]
        self.table.setRowCount(len(columns))
        for r, c in enumerate(columns):
            put(self.table, r, 0, c.name)
            put(self.table, r, 1, _(", ").join(c.samples))
            put(self.table, r, 2, str(c.filled))
            choice = Combo(fields)
            choice.choose(c.field)
            choice.setAccessibleName(c.name)
            choice.activated.connect(lambda _i, name=c.name: self._choose(name))
            self.choices[c.name] = choice
            self.table.setCellWidget(r, 3, choice)

    def _choose(self, name: str) -> None:
        """A field moves to the column that was named last."""
        field = str(self.choices[name].currentData() or "")
        for other, choice in self.choices.items():
            if field and other != name and choice.currentData() == field:
                choice.choose("")
                self.said[other] = ""
        self.said[name] = field
        self.settled.emit()

    def mapping(self) -> dict[str, str]:
        """{theirs: ours} as it is shown."""
        return {name: str(choice.currentData() or "") for name, choice in self.choices.items()}
