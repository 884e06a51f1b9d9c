"""A tilt or a bend between two surveys, from ground around a site that should not change: drone blocks do both.

The differences of heights on stable ground are fitted by a plane and by a plane with all second powers (a block whose
lens or ground control is wrong is domed or dished: James & Robson 2014, Earth Surf. Process. Landforms 39), robustly.
The ground's own slopes stand beside them, so that a sideways shift is not taken for a tilt where the ground bends.
What is fitted counts only where it passes what chance makes of the errors that hang together over distance: the
covariance is that of gis.comparison.sideways_error (blocks of ground left out in turn, and the stated errors).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from scipy.stats import chi2, f

from gis.arrays import Array
from gis.comparison.interval import Errors
from gis.comparison.pair import Pair
from gis.comparison.sideways_error import Influence, by_blocks, by_errors, covariance
from gis.comparison.stable import Stable, cross, gradient
from gis.placing import Placed
from models.progress import Watch
from models.terrain import ErrorFigures

Kind = Literal["none", "tilt", "bowl"]
Why = Literal["", "few", "copied", "patchy"]
_CHANCE = 0.0455 / 2
"""Of a plane and of a bend that noise alone passes: once in 22 times together (k = 2)."""
_LEAST_M = 0.005
"""A trend that moves no place of stable ground by more than this is not worth a word."""
_MOST = 10_000
"""Places enough for so smooth a thing: always the same ones of more, at random."""
_ARM = 4.0  # cells of the coarser survey over which the ground's slopes are taken
_REACH_M = 1.0
"""A difference that neither noise nor a tilt of this height makes is a change of the ground."""
_TURNS = 30
_CUT = 4.685  # Tukey's biweight: 95 % efficient for normal errors
_LEAST_SCALE = 1e-6
_PLANE, _BOWL = 2, 5


@dataclass(frozen=True)
class Trend:
    """Heights `weights` · (u, v, u², uv, v²) - `mean_m`, m; (u, v) = (xy - middle) / scale."""

    middle: Array
    scale_m: float
    weights: Array
    mean_m: float

    def at(self, xy: Array) -> Array:
        """Heights at places (n, 2), metres along columns and rows."""
        return np.asarray(_powers(xy, self.middle, self.scale_m) @ self.weights - self.mean_m)

    def plus(self, other: Trend, times: float) -> Trend:
        """The sum with so many times another one of the same middle and scale."""
        mean = self.mean_m + times * other.mean_m
        return replace(self, weights=self.weights + times * other.weights, mean_m=mean)


@dataclass(frozen=True)
class Tilt:
    """What is known of it. `trend`: what the later survey lies higher by, without its mean over stable ground.

    `kind` "none": nothing stands out of the errors. `spread`: trends of one standard deviation each, independent, that
    make up how badly it is known; `unseen`: the same of a bend where none stands out. `why` says why nothing is known:
    "few" places, "copied" heights, "patchy" ground of too few blocks.
    """

    why: Why = ""
    kind: Kind = "none"
    trend: Trend | None = None
    spread: tuple[Trend, ...] = field(default=())
    unseen: tuple[Trend, ...] = field(default=())
    nmad_m: float | None = None


def find_tilt(
    pair: Pair,
    placed: Placed,
    stable: Stable,
    errors: tuple[ErrorFigures, ErrorFigures],
    watch: Watch | None = None,
) -> Tilt:
    """The tilt on the places of `stable`; `pair` with what shift is known taken off. Raises Cancelled."""
    if not stable.known:
        return Tilt("few")
    if stable.copied:
        return Tilt("copied")
    watch, step = watch or Watch(), np.array([placed.parts[0].step_x, placed.parts[0].step_y])
    watch.pause()
    arm, xy = _ARM * pair.cell_m, stable.xy
    if len(xy) > _MOST:
        xy = xy[np.sort(np.random.default_rng(0).permutation(len(xy))[:_MOST])]
    before, after = (z.reshape(5, -1) for z in pair.sample(*cross(*(xy / step).T, *(arm / step))))
    slopes = (gradient(before, arm) + gradient(after, arm)) / 2
    return fit_tilt(xy, after[0] - before[0], slopes, pair.cell_m, errors)


def fit_tilt(
    xy: Array, difference: Array, slopes: Array, cell_m: float, errors: tuple[ErrorFigures, ErrorFigures]
) -> Tilt:
    """The tilt of differences (n), m, at places (n, 2), m, on ground of these slopes (2, n), m/m."""
    good = np.isfinite(difference)
    off = np.abs(difference - np.median(difference[good]))
    good &= off <= _REACH_M + _CUT * 1.4826 * float(np.median(off[good]))
    xy, difference = xy[good], difference[good]
    middle, scale = xy.mean(axis=0), max(float(xy.std(axis=0).max()), 1e-9)
    beside = np.nan_to_num(slopes[:, good] - np.nanmean(slopes[:, good], axis=1, keepdims=True)).T
    powers = _powers(xy, middle, scale)
    fixed = np.column_stack((np.ones(len(xy)), beside))
    bend = _Fit.of(xy, difference, np.column_stack((fixed, powers[:, :_PLANE])), powers[:, _PLANE:], cell_m, errors)
    if bend is None:
        return Tilt("patchy")
    plane = _Fit.of(xy, difference, fixed, powers[:, :_PLANE], cell_m, errors)
    whole = _Fit.of(xy, difference, fixed, powers, cell_m, errors)
    if plane is None or whole is None:
        return Tilt("patchy")

    def trend(weights: Array) -> Trend:
        full = np.pad(weights, (0, _BOWL - weights.size))
        return Trend(middle, scale, full, float((powers @ full).mean()))

    def spread(of: _Fit) -> tuple[Trend, ...]:
        values, vectors = np.linalg.eigh(of.spread())
        return tuple(trend(a) for a in (vectors * np.sqrt(np.maximum(values, 0.0))).T)

    found = whole if bend.passes else plane
    unseen = () if bend.passes else spread(whole)
    best = trend(found.weights)
    if not (bend.passes or plane.passes) or np.abs(best.at(xy)).max() < _LEAST_M:
        return Tilt(unseen=unseen, nmad_m=found.nmad_m)
    return Tilt("", "bowl" if bend.passes else "tilt", best, spread(found), unseen, found.nmad_m)


@dataclass(frozen=True)
class _Fit:
    """Weights (k) of the powers that were looked for."""

    weights: Array
    nmad_m: float
    passes: bool
    """Whether it is more than chance makes of the errors: by blocks of ground, and by what was stated."""
    spread: Callable[[], Array]
    """Covariance (k, k) of the weights."""

    @classmethod
    def of(
        cls, xy: Array, d: Array, fixed: Array, wanted: Array, cell_m: float, errors: tuple[ErrorFigures, ErrorFigures]
    ) -> _Fit | None:
        """None where too few blocks of ground tell how sure it is."""
        weights, rest, weight, bend = _robust(np.column_stack((fixed, wanted)), d)
        nmad = 1.4826 * float(np.median(np.abs(rest - np.median(rest))))
        held = np.linalg.pinv((fixed.T * weight) @ fixed, rcond=1e-9, hermitian=True) @ ((fixed.T * weight) @ wanted)
        free = wanted - fixed @ held
        what = Influence(xy, weight[:, None] * free, rest, bend[:, None, None] * free[:, :, None] * free[:, None])
        stated, blocks = Errors(*errors, nmad), by_blocks(what, cell_m)
        if blocks is None:
            return None
        own = weights[fixed.shape[1] :]
        passes = _size(own, blocks[0]) > _by_chance(own.size, blocks[1])
        if passes:  # most surveys end before
            model = by_errors(what, stated, cell_m)
            passes = model is None or _size(own, model) > float(chi2.isf(_CHANCE, own.size))

        def spread() -> Array:
            found = covariance(what, stated, cell_m)
            return np.full((own.size, own.size), np.nan) if found is None else found

        return cls(own, nmad, passes, spread)


def _size(weights: Array, spread: Array) -> float:
    """Square of weights in their standard errors (Hotelling's T²)."""
    return float(weights @ np.linalg.pinv(spread, hermitian=True) @ weights)


def _by_chance(k: int, freedom: float) -> float:
    """What T² of k weights passes by chance, for a covariance with so many degrees of freedom (infinite: too few)."""
    if freedom <= k:
        return math.inf
    return float(k * freedom / (freedom - k + 1) * f.isf(_CHANCE, k, freedom - k + 1))


def _powers(xy: Array, middle: Array, scale: float) -> Array:
    """(n, 5): u, v, u², uv, v²."""
    u, v = ((xy - middle) / scale).T
    return np.column_stack((u, v, u * u, u * v, v * v))


def _robust(matrix: Array, d: Array) -> tuple[Array, Array, Array, Array]:
    """(weights, rest, weight and bend of each place): least absolute residuals, then Tukey's biweight."""
    weight = bend = np.ones(d.size)
    found = np.zeros(matrix.shape[1])
    for turn in range(_TURNS):
        last, pulled = found, matrix.T * weight
        found = np.linalg.pinv(pulled @ matrix, rcond=1e-9, hermitian=True) @ (pulled @ d)
        rest = d - matrix @ found
        size = np.abs(rest)
        scale = max(1.4826 * float(np.median(size)), _LEAST_SCALE)
        if turn < _TURNS // 3:
            weight = 1 / np.maximum(size, 0.2 * scale)
            continue
        if turn > _TURNS // 3 and np.abs(found - last).max() < 1e-4 * scale:
            break
        u = np.minimum((size / (_CUT * scale)) ** 2, 1.0)
        weight, bend = (1 - u) ** 2, (1 - u) * (1 - 5 * u)
    return found, rest, weight, bend
