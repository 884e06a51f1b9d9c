"""Import of a file: what it holds, how it is understood, where it would lie, what becomes of each row; then do it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.dialogs.import_account import AccountView, RowsView, keep_account, tell_done
from app.gui.dialogs.import_columns import ColumnsTable
from app.gui.dialogs.import_options import ImportOptions
from app.gui.dialogs.import_picture import LandingPicture
from app.gui.widgets import button, label, row, scrolled
from app.i18n import _
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task

_LEFT_PX = 356


class ImportDialog(Sheet):
    """Every answer tries the import again without writing; what was seen is what comes in, as one step."""

    def __init__(self, parent: QWidget, session: Session, path: Path | None = None) -> None:
        super().__init__(
            parent,
            _("Import features"),
            _("Nothing is changed before you press Import; then it is one step that can be undone."),
            width=980,
        )
        from app.verbs.import_trial import file_kinds, format_names

        self.session = session
        self.resize(max(1080, min(1320, parent.width() - 120)), max(660, min(880, parent.height() - 60)))
        self.setAcceptDrops(True)
        self.trial: Any = None
        self._task: Task | None = None
        self._texts: Task | None = None
        self._key: Any = None
        self._before: Any = None
        kinds = f"{_('Files with features')} ({file_kinds()});;{_('All files')} (*)"
        self.file = PathEdit(_("Import features"), kinds)
        self.file.line.setAcceptDrops(False)  # the dialog takes the file and not its address as text
        self.options = ImportOptions()
        self.picture = LandingPicture()
        self.account, self.rows = AccountView(), RowsView()
        self.columns = ColumnsTable()
        self._formats = format_names()
        self.keep = button(_("Keep the account…"), self._keep, icon="save")
        self._lay_out()
        self.foot(_("Import"), self.take, icon="file-input", left=self.keep)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(self._try)
        self.file.settled.connect(self._on_file)
        self.options.settled.connect(self._timer.start)
        self.options.layer.activated.connect(lambda _i: self.columns.forget())
        self.options.confirmed.connect(lambda _on: self._enable())
        self.options.shifts_wanted.connect(self._show_shifts)
        self.columns.settled.connect(self._timer.start)
        session.closed.connect(self.reject)
        self._seen: Path | None = None
        self._say_nothing()
        if path is not None:
            self.file.set_path(path)

    def _lay_out(self) -> None:
        top = form()
        add_row(top, _("File"), self.file)
        left = scrolled(self.options)
        left.setFixedWidth(_LEFT_PX)
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.account, _("What would happen"))
        self.pages.addTab(self.rows, _("Row by row"))
        self.pages.addTab(self.columns, _("Field mapping"))
        looks = [button(t, lambda w=w: self.picture.look_at(w), kind="quiet") for w, t in (
            ("data", _("Show the data")), ("project", _("Show the project")), ("both", _("Show both")))]  # fmt: skip
        self.where = label("", "secondary", wrap=True)
        right = QVBoxLayout()
        right.setSpacing(6)
        bar = row(self.where, *looks, spacing=2)
        bar.setStretch(0, 1)
        right.addLayout(bar)
        right.addWidget(self.picture, 5)
        right.addWidget(self.pages, 6)
        sides = QHBoxLayout()
        sides.setSpacing(20)
        sides.addWidget(left)
        sides.addLayout(right, 1)
        self.content.addLayout(top)
        self.content.addLayout(sides, 1)

    def _say_nothing(self) -> None:
        text = _("{formats}. What it holds is shown here first.").format(formats=self._formats)
        self.account.say("file-input", _("Choose a file, or drop one here"), text)
        self.picture.show_trial(None)
        self._no_rows()
        self._enable()

    def _no_rows(self) -> None:
        self.columns.show_columns([], "sand_pits", recalled=False)
        self._count(self.rows.show_report(None), [])

    def _count(self, rows: int, columns: list[Any]) -> None:
        used = sum(bool(c.field) for c in columns)
        self.pages.setTabText(1, _("Row by row ({n})").format(n=rows) if rows else _("Row by row"))
        self.pages.setTabText(
            2, _("Field mapping ({n} of {all})").format(n=used, all=len(columns)) if columns else _("Field mapping")
        )

    def _enable(self) -> None:
        """Import is open once something would come in and what was guessed is confirmed."""
        report = self.trial.report if self.trial is not None else None
        count = 0 if report is None else report.added + report.updated
        unsure = report is not None and report.unsure and not self.options.confirm.isChecked()
        self.main.setEnabled(count > 0 and not unsure)
        self.main.setText(_("Import {n} features").format(n=count) if count else _("Import"))
        self.main.setToolTip(_("First confirm where the data lie: tick the box under Coordinates.") if unsure else "")
        self.keep.setVisible(report is not None)

    def asked(self) -> Any:
        """What is asked of the verb; a guess is tried, and taken only when confirmed."""
        from app.verbs.import_ import Asked

        return Asked(**self.options.asked(), accept_guess=True, fields=dict(self.columns.said))

    def _on_file(self) -> None:
        from app.verbs.import_trial import layer_meant

        path = self.file.path()
        if path == self._seen and self.trial is not None:
            return
        self._seen = path
        self._key = self._before = None
        self.columns.forget()
        self.options.start(None if path is None else layer_meant(path.stem))
        self._timer.start()

    def _try(self) -> None:
        path, project = self.file.path(), self.session.project
        for task in (self._task, self._texts):
            if task is not None:
                task.cancel()
        self.trial = None
        self._enable()
        if path is None or project is None:
            self._say_nothing()
            return
        self.account.say("refresh-cw", _("Reading the file…"))
        asked = self.asked()
        key = (path, _state(path), asked.sublayer, asked.encoding, asked.layer if asked.sublayer is None else "")
        before = self._before
        raw = before.raw if before is not None and self._key == key else None

        def work(watch: Any) -> Any:
            from app.verbs.datum_shifts import shifts_of
            from app.verbs.import_trial import try_import

            return try_import(project, path, asked, raw=raw, before=before, watch=watch), [
                s.name for s in shifts_of(project)
            ]

        def done(answer: Any) -> None:
            self._key, self._before = key, answer[0]
            self._show(*answer, fresh=raw is None)

        title = _("Looking into {name}").format(name=path.name)
        self._task = self.session.tasks.submit(title, work, done, self._refused)

    def _show(self, trial: Any, shifts: list[str], *, fresh: bool) -> None:
        self.trial = trial
        self.problem(None)
        self.options.show_sublayers(trial.sublayers, str(trial.raw.head["sublayer"]))
        self.options.show_shifts(shifts)
        self.options.show_trial(trial)
        self.picture.show_trial(trial)
        self.where.setText("" if trial.lands is None else trial.lands.render(_))
        self.columns.show_columns(trial.columns, trial.asked.layer, recalled=bool(trial.recalled))
        self._count(self.rows.show_report(trial.report), trial.columns)
        if trial.error is not None:
            self.account.show_error(trial.error)
        else:
            self.account.show_report(trial.report)
        self._enable()
        if fresh:
            self._look_at_texts(trial)

    def _look_at_texts(self, trial: Any) -> None:
        own = trial.raw.head["encoding"]
        self.options.show_encodings(own, {})
        path, sublayer = self.file.path(), str(trial.raw.head["sublayer"])
        odd = any(isinstance(v, str) and not v.isascii() for c in trial.columns for v in (c.name, *c.samples))
        if own is None or path is None or not odd:
            return

        def work(watch: Any) -> Any:
            from app.verbs.import_trial import encoding_samples

            return encoding_samples(path, sublayer, watch=watch)

        title = _("Looking into {name}").format(name=path.name)
        show = lambda samples: self.options.show_encodings(own, samples)  # noqa: E731 - names what `listening` checks
        self._texts = self.session.tasks.submit(title, work, show, lambda _e: None, quiet=True)

    def _refused(self, error: Exception) -> None:
        self.trial = None
        if not isinstance(error, AppError):
            self.session.report(error)
        elif error.key == "import.which_sublayer":
            # A reader that can join layers says so in its advice.
            self.options.show_sublayers(_layers_in(error), "", joined="*" in error.advice.text)
        self.account.show_error(error)
        self.picture.show_trial(None)
        self._no_rows()
        self.where.setText("")
        self._enable()

    def _show_shifts(self) -> None:
        from app.gui.dialogs.datum_shifts import DatumShiftsDialog

        dialog = DatumShiftsDialog(self, self.session)
        dialog.finished.connect(lambda _r: self._timer.start())
        dialog.show()

    def _keep(self) -> None:
        if self.trial is None or self.trial.report is None:
            return
        try:
            keep_account(self, self.trial.report)
        except AppError as error:
            self.problem(error)

    def take(self) -> None:
        """Do it, in the background; the account stays at hand."""
        path, trial = self.file.path(), self.trial
        if path is None or trial is None or trial.report is None:
            return
        session, window, asked, raw = self.session, self.parentWidget(), trial.asked, trial.raw
        said = self.columns.mapping() if self.columns.said or trial.recalled else {}

        def work(project: Any, watch: Any) -> Any:
            from app.verbs import import_memory
            from app.verbs.import_ import import_features

            done = import_features(project, path, raw=raw, watch=watch, **asked.__dict__)
            if said:
                import_memory.remember(raw, asked.layer, said)
            return done

        session.run_write(
            _("Importing {name}").format(name=path.name), work, lambda r: tell_done(window, session, asked.layer, r)
        )
        self.accept()

    def reject(self) -> None:
        for task in (self._task, self._texts):
            if task is not None:
                task.cancel()
        super().reject()

    # A file dropped on the dialog

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(u.isLocalFile() for u in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.file.set_path(Path(next(u.toLocalFile() for u in event.mimeData().urls() if u.isLocalFile())))


def _layers_in(error: AppError) -> list[tuple[str, int]]:
    """(name, number of features, -1 if unknown) of a file that has several layers, from its refusal."""
    facts = error.what.facts
    if "sublayers" in facts:
        return [(str(n), int(c)) for n, c in facts["sublayers"]]
    return [(n, -1) for n in str(facts.get("layers", "")).removesuffix(" …").split(", ") if n]


def _state(path: Path) -> tuple[int, int]:
    """Tells a file from what it was a moment ago."""
    try:
        info = path.stat()
    except (OSError, ValueError):
        return (0, 0)
    return (info.st_mtime_ns, info.st_size)
