"""How sure the volume below a horizontal level is, at any level at once: the interval that goes with a live level."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from gis.budget import Side, budget
from gis.flooded import Depths, depths
from gis.job import open_job
from gis.level_table import LevelSpread, LevelTable
from gis.surfaces.base import Plane
from models.estimate import EstimateRequest
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain

_LEVELS = 128


def level_spread(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    table: LevelTable,
    high_m: float | None = None,
    *,
    interpolate_holes: bool = False,
    watch: Watch | None = None,
) -> LevelSpread:
    """The spread of a site from its floor to `high_m` (its top): that of an estimate at some levels between.

    They stand closest where there is little below them (of a heap: above them), as the area grows fastest there.
    `table` gives the area at a level.
    """
    share = np.linspace(0.0, 1.0, _LEVELS) ** 2
    high = max(table.top_m if high_m is None else high_m, table.floor_m + 1e-3)
    levels = table.floor_m + (high - table.floor_m) * (share if site.fills else np.sort(1 - share))
    request = EstimateRequest("level", {"level_m": 0.0}, interpolate_holes=interpolate_holes)
    with open_job(site, terrain, dem_path, request, watch) as job:
        errors = job.terrain.errors
        if errors.sigma_z_m is None and errors.sigma_xy_m is None:
            return LevelSpread(levels, np.full(levels.size, np.nan), np.zeros(levels.size))
        zero = [
            Side(c.part, c.any_rim.valid(), Plane(0.0), depths(job.dem, c.part, Plane(0.0), fills=site.fills))
            for c in job.contexts({})
        ]
        sigma, offset = np.full(levels.size, np.nan), np.zeros(levels.size)
        for k, level in enumerate(levels.tolist()):
            job.watch.report(k / levels.size)
            found = budget(
                job, [_at(side, level, fills=site.fills) for side in zero], table.touched(level), fills=site.fills
            )
            if found.sigma is not None:
                sigma[k], offset[k] = found.sigma, found.offset_m3
        return LevelSpread(levels, sigma, offset)


def _at(side: Side, level: float, *, fills: bool) -> Side:
    moved = Depths(side.depths.region, side.depths.depth + (level if fills else -level))
    return replace(side, surface=Plane(level), depths=moved)
