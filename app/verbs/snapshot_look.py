"""A snapshot looked at: is the file whole, and what was the project then."""

from __future__ import annotations

from pathlib import Path

from app.project import Project
from app.verbs.snapshots import opened
from gis.store.snapshots import Snapshot
from models.errors import AppError
from models.notices import N_, Notice
from models.problems import UNREADABLE


def is_sound(snapshot: Snapshot) -> bool:
    """True if every page and every row of the file can still be read; it could when it was taken."""
    try:
        with opened(snapshot) as old:
            return not any(p.key in UNREADABLE for p in old.store.check())
    except AppError:
        return False


def look_at(snapshot: Snapshot) -> Project:
    """The snapshot open read-only and said to be one; terrains are found from the folder of the project it is of."""
    project = opened(snapshot)
    if snapshot.origin:
        project.store.home = Path(snapshot.origin)
    text = N_("you look at the state of {when} (revision {revision}); the project itself is closed")
    when = f"{snapshot.taken_at.astimezone():%Y-%m-%d %H:%M}"
    project.tell(Notice("snapshot.looked_at", text, when=when, revision=snapshot.revision))
    return project
