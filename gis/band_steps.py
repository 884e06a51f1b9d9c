"""What a cycle over bands does on one band at a time; `gis.compiled.band_steps` has the same functions, compiled.

Arithmetic is in the precision of its arrays: corrections single, heights double.
"""

from __future__ import annotations

import numpy as np

from gis.arrays import F32, Array
from gis.bands import Band, Links

# Two Jacobi steps with the weights of the Chebyshev polynomial on [0.5, 2] damp every rough mode 4.5 times.
SMOOTHING = np.float32(1.3905), np.float32(0.5617)
_FIRST, _SECOND = SMOOTHING
FROM_MEAN, FROM_OWN = _FIRST * _SECOND, _FIRST + _SECOND * (1 - _FIRST)
"""The two steps from zero in one: FROM_MEAN · N b + FROM_OWN · b."""


def down(band: Band, links: Links, coarse: Band, right: F32, below: F32) -> tuple[F32, F32]:
    """Smooth a band's correction from zero and hand what is left of its `right` side to the coarser band.

    `below`, the coarser right side, is filled at covered nodes and changed beside them, in place. Returns the
    correction (ghosts zero), and what the coarser band is told of it: its values at covered nodes, else zero.
    """
    e = np.zeros(band.length, np.float32)
    inner = e[: band.size]
    inner += right
    inner[:] = band.mean @ e
    inner *= FROM_MEAN
    inner += FROM_OWN * right
    n = coarse.covered
    np.multiply(links.collect @ _residual(band, e, right), links.scale, out=below[:n])
    told = np.zeros(coarse.length, np.float32)
    told[:n] = e[links.under]
    below[links.beside] += links.across @ told
    return e, told


def up(band: Band, links: Links, right: F32, e: F32, told: F32, more: F32) -> None:
    """Add what the coarser band found beyond what it was `told` to a correction `e`, smooth it and fill its ghosts.

    `told` becomes the coarser band's whole correction; both are changed in place.
    """
    inner = e[: band.size]
    inner += links.carry @ more
    told += more
    e[band.size :] = links.ghost @ told
    for weight in SMOOTHING:
        inner += weight * _residual(band, e, right)


def _residual(band: Band, e: F32, right: F32) -> Array:
    r = band.mean @ e
    r -= e[: r.size]
    r += right
    return r


def left_over(band: Band, heights: Array, right: Array) -> F32:
    """What the heights of the first band of a cycle leave of its right side: b - (u - N u)."""
    # Above the finest level this is for the first guess: single precision will do.
    mean = band.free_mean @ heights if band.covered == 0 else band.mean @ heights.astype(np.float32)
    return (mean - heights[: band.size] + right).astype(np.float32)


def left_over_free(band: Band, heights: Array) -> F32:
    """The same of a band behind it at free nodes; at covered ones there is anything."""
    found = np.empty(band.size, np.float32)
    found[band.covered :] = band.free_mean @ heights - heights[band.covered : band.size]
    return found


def guess(band: Band, links: Links, coarser: Array, heights: Array) -> None:
    """Heights of a band from the coarser one's, bilinear, in place; ghosts are left."""
    carry = links.carry
    reached = np.maximum(carry @ np.ones(carry.length, np.float32), 0.25)  # less than 1 beside the outline
    heights[: band.size] = (carry @ coarser) / reached


def tell_covered(links: Links, finer: Array, coarser: Array) -> None:
    """Give covered nodes the finer band's heights, in place."""
    coarser[: links.under.size] = finer[links.under]


def fill_ghosts(band: Band, links: Links, finer: Array, coarser: Array) -> None:
    """Give the finer band's ghosts the coarser one's heights, in place."""
    finer[band.size :] = links.ghost @ coarser


def advance(step: F32, correction: F32, kept: np.float32, size: np.float32, heights: Array) -> float:
    """The next step of Chebyshev's iteration, kept · step + size · correction, added to the heights; both in place.

    Returns the largest change, m.
    """
    np.multiply(step, kept, out=step)
    np.add(step, size * correction, out=step)
    np.add(heights, step, out=heights)
    return max(float(step.max()), -float(step.min()))
