"""A copy of the project elsewhere: what the window offers when an edit cannot be saved in the project itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.project import Project
from gis.store import terrain_values
from gis.store.records import portable_path
from models.changes import Change, Update
from models.notices import N_, Notice

_MOVED = Notice("copy.terrains", N_("save a copy: where its terrain files are"))


def save_copy(project: Project, path: Path, *, pending: Sequence[Change] = (), label: Notice | None = None) -> Path:
    """A sound copy at `path`, a free name, with the `pending` changes that were refused; terrains are found from there.

    Works while the project's disk is full, read-only or gone. Raises Refused (the name is taken, a change does not
    fit), Missing (no such folder), Unwritable; nothing is left at `path` then, and the project is as it was.
    """
    path = Path(path).absolute()
    store = project.store
    fids = {r["uid"]: int(r["fid"]) for r in store.rows("terrains")} if _readable(project) else {}
    moved: list[Change] = []
    for terrain in store.terrains() if fids else ():
        place = portable_path(path, store.terrain_path(terrain))
        if place != terrain.path and terrain.uid in fids:
            values = terrain_values(replace(terrain, path=place))
            moved.append(Update("terrains", fids[terrain.uid], {k: values[k] for k in ("path", "record")}))
    return store.save_copy(path, pending=[*moved, *pending], label=label or (None if pending else _MOVED))


def _readable(project: Project) -> bool:
    """False where the drive went away: then the copy is made without looking for terrains."""
    return project.path.exists()
