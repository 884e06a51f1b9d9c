"""The steps of a cycle over bands (`gis.band_steps`), each in one pass or two over its band."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.arrays import F32, Array
from gis.band_steps import FROM_MEAN, FROM_OWN, SMOOTHING
from gis.bands import Band, Links
from gis.compiled.jit import kernel


def down(band: Band, links: Links, coarse: Band, right: F32, below: F32) -> tuple[F32, F32]:
    """As `gis.band_steps.down`."""
    e, told = np.empty(band.length, np.float32), np.empty(coarse.length, np.float32)
    mean, collect, across = band.mean, links.collect, links.across
    own, to = (mean.places, mean.weight), (collect.start, collect.places, collect.weight, links.scale, links.under)
    _down(*own, *to, links.beside, across.places, across.weight, right, e, told, below, FROM_MEAN, FROM_OWN)
    return e, told


def up(band: Band, links: Links, right: F32, e: F32, told: F32, more: F32) -> None:
    """As `gis.band_steps.up`."""
    carry, ghost, mean = links.carry, links.ghost, band.mean
    tables = carry.places, carry.weight, ghost.start, ghost.places, ghost.weight, mean.places, mean.weight
    _up(*tables, right, e, told, more, *SMOOTHING)


def left_over(band: Band, heights: Array, right: Array) -> F32:
    """As `gis.band_steps.left_over`."""
    found = np.empty(band.size, np.float32)
    mean = band.mean if band.covered else band.free_mean
    _left_over(mean.places, mean.weight, heights, right, found)
    return found


def left_over_free(band: Band, heights: Array) -> F32:
    """As `gis.band_steps.left_over_free`."""
    found = np.empty(band.size, np.float32)
    _left_over_free(band.eight.view(np.uint32), band.square, heights, band.covered, found)
    return found


def guess(band: Band, links: Links, coarser: Array, heights: Array) -> None:
    """As `gis.band_steps.guess`."""
    _guess(links.carry.places, links.carry.weight, coarser, band.size, heights)


def tell_covered(links: Links, finer: Array, coarser: Array) -> None:
    """As `gis.band_steps.tell_covered`."""
    coarser[: links.under.size] = finer[links.under]


def fill_ghosts(band: Band, links: Links, finer: Array, coarser: Array) -> None:
    """As `gis.band_steps.fill_ghosts`."""
    ghost = links.ghost
    _sums(ghost.start, ghost.places, ghost.weight, coarser, finer, band.size)


def advance(step: F32, correction: F32, kept: np.float32, size: np.float32, heights: Array) -> float:
    """As `gis.band_steps.advance`."""
    return float(_advance(step, correction, kept, size, heights))


@kernel
def _smooth_from_zero(at: Any, weight: Any, right: Any, e: Any, from_mean: Any, from_own: Any) -> None:
    size = np.uint64(right.size)
    for i in range(right.size):
        total = np.float32(0)
        for k in range(4 * i, 4 * i + 4):
            if at[k] < size:  # ghosts are zero
                total += weight[k] * right[at[k]]
        e[i] = total * from_mean + from_own * right[i]
    e[right.size :] = 0


@kernel
def _residual(at: Any, weight: Any, right: Any, e: Any) -> Any:
    left = np.empty(right.size, np.float32)
    for i in range(right.size):
        total = np.float32(0)
        for k in range(4 * i, 4 * i + 4):
            total += weight[k] * e[at[k]]
        left[i] = total - e[i] + right[i]
    return left


@kernel
def _collect(
    left: Any, start: Any, at: Any, weight: Any, scale: Any, e: Any, under: Any, told: Any, below: Any
) -> None:
    for i in range(scale.size):
        total = np.float32(0)
        for k in range(start[i], start[i + 1]):
            total += weight[k] * left[at[k]]
        below[i] = total * scale[i]
        told[i] = e[under[i]]
    told[scale.size :] = 0


@kernel
def _beside(beside: Any, at: Any, weight: Any, told: Any, below: Any) -> None:
    for i in range(beside.size):
        total = np.float32(0)
        for k in range(4 * i, 4 * i + 4):
            total += weight[k] * told[at[k]]
        below[beside[i]] += total


@kernel
def _carry(at: Any, weight: Any, more: Any, size: int, e: Any, told: Any) -> None:
    for i in range(size):
        total = np.float32(0)
        for k in range(4 * i, 4 * i + 4):
            total += weight[k] * more[at[k]]
        e[i] += total
    for i in range(told.size):
        told[i] += more[i]


@kernel
def _smooth(at: Any, weight: Any, right: Any, e: Any, step: Any) -> None:
    left = _residual(at, weight, right, e)
    for i in range(right.size):
        e[i] += step * left[i]


@kernel
def _sums(start: Any, at: Any, weight: Any, vector: Any, out: Any, first: int) -> None:
    """Weighted sums in double precision, from the place `first` of `out` on."""
    for i in range(start.size - 1):
        total = 0.0
        for k in range(start[i], start[i + 1]):
            total += weight[k] * vector[at[k]]
        out[first + i] = total


@kernel
def _left_over(at: Any, weight: Any, heights: Any, right: Any, found: Any) -> None:
    for i in range(right.size):
        total = weight.dtype.type(0)
        for k in range(4 * i, 4 * i + 4):
            total += weight[k] * weight.dtype.type(heights[at[k]])
        found[i] = total - heights[i] + right[i]


@kernel
def _left_over_free(eight: Any, weight: Any, heights: Any, first: int, found: Any) -> None:
    for i in range(eight.shape[0]):
        total = 0.0
        for k in range(8):
            total += weight[k] * heights[eight[i, k]]
        found[first + i] = total - heights[first + i]


@kernel
def _down(
    at: Any, weight: Any, start: Any, to: Any, share: Any, scale: Any, under: Any, beside: Any, across: Any, by: Any,
    right: Any, e: Any, told: Any, below: Any, from_mean: Any, from_own: Any
) -> None:  # fmt: skip
    _smooth_from_zero(at, weight, right, e, from_mean, from_own)
    _collect(_residual(at, weight, right, e), start, to, share, scale, e, under, told, below)
    _beside(beside, across, by, told, below)


@kernel
def _up(
    carry: Any, share: Any, start: Any, ghost: Any, by: Any, at: Any, weight: Any,
    right: Any, e: Any, told: Any, more: Any, first: Any, second: Any
) -> None:  # fmt: skip
    _carry(carry, share, more, right.size, e, told)
    _sums(start, ghost, by, told, e, right.size)
    _smooth(at, weight, right, e, first)
    _smooth(at, weight, right, e, second)


@kernel
def _guess(at: Any, weight: Any, coarser: Any, size: int, heights: Any) -> None:
    for i in range(size):
        total, reached = 0.0, np.float32(0)
        for k in range(4 * i, 4 * i + 4):
            total += np.float64(weight[k]) * coarser[at[k]]
            reached += weight[k]
        heights[i] = total / np.float64(max(reached, np.float32(0.25)))


@kernel
def _advance(step: Any, correction: Any, kept: Any, size: Any, heights: Any) -> Any:
    most = np.float32(0)
    for i in range(step.size):
        step[i] = step[i] * kept + size * correction[i]
        heights[i] += step[i]
        most = max(most, abs(step[i]))
    return most
