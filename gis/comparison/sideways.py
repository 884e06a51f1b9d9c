"""The sideways shift of the later survey against the earlier one, from ground around a site that should not change.

Ground that lies s to the side shows a difference of heights -s·∇z: Nuth & Kääb (2011, The Cryosphere 5, eqs 2-3) fit it
as a cosine of the aspect; here the same is a least-squares fit of the difference on both slopes and a constant (the
vertical offset), robust, and repeated with the later survey sampled where the fit puts it until it moves no more.

Noise in a slope makes a fit on that slope fall short. Here the products of slopes that the fit rests on are those of
one survey with the other's, whose noise is not the same: they are as great as the ground's own. For the same reason a
flat piece of ground is known as flat however much the surveys scatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from gis.arrays import Array, Mask
from gis.comparison.interval import Errors
from gis.comparison.pair import Pair
from gis.comparison.sideways_error import Influence, covariance
from gis.comparison.stable import LEAST, Stable, cross, gradient
from gis.placing import Placed
from models.progress import Watch
from models.terrain import ErrorFigures

Why = Literal["", "few", "copied", "flat", "one_way", "unsure", "unsettled"]
"""Why a shift is not known, or only along one line ("" where it is known whole)."""
_TURNS = 15
_ARMS = (1.0, 2.0, 4.0, 8.0)
"""Cells of the coarser survey over which slopes are taken, each way: what suits the ground and its noise best."""
_REACH = 5.0, 5.0  # m, cells: a difference that no shift up to the greater of these makes is a change of the ground
_SETTLED = 0.005  # cells of the coarser survey: a smaller step is no step
_FARTHEST = 30.0  # cells: beyond, a slope here says nothing of the height there
_LEAST_SLOPE = 2e-3  # m/m, root mean square about the mean: less is no slope
_SURE = 5.0  # as many times as great as noise alone would make it
_BOUND = (0.5, 0.5)  # m, cells of the coarser survey: a shift known no better than the greater of these is not known
_ROUNDS = 40
_CUT = 4.685  # Tukey's biweight: 95 % efficient for normal errors
_LEAST_SCALE = 1e-6


@dataclass(frozen=True)
class Sideways:
    """How far the later survey lies to the side, as far as that is known.

    `move_m` (2): metres on the ground along columns and rows from a place to where the later survey shows it. `axes`
    (k, 2): the k = 0, 1 or 2 directions along which that is known, with independent standard errors `sigma_m` (k).
    `slope` (2): mean slope of stable ground, m/m. `nmad_m`: scatter of the differences once the shift is taken off.
    """

    why: Why
    move_m: Array = field(default_factory=lambda: np.zeros(2))
    axes: Array = field(default_factory=lambda: np.empty((0, 2)))
    sigma_m: Array = field(default_factory=lambda: np.empty(0))
    slope: Array = field(default_factory=lambda: np.zeros(2))
    nmad_m: float | None = None

    @property
    def known(self) -> bool:
        """True where it is known along one line at least."""
        return len(self.axes) > 0

    @property
    def covariance(self) -> Array:
        """Of `move_m`, (2, 2), m²: nothing across what is known."""
        return np.asarray((self.axes.T * self.sigma_m**2) @ self.axes)

    @property
    def unknown_axes(self) -> Array:
        """(2 - k, 2): the directions along which nothing is known."""
        if len(self.axes) != 1:
            return np.eye(2) if not self.known else np.empty((0, 2))
        return np.array([[-self.axes[0, 1], self.axes[0, 0]]])


def find_shift(
    pair: Pair, placed: Placed, stable: Stable, errors: tuple[ErrorFigures, ErrorFigures], watch: Watch | None = None
) -> Sideways:
    """The shift on the places of `stable`; `errors` as stated for the earlier and the later survey.

    `pair` as it lies, nothing taken off. Raises Cancelled.
    """
    if not stable.known:
        return Sideways("few")
    if stable.copied:
        return Sideways("copied")
    watch, step = watch or Watch(), np.array([placed.parts[0].step_x, placed.parts[0].step_y])
    col, row = (stable.xy / step).T

    def heights(move_m: Array, arms: Sequence[float], *, both: bool) -> tuple[Array, Array]:
        watch.pause()
        here = pair.displaced(*(move_m / step))
        cols, rows = (np.concatenate(p) for p in zip(*(cross(col, row, *(a / step)) for a in arms), strict=True))
        before, after = here.sample(cols, rows) if both else (np.empty(0), here.sample_after(cols, rows))
        return before.reshape(-1, 5, col.size), after.reshape(-1, 5, col.size)

    return fit_shift(heights, stable.xy, pair.cell_m, errors)


class Heights(Protocol):
    """Heights before and after, (arms, 5, n) each, m, on crosses with such arms (m), the later survey moved aside.

    Those before may be left out (nothing) unless `both` are wanted.
    """

    def __call__(self, move_m: Array, arms: Sequence[float], *, both: bool) -> tuple[Array, Array]:
        """Read them."""
        ...


def fit_shift(heights: Heights, xy: Array, cell_m: float, errors: tuple[ErrorFigures, ErrorFigures]) -> Sideways:
    """The shift at places `xy` (n, 2), m, of surveys the coarser of which has cells of `cell_m`."""
    move: Array = np.zeros(2)
    axes: Array = np.eye(2)
    arms = [a * cell_m for a in _ARMS]
    tried = [
        (_Fit.of(before, after, xy, arm, axes, cell_m), arm, before, after)
        for before, after, arm in zip(*heights(move, arms, both=True), arms, strict=True)
        if _places(before, after) >= LEAST
    ]
    if not tried:
        return Sideways("few")
    found, arm, before, after = max(tried, key=lambda t: t[0].worth)
    axes = found.directions(arm)
    if not len(axes):
        return Sideways("flat", slope=found.slope)
    if len(axes) == 1:
        found = _Fit.of(before, after, xy, arm, axes, cell_m)
    for _ in range(_TURNS):
        move = move + found.step
        if np.hypot(*found.step) <= _SETTLED * cell_m:
            return _judged(found, move, cell_m, errors)
        after = heights(move, [arm], both=False)[1][0]
        if np.hypot(*move) > _FARTHEST * cell_m or _places(before, after) < LEAST:
            break
        found = _Fit.of(before, after, xy, arm, axes, cell_m)
    return Sideways("unsettled", slope=found.slope)


@dataclass(frozen=True)
class _Fit:
    """One fit: k `axes`, slopes about their mean (2, n) of both surveys, rest of the differences, weights."""

    xy: Array
    axes: Array
    slope: Array
    first: Array
    second: Array
    rest: Array
    weight: Array
    bend: Array
    step: Array
    nmad_m: float

    @classmethod
    def of(cls, before: Array, after: Array, xy: Array, arm_m: float, axes: Array, cell_m: float) -> _Fit:
        """Iteratively reweighted: least absolute residuals first, then Tukey's biweight."""
        slopes = np.stack((gradient(before, arm_m), gradient(after, arm_m)))
        difference = after[0] - before[0]
        good = np.isfinite(slopes.sum(axis=(0, 1))) & np.isfinite(difference)
        good &= _may_be_shift(difference, slopes, good, max(_REACH[0], _REACH[1] * cell_m))
        slopes, difference = slopes[:, :, good], difference[good]
        weight, bend, step = np.ones(difference.size), np.ones(difference.size), np.zeros(2)
        bounded = False
        for turn in range(_ROUNDS):
            share = weight / weight.sum()
            mean = slopes @ share
            first, second = slopes - mean[:, :, None]
            both, rest = (first + second) / 2, difference - difference @ share
            last, step = (
                step,
                axes.T @ _solve(axes @ _products(first, second, share) @ axes.T, -axes @ (both * share) @ rest),
            )
            rest = rest + step @ both
            rest -= np.median(rest)
            size = np.abs(rest)
            middle = max(1.4826 * float(np.median(size)), _LEAST_SCALE)
            still = turn > 0 and np.abs(step - last).max() < _SETTLED / 10 * cell_m
            if not bounded and not (still or turn == _ROUNDS // 2):
                weight = 1 / np.maximum(size, 0.2 * middle)
                continue
            if bounded and still:
                break
            bounded = True
            scale = max(middle, 1.4826 * _median(size, (both**2).sum(axis=0)))
            u = np.minimum((size / (_CUT * scale)) ** 2, 1.0)
            weight, bend = (1 - u) ** 2, (1 - u) * (1 - 5 * u)
        return cls(xy[good], axes, mean.mean(axis=0), first, second, rest, weight, bend, step, middle)

    @property
    def worth(self) -> float:
        """How much slopes over this arm tell of a shift: what both surveys share, against all there is."""
        share = self.weight / self.weight.sum()
        shared = np.trace(_products(self.first, self.second, share))
        whole = ((self.first + self.second) ** 2 / 4 * share).sum()
        return float(max(shared, 0.0) ** 2 / whole * share.size) if whole > 0 else 0.0

    def directions(self, arm_m: float) -> Array:
        """(k, 2): the directions in which there is slope that is not noise."""
        share = self.weight / self.weight.sum()
        values, vectors = np.linalg.eigh(_products(self.first, self.second, share))
        noise = [
            np.sqrt(np.maximum(((vectors.T @ g) ** 2 * share).sum(axis=1) - values, 0))
            for g in (self.first, self.second)
        ]
        apart = len(np.unique(np.floor(self.xy / (4 * arm_m)), axis=0))
        enough = np.maximum(_LEAST_SLOPE**2, _SURE * noise[0] * noise[1] / np.sqrt(apart))
        return np.asarray(vectors.T[values > enough], np.float64)

    @property
    def influence(self) -> Influence:
        """What each place has to do with the shift along the axes."""
        first, second = self.axes @ self.first, self.axes @ self.second
        products = (first[:, None] * second + second[:, None] * first) / 2
        lever = self.weight * (first + second) / 2
        return Influence(self.xy, lever.T, self.rest, np.moveaxis(self.bend * products, 2, 0))


def _judged(found: _Fit, move: Array, cell_m: float, errors: tuple[ErrorFigures, ErrorFigures]) -> Sideways:
    """What of a fit that came to rest is known well enough to be told."""
    stated = Errors(*errors, found.nmad_m)
    spread = covariance(found.influence, stated, cell_m)
    why: Why = "" if len(found.axes) == 2 else "one_way"
    if spread is None:
        return Sideways("unsure", slope=found.slope)
    variances, vectors = np.linalg.eigh(spread)
    sure = np.sqrt(variances) <= max(_BOUND[0], _BOUND[1] * cell_m)
    axes = vectors.T[sure] @ found.axes
    if not len(axes):
        return Sideways("unsure", slope=found.slope)
    sigma = np.hypot(np.sqrt(variances[sure]), _SETTLED * cell_m)
    return Sideways(why if sure.all() else "one_way", axes.T @ axes @ move, axes, sigma, found.slope, found.nmad_m)


def _places(before: Array, after: Array) -> int:
    """On how many crosses (5, n) both surveys have all heights."""
    return int(np.isfinite((before + after).sum(axis=0)).sum())


def _may_be_shift(difference: Array, slopes: Array, good: Mask, reach_m: float) -> Mask:
    """True where a difference (n) is no more than noise and a shift of that reach make on slopes (2, 2, n)."""
    off = np.abs(difference - np.median(difference[good]))
    noise = 1.4826 * np.median(off[good])
    return np.asarray(off <= _CUT * noise + reach_m * np.hypot(*slopes.mean(axis=0)))


def _products(first: Array, second: Array, share: Array) -> Array:
    """(2, 2): mean product of the slopes of the two surveys."""
    crossed = (first * share) @ second.T
    return np.asarray((crossed + crossed.T) / 2)


def _solve(matrix: Array, vector: Array) -> Array:
    """The solution of a small system; nothing along what has no weight in it."""
    return np.asarray(np.linalg.pinv(matrix, rcond=1e-9, hermitian=True) @ vector)


def _median(values: Array, weight: Array) -> float:
    """Weighted median; 0 without weight."""
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)]) if total[-1] > 0 else 0.0
