"""Elevation, area and volume: the stage–capacity curve."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from gis.arrays import Array
from gis.job import Job, open_job
from gis.remarks import curve_remarks
from gis.sums import Layering, accumulate
from gis.surfaces import Inputs, Surface
from gis.tiling import tiles
from models.estimate import CurveRow, EstimateRequest, StageCurve
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain

_STEPS = 100


def stage_curve(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    request: EstimateRequest,
    *,
    step_m: float | None = None,
    watch: Watch | None = None,
    inputs: Inputs | None = None,
) -> StageCurve:
    """Volume and area inside the outline by elevation, from the floor to the highest point of the reference.

    A row's volume is what lies below its elevation and below the reference; its area is the body's at that elevation,
    so that dV/dh = A and the last row's volume is the fill (of a stockpile: the heap, counted from the base up). Rows
    stand at whole multiples of `step_m` (default: about 1/100 of the depth, 1, 2 or 5 × 10ⁿ m) and at both ends.
    """
    with open_job(site, terrain, dem_path, request, watch, inputs=inputs) as job:
        surfaces = job.reference()
        ground, sums = accumulate(job.dem, job.placed, [surfaces], Layering(), watch=job.watch.part(0.0, 0.5))
        _, gaps = job.check_ground(ground)
        own = (*job.notices, *gaps, *(n for s in surfaces for n in s.notices))
        warnings = curve_remarks(job, ground.cells, own)
        low, high = (ground.floor, sums[0].reference_high) if site.fills else (sums[0].reference_low, ground.top)
        if not low < high:
            return StageCurve((CurveRow(high, 0.0, 0.0),), warnings, terrain.name, job.key, job.over)
        heights = elevations(low, high, step_m)
        area, volume = _below(job, surfaces, heights)
        rows = (CurveRow(float(h), float(a), float(v)) for h, a, v in zip(heights, area, volume, strict=True))
        return StageCurve(tuple(rows), warnings, terrain.name, job.key, job.over)


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
