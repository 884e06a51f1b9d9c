"""The vertical offset between two surveys, from ground around a site that should not have changed.

Median of the differences and their NMAD (1.4826 times the median absolute deviation; Höhle & Höhle 2009, ISPRS J.
Photogramm. 64(4)): neither minds a third of the ground being dug or built on in the meantime.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Mask
from gis.comparison.pair import Pair
from gis.crs import metres_per_unit, parse_crs, reproject
from gis.placing import Placed
from models.progress import Watch
from models.site import Site

LEAST = 100
"""Fewer places than this give no offset."""
_NEAR = 0.5
_FAR = 1.5
_ENOUGH = 2_000
_LATTICE = 40_000
_MAX_WINDOW = 30_000_000  # cells: a wider ring is not looked at
_WIDER = 4
_MARGIN_CELLS = 3.0  # kept clear around every site: their edges are trodden, and bilinear heights reach across
_SAME_M = 1e-9


@dataclass(frozen=True)
class Stable:
    """Stable ground as it was found. `xy` places (n, 2) in metres, `difference` after minus before there, m."""

    xy: Array
    difference: Array
    within_m: float
    share: float = 0.0
    """Share of the places looked at that count: known in both surveys and not too steep."""

    @property
    def cells(self) -> int:
        """How many places there are."""
        return int(self.difference.size)

    @property
    def known(self) -> bool:
        """True where there are enough places to speak of an offset."""
        return self.cells >= LEAST

    @property
    def offset_m(self) -> float | None:
        """Median of after minus before."""
        return float(np.median(self.difference)) if self.known else None

    @property
    def nmad_m(self) -> float | None:
        """Robust standard deviation of the differences."""
        offset = self.offset_m
        return None if offset is None else float(1.4826 * np.median(np.abs(self.difference - offset)))

    def seen(self, difference: Array) -> Stable:
        """The same places with other differences, m; those that are NaN fall away."""
        good = np.isfinite(difference)
        return replace(self, xy=self.xy[good], difference=difference[good])

    @property
    def copied(self) -> bool:
        """True where most heights are the very same: copied from one survey to the other, or rounded to steps."""
        return self.known and float(np.mean(np.abs(self.difference) < _SAME_M)) > 0.5


Measured = Callable[[Array, Array], Mask]
"""Whether ground at pixel positions (columns, rows) was measured."""


def stable_ground(
    pair: Pair,
    placed: Placed,
    site: Site,
    sites: Sequence[BaseGeometry],
    max_slope_deg: float,
    watch: Watch,
    *,
    measured: Measured | None = None,
    reach: float = _NEAR,
) -> Stable:
    """Places around `site` outside all `sites` (project CRS) where neither survey is steeper than `max_slope_deg`.

    Those alone that were `measured`, where that is known: how two surveys lie to each other does not show where one of
    them was spanned between points.

    Looked for in a ring of `reach` times the site's size (at least 30 cells; half of it by itself), widened up to eight
    times while there are few.
    Places lie on a lattice of at most 40 000 cell centres, so that memory and time are bounded and the result is the
    same each time.
    """
    unit = metres_per_unit(parse_crs(site.crs))
    width = max(reach * np.sqrt(site.outline.area) * unit, 30 * pair.cell_m)
    found = Stable(np.empty((0, 2)), np.empty(0), float(width))
    for turn in range(_WIDER):
        watch.report(turn / _WIDER)
        ring = _ring(pair, site, sites, width / unit, _MARGIN_CELLS * pair.cell_m / unit)
        window = _window(pair, ring)
        cells = (window[1] - window[0]) * (window[3] - window[2])
        if turn and cells > _MAX_WINDOW:
            break
        if cells > 0:
            found = _look(pair, placed, ring, window, max_slope_deg, float(width), measured)
        if found.cells >= _ENOUGH or window == _whole(pair):
            break
        width *= 2
    return found


def far_ground(
    pair: Pair,
    placed: Placed,
    site: Site,
    sites: Sequence[BaseGeometry],
    near: Stable,
    max_slope_deg: float,
    watch: Watch,
    *,
    measured: Measured | None = None,
) -> Stable:
    """Stable ground as far away as the site is wide and more: how the surveys are tilted needs a lever.

    That of `near` where it is as wide, or where so much terrain would have to be read.
    """
    unit = metres_per_unit(parse_crs(site.crs))
    size = np.sqrt(site.outline.area) * unit
    if not near.known or _FAR * size <= near.within_m:
        return near
    if ((1 + 2 * _FAR) * size / pair.finer.terrain.cell_m) ** 2 > _MAX_WINDOW:
        return near
    found = stable_ground(pair, placed, site, sites, max_slope_deg, watch, measured=measured, reach=_FAR)
    return found if found.known and not found.copied else near


def _ring(pair: Pair, site: Site, sites: Sequence[BaseGeometry], width: float, margin: float) -> BaseGeometry:
    """Ground around the site without any site, in pixel space. Lengths in the project CRS."""
    disc = shapely.buffer(shapely.force_2d(site.outline), width)
    shapely.prepare(disc)
    near = [s for s in (site.outline, *sites) if s is not None and not s.is_empty and shapely.intersects(disc, s)]
    taken = shapely.union_all([shapely.make_valid(shapely.force_2d(s)) for s in near])
    free = shapely.difference(disc, shapely.buffer(taken, margin))
    polygons = [p for p in shapely.get_parts(free) if p.geom_type == "Polygon"]
    if not polygons:
        return shapely.Polygon()
    grid = pair.grid
    a, b, _, d, e, _ = grid.transform
    world = reproject(
        shapely.MultiPolygon(polygons), parse_crs(site.crs), grid.crs, min(np.hypot(a, d), np.hypot(b, e))
    )
    return shapely.transform(world, lambda p: np.column_stack(grid.to_pixel(p[:, 0], p[:, 1])))


def _whole(pair: Pair) -> tuple[int, int, int, int]:
    """All cells of the finer raster: (row0, row1, col0, col1)."""
    return 0, pair.grid.height, 0, pair.grid.width


def _window(pair: Pair, ring: BaseGeometry) -> tuple[int, int, int, int]:
    r0, r1, c0, c1 = _whole(pair)
    if ring.is_empty:
        return r0, r0, c0, c0
    x0, y0, x1, y1 = ring.bounds
    rows, cols = (max(int(np.floor(y0)), r0), min(int(np.ceil(y1)), r1)), (max(int(x0), c0), min(int(np.ceil(x1)), c1))
    return rows[0], max(rows), cols[0], max(cols)


def _look(
    pair: Pair,
    placed: Placed,
    ring: BaseGeometry,
    window: tuple[int, int, int, int],
    slope: float,
    width: float,
    measured: Measured | None,
) -> Stable:
    r0, r1, c0, c1 = window
    stride = max(int(np.ceil(np.sqrt((r1 - r0) * (c1 - c0) / _LATTICE))), 1)
    cols, rows = np.meshgrid(np.arange(c0 + stride // 2, c1, stride), np.arange(r0 + stride // 2, r1, stride))
    col, row = cols.ravel() + 0.5, rows.ravel() + 0.5
    shapely.prepare(ring)
    inside = shapely.contains_xy(ring, col, row)
    col, row = col[inside], row[inside]
    if measured is not None and col.size:
        known = measured(col, row)
        col, row = col[known], row[known]
    step_x, step_y = placed.parts[0].step_x, placed.parts[0].step_y
    crosses = cross(col, row, pair.cell_m / step_x, pair.cell_m / step_y)
    before, after = (z.reshape(5, col.size) for z in pair.sample(*crosses))
    difference = after[0] - before[0]
    tilt = np.maximum(*(np.hypot(*gradient(z, pair.cell_m)) for z in (before, after)))
    good = np.isfinite(difference) & (tilt <= np.tan(np.radians(slope)))
    share = float(good.mean()) if good.size else 0.0
    return Stable(np.column_stack((col * step_x, row * step_y))[good], difference[good], width, share)


def cross(col: Array, row: Array, arm_x: float, arm_y: float) -> tuple[Array, Array]:
    """(columns, rows), 5 n long: the places, then left, right, above and below them."""
    cols = np.concatenate((col, col - arm_x, col + arm_x, col, col))
    return cols, np.concatenate((row, row, row, row - arm_y, row + arm_y))


def gradient(heights: Array, arm_m: float) -> Array:
    """(2, n) along columns and rows, m/m, by central differences of heights (5, n) on a cross."""
    return np.asarray(np.stack((heights[2] - heights[1], heights[4] - heights[3])) / (2 * arm_m))
