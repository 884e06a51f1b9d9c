"""How sure a volume is (volumes.md section 5): first order, one standard deviation a part, combined in quadrature.

A fill is ∬ max(r - z, 0). An error e(x) of the terrain moves it by Σ Wⱼ e(sⱼ) - ∬ e(x) dx over the flooded area: the
ground under the fill with minus one, and the places sⱼ of the rim on which the reference hangs with the area that each
of them lifts. Both are read from one terrain, so the variance is that of this one signed measure,
∬ C dμ dμ = σ_z² (ground - 2 shared + rim). Where a reference needs no rim only the ground is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.correlation import Region, cross_sum, line_sum, region_of, spherical

__all__ = ["Hold", "Variance", "half_width", "joint_variance", "mean_correlation", "spherical", "terrain_sigma"]

K = 2.0
"""Coverage factor of the 95 % interval."""
_SURE = float(ndtr(K) - ndtr(-K))
_LUMPS = 1_500  # places that stand for a site of many parts where its parts are set against each other


def mean_correlation(shape: BaseGeometry, range_m: float) -> float:
    """(1/A²) ∬ ρ over a polygon in metres: the share σ²_mean/σ² of volumes.md section 5. 1 for a shape of no area."""
    if shape.area <= 0:
        return 1.0
    region = region_of(shape)
    return float(np.clip(region.self_sum(range_m) / region.area_m2**2, 0.0, 1.0))


def terrain_sigma(shape: BaseGeometry, sigma_z_m: float, range_m: float | None) -> float:
    """σ_V,random = A·σ_mean over a polygon in metres, m³.

    Without a range the error is taken as one and the same all over the site (upper bound).
    """
    share = 1.0 if range_m is None or range_m <= 0 else mean_correlation(shape, range_m)
    return float(shape.area * sigma_z_m * np.sqrt(share))


@dataclass(frozen=True)
class Hold:
    """What the volume of one part hangs on.

    `region`: the ground that counts. `places` (n, 2) in m, `weight` (m², adding up to the region's area) and `length_m`
    (of outline that each stands for, 0 for a point): the rim's heights that carry the reference. None: it needs none.
    """

    region: Region
    places: Array = field(default_factory=lambda: np.empty((0, 2)))
    weight: Array = field(default_factory=lambda: np.empty(0))
    length_m: Array = field(default_factory=lambda: np.empty(0))
    _known: dict[float, Variance] = field(default_factory=dict, compare=False, repr=False)

    def variance(self, range_m: float) -> Variance:
        """Variance for errors of that range, in units of σ_z²."""
        if range_m not in self._known:
            self._known[range_m] = self._variance(range_m)
        return self._known[range_m]

    def _variance(self, range_m: float) -> Variance:
        potential = self.region.potential(range_m)
        ground = self.region.self_sum(range_m, potential)
        if not self.weight.size:
            return Variance(ground, ground)
        shared = float(self.weight @ self.region.at(potential, self.places))
        rim = line_sum(self.places, self.weight, self.length_m, range_m)
        return Variance(ground, max(ground - 2 * shared + rim, 0.0))

    def constant(self) -> Variance:
        """Variance for one and the same error everywhere, in units of σ_z²."""
        return Variance(self.region.area_m2**2, (self.region.area_m2 - float(self.weight.sum())) ** 2)

    def lumps(self, n: int) -> tuple[Array, Array]:
        """About n signed places: ground below zero, rim above, m²."""
        xy, ground = self.region.lumps(max(n * 2 // 3, 1))
        if not self.weight.size:
            return xy, -ground
        bins = np.arange(self.weight.size) * max(n // 3, 1) // self.weight.size
        weight = np.bincount(bins, self.weight)
        size = np.bincount(bins, np.abs(self.weight))
        use = size > 0
        rim = np.column_stack([np.bincount(bins, np.abs(self.weight) * p)[use] / size[use] for p in self.places.T])
        return np.concatenate((xy, rim)), np.concatenate((-ground, weight[use]))


@dataclass(frozen=True)
class Variance:
    """Variances in units of σ_z², m⁴: of the `ground` alone, and of ground and rim together (`joint`)."""

    ground: float
    joint: float

    def __add__(self, other: Variance) -> Variance:
        return Variance(self.ground + other.ground, self.joint + other.joint)


def joint_variance(holds: Sequence[Hold], range_m: float | None) -> Variance:
    """Variance of the volume of all parts of a site, in units of σ_z².

    Without a range: the greatest that any range gives (an upper bound), ground and joint each by itself.
    """
    if range_m is not None and range_m > 0:
        return sum((h.variance(range_m) for h in holds), _between(holds, range_m))
    size = float(np.sqrt(sum(h.region.area_m2 for h in holds)))
    found = [joint_variance(holds, size * f) for f in (0.02, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)] if size > 0 else []
    ground = sum(h.region.area_m2 for h in holds)
    rest = ground - float(sum(h.weight.sum() for h in holds))
    found.append(Variance(ground**2, rest**2))
    return Variance(max(v.ground for v in found), max(v.joint for v in found))


def _between(holds: Sequence[Hold], range_m: float) -> Variance:
    """Twice the covariances of the parts among each other."""
    if len(holds) < 2:
        return Variance(0.0, 0.0)
    each = max(_LUMPS // len(holds), 3)
    lumps = [h.lumps(each) for h in holds]
    xy, weight = np.concatenate([p for p, _ in lumps]), np.concatenate([w for _, w in lumps])
    ground = np.minimum(weight, 0.0)
    own = [(cross_sum(p, g, p, g, range_m), cross_sum(p, w, p, w, range_m)) for p, w in lumps
           for g in [np.minimum(w, 0.0)]]  # fmt: skip
    whole = cross_sum(xy, ground, xy, ground, range_m), cross_sum(xy, weight, xy, weight, range_m)
    return Variance(whole[0] - sum(o[0] for o in own), whole[1] - sum(o[1] for o in own))


def half_width(sigma: float, offset: float = 0.0) -> float:
    """U with which value ± U holds the truth in 95 % of cases, where truth - value is about N(offset, sigma²).

    2·sigma without an offset. A known offset that is not corrected widens the interval (GUM F.2.4.5), here by just as
    much as keeps its level: P(|N(offset, sigma²)| ≤ U) is that of ± 2 sigma.
    """
    b = abs(offset)
    if b == 0 or sigma <= 0:
        return K * sigma + b
    if b > 1e6 * sigma:  # one side is all there is, and b + sigma is hardly another number than b
        return b + float(ndtri(_SURE)) * sigma
    found = brentq(lambda u: ndtr((u - b) / sigma) - ndtr((-u - b) / sigma) - _SURE, 0.0, b + (K + 1) * sigma)
    return float(found)
