"""Copies of a database by SQLite's backup API: sound whatever others do, in steps that keep nobody waiting."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from gis.store import mark
from gis.store.connection import connect
from gis.store.faults import meaning
from models.errors import Unwritable
from models.notices import N_
from models.progress import Watch

STEP_PAGES = 256
"""Pages a step, 1 MB: the shared lock is given back after each, so that a commit waits some milliseconds at most."""
_STUCK_SECONDS = 15.0
_MOST_RESTARTS = 4
_WHOLE_BYTES = 256_000_000
"""Up to this size a copy that finds no peace is made in one step: a commit then waits for less than BUSY_SECONDS."""
_PAUSE_SECONDS = 0.05
_COUNTERS_AT = (24, 92)  # the file change counter, and the counter for which the file's length is valid
_OF_SOURCE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def copy_database(
    source: sqlite3.Connection, origin: Path, target: Path, *, whole: bool = False, watch: Watch | None = None
) -> None:
    """Copy everything that is committed in `source` (the file `origin`) into the new file `target`.

    A commit by another connection makes the copy begin again; after some of these it is made in one step. Raises
    Unwritable (disk full, the source is held by another program, or it is large and changes faster than it can be
    copied), Unreadable (the source is damaged), Cancelled; what lies at `target` is then the caller's to remove.
    `whole` copies in one step, under one lock.

    The copy goes on counting commits where the project stands, so that its mark (gis.store.mark) says of the copy what
    it says of the project.
    """
    before = _counter(source)
    try:
        _copy(source, origin, target, whole=whole, watch=watch or Watch())
    except Unwritable as error:
        if error.key != "copy.no_peace" or whole or origin.stat().st_size > _WHOLE_BYTES:
            raise
        target.unlink(missing_ok=True)
        _copy(source, origin, target, whole=True, watch=watch or Watch())
    _count_on(target, before if before == _counter(source) else None)


def _counter(con: sqlite3.Connection) -> int | None:
    """The file change counter; None where it does not tell of each commit (WAL) or cannot be read."""
    raw = getattr(con, "raw", None)
    if raw is None or con.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return None
    found: int | None = raw.counter()
    return found


def _count_on(target: Path, counter: int | None) -> None:
    """Give a copy its project's counter: SQLite begins at 1, and would come to the marked number at some later commit.

    Where it is not known (None), one that lies beyond the mark: the next open then compares the copy with its log.
    """
    with closing(sqlite3.connect(target)) as con:
        marked = mark.read(con)
    if marked is None:
        return
    if counter is None:
        counter = ((marked.counter or 0) + 1) % 2**32
    with target.open("r+b") as file:
        for at in _COUNTERS_AT:
            file.seek(at)
            file.write(counter.to_bytes(4, "big"))


def _copy(source: sqlite3.Connection, origin: Path, target: Path, *, whole: bool, watch: Watch) -> None:
    try:
        with closing(sqlite3.connect(target, isolation_level=None)) as made:
            made.execute("PRAGMA journal_mode=OFF")  # of a file that counts only once it is whole
            made.execute("PRAGMA synchronous=OFF")
            progress = _patience(origin, watch)
            source.backup(made, pages=-1 if whole else STEP_PAGES, progress=progress, sleep=_PAUSE_SECONDS)
    except sqlite3.Error as cause:
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        raise meaning(cause, origin if code in _OF_SOURCE else target, writing=code not in _OF_SOURCE) from cause


def no_peace(origin: Path) -> Unwritable:
    """The error for a project that others write faster than it can be copied."""
    return Unwritable("copy.no_peace", N_("the project is being written all the time and could not be copied"),
                      where=str(origin), advice=N_("try again in a moment"))  # fmt: skip


def _patience(origin: Path, watch: Watch) -> Callable[[int, int, int], None]:
    """Reports each step; gives up a copy that stands still or begins again and again."""
    moved, last, restarts = time.monotonic(), -1, 0

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal moved, last, restarts
        if status in {sqlite3.SQLITE_OK, sqlite3.SQLITE_DONE}:
            moved = time.monotonic()
            restarts += 0 <= last < remaining
            last = remaining
        if time.monotonic() - moved > _STUCK_SECONDS or restarts > _MOST_RESTARTS:
            raise no_peace(origin)
        watch.report(1.0 - remaining / total if total else 1.0)

    return step


def quick_check(path: Path) -> str:
    """What SQLite's quick check says of a file, "ok" if it is sound."""
    try:
        with closing(connect(path, "ro")) as con:
            return str(con.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as cause:
        return str(cause)
