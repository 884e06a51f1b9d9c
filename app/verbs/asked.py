"""What a question about a site's volume rests on: the request given, else that of its last stored estimate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.project import Project
from app.verbs.terrain import terrain_file, terrain_for
from models.estimate import Estimate, EstimateRequest
from models.site import Site
from models.terrain import Terrain


@dataclass(frozen=True)
class Asked:
    """A site, the terrain and request to use, and the stored estimate that they come from (None: from the caller)."""

    site: Site
    terrain: Terrain
    dem: Path
    request: EstimateRequest
    stored: Estimate | None = None


def asked(project: Project, code: str, *, terrain: str | None = None, request: EstimateRequest | None = None) -> Asked:
    """`request` and `terrain` where they are given, else those of the last stored estimate, else the defaults.

    Raises Missing (site, terrain) or Unreadable (the terrain's file).
    """
    site = project.store.site(code)
    kept = project.store.estimates([code]) if request is None else []
    stored = kept[0] if kept else None
    names = {t.name for t in project.store.terrains()}
    if terrain is None and stored is not None and stored.terrain.name in names:
        terrain = stored.terrain.name
    chosen = terrain_for(project, site, terrain)
    if request is None:
        request = stored.request if stored is not None else EstimateRequest()
    return Asked(site, chosen, terrain_file(project, chosen), request, stored)
