"""A site measured by the customary methods: grid of squares and sections, from one reading of its reference surface."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from gis.endarea import end_areas
from gis.gridmethod import grid_method, grid_volumes
from gis.job import Job, open_job
from gis.sums import Layering, accumulate
from gis.surfaces import Inputs, Surface
from models.earthwork import Earthwork, agree
from models.estimate import EstimateRequest
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain


def measure(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    request: EstimateRequest,
    *,
    sides_m: Sequence[float] = (),
    spacing_m: float | None = None,
    watch: Watch | None = None,
    inputs: Inputs | None = None,
) -> Earthwork:
    """Grid method and end areas under the reference surface of `request`, beside the cell sums.

    `sides_m` of squares to choose from, falling: the widest whose volume is within 2 % of the cell sums, else the last
    (none given: a customary side). `spacing_m` of the sections: None for a customary one. Raises as
    `gis.volume.estimate`, and Refused where side or spacing do not suit the site.
    """
    watch = watch or Watch()
    with open_job(site, terrain, dem_path, request, watch, inputs=inputs) as job:
        surfaces = job.reference()
        ground, (sums,) = accumulate(job.dem, job.placed, [surfaces], Layering(), watch=watch.part(0.1, 0.4))
        job.check_ground(ground)
        own = sums.total("fill" if site.fills else "cut")
        grid = grid_method(job, surfaces, _side(job, surfaces, sides_m, own))
        watch.report(0.8)
        sections = end_areas(job, surfaces, spacing_m)
        watch.report(1.0)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        return Earthwork(
            site.code,
            site.fills,
            terrain.name,
            job.key,
            sums.total("fill"),
            sums.total("cut"),
            grid,
            sections,
            now,
        )


def _side(job: Job, surfaces: list[Surface], sides: Sequence[float], own_m3: float) -> float | None:
    """The first side whose volume agrees with that of the cell sums, else the last."""
    for side in sides[:-1]:
        fill, cut, _ = grid_volumes(job, surfaces, side)
        if agree(own_m3, fill if job.site.fills else cut, job.site.outline.area):
            return side
    return sides[-1] if sides else None
