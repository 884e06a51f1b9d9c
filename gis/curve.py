"""Elevation, area and volume: the stage–capacity curve and the table behind the window's slider."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gis.arrays import Array
from gis.coverage import tiles
from gis.job import Job, open_job
from gis.sums import Ground, Layering, accumulate
from gis.surfaces import Surface
from models.estimate import CurveRow, EstimateRequest
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain

_STEPS = 100
_LEVEL_BINS = 1 << 16


def stage_curve(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    request: EstimateRequest,
    *,
    step_m: float | None = None,
    watch: Watch | None = None,
) -> list[CurveRow]:
    """Volume and area inside the outline by elevation, from the floor to the highest point of the reference.

    A row's volume is what lies below its elevation and below the reference; its area is the body's at that elevation,
    so that dV/dh = A and the last row's volume is the fill (of a stockpile: the heap, counted from the base up). Rows
    stand at whole multiples of `step_m` (default: about 1/100 of the depth, 1, 2 or 5 × 10ⁿ m) and at both ends.
    """
    with open_job(site, terrain, dem_path, request, watch) as job:
        surfaces = job.reference()
        ground, sums = accumulate(job.dem, job.placed, [surfaces], Layering(), watch=job.watch.part(0.0, 0.5))
        job.check_ground(ground)
        low, high = (ground.floor, sums[0].reference_high) if site.fills else (sums[0].reference_low, ground.top)
        if not low < high:
            return [CurveRow(high, 0.0, 0.0)]
        heights = elevations(low, high, step_m)
        area, volume = _below(job, surfaces, heights)
        return [CurveRow(float(h), float(a), float(v)) for h, a, v in zip(heights, area, volume, strict=True)]


def elevations(low: float, high: float, step_m: float | None) -> Array:
    """`low`, the multiples of the step between, `high`."""
    step = step_m if step_m is not None and step_m > 0 else nice_step(high - low)
    step = max(step, (high - low) / 100_000)
    first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
    inner = np.arange(first, last + 1) * step
    inner = inner[(inner > low) & (inner < high)]
    return np.concatenate(([low], inner, [high]))


def nice_step(span: float) -> float:
    """1, 2 or 5 × 10ⁿ m, nearest above a hundredth of `span`."""
    raw = span / _STEPS
    power = 10.0 ** math.floor(math.log10(raw))
    return float(next((m * power for m in (1.0, 2.0, 5.0) if m * power >= raw * (1 - 1e-9)), 10 * power))


def _below(job: Job, surfaces: list[Surface], heights: Array) -> tuple[Array, Array]:
    """(area, volume) below each height, one pass: histograms of where each column of the body begins and ends.

    A column from `bottom` to `top` over ground area w holds w·(max(h - bottom, 0) - max(h - top, 0)) below h.
    """
    n = heights.size
    begin, end = np.zeros((2, n + 1)), np.zeros((2, n + 1))
    for part, surface in zip(job.placed.parts, surfaces, strict=True):
        for tile in tiles(part.edges, job.dem.window):
            z = job.dem.read(tile.row0, tile.row1, tile.col0, tile.col1)
            r = np.broadcast_to(np.asarray(surface.block(tile.row0, tile.row1, tile.col0, tile.col1)), z.shape)
            bottom, top = (z, r) if job.site.fills else (r, z)
            body = top > bottom  # False where either is missing
            share = tile.share
            weight = (share * job.placed.row_areas(tile.row0, tile.row1)[:, None])[body]
            for table, height in ((begin, bottom[body]), (end, top[body])):
                k = np.searchsorted(heights, height, side="left")
                table[0] += np.bincount(k, weight, n + 1)
                table[1] += np.bincount(k, weight * height, n + 1)
            job.watch.report(0.5 + 0.5 * tile.row1 / max(job.placed.grid.height, 1))
    w = np.cumsum(begin, axis=1)[:, :n]
    t = np.cumsum(end, axis=1)[:, :n]
    volume = (heights * w[0] - w[1]) - (heights * t[0] - t[1])
    # At a top the body is still as wide as just below it: take the columns that end above or at h.
    ended = np.concatenate(([0.0], np.cumsum(end[0])[: n - 1]))
    area = np.maximum(w[0] - ended, 0.0)
    return area, np.maximum.accumulate(np.maximum(volume, 0.0))


@dataclass(frozen=True)
class LevelTable:
    """Volume and area below any level in microseconds. `floor_m`, `top_m`: lowest and highest ground inside the site.

    `rim_low_m`, `rim_high_m`: range of the rim (NaN where it leaves the terrain): the natural range of a slider.
    """

    edges: Array
    area_below: Array
    moment_below: Array
    floor_m: float
    top_m: float
    rim_low_m: float
    rim_high_m: float

    def at(self, level: float) -> tuple[float, float]:
        """(volume m³ below a horizontal plane, area m² below it) inside the site.

        Exact at the table's edges; between them (1/65 536 of the relief) the cells of a bin count as evenly spread.
        """
        if not level > self.floor_m:
            return 0.0, 0.0
        k = int(np.searchsorted(self.edges, level, side="right"))
        if k >= self.edges.size:
            return float(level * self.area_below[-1] - self.moment_below[-1]), float(self.area_below[-1])
        low, high = self.edges[k - 1], self.edges[k]
        share = (level - low) / (high - low)
        inside = self.area_below[k] - self.area_below[k - 1]
        area = self.area_below[k - 1] + share * inside
        volume = level * self.area_below[k - 1] - self.moment_below[k - 1] + share * inside * (level - low) / 2
        return float(max(volume, 0.0)), float(area)


def live_levels(site: Site, terrain: Terrain, dem_path: Path, *, watch: Watch | None = None) -> LevelTable:
    """The table of a site, from two passes over its cells (range, then histogram). Refuses as `estimate` does."""
    with open_job(site, terrain, dem_path, EstimateRequest(reference="level"), watch) as job:
        ground, _ = accumulate(job.dem, job.placed, [], Layering(), watch=job.watch.part(0.0, 0.5))
        job.check_ground(ground)
        edges = np.linspace(ground.floor, max(ground.top, ground.floor + 1e-6), _LEVEL_BINS + 1)
        area, moment = _histogram(job, ground, edges)
        rims = [c.any_rim.valid() for c in job.contexts({})]
        z = np.concatenate([r.z for r in rims])
        low, high = (float(z.min()), float(z.max())) if z.size else (math.nan, math.nan)
        return LevelTable(edges, area, moment, ground.floor, ground.top, low, high)


def _histogram(job: Job, ground: Ground, edges: Array) -> tuple[Array, Array]:
    """Running sums over the edges of ground area and of area times height."""
    n = edges.size
    table = np.zeros((2, n))
    scale = (n - 1) / (edges[-1] - edges[0])
    for part in job.placed.parts:
        for tile in tiles(part.edges, job.dem.window):
            z = job.dem.read(tile.row0, tile.row1, tile.col0, tile.col1)
            share = tile.share
            seen = ~np.isnan(z) & (share > 0)
            height = z[seen]
            weight = (share * job.placed.row_areas(tile.row0, tile.row1)[:, None])[seen]
            k = np.clip(np.ceil((height - ground.floor) * scale), 1, n - 1).astype(np.int64)
            table[0] += np.bincount(k, weight, n)
            table[1] += np.bincount(k, weight * height, n)
    return np.cumsum(table[0]), np.cumsum(table[1])
