"""How well a sideways shift is known: errors of neighbouring places hang together, so blocks of ground count.

The covariance is that of the jackknife over square blocks (each left out in turn), which is honest also where few
blocks hold most of the slope; blocks are made larger while there are enough, and the largest covariance counts. Where
both surveys' errors are stated with their ranges, it is nowhere smaller than what those give (errors that hang together
over more than the ground looked at, blocks cannot see).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from gis.arrays import Array, Index
from gis.comparison.interval import Errors, K, difference_field

_BLOCKS = 12
"""Fewer blocks than this tell nothing."""
_LUMPS = 1_500
_WEAKEST = 0.02  # of what the others hold: the least that leaving out a block leaves


@dataclass(frozen=True)
class Influence:
    """`xy` places (n, 2) in m; `lever` (n, k): slope times weight of each; `rest` (n) m; `hold` (n, k, k): products."""

    xy: Array
    lever: Array
    rest: Array
    hold: Array

    def gathered(self, side_m: float) -> tuple[Array, Array]:
        """(lever times rest, hold) summed over blocks of this side."""
        blocks, at = _blocks(self.xy, side_m)
        k = self.lever.shape[1]
        pull = np.column_stack([np.bincount(at, p * self.rest) for p in self.lever.T])
        hold = np.column_stack([np.bincount(at, p) for p in self.hold.reshape(-1, k * k).T])
        return np.asarray(pull, np.float64), np.asarray(hold.reshape(blocks, k, k), np.float64)

    def lumps(self, side_m: float) -> tuple[Array, Array]:
        """(middle places (b, 2), levers (b, k)) of blocks of this side."""
        _, at = _blocks(self.xy, side_m)
        middle = np.column_stack([np.bincount(at, p) for p in self.xy.T]) / np.bincount(at)[:, None]
        return middle, np.column_stack([np.bincount(at, p) for p in self.lever.T]).astype(np.float64)


def covariance(influence: Influence, errors: Errors, cell_m: float) -> Array | None:
    """Covariance (k, k) of the shift, m², Student's factor for few blocks in it; None where it cannot be known."""
    found = by_blocks(influence, cell_m)
    if found is None:
        return None
    best, freedom = found
    best = best * (stdtrit(freedom, float(ndtr(K))) / K) ** 2
    stated = by_errors(influence, errors, cell_m)
    return best if stated is None else _greater(best, stated)


def by_blocks(influence: Influence, cell_m: float) -> tuple[Array, float] | None:
    """(covariance by the jackknife, m², its degrees of freedom): the largest of growing blocks; None for too few."""
    whole = influence.hold.sum(axis=0)
    if np.linalg.eigvalsh(whole)[0] <= 0:
        return None
    best, freedom, side = None, 0.0, 2 * cell_m
    while True:
        pull, hold = influence.gathered(side)
        if len(pull) < _BLOCKS:
            break
        found = _jackknife(whole, pull, hold)
        if best is None or np.trace(found) > np.trace(best):
            best, freedom = found, _freedom(whole, hold)
        side *= np.sqrt(2)
    return None if best is None else (best, freedom)


def _jackknife(whole: Array, pull: Array, hold: Array) -> Array:
    """Scatter of the shift with each block left out in turn (m², k × k)."""
    left = whole - hold
    values, vectors = np.linalg.eigh(left)
    values = np.maximum(values, _WEAKEST * np.linalg.eigvalsh(whole)[0])
    change = np.einsum("bij,bj,bkj,bk->bi", vectors, 1 / values, vectors, pull)
    return np.asarray(change.T @ change * (len(pull) - 1) / len(pull))


def _freedom(whole: Array, hold: Array) -> float:
    """Degrees of freedom: as many blocks as hold equal shares would be, less one."""
    share = np.maximum(np.einsum("ij,bji->b", np.linalg.inv(whole), hold) / len(whole), 0)
    return max(float(share.sum() ** 2 / (share**2).sum()) - 1, 1.0)


def by_errors(influence: Influence, errors: Errors, cell_m: float) -> Array | None:
    """What the stated errors of both surveys make of the shift, m²; None where they or their ranges are not stated."""
    first, second = errors.before.range_m, errors.after.range_m
    if not (first and second):
        return None
    side = 2 * cell_m
    while _blocks(influence.xy, side)[0] > _LUMPS:
        side *= np.sqrt(2)
    if max(first, second) < 2 * side:  # shorter than what is lumped together: that is for the blocks
        return None
    whole = influence.hold.sum(axis=0)
    middle, lever = influence.lumps(side)
    field = difference_field(errors, errors.nmad_m, np.hypot(*(middle[:, None] - middle).T))
    if field is None:
        return None
    pull = lever @ np.linalg.inv(whole)
    return np.asarray(field[0] ** 2 * pull.T @ field[1] @ pull)


def _greater(one: Array, other: Array) -> Array:
    """The smallest covariance that is nowhere smaller than either."""
    root = np.linalg.cholesky(one + max(1e-9 * np.trace(one + other), 1e-30) * np.eye(len(one)))
    back = np.linalg.inv(root)
    values, vectors = np.linalg.eigh(back @ other @ back.T)
    half = root @ vectors
    return np.asarray((half * np.maximum(values, 1.0)) @ half.T)


def _blocks(xy: Array, side_m: float) -> tuple[int, Index]:
    """(how many blocks hold places, the block of each place)."""
    row, col = (np.floor(p / side_m).astype(np.int64) for p in (xy - xy.min(axis=0)).T)
    _, at = np.unique(row * (int(col.max()) + 1) + col, return_inverse=True)
    return int(at.max()) + 1, at
