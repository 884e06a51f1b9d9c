"""Check of the project file in the window: what was found, which repairs would be made, and what they did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QProgressBar, QTableWidget, QTableWidgetItem, QWidget

from app.gui import words
from app.gui.dialogs.base import Sheet
from app.gui.dialogs.counts import CountTable
from app.gui.icons import icon
from app.gui.widgets import Banner, EmptyState, button, label
from app.i18n import _
from app.words import SEVERITIES
from models.notices import N_, Notice

if TYPE_CHECKING:
    from app.gui.session import Session
    from models.problems import Problem

_ICONS = {"error": ("circle-x", "danger"), "warning": ("triangle-alert", "warning")}


class FindingsTable(QTableWidget):
    """Findings, errors first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(len(problems), 3)
        self.lines = [
            (_(SEVERITIES[p.severity]), words.cap(p.message.render(_)), _place(p))
            for p in sorted(problems, key=lambda p: p.severity != "error")
        ]
        self.setHorizontalHeaderLabels([_("Weight"), _("Finding"), _("Table")])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.verticalHeader().setVisible(False)
        ordered = sorted(problems, key=lambda p: p.severity != "error")
        for at, (cells, problem) in enumerate(zip(self.lines, ordered, strict=True)):
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(at, column, item)
            self.item(at, 0).setIcon(icon(*_ICONS[problem.severity], 16))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setMinimumHeight(min(360, 60 + 30 * len(problems)))

    def text(self) -> str:
        """For a spreadsheet."""
        return "\n".join("\t".join(line) for line in self.lines) + "\n"


def _place(p: Problem) -> str:
    from gis.store.tables import table_word

    if not p.table:
        return ""
    name = _word(table_word(p.table))
    return f"{name} #{p.fid}" if p.fid is not None else name


def _word(said: Notice | str) -> str:
    return words.cap(said if isinstance(said, str) else said.render(_))


class CheckDialog(Sheet):
    """Runs the check of the open project as soon as it is shown."""

    repair_wanted = Signal(object)  # path

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("Check of the project"), width=760)
        self.session = session
        self.path = session.project.path
        self.report: Any = None
        self._table: FindingsTable | None = None
        self.state = label(_("Reading the file, its rows and terrains, and computing the estimates again…"),
                           "secondary", wrap=True)  # fmt: skip
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.content.addWidget(self.state)
        self.content.addWidget(self.bar)
        self.content.addStretch(1)
        self.repair = button(_("Repair…"), lambda: self.repair_wanted.emit(self.path), icon="rotate-ccw")
        self.repair.setEnabled(False)
        self._copy = button(_("Copy"), self.copy, icon="clipboard-copy")
        self._copy.setEnabled(False)
        self.foot_close(self.repair, self._copy)
        session.closed.connect(self.reject)
        project = session.project

        def work(watch: Any) -> Any:
            from app.verbs.check import check_report

            return check_report(project, watch)

        self._task = session.tasks.submit(_("Checking the project"), work, self._show, self._failed)
        session.tasks.progressed.connect(self._progress)
        self.finished.connect(self._stop)

    def _stop(self, _result: int) -> None:
        if not self._task.finished:
            self._task.cancel()

    def _progress(self, task: Any, fraction: float, _note: str) -> None:
        if task is self._task:
            self.bar.setValue(round(fraction * 1000))

    def _failed(self, error: Exception) -> None:
        self.bar.hide()
        self.state.hide()
        self.problem(error)

    def _show(self, report: Any) -> None:
        self.report = report
        self.bar.hide()
        errors = sum(p.severity == "error" for p in report.problems)
        same = sum(e.state == "same" for e in report.estimates)
        self.state.setText(" · ".join(t for t in (
            _("{errors} errors, {warnings} warnings").format(errors=errors, warnings=len(report.problems) - errors),
            words.cap(_("{n} estimates computed again: the same figures").format(n=same)) if same else "",
        ) if t))  # fmt: skip
        if not report.problems:
            self.content.insertWidget(1, EmptyState("circle-check", _("The project is sound: nothing found.")))
            return
        self._table = FindingsTable(report.problems)
        self.content.insertWidget(1, self._table, 1)
        self.repair.setEnabled(self.session.writable)
        self._copy.setEnabled(True)
        self.resize(max(self.width(), 760), max(self.height(), 480))

    def copy(self) -> None:
        """The findings for a spreadsheet."""
        if self._table is not None:
            QGuiApplication.clipboard().setText(self._table.text())


class RepairedDialog(Sheet):
    """What a repair did: where the file as it was is, each repair with its count, what is left to a person."""

    def __init__(self, parent: QWidget, report: Any) -> None:
        super().__init__(parent, _("Repair of the project"), width=760)
        kept = words.cap(_("the file as it was is kept in {path}").format(path=report.backup))
        self.content.addWidget(Banner("info", kept))
        lines = [r.message.render(_) + (_(" (can be undone)") if r.step is not None else "") for r in report.repairs]
        if lines:
            self.content.addWidget(Banner("ok", "\n".join(words.cap(t) for t in lines)))
        else:
            self.content.addWidget(label(words.cap(_("nothing was to be repaired")), "secondary"))
        if report.left:
            self.content.addWidget(label(_("What only a person can decide"), "heading"))
            self.content.addWidget(FindingsTable(report.left), 1)
        self.content.addStretch(1)
        self.foot_close()


class RescuedDialog(Sheet):
    """What was taken out of a damaged project, table by table."""

    open_wanted = Signal(object)  # path

    def __init__(self, parent: QWidget, report: Any) -> None:
        super().__init__(parent, _("Rescue of a damaged project"), width=760)
        made = words.cap(_("made {path}").format(path=report.out))
        whole = words.cap(_("nothing was lost, as far as can be known")) if report.complete else ""
        self.content.addWidget(Banner("ok" if report.complete else "warning", "\n".join(t for t in (made, whole) if t)))
        self.content.addWidget(_rescued_rows(report.tables))
        for notice in report.notices():
            if notice.key != "rescue.table":
                self.content.addWidget(label(words.cap(notice.render(_)), "secondary", wrap=True, selectable=True))
        for t in report.tables:
            for mark, names in (
                (N_("lost: {names}"), t.lost),
                (N_("perhaps not in their last state: {names}"), t.doubtful),
            ):
                if names:
                    name = _word(t.label or t.table)
                    said = _(mark).format(names=_(", ").join(names[:20]) + (" …" if len(names) > 20 else ""))
                    self.content.addWidget(label(f"{name}: {said}", "", wrap=True, selectable=True))
        if report.left:
            self.content.addWidget(FindingsTable(report.left), 1)
        self.content.addStretch(1)
        path = Path(report.out)
        self.open = button(_("Open it"), lambda: (self.accept(), self.open_wanted.emit(path)), kind="primary")
        self.foot_close(self.open)


def _rescued_rows(tables: Sequence[Any]) -> CountTable:
    """How many rows of each table are in the new file, and how many of them are in doubt or lost."""
    heads = [_("Table"), _("Rows"), _("From the log"), _("In doubt"), _("Without outline"), _("Set aside"), _("Lost")]
    rows = []
    for t in tables:
        if t.rows or t.lost or t.set_aside:
            doubts = (t.from_log, t.doubtful, t.without_outline, t.set_aside, t.lost)
            rows.append([_word(t.label or t.table), str(t.rows), *(str(len(names)) for names in doubts)])
    return CountTable(heads, rows)
