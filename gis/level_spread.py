"""How sure the volume below a horizontal level is, at any level at once: the interval that goes with a live level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gis.arrays import Array
from gis.budget import Side, budget
from gis.flooded import Depths, depths
from gis.job import open_job
from gis.surfaces.base import Plane
from gis.uncertainty import half_width
from models.estimate import EstimateRequest
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain
from models.tonnage import tonnage_sigma

if TYPE_CHECKING:
    from gis.levels import LevelTable

_LEVELS = 128


@dataclass(frozen=True)
class LevelSpread:
    """Standard deviation of the volume and by how much the truth is likely above it (m³) at rising levels (m).

    `sigma_m3` is NaN where it is not known. Between the levels both are taken as straight: the deviation is a sum over
    the ground that counts, which grows steadily (tests hold it to 2 % of an estimate's).
    """

    level_m: Array
    sigma_m3: Array
    offset_m3: Array

    def at(self, level: float) -> tuple[float, float] | None:
        """(sigma, offset) in m³; None where they are not known."""
        sigma, offset = (float(np.interp(level, self.level_m, v)) for v in (self.sigma_m3, self.offset_m3))
        return (sigma, offset) if np.isfinite(sigma) else None

    def half(self, level: float) -> float | None:
        """Half width of the 95 % interval of the volume, m³; None where it is not known."""
        found = self.at(level)
        return None if found is None else half_width(*found)

    def tonnage_half(self, level: float, space_m3: float, density: float, relative_sigma: float | None) -> float | None:
        """Half width of the dry mass that fills `space_m3` below `level`, t; None where it is not known."""
        found = self.at(level)
        if found is None or relative_sigma is None:
            return None
        sigma, offset = found
        return half_width(tonnage_sigma(space_m3, sigma, density, relative_sigma), offset * density)


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
            found = budget(job, [_at(side, level, fills=site.fills) for side in zero], table.touched(level))
            if found.sigma is not None:
                sigma[k], offset[k] = found.sigma, found.offset_m3
        return LevelSpread(levels, sigma, offset)


def _at(side: Side, level: float, *, fills: bool) -> Side:
    moved = Depths(side.depths.region, side.depths.depth + (level if fills else -level))
    return replace(side, surface=Plane(level), depths=moved)
