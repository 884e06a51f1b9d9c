"""Files written beside and put in their place whole: a reader sees the old file or the new one, never half of one."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LONGEST_BYTES = 200  # of a name that a draft repeats; file systems end at 255, Chinese characters take 3 each
_SIDECARS = ("", "-journal", "-wal", "-shm")


def draft_beside(path: Path) -> Path:
    """A name for a file under way, in the folder of `path`: hidden, and recognised by `sweep`."""
    return path.with_name(f".{_short(path.name)}.{uuid.uuid4().hex[:8]}.part")


def _short(name: str) -> str:
    return name.encode()[:_LONGEST_BYTES].decode(errors="ignore")


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A draft for `path`; whatever is left of it when the block ends is removed, with SQLite's files beside it."""
    draft = draft_beside(path)
    try:
        yield draft
    finally:
        remove(draft)


def remove(path: Path) -> None:
    """Take away a database file and what SQLite may have left beside it; nothing happens where that cannot be."""
    for suffix in _SIDECARS:
        with suppress(OSError):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


def sweep(path: Path) -> None:
    """Remove the drafts for `path` that a killed process left. Only for who alone may write there."""
    start = f".{_short(path.name)}."
    with suppress(OSError):
        for entry in list(os.scandir(path.parent)):
            middle = entry.name[len(start) :].partition(".part")
            if entry.name.startswith(start) and middle[1] and len(middle[0]) == 8:
                with suppress(OSError):
                    Path(entry.path).unlink()


def flush(path: Path) -> None:
    """The file's content is on the disk when this returns. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Names made or changed in the folder are on the disk when this returns, where the system can do that."""
    with suppress(OSError):  # Windows cannot open a folder; there the rename itself is durable
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def replace(draft: Path, path: Path) -> None:
    """Put a finished draft in the place of `path`, whatever is there now. Raises OSError; `path` is untouched then."""
    flush(draft)
    with suppress(OSError):
        shutil.copymode(path, draft)
    os.replace(draft, path)  # noqa: PTH105 - one name for the fault tests to break
    flush_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """A small text file, whole or not at all. Raises OSError."""
    with draft_of(path) as draft:
        draft.write_text(text, encoding="utf8")
        replace(draft, path)
