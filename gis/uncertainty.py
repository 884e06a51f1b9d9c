"""How sure a volume is (volumes.md section 5): first order, one standard deviation a part, combined in quadrature.

Double integrals run over fixed quasi-random points (the R sequences of Roberts 2018), so that a result is the same each
time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.quasi import quasi_random
from gis.rim import Rim

_POINTS = 20_000
_ANCHORS = 240


def spherical(h: Array, range_m: float) -> Array:
    """Spherical correlation at distances `h` (m): 1 at 0, 0 from `range_m` on."""
    u = np.minimum(np.asarray(h) / range_m, 1.0)
    return np.asarray(1 - 1.5 * u + 0.5 * u**3)


def points_in(shape: BaseGeometry, n: int) -> Array:
    """About n evenly spread points inside a polygon, (m, 2)."""
    x0, y0, x1, y1 = shape.bounds
    share = max(shape.area / ((x1 - x0) * (y1 - y0)), 1e-4)
    unit = quasi_random(min(int(n / share) + 16, 50 * n), 2)
    xy = np.array([x0, y0]) + unit * (x1 - x0, y1 - y0)
    shapely.prepare(shape)
    return np.asarray(xy[shapely.contains_xy(shape, xy[:, 0], xy[:, 1])], np.float64)


def mean_correlation(shape: BaseGeometry, range_m: float, around: Array | None = None, n: int = _POINTS) -> float:
    """Mean of the spherical correlation between two places in `shape` (m), or between the places `around` and `shape`.

    The share σ²_mean/σ² of volumes.md section 5. Offsets are drawn in the disc of radius `range_m` where that disc is
    smaller than the shape, else pairs are drawn in the shape: both estimate (1/A²) ∬ C.
    """
    area = shape.area
    if area <= 0:
        return 1.0
    first = points_in(shape, n) if around is None else around[np.arange(n) % len(around)]
    if not len(first):
        return 1.0
    shapely.prepare(shape)
    if np.pi * range_m**2 < area:
        unit = quasi_random(len(first), 4)[:, 2:] if around is None else quasi_random(len(first), 2)
        radius, angle = range_m * np.sqrt(unit[:, 0]), 2 * np.pi * unit[:, 1]
        there = first + np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
        hit = shapely.contains_xy(shape, there[:, 0], there[:, 1])
        return float(np.mean(spherical(radius, range_m) * hit) * np.pi * range_m**2 / area)
    second = points_in(shape, n)
    size = min(len(first), len(second))
    if size < 2:
        return 1.0
    # A stride prime to the number of points pairs each with one far away in the sequence.
    other = second[(np.arange(size) * 7919 + 1) % size]
    return float(np.mean(spherical(np.hypot(*(first[:size] - other).T), range_m)))


def rim_correlation(rim: Array, weight: Array, range_m: float) -> float:
    """Weighted mean of the correlation between two rim samples, (n, 2) in m."""
    share = weight / weight.sum()
    pick = np.linspace(0, len(rim) - 1, min(_ANCHORS, len(rim))).astype(np.int64)
    distance = np.hypot(rim[pick, 0][:, None] - rim[:, 0], rim[pick, 1][:, None] - rim[:, 1])
    return float(np.average(spherical(distance, range_m) @ share, weights=share[pick]))


@dataclass(frozen=True)
class RimUse:
    """How a part's reference hangs on its rim.

    Positions in metres in a plane; `flooded_m2` the area that moves with it.
    """

    shape: BaseGeometry
    rim: Rim | None
    rim_xy: Array
    kind: str
    """"none", "point" (`rim_xy` is that point) or "mean"."""
    flooded_m2: float
    fit_sigma_m: float
    rim_depth_m: float
    """Mean depth to fill at the outline, m."""
    perimeter_m: float


def terrain_sigma(shape: BaseGeometry, sigma_z_m: float, range_m: float | None) -> float:
    """σ_V,random = A·σ_mean, m³.

    Without a range the error is taken as one and the same all over the site (upper bound).
    """
    share = 1.0 if range_m is None or range_m <= 0 else mean_correlation(shape, range_m)
    return float(shape.area * sigma_z_m * np.sqrt(share))


def reference_sigma(uses: Sequence[RimUse], sigma_z_m: float | None, range_m: float | None) -> float | None:
    """Standard deviation of the fill for the reference surface's sake, m³; None where it is not known.

    The rim's own error less what it has in common with the ground below it (both come from one DEM), never below zero,
    and the want of fit of a plane. Parts are added linearly: their errors hang together.
    """
    total = 0.0
    for use in uses:
        variance = (use.flooded_m2 * use.fit_sigma_m) ** 2
        if use.kind != "none":
            if sigma_z_m is None:
                return None
            variance += max(_rim_variance(use, range_m), 0.0) * sigma_z_m**2
        total += float(np.sqrt(variance))
    return total


def _rim_variance(use: RimUse, range_m: float | None) -> float:
    """Var(rim term) - 2 Cov(rim term, ground term) in units of σ_z², m⁴."""
    area, flooded = use.shape.area, use.flooded_m2
    if range_m is None or range_m <= 0:
        return flooded**2 - 2 * area * flooded
    own, cross = 1.0, mean_correlation(use.shape, range_m, around=use.rim_xy, n=_POINTS // 4)
    if use.kind == "mean" and use.rim is not None:
        own = rim_correlation(use.rim_xy, use.rim.weight, range_m)
    return flooded**2 * own - 2 * area * flooded * cross


def outline_sigma(uses: Sequence[RimUse], sigma_xy_m: float) -> float:
    """σ_V,outline = perimeter · mean depth at the rim · σ_xy, m³."""
    return float(sum(u.perimeter_m * u.rim_depth_m for u in uses) * sigma_xy_m)
