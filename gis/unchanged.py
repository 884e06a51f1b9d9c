"""Files that another program writes while they are read: nothing is taken from them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import Unreadable
from models.notices import N_


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """What is read inside is one state of the file, of a shapefile's parts too. Raises Unreadable where it is not.

    What could not be read inside becomes that as well where the file changed: then it is no damage.
    """
    before = _state(path)
    try:
        yield
    except (Unreadable, OSError) as cause:
        if _state(path) != before:
            raise _changed(path) from cause
        raise
    if _state(path) != before:
        raise _changed(path)


def _state(path: Path) -> list[tuple[int, int] | None]:
    """Size and time of change of a file and of those that belong to a shapefile; None for one that is not there."""
    beside = [path.with_suffix(s) for s in (".dbf", ".shx")] if path.suffix.lower() == ".shp" else []
    found: list[tuple[int, int] | None] = []
    for one in (path, *beside):
        try:
            info = one.stat()
        except OSError:
            found.append(None)
        else:
            found.append((0, 0) if stat.S_ISDIR(info.st_mode) else (info.st_size, info.st_mtime_ns))
    return found


def _changed(path: Path) -> Unreadable:
    return Unreadable(
        "import.changed",
        N_("the file was changed or taken away while it was being read; nothing was taken from it"),
        where=str(path),
        advice=N_("wait until whatever writes it is done, then import it again"),
    )
