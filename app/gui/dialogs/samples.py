"""Import of laboratory values: what a table was taken for, what it lacks, what would be taken, what not and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTabWidget, QWidget

from app.gui import words
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.dialogs.results import ResultDialog
from app.gui.dialogs.samples_columns import ColumnsTable
from app.gui.dialogs.samples_preview import SamplesPreview
from app.gui.widgets import Combo
from app.i18n import _
from models.errors import AppError
from models.lab_units import UNITS
from models.methods import LEACH_TESTS, METHODS

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task

KINDS = "(*.csv *.txt *.xlsx *.docx)"
# Also those that are refused: with macros, or of an old format. The refusal says what to do.
SUFFIXES = {".csv", ".txt", ".xlsx", ".docx", ".xlsm", ".docm", ".xls", ".doc"}


class SamplesDialog(Sheet):
    """Every answer reads the file again without taking anything; Import is one step that can be undone."""

    def __init__(self, parent: QWidget, session: Session, path: Path | None = None) -> None:
        super().__init__(
            parent,
            _("Import laboratory values"),
            _("Nothing is guessed: what the table does not say is asked for, and nothing is taken before you import."),
            width=920,
        )
        self.session = session
        self.resize(1040, 700)
        self.setAcceptDrops(True)
        self.report: Any = None
        self._task: Task | None = None
        self.file = PathEdit(_("Import laboratory values"), _("Tables") + f" {KINDS}")
        self.file.line.setAcceptDrops(False)  # the dialog takes the file and not its address as text
        self._options()
        self.columns = ColumnsTable()
        self.preview = SamplesPreview()
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.preview, _("What would be taken"))
        self.pages.addTab(self.columns, _("Columns"))
        self._lay_out()
        self.foot(_("Import"), self.take, icon="test-tubes")
        self.main.setEnabled(False)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(200)
        self._timer.timeout.connect(self._trial)
        self.file.settled.connect(self._on_file)
        self.columns.settled.connect(self._timer.start)
        self.date.editingFinished.connect(self._timer.start)
        for combo in (self.table, self.waste, self.method, self.unit):
            combo.activated.connect(lambda _i: self._timer.start())
        for combo in (self.method, self.unit):
            combo.lineEdit().editingFinished.connect(self._timer.start)
        session.closed.connect(self.reject)
        if path is not None:
            self.file.set_path(path)

    def _options(self) -> None:
        store = self.session.project.store
        said = ("", _("(as the table says)"))
        wastes = [(w.code, f"{w.code}  {w.name}".strip()) for w in store.wastes()]
        sites = [(s.code, _("pit {code}: groundwater or soil").format(code=s.code)) for s in store.sites() if s.fills]
        self.table = Combo([("", _("(the only one)"))])
        self.waste = Combo([said, *wastes, *sites])
        self.method = _typed([said, *((k, f"{k}  {_(METHODS[k].label)}") for k in LEACH_TESTS)])
        self.unit = _typed([said, *((u, u) for u in UNITS if u != "-")])
        self.date = QLineEdit()
        self.date.setPlaceholderText(_("as the table says; else 2026-10-01"))

    def _lay_out(self) -> None:
        left, right = form(), form()
        add_row(left, _("Table"), self.table)
        add_row(left, _("Waste"), self.waste)
        add_row(right, _("Leach test"), self.method)
        add_row(right, _("Sampled on"), self.date)
        add_row(left, _("Unit"), self.unit)
        options = QHBoxLayout()
        options.setSpacing(24)
        options.addLayout(left, 1)
        options.addLayout(right, 1)
        top = form()
        add_row(top, _("File"), self.file)
        self.content.addLayout(top)
        self.content.addLayout(options)
        self.content.addWidget(self.pages, 1)

    def given(self) -> Any:
        """What the person says of the table."""
        from app.verbs.lab.rows import Given

        return Given(
            waste=str(self.waste.currentData() or ""),
            method=_chosen(self.method),
            date=self.date.text().strip(),
            unit=_chosen(self.unit),
            table=str(self.table.currentData() or ""),
            roles=self.columns.roles(),
        )

    def _on_file(self) -> None:
        self.columns.show_table(None)
        self.table.set_items([("", _("(the only one)"))])
        self._timer.start()

    def _trial(self) -> None:
        path, project = self.file.path(), self.session.project
        if self._task is not None:
            self._task.cancel()
        self.report = None
        self.main.setEnabled(False)
        if path is None or project is None:
            self.preview.say_nothing()
            return
        self.preview.say_reading()
        given = self.given()

        def work(_watch: Any) -> Any:
            from app.verbs.lab.look import look_into
            from app.verbs.samples import import_samples

            look = look_into(path)
            try:
                return look, import_samples(project, path, given, trial=True)
            except AppError as error:
                return look, error

        title = _("Looking into {name}").format(name=path.name)
        self._task = self.session.tasks.submit(title, work, lambda r: self._arrived(*r), self._refused, quiet=True)

    def _arrived(self, look: Any, answer: Any) -> None:
        tables = look.with_values or look.tables
        if len(tables) > 1:
            self.table.set_items([("", _("choose…")), *((t.name, t.name) for t in tables)])
        chosen = str(self.table.currentData() or "")
        one = next((t for t in look.tables if t.name == chosen), tables[0] if len(tables) == 1 else None)
        self.columns.show_table(one)
        if isinstance(answer, AppError):
            self._refused(answer)
            return
        self.report = answer
        self.problem(None)
        from app.verbs.lab.look import unsaid

        self.preview.show_report(answer, unsaid(one, self.given()) if one is not None else ())
        self.main.setEnabled(answer.added > 0)
        self.main.setText(_("Import {n} values").format(n=answer.added) if answer.added else _("Import"))

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            self.session.report(error)
        self.preview.show_error(error)
        self.main.setText(_("Import"))

    def take(self) -> None:
        """Do it; rows left out can be looked at afterwards."""
        path, given = self.file.path(), self.given()
        if path is None or self.report is None:
            return
        window, session = self.parentWidget(), self.session

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.samples import import_samples

            return import_samples(project, path, given)

        session.run_write(_("Importing {name}").format(name=path.name), work, lambda report: _tell(window, report))
        self.accept()

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()

    # A file dropped on the dialog

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(_dropped(event)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.file.set_path(_dropped(event)[0])


def _dropped(event: QDropEvent) -> list[Path]:
    files = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
    return [f for f in files if f.suffix.lower() in SUFFIXES]


def _typed(items: list[tuple[str, str]]) -> Combo:
    """A list that takes other words too."""
    made = Combo(items)
    made.setEditable(True)
    made.setInsertPolicy(Combo.InsertPolicy.NoInsert)
    return made


def _chosen(combo: Combo) -> str:
    """The key of what is chosen, or what was typed instead."""
    text = combo.currentText().strip()
    index = combo.findText(text)
    return str(combo.itemData(index) or "") if index >= 0 else text


def _tell(window: Any, report: Any) -> None:
    text = _("{added} laboratory values taken, {skipped} rows skipped").format(
        added=report.added, skipped=len(report.skipped)
    )
    rows = [[s.cell or str(s.row), words.cap(s.reason.render(_))] for s in report.skipped]
    rows += [["", words.cap(w.render(_))] for w in report.warnings]

    def show() -> None:
        heads = [_("Row"), _("Reason")]
        window.commands.open_dialog(ResultDialog(window, _("Laboratory values that were not taken"), heads, rows))

    window.toasts.show("warning" if rows else "ok", text, act=(_("Show"), show) if rows else None)
