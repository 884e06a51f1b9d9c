"""Basemaps of a project: register a picture or tiles where they are, list, make overviews beside, take out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.project import Project
from gis.basemaps.inspect import inspect_basemap
from gis.basemaps.overviews import build_overviews, wants_overviews
from gis.store import basemap_values
from models.basemap import Basemap
from models.changes import Delete, Insert
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.problems import Problem
from models.progress import Watch


def add_basemap(
    project: Project, file: Path, *, name: str | None = None, crs: str | None = None, sublayer: str | None = None,
    accept_guess: bool = False,
) -> Basemap:  # fmt: skip
    """Register an orthophoto or tiles; the file stays where it is and is not written to.

    Raises Missing, Unreadable or Refused and registers nothing then.
    """
    file = Path(file).absolute()
    if file.is_file() and project.path.is_file() and file.samefile(project.path):
        raise Refused("basemap.own_project", N_("the project cannot be its own basemap"), where=str(file),
                      advice=N_("give a picture or a file of tiles"))  # fmt: skip
    basemap = inspect_basemap(
        file, name=name, crs=crs, table=sublayer, project_crs=project.crs, accept_guess=accept_guess
    )
    if any(b.name == basemap.name for b in project.store.basemaps()):
        raise Refused("basemap.name_taken", N_("the project has a basemap named {name} already"), where=str(file),
                      name=basemap.name, advice=N_("give another name with --name"))  # fmt: skip
    basemap = replace(basemap, path=project.store.portable_path(file) or basemap.path)
    label = Notice("basemap.add", N_("add basemap {name}"), name=basemap.name)
    project.store.transact(label, [Insert("basemaps", basemap_values(basemap))])
    return basemap


def remove_basemap(project: Project, name: str) -> Basemap:
    """Take a basemap out of the project; its file stays. Raises Missing."""
    basemap = basemap_named(project, name)
    rows = project.store.rows("basemaps", name=name)
    label = Notice("basemap.remove", N_("remove basemap {name}"), name=name)
    project.store.transact(label, [Delete("basemaps", int(r["fid"])) for r in rows])
    return basemap


def basemap_named(project: Project, name: str) -> Basemap:
    """The basemap of that name. Raises Missing, naming those there are."""
    known = project.store.basemaps()
    found = next((b for b in known if b.name == name), None)
    if found is None:
        names = ", ".join(b.name for b in known) or "—"
        raise Missing("basemap.unknown", N_("the project has no basemap named {name}; it has {names}"), name=name,
                      names=names, where=str(project.path), advice=N_("see basemap list"))  # fmt: skip
    return found


def basemap_problems(project: Project) -> list[Problem]:
    """A warning for each basemap whose file is not there: figures do not depend on it."""
    text = N_("the file of basemap {name} is not there: {path}")
    paths = [(b.name, project.store.basemap_path(b)) for b in project.store.basemaps()]
    return [
        Problem("basemap.gone", "warning", Notice("basemap.gone", text, name=n, path=str(p)), table="basemaps")
        for n, p in paths
        if not p.is_file()
    ]


def without_overviews(project: Project, basemap: Basemap) -> bool:
    """True for a large picture that would be quicker with overviews. Raises what opening its file raises."""
    return basemap.kind == "raster" and wants_overviews(project.store.basemap_path(basemap))


def make_overviews(project: Project, name: str, watch: Watch | None = None) -> Path:
    """Overviews as a file beside the picture, whole or not at all. Nothing of the project changes.

    Raises Missing, Refused (there are some, or none are needed), Unwritable, Unreadable, Cancelled.
    """
    return build_overviews(project.store.basemap_path(basemap_named(project, name)), watch)
