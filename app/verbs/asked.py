"""What a question about a site's volume rests on: the request given, else that of its last stored estimate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.project import Project
from app.verbs.inputs import resolved
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import choose_terrain
from gis.surfaces import Inputs
from models.estimate import Estimate, EstimateRequest
from models.site import Site
from models.terrain import Terrain


@dataclass(frozen=True)
class Asked:
    """A site, the terrain and request to use, what the request names, and the stored estimate it comes from, if any."""

    site: Site
    terrain: Terrain
    dem: Path
    request: EstimateRequest
    inputs: Inputs
    stored: Estimate | None = None


def asked(project: Project, code: str, *, terrain: str | None = None, request: EstimateRequest | None = None) -> Asked:
    """`request` and `terrain` where they are given, else those of the last stored estimate, else the defaults.

    Raises Missing (site, terrain), Refused or Unreadable (the terrain's file, what the request names).
    """
    site = project.store.site(code)
    kept = project.store.estimates([code]) if request is None else []
    stored = kept[0] if kept else None
    names = {t.name for t in project.store.terrains()}
    if terrain is None and stored is not None and stored.terrain.name in names:
        terrain = stored.terrain.name
    chosen = choose_terrain(project, site, terrain, request).terrain
    if request is None:
        request = stored.request if stored is not None else EstimateRequest()
    request, inputs = resolved(project, site, request)
    return Asked(site, chosen, terrain_file(project, chosen), request, inputs, stored)
