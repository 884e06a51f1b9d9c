"""Single steps of the open project: committed, or kept in memory until the disk takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from models.changes import Change, ChangeSet
from models.errors import AppError, Refused
from models.notices import N_, Notice

if TYPE_CHECKING:
    from app.gui.tasks import TaskRunner
    from app.gui.unsaved import Edit, Unsaved
    from app.project import Project


class Saving:
    """A part of Session."""

    project: Project | None
    tasks: TaskRunner
    unsaved: Unsaved
    select: Callable[[str, Iterable[int]], None]
    _tables: dict[str, Any]
    _turn: int
    _selection: tuple[str, frozenset[int]]
    _store: Callable[[], Any]
    _after: Callable[[ChangeSet], None]
    _announce: Callable[[ChangeSet], None]

    def transact(self, label: Notice, changes: Sequence[Change]) -> ChangeSet:
        """Commit one step. Raises AppError; nothing is changed on the disk then.

        A step that the disk refused stays in `unsaved` and on the screen, and those after it line up behind it.
        """
        self.not_while_writing()
        try:
            self.save_again()
            change: ChangeSet = self._store().transact(label, list(changes))
        except AppError as error:
            if self.unsaved or isinstance(error, OSError):  # Unwritable and Unreadable are such
                self.keep_unsaved(label, changes, error)
            raise
        self._after(change)
        return change

    def keep_unsaved(self, label: Notice, changes: Sequence[Change], error: Exception) -> None:
        """Keep a step that the disk refused, in memory and on the screen."""
        if self.project is None or self.project.store.read_only:
            return
        self.unsaved.hide(self._tables)
        edit = self.unsaved.keep(label, changes, error)
        self.unsaved.show(self._tables)
        if edit is not None:
            self._show_edit(edit)

    def _show_edit(self, edit: Edit) -> None:
        self._turn += 1
        self._announce(ChangeSet(0, edit.label, edit.fids))  # no step of the log: it is not there

    def save_again(self) -> None:
        """Commit what was refused. Raises what refuses it now; what is left stays in `unsaved`."""
        if not self.unsaved:
            return
        store = self._store()
        self.unsaved.hide(self._tables)
        try:
            for edit, change in self.unsaved.flush(store):
                layer, chosen = self._selection
                self._after(change)
                if chosen & set(edit.new):
                    self.select(layer, change.fids.get(layer, ()))
        finally:
            self.unsaved.show(self._tables)

    def undo(self) -> None:
        """Take back the last step; one that is not saved is forgotten."""
        if not self.unsaved:
            self._step("undo")
            return
        self.unsaved.hide(self._tables)
        edit = self.unsaved.drop_last()
        self.unsaved.show(self._tables)
        self._show_edit(edit)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._step("redo")

    def _step(self, way: str) -> None:
        self.not_while_writing()
        self.save_again()
        change = getattr(self._store(), way)()
        if change is not None:
            self._after(change)

    def not_while_writing(self) -> None:
        """Raise Refused while a task writes to the project."""
        if self.tasks.writing:
            raise Refused(
                "session.writing",
                N_("another job is writing to the project"),
                advice=N_("wait until it is done, or cancel it in the status bar"),
            )

    def saved_again(self) -> bool:
        """As `save_again`; False if something is refused still."""
        try:
            self.save_again()
        except AppError:
            return False
        return True


def not_saved() -> Refused:
    """Why nothing else can be written now."""
    return Refused("session.unsaved", N_("edits of the open project are not saved yet"),
                   advice=N_("save them, save a copy, or discard them in the bar above the map"))  # fmt: skip
