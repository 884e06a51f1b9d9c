"""A cross-section: ground and reference along a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString

from gis.arrays import Array
from gis.crs import parse_crs, same_crs, transformer
from gis.job import open_job
from gis.surfaces import Inputs
from models.errors import AppError, Refused
from models.estimate import EstimateRequest
from models.notices import N_
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain


@dataclass(frozen=True)
class Section:
    """Samples along a line: distance from its start (m on the ground), heights (m), places in the project CRS.

    `ground_m` is NaN where the terrain has no height, `reference_m` NaN outside the outline.
    """

    distance_m: Array
    ground_m: Array
    reference_m: Array
    x: Array
    y: Array


def section(
    line: LineString,
    terrain: Terrain,
    dem_path: Path,
    site: Site,
    request: EstimateRequest,
    *,
    max_points: int = 4000,
    watch: Watch | None = None,
    inputs: Inputs | None = None,
) -> Section:
    """Ground and reference along `line` (project CRS), sampled at half a cell or `max_points` places."""
    if line.is_empty or line.length <= 0:
        raise Refused(
            "section.no_line", N_("the section line has no length"), where=site.code, advice=N_("draw a longer line")
        )
    with open_job(site, terrain, dem_path, request, watch, inputs=inputs) as job:
        spacing = max(job.terrain.cell_m / 2, line.length / max_points)
        dense = shapely.get_coordinates(shapely.segmentize(line, spacing))
        x, y = dense[:, 0], dense[:, 1]
        grid, own = job.dem.grid, parse_crs(site.crs)
        gx, gy = (x, y) if same_crs(own, grid.crs) else transformer(own, grid.crs).transform(x, y)
        col, row = grid.to_pixel(gx, gy)
        reference = np.full(x.shape, np.nan)
        try:
            for part, surface in zip(job.placed.parts, job.reference(), strict=True):
                inside = shapely.intersects_xy(part.polygon, col, row)
                reference[inside] = surface.at(col[inside], row[inside])
        except AppError as error:
            if error.key not in {"terrain.rim_gap", "terrain.not_covered", "surface.parameter"}:
                raise  # a section of the ground alone is still worth showing where there is no reference yet
        distance = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
        return Section(distance, job.dem.sample_pixels(col, row), reference, x.copy(), y.copy())


def long_axis(site: Site, overhang: float = 0.1) -> LineString:
    """The line along the site's length through its middle, longer by `overhang` of it at each end (project CRS)."""
    return _axis(site, overhang, across=False)


def cross_axis(site: Site, overhang: float = 0.1) -> LineString:
    """The line across the site at right angles to `long_axis`, through the same middle (project CRS)."""
    return _axis(site, overhang, across=True)


def _axis(site: Site, overhang: float, *, across: bool) -> LineString:
    box = shapely.minimum_rotated_rectangle(site.outline)
    corner = shapely.get_coordinates(box)
    if len(corner) < 4:
        raise Refused(
            "section.no_line", N_("the section line has no length"), where=site.code, advice=N_("draw a longer line")
        )
    sides = [np.hypot(*(corner[k + 1] - corner[k])) for k in (0, 1)]
    first = (sides[0] >= sides[1]) != across
    along = corner[1] - corner[0] if first else corner[2] - corner[1]
    middle = (corner[0] + corner[2]) / 2
    half = along * (0.5 + overhang)
    return LineString([middle - half, middle + half])
