"""What the window does so that nothing is lost: bars, messages of the project, questions before it closes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.gui import words
from app.gui.dialogs.question import Question
from app.gui.local_copies import LocalCopies
from app.gui.project_bars import BarStack, Choice
from app.gui.read_only import REASONS, TAKE_OVER, reason_of
from app.i18n import _
from models.errors import AppError
from models.notices import Notice
from models.problems import DAMAGED_FILE

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow

_IN_BARS = {*REASONS, "copy.waiting", "place.network", "place.synced"}
_QUIET = {"project.lock_taken", "snapshot.looked_at"}
_TO_CHECK = {"geometry.damaged", "rtree.out_of_step", "project.changed_outside"}
_NAMED = 3


@dataclass(frozen=True)
class Message:
    """One line of the list of messages."""

    at: datetime
    level: str
    text: str


class ProjectCare(QObject):
    """One for each window; `let_go` when another window takes its place."""

    listed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window, self.session = window, window.session
        self.bars = BarStack(["unsaved", "read_only", "copy", "change"])
        self.messages: list[Message] = []
        self.copies = LocalCopies(self)
        self._copy_path: Path | None = None
        self._opening: Path | None = None
        self._offered: Exception | None = None
        self._alive = True
        session = self.session
        session.told.connect(self._on_told)
        session.notice.connect(self._on_said)
        session.failed.connect(self._on_failed)
        session.opening.connect(self._on_opening)
        session.opened.connect(self._on_opened)
        session.closed.connect(self._on_closed)
        session.unsaved.changed.connect(self._on_unsaved)
        if session.project is not None:
            self._on_opened()
        self._on_unsaved()

    def let_go(self) -> None:
        """The window goes and the session stays: nothing is asked any more."""
        self._alive = False
        self.copies.let_go()

    # Messages

    def _on_told(self, notice: Notice) -> None:
        text = words.cap(notice.render(_))
        level = "info" if notice.key in _QUIET else "warning"
        self._list(level, text)
        if notice.key not in _IN_BARS:
            check = (_("Check"), lambda: self.window.trigger("check")) if notice.key in _TO_CHECK else None
            self.window.toasts.show(level, text, act=check)

    def _on_said(self, level: str, sentence: str) -> None:
        self._list(level, sentence)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, AppError):
            self._list("error", words.cap(error.sentence(_)))
            if error.key in DAMAGED_FILE and self._opening is not None:
                self._offered = error
                self.window.commands.offer_rescue(self._opening, error)

    def _on_opening(self, path: Path) -> None:
        self._opening = path

    def _list(self, level: str, text: str) -> None:
        self.messages.append(Message(datetime.now().astimezone(), level, text))
        self.listed.emit()

    def in_bar(self, error: Exception) -> bool:
        """True for an error that a bar or a question tells already."""
        return error is self._offered or (bool(self.session.unsaved) and error is self.session.unsaved.error)

    # Read-only

    def _on_opened(self) -> None:
        self.bars.drop("read_only", "copy")
        self._opening = None
        project = self.session.project
        reason = reason_of(project)
        if reason is not None:
            self._show_read_only(reason)
        self.copies.look(project)

    def _on_closed(self) -> None:
        self.bars.drop("read_only", "copy")

    def _show_read_only(self, reason: Notice, *, short: bool = False) -> None:
        if self.window.workspace is not None:
            self.window.workspace.canvas.set_tool("select")
        title, again = REASONS[reason.key]
        path = self.session.project.path
        choices = []
        if again:
            choices.append(Choice(_("Try again"), lambda: self.open(path)))
        if reason.key == "project.locked" and not short:
            choices.append(Choice(_("Take over…"), lambda: self._ask_take_over(path, reason)))
        if reason.key == "snapshot.looked_at":
            home = Path(self.session.project.store.home)
            choices.append(Choice(_("Back to the project"), lambda: self.open(home), "primary"))
        elif not short:
            choices.append(Choice(_("Go on reading"), lambda: self._show_read_only(reason, short=True), "quiet"))
        text = words.cap(reason.render(_)) + _(" (editing is switched off)")
        self.bars.put("read_only", "warning", _(title), "" if short else text, choices).setToolTip(text)

    def _ask_take_over(self, path: Path, reason: Notice) -> None:
        from gis.store.lock import holder_of, state_of

        holder = holder_of(path)
        state = state_of(holder, path) if holder is not None else "gone"
        take = Choice(_("Take it over"), lambda: self._take_over(path), "primary")
        facts = [words.cap(reason.render(_))]
        self.ask(Question(self.window, _("Take the project over?"), _(TAKE_OVER[state]), [take], facts=facts))

    def _take_over(self, path: Path) -> None:
        from app.project import Project

        self.session.open_soon(path, opener=lambda p: Project.open(p, take_over=True, or_read_only=True))

    def ask(self, question: Question) -> Question:
        """Show a question; it is kept until it is answered."""
        asked: Question = self.window.commands.open_dialog(question)
        return asked

    # What is not saved

    def _on_unsaved(self) -> None:
        unsaved = self.session.unsaved
        if not unsaved:
            self.bars.drop("unsaved")
            unsaved.copied, self._copy_path = [], None
            self.window.refresh_actions()
            return
        error = unsaved.error
        why = [words.cap(t.render(_)) for t in (error.what, error.advice)] if isinstance(error, AppError) else []
        parts = [" · ".join(t for t in why if t)]
        names = [words.cap(e.label.render(_)) for e in unsaved.edits[-_NAMED:]]
        more = len(unsaved.edits) - len(names)
        parts.append("; ".join(names) + (_(" and {n} more").format(n=more) if more else ""))
        if not unsaved.at_risk:
            parts.append(_("They are in the copy {path}, and not in this project.").format(path=self._copy_path))
        title = _("NOT saved: {n} edits are only in memory").format(n=len(unsaved.edits))
        choices = [
            Choice(_("Try again"), self.try_again, "primary"),
            Choice(_("Save a copy…"), self.save_copy),
            Choice(_("Discard…"), self._ask_discard, "quiet"),
        ]
        self.bars.put("unsaved", "danger", title, "\n".join(p for p in parts if p), choices)
        self.window.refresh_actions()

    def try_again(self) -> bool:
        """Commit what was refused; False if it is refused still, which the bar tells."""
        n = len(self.session.unsaved.edits)
        try:
            self.session.save_again()
        except Exception as error:
            if not self.in_bar(error):
                self.session.report(error)
            else:
                self.window.toasts.show("warning", _("Still not saved."))
            return False
        self.window.toasts.show("ok", _("{n} edits are saved in the project now.").format(n=n))
        return True

    def save_copy(self, then: Callable[[], object] | None = None) -> None:
        """The project with what is not saved, as a new file."""
        project = self.session.project
        if project is None:
            return
        start = str(Path.home() / _("{name} copy.gpkg").format(name=project.path.stem))
        name, _kind = QFileDialog.getSaveFileName(
            self.window, _("Save a copy"), start, _("Projects") + " (*.gpkg)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            self.save_copy_at(Path(name).with_suffix(".gpkg"), then)

    def save_copy_at(self, path: Path, then: Callable[[], object] | None = None) -> None:
        """As `save_copy`, to this free name."""
        project, edits = self.session.project, list(self.session.unsaved.edits)
        pending = self.session.unsaved.changes

        def work(_watch: Any) -> Path:
            from app.verbs.save_copy import save_copy

            return save_copy(project, path, pending=pending)

        def done(made: Path) -> None:
            if edits:
                self.session.unsaved.copied, self._copy_path = edits, made
                self._on_unsaved()
            text = _("The copy {name} holds everything.").format(name=made.name)
            self.window.toasts.show("ok", text, act=(_("Open the copy"), lambda: self._open_copy(made)))
            if then is not None:
                then()

        self.session.tasks.submit(_("Saving a copy"), work, done, self.session.report, writes=True)

    def _open_copy(self, path: Path) -> None:
        self.open(path)

    def _ask_discard(self) -> None:
        unsaved = self.session.unsaved
        facts = [words.cap(e.label.render(_)) for e in unsaved.edits[-10:]]
        text = _("These edits are on the screen only. They are lost if you discard them.")
        discard = Choice(_("Discard"), self._discard)
        self.ask(Question(self.window, _("Discard what is not saved?"), text, [discard], facts=facts))

    def _discard(self) -> None:
        while self.session.unsaved:
            self.session.undo()

    # Opening another project and closing

    def open(self, path: Path) -> None:
        """Open a project once nothing unsaved stands in the way."""
        self.when_settled(lambda: self.session.open_soon(path))

    def when_settled(self, then: Callable[[], object]) -> None:
        """Do it now if every edit is saved, here or in a copy; else ask what to do with those that are not."""
        if not self.session.unsaved.at_risk:
            then()
            return
        title = _("{n} edits are not saved").format(n=len(self.session.unsaved.edits))
        error = self.session.unsaved.error
        text = words.cap(error.sentence(_)) if isinstance(error, AppError) else ""
        self.ask(
            Question(self.window, title, text, [
                Choice(_("Discard them"), lambda: (self._discard(), then()), "quiet"),
                Choice(_("Save a copy…"), lambda: self.save_copy(lambda: self.when_settled(then))),
                Choice(_("Try again"), lambda: self.try_again() and then(), "primary"),
            ])
        )  # fmt: skip

    def may_close(self) -> bool:
        """True if the window may close now; else what stands in the way is asked or done, and it closes afterwards."""
        if not self._alive:
            return True
        if self.session.unsaved.at_risk:
            self.when_settled(self.window.close)
            return False
        return self.copies.may_close()
