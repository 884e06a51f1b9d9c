"""Figures at any level in microseconds: a table of a site's ground by height, for the slider of the window."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gis.arrays import Array
from gis.job import Job, open_job
from gis.level_table import LevelTable
from gis.sums import Ground, Layering, accumulate
from gis.tiling import tiles
from gis.tonnes import tonnes_of
from models.estimate import EstimateRequest
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain
from models.waste import Waste

if TYPE_CHECKING:
    from models.catalogue import DensityDefault

_BINS = 1 << 16


def live_levels(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    request: EstimateRequest | None = None,
    *,
    waste: Waste | None = None,
    density: DensityDefault | None = None,
    watch: Watch | None = None,
) -> LevelTable:
    """The table of a site, from two passes over its cells (range, then histogram). Refuses as `estimate` does.

    `request` gives cover, base and how density is chosen; its reference does not matter.
    """
    request = request or EstimateRequest(reference="level")
    with open_job(site, terrain, dem_path, request, watch) as job:
        ground, _ = accumulate(job.dem, job.placed, [], Layering(), watch=job.watch.part(0.0, 0.5))
        job.check_ground(ground)
        edges = np.linspace(ground.floor, max(ground.top, ground.floor + 1e-6), _BINS + 1)
        area, moment = _histogram(job, ground, edges)
        rims = [c.any_rim.valid() for c in job.contexts({})]
        z = np.concatenate([r.z for r in rims])
        low, high = (float(z.min()), float(z.max())) if z.size else (math.nan, math.nan)
        layering = Layering(request.cover_m, request.base_m)
        tonnes = tonnes_of(request, waste, density)
        return LevelTable(edges, area, moment, ground.floor, ground.top, low, high, site.fills, layering, tonnes)


def _histogram(job: Job, ground: Ground, edges: Array) -> tuple[Array, Array]:
    """Running sums over the edges of ground area (m²) and of area times height above the floor (m³)."""
    n = edges.size
    table = np.zeros((2, n))
    scale = (n - 1) / (edges[-1] - edges[0])
    for number, part in enumerate(job.placed.parts):
        row0, row1, _, _ = part.edges.bounds
        share = job.watch.part(0.5, 1.0).part(number / len(job.placed.parts), (number + 1) / len(job.placed.parts))
        for tile in tiles(part.edges, job.dem.window):
            z = job.dem.read(tile.row0, tile.row1, tile.col0, tile.col1)
            seen = ~np.isnan(z) & (tile.share > 0)
            height = z[seen] - ground.floor
            weight = (tile.share * job.placed.row_areas(tile.row0, tile.row1)[:, None])[seen]
            k = np.clip(np.ceil(height * scale), 1, n - 1).astype(np.int64)
            table[0] += np.bincount(k, weight, n)
            table[1] += np.bincount(k, weight * height, n)
            share.report((tile.row1 - row0) / max(row1 - row0, 1))
    return np.cumsum(table[0]), np.cumsum(table[1])
