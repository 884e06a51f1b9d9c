"""The columns of a laboratory's table, what each is taken for, and the means to say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.gui import words
from app.gui.tables import plain_table, put, widths
from app.gui.widgets import Combo, EmptyState, column, label
from app.i18n import _, current_language
from models.parameters import PARAMETERS

if TYPE_CHECKING:
    from app.verbs.lab.look import TableLook

_OWN = ""


class ColumnsTable(QWidget):
    """One line a column. `settled` when a person says what a column is."""

    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: TableLook | None = None
        self.choices: dict[str, Combo] = {}
        self.table = plain_table([_("Column"), _("Heading"), _("What it holds"), _("Is taken for")], row_px=40)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        widths(self.table, (72, 220, 0, 240))
        self.empty = EmptyState("table-2", _("No table yet"), _("Choose a file, and the table if it has several."))
        self.hint = label(_("What is said here is remembered for tables with the same headings."), "muted", wrap=True)
        self.setLayout(column(self.empty, self.table, self.hint, margins=(0, 8, 0, 0)))
        self.show_table(None)

    def show_table(self, look: TableLook | None) -> None:
        """Show a table's columns; what was chosen for the same table stays."""
        if look is not None and self.shown is not None and look == self.shown:
            return
        self.shown = look
        self.choices = {}
        self.empty.setVisible(look is None)
        self.table.setVisible(look is not None)
        self.hint.setVisible(look is not None)
        columns = look.columns if look else ()
        self.table.setRowCount(len(columns))
        for r, c in enumerate(columns):
            for at, text in enumerate((c.letter, c.heading, _(", ").join(c.examples))):
                put(self.table, r, at, text)
            choice = Combo([(_OWN, _role_text(c.role)), *((k, words.cap(_(t))) for k, t in words.COLUMN_ROLES.items())])
            choice.setAccessibleName(f"{c.letter} {c.heading}")
            choice.activated.connect(lambda _i: self.settled.emit())
            self.choices[c.letter] = choice
            self.table.setCellWidget(r, 3, choice)

    def roles(self) -> dict[str, list[str]]:
        """What differs from what was recognised: role → letters of columns."""
        if self.shown is None:
            return {}
        before: dict[str, list[str]] = {}
        after: dict[str, list[str]] = {}
        for c in self.shown.columns:
            before.setdefault(c.role, []).append(c.letter)
            after.setdefault(str(self.choices[c.letter].currentData() or c.role), []).append(c.letter)
        return {r: letters for r, letters in after.items() if r in words.COLUMN_ROLES and letters != before.get(r)}


def _role_text(role: str) -> str:
    """What a column was recognised as."""
    if role.startswith("parameter:"):
        known = PARAMETERS[role.partition(":")[2]]
        name = known.names[0] if current_language() == "zh_CN" else words.cap(_(known.label))
        return _("recognised: {what}").format(what=name)
    if role:
        return _("recognised: {what}").format(what=_(words.COLUMN_ROLES[role]))
    return _("not used")
