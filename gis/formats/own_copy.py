"""A foreign file under a plain name in the child's own folder, where it cannot be read safely in its place."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

_PLAIN = re.compile(r"[^!;\x00-\x1f]*")
_MOST_BYTES = 500
"""SQLite opens no file of a longer path (MAX_PATHNAME 512)."""
_WAL_FORMAT = 2


def linked(source: Path, target: Path) -> None:
    """The file under another name; a copy where the system has no links there."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def plain(path: Path) -> bool:
    """Whether pyogrio and SQLite take a path for what it is: they see archives, options and lengths in some."""
    return _PLAIN.fullmatch(str(path)) is not None and len(os.fsencode(path)) <= _MOST_BYTES


def of_database(path: Path, folder: Path) -> Path:
    """Where to read an SQLite file. In WAL mode readers write beside it, and GDAL into it: it is copied."""
    with path.open("rb") as file:
        head = file.read(20)
    beside = path.with_name(path.name + "-wal")
    if head[18:19] == bytes([_WAL_FORMAT]) or beside.is_file():
        own = folder / "copy.gpkg"
        shutil.copyfile(path, own)
        if beside.is_file():
            shutil.copyfile(beside, own.with_name(own.name + "-wal"))
        return own
    if plain(path):
        return path
    own = folder / "linked.gpkg"
    linked(path, own)
    return own
