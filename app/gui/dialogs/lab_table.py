"""What laboratories found in a waste: a line for each parameter and method, a column for each sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui import words
from app.gui.dialogs.tables import Rows
from app.gui.widgets import EmptyState, button, clear, label, row
from app.i18n import _, current_language

if TYPE_CHECKING:
    from models.waste import LabValue

_FIRST = 3  # parameter, method, unit


def lab_rows(values: Sequence[LabValue]) -> tuple[list[str], list[list[str]]]:
    """(headings, rows) of laboratory values as the laboratory wrote them; samples in the order of their names."""
    from models.parameters import PARAMETERS

    zh = current_language() == "zh_CN"
    samples = sorted({v.sample for v in values})
    column = {name: at for at, name in enumerate(samples)}
    lines: dict[tuple[str, str, str], list[str]] = {}
    for v in values:
        cells = lines.setdefault((v.parameter, v.method, v.unit), [""] * len(samples))
        at = column[v.sample]
        cells[at] = f"{cells[at]} / {v.raw}" if cells[at] else v.raw
    rows = []
    for (parameter, method, unit), cells in lines.items():
        known = PARAMETERS.get(parameter)
        name = (known.names[0] if zh else words.cap(_(known.label))) if known else parameter
        rows.append([name, method, "" if unit == "-" else unit, *cells])
    return [_("Parameter"), _("Method"), _("Unit"), *samples], rows


class LabTable(QWidget):
    """The table with how much there is above it, or what to do where there is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.table: Rows | None = None
        self._inner = QVBoxLayout(self)
        self._inner.setContentsMargins(0, 12, 0, 0)
        self._inner.setSpacing(8)

    def show_values(self, values: Sequence[LabValue]) -> None:
        """Other values."""
        clear(self._inner)
        self.table = None
        if not values:
            text = _("None yet. Import the table of a laboratory: CSV, Excel or Word.")
            self._inner.addWidget(EmptyState("test-tubes", _("Laboratory values"), text))
            return
        heads, rows = lab_rows(values)
        self.table = Rows(heads, tuple(range(_FIRST, len(heads))), many=True)
        self.table.setAccessibleName(_("Laboratory values"))
        self.table.horizontalHeader().setStretchLastSection(False)  # else the last sample stands far from the others
        self.table.show_rows(rows)
        said = _("{n} values of {samples} samples").format(n=len(values), samples=len(heads) - _FIRST)
        copy = button(_("Copy the table"), self.table.copy, kind="quiet", icon="clipboard-copy")
        self._inner.addLayout(row(label(said, "secondary"), None, copy))
        self._inner.addWidget(self.table, 1)
