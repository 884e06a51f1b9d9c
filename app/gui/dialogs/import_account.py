"""The account of an import in the window: counts, what to look at, each row that was not simply taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHeaderView, QTableWidget, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import settings, words
from app.gui.dialogs.base import Sheet
from app.gui.tables import plain_table, put
from app.gui.theme import colour, theme
from app.gui.widgets import Banner, EmptyState, button, card, clear, label, row, scrolled
from app.i18n import _
from app.verbs.import_ import TAKEN_ADVICE
from app.verbs.import_account import Line, account_lines, write_account
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session

_MOST_ROWS, _MOST_ALARMS, _WRAPPED = 2000, 8, 300
# The engine's advice names options of the command; here the same is asked for by controls.
ADVICE = {
    "import.no_crs": N_("state it under Coordinates"),
    "import.unfit_crs": N_("state the right one under Coordinates"),
    "import.which_sublayer": N_("choose one under Layer in the file"),
    "import.guess_outside": N_("ask whoever made the file for its coordinate system and state it under Coordinates"),
    "import.said_offset": N_("choose it under Coordinates, or CGCS2000 to take them as they are"),
    "import.said_datum": N_("enter the official parameters: Datum parameters below Coordinates"),
    "import.datum": N_("enter the official parameters: Datum parameters below Coordinates"),
}


class RowsView(QWidget):
    """Each row that was not simply taken: what was done to it and why."""

    def __init__(self) -> None:
        super().__init__()
        self.table: QTableWidget | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 8, 0, 0)
        self.show_report(None)

    def show_report(self, report: Any) -> int:
        """Show them; returns how many there are."""
        clear(self._box)
        lines = [] if report is None else account_lines(report, _)
        self.table = _table(lines) if lines else None
        nothing = EmptyState("circle-check", _("Nothing out of the ordinary"), _("Every row comes in as it stands."))
        self._box.addWidget(self.table or nothing)
        return len(lines)


class AccountView(QWidget):
    """Fills with the account of a trial, or of what was done."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout()
        self._box.setSpacing(8)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 8, 6, 0)
        inner.addLayout(self._box)
        inner.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(holder))

    def say(self, icon: str, title: str, text: str = "") -> None:
        """Nothing to account for yet."""
        clear(self._box)
        self._box.addWidget(EmptyState(icon, title, text))

    def show_error(self, error: Exception) -> None:
        """Why nothing can be taken, and what to do."""
        clear(self._box)
        text = _("the file could not be read")
        if isinstance(error, AppError):
            advice = _(ADVICE[error.key]) if error.key in ADVICE else error.advice.render(_)
            if error.advice.text == TAKEN_ADVICE:
                advice = _("choose under Codes that are taken what becomes of them")
            text = "\n".join(p for p in (words.cap(error.what.render(_)), error.where, words.cap(advice)) if p)
        asks = isinstance(error, AppError) and error.key == "import.which_sublayer"
        self._box.addWidget(Banner("info" if asks else "danger", text))

    def show_report(self, report: Any) -> None:
        """Counts, remarks and rows."""
        clear(self._box)
        self._box.addLayout(_tiles(report))
        said = [words.cap(notice.render(_)) for notice in report.alarms]
        if said:
            self._box.addWidget(Banner("warning", "\n".join(said[:_MOST_ALARMS])))
        more = len(said) - _MOST_ALARMS
        if more > 0:
            self._box.addWidget(
                label(_("{n} more remarks stand in the account that can be kept.").format(n=more), "muted")
            )
        for notice in report.calm:
            self._box.addWidget(label(words.cap(notice.render(_)), "muted", wrap=True, selectable=True))


def _tiles(report: Any) -> Any:
    counts = (
        (_("New"), report.added, "ok"),
        (_("Changed"), report.updated, "info"),
        (_("Mended"), len(report.repaired), "warning"),
        (_("Skipped"), len(report.skipped), "danger"),
    )
    tiles = []
    for name, count, tone in counts:
        number = label(str(count), "figure2")
        if count:
            number.setProperty("tone", tone)
        tiles.append(card(row(number, label(name, "muted"), None, spacing=6), role="inset", spacing=0, margin=8))
    made = row(*tiles, spacing=8)
    for n in range(len(tiles)):
        made.setStretch(n, 1)
    return made


def _table(lines: list[Line]) -> QTableWidget:
    heads = [_("Row"), _("Code"), _("What was done"), _("Reason"), _("Before m²"), _("After m²"), _("Change m²")]
    made = plain_table(heads)
    made.setRowCount(min(len(lines), _MOST_ROWS))
    for r, line in enumerate(lines[:_MOST_ROWS]):
        areas = (
            []
            if line.before is None
            else [fmt.number(line.before, 2), fmt.number(line.after, 2), fmt.difference(line.change)]
        )
        for c, text in enumerate([str(line.row), line.code, line.rule or line.what, line.reason, *areas]):
            item = put(made, r, c, words.cap(text))
            if c == 2:
                item.setForeground(colour(theme().warning if areas else theme().danger))
            if c >= 4:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setWordWrap(True)
    made.resizeColumnsToContents()
    for c in (4, 5, 6):
        made.setColumnHidden(c, all(line.before is None for line in lines))
    made.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
    if len(lines) <= _WRAPPED:
        made.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    made.setMinimumHeight(34 + 28 * min(3, len(lines)) + 4)
    return made


def keep_account(parent: QWidget, report: Any) -> Path | None:
    """Ask for a name and write the account there; None if a person thought better of it. Raises AppErrors."""
    stem = f"{Path(report.file).stem}-{_('import account')}"
    folder = Path(str(settings.value("folders/account", "") or Path.home()))
    kinds = f"{_('Table')} (*.csv);;{_('Text')} (*.txt)"
    name, kind = QFileDialog.getSaveFileName(parent, _("Keep the account"), str(folder / f"{stem}.csv"), kinds)
    if not name:
        return None
    out = Path(name)
    if out.suffix.lower() not in {".csv", ".txt"}:
        out = out.with_name(out.name + (".txt" if "*.txt" in kind else ".csv"))
    written = write_account(report, out, _, overwrite=True)
    settings.remember("folders/account", str(out.parent))
    return written


class AccountDialog(Sheet):
    """What an import did, after it was done."""

    def __init__(self, parent: QWidget, report: Any, show: Callable[[], object]) -> None:
        super().__init__(parent, _("What was imported"), Path(report.file).name, width=820)
        self.report = report
        self.view = AccountView()
        self.view.show_report(report)
        self.view.setMinimumHeight(170)
        self.rows = RowsView()
        self.rows.show_report(report)
        self.content.addWidget(self.view, 1)
        self.content.addWidget(self.rows, 1)
        self.foot_close(
            button(_("Keep the account…"), self.keep, icon="save"),
            button(_("Show on the map"), show, icon="locate-fixed"),
        )

    def keep(self) -> None:
        """Write it where a person says."""
        try:
            keep_account(self, self.report)
        except AppError as error:
            self.problem(error)


def tell_done(window: Any, session: Session, layer: str, report: Any) -> None:
    """The notice of an import that was done: counts, that the data lie far away, the way to the account."""
    text = _("{added} added, {updated} changed, {repaired} mended, {skipped} skipped").format(
        added=report.added, updated=report.updated, repaired=len(report.repaired), skipped=len(report.skipped)
    )

    def show() -> None:
        session.select(layer, session.table(layer).where("code", report.codes))
        window.trigger("zoom_selection")

    def account() -> None:
        window.commands.open_dialog(AccountDialog(window, report, show))

    far = " ".join(words.cap(n.render(_)) for n in report.far)  # as of a terrain: before and after, never asked
    if report.repaired or report.skipped or report.renumbered or report.alarms:
        level = "warning" if report.skipped or far else "ok"
        window.toasts.show(level, text, advice=far, act=(_("Show the account"), account))
    else:
        window.toasts.show("ok", text, act=(_("Show"), show))
