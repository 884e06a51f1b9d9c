"""What a project holds, as one mark; and what must be true of every project file after whatever happened."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from gis.store import Store, upgrading
from gis.store.snapshots import listed
from gis.store.tables import TABLES

_NOT_CONTENT = ("change_log", "project", "sqlite_sequence")


def content_mark(con: sqlite3.Connection) -> str:
    """A mark of all rows of our tables but the log."""
    found = upgrading.content(con)
    told = [(k, v) for k, v in sorted(found.items()) if k in TABLES and k not in _NOT_CONTENT]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def mark_of(path: Path) -> str:
    """As `content_mark`, of a file that nobody has open."""
    with closing(sqlite3.connect(f"file:{path.as_posix()}?mode=ro", uri=True)) as con:
        return content_mark(con)


def assert_sound(path: Path) -> None:
    """integrity_check, R-trees against rows, counts, everything that the program's own check looks at."""
    with closing(sqlite3.connect(f"file:{path.as_posix()}?mode=ro", uri=True)) as con:
        said = con.execute("PRAGMA integrity_check").fetchall()
        assert said == [("ok",)], said
    with Store.open(path, read_only=True) as store:
        problems = store.check()
        assert not problems, problems


def assert_clean(folder: Path, *expected: Path) -> None:
    """Nothing lies in the folder but what is expected: no journal, no lock, no draft."""
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in expected)


def assert_snapshots(root: Path, seen: set[str] | None = None, *, strays: bool = False) -> int:
    """Every snapshot that counts is sound and has the revision of its name; those in `seen` were looked at before."""
    found = [s for folder in (root.iterdir() if root.is_dir() else ()) for s in listed(folder)]
    known = set() if seen is None else seen
    fresh = [s for s in found if s.id not in known]
    known.update(s.id for s in found)
    for s in fresh:
        with Store.open(s.path, read_only=True) as store:
            assert store.revision == s.revision
            assert not store.check()
    if not strays and root.is_dir():
        assert not list(root.rglob(".*"))
    return len(found)
