"""Estimates: how much a site takes under a reference surface, with everything that belongs on the figure."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gis.beside import Beside, check_defined, volume_of
from gis.budget import interval, unknown_interval
from gis.checks import second_methods
from gis.curve import stage_curve
from gis.dem.file import Dem
from gis.depth import DepthGrid, depth_grid
from gis.fingerprint import outline_fingerprint
from gis.job import Job, open_job
from gis.level_table import LevelTable
from gis.levels import live_levels
from gis.public_models import doubt
from gis.remarks import remarks
from gis.site_support import supports
from gis.sums import VOLUMES, Ground, Layering, Sums, accumulate
from gis.surfaces import SURFACES, Inputs, Surface
from gis.tonnes import Tonnes, tonnes_of
from models.estimate import (
    Alternative,
    Estimate,
    EstimateRequest,
    ReferenceUsed,
    SecondMethod,
    TerrainUsed,
)
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain
from models.tonnage import dry_tonnage, wet_tonnage
from models.waste import Waste

if TYPE_CHECKING:
    from models.catalogue import DensityDefault

__all__ = ["DepthGrid", "LevelTable", "depth_grid", "estimate", "live_levels", "stage_curve"]


def estimate(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    request: EstimateRequest,
    *,
    waste: Waste | None = None,
    density: DensityDefault | None = None,
    watch: Watch | None = None,
    beside: bool = True,
    dem: Dem | None = None,
    inputs: Inputs | None = None,
) -> Estimate:
    """The answer to a request: volumes of fill and cut, layers, tonnage, interval, second method, other surfaces.

    For a stockpile (``site.fills`` False) `cut_m3` is the heap above its base; `waste_m3`, `tonnage_t`, the interval,
    the check and the alternatives refer to it, depths are heights, flooded and released area that of the heap.
    `density` is the catalogue's default for the waste's kind. `beside` False leaves the second method and the other
    surfaces out (batches that only need the figures); `dem` lends an open terrain; `inputs` is what the request's
    parameters name. Raises Refused, Missing, Unreadable, Cancelled.
    """
    watch = watch or Watch()
    with open_job(site, terrain, dem_path, request, watch, dem, inputs=inputs) as job:
        chosen = job.reference()
        others = Beside.of(job) if beside else Beside()
        layering = Layering(request.cover_m, request.base_m, ("flooded" if site.fills else "raised",))
        layers = [layering, *[VOLUMES] * len(others.surfaces)]
        ground, sums = accumulate(
            job.dem, job.placed, [chosen, *others.surfaces.values()], layers, watch=watch.part(0.1, 0.8)
        )
        covered, gaps = job.check_ground(ground)
        main = sums[0]
        check_defined(job, chosen, main, ground)
        watch.pause()
        checks = second_methods(job, chosen, volume_of(site, main), watch.part(0.8, 0.95)) if beside else ()
        watch.report(0.95)
        tonnes = tonnes_of(request, waste, density)
        beside_it = others.figures(job, dem_path, ground, sums[1:])
        answer = _answer(job, chosen, ground, main, covered, tonnes, checks, beside_it)
        known = interval(job, chosen, answer, tonnes.relative_sigma, other=beside)
        if known != answer.interval95:
            answer = replace(answer, interval95=known)
        support, below = supports(job, chosen)
        answer = replace(answer, support=support, reference_support=below)
        own = (*job.notices, *gaps, *(n for s in chosen for n in s.notices))
        return replace(answer, warnings=(*doubt(job, chosen, answer), *remarks(job, answer, ground, own)))


def _answer(
    job: Job,
    surfaces: list[Surface],
    ground: Ground,
    sums: Sums,
    covered: float,
    tonnes: Tonnes,
    checks: tuple[SecondMethod, ...],
    beside: tuple[Alternative, ...],
) -> Estimate:
    """The estimate's figures; interval and warnings come later."""
    site = job.site
    fill, cut, area = sums.total("fill"), sums.total("cut"), ground.covered_m2
    touched = sums.total("flooded" if site.fills else "raised")
    body = fill if site.fills else cut
    cover, base = (sums.total("cover"), sums.total("base")) if site.fills else (0.0, 0.0)
    space = max(math.fsum((body, -cover, -base)), 0.0)
    dry = dry_tonnage(space, tonnes.density) if tonnes.density is not None else None
    return Estimate(
        site=site.code,
        layer=site.layer,
        terrain=TerrainUsed(
            job.terrain.name,
            job.terrain.sha256,
            job.terrain.cell_m,
            job.terrain.crs,
            job.terrain.vertical_datum,
            job.terrain.kind,
            errors=job.terrain.errors,
        ),
        reference=_reference(job.key, surfaces, sums, area),
        fill_m3=fill,
        cut_m3=cut,
        net_m3=fill - cut,
        footprint_m2=area,
        flooded_m2=touched,
        covered_share=covered,
        max_depth_m=sums.deepest if site.fills else sums.highest,
        mean_depth_m=body / touched if touched > 0 else 0.0,
        waste_m3=space,
        cover_m3=cover,
        base_m3=base,
        density_t_m3=tonnes.density,
        tonnage_t=dry,
        tonnage_wet_t=wet_tonnage(dry, tonnes.moisture) if dry is not None and tonnes.moisture is not None else None,
        land_released_m2=touched,
        interval95=unknown_interval(tonnes.relative_sigma),
        check=checks[0] if checks else SecondMethod("tin", None, None),
        checks=checks,
        alternatives=beside,
        warnings=(),
        site_uid=site.uid,
        request=_pinned(job, surfaces),
        cells_inside=ground.cells,
        scale_factor=job.placed.k,
        outline_sha256=outline_hash(site),
        computed_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def _pinned(job: Job, surfaces: list[Surface]) -> EstimateRequest:
    """The request with what the surface found and a later computation must find again."""
    found = {k: surfaces[0].parameters.get(k) for k in SURFACES[job.key].pins}
    found = {k: v for k, v in found.items() if v is not None}
    return replace(job.request, parameters={**job.request.parameters, **found}) if found else job.request


def outline_hash(site: Site) -> str:
    """sha256 of the outline's WKB in the project CRS: tells whether the outline changed since an estimate."""
    return outline_fingerprint(site.outline)


def _reference(key: str, surfaces: list[Surface], sums: Sums, area: float) -> ReferenceUsed:
    parts = [s.parameters for s in surfaces]
    parameters = dict(parts[0]) if len(parts) == 1 else {"parts": [dict(p) for p in parts]}
    if area <= 0 or not math.isfinite(sums.reference_low):
        return ReferenceUsed(key, parameters, None, None, None)
    mean = min(max(sums.total("reference") / area, sums.reference_low), sums.reference_high)
    return ReferenceUsed(key, parameters, mean, sums.reference_low, sums.reference_high)
