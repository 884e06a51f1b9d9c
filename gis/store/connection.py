"""Connections to a project file: how they are opened, who may use them, how they end.

One SQLite library only touches an open project: Python's (DESIGN.md D2). There is one writing connection, used under a
lock, and one read-only connection for each thread that reads; so a worker of the window's pool can read while the owner
edits.
Rollback journal and synchronous FULL: a commit that returned is on the disk, and nothing lies beside the file at rest.
"""

from __future__ import annotations

import sqlite3
import threading
import urllib.parse
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from gis.store import blob, raw
from gis.store.faults import sqlite_faults
from models.errors import Unreadable, Unwritable
from models.notices import N_

BUSY_SECONDS = 2.0
"""How long another process may hold the file before we say "in use"."""
_READ_BUSY_SECONDS = 15.0  # a reading thread waits for our own commit of a large import
_CACHE_KIB = 200_000  # a large import stays in memory until its commit, so that readers are not shut out


class Connection(sqlite3.Connection):
    """A sqlite3 connection that can be watched by a weak reference, and that says when it is being used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_use = threading.RLock()
        self.raw: raw.RawFile | None = None
        """The file's bytes beside SQLite; kept until the connection ends, so that its locks are not lost."""

    def keep(self, file: raw.RawFile) -> None:
        """Hold the file's shared descriptor as long as this connection lives."""
        self.raw = file
        self._end = weakref.finalize(self, raw.release, file)

    def close(self) -> None:
        """Close the connection, then give the descriptor back."""
        super().close()
        if self.raw is not None:
            self._end()


def file_uri(path: Path, mode: str) -> str:
    """The SQLite URI of a file, for any name: Chinese, spaces, %, ?, #, network shares."""
    text = urllib.parse.quote(path.resolve().as_posix())
    if not text.startswith("/"):
        text = "/" + text  # C:/… on Windows
    elif text.startswith("//"):
        text = "//" + text  # //server/share needs an empty authority before it
    return f"file:{text}?mode={mode}"


def connect(path: Path, mode: str, busy_s: float = BUSY_SECONDS) -> Connection:
    """Open a file: mode "ro", "rw", "rwc" or "immutable" (read-only, and the disk is believed not to change)."""
    uri = file_uri(path, "ro") + "&immutable=1" if mode == "immutable" else file_uri(path, mode)
    con = sqlite3.connect(
        uri, uri=True, timeout=busy_s, isolation_level=None, check_same_thread=False, factory=Connection
    )
    try:
        con.execute("PRAGMA trusted_schema=OFF" if mode in {"ro", "immutable"} else "PRAGMA trusted_schema=ON")
        con.execute("PRAGMA cell_size_check=ON")
        blob.register(con)
        if mode != "rwc":
            with suppress(OSError):
                con.keep(raw.acquire(path))
        if mode in {"ro", "immutable"}:
            con.execute("PRAGMA query_only=ON")
        else:
            con.execute("PRAGMA synchronous=FULL")
            con.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    except BaseException:
        con.close()
        raise
    return con


_Place = tuple[int, int]
_open: Counter[_Place] = Counter()
_open_guard = threading.Lock()


def _place(path: Path) -> _Place | None:
    """Which file lies at a path: device and number; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_open_here(path: Path) -> bool:
    """True while this process has the project open.

    Then its file must not be opened in any other way, not even to look at a byte: closing it again would take SQLite's
    locks away from this process (SQLite, "How To Corrupt An SQLite Database File", 2.2).
    """
    place = _place(path)
    with _open_guard:
        return place is not None and _open[place] > 0


class Connections:
    """The connections of one open project."""

    def __init__(
        self, path: Path, writer: Connection | None, read_mode: str = "ro", at_end: Callable[[], None] | None = None
    ) -> None:
        """`at_end` is called once all connections are closed."""
        self.path = path
        self._place = _place(path)
        if self._place:
            with _open_guard:
                _open[self._place] += 1
        self._writer = writer
        self._read_mode = read_mode
        self._lock = threading.RLock()
        self._local = threading.local()
        self._readers: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._closed = False
        self._at_end = at_end

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The calling thread's own reading connection. It ends with its thread or with `close`."""
        with sqlite_faults(self.path):
            con: Connection | None = getattr(self._local, "reader", None)
            if con is None or self._closed:
                con = self._new_reader()
            with con.in_use:  # closing a connection under a running query would crash the interpreter
                if self._closed:
                    raise self._is_closed()
                yield con

    def _new_reader(self) -> Connection:
        with self._lock:
            if self._closed:
                raise self._is_closed()
            con = connect(self.path, self._read_mode, _READ_BUSY_SECONDS)
            self._readers.add(con)
            self._local.reader = con
            return con

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back whole when it fails. One thread at a time."""
        with self._lock, sqlite_faults(self.path, writing=True):
            con = self._writer
            if con is None or self._closed:
                raise self._is_closed()
            self._check_place()
            con.execute("BEGIN IMMEDIATE")
            try:
                yield con
                con.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself (disk full); a second rollback is then an error of its own.
                if con.in_transaction:
                    con.execute("ROLLBACK")
                raise

    @contextmanager
    def copying(self) -> Iterator[Connection]:
        """A connection to copy everything from, while nobody of ours writes.

        It is the writing one, which still reaches a file that was moved or unlinked; else the thread's reading one.
        """
        with self._lock:
            if self._writer is not None and not self._closed:
                yield self._writer
                return
        with self.reading() as con:
            yield con

    def _check_place(self) -> None:
        # SQLite would go on and write into a file that has no name any more; the edit would be gone with the program.
        if _place(self.path) != self._place:
            advice = N_("bring the drive or the folder back, or save a copy of the project elsewhere")
            raise Unwritable("project.moved", N_("the project file is no longer where it was opened"),
                             where=str(self.path), advice=advice)  # fmt: skip

    def _is_closed(self) -> Unreadable:
        return Unreadable("project.closed", N_("the project is closed"), where=str(self.path))

    def close(self) -> None:
        """Close all of them. Threads that read afterwards are told that the project is closed."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for con in list(self._readers):
                with con.in_use:
                    con.close()
            if self._writer is not None:
                with suppress(sqlite3.Error):
                    self._writer.execute("PRAGMA schema_version")  # looks whether QGIS turned WAL on meanwhile
                    self._writer.execute("PRAGMA journal_mode=DELETE")
                self._writer.close()
                self._writer = None
            if self._place:
                with _open_guard:
                    _open[self._place] -= 1
            if self._at_end is not None:
                self._at_end()
                self._at_end = None
