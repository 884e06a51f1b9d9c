"""The open project: the only door to its file."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gis.store import (
    checking,
    creating,
    files,
    history,
    lock,
    log,
    opening,
    restoring,
    row_restoring,
    soundness,
)
from gis.store.collecting import no_collecting
from gis.store.connection import Connections
from gis.store.copying import copy_database, quick_check
from gis.store.faults import DAMAGED_ADVICE
from gis.store.foreign import Foreign, foreign
from gis.store.geometries import Shape, shapes_of
from gis.store.mending import Mended, mend_rows
from gis.store.outside import Difference, differences
from gis.store.preparing import prepared, runs
from gis.store.project_reads import ProjectReads
from gis.store.steps import Step
from gis.store.tables import LOG_BLOBS
from models.changes import Change, ChangeSet, Insert
from models.errors import Unreadable, Unwritable
from models.notices import N_, Notice, Translate, _same
from models.problems import Problem
from models.progress import Watch

_NOT_SAVED = Notice("store.pending", N_("edits that could not be saved in the project itself"))


def _nothing(*_: object) -> None:
    """Nobody wants to know."""


class Store(ProjectReads):
    """One open project. Reads may come from any thread; writes are let in one at a time.

    A read sees what was committed when it began. Nothing is written but by `transact`, `undo`, `redo`, `adopt` and
    `mend`, each of which is one SQLite transaction: it is on the disk when the method returns, or did not happen.
    """

    def __init__(
        self, path: Path, connections: Connections, *, read_only: bool, notices: Sequence[Notice] = ()
    ) -> None:
        self.path = path
        self.home = path
        self.read_only = read_only
        self.notices = tuple(notices)
        """What is to be said of the file as it was opened: made by an older or newer program."""
        self.before_write: Callable[[Notice, Sequence[Change]], None] = _nothing
        """Called before each step with its label and changes ((): undo, redo); what it raises stops the step."""
        self.after_write: Callable[[ChangeSet], None] = _nothing
        """Called after each committed step."""
        self._lock: lock.Lock | None = None
        self._connections = connections
        self._stacks = history.Stacks()
        self._stacks_lock = threading.Lock()
        self.crs = str(self.project()["crs"])
        self.srs_id = int(self.crs.rpartition(":")[2])
        with connections.reading() as con:
            look = soundness.look(con, path)
        self.changed_outside = look.changed_outside
        """Another program wrote to the file since our last step, or may have: see `outside` and `adopt`."""
        self.remarks = look.remarks
        """What is wrong with the file and can be repaired, as seen when it was opened."""

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        crs: str,
        name: str,
        settings: dict[str, Any] | None = None,
        program_version: str = "",
        translate: Translate = _same,
        program: str = "",
    ) -> Store:
        """A new, empty project, open for writing.

        `translate` gives the words that other programs show (column titles, value lists, styles). Raises Refused (the
        file exists, the CRS is unknown or not fit for measuring), Missing (no such folder), Unwritable; nothing is left
        behind then.
        """
        path = Path(path).absolute()
        creating.create_file(
            path, crs=crs, name=name, settings=settings or {}, program_version=program_version, translate=translate
        )
        return cls.open(path, program=program)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        program: str = "",
        take_over: bool = False,
        before_migration: Callable[[Path], None] | None = None,
    ) -> Store:
        """An existing project. Opening read-only changes no byte, whatever version made the file.

        For writing, `program` holds the project's lock until it is closed ("" holds none: a file that nobody else
        knows of); `take_over` takes it from whoever has it. An older file is brought up to date: on a copy, verified,
        swapped; `before_migration(path)` may take a snapshot first. Raises Missing; Unreadable (damaged, cut off, not
        ours); Refused "project.newer" (for writing); Unwritable (in use, locked by somebody, read-only file or folder).
        """
        path = Path(path).absolute()
        held: list[lock.Lock] = []
        notices: list[Notice] = []

        def hold() -> None:
            mine, notice = lock.acquire(path, program, take_over=take_over)
            held.append(mine)
            notices.extend([notice] if notice else [])

        connections = None
        try:
            opened = opening.open_file(
                path, read_only=read_only, hold=hold if program else None, before_migration=before_migration
            )
            connections = Connections(opened.path, opened.writer, opened.mode, opened.at_end)
            store = cls(path, connections, read_only=read_only, notices=(*notices, *opened.notices))
            store._lock = held[0] if held else None
        except BaseException:
            if connections is not None:
                connections.close()
            for mine in held:
                mine.release()
            raise
        return store

    def close(self) -> None:
        """Close the file. Nothing is pending."""
        self._connections.close()
        held, self._lock = self._lock, None
        if held is not None:
            held.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    def transact(self, label: Notice, changes: Sequence[Change], watch: Watch | None = None) -> ChangeSet:
        """Commit these changes as one step, or none of them. `watch` hears of large ones and may stop them.

        Raises Refused or Missing (a value, an outline, a row), Unwritable (disk full, in use, read-only), Cancelled;
        nothing changed then. Changes that change nothing make no step.
        """
        with no_collecting():
            return self._transact(label, changes, watch or Watch())

    def _transact(self, label: Notice, changes: Sequence[Change], watch: Watch) -> ChangeSet:
        self._check_writable(label, changes)
        parts = runs(changes)
        rows = prepared(changes, parts)
        watch.report(0.1)
        shapes: dict[int, Shape] = shapes_of(changes, self.srs_id)
        watch.report(0.3)
        with self._stepping(label, Counter(c.table for c in changes if isinstance(c, Insert))) as step:
            step.watch = watch.part(0.3, 1.0)
            step.apply_all(changes, parts, rows, shapes)
        return self._change_set(step)

    @contextmanager
    def open_step(self, label: Notice, expected: Mapping[str, int] | None = None) -> Iterator[Step]:
        """The transaction of one step. For the modules of gis.store only, which bring rows in as they lie in a file."""
        self._check_writable(label)
        with self._stepping(label, expected or {}) as step:
            yield step

    @contextmanager
    def _stepping(self, label: Notice, expected: Mapping[str, int]) -> Iterator[Step]:
        """A step that is committed and told at the end of the block."""
        with self._connections.writing() as con:
            step = Step(con, label, expected=expected)
            yield step
            step.finish()
        self._tell(step)

    def restore_row(
        self, label: Notice, found: log.Found, number: int, *, fields: Sequence[str] | None, outline: bool
    ) -> ChangeSet:
        """One row as it was after step `number`, as a new step. Raises as row_restoring.restore_row."""
        with self.open_step(label) as step:
            row_restoring.restore_row(step, found, number, fields, outline=outline)
        return self._change_set(step)

    def _check_writable(self, label: Notice, changes: Sequence[Change] = ()) -> None:
        if self.read_only:
            raise Unwritable("project.read_only", N_("the project is open read-only"), where=str(self.path),
                             advice=N_("open it again for editing, or work on a copy"))  # fmt: skip
        if self._lock is not None:
            self._lock.confirm()
        self.before_write(label, changes)

    @staticmethod
    def _change_set(step: Step) -> ChangeSet:
        number = step.number if step.fids else step.number - 1
        return ChangeSet(number, step.label, {t: tuple(dict.fromkeys(f)) for t, f in step.fids.items()})

    def _tell(self, step: Step) -> None:
        if step.fids:
            self.after_write(self._change_set(step))

    def undo(self) -> ChangeSet | None:
        """Take the last step back; None if there is none. Works across restarts."""
        return self._turn(back=True)

    def redo(self) -> ChangeSet | None:
        """Bring the last undone step back; None if there is none."""
        return self._turn(back=False)

    def _turn(self, *, back: bool) -> ChangeSet | None:
        self._check_writable(Notice("store.undo" if back else "store.redo", ""))
        with self._connections.writing() as con:
            target = self._next_target(con, back=back)
            if target is None:
                return None
            step = history.turn(con, target, back=back)
            step.finish()
        self._tell(step)
        return self._change_set(step)

    def outside(self, watch: Watch | None = None) -> list[Difference]:
        """The rows that other programs added, changed or removed since our last step. Reads the whole log."""
        with self._connections.reading() as con:
            return differences(con, watch)

    def foreign(self) -> Foreign:
        """What in the file is not ours, and is kept."""
        with self._connections.reading() as con:
            return foreign(con)

    def adopt(self, label: Notice, watch: Watch | None = None) -> tuple[ChangeSet, list[Difference]] | None:
        """Close the gap in the log that other programs left: log what they did as one step, which can be undone.

        New rows get uid, code and times. None if there was nothing. The rows themselves stay as they are. Raises
        Cancelled; nothing is logged then.
        """
        self._check_writable(label)
        with self._stepping(label, {}) as step:
            found = differences(step.con, watch)
            for difference in found:
                step.adopt(difference)
        self.changed_outside = False
        return (self._change_set(step), found) if found else None

    def mend(self, label: Notice) -> tuple[ChangeSet, list[Mended]]:
        """Mend what rows lack and how geometries are wrapped, as one step that can be undone; see gis.store.mending."""
        self._check_writable(label)
        with self._stepping(label, {}) as step:
            done = mend_rows(step, self.srs_id)
        return self._change_set(step), done

    def undo_label(self) -> Notice | None:
        """What `undo` would take back."""
        return self._label(back=True)

    def redo_label(self) -> Notice | None:
        """What `redo` would bring back."""
        return self._label(back=False)

    def weight_to_turn(self, *, back: bool) -> tuple[int, int]:
        """(rows, bytes of outlines) that `undo` (`back`) or `redo` would touch; (0, 0) if there is nothing to turn."""
        sizes = " + ".join(f"coalesce(length({name}), 0)" for name in LOG_BLOBS)
        sql = f"SELECT count(*), coalesce(sum({sizes}), 0) FROM change_log WHERE step = ?"
        with self._connections.reading() as con:
            rows, size = con.execute(sql, (self._next_target(con, back=back),)).fetchone()
            return int(rows), int(size)

    def _label(self, *, back: bool) -> Notice | None:
        with self._connections.reading() as con:
            target = self._next_target(con, back=back)
            return None if target is None else history.label_of(con, target)

    def _next_target(self, con: sqlite3.Connection, *, back: bool) -> int | None:
        with self._stacks_lock:  # shared by the threads; only committed steps are ever read into it
            self._stacks = history.stacks(con, self._stacks)
            steps = self._stacks.done if back else self._stacks.undone
            return steps[-1] if steps else None

    def restore(self, snapshot: Path, label: Notice) -> ChangeSet:
        """Bring every row back to what it is in `snapshot`, a project file, as one step that can be undone.

        The log goes on; the snapshot's own log is a part of it already. Raises Refused (another project or CRS),
        Unreadable, Unwritable; nothing changed then.
        """
        self._check_writable(label)
        with Store.open(snapshot, read_only=True) as old, old._connections.reading() as source:  # noqa: SLF001
            restoring.check_kin(self.project(), old.project(), snapshot)
            with self._connections.writing() as con:
                step = restoring.restore(con, source, label)
                step.finish()
        self._tell(step)
        return self._change_set(step)

    # Looking after the file

    def save_copy(self, path: Path, *, pending: Sequence[Change] = (), label: Notice | None = None) -> Path:
        """A sound copy of the project at `path`, a free name, with the `pending` changes that could not be committed.

        Works where the file itself can no longer be written: disk full, read-only, moved or unlinked. Raises Refused
        (the name is taken; a pending change does not fit), Missing, Unwritable; nothing is left at `path` then.
        """
        path = Path(path).absolute()
        creating.check_place(path)
        with files.draft_of(path) as draft:
            with self._connections.copying() as con:
                copy_database(con, self.path, draft, whole=True)
            if pending:
                with Store.open(draft) as copy:
                    copy.transact(label or _NOT_SAVED, pending)
            if (said := quick_check(draft)) != "ok":
                raise Unreadable("project.damaged", N_("the project file is damaged"), where=f"{self.path}: {said}",
                                 advice=DAMAGED_ADVICE)  # fmt: skip
            creating.put_in_place(draft, path)
        return path

    def check(self, watch: Watch | None = None) -> list[Problem]:
        """Everything that is wrong with the file and with what it says; [] if nothing is. Raises Cancelled."""
        with self._connections.reading() as con:
            return checking.check(con, watch)
