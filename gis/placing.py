"""A site laid onto a terrain's grid: outline in pixel space, part by part, with the ground's measures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.coverage import Edges, outline_length, rings_of, row_sums
from gis.crs import datum_gap, parse_crs, reproject, same_crs, scale_factor, transformer
from gis.dem.grid import Grid
from gis.topology import explain_invalid
from models.errors import Refused
from models.notices import N_, Notice
from models.site import Site

_DENSIFY = 0.05
"""An edge of a reprojected outline stays within this share of a cell of its true place."""


@dataclass(frozen=True)
class Part:
    """One polygon of a site in pixel space (column, row). `rings`: the outer one first, closed, (n, 2)."""

    polygon: BaseGeometry
    rings: tuple[Array, ...]
    edges: Edges
    step_x: float
    step_y: float
    """Ground length of one column and of one row at the part's middle, m (scale factor taken out)."""

    @cached_property
    def perimeter_m(self) -> float:
        """Length of all rings on the ground, m."""
        return outline_length(self.rings, self.step_x, self.step_y)

    @cached_property
    def width_m(self) -> float:
        """Diameter of the largest circle that fits in: the width of a long pit, m."""
        ground = Polygon(shapely.transform(self.polygon, lambda p: p * (self.step_x, self.step_y)))  # type: ignore[arg-type]  # parts are polygons
        x0, y0, x1, y1 = ground.bounds
        tolerance = max(min(x1 - x0, y1 - y0) / 100, 1e-6)
        return 2 * float(shapely.maximum_inscribed_circle(ground, tolerance=tolerance).length)


@dataclass(frozen=True)
class Placed:
    """A site on a grid. `k` is the projection's scale factor there; ground areas are grid areas / k²."""

    grid: Grid
    parts: tuple[Part, ...]
    k: float
    notices: tuple[Notice, ...]
    site_crs: CRS

    def site_place(self, col: float, row: float) -> tuple[float, float]:
        """A pixel position in the CRS of the site (the project's): what messages name."""
        x, y = self.grid.to_world(col, row)
        if not same_crs(self.site_crs, self.grid.crs):
            x, y = transformer(self.grid.crs, self.site_crs).transform(x, y)
        return float(x), float(y)

    def row_areas(self, row0: int, row1: int) -> Array:
        """Ground area of a cell in each row, m², scale factor taken out."""
        return self.grid.row_areas(row0, row1) / self.k**2

    def area_m2(self, part: Part) -> float:
        """Ground area of a part's polygon, m², on the grid or off it."""
        if not self.grid.geographic:  # all cells alike
            return float(part.polygon.area * self.row_areas(0, 1)[0])
        row0, row1, _, _ = part.edges.bounds
        return float(np.sum(row_sums(part.edges, row0, row1) * self.row_areas(row0, row1)))


def place(site: Site, grid: Grid) -> Placed:
    """The site's outline in the grid's pixel space.

    Raises Refused for an outline that is empty, invalid or without area, that does not meet the terrain, or whose datum
    has no known way to the terrain's.
    """
    outline = _sound(site)
    crs = parse_crs(site.crs)
    notices: list[Notice] = []
    if not same_crs(crs, grid.crs):
        gap = datum_gap(crs, grid.crs)
        if gap is not None:
            raise Refused(
                gap.key,
                gap.text,
                where=site.code,
                advice=N_("bring the terrain into the project's coordinate system first, with the official parameters"),
                **dict(gap.facts),
            )
        text = N_("the outline was transformed from “{site}” to the terrain's “{terrain}” to be measured")
        notices.append(Notice("terrain.other_crs", text, site=crs.name, terrain=grid.crs.name))
        a, b, _, d, e, _ = grid.transform
        outline = reproject(outline, crs, grid.crs, _DENSIFY * min(np.hypot(a, d), np.hypot(b, e)))
    pixel = shapely.transform(outline, lambda p: np.column_stack(grid.to_pixel(p[:, 0], p[:, 1])))
    c0, r0, c1, r1 = pixel.bounds
    if c1 <= 0 or r1 <= 0 or c0 >= grid.width or r0 >= grid.height:
        raise Refused(
            "terrain.no_overlap",
            N_("the terrain does not reach the outline"),
            where=site.code,
            advice=N_("check the coordinate systems, or register a terrain that covers the site"),
        )
    middle = outline.centroid
    k = scale_factor(grid.crs, middle.x, middle.y)
    polygons = (pixel,) if pixel.geom_type == "Polygon" else shapely.get_parts(pixel)
    parts = tuple(_part(p, grid, k) for p in polygons)
    return Placed(grid, parts, k, tuple(notices), crs)


def _sound(site: Site) -> BaseGeometry:
    outline = shapely.force_2d(site.outline) if site.outline.has_z else site.outline
    if outline.is_empty or outline.geom_type not in {"Polygon", "MultiPolygon"}:
        raise Refused(
            "site.no_area",
            N_("the outline encloses no area"),
            where=site.code,
            advice=N_("draw the outline as a polygon"),
        )
    reason = explain_invalid(outline)
    if reason is not None:
        raise Refused(
            "site.invalid",
            N_("the outline is not a valid polygon: {reason}"),
            where=site.code,
            advice=N_("repair the outline, for instance by drawing it again at that place"),
            reason=reason,
        )
    return outline


def _part(polygon: BaseGeometry, grid: Grid, k: float) -> Part:
    rings = rings_of(polygon)
    y = rings[0][:, 1]
    step_x, step_y = grid.steps_m((float(np.minimum.reduce(y)) + float(np.maximum.reduce(y))) / 2)
    return Part(polygon, rings, Edges.within([rings]), step_x / k, step_y / k)
