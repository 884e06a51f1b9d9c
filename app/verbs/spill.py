"""Where a full pit runs over, on a terrain of the project."""

from __future__ import annotations

from app.project import Project
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import terrain_for
from gis import spill
from models.progress import Watch


def spill_ways(
    project: Project, code: str, *, terrain: str | None = None, reach_m: float = 3000.0, watch: Watch | None = None
) -> tuple[str, list[spill.SpillWay]]:
    """(terrain's name, the lowest point of each part's rim with the water's way from there).

    Raises Missing (site, terrain), Refused, Unreadable, Cancelled.
    """
    site = project.store.site(code)
    found = terrain_for(project, site, terrain)
    return found.name, spill.spill_ways(site, found, terrain_file(project, found), reach_m=reach_m, watch=watch)
