"""The lowest point of a rim, read from noisy heights.

The least of many noisy readings lies below the least true height: spill levels come out too low, the more so the longer
the rim against the range of the errors and the flatter it is. By how much depends on the true rim, of which only the
readings are known: each is true height plus an error of stated covariance. Three kinds of true rim are told apart by
their likelihood: level; a plane; a plane with a Gaussian relief of a fixed set of strengths and lengths (exponential
covariance). The simplest that is not ruled out counts (of relief the weakest of each length): it has the largest
offset, so it is an upper bound where readings leave the kind open. For it, errors are drawn from their distribution
given the readings (conditioning by kriging; Chilès & Delfiner 2012, Geostatistics, 7.3), jointly with the mean error of
the ground under the fill; each draw gives the true lowest point. A notch that is deeper than the noise keeps its
reading; a level rim's lowest reading is lifted to where the whole rim says the ground is.

Two likelihood ratios decide. Twice the log of the one between plane and level ground is χ² with two degrees of freedom
on level ground, whatever the covariance (it is known): a plane that is better by `_SLOPE` comes up by chance in
exp(-6), 1 level rim in 400. Each such rim's interval misses, so this share is what the interval loses.
With `_RELIEF` the strength of the relief is tested at the end of its range: ½ P(χ²₁ > 8) for a length (Self & Liang
1987), also 1 in 400.

A plane's fall is read too great: noise adds to its square. Draws with all slopes alike likely add as much once more;
weighed by 1 / fall (the prior that matches the length of a vector of two components; Stein 1985, Tibshirani 1989) the
fall is neither too great nor too small.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from gis.arrays import Array, Index
from gis.correlation import spherical
from gis.uncertainty import half_width

_FIT = 64  # nodes of the rim by which models are weighed
_EVEN, _LOW = 80, 60  # nodes evenly along the rim, and where it is low
_NEAR = 4.0  # standard deviations above the lowest reading within which samples are low
_DRAWS = 500
_COLUMNS = _EVEN + 2 * (_LOW // 3) + _LOW + _LOW // 3 + 1  # as many nodes as there can be, and the ground
_STRENGTHS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 40.0)  # of the relief, in σ_z, rising
_LENGTHS = (0.5, 2.0, 8.0)  # of the relief, in ranges of the error
_RELIEF = 4.0  # log of the likelihood ratio by which relief rules out a plane, and one relief another
_SLOPE = 6.0  # by which a plane rules out level ground
_NUGGET = 1e-4  # of σ_z²: keeps covariances of close samples invertible


@dataclass(frozen=True)
class Minimum:
    """The truth less the reading: `level_m` of the lowest point, mean `offset_m3` and `sigma_m3` of the volume.

    `share` (n,): how likely each place of the rim is the lowest; together 1.
    """

    level_m: float
    offset_m3: float
    sigma_m3: float
    share: Array = field(compare=False)


@dataclass(frozen=True)
class _Model:
    """What the true rim may be: a `trend` of so many columns of (1, x, y), relief of `strength` and `length`, m."""

    trend: int
    strength: float = 0.0
    length: float = 1.0


def true_minimum(
    xy: Array, z: Array, sigma_z: float, range_m: float, *, area: float, pull: Array, ground: float, bank: float = 0.0,
    level: float | None = None,
) -> Minimum:  # fmt: skip
    """What the readings `z` (m) at the rim's places `xy` (n, 2; m) say of the true volume below the lowest point.

    `level` (m): what was read as the lowest point, which may lie between the places (None: the least of `z`). `area`:
    m² that the level lifts; `pull` (n,): ∫ρ over that area from each place, m²; `ground`: ∬ρ over it, m⁴; `bank`: by
    how many m² the area grows for each metre of level.
    """
    lowest, size = float(z.min()) if level is None else level, z.size
    models = _plausible(xy, z - lowest, sigma_z, range_m)
    nodes = _even(z.size) if models[0].trend == 1 else _nodes(z, sigma_z)
    xy, z, pull = xy[nodes], z[nodes] - lowest, pull[nodes] / max(area, 1e-9)
    own = np.empty((z.size + 1, z.size + 1))  # of the errors at the rim, and of the ground's mean error
    own[:-1, :-1] = spherical(_distances(xy), range_m)
    own[-1, :-1] = own[:-1, -1] = pull
    own[-1, -1] = ground / max(area, 1e-9) ** 2
    found = [_drawn(model, xy, z, sigma_z, own, area, bank) for model in models]
    best = max(found, key=lambda m: half_width(m.sigma_m3, m.offset_m3) if area > 0 else m.level_m)
    share = np.zeros(size)
    share[nodes] = best.share
    return replace(best, share=share if models[0].trend > 1 else np.full(size, 1.0 / size))


def _drawn(model: _Model, xy: Array, z: Array, sigma_z: float, own: Array, area: float, bank: float) -> Minimum:
    """Draws of errors and rim, made to agree with the readings.

    Nine digits are kept: the library's last ones may hang on its number of threads.
    """
    random, n = _normals(), z.size
    errors = sigma_z * random[:, : n + 1] @ _root(own).T
    covariance, readings = sigma_z**2 * own[:-1, :-1], errors[:, :-1]
    if model.strength:
        relief = model.strength**2 * np.exp(-_distances(xy) / model.length)
        covariance = covariance + relief
        readings = readings + random[:, _COLUMNS : _COLUMNS + n] @ _root(relief).T
    project = _projection(covariance, _design(xy, model.trend), sigma_z)
    errors = errors + (z - readings) @ (project @ (sigma_z**2 * own[:-1]))
    rim = z - errors[:, :-1]
    level = rim.min(axis=1)
    change = area * (level + errors[:, -1]) + bank / 2 * level * np.abs(level)
    weight = np.full(_DRAWS, 1.0 / _DRAWS)
    if model.trend > 1 and not model.strength:  # a plane, drawn with all slopes alike likely; all falls should be
        weight = 1.0 / np.maximum(rim.max(axis=1) - level, 1e-3 * sigma_z)
        weight = weight / weight.sum()
    mean = float(weight @ change)
    deviation = float(np.sqrt(weight @ (change - mean) ** 2))
    share = np.asarray(np.bincount(rim.argmin(axis=1), weight, n).round(9), np.float64)
    return Minimum(_kept(float(weight @ level)), _kept(mean), _kept(deviation), share)


def _kept(value: float) -> float:
    return float(f"{value:.9g}")


@lru_cache(maxsize=1)
def _normals() -> Array:
    """Standard normal draws in columns with mean 0, deviation 1 and no correlation among them, to the last digits.

    What is linear in them is so drawn without error (500 independent ones would be off by 4 % of a deviation).
    """
    drawn = np.random.default_rng(0).standard_normal((_DRAWS, 2 * _COLUMNS))
    q = np.linalg.qr(np.column_stack((np.ones(_DRAWS), drawn)))[0]
    return np.asarray(q[:, 1:] * np.sqrt(_DRAWS))


def _even(n: int) -> Index:
    """Samples evenly along the rim: level ground is known from them.

    Low ones beside them would pull it down: they would be taken because their errors are low.
    """
    return np.linspace(0, n - 1, min(_EVEN, n)).astype(np.int64)


def _nodes(z: Array, sigma_z: float) -> Index:
    """Samples evenly along the rim, and those where it is low: all around the lowest ones, then evenly."""
    n = z.size
    low = np.flatnonzero(z <= z.min() + _NEAR * sigma_z)
    lowest = low[np.argsort(z[low], kind="stable")[: _LOW // 3]]
    some = low[np.linspace(0, low.size - 1, min(_LOW, low.size)).astype(np.int64)]
    return np.unique(np.concatenate((_even(n), some, *((lowest + k) % n for k in (-1, 0, 1)))))


def _distances(xy: Array) -> Array:
    return np.asarray(np.hypot(xy[:, 0, None] - xy[:, 0], xy[:, 1, None] - xy[:, 1]))


def _design(xy: Array, columns: int) -> Array:
    centred = xy - xy.mean(axis=0)
    return np.column_stack((np.ones(len(xy)), centred / max(float(np.abs(centred).max()), 1e-9)))[:, :columns]


def _plausible(xy: Array, z: Array, sigma_z: float, range_m: float) -> list[_Model]:
    """The simplest models that the readings do not rule out: level, else a plane, else of each length the weakest."""
    even = np.linspace(0, z.size - 1, min(_FIT, z.size)).astype(np.int64)
    pick = np.unique(np.append(even, (np.argmin(z) + np.arange(-1, 2)) % z.size))  # a narrow notch must be seen
    xy, z, distance = xy[pick], z[pick], _distances(xy[pick])
    errors = sigma_z**2 * (spherical(distance, range_m) + _NUGGET * np.eye(z.size))
    models = [_Model(1), _Model(3)]
    score = [_likelihood(z, errors, _design(xy, m.trend)) for m in models]
    for length in (f * range_m for f in _LENGTHS):
        relief = np.exp(-distance / length)
        for strength in (s * sigma_z for s in _STRENGTHS):
            models.append(_Model(3, strength, length))
            score.append(_likelihood(z, errors + strength**2 * relief, _design(xy, 3)))
    level, plane, best = score[0], score[1], max(score)
    if best - plane <= _RELIEF:
        return models[1:2] if plane - level > _SLOPE else models[:1]
    weakest: dict[float, _Model] = {}
    for model, s in zip(models[2:], score[2:], strict=True):
        if s >= best - _RELIEF:
            weakest.setdefault(model.length, model)
    return list(weakest.values())


def _likelihood(z: Array, covariance: Array, design: Array) -> float:
    """Log likelihood of the readings with the best trend, less what is common to all models."""
    factor = np.linalg.cholesky(covariance)
    solved = solve_triangular(factor, np.column_stack((design, z)), lower=True, check_finite=False)
    design, z = solved[:, :-1], solved[:, -1]
    rest = z - design @ np.linalg.lstsq(design, z, rcond=1e-12)[0]
    return float(-np.log(np.diag(factor)).sum() - 0.5 * rest @ rest)


def _projection(covariance: Array, design: Array, sigma_z: float) -> Array:
    """Σ⁻¹ - Σ⁻¹X(X'Σ⁻¹X)⁻¹X'Σ⁻¹: takes readings to what the trend does not explain, weighted."""
    factor = cho_factor(covariance + _NUGGET * sigma_z**2 * np.eye(len(covariance)), lower=True)
    inverse = cho_solve(factor, np.eye(len(covariance)))
    weighted = inverse @ design
    return np.asarray(inverse - weighted @ np.linalg.pinv(design.T @ weighted) @ weighted.T)


def _root(covariance: Array) -> Array:
    """A square root of a covariance that may be all but singular."""
    n, scale = len(covariance), float(np.trace(covariance)) / len(covariance)
    for jitter in (1e-10, 1e-7, 1e-5):
        try:
            return np.asarray(np.linalg.cholesky(covariance + jitter * scale * np.eye(n)))
        except np.linalg.LinAlgError:
            continue
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
