"""What a project that is being opened needs at once, read in the background while the window still waits."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.gui import settings
from layers.registry import LAYERS

if TYPE_CHECKING:
    from app.project import Project
    from models.progress import Watch


def read_ahead(project: Project, watch: Watch) -> dict[str, Any]:
    """The tables of all layers. What the window asks of libraries when it shows a project is loaded along.

    Raises Cancelled where the opening was given up.
    """
    import gis.store.localcopy
    import gis.store.places  # noqa: F401 - where the project lies
    from gis.crs import describe, parse_crs, transformer

    with suppress(Exception):  # a system that is no use is told where it is used
        describe(parse_crs(project.crs))
        transformer(project.crs, "EPSG:4490")  # PROJ looks for the way once, and it is kept
    tables = {key: project.store.table(key) for key in LAYERS}
    watch.pause()  # asked to stop: no lock is left behind
    remember_recent(project)  # here: the disk takes 30 ms and more until it is kept
    return tables


def remember_recent(project: Project) -> None:
    """Put a project on the list of those opened last."""
    settings.add_recent(Path(project.store.home), str(project.store.project()["name"] or ""))
