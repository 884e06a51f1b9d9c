"""Depth of fill as a picture: for the map and the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gis.arrays import F32, Array
from gis.crs import parse_crs, same_crs, transformer
from gis.job import Job, open_job
from gis.surfaces import Inputs
from models.estimate import EstimateRequest
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain


@dataclass(frozen=True)
class DepthGrid:
    """Depth (reference minus ground, m: positive fill, negative cut), NaN outside the outline. Row 0 in the north.

    `extent` (xmin, ymin, xmax, ymax) of the outer edges in the project CRS. `reference` and `ground` in metres, the
    ground also beyond the outline.
    """

    depth: F32
    extent: tuple[float, float, float, float]
    reference: F32
    ground: F32


def depth_grid(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    request: EstimateRequest,
    *,
    max_cells: int = 1_000_000,
    watch: Watch | None = None,
    inputs: Inputs | None = None,
) -> DepthGrid:
    """Depths at points of a north-up grid over the site in the project CRS, at the terrain's cell size or coarser.

    Where the terrain lies north-up in the project CRS, the points are its own cell centres.
    """
    with open_job(site, terrain, dem_path, request, watch, inputs=inputs) as job:
        surfaces = job.reference()
        x, y, extent = _points(job, max_cells)
        grid = job.dem.grid
        own = parse_crs(site.crs)
        xx, yy = np.meshgrid(x, y)
        gx, gy = (xx, yy) if same_crs(own, grid.crs) else transformer(own, grid.crs).transform(xx, yy)
        col, row = grid.to_pixel(gx, gy)
        ground = job.dem.sample_pixels(col.ravel(), row.ravel()).reshape(col.shape)
        reference = np.full(col.shape, np.nan)
        for part, surface in zip(job.placed.parts, surfaces, strict=True):
            shapely.prepare(part.polygon)
            inside = shapely.contains_xy(part.polygon, col, row)
            if inside.any():
                reference[inside] = surface.at(col[inside], row[inside])
        depth = (reference - ground).astype(np.float32)
        return DepthGrid(depth, extent, reference.astype(np.float32), ground.astype(np.float32))


def _points(job: Job, max_cells: int) -> tuple[Array, Array, tuple[float, float, float, float]]:
    """(x, y of columns and rows from the north, extent) in the project CRS."""
    x0, y0, x1, y1 = job.site.outline.bounds
    grid, site_crs = job.dem.grid, parse_crs(job.site.crs)
    a, _, c, _, e, f = grid.transform
    if same_crs(site_crs, grid.crs) and grid.axis_aligned:
        dx, dy, origin_x, origin_y = abs(a), abs(e), c, f
    else:
        dx = dy = job.terrain.cell_m
        origin_x, origin_y = x0, y0
    stride = max(int(np.ceil(np.sqrt((x1 - x0) / dx * (y1 - y0) / dy / max(max_cells, 1)))), 1)
    dx, dy = dx * stride, dy * stride
    left, bottom = origin_x + np.floor((x0 - origin_x) / dx) * dx, origin_y + np.floor((y0 - origin_y) / dy) * dy
    columns, rows = max(int(np.ceil((x1 - left) / dx)), 1), max(int(np.ceil((y1 - bottom) / dy)), 1)
    x = left + (np.arange(columns) + 0.5) * dx
    y = bottom + (np.arange(rows)[::-1] + 0.5) * dy
    return x, y, (float(left), float(bottom), float(left + columns * dx), float(bottom + rows * dy))
