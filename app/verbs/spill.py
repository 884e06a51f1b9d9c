"""Where a full pit runs over, on a terrain of the project."""

from __future__ import annotations

from app.project import Project
from app.verbs.inputs import resolved
from app.verbs.section import last_estimate, terrain_of
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import terrain_for
from gis import spill
from models.estimate import EstimateRequest
from models.progress import Watch


def spill_ways(
    project: Project,
    code: str,
    *,
    terrain: str | None = None,
    request: EstimateRequest | None = None,
    reach_m: float = 3000.0,
    watch: Watch | None = None,
) -> tuple[str, list[spill.SpillWay]]:
    """(terrain's name, the lowest point of each part's rim with the water's way from there).

    Over the rim as it was edited where `request`, or without one the site's last estimate, is of the edited rim;
    without one on the terrain of that estimate. Raises Missing (site, terrain), Refused, Unreadable, Cancelled.
    """
    site = project.store.site(code)
    if request is None and (kept := last_estimate(project, site.uid)) is not None:
        request, terrain = kept.request, terrain or terrain_of(project, kept)
    found = terrain_for(project, site, terrain)
    request, inputs = resolved(project, site, request or EstimateRequest())
    path = terrain_file(project, found)
    return found.name, spill.spill_ways(site, found, path, request=request, inputs=inputs, reach_m=reach_m, watch=watch)
