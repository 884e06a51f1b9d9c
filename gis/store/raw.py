"""Bytes of a project file read beside SQLite, without making SQLite lose its locks.

POSIX drops all locks that a process holds on a file when it closes any descriptor of that file (SQLite, "How To
Corrupt An SQLite Database File", 2.2). So a file has one descriptor in this process, shared by all who look at it and
kept until the last of them, and the last connection, is done.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_COUNTER_AT = 24
_registry_lock = threading.Lock()
_registry: dict[tuple[int, int], RawFile] = {}


class RawFile:
    """An open file that is only read. `size` in bytes when it was opened."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        status = os.fstat(self._fd)
        self.key = (status.st_dev, status.st_ino)
        self.users = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that the file has now."""
        return os.fstat(self._fd).st_size

    def read(self, at: int, count: int) -> bytes:
        """The bytes from `at` on; fewer at the end of the file."""
        if hasattr(os, "pread"):
            return os.pread(self._fd, count, at)
        with self._lock:  # Windows has no pread
            os.lseek(self._fd, at, os.SEEK_SET)
            return os.read(self._fd, count)

    def counter(self) -> int | None:
        """SQLite's file change counter: each commit of any program raises it (rollback journal)."""
        found = self.read(_COUNTER_AT, 4)
        return int(struct.unpack(">I", found)[0]) if len(found) == 4 else None

    def close(self) -> None:
        """Only for the registry."""
        os.close(self._fd)


def acquire(path: Path) -> RawFile:
    """The file's shared descriptor, to be given back by `release`. Raises OSError."""
    with _registry_lock:
        status = path.stat()
        raw = _registry.get((status.st_dev, status.st_ino))
        if raw is None:
            raw = RawFile(path)
            _registry[raw.key] = raw
        raw.users += 1
        return raw


def release(raw: RawFile) -> None:
    """Give a descriptor back; the last one to do so closes it."""
    with _registry_lock:
        raw.users -= 1
        if raw.users == 0:
            _registry.pop(raw.key, None)
            raw.close()


@contextmanager
def raw_file(path: Path) -> Iterator[RawFile]:
    """The file for the length of a block. Raises OSError."""
    raw = acquire(path)
    try:
        yield raw
    finally:
        release(raw)
