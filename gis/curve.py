"""Elevation, area and volume: the stage–capacity curve."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from gis.arrays import Array
from gis.job import Job, open_job
from gis.remarks import curve_remarks
from gis.site_support import supports
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
        found = StageCurve((), (), terrain.name, job.key, job.over, *supports(job, surfaces))
        found = replace(found, warnings=curve_remarks(job, ground, own, surfaces, found))
        low, high = (ground.floor, sums[0].reference_high) if site.fills else (sums[0].reference_low, ground.top)
        if not low < high:
            return replace(found, rows=(CurveRow(high, 0.0, 0.0),))
        heights = elevations(low, high, step_m)
        area, volume, spanned = _below(job, surfaces, heights)
        known = found.support is not None or found.reference_support is not None
        rows = (
            CurveRow(float(h), float(a), float(v), min(float(s), float(v)) if known else None)
            for h, a, v, s in zip(heights, area, volume, spanned, strict=True)
        )
        return replace(found, rows=tuple(rows))


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


def _below(job: Job, surfaces: list[Surface], heights: Array) -> tuple[Array, Array, Array]:
    """(area, volume, what of that is spanned) below each height, one pass over the cells.

    Histograms of where each column of the body begins and ends: one from `bottom` to `top` over ground area w holds
    w·(max(h - bottom, 0) - max(h - top, 0)) below h. Spanned: in a gap of the ground's terrain or of the reference's.
    """
    n = heights.size
    begin, end = np.zeros((4, n + 1)), np.zeros((4, n + 1))
    spans = [s for s in (job.spans, job.spans_below(surfaces)) if s is not None and s.any_inside]
    for part, surface in zip(job.placed.parts, surfaces, strict=True):
        for tile in tiles(part.edges, job.dem.window):
            z = job.dem.read(tile.row0, tile.row1, tile.col0, tile.col1)
            r = np.broadcast_to(np.asarray(surface.block(tile.row0, tile.row1, tile.col0, tile.col1)), z.shape)
            bottom, top = (z, r) if job.site.fills else (r, z)
            body = top > bottom  # False where either is missing
            share = tile.share
            weight = (share * job.placed.row_areas(tile.row0, tile.row1)[:, None])[body]
            i, j = np.nonzero(body) if spans else (np.zeros(0, np.int64), np.zeros(0, np.int64))
            at = tile.col0 + j + 0.5, tile.row0 + i + 0.5
            gaps = np.max([s.share_at(*at) for s in spans], axis=0) if spans else 0.0
            for table, height in ((begin, bottom[body]), (end, top[body])):
                k = np.searchsorted(heights, height, side="left")
                table[0] += np.bincount(k, weight, n + 1)
                table[1] += np.bincount(k, weight * height, n + 1)
                if spans:
                    table[2] += np.bincount(k, weight * gaps, n + 1)
                    table[3] += np.bincount(k, weight * gaps * height, n + 1)
            job.watch.report(0.5 + 0.5 * tile.row1 / max(job.placed.grid.height, 1))
    w = np.cumsum(begin, axis=1)[:, :n]
    t = np.cumsum(end, axis=1)[:, :n]
    volume = (heights * w[0] - w[1]) - (heights * t[0] - t[1])
    spanned = (heights * w[2] - w[3]) - (heights * t[2] - t[3])
    # At a top the body is still as wide as just below it: take the columns that end above or at h.
    ended = np.concatenate(([0.0], np.cumsum(end[0])[: n - 1]))
    area = np.maximum(w[0] - ended, 0.0)
    rising = (np.maximum.accumulate(np.maximum(v, 0.0)) for v in (volume, spanned))
    return (area, *rising)
