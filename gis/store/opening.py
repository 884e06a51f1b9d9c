"""Looking at a project file before it is trusted."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from gis.leftovers import new_folder
from gis.store import gpkg, soundness
from gis.store.aside import copy_aside
from gis.store.connection import Connection, connect
from gis.store.creating import unwritable_folder
from gis.store.faults import DAMAGED_ADVICE, sqlite_faults
from gis.store.raw import raw_file
from gis.store.schema import SCHEMA_VERSION
from gis.store.tables import GEOMETRY_COLUMN, TABLES, table_word
from gis.store.upgrading import copy_migrated, upgrade
from models.errors import AppError, Missing, Refused, Unreadable, Unwritable
from models.notices import N_, Notice

_log = logging.getLogger(__name__)
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"
_APPLICATION_IDS = {gpkg.APPLICATION_ID, 0x47503130, 0x47503131}  # GPKG, GP10, GP11


@dataclass(frozen=True)
class Opened:
    """What `open_file` found: the writing connection (None: read-only), the file to read and how, remarks, the end."""

    writer: Connection | None
    path: Path
    mode: str
    notices: tuple[Notice, ...] = ()
    at_end: Callable[[], None] | None = None


def open_file(
    path: Path,
    *,
    read_only: bool,
    hold: Callable[[], None] | None = None,
    before_migration: Callable[[Path], None] | None = None,
) -> Opened:
    """Open what can be trusted. An older file is brought up to date first, a newer one is readable only.

    `hold` is called before anything is written, once the file may be ours to write. For reading, an older file stays
    as it is: a migrated copy in the system's temporary folder is read in its place.
    """
    wal = check_header(path)
    if read_only:
        return _open_aside(path) or _open_to_read(path, "immutable" if wal else "ro")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK | os.X_OK):
        raise Unwritable("project.not_writable", N_("the project file or its folder is read-only"), where=str(path),
                         advice=N_("open it read-only, or copy it to a folder of your own"))  # fmt: skip
    if hold:
        hold()
    con = connect_checked(path, "rw")
    try:
        with sqlite_faults(path, writing=True):
            version = _check_content(con, path)
            if version > SCHEMA_VERSION:
                raise _newer(con, path)  # noqa: TRY301
            if version < SCHEMA_VERSION:
                con.close()
                upgrade(path, version, before=before_migration)
                con = connect_checked(path, "rw")
                _check_content(con, path)
            _check_columns(con, path)
            _settle(con, path, wal=wal)
    except BaseException:
        con.close()
        raise
    return Opened(con, path, "ro")


def _settle(con: Connection, path: Path, *, wal: bool) -> None:
    """Tell now, not at the first edit, that another program holds the file; take away what a dead one left."""
    if wal:
        con.execute("PRAGMA journal_mode=DELETE")  # QGIS leaves WAL on; see DESIGN.md D1
    con.execute("BEGIN IMMEDIATE")
    if Path(f"{path}-journal").exists():
        # Left by a process that died before its journal meant anything; a commit takes it away.
        con.execute(f"PRAGMA user_version={gpkg.USER_VERSION}")
    con.execute("COMMIT")


def _open_aside(path: Path) -> Opened | None:
    """A project with changes in a WAL beside it, opened as a private copy; None where there is no WAL."""
    aside = copy_aside(path)
    if aside is None:
        return None
    copy, folder = aside
    try:
        opened = _open_to_read(copy, "ro")
    except BaseException as error:
        folder.cleanup()
        if isinstance(error, AppError):
            error.where = error.where.replace(str(copy), str(path))
        raise

    def at_end() -> None:
        if opened.at_end:
            opened.at_end()
        folder.cleanup()

    return replace(opened, at_end=at_end)


def _open_to_read(path: Path, mode: str) -> Opened:
    with closing(connect_checked(path, mode)) as con, sqlite_faults(path):
        version = _check_content(con, path)
        if version < SCHEMA_VERSION:
            return _migrated_elsewhere(con, path, version)
        if version == SCHEMA_VERSION:
            return Opened(None, path, mode)
        refusal = _newer(con, path)
        if _lacks(con):
            raise refusal
        return Opened(None, path, mode, (refusal.what,))


def _migrated_elsewhere(con: Connection, path: Path, version: int) -> Opened:
    try:
        folder = new_folder("huitian")
    except OSError as cause:
        raise unwritable_folder(Path(tempfile.gettempdir()) / path.name) from cause
    try:
        copy_migrated(con, path, folder / path.name, version)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    text = N_("an older version of the program made the project; it is shown as it will be once brought up to date")
    notice = Notice("project.older", text)
    return Opened(None, folder / path.name, "ro", (notice,), lambda: shutil.rmtree(folder, ignore_errors=True))


def _newer(con: sqlite3.Connection, path: Path) -> Refused:
    version, program = con.execute("SELECT schema_version, program_version FROM project LIMIT 1").fetchone()
    return Refused("project.newer", N_("the project was made by a newer version of the program ({program})"),
                   where=str(path), advice=N_("update this program, or open the project read-only"),
                   program=program or version)  # fmt: skip


def _lacks(con: sqlite3.Connection) -> tuple[str, str] | None:
    """Table and column that we read and that another, or a newer, program dropped or renamed."""
    for key, table in TABLES.items():
        present = {r[1] for r in con.execute(f"PRAGMA table_info({gpkg.quote(key)})")}
        for column in ("fid", *table.columns, *([GEOMETRY_COLUMN] if table.geometry else [])):
            if column not in present:
                return key, column
    return None


def _check_columns(con: sqlite3.Connection, path: Path) -> None:
    """Raise Unreadable where nothing can be written: for reading, `check` names all that is missing."""
    if lacking := _lacks(con):
        advice = N_("give the column its name back where it was renamed, or take out what can be read with: "
                    "huitian rescue")  # fmt: skip
        raise Unreadable("project.column_missing", N_("another program removed or renamed column {column} of {table}"),
                         where=str(path), advice=advice, table=table_word(lacking[0]), column=lacking[1])  # fmt: skip


def connect_checked(path: Path, mode: str) -> Connection:
    """A connection, with SQLite's errors in our words."""
    with sqlite_faults(path, writing=mode == "rw"):
        return connect(path, mode)


def _not_ours(where: str) -> Unreadable:
    advice = N_("open a .gpkg file made by this program; import other files into a project")
    return Unreadable("project.not_a_project", N_("this is not a project file"), where=where, advice=advice)


def _beside(path: Path, suffix: str) -> bool:
    try:
        return Path(f"{path}{suffix}").stat().st_size > 0
    except OSError:
        return False


def check_header(path: Path) -> bool:
    """Look at the first bytes, without SQLite. True if the file is in WAL mode."""
    where = str(path)
    if not path.exists():
        raise Missing("project.absent", N_("there is no such file"), where=where)
    if not path.is_file():
        raise Unreadable("project.not_a_file", N_("this is not a file"), where=where)
    try:
        with raw_file(path) as raw:
            size, head = raw.size, raw.read(0, _HEADER_BYTES)
    except OSError as cause:
        raise Unreadable("project.no_access", N_("the project file cannot be opened"), where=where,
                         advice=N_("check that you may read it and its folder")) from cause  # fmt: skip
    if not head:
        raise Unreadable("project.empty", N_("the file is empty"), where=where,
                         advice=N_("take a backup, or make a new project"))  # fmt: skip
    if not head.startswith(_MAGIC) or len(head) < _HEADER_BYTES:
        raise _not_ours(where)
    if struct.unpack_from(">I", head, 68)[0] not in _APPLICATION_IDS:
        raise _not_ours(where)
    _check_length(path, size, head)
    return bool(head[18] == 2 or head[19] == 2)


def _check_length(path: Path, size: int, head: bytes) -> None:
    page = struct.unpack_from(">H", head, 16)[0]
    pages, counter, valid_for = (struct.unpack_from(">I", head, at)[0] for at in (28, 24, 92))
    whole = (65536 if page == 1 else page) * pages
    # With a journal beside it the file may have any length: SQLite puts it right when it opens it.
    if counter == valid_for and size < whole and not _beside(path, "-journal") and not _beside(path, "-wal"):
        raise Unreadable("project.truncated", N_("the file is cut off: {size} of {whole} bytes"), where=str(path),
                         advice=N_("copy it again from where it came, or take a backup"),
                         size=size, whole=whole)  # fmt: skip


def _check_content(con: sqlite3.Connection, path: Path) -> int:
    """The schema version of a project that is sound at first sight. Raises Unreadable."""
    where = str(path)
    soundness.check_pages(con, path)
    # A view or a virtual table under the name of a table of ours is none: it has no page of its own.
    present = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")}
    if not {"project", "change_log"} <= present:
        raise Unreadable("project.foreign", N_("this GeoPackage is not a project of this program"), where=where,
                         advice=N_("make a project and import it there"))  # fmt: skip
    row = con.execute("SELECT schema_version FROM project LIMIT 1").fetchone()
    if row is None or not isinstance(row[0], int):
        raise soundness.damaged(path)
    version = int(row[0])
    missing = sorted(set(TABLES) - present) if version == SCHEMA_VERSION else []
    if missing:
        raise Unreadable("project.table_missing", N_("the project file is damaged: table {table} is missing"),
                         where=where, advice=DAMAGED_ADVICE,
                         table=table_word(missing[0]))  # fmt: skip
    return version
