"""Reading a project whose changes lie in a WAL beside it, as QGIS leaves it after a crash, without touching anything.

SQLite makes a -shm file beside a WAL even for a reader, and what lies in the WAL cannot be read without it. So the file
and its WAL are copied into a folder of ours, and read there.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from gis.store.raw import raw_file
from models.errors import Unreadable
from models.notices import N_

_TRIES = 3
_BLOCK = 1 << 20


def copy_aside(path: Path) -> tuple[Path, tempfile.TemporaryDirectory[str]] | None:
    """A private copy of a file with a WAL beside it, and the folder that it lies in; None where there is no WAL.

    Raises Unreadable if the file cannot be copied, or is written to all the while.
    """
    wal = Path(f"{path}-wal")
    if not _holds_changes(path, wal):
        return None
    folder = tempfile.TemporaryDirectory(prefix="huitian-", ignore_cleanup_errors=True)
    copy = Path(folder.name) / path.name
    try:
        for _ in range(_TRIES):
            before = _state(path)
            _copy(path, copy)
            shutil.copyfile(wal, f"{copy}-wal")
            if _state(path) == before:  # no checkpoint ran meanwhile; a half frame of the WAL is known by its checksum
                return copy, folder
    except OSError as cause:
        folder.cleanup()
        raise Unreadable("project.no_access", N_("the project file cannot be opened"), where=str(path),
                         advice=N_("check that you may read it and its folder")) from cause  # fmt: skip
    folder.cleanup()
    raise Unreadable("project.in_use", N_("the project file is in use by another program"), where=str(path),
                     advice=N_("close it there (a second window, QGIS, a synchronising folder) and try again")
                     )  # fmt: skip


def _copy(path: Path, copy: Path) -> None:
    with raw_file(path) as raw, copy.open("wb") as target:
        for at in range(0, raw.size, _BLOCK):
            target.write(raw.read(at, _BLOCK))


def _holds_changes(path: Path, wal: Path) -> bool:
    try:
        with raw_file(path) as raw:
            head = raw.read(0, 20)
        return head[18:20] == b"\x02\x02" and wal.stat().st_size > 0
    except OSError:
        return False


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
