"""Projects of network and cloud folders: offered as a local copy, which is written back when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.gui import words
from app.gui.dialogs.question import Question
from app.gui.project_bars import Choice
from app.i18n import _
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.care import ProjectCare
    from app.gui.tasks import Task


class LocalCopies(QObject):
    """Knows whether the open project is a local copy, and puts it back in its place once it is closed."""

    def __init__(self, care: ProjectCare) -> None:
        super().__init__(care)
        self.care, self.session = care, care.session
        self._open: Path | None = None  # the local copy that is open
        self._keep = False
        self._then: Callable[[], object] | None = None
        self._task: Task | None = None  # the writing back that is under way
        self._alive = True
        self.session.closed.connect(self._on_closed)
        self.session.tasks.finished.connect(self._on_finished)

    def let_go(self) -> None:
        """Another window looks after the session from now on."""
        self._alive = False

    def look(self, project: Any) -> None:
        """Called when a project was opened: show the bar that fits where it lies."""
        from gis.store import localcopy
        from gis.store.places import place_of

        self._open = None
        origin = localcopy.origin_of(project.path)
        if origin is not None:
            self._open = project.path
            self._bar_of_copy(origin)
            return
        if project.store.read_only:
            return
        waiting = next((n for n in project.notices if n.key == "copy.waiting"), None)
        place = place_of(project.path).notice
        if waiting is not None:
            self._bar_of_waiting(project.path)
        elif place is not None:
            text = words.cap(place.render(_))
            work = Choice(_("Work on a local copy"), lambda: self.take(project.path), "primary")
            stay = Choice(_("Stay here"), lambda: self.care.bars.drop("copy"), "quiet")
            title = _("This project lies on the network") if place.key == "place.network" else _(
                "This project lies in a synchronised folder")  # fmt: skip
            self.care.bars.put("copy", "warning", title, text, [work, stay])

    def _bar_of_copy(self, origin: Path) -> None:
        text = _("It is written back to {origin} when you close it. If somebody changes the project there meanwhile, "
                 "nothing is overwritten: both are kept.").format(origin=origin)  # fmt: skip
        back = Choice(_("Write back now"), self.write_back_now)
        self.care.bars.put("copy", "info", _("You work on a local copy"), text, [back])

    def _bar_of_waiting(self, path: Path) -> None:
        title = _("A local copy of this project holds work that was not written back")
        text = _("Go on with it, or put it in the place of this project now; that is done only if this project is as "
                 "it was when the copy was taken.")  # fmt: skip
        go_on = Choice(_("Go on with the copy"), lambda: self.take(path), "primary")
        back = Choice(_("Write it back"), lambda: self._close_and_write(path, lambda: self.care.open(path)))
        later = Choice(_("Later"), lambda: self.care.bars.drop("copy"), "quiet")
        self.care.bars.put("copy", "warning", title, text, [go_on, back, later])

    def take(self, path: Path) -> None:
        """Close the project and open its local copy, made if there is none."""

        def prepare(watch: Any) -> Path:
            from app.verbs.local_copy import work_on_copy

            return work_on_copy(path, watch).path

        def go() -> None:
            self.session.close()  # the copy is taken of a project that nobody writes
            self.session.open_soon(path, prepare)

        self.care.when_settled(go)

    def write_back_now(self) -> None:
        """Put it back and go on with it."""
        copy = self._open
        if copy is not None:
            self._keep, self._then = True, lambda: self.session.open_soon(copy)
            self.care.when_settled(self.session.close)

    def may_close(self) -> bool:
        """False while a local copy has to be written back first; the window closes when that is done."""
        if self._task is not None:
            self.care.window.toasts.show("info", _("The local copy is being written back; the window closes then."))
            self._then = self.care.window.close
            return False
        if self._open is None:
            return True
        self._then = self.care.window.close
        self.session.close()
        return False

    def _on_closed(self) -> None:
        copy, self._open = self._open, None
        if copy is not None and self._alive:
            # The file is closed after this signal: what is put in its place must not be open.
            QTimer.singleShot(0, self, lambda: self._write_back(copy))

    def _close_and_write(self, path: Path, then: Callable[[], object]) -> None:
        def go() -> None:
            self.session.close()
            self._then = then
            self._write_back(path)

        self.care.when_settled(go)

    def _write_back(self, path: Path) -> None:
        keep, self._keep = self._keep, False
        if not self.session.tasks.is_open:
            return  # the program ends; the copy is kept and offered the next time

        def work(watch: Any) -> tuple[bool, Path]:
            from app.verbs.local_copy import find_copy, write_back

            copy = find_copy(path)
            return write_back(copy, keep=keep, watch=watch), copy.origin

        def done(answer: tuple[bool, Path]) -> None:
            written, origin = answer
            text = _("written back to {origin}") if written else _("nothing to write back to {origin}")
            self.session.say("ok", words.cap(text.format(origin=origin)))
            self._go_on()

        def failed(error: Exception) -> None:
            self._ask(path, error)

        self._task = self.session.tasks.submit(_("Writing the local copy back"), work, done, failed, writes=True)

    def _on_finished(self, task: Task) -> None:
        if task is not self._task:
            return
        self._task = None
        if task.watch.cancelled:
            self._then = None
            self.session.say("info", _("The local copy is kept and was not written back."))

    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    def _ask(self, path: Path, error: Exception) -> None:
        """It could not be written back: both files are as they were."""
        if not isinstance(error, AppError):
            self.session.report(error)
            return
        facts = [error.where, words.cap(error.advice.render(_))]
        choices = [
            Choice(_("Keep it for later"), self._go_on),
            Choice(_("Open the local copy"), lambda: self._reopen(path)),
        ]
        if error.key != "copy.origin_changed":
            choices.append(Choice(_("Try again"), lambda: self._write_back(path), "primary"))
        title = _("The local copy was not written back")
        text = words.cap(error.what.render(_))
        question = Question(self.care.window, title, text, choices, facts=[f for f in facts if f])
        question.rejected.connect(self._forget)
        self.care.ask(question)

    def _forget(self) -> None:
        self._then = None

    def _reopen(self, path: Path) -> None:
        self._then = None
        self.take(path)
