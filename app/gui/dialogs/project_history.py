"""The history of the whole project: who changed what and when, filtered; steps taken back, the log for an audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QTableView,
    QWidget,
)

from app.gui.dialogs.base import Sheet
from app.gui.dialogs.history_model import StepsModel
from app.gui.dialogs.step_detail import StepDetail
from app.gui.widgets import Combo, button, clearable, inner_icon, row
from app.i18n import _
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from gis.store.log import StepEntry
    from gis.store.log_search import StepFilter

_KINDS = {
    "": N_("All changes"),
    "features": N_("Features"),
    "outlines": N_("Outlines moved"),
    "imports": N_("Imports"),
    "deletions": N_("Deletions"),
    "wastes": N_("Wastes and laboratory values"),
    "results": N_("Estimates and screenings"),
    "merges": N_("Working copies merged in"),
    "turns": N_("Undone and redone"),
}
_PERIODS = {0: N_("Any time"), 1: N_("Today"), 7: N_("Last 7 days"), 30: N_("Last 30 days"), 365: N_("Last 365 days")}
_EVERYBODY = "\0"


class HistoryDialog(Sheet):
    """Steps above, what the chosen one changed below."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("History of the project"), width=760)
        self.session = session
        self.model = StepsModel(session)
        self._filters()
        self.table = self._make_table()
        self.detail = StepDetail(session, parent)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(self.detail)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        self.content.addWidget(parts, 1)
        self.export = button(_("Write the log as CSV…"), self.export_log, icon="file-spreadsheet")
        self.export.setToolTip(_("The whole log, field by field, for an audit"))
        self.back = button(_("Take back"), self.take_back, icon="undo-2")
        self.back.setEnabled(False)
        self.foot_close(self.export, self.back)
        self.resize(QSize(min(920, parent.width() - 60), min(680, parent.height() - 60)))
        session.changed.connect(self._again)
        session.closed.connect(self._on_closed)
        self._again()

    def _filters(self) -> None:
        from app.verbs.history_pages import people

        project = self.session.project
        names = self.session.attempt(lambda: people(project)) if project else []
        self.person = Combo([(_EVERYBODY, _("Everybody")), *((n, n or "—") for n in names or [])])
        self.kind = Combo([(k, _(t)) for k, t in _KINDS.items()])
        self.period = Combo([(k, _(t)) for k, t in _PERIODS.items()])
        for part, name in ((self.person, _("Person")), (self.kind, _("What was done")), (self.period, _("Time"))):
            part.setAccessibleName(name)
        for combo, width in ((self.person, 150), (self.kind, 200), (self.period, 140)):
            combo.setMinimumWidth(width)
            combo.activated.connect(lambda _i: self._again())
        self.site = QLineEdit()
        self.site.setPlaceholderText(_("Code of a site or a waste"))
        clearable(self.site)
        inner_icon(self.site, "search")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(300)
        self._typing.timeout.connect(self._again)
        self.site.textChanged.connect(lambda _t: self._typing.start())
        line = row(self.person, self.kind, self.period, self.site, spacing=8)
        line.setStretch(3, 1)
        self.content.addLayout(line)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setMinimumHeight(150)
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(30)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for n, width in enumerate((64, 140, 100, 420, 64)):
            header.resizeSection(n, width)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().currentRowChanged.connect(self._chosen)
        self.model.modelReset.connect(self._after_reset)
        return table

    # Filter

    def wanted(self) -> StepFilter:
        """What the filter line asks for. Raises Missing for a code that nothing ever had."""
        from app.verbs.history_pages import uid_of_code
        from gis.store.log_search import StepFilter

        person, days, code = self.person.currentData(), int(self.period.currentData()), self.site.text().strip()
        since = None
        if days:
            midnight = datetime.now(UTC).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
            since = (midnight - timedelta(days=days - 1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        uid = uid_of_code(self.session.project, code) if code and self.session.project else None
        return StepFilter(None if person == _EVERYBODY else str(person), self.kind.currentData(), uid, since)

    def _again(self, _change: Any = None) -> None:
        self._typing.stop()
        if self.session.project is None:
            return
        try:
            wanted = self.wanted()
        except AppError as error:
            self.problem(error)
            return
        self.problem(None)
        self.model.show(wanted)

    def _on_closed(self) -> None:
        self.close()

    def _after_reset(self) -> None:
        self._chosen(QModelIndex())
        if self.model.steps:
            self.table.selectRow(0)

    # The chosen step

    @property
    def step(self) -> StepEntry | None:
        """The step that is looked at."""
        index = self.table.currentIndex()
        return self.model.steps[index.row()] if index.isValid() and index.row() < len(self.model.steps) else None

    def _chosen(self, index: QModelIndex, _old: Any = None) -> None:
        step = self.model.steps[index.row()] if index.isValid() and index.row() < len(self.model.steps) else None
        self.detail.show_step(step)
        project = self.session.project
        count = self.model.stand.back_to(step.step) if step is not None and self.model.stand else 0
        writable = project is not None and not project.store.read_only
        self.back.setEnabled(bool(count) and writable)
        if count > 1:
            self.back.setText(_("Take back this and the later steps ({n} in all)").format(n=count))
            self.back.setToolTip(_("The last one first; redo brings them back one by one"))
        else:
            self.back.setText(_("Take back"))
            why = _("this step stands no more, or is itself a taking back") if step is not None else ""
            self.back.setToolTip("" if count else why)

    def take_back(self) -> None:
        """Undo the chosen step and all that came after it."""
        step = self.step
        if step is None:
            return

        def work(project: Any, watch: Any) -> Any:
            from app.verbs.history_pages import undo_to

            return undo_to(project, step.step, watch)

        def done(turned: Any) -> None:
            self.session.say("ok", _("{n} steps taken back; redo brings them back").format(n=len(turned)))

        self.back.setEnabled(False)
        self.session.run_write(_("Taking steps back"), work, done)

    def export_log(self, path: Path | None = None) -> None:
        """The whole log as a table."""
        project = self.session.project
        if project is None:
            return
        if path is None:
            start = project.path.with_name(_("{name} change log.csv").format(name=project.path.stem))
            name, _kind = QFileDialog.getSaveFileName(self, _("Write the log"), str(start), _("Tables") + " (*.csv)")
            if not name:
                return
            path = Path(name) if name.lower().endswith(".csv") else Path(f"{name}.csv")
        out = path

        def work(watch: Any) -> Any:
            from app.verbs.history import export_log

            return export_log(project, out, overwrite=True, translate=_, watch=watch)

        def done(lines: int) -> None:
            self.session.say("ok", _("{n} lines written to {name}").format(n=lines, name=out.name))

        self.session.tasks.submit(_("Writing the log"), work, done, self.problem)
