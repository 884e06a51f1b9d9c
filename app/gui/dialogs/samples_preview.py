"""What an import of laboratory values would do: counts, how the table was understood, values, cells left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHeaderView, QTableWidget, QVBoxLayout, QWidget

from app.gui import words
from app.gui.tables import plain_table, put
from app.gui.theme import colour, theme
from app.gui.widgets import Banner, EmptyState, clear, label, row
from app.i18n import _, current_language
from models.errors import AppError
from models.notices import N_
from models.parameters import PARAMETERS

if TYPE_CHECKING:
    from app.verbs.samples import SamplesReport
    from models.waste import LabValue

_MOST = 3000
# The engine's advice names options of the command; here the same is asked for by controls.
_ADVICE = {
    "samples.which_table": N_("choose the table above"),
    "samples.columns": N_("state it above for all values, or say under Columns which column it is"),
    "samples.no_values": N_("say under Columns which column holds the parameters and which the values"),
}


class SamplesPreview(QWidget):
    """Fills with the account of a trial."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 8, 0, 0)
        self._box.setSpacing(8)
        self.setMinimumHeight(220)
        self.values: QTableWidget | None = None
        self.skipped: QTableWidget | None = None
        self.say_nothing()

    def say_nothing(self) -> None:
        """No file yet."""
        self._empty("test-tubes", _("Choose a file, or drop one here"),
                    _("CSV, Excel or Word, one row a value, a parameter or a sample."))  # fmt: skip

    def say_reading(self) -> None:
        """The file is being read."""
        self._empty("refresh-cw", _("Reading the file…"), "")

    def _empty(self, icon: str, title: str, text: str) -> None:
        self._clear()
        self._box.addWidget(EmptyState(icon, title, text), 1)

    def _clear(self) -> None:
        clear(self._box)
        self.values = self.skipped = None

    def show_error(self, error: Exception) -> None:
        """Why nothing can be taken, and what to do."""
        self._clear()
        text = _("the file could not be read")
        if isinstance(error, AppError):
            advice = _(_ADVICE[error.key]) if error.key in _ADVICE else error.advice.render(_)
            text = "\n".join(p for p in (words.cap(error.what.render(_)), error.where, words.cap(advice)) if p)
        self._box.addWidget(Banner("danger", text))
        self._box.addStretch(1)

    def show_report(self, report: SamplesReport, unsaid: Sequence[str] = ()) -> None:
        """Values that would be taken and cells that would not, below how the table was understood.

        `unsaid` are roles that neither the table nor the person states.
        """
        self._clear()
        if unsaid:
            what = _(", ").join(_(words.COLUMN_ROLES[r]) for r in unsaid)
            text = _("The table does not say: {what}. State it above.").format(what=what)
            self._box.addWidget(Banner("info" if report.added else "warning", text))
        taken, left = label(_("{n} values").format(n=report.added), "figure2"), len(report.skipped)
        taken.setProperty("tone", "ok" if report.added else "")
        parts: list[QWidget | None] = [taken]
        if left:
            skipped = label(_("{n} left out").format(n=left), "figure2")
            skipped.setProperty("tone", "warning")
            parts.append(skipped)
        self._box.addLayout(row(*parts, None, label(report.encoding, "muted"), spacing=16))
        said = [words.cap(n.render(_)) for n in report.understood]
        if not said:
            said = [_("A plain table: one row a value, each column named in the headings.")]
        self._box.addWidget(label("  ·  ".join(said), "secondary", wrap=True, selectable=True))
        for notice in report.warnings[:3]:
            self._box.addWidget(Banner("warning", words.cap(notice.render(_))))
        if report.values:
            self.values = _table(_heads(), [_value_cells(v) for v in report.values[:_MOST]], stretch=6)
            self._box.addWidget(self.values, 3)
        if report.skipped:
            rows = [(s.cell or str(s.row), words.cap(s.reason.render(_))) for s in report.skipped[:_MOST]]
            self.skipped = _table([_("Cell or row"), _("Left out because")], rows, stretch=1, tone="warning")
            self._box.addWidget(self.skipped, 2)
        if not (report.values or report.skipped):
            self._box.addStretch(1)


def _heads() -> list[str]:
    return [_("Waste"), _("Sample"), _("Date"), _("Parameter"), _("As written"), _("Unit"), _("Method")]


def _value_cells(v: LabValue) -> tuple[str, ...]:
    known = PARAMETERS.get(v.parameter)
    name = (known.names[0] if current_language() == "zh_CN" else words.cap(_(known.label))) if known else v.parameter
    below = _(" (not detected)") if v.below else ""
    return v.waste, v.sample, v.date, name, f"{v.raw}{below}", v.unit, v.method


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, stretch: int, tone: str = "") -> QTableWidget:
    made = plain_table(heads)
    made.setRowCount(len(rows))
    made.setMinimumHeight(34 + 28 * min(3, len(rows)))
    ink: Any = colour(getattr(theme(), tone)) if tone else None
    for r, cells in enumerate(rows):
        for c, text in enumerate(cells):
            item = put(made, r, c, text)
            if ink is not None and c == 0:
                item.setForeground(ink)
    made.resizeColumnsToContents()
    made.horizontalHeader().setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
    return made
