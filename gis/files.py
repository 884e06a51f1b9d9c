"""Files that people name: one by one, or as folders of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from models.errors import Missing
from models.notices import N_


def files_of(places: Sequence[Path], suffixes: Sequence[str]) -> list[Path]:
    """The files that are meant: files as they are, folders as what in them ends so, by name; each once.

    Raises Missing for a folder that holds none.
    """
    found: dict[Path, None] = {}
    for place in places:
        if not place.is_dir():
            found[place.absolute()] = None
            continue
        inside = sorted(f for f in place.absolute().iterdir() if f.suffix.lower() in suffixes and f.is_file())
        if not inside:
            raise Missing(
                "terrain.empty_folder",
                N_("the folder holds no file that can be read here"),
                where=str(place),
                advice=N_("its files must end in {endings}"),
                endings=", ".join(suffixes),
            )
        found |= dict.fromkeys(inside)
    return list(found)


def sha256_of(path: Path) -> str:
    """Checksum of a file's bytes, as hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
