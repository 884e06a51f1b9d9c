"""The open project as the window sees it: cached layers, selection, one way to change things, words for errors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.gui.foreground import foreground
from app.gui.read_ahead import read_ahead, remember_recent
from app.gui.session_saving import Saving, not_saved
from app.gui.session_selecting import NOTHING, Selecting
from app.gui.tasks import Task, TaskRunner, listening
from app.gui.unsaved import Unsaved, last_step_of
from app.i18n import _
from layers.registry import LAYERS
from models.changes import Change, ChangeSet
from models.errors import AppError, Cancelled, Refused
from models.notices import N_, Notice
from models.progress import Watch

if TYPE_CHECKING:
    import geopandas as gpd

    from app.project import Project
    from gis.store import Store
    from gis.store.layer_table import LayerTable
    from models.site import Site
    from models.terrain import Terrain

T = TypeVar("T")
_log = logging.getLogger("huitian.gui")
_PATCH_MOST = 200  # above this many rows a layer is read whole, in the background


class Session(Selecting, Saving, QObject):
    """What panels and canvas share. All signals come on the window's thread."""

    opened = Signal()
    closing = Signal()  # the project is there still
    closed = Signal()
    changed = Signal(object)
    selection_changed = Signal(str, object)
    site_changed = Signal(str)
    terrain_changed = Signal()
    notice = Signal(str, str)
    failed = Signal(object)  # AppError, or another exception that nobody expected
    opening = Signal(object)  # path
    told = Signal(object)  # a Notice of the project, from any thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.tasks = TaskRunner(self)
        self.unsaved = Unsaved(self)
        self.hear = self.told.emit  # one object, so that it is known again
        self._tables: dict[str, Any] = {}
        self._selection = NOTHING
        self._site = ""
        self.another_follows = False
        """True while a project is closed because the next one is there: what it fills need not be emptied first."""
        self._turn = 0  # counts changes, so that a slow reader does not put an old layer into the cache

    # Opening and closing

    def open(self, path: Path) -> None:
        """Open a project now. Raises AppError and leaves what was open as it is."""
        project = self._opened(Path(path))
        self._adopt(project, {})
        remember_recent(project)

    def _opened(self, path: Path, opener: Callable[[Path], Project] | None = None) -> Project:
        from app.project import Project

        Project.on_notice = self.hear
        return opener(path) if opener else Project.open(path, or_read_only=True)

    def open_soon(
        self,
        path: Path,
        prepare: Callable[[Watch], Path] | None = None,
        opener: Callable[[Path], Project] | None = None,
    ) -> Task:
        """Open in the background with all its layers read, so that the window shows at once; `prepare` may make it.

        What can only be read is opened so, unless `opener` opens it in a way of its own.
        """
        path = Path(path)

        def work(watch: Watch) -> tuple[Project, dict[str, Any]]:
            project = self._opened(prepare(watch) if prepare else path, opener)
            try:
                frames = read_ahead(project, watch)
            except BaseException:
                project.close()
                raise
            return project, frames

        self.opening.emit(path)
        title = _("Opening {name}").format(name=path.stem)
        return self.tasks.submit(title, work, lambda r: self.attempt(lambda: self._adopt(*r)), self.report)

    def _adopt(self, project: Project, frames: dict[str, Any]) -> None:
        if self.unsaved.at_risk:
            project.close()
            raise not_saved()
        self.another_follows = True
        try:
            self.close()
        finally:
            self.another_follows = False
        self.project = project
        self._turn += 1
        self._tables = frames
        self.opened.emit()
        foreground.until_painted()

    def close(self) -> None:
        """Close the project; each finished edit is on disk, and what was refused (`unsaved`) is forgotten."""
        if self.project is None:
            self.unsaved.clear()
            return
        self.closing.emit()
        self.unsaved.clear()
        for task in self.tasks.running(quiet=True):
            task.cancel()
        self.select("", ())
        project, self.project = self.project, None
        self._tables.clear()
        self.closed.emit()
        project.close()

    @property
    def writable(self) -> bool:
        """False if the project is open read-only, or none is."""
        return self.project is not None and not self.project.store.read_only

    def shutdown(self) -> None:
        """Close, and leave no thread."""
        _be_silent(self)
        self.tasks.cancel_all()
        self.close()
        self.tasks.shutdown()

    # Reading

    def table(self, layer: str) -> LayerTable:
        """A layer's features as plain columns. Cached, kept in step with every change."""
        held = self._tables.get(layer)
        if held is None:
            turn = self._turn
            read = {layer: self._store().table(layer)}
            if turn == self._turn:  # the canvas reads in a thread of its own; a change may have come in between
                self.unsaved.show(read)
                self._tables[layer] = read[layer]
            held = read[layer]
        return held

    def frame(self, layer: str) -> gpd.GeoDataFrame:
        """A layer's features as a GeoDataFrame, index = row number, for those who compute with it."""
        return self._store().read(layer)

    def terrains(self) -> list[Terrain]:
        """The project's terrains, [] if nothing is open."""
        return self.project.store.terrains() if self.project else []

    def site(self, code: str) -> Site:
        """The site of this code. Raises Missing."""
        return self._store().site(code)

    def _store(self) -> Any:
        if self.project is None:
            raise Refused("session.closed", N_("no project is open"), advice=N_("open or make one first"))
        return self.project.store

    # Changing; single steps are in session_saving.py

    def run_write(
        self,
        title: str,
        fn: Callable[[Project, Watch], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> Task:
        """A verb that writes, in the background. Views are told of all that it changed before `done` is called.

        They are also told of the steps that were made before it failed or was stopped.
        """
        project = self.project
        before = project.store.revision if project else 0
        waiting = bool(self.unsaved) and not self.tasks.writing and not self.saved_again()
        refused: list[tuple[Notice, list[Change]]] = []

        def work(watch: Watch) -> tuple[partial[None] | None, ChangeSet | None, dict[str, Any]]:
            self._store()
            assert project is not None  # noqa: S101 - _store raises otherwise
            if waiting:
                raise not_saved()
            with last_step_of(project.store) as asked:
                try:
                    result = fn(project, watch)
                    answer = partial(done, result) if done else None
                except Exception as error:
                    if isinstance(error, OSError):
                        refused.extend(asked)
                    if project.store.revision == before:
                        raise
                    answer = partial(fail, error) if not isinstance(error, Cancelled) else None
            change = _changes_since(project, before)
            frames = {t: project.store.table(t) for t in (change.tables if change else ()) if t in LAYERS}
            return answer, change, frames

        def deliver(result: tuple[partial[None] | None, ChangeSet | None, dict[str, Any]]) -> None:
            answer, change, frames = result
            if change is not None and self.project is project:
                self._take(frames)
                self._announce(change)
            if answer is not None and self.project is project and listening(answer.func):
                answer()

        def fail(error: Exception) -> None:
            if refused and self.project is project:
                self.keep_unsaved(*refused[0], error)
            told = failed or self.report
            if listening(told):
                told(error)

        return self.tasks.submit(title, work, deliver, fail, writes=True)

    def _after(self, change: ChangeSet) -> None:
        self._turn += 1
        whole = [t for t, fids in change.fids.items() if t in self._tables and len(fids) > _PATCH_MOST]
        for table, fids in change.fids.items():
            if table in self._tables and table not in whole:
                self._tables[table] = _patched(self._tables[table], self._store(), table, fids)
        if not whole:
            self._announce(change)
            return
        store = self._store()

        def arrived(frames: dict[str, Any]) -> None:
            self._take(frames)
            self._announce(change)

        self.tasks.submit(_("Reading layers"), lambda _w: {t: store.table(t) for t in whole}, arrived, self.report)

    def _take(self, frames: dict[str, Any]) -> None:
        """Layers that were read again, with what is not saved over them."""
        self._turn += 1
        self.unsaved.hide(self._tables)
        self._tables.update(frames)
        self.unsaved.show(self._tables)

    def _announce(self, change: ChangeSet) -> None:
        layer, fids = self._selection
        if layer in change.tables:
            self.select(layer, [f for f in fids if f in self.table(layer)])
        self.changed.emit(change)
        if "terrains" in change.tables:
            self.terrain_changed.emit()
        self._tell_site()

    # Telling

    def say(self, level: str, sentence: str) -> None:
        """A quiet notice: level info, ok, warning or error."""
        self.notice.emit(level, sentence)

    def report(self, error: Exception) -> None:
        """An error, to be shown in words. What nobody expected goes to the log with its traceback."""
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, AppError):
            _log.error("unexpected", exc_info=error)
        self.failed.emit(error)

    def attempt(self, act: Callable[[], T]) -> T | None:
        """Do something now and report what goes wrong; None then."""
        try:
            return act()
        except Exception as error:
            self.report(error)
            return None


def _be_silent(session: Session) -> None:
    """No notice reaches a session that ends."""
    import sys

    module = sys.modules.get("app.project")  # never loaded if no project was opened
    if module is not None and module.Project.on_notice is session.hear:
        module.Project.on_notice = None


def _changes_since(project: Project, before: int) -> ChangeSet | None:
    """All that was logged after revision `before`, as one change; None for nothing."""
    store = project.store
    if store.revision == before:
        return None
    fids: dict[str, set[int]] = {}
    with store.reader() as con:
        for table, fid in con.execute("SELECT DISTINCT table_name, row_fid FROM change_log WHERE step > ?", (before,)):
            fids.setdefault(str(table), set()).add(int(fid))
    label = store.undo_label() or Notice("session.changed", "")
    return ChangeSet(store.revision, label, {t: tuple(sorted(f)) for t, f in fids.items()})


def _patched(held: LayerTable, store: Store, table: str, fids: Sequence[int]) -> LayerTable:
    """`held` with these rows as they are in the store now."""
    codes = []
    for fid in fids:
        try:
            codes.append(str(store.row(table, fid)["code"]))
        except AppError:
            continue  # deleted
    return held.patched(fids, store.table(table, codes=codes))
