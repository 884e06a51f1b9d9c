"""A site measured by the customary methods: grid of squares and sections, from one reading of its reference surface."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from gis.endarea import end_areas
from gis.gridmethod import grid_method
from gis.job import open_job
from gis.sums import Layering, accumulate
from gis.surfaces import Inputs
from models.earthwork import Earthwork
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
    side_m: float | None = None,
    spacing_m: float | None = None,
    watch: Watch | None = None,
    inputs: Inputs | None = None,
) -> Earthwork:
    """Grid method and end areas under the reference surface of `request`, beside the cell sums.

    `side_m` of the squares and `spacing_m` of the sections: None for customary ones. Raises as `gis.volume.estimate`,
    and Refused where side or spacing do not suit the site.
    """
    watch = watch or Watch()
    with open_job(site, terrain, dem_path, request, watch, inputs=inputs) as job:
        surfaces = job.reference()
        ground, (sums,) = accumulate(job.dem, job.placed, [surfaces], Layering(), watch=watch.part(0.1, 0.4))
        job.check_ground(ground)
        grid = grid_method(job, surfaces, side_m)
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
