"""What a question about a site's volume rests on: the request given, else that of its last stored estimate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.project import Project
from app.verbs.inputs import resolved
from app.verbs.rim_stale import rim_stale
from app.verbs.terrain import terrain_file
from app.verbs.terrain_choice import choose_terrain
from gis.surfaces import Inputs
from gis.volume import outline_hash
from models.estimate import Estimate, EstimateRequest
from models.notices import N_, Notice
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
    stale: tuple[Notice, ...] = ()
    """What changed since the stored estimate."""


def asked(project: Project, code: str, *, terrain: str | None = None, request: EstimateRequest | None = None) -> Asked:
    """`request` and `terrain` where they are given, else those of the last stored estimate, else the defaults.

    Raises Missing (site, terrain), Refused or Unreadable (the terrain's file, what the request names).
    """
    site = project.store.site(code)
    kept = project.store.estimates([code]) if request is None else []
    stored = kept[0] if kept else None
    names = {t.name for t in project.store.terrains()}
    name = stored.terrain.name if terrain is None and stored is not None and stored.terrain.name in names else terrain
    chosen = choose_terrain(project, site, name, request).terrain
    if request is None:
        request = stored.request if stored is not None else EstimateRequest()
    request, inputs = resolved(project, site, request)
    stale = _stale(project, stored, site, chosen.sha256 if terrain is None else None) if stored is not None else ()
    return Asked(site, chosen, terrain_file(project, chosen), request, inputs, stored, stale)


def _stale(project: Project, stored: Estimate, site: Site, sha256: str | None) -> tuple[Notice, ...]:
    """What changed since an estimate. `sha256` of the terrain that stands for its own; None where another was named."""
    notices = []
    if stored.terrain.sha256 != (sha256 or stored.terrain.sha256) or stored.outline_sha256 != outline_hash(site):
        text = N_("outline or terrain changed since the stored estimate; all figures here are of today")
        notices.append(Notice("why.stale", text))
    if (rim := rim_stale(project, stored, site)) is not None:
        notices.append(rim)
    return tuple(notices)
