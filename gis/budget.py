"""The 95 % interval of an estimate: each cause as a standard deviation, combined (volumes.md section 5)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gis.flooded import Depths, depths
from gis.job import Job
from gis.placing import Part
from gis.rim import Rim
from gis.rim_minimum import Minimum, true_minimum
from gis.rim_shift import lift, strip
from gis.rim_weights import hold, unexplained
from gis.spanned import joint
from gis.surfaces import OwnErrors, Surface
from gis.uncertainty import Hold, K, Variance, half_width, joint_variance
from models.estimate import INTERVAL_PARTS, SPANNED_PART, Estimate, Interval95
from models.terrain import ErrorFigures
from models.tonnage import tonnage_sigma

_PARTS = (*INTERVAL_PARTS, "density_share")


@dataclass(frozen=True)
class Side:
    """One part of a site, with its reference."""

    part: Part
    rim: Rim
    surface: Surface
    depths: Depths

    @property
    def own(self) -> OwnErrors | None:
        """Errors of a reference that comes from elsewhere."""
        return getattr(self.surface, "own_errors", None)


LOWEST = ("spill", "lowest")
"""References whose level is read at a lowest point."""


@dataclass(frozen=True)
class Budget:
    """Standard deviations of a volume, m³, None where not known; `offset_m3` by how much the truth is likely above."""

    parts: dict[str, float | None]
    offset_m3: float

    @property
    def sigma(self) -> float | None:
        """All parts that are known in quadrature; None while terrain, reference or spanned ground is not."""
        if any(self.parts.get(k, 0.0) is None for k in ("terrain_m3", "reference_m3", SPANNED_PART)):
            return None
        return float(np.sqrt(sum(v * v for v in self.parts.values() if v is not None)))

    @property
    def half(self) -> float:
        """Half width of the 95 % interval, m³."""
        return half_width(self.sigma or 0.0, self.offset_m3)


def unknown_interval(density_relative_sigma: float | None) -> Interval95:
    """The interval of what is not quantified."""
    return Interval95(None, None, {**dict.fromkeys(_PARTS), "density_share": density_relative_sigma})


def interval(
    job: Job, surfaces: list[Surface], answer: Estimate, density_relative_sigma: float | None, *, other: bool = False
) -> Interval95:
    """Half widths for fill (heap), waste space and tonnage, with the parts' standard deviations and shares.

    `other`: also that of the volume on the other side of the reference (a pit's cut, a heap's fill).

    Without a stated vertical error of the terrain (or of a second terrain that is the reference) nothing is quantified.
    An outline error or a bias that is not stated leaves its part None and out of the sum (the remarks say so). Nothing
    is quantified either where a gap between points was spanned whose error the measured ground does not tell.
    """
    errors, unknown = job.terrain.errors, unknown_interval(density_relative_sigma)
    if errors.sigma_z_m is None and errors.sigma_xy_m is None:
        return unknown
    parts, fills = {**unknown.parts}, job.site.fills
    sides = _sides(job, surfaces, fills=fills)
    beyond = _other(job, surfaces, answer) if other else None
    body = answer.fill_m3 if fills else answer.cut_m3
    if body <= 0 and (job.key in LOWEST or not _clear(sides, errors)):
        # Level and floor meet within their noise: nothing is linear there, and ± 0 would be wrong.
        return Interval95(None, None, parts, other_m3=beyond)
    whole = budget(job, sides, answer.flooded_m2 if body > 0 else 0.0, fills=fills)
    parts |= whole.parts
    if whole.sigma is None:
        return Interval95(None, None, parts)
    above = answer.cover_m3 + answer.base_m3 > 0
    waste = budget(job, sides, None, job.request.cover_m + job.request.base_m, fills=fills) if above else whole
    return replace(_combined(answer, parts, whole, waste, density_relative_sigma), other_m3=beyond)


def _sides(job: Job, surfaces: list[Surface], *, fills: bool) -> list[Side]:
    contexts = job.contexts(job.request.parameters)
    return [
        Side(c.part, (getattr(s, "rim", None) or c.any_rim).valid(), s, depths(job.dem, c.part, s, fills=fills))
        for c, s in zip(contexts, surfaces, strict=True)
    ]


def _other(job: Job, surfaces: list[Surface], answer: Estimate) -> float | None:
    """Half width of a pit's cut, or of the fill beside a heap, m³; None where there is none, or not known."""
    fills = not job.site.fills
    if (answer.fill_m3 if fills else answer.cut_m3) <= 0:
        return None
    found = budget(job, _sides(job, surfaces, fills=fills), None, fills=fills)
    return None if found.sigma is None else found.half


def _clear(sides: list[Side], errors: ErrorFigures) -> bool:
    """Whether all ground lies so far off the reference that no noise brings the two together."""
    off = 4 * float(np.hypot(errors.sigma_z_m or 0.0, errors.bias_m or 0.0))
    return all(not bool((s.depths.depth > -off).any()) for s in sides)


def _combined(
    answer: Estimate, parts: dict[str, float | None], whole: Budget, waste: Budget, density: float | None
) -> Interval95:
    """The interval from the budgets of the whole volume and of the waste space."""
    half, waste_half = whole.half, waste.half
    tonnage, tonnage_shares = None, dict[str, float]()
    if answer.density_t_m3 is not None and density is not None:
        sigma = tonnage_sigma(answer.waste_m3, waste.sigma or 0.0, answer.density_t_m3, density)
        tonnage = half_width(sigma, waste.offset_m3 * answer.density_t_m3)
        total, own = tonnage / K / answer.density_t_m3, {**waste.parts, "density_share": density * answer.waste_m3}
        tonnage_shares = _shares({**own, "offset_m3": _apart(total, own)})
    parts["offset_m3"] = _apart(half / K, whole.parts)
    shares = _shares({**whole.parts, "offset_m3": parts["offset_m3"]})
    return Interval95(half, tonnage, parts, waste_half, whole.offset_m3, shares, tonnage_shares)


def _apart(sigma: float, parts: dict[str, float | None]) -> float:
    """What is in `sigma` beyond its parts in quadrature."""
    return float(np.sqrt(max(sigma**2 - sum(v * v for v in parts.values() if v is not None), 0.0)))


def _shares(parts: dict[str, float | None]) -> dict[str, float]:
    """Each cause's share of the whole, by squares; they add up to 1."""
    squares = {k: v * v for k, v in parts.items() if v is not None}
    total = sum(squares.values())
    return {k: v / total for k, v in squares.items()} if total > 0 else {}


def budget(job: Job, sides: list[Side], area: float | None, thickness: float = 0.0, *, fills: bool) -> Budget:
    """The budget of the space more than `thickness` (m) under the reference, over `area` m² (None: as the lattices).

    Without `fills` of the ground over it; the depths of `sides` are then heights.
    """
    errors, holds = job.terrain.errors, []
    regions = [s.depths.below(thickness) for s in sides]
    seen = sum(r.area_m2 for r in regions)
    if area is None:
        area = seen
    for side, region in zip(sides, regions, strict=True):
        exact = region.weighted(region.weight * (area / seen)) if seen > 0 else region.weighted(0 * region.weight)
        holds.append(hold(side.part, side.rim, side.surface, exact))
    parts: dict[str, float | None] = {"terrain_m3": None, "reference_m3": None}
    parts["bias_m3"] = _bias(sides, holds, errors)
    drawn = [_lowest(s, h, errors, fills=fills) for s, h in zip(sides, holds, strict=True)]
    parts["outline_m3"] = _outline(job, sides, holds, drawn, thickness, fills=fills)
    over = [(s.part, h.region) for s, h in zip(sides, holds, strict=True)]
    spans = [s for s in (job.spans, job.spans_below([s.surface for s in sides])) if s is not None and s.any_inside]
    if spans:
        parts[SPANNED_PART] = joint(s.sigma_m3(over) for s in spans)
    if errors.sigma_z_m is None:
        return Budget(parts, 0.0)
    shared, offset = _heights(holds, drawn, errors, fills=fills)
    for s, h in zip(sides, holds, strict=True):
        # a lowest point is read too low, so level ground lies above it: dry beside a pit, but counted beside a heap
        sunk = s.surface.rim_error == "point" and not fills
        offset -= _shore(s, h, errors, thickness, sunk=sunk)
    own = _own(sides, holds, errors)
    # What the rim takes from the ground's error is the terrain's gain; what it adds, the reference's part.
    parts["terrain_m3"] = float(np.sqrt(min(shared.ground, shared.joint)))
    added = max(shared.joint - shared.ground, 0.0)
    parts["reference_m3"] = None if own is None else float(np.sqrt(added + own))
    return Budget(parts, offset)


def _lowest(side: Side, hold: Hold, errors: ErrorFigures, *, fills: bool) -> Minimum | None:
    """What the readings say of a reference's lowest point; None where it has none, or no error is stated."""
    region = hold.region
    if side.surface.rim_error != "point" or not errors.sigma_z_m or region.area_m2 <= 0:
        return None
    reach = errors.range_m or 0.1 * float(np.sqrt(region.area_m2))
    potential = region.potential(reach)
    xy = np.column_stack((side.rim.cols * side.part.step_x, side.rim.rows * side.part.step_y))
    return true_minimum(
        xy, side.rim.z, errors.sigma_z_m, reach, area=region.area_m2,
        pull=region.at(potential, xy), ground=region.self_sum(reach, potential),
        bank=side.depths.bank(2 * errors.sigma_z_m) if fills else 0.0, level=side.surface.level,
    )  # fmt: skip


def _heights(
    holds: list[Hold], drawn: list[Minimum | None], errors: ErrorFigures, *, fills: bool
) -> tuple[Variance, float]:
    """Variance of the volume (m⁶) for the terrain's random errors, and the offset of levels read at lowest points."""
    square = (errors.sigma_z_m or 0.0) ** 2
    found = joint_variance(holds, errors.range_m)
    variance, offset = Variance(found.ground * square, found.joint * square), 0.0
    for one, lowest in zip(holds, drawn, strict=True):
        if lowest is None:
            continue
        offset += lowest.offset_m3 if fills else -lowest.offset_m3
        if errors.range_m:
            plain = one.variance(errors.range_m).joint * square
            variance += Variance(0.0, lowest.sigma_m3**2 - plain)
    return Variance(variance.ground, max(variance.joint, 0.0)), offset


def _shore(side: Side, hold: Hold, errors: ErrorFigures, thickness: float, *, sunk: bool) -> float:
    """What noise adds where depths are next to nothing, m³: a depth's error is the ground's less the reference's.

    A lowest point's error is drawn, and what it adds on the bank with it: there the ground's alone is left.
    """
    square, area = 1.0, hold.region.area_m2
    if hold.weight.size and area > 0 and side.surface.rim_error != "point":
        one = hold.variance(errors.range_m) if errors.range_m else hold.constant()
        # joint = ground - 2 shared + rim, as means over the region: the depth has 1 instead of the ground's.
        square = float(np.clip(1 + (one.joint - one.ground) / area**2, 0.0, 2.0))
    return side.depths.shore((errors.sigma_z_m or 0.0) * float(np.sqrt(square)), thickness, sunk=sunk)


def _own(sides: list[Side], holds: list[Hold], errors: ErrorFigures) -> float | None:
    """Variance of the references beyond the terrain's errors (m⁶): misfit, a second survey. None where not known.

    Parts are added linearly: their errors may hang together.
    """
    total = 0.0
    for side, one in zip(sides, holds, strict=True):
        area, own = one.region.area_m2, side.own
        fit = unexplained(side.part, side.rim, side.surface, errors) * area
        total += fit
        if own is None or area <= 0:
            continue
        if own.sigma_z_m is None:
            return None
        total += own.sigma_z_m * float(np.sqrt(joint_variance([Hold(one.region)], own.range_m).ground))
    return total**2


def _bias(sides: list[Side], holds: list[Hold], errors: ErrorFigures) -> float | None:
    """A · σ_b where the reference does not come from this terrain's rim; 0 where it does. None: not stated."""
    total = 0.0
    for side, one in zip(sides, holds, strict=True):
        if side.surface.rim_error != "none":
            continue
        bias = side.own.bias_m if side.own is not None and side.own.bias_m is not None else errors.bias_m
        if bias is None:
            return None
        total += one.region.area_m2 * bias
    return total


def _outline(
    job: Job, sides: list[Side], holds: list[Hold], drawn: list[Minimum | None], thickness: float, *, fills: bool
) -> float | None:
    """The whole outline drawn too wide or too narrow by σ_xy, m³; None where that is not stated."""
    sigma = job.terrain.errors.sigma_xy_m
    if sigma is None:
        return None
    per_metre = 0.0
    for side, one, low in zip(sides, holds, drawn, strict=True):
        per_metre += strip(side.part, side.rim, side.surface, fills=fills, above_m=thickness)
        rise = lift(job.dem, side.part, side.rim, side.surface, one, sigma, None if low is None else low.share)
        per_metre += rise if fills else -rise
    return abs(per_metre) * sigma
