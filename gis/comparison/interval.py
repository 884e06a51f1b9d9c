"""How sure a change is: both surveys' errors over the site, the offset's own, what cannot be told from noise.

First order, one standard deviation a cause, added in quadrature (volumes.md section 5). The two surveys' errors are
taken as independent of each other; so is the offset of the site's errors, which is on the safe side (the ground around
shares some of them).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis.arrays import Array
from gis.comparison.spanned_ground import SpannedChange
from gis.comparison.stable import Stable
from gis.comparison.sums import ChangeSums, Places
from gis.flooded import ground_shape
from gis.placing import Placed
from gis.uncertainty import spherical, terrain_sigma
from models.comparison import TILT_PART, VolumeChange, VolumeInterval95
from models.estimate import SPANNED_PART
from models.terrain import ErrorFigures

K = 2.0
"""Coverage factor of the 95 % interval."""
WIDER = 1.25
"""Stable ground that scatters more than this much beyond the stated errors overrules them."""
_ANCHORS = 1_000


@dataclass(frozen=True)
class Errors:
    """Random vertical errors of both surveys, m and m; None where not stated. `factor` ≥ 1 widens them."""

    before: ErrorFigures
    after: ErrorFigures
    nmad_m: float | None
    """None where it says nothing (too few places, heights copied)."""
    settled_nmad_m: float | None = None
    """The scatter with a known sideways shift taken off: a shift that is left in counts by itself."""

    @property
    def stated_m(self) -> float | None:
        """Standard deviation of a cell's difference by what was stated, m."""
        a, b = self.before.sigma_z_m, self.after.sigma_z_m
        return None if a is None or b is None else float(np.hypot(a, b))

    @property
    def factor(self) -> float:
        """By how much stable ground scatters more than was stated; 1 where it does not."""
        nmad = self.own_nmad_m
        if nmad is None or not self.stated_m or nmad <= WIDER * self.stated_m:
            return 1.0
        return nmad / self.stated_m

    @property
    def own_nmad_m(self) -> float | None:
        """Scatter that is the surveys' own, m: not what a sideways shift makes of slopes."""
        return self.nmad_m if self.settled_nmad_m is None else self.settled_nmad_m

    @property
    def detection_m(self) -> float | None:
        """Least change of one cell that can be told from noise at 95 %: k times the greater of NMAD and stated error.

        Brasington, Langham & Rumsby (2003, Geomorphology 53), with k = 2 as everywhere here.
        """
        known = [s for s in (self.nmad_m, self.stated_m) if s is not None and s > 0]
        return K * max(known) if known else None


def offset_sigma(stable: Stable, errors: Errors) -> float | None:
    """Standard deviation of the offset, m; None where errors or their ranges are not known.

    For a Gaussian field with correlation ρ the variance of the median over n places tends to σ² · mean(arcsin ρ) over
    their pairs: π/2·σ²/n for independent ones, σ² for one and the same error everywhere (up to π/2).
    """
    if not stable.known or stable.copied:
        return None
    found = difference_field(errors, errors.own_nmad_m, _distances(_some(stable.xy)))
    if found is None:
        return None
    sigma, rho = found
    if not (errors.before.range_m and errors.after.range_m):
        return sigma  # errors that hang together over any distance: an upper bound
    mean = float(np.arcsin(rho).mean()) + np.pi / 2 / stable.cells
    return float(sigma * np.sqrt(mean))


def difference_field(errors: Errors, nmad_m: float | None, distance: Array) -> tuple[float, Array] | None:
    """(standard deviation in m, correlation at distances in m) of the difference of both surveys; None if not known.

    As stated, widened by the scatter on stable ground; by that scatter alone where only the ranges are stated.
    """
    a, b = errors.before, errors.after
    if a.sigma_z_m is not None and b.sigma_z_m is not None and errors.stated_m:
        share = (a.sigma_z_m / errors.stated_m) ** 2
        rho = share * _correlation(distance, a.range_m) + (1 - share) * _correlation(distance, b.range_m)
        return errors.stated_m * errors.factor, rho
    if nmad_m and a.range_m and b.range_m:
        return nmad_m, spherical(distance, max(a.range_m, b.range_m))
    return None


def _some(xy: Array) -> Array:
    """At most 1 000 of the places, always the same ones, at random: a regular choice would have no near pairs."""
    if len(xy) <= _ANCHORS:
        return xy
    return np.asarray(xy[np.sort(np.random.default_rng(0).permutation(len(xy))[:_ANCHORS])], np.float64)


def _distances(xy: Array) -> Array:
    """Distances of all pairs, each once."""
    from scipy.spatial.distance import pdist

    return np.asarray(pdist(xy), np.float64)


def _correlation(distance: Array, range_m: float | None) -> Array:
    return spherical(distance, range_m) if range_m else np.ones_like(distance)


def _mean_correlation(places: Places, range_m: float | None) -> float:
    """Mean correlation between two places of a region given by some of its cells, or by all."""
    every = places.array()
    if not range_m or len(every) < 2:
        return 1.0
    xy = _some(every)
    rho = spherical(_distances(xy), range_m)
    n = len(xy)
    if places.whole and n == len(every):  # every cell is there: each counts with itself too
        return float((n + 2 * rho.sum()) / n**2)
    return float(rho.mean())


def offset_effect(offset_m: float | None, sigma_m: float | None, *, removed: bool) -> float | None:
    """Standard uncertainty (m) that the offset leaves in the heights; None where nothing is known of it.

    Removed: its own error. Not removed: the offset counts as an uncorrected error beside it.
    """
    if offset_m is None:
        return None
    if removed:
        return sigma_m
    return float(np.hypot(offset_m, sigma_m or 0.0))


def interval(
    placed: Placed,
    sums: ChangeSums,
    errors: Errors,
    offset_m: float | None,
    shift: VolumeChange | None,
    spanned: SpannedChange | None = None,
    tilt: VolumeChange | None = None,
) -> VolumeInterval95:
    """Half widths for placed, removed and net; all None unless both surveys' errors are stated.

    `offset_m` is the answer of `offset_effect`; `shift` what a sideways shift leaves (displaced.ShiftEffect), m³, None
    where it is not known. `spanned`: what gaps between points bring in, None where there are none inside; a volume for
    which that cannot be told has no interval. `tilt`: what a tilt leaves, None where none stands out. Placed and
    removed: the errors over the cells that rose or sank, and what lies below detection as a possible error as a whole,
    since noise adds to both and cancels only in the net.
    """
    a, b = errors.before, errors.after
    area = sums.both.covered_m2
    parts: dict[str, float | None] = {"before_m3": None, "after_m3": None}
    parts["offset_m3"] = None if offset_m is None else area * offset_m
    parts["shift_m3"] = None if shift is None else shift.net_m3
    if tilt is not None:
        parts[TILT_PART] = tilt.net_m3
    spanned, gaps = spanned or SpannedChange(0.0, 0.0, 0.0), spanned is not None
    if gaps:
        parts[SPANNED_PART] = spanned.net_m3
    if a.sigma_z_m is None or b.sigma_z_m is None:
        return VolumeInterval95(None, None, None, parts)
    shapes = [ground_shape(p) for p in placed.parts]
    whole = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    for name, e in (("before_m3", a), ("after_m3", b)):
        parts[name] = terrain_sigma(whole, (e.sigma_z_m or 0.0) * errors.factor, e.range_m)
    net = None if spanned.net_m3 is None else K * _root([v for v in parts.values() if v is not None])
    halves: list[float | None] = []
    aside = [_root([getattr(s, k) for s in (shift, tilt) if s is not None]) for k in ("placed_m3", "removed_m3")]
    for places, region, below, side, gap in (
        (sums.raised, "raised", "placed_below", aside[0], spanned.placed_m3),
        (sums.lowered, "lowered", "removed_below", aside[1], spanned.removed_m3),
    ):
        size = sums.total(region)
        if size <= 0 or gap is None:
            halves.append(None)
            continue
        own = [
            size * (e.sigma_z_m or 0.0) * errors.factor * _mean_correlation(places, e.range_m) ** 0.5 for e in (a, b)
        ]
        halves.append(K * _root([*own, size * (offset_m or 0.0), side, gap, sums.total(below)]))
    return VolumeInterval95(halves[0], halves[1], net, parts)


def _root(values: list[float]) -> float:
    return float(np.sqrt(sum(v * v for v in values)))
