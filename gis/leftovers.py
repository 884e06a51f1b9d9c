"""Drafts beside what they become, named after the process that makes them: those of a dead one can go, no others.

A name holds a mark of the computer, the process number and a mark of when that process began, because numbers are used
again. A draft of another computer (a network folder) is taken for left behind when nothing in it changed for a day.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from gis.processes import computer, started

_NAME = re.compile(r"\A\..*\.h([0-9a-f]{8})-([1-9][0-9]{0,9})-([0-9a-f]{8})-[0-9a-f]{8}\.(part|old)\Z", re.DOTALL)
_LONGEST = 40
"""Characters of the name that a draft's name begins with."""
_STALE_S = 86_400.0
_AGAIN_S = 600.0
_seen: dict[str, float] = {}
"""When a folder was last looked through."""


def draft_name(name: str, kind: str = "part") -> str:
    """A hidden name for a draft of `name` ("part"), or for what it is about to replace ("old")."""
    pid = os.getpid()
    return f".{name[:_LONGEST]}.h{computer()[:8]}-{pid}-{_start(pid)}-{secrets.token_hex(4)}.{kind}"


@cache
def _start(pid: int) -> str:
    return _digest(started(pid))


def _digest(start: str) -> str:
    return hashlib.sha256(start.encode()).hexdigest()[:8]


def left_behind(path: Path) -> bool:
    """True if `path` bears a draft's name and its process is gone. Links and what others named are never."""
    match = _NAME.match(path.name)
    if match is None or path.is_symlink():
        return False
    host, pid, start, _ = match.groups()
    if host != computer()[:8]:
        return time.time() - _last_change(path) > _STALE_S
    now = started(int(pid))
    return not now or ("?" not in now and _digest(now) != start)


def _last_change(path: Path) -> float:
    every = [path, *path.rglob("*")] if path.is_dir() else [path]
    return max(p.lstat().st_mtime for p in every)


def drafts_of(name: str, folder: Path, kind: str) -> list[Path]:
    """What dead processes left in `folder` of their drafts for `name`, in the order of their names."""
    start, found = f".{name[:_LONGEST]}.h", []
    with suppress(OSError):
        found = [Path(e.path) for e in os.scandir(folder) if e.name.startswith(start) and e.name.endswith(f".{kind}")]
    return sorted(p for p in found if left_behind(p))


def tidy(folder: Path) -> None:
    """Remove the drafts in `folder` of processes that are gone; now and then only, for a folder may be long."""
    key, now = str(folder), time.monotonic()
    if now - _seen.get(key, -_AGAIN_S) < _AGAIN_S:
        return
    _seen[key] = now
    with suppress(OSError):
        for entry in list(os.scandir(folder)):
            if entry.name.endswith(".part") and left_behind(Path(entry.path)):
                remove(Path(entry.path))


def remove(path: Path) -> None:
    """Take away a draft, file or folder; nothing happens where that cannot be."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def draft_folder(name: str, parent: Path | None = None) -> Iterator[Path]:
    """A folder of this process's own in `parent` (None: the system's for such things), gone after the block.

    Raises OSError where it cannot be made.
    """
    folder = new_folder(name, parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_folder(name: str, parent: Path | None = None) -> Path:
    """Such a folder, to be removed by who asked for it. Raises OSError."""
    place = Path(tempfile.gettempdir()) if parent is None else parent
    tidy(place)
    folder = place / draft_name(name)
    folder.mkdir(mode=0o700)
    return folder
