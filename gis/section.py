"""A cross-section: ground and reference along a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString

from gis.arrays import Array
from gis.crs import parse_crs, same_crs, transformer
from gis.dem.file import Dem
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

    `ground_m` is NaN where the terrain has no height, `reference_m` NaN outside the outline. `bends_m`: where
    the line's places between its ends stand.
    """

    distance_m: Array
    ground_m: Array
    reference_m: Array
    x: Array
    y: Array
    bends_m: tuple[float, ...] = ()

    @property
    def depth_m(self) -> Array:
        """Reference less ground, m: fill above zero, cut below, NaN where either is missing."""
        return np.asarray(self.reference_m - self.ground_m)

    @property
    def fill_m2(self) -> float:
        """Area between ground and reference where the reference lies above, m²."""
        return _area(self.distance_m, self.depth_m)

    @property
    def cut_m2(self) -> float:
        """Area between reference and ground where the ground lies above, m²."""
        return _area(self.distance_m, -self.depth_m)

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """(distance along the line of its place nearest to (x, y), how far that is from it), m."""
        line = shapely.LineString(np.column_stack((self.x, self.y)))
        along = shapely.line_locate_point(line, shapely.Point(x, y))
        return float(along), float(line.distance(shapely.Point(x, y)))

    def place(self, distance: float) -> tuple[float, float]:
        """The place (project CRS) at a distance along the line."""
        return tuple(float(np.interp(distance, self.distance_m, v)) for v in (self.x, self.y))  # type: ignore[return-value]  # two


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
    _check(line, site.code)
    with open_job(site, terrain, dem_path, request, watch, inputs=inputs) as job:
        x, y = _places(line, job.terrain.cell_m, max_points)
        col, row = _pixels(job.dem, site.crs, x, y)
        reference = np.full(x.shape, np.nan)
        try:
            for part, surface in zip(job.placed.parts, job.reference(), strict=True):
                inside = shapely.intersects_xy(part.polygon, col, row)
                reference[inside] = surface.at(col[inside], row[inside])
        except AppError as error:
            if error.key not in {"terrain.rim_gap", "terrain.not_covered", "surface.parameter"}:
                raise  # a section of the ground alone is still worth showing where there is no reference yet
        return _made(line, x, y, job.dem.sample_pixels(col, row), reference)


def ground_along(line: LineString, crs: str, terrain: Terrain, dem_path: Path, *, max_points: int = 4000) -> Section:
    """The ground alone along a line (in `crs`) anywhere, sampled as `section` does. Raises Refused, Unreadable."""
    _check(line, "")
    with Dem(dem_path, terrain) as dem:
        x, y = _places(line, terrain.cell_m, max_points)
        ground = dem.sample_pixels(*_pixels(dem, crs, x, y))
    return _made(line, x, y, ground, np.full(x.shape, np.nan))


def _check(line: LineString, code: str) -> None:
    if line.is_empty or line.length <= 0:
        raise Refused(
            "section.no_line", N_("the section line has no length"), where=code, advice=N_("draw a longer line")
        )


def _places(line: LineString, cell_m: float, max_points: int) -> tuple[Array, Array]:
    x, y = shapely.get_coordinates(shapely.segmentize(line, max(cell_m / 2, line.length / max_points))).T
    return x.copy(), y.copy()


def _pixels(dem: Dem, crs: str, x: Array, y: Array) -> tuple[Array, Array]:
    own = parse_crs(crs)
    if not same_crs(own, dem.grid.crs):
        x, y = transformer(own, dem.grid.crs).transform(x, y)
    return dem.grid.to_pixel(x, y)


def _made(line: LineString, x: Array, y: Array, ground: Array, reference: Array) -> Section:
    distance = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    corners = np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T).cumsum()[:-1]
    return Section(distance, ground, reference, x, y, tuple(corners.tolist()))


def _area(distance: Array, depth: Array) -> float:
    """∫ max(depth, 0) along the line, exact for heights that are straight between samples."""
    d, a, b = np.diff(distance), depth[:-1], depth[1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        both = np.where((a >= 0) & (b >= 0), (a + b) / 2, 0.0)
        one = np.where(a * b < 0, np.maximum(a, b) ** 2 / (2 * np.abs(a - b)), 0.0)
    return float(np.nansum(d * (both + one)))


def heights_along(section: Section, crs: str, terrain: Terrain, dem_path: Path) -> Array:
    """Heights of another terrain (an earlier survey, say) at the places of a section, m; NaN where it has none."""
    with Dem(dem_path, terrain) as dem:
        return dem.sample_pixels(*_pixels(dem, crs, section.x, section.y))


def long_axis(site: Site, overhang: float = 0.1) -> LineString:
    """The line along the site's length through its middle, longer by `overhang` of it at each end (project CRS)."""
    box = shapely.minimum_rotated_rectangle(site.outline)
    corner = shapely.get_coordinates(box)
    if len(corner) < 4:
        raise Refused(
            "section.no_line", N_("the section line has no length"), where=site.code, advice=N_("draw a longer line")
        )
    sides = [np.hypot(*(corner[k + 1] - corner[k])) for k in (0, 1)]
    along = corner[1] - corner[0] if sides[0] >= sides[1] else corner[2] - corner[1]
    middle = (corner[0] + corner[2]) / 2
    half = along * (0.5 + overhang)
    return _from_west(LineString([middle - half, middle + half]))


def cross_axis(site: Site, overhang: float = 0.1) -> LineString:
    """The line across the site at its middle, longer than it by `overhang` at each end (project CRS)."""
    whole, inside = _across(site, 0.5, overhang)
    return inside or whole


def cross_axes(site: Site, count: int, overhang: float = 0.1) -> list[LineString]:
    """Lines across the site at even distances along its length, as `cross_axis`; none where one does not meet it."""
    found = [_across(site, share, overhang)[1] for share in (np.arange(count) + 1.0) / (count + 1.0)]
    return [line for line in found if line is not None]


def _across(site: Site, share: float, overhang: float) -> tuple[LineString, LineString | None]:
    """The line across at a share of the length: as long as the site itself, and fitted to what it meets of it."""
    along = shapely.get_coordinates(long_axis(site, 0.0))
    middle, (dx, dy) = along[0] + share * (along[1] - along[0]), (along[1] - along[0]) / 2
    half = np.array((dy, -dx))
    whole = LineString([middle + half, middle - half])
    inside = shapely.get_coordinates(shapely.intersection(whole, site.outline))
    if len(inside) < 2:
        return _from_west(whole), None
    at = shapely.line_locate_point(whole, shapely.points(inside))
    low, high = float(at.min()), float(at.max())
    room = overhang * (high - low)
    return _from_west(whole), _from_west(LineString([_on(whole, low - room), _on(whole, high + room)]))


def _from_west(line: LineString) -> LineString:
    """As sections are drawn: from west to east, one that runs straight north from south to north."""
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    return line if (round(x1 - x0, 6), y1) >= (0.0, y0) else LineString(list(line.coords)[::-1])


def _on(line: LineString, distance: float) -> tuple[float, float]:
    """A place of a straight line, also beyond its ends."""
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    share = distance / line.length
    return x0 + share * (x1 - x0), y0 + share * (y1 - y0)
