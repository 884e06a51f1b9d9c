"""Brings a project of an older program up to date: on a copy, which is verified and then put in the file's place.

The old file is not written to. Until the moment of the swap every failure leaves it as it was, byte for byte.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from gis.store import files, migrations, schema
from gis.store.connection import connect
from gis.store.copying import copy_database
from gis.store.faults import sqlite_faults
from gis.store.gpkg import quote
from models.errors import AppError, Unreadable, Unwritable
from models.notices import N_

_log = logging.getLogger(__name__)
_KEPT_BY_OTHERS = ("gpkg_", "rtree_", "sqlite_", "layer_styles")
"""Tables of the standard, of SQLite and of QGIS: a new table adds rows to them."""
_SAYS_VERSION = frozenset({"schema_version", "program_version", "updated_at"})
Content = dict[str, tuple[tuple[str, ...], int, bytes]]
"""Of each table: its columns, how many rows it has, and a digest of them."""


def upgrade(path: Path, version: int, *, before: Callable[[Path], None] | None = None) -> None:
    """Replace the project at `path` by a migrated copy of it. `before` takes the snapshot; what it raises stops all.

    Raises Unwritable (no room for the copy, folder read-only, the file is in use), Unreadable (damaged, or the copy did
    not come out right); the file is as it was then.
    """
    files.sweep(path)
    if before:
        before(path)
    try:
        with files.draft_of(path) as draft:
            with sqlite_faults(path, writing=True), closing(connect(path, "rw")) as held:
                held.execute("PRAGMA journal_mode=DELETE")  # QGIS leaves WAL on; nothing is written where it is off
                held.execute("BEGIN IMMEDIATE")  # nobody else writes while we copy
                seen = _state(path)
                with closing(connect(path, "ro")) as source:
                    copy_migrated(source, path, draft, version)
                held.execute("ROLLBACK")
            files.flush(draft)
            if _state(path) != seen:  # Windows does not let us hold the file while its name changes hands
                raise Unwritable("project.in_use", N_("the project file is in use by another program"),
                                 where=str(path), advice=N_("try again in a moment"))  # fmt: skip
            files.replace(draft, path)
    except OSError as cause:
        if isinstance(cause, AppError):
            raise
        _log.warning("cannot migrate %s: %s", path, cause)
        raise Unwritable("migration.not_written", N_("the project could not be brought up to date; it is as it was"),
                         where=str(path), advice=N_("check that its folder can be written and has room for a copy, or "
                                                    "open it read-only")) from cause  # fmt: skip


def _state(path: Path) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116
    return found.st_size, found.st_mtime_ns


def copy_migrated(source: sqlite3.Connection, origin: Path, draft: Path, version: int) -> None:
    """A copy of `source` (the file `origin`, of schema `version`) at `draft`, migrated and verified, not yet flushed.

    Raises as `upgrade`; the draft is the caller's to remove.
    """
    copy_database(source, origin, draft, whole=True)
    with sqlite_faults(draft, writing=True), closing(connect(draft, "rw")) as con:
        con.execute("PRAGMA journal_mode=MEMORY")
        con.execute("PRAGMA synchronous=OFF")  # flushed once, as a whole
        was = content(con)
        con.execute("BEGIN IMMEDIATE")
        migrations.migrate(con, version)
        con.execute("COMMIT")
        wrong = _what_is_wrong(con, was, version)
    if wrong:
        _log.error("migration of %s from version %s: %s", origin, version, wrong)
        text = N_("bringing the project up to date went wrong ({fault}); the file is as it was")
        advice = N_("go on with the program that made it, and send the log to your support")
        raise Unreadable("migration.not_verified", text, where=str(origin), fault=wrong, advice=advice)


def content(con: sqlite3.Connection) -> Content:
    """What the ordinary tables hold, ours and those that other programs added."""
    names = [r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found: Content = {}
    for name in names:
        if not name.startswith(_KEPT_BY_OTHERS):
            columns = tuple(r[1] for r in con.execute(f"PRAGMA table_info({quote(name)})"))
            found[name] = (columns, *_digest(con, name, columns))
    return found


def _digest(con: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> tuple[int, bytes]:
    told = [c for c in columns if table != "project" or c not in _SAYS_VERSION]
    made, count = hashlib.sha256(), 0
    for row in con.execute(f"SELECT {', '.join(map(quote, told))} FROM {quote(table)} ORDER BY 1"):
        made.update(repr(row).encode("utf8", "surrogatepass"))
        count += 1
    return count, made.digest()


def _what_is_wrong(con: sqlite3.Connection, was: Content, version: int) -> str:
    """The first thing that a migrated copy lost; "" if it lost nothing."""
    said = con.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        return str(said)
    present = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    meant = frozenset().union(*(migrations.TOUCHED.get(n, ()) for n in range(version, schema.SCHEMA_VERSION)))
    for table, (columns, count, digest) in was.items():
        if table in meant:
            continue
        if table not in present:
            return f"{table}: gone"
        if _digest(con, table, columns) != (count, digest):
            return f"{table}: rows"
    return ""
