"""A section along a line anywhere over a terrain, with the reference surfaces of the sites that it passes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from shapely.geometry import LineString

from app.project import Project
from app.verbs.inputs import resolved
from app.verbs.overlay import control_index
from app.verbs.section import SiteSection, last_estimate, terrain_of
from app.verbs.terrain import terrain_file
from gis.arrays import Array
from gis.crossings import Crossing, crossings, stretches
from gis.dem.footprint import footprint
from gis.section import Section, ground_along, heights_along, section
from models.errors import AppError, Cancelled, Missing, Refused
from models.notices import N_
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain

_MOST_SITES = 40
"""Sites along a line whose reference surfaces are computed; a line over more is looked at for its ground."""


def line_section(
    project: Project,
    line: LineString,
    *,
    terrain: str | None = None,
    others: Sequence[str] = (),
    watch: Watch | None = None,
) -> SiteSection:
    """The ground along a line (project CRS); inside the sites that it passes the surface of their last estimate.

    Without `terrain` the one under most of the line, then the finest. `site` and `reference` of the answer are "".
    Raises Missing (terrain), Refused (no length, no terrain under it), Unreadable, Cancelled.
    """
    watch = watch or Watch()
    found = _terrain_along(project, line, terrain)
    more = [project.store.terrain(name) for name in others]
    cut = ground_along(line, project.crs, found, terrain_file(project, found))
    heights = tuple((t.name, heights_along(cut, project.crs, t, terrain_file(project, t))) for t in more)
    sites = [s for s in project.store.sites() if s.outline.intersects(line)]
    passes: list[Crossing] = []
    inside: list[tuple[float, float]] = []
    reference = cut.reference_m.copy()
    for k, site in enumerate(sites):
        spans = stretches(line, site.outline)
        inside += spans
        passes += [Crossing(a, b, site.layer, site.code, site.name, "site") for a, b in spans]
        if k < _MOST_SITES:
            part = watch.part(k / len(sites), (k + 1) / len(sites))
            surface = _surface(project, site, line, cut, part)
            reference = np.where(np.isfinite(surface), surface, reference)
    whole = Section(cut.distance_m, cut.ground_m, reference, cut.x, cut.y, cut.bends_m)
    crossed = tuple(crossings(line, control_index(project.store).controls))
    ordered = tuple(sorted(passes, key=lambda c: (c.from_m, c.code)))
    return SiteSection("", found.name, "", line, whole, heights, crossed, tuple(sorted(inside)), ordered)


def _surface(project: Project, site: Site, line: LineString, cut: Section, watch: Watch) -> Array:
    """The site's reference surface at the places of a section; NaN outside, or where it has no estimate."""
    kept = last_estimate(project, site.uid)
    name = terrain_of(project, kept) if kept is not None else None
    if kept is None or name is None:
        return np.full(cut.distance_m.shape, np.nan)
    try:
        terrain = project.store.terrain(name)
        request, inputs = resolved(project, site, kept.request)
        own = section(line, terrain, terrain_file(project, terrain), site, request, watch=watch, inputs=inputs)
    except Cancelled:
        raise
    except AppError:  # the ground is worth showing all the same
        return np.full(cut.distance_m.shape, np.nan)
    return np.asarray(np.interp(cut.distance_m, own.distance_m, own.reference_m))


def _terrain_along(project: Project, line: LineString, name: str | None) -> Terrain:
    if name is not None:
        return project.store.terrain(name)
    terrains = project.store.terrains()
    if not terrains:
        raise Missing("terrain.none", N_("the project has no terrain"), where=str(project.path),
                      advice=N_("register a DEM with terrain add"))  # fmt: skip
    length = max(line.length, 1e-9)
    ranked = [
        (round(footprint(t, project.crs).intersection(line).length / length, 3), -t.cell_m, t.registered_at, t)
        for t in terrains
    ]
    best = max(ranked, key=lambda r: r[:3])
    if best[0] <= 0:
        raise Refused("terrain.no_overlap", N_("no terrain of the project lies under the line"),
                      advice=N_("draw it where there is terrain, or register a DEM of this place"))  # fmt: skip
    return best[3]
