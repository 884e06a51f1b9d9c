"""Figures at any level in microseconds: a table of a site's ground by height, for the slider of the window."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gis.arrays import Array
from gis.coverage import tiles
from gis.job import Job, open_job
from gis.level_spread import LevelSpread
from gis.sums import SAME_M, Ground, Layering, accumulate
from gis.tonnes import Tonnes, tonnes_of
from models.estimate import EstimateRequest, LevelFigures
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain
from models.tonnage import dry_tonnage, wet_tonnage
from models.waste import Waste

if TYPE_CHECKING:
    from models.catalogue import DensityDefault

_BINS = 1 << 16


@dataclass(frozen=True)
class LevelTable:
    """Volume, area and mass at any level in microseconds. `floor_m`, `top_m`: lowest and highest ground inside.

    `area_below` (m²) and `moment_below` (m³, area times height above the floor) are running sums up to each of `edges`
    (m). `rim_low_m`, `rim_high_m`: range of the rim (NaN where it leaves the terrain): the natural range of a slider.
    """

    edges: Array
    area_below: Array
    moment_below: Array
    floor_m: float
    top_m: float
    rim_low_m: float
    rim_high_m: float
    fills: bool = True
    layering: Layering = field(default_factory=Layering)
    tonnes: Tonnes = field(default_factory=Tonnes)
    spread: LevelSpread | None = None
    """How sure the volumes are; None: figures come without an interval."""

    @property
    def step_m(self) -> float:
        """Height of a bin, m: 1/65 536 of the relief."""
        return float(self.edges[1] - self.edges[0])

    def at(self, level: float) -> tuple[float, float]:
        """(volume m³ below a horizontal plane, area m² below it) inside the site.

        Exact at the table's edges. Between them the cells of one bin count as evenly spread: the volume is then off by
        less than the bin's area times its height (see `uncertain_m3`).
        """
        if not level > self.floor_m:
            return 0.0, 0.0
        k = int(np.searchsorted(self.edges, level, side="right"))
        depth = level - self.floor_m
        if k >= self.edges.size:
            return float(depth * self.area_below[-1] - self.moment_below[-1]), float(self.area_below[-1])
        low, high = self.edges[k - 1], self.edges[k]
        share = (level - low) / (high - low)
        inside = self.area_below[k] - self.area_below[k - 1]
        area = self.area_below[k - 1] + share * inside
        volume = depth * self.area_below[k - 1] - self.moment_below[k - 1] + share * inside * (level - low) / 2
        return float(max(volume, 0.0)), float(area)

    def uncertain_m3(self, level: float) -> float:
        """Bound of the error of `at`'s volume for want of knowledge within a bin, m³; 0 above and below the ground."""
        k = int(np.searchsorted(self.edges, level, side="right"))
        if k == 0 or k >= self.edges.size:
            return 0.0
        return float((self.area_below[k] - self.area_below[k - 1]) * (level - self.edges[k - 1]))

    def touched(self, level: float) -> float:
        """Ground that a level covers (of a heap: that stands above it), m², as an estimate counts it."""
        return self.at(level - SAME_M)[1] if self.fills else float(self.area_below[-1]) - self.at(level + SAME_M)[1]

    def figures(self, level: float) -> LevelFigures:
        """What `estimate` gives with the reference `level` at this elevation: layers and mass too.

        What lies below cover and base fills the space of a level lower by their thickness, so all layers come from the
        one table. Of a stockpile the ground above the level counts, as in an estimate.
        """
        fill, _ = self.at(level)
        whole, moment = float(self.area_below[-1]), float(self.moment_below[-1])
        cut = max(fill - ((level - self.floor_m) * whole - moment), 0.0) if level < self.top_m else 0.0
        if self.fills:
            under_cover, _ = self.at(level - self.layering.cover_m)
            space, _ = self.at(level - self.layering.cover_m - self.layering.base_m)
            cover, base = fill - under_cover, under_cover - space
            depth = level - self.floor_m
        else:
            space, cover, base = cut, 0.0, 0.0
            depth = self.top_m - level
        touched = self.touched(level)
        dry = dry_tonnage(space, self.tonnes.density) if self.tonnes.density is not None else None
        wet = wet_tonnage(dry, self.tonnes.moisture) if dry is not None and self.tonnes.moisture is not None else None
        found = level, fill, cut, touched, space, cover, base, max(depth, 0.0), self.tonnes.density, dry, wet
        return LevelFigures(*found, *self._halves(level, space)) if touched > 0 else LevelFigures(*found)

    def _halves(self, level: float, space: float) -> tuple[float | None, float | None, float | None]:
        """Half widths of volume, waste space and dry mass: the layers' undersides are levels of their own."""
        if self.spread is None:
            return None, None, None
        under = level - self.layering.cover_m - self.layering.base_m if self.fills else level
        density, sigma = self.tonnes.density, self.tonnes.relative_sigma
        mass = None if density is None else self.spread.tonnage_half(under, space, density, sigma)
        return self.spread.half(level), self.spread.half(under), mass


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
