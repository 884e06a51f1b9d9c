"""What SQLite's errors mean to a person."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import AppError, Refused, Unreadable, Unwritable
from models.notices import N_

_log = logging.getLogger(__name__)

_FULL = N_("there is no room left on the disk; nothing was changed")
_FULL_ADVICE = N_("free some space, or save a copy of the project elsewhere")
_IN_USE = N_("the project file is in use by another program")
_IN_USE_ADVICE = N_("close it there (a second window, QGIS, a synchronising folder) and try again")
_READ_ONLY = N_("the project file cannot be written; nothing was changed")
_READ_ONLY_ADVICE = N_("it or its folder is read-only: copy the project to a folder of your own, or open it read-only")
_DAMAGED = N_("the project file is damaged")
DAMAGED_ADVICE = N_("work on with a backup, or take out what can be read with: huitian rescue")
_DISK = N_("the disk reports an error; nothing was changed")
_DISK_ADVICE = N_("check the drive and its cable, then try again; keep a copy of the project on another drive")
_NO_ACCESS = N_("the project file cannot be opened")
_NO_ACCESS_ADVICE = N_("check that you may read it and its folder")
_HALF_WAY = N_("a program stopped in the middle of writing the project")
_HALF_WAY_ADVICE = N_("open it once for editing: that takes the unfinished change back")
_LONG = N_("the path is too long for a project file: at most {most} bytes, three for a Chinese character")
_LONG_ADVICE = N_("put the project into a folder less deep, or with a shorter name")
_PATH_BYTES = 470
"""SQLite opens no path beyond 512 bytes (os_unix.c, MAX_PATHNAME); drafts and journals add to the name."""
# A journal or WAL lies beside the file, and we may not write: the change cannot be taken back.
_UNFINISHED = {sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY, sqlite3.SQLITE_READONLY_CANTINIT}


@contextmanager
def sqlite_faults(path: Path, *, writing: bool = False) -> Iterator[None]:
    """Turn SQLite's errors inside the block into ours: Unwritable or Unreadable with advice; the raw text is logged."""
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError) as cause:  # the last: SQLite's text of a broken name
        _log.warning("sqlite: %s: %s", path, cause)
        raise meaning(cause, path, writing=writing) from cause


def meaning(cause: BaseException, path: Path, *, writing: bool) -> AppError:
    """What an error of SQLite at `path` means to a person, while reading or while `writing`."""
    full = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    code, where = full & 0xFF, str(path)
    if full in _UNFINISHED and not writing:
        return Unreadable("project.unfinished", _HALF_WAY, where=where, advice=_HALF_WAY_ADVICE)
    of_access = Unwritable if writing else Unreadable
    if code == sqlite3.SQLITE_CANTOPEN and len(os.fsencode(path.absolute())) > _PATH_BYTES:
        return of_access("project.path_too_long", _LONG, where=where, advice=_LONG_ADVICE, most=_PATH_BYTES)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return of_access("project.in_use", _IN_USE, where=where, advice=_IN_USE_ADVICE)
    if code == sqlite3.SQLITE_FULL:
        return Unwritable("project.disk_full", _FULL, where=where, advice=_FULL_ADVICE)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return Unwritable("project.not_writable", _READ_ONLY, where=where, advice=_READ_ONLY_ADVICE)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return Unreadable("project.damaged", _DAMAGED, where=where, advice=DAMAGED_ADVICE)
    if code == sqlite3.SQLITE_CANTOPEN and writing:
        return Unwritable("project.not_writable", _READ_ONLY, where=where, advice=_READ_ONLY_ADVICE)
    if code == sqlite3.SQLITE_IOERR:
        return of_access("project.disk_error", _DISK, where=where, advice=_DISK_ADVICE)
    if code == sqlite3.SQLITE_CANTOPEN:
        return Unreadable("project.no_access", _NO_ACCESS, where=where, advice=_NO_ACCESS_ADVICE)
    if code in {sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_MISMATCH}:
        return Refused("project.too_big", N_("a value is too large for the project file"), where=where)
    return Unreadable("project.damaged", _DAMAGED, where=where, advice=DAMAGED_ADVICE)
