"""Measuring: along a line in plan and over the terrain, heights and slopes, areas, and on the ellipsoid."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from pyproj import CRS

from gis.arrays import Array
from gis.crs import horizontal, parse_crs, transformer

Sample = Callable[[Array, Array], Array]
"""Heights (m, NaN where there is none) at places in the project CRS."""

MOST_SAMPLES = 20_000


@dataclass(frozen=True)
class LineMeasure:
    """A line over the ground. `plan_m` in the plane of the project, `ground_m` along the terrain's surface.

    `rise_m` and `fall_m` add up all that goes up and down (both positive). `heights_m`: at its places. `steepest` and
    `slope` (from end to end) are height over distance. `covered` is the share of the line that has terrain (0..1);
    what depends on heights is None where there are none, and stretches without them count in `ground_m` as level.
    """

    plan_m: float
    ground_m: float | None
    rise_m: float | None
    fall_m: float | None
    low_m: float | None
    high_m: float | None
    steepest: float | None
    heights_m: tuple[float | None, ...]
    covered: float

    @property
    def difference_m(self) -> float | None:
        """Height of the last place less that of the first, m."""
        first, last = self.heights_m[0], self.heights_m[-1]
        return None if first is None or last is None else last - first

    @property
    def slope(self) -> float | None:
        """Height difference from end to end over the distance in plan."""
        d = self.difference_m
        return None if d is None or self.plan_m <= 0 else d / self.plan_m


def plan_length(places: Sequence[tuple[float, float]]) -> float:
    """Length of a line through the places, m."""
    return math.fsum(math.dist(a, b) for a, b in pairwise(places))


def plan_area(places: Sequence[tuple[float, float]]) -> float | None:
    """Area that the places enclose in the plane, m²; None where their outline crosses itself."""
    ring = shapely.Polygon(places) if len(places) > 2 else None
    return float(ring.area) if ring is not None and ring.is_valid else None


def measure_line(places: Sequence[tuple[float, float]], sample: Sample, spacing_m: float) -> LineMeasure:
    """A line through the places (project CRS, metres) over the heights that `sample` gives.

    Sampled at most `spacing_m` apart, the size of a cell: closer, the noise of a survey would count as way.
    """
    line = shapely.LineString(places)
    spacing = max(spacing_m, line.length / MOST_SAMPLES, 1e-3)
    xy = shapely.get_coordinates(shapely.segmentize(line, spacing))
    z = np.asarray(sample(xy[:, 0], xy[:, 1]), np.float64)
    ends = sample(*np.asarray(places, np.float64).T)
    heights = tuple(float(v) if np.isfinite(v) else None for v in ends)
    step, up = np.hypot(*np.diff(xy, axis=0).T), np.diff(z)
    known = np.isfinite(up)
    if not known.any():
        return LineMeasure(float(line.length), None, None, None, None, None, None, heights, 0.0)
    up0 = np.where(known, up, 0.0)
    slopes = np.abs(up0[step > 0]) / step[step > 0]
    return LineMeasure(
        plan_m=float(line.length),
        ground_m=float(np.hypot(step, up0).sum()),
        rise_m=float(up0[up0 > 0].sum()),
        fall_m=float(-up0[up0 < 0].sum()),
        low_m=float(np.nanmin(z)),
        high_m=float(np.nanmax(z)),
        steepest=float(slopes.max()) if slopes.size else None,
        heights_m=heights,
        covered=float(step[known].sum() / step.sum()) if step.sum() > 0 else 1.0,
    )


def on_ellipsoid(places: Sequence[tuple[float, float]], crs: str) -> tuple[float, float | None]:
    """(length m, area m² or None for less than three places) on the ellipsoid of the project's CRS.

    Karney 2013, Algorithms for geodesics (pyproj's Geod); the outline's edges are taken as geodesics.
    """
    flat = horizontal(parse_crs(crs))
    geod = flat.get_geod()
    base = flat.geodetic_crs
    if geod is None or base is None:
        return plan_length(places), plan_area(places)
    lon, lat = transformer(flat, CRS(base)).transform(*np.asarray(places, np.float64).T)
    length = float(geod.line_length(lon, lat))
    if len(places) < 3:
        return length, None
    return length, abs(float(geod.polygon_area_perimeter(lon, lat)[0]))
