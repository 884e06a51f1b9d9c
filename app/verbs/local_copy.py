"""A project of a network or cloud folder, worked on as a copy on this computer and written back."""

from __future__ import annotations

from pathlib import Path

from app.paths import copies_folder
from app.project import PROGRAM
from gis.store import localcopy
from gis.store.localcopy import LocalCopy
from gis.store.places import Place, place_of
from models.errors import Missing
from models.notices import N_
from models.progress import Watch

__all__ = ["LocalCopy", "Place", "drop_copy", "find_copy", "local_copies", "place_of", "work_on_copy", "write_back"]


def work_on_copy(project: Path, watch: Watch | None = None) -> LocalCopy:
    """The local copy of a project: the one that there is (after a crash: with the work in it), or a new one.

    Open `LocalCopy.path` as any project; terrains are found from the origin's folder. Raises Unwritable (held by
    somebody, no room), Unreadable, Missing.
    """
    there = localcopy.of_origin(copies_folder(), Path(project))
    return there or localcopy.take(copies_folder(), Path(project), PROGRAM, watch)


def local_copies() -> list[LocalCopy]:
    """All local copies; those that `changed()` hold work that was not written back."""
    return localcopy.listed(copies_folder())


def find_copy(project: Path) -> LocalCopy:
    """The local copy of a project, named by the project's or by the copy's own path. Raises Missing."""
    path = Path(project).absolute()
    origin = localcopy.origin_of(path) or path
    found = localcopy.of_origin(copies_folder(), origin)
    if found is None:
        raise Missing("copy.unknown", N_("there is no local copy of this project"), where=str(path),
                      advice=N_("make one: local-copy PROJECT take"))  # fmt: skip
    return found


def write_back(copy: LocalCopy, *, keep: bool = False, watch: Watch | None = None) -> bool:
    """Put the copy, which must be closed, in the place of its origin; then it goes, unless `keep`.

    False if there was nothing to write. Raises Refused "copy.origin_changed" (somebody else changed the project
    meanwhile: both are kept, merge them), Missing, Unwritable; both files are as they were then.
    """
    written = localcopy.write_back(copy, PROGRAM, watch)
    if not keep:
        localcopy.drop(copy)
    return written


def drop_copy(copy: LocalCopy) -> None:
    """Delete a local copy with whatever is in it."""
    localcopy.drop(copy)
