"""All wastes against all pits: verdicts, what is missing to open more pits, and the way from a cell to its findings."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.gui import words
from app.gui.dialogs.base import Sheet
from app.gui.dialogs.matrix_gaps import GapsList
from app.gui.dialogs.matrix_model import MatrixModel, VerdictDelegate, cell_width
from app.gui.icons import VERDICT_TONES, verdict_pixmap
from app.gui.widgets import Banner, Combo, EmptyState, button, clear, clearable, column, inner_icon, label, row
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task
    from models.matrix import Gap, Matrix

_ROW_PX, _NAMES_PX, _NAMES_MOST_PX = 30, 168, 300
_HEAD_PAD_PX = 14


class MatrixDialog(Sheet):
    """Computed in the background when it opens; nothing is stored. `cell_wanted` carries pit and waste."""

    cell_wanted = Signal(str, str)

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            _("Matrix of wastes and pits"),
            _("Which waste may go into which pit. Click a cell for its findings; nothing is stored here."),
            width=960,
        )
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.session = session
        self.resize(1280, 700)
        self.matrix: Matrix | None = None
        self.names: dict[str, str] = {}
        self._task: Task | None = None
        self._only: tuple[str, ...] = ()
        self._build()
        self.again = button(_("Compute again"), self.compute, icon="refresh-cw")
        self.copy_button = button(
            _("Copy"), self.copy, icon="clipboard-copy", tip=_("What is shown, for a spreadsheet")
        )
        self.save_button = button(_("Save as Excel…"), self.save, icon="file-spreadsheet")
        self.foot_close(self.again, self.copy_button, self.save_button)
        session.tasks.progressed.connect(self._on_progress)
        session.tasks.finished.connect(self._on_finished)
        session.changed.connect(self._on_changed)
        session.closed.connect(self.reject)
        self.compute()

    # Building

    def _build(self) -> None:
        self.waste = Combo([("", _("all wastes"))], tip=_("Waste"))
        self.verdict = Combo(
            [("", _("any verdict")), *((v, words.cap(_(words.VERDICTS[v]))) for v in VERDICT_TONES)], tip=_("Verdict")
        )
        for combo in (self.waste, self.verdict):
            combo.setMinimumContentsLength(10)
            combo.activated.connect(lambda _i: self._filter())
        self.text = QLineEdit()
        self.text.setPlaceholderText(_("filter pits"))
        clearable(self.text)
        self.text.setMaximumWidth(240)
        inner_icon(self.text, "search")
        self.text.textChanged.connect(lambda _t: self._filter())
        self.totals = QHBoxLayout()
        self.totals.setSpacing(14)
        self.everything = button(_("Show all"), self.show_all, kind="quiet")
        head = row(self.text, self.waste, self.verdict, self.everything, None)
        self._stale = QVBoxLayout()
        self.model = MatrixModel()
        self.model.setParent(self)
        self.view = self._table()
        self.gaps = GapsList()
        self.gaps.chosen.connect(self._on_gap)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        left = QWidget()
        self.no_row = EmptyState("filter", _("No pit is so"), _("Take a filter away."))
        left.setLayout(column(self.view, self.no_row, margins=(0, 0, 12, 0)))
        split.addWidget(left)
        split.addWidget(self.gaps)
        split.setStretchFactor(0, 1)
        split.setSizes([860, 370])
        page = QWidget()
        page.setLayout(column(head, self.totals, self._stale, split))
        page.layout().setStretch(3, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._wait())
        self.pages.addWidget(page)
        self.content.addWidget(self.pages, 1)

    def _table(self) -> QTableView:
        view = QTableView()
        view.setModel(self.model)
        delegate = VerdictDelegate(view)
        view.setItemDelegate(delegate)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        across, down = view.horizontalHeader(), view.verticalHeader()
        across.setDefaultSectionSize(cell_width(view))
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for header in (across, down):
            header.setTextElideMode(Qt.TextElideMode.ElideRight)
        across.setHighlightSections(False)
        down.setDefaultSectionSize(_ROW_PX)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setFixedWidth(_NAMES_PX)
        down.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        down.setHighlightSections(False)
        view.clicked.connect(self._on_cell)
        view.activated.connect(self._on_cell)
        return view

    def _fit_names(self) -> None:
        """Names of pits in full where they have no more than a third of the room."""
        down = self.view.verticalHeader()
        rows = range(self.model.rowCount())
        texts = (str(self.model.headerData(n, Qt.Orientation.Vertical)) for n in rows)
        longest = max((down.fontMetrics().horizontalAdvance(t) for t in texts), default=0)
        most = max(_NAMES_PX, min(_NAMES_MOST_PX, self.view.width() // 3))
        down.setFixedWidth(min(max(longest + 2 * _HEAD_PAD_PX, _NAMES_PX), most))
        down.geometriesChanged.emit()  # the table does not see it by itself, and would stand half under the names

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_names()

    def _wait(self) -> QWidget:
        self.waiting = label("", "secondary")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setFixedWidth(320)
        self.stop = button(_("Cancel"), self.cancel)
        page = QWidget()
        page.setLayout(
            column(None, self.waiting, row(None, self.progress, None), row(None, self.stop, None), None, spacing=12)
        )
        return page

    # Computing

    def compute(self) -> None:
        """Judge all pairs anew, in the background."""
        project = self.session.project
        if project is None or self._task is not None:
            return
        self.problem(None)
        self.pages.setCurrentIndex(0)
        self.waiting.setText(_("Judging all wastes for all pits…"))
        self.progress.setValue(0)
        self._enable(ready=False)
        self.stop.setVisible(True)
        self.progress.setVisible(True)

        def work(watch: Any) -> Any:
            from app.verbs.matrix import matrix

            names = {s.code: s.name for s in project.store.sites()} | {w.code: w.name for w in project.store.wastes()}
            return matrix(project, watch=watch), names

        title = _("Matrix of wastes and pits")
        self._task = self.session.tasks.submit(title, work, lambda r: self._arrived(*r), self._failed)

    def cancel(self) -> None:
        """Stop computing."""
        if self._task is not None:
            self._task.cancel()

    def _on_progress(self, task: Task, fraction: float, _note: str) -> None:
        if task is self._task:
            self.progress.setValue(round(fraction * 1000))

    def _on_finished(self, task: Task) -> None:
        if task is not self._task:
            return
        self._task = None
        self.again.setEnabled(True)
        if task.watch.cancelled:
            self._idle(_("Cancelled. Compute again when you like."))

    def _idle(self, text: str) -> None:
        self.waiting.setText(text)
        self.stop.setVisible(False)
        self.progress.setVisible(False)

    def _failed(self, error: Exception) -> None:
        self._idle(_("Nothing was computed."))
        self.problem(error)

    def _enable(self, *, ready: bool) -> None:
        for part in (self.again, self.copy_button, self.save_button):
            part.setEnabled(ready)

    def _arrived(self, matrix: Matrix, names: dict[str, str]) -> None:
        self.matrix, self.names = matrix, names
        clear(self._stale)
        self.model.set_matrix(matrix, names)
        self.waste.set_items([("", _("all wastes")), *((w, f"{w}  {names.get(w, '')}".strip()) for w in matrix.wastes)])
        self.gaps.show_gaps(matrix.gaps, names)
        self._enable(ready=True)
        self._filter()
        self.pages.setCurrentIndex(1)
        self._fit_names()

    def _on_changed(self, _change: Any) -> None:
        if self.matrix is None or self._stale.count():
            return
        text = _("The project changed since this was computed.")
        self._stale.addWidget(Banner("warning", text, button(_("Compute again"), self.compute, kind="quiet")))

    # Filtering

    def _filter(self) -> None:
        self.model.filter(
            str(self.waste.currentData() or ""), self.text.text(), str(self.verdict.currentData() or ""), self._only
        )
        shown = bool(self.model.sites)
        self.view.setVisible(shown)
        self.no_row.setVisible(not shown)
        self._count()

    def show_all(self) -> None:
        """Take every filter away."""
        self._only = ()
        self.gaps.list.clearSelection()
        self.waste.choose("")
        self.verdict.choose("")
        self.text.clear()
        self._filter()

    def _on_gap(self, gap: Gap) -> None:
        self._only = gap.sites
        self.waste.choose(gap.waste)
        self.verdict.choose("")
        self._filter()

    def _count(self) -> None:
        clear(self.totals)
        counts = self.model.counts()
        for verdict in VERDICT_TONES:
            mark = QLabel()
            mark.setPixmap(verdict_pixmap(verdict, 14))
            word = label(f"{words.cap(_(words.VERDICTS[verdict]))} {counts[verdict]}")
            word.setProperty("tone", VERDICT_TONES[verdict])
            self.totals.addLayout(row(mark, word, spacing=4))
        pits = _("{n} pits × {m} wastes").format(n=len(self.model.sites), m=len(self.model.wastes))
        self.totals.addWidget(label(pits, "muted"))
        self.totals.addStretch(1)

    # What a person does with it

    def _on_cell(self, index: Any) -> None:
        waste, site = self.model.pair(index)
        self.cell_wanted.emit(site, waste)

    def copy(self) -> None:
        """What is shown, for a spreadsheet."""
        text = "\n".join("\t".join(r) for r in self.model.as_rows()) + "\n"
        QGuiApplication.clipboard().setText(text)

    def save(self, path: Path | None = None) -> None:
        """All of it and the gaps, as a workbook."""
        if self.matrix is None:
            return
        if path is None:
            start = str(self.session.project.path.parent / (_("matrix") + ".xlsx"))
            name, _kind = QFileDialog.getSaveFileName(self, _("Save as Excel"), start, "Excel (*.xlsx)")
            if not name:
                return
            path = Path(name)
        out, matrix, names, window = path, self.matrix, self.names, self.parentWidget()

        def work(_watch: Any) -> None:
            from app.package.matrix_file import write_matrix

            write_matrix(matrix, names, out, _)

        def done(_nothing: Any) -> None:
            show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(out)))
            window.toasts.show("ok", _("{name} made").format(name=out.name), act=(_("Open"), show))

        self.session.tasks.submit(_("Writing {name}").format(name=out.name), work, done, self.problem)

    def done(self, result: int) -> None:
        self.cancel()
        super().done(result)
