"""How wrong spanned ground is, by trial: gaps as wide are cut out of measured ground, spanned, and compared with it.

This is cross-validation by blocks (Roberts et al. 2017, Ecography 40: what is left out must be as far from the rest as
what is to be told), with the mean over the gap as the figure, for that is what a volume is made of. A trial says how
wrong ground like that about the site comes out. Whether the gap itself is like it shows at its edges: where they dip
into it, ground that goes on as it dips lies deeper than triangles straight across. The surface of least curvature
through the edges (Briggs 1974, Geophysics 39) goes on so; its mean difference to the triangles, `dip`, is taken of the
gap and of the trials alike. A gap whose edges dip more than those of the trials is as much more uncertain; one that
dips `LIKE` times as much is like nothing that was measured, and no figure is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from gis.arrays import Array, Mask
from gis.clouds.cells import bridge
from gis.dem.display import cells
from gis.dem.file import Dem
from gis.quasi import quasi_random

LEAST, MOST = 10, 48
LIKE = 3.0
SAMPLES = 10.0
"""A gap's radius in samples, at most."""
_EDGE = 3
_CANDIDATES = 600
_GROWTH = (1.0, 2.0, 4.0)
_SPANNED = 0.2
_NO_DIP_M = 0.01

Share = Callable[[Array, Array], Array]
"""Share of spanned ground at pixel positions (columns, rows); 1 where there is no ground."""


@dataclass(frozen=True)
class Trial:
    """Root mean squares, m: of the mean `error` of trial gaps and of their `dip`; at how many `places`."""

    error: float
    dip: float
    places: int

    def of_gap(self, dip_m: float) -> float | None:
        """Standard deviation of the mean height of a gap that dips so, m; None where nothing like it was tried."""
        if abs(dip_m) <= max(self.dip, _NO_DIP_M):
            return self.error
        if self.dip <= 0 or abs(dip_m) > LIKE * self.dip:
            return None
        return self.error * abs(dip_m) / self.dip


def trial(dem: Dem, box: tuple[float, float, float, float], radius: float, spanned: Share) -> Trial | None:
    """A trial of gaps of `radius` (cells) in and about a box (column, row of two corners); None for want of ground.

    Places lie a radius apart or more, the nearest to the box first; the same each time.
    """
    places = np.zeros((0, 2))
    found: list[tuple[float, float]] = []
    size = max(box[2] - box[0], box[3] - box[1])
    for growth in _GROWTH:
        reach = radius + (growth - 1) * max(size, 2 * radius)
        for place in _candidates(dem, box, reach, radius, spanned):
            if len(places) and np.hypot(*(places - place).T).min() < radius:
                continue
            one = _one(dem, place, radius)
            if one is not None:
                places = np.concatenate((places, place[None]))
                found.append(one)
            if len(found) >= MOST:
                break
        if len(found) >= LEAST:
            break
    if len(found) < LEAST:
        return None
    error, dip = np.sqrt((np.array(found) ** 2).mean(axis=0))
    return Trial(float(error), float(dip), len(found))


def _candidates(dem: Dem, box: tuple[float, float, float, float], reach: float, radius: float, spanned: Share) -> Array:
    """Middles (n, 2) of discs that lie on measured ground, as far as the blocks tell."""
    edge = radius + _EDGE * max(radius / SAMPLES, 1.0)
    low = np.maximum([box[0] - reach, box[1] - reach], edge)
    high = np.minimum([box[2] + reach, box[3] + reach], [dem.grid.width - edge, dem.grid.height - edge])
    if (low >= high).any():
        return np.zeros((0, 2))
    middle = low + quasi_random(_CANDIDATES, 2) * (high - low)
    at = np.linspace(-1.1, 1.1, 9)
    across, down = (v.ravel() for v in np.meshgrid(at, at))
    within = np.hypot(across, down) <= 1.15
    cols = middle[:, :1] + radius * across[within]
    rows = middle[:, 1:] + radius * down[within]
    return np.asarray(middle[spanned(cols, rows).mean(axis=1) <= _SPANNED])


def _one(dem: Dem, place: Array, radius: float) -> tuple[float, float] | None:
    """(mean error, mean dip) of one trial gap, m; None where heights are missing."""
    step = max(int(np.ceil(radius / SAMPLES)), 1)
    half = int(np.ceil(radius / step)) + _EDGE
    middle = np.floor(place).astype(np.int64)
    lag = step * np.arange(-half, half + 1)
    rows, cols = middle[1] + lag, middle[0] + lag
    if rows[0] < 0 or cols[0] < 0 or rows[-1] >= dem.grid.height or cols[-1] >= dem.grid.width:
        return None
    z = cells(dem, rows, cols)
    if not np.isfinite(z).all():
        return None
    gap = np.hypot(lag[:, None], lag[None, :]) <= radius
    holed = np.where(gap, np.nan, z)
    straight, _ = bridge(holed, 1.0, math.inf)
    if not np.isfinite(straight[gap]).all():
        return None
    return float((straight - z)[gap].mean()), float((least_curved(holed, gap) - straight)[gap].mean())


def dip_of(z: Array, gap: Mask) -> float | None:
    """Mean difference of the surface of least curvature to the heights `z` in a gap, m; None where it has no edge."""
    filled = least_curved(np.where(gap, np.nan, z), gap)
    off = (filled - z)[gap]
    off = off[np.isfinite(off)]
    return float(off.mean()) if off.size else None


def least_curved(z: Array, gap: Mask) -> Array:
    """`z` (m) with the cells of `gap` so that the squares of the surface's Laplacian, in and beside it, are least.

    Cells without a height that are not in the gap are left out; gap cells that nothing holds stay NaN.
    """
    known = np.isfinite(z) & ~gap
    usable = known | gap
    core = np.zeros(z.shape, np.bool_)
    core[1:-1, 1:-1] = usable[1:-1, 1:-1] & usable[:-2, 1:-1] & usable[2:, 1:-1] & usable[1:-1, :-2] & usable[1:-1, 2:]
    touching = gap.copy()
    for a, b in ((np.s_[1:], np.s_[:-1]), (np.s_[:-1], np.s_[1:])):
        touching[a] |= gap[b]
        touching[:, a] |= gap[:, b]
    i, j = np.nonzero(core & touching)
    out = np.where(gap, np.nan, z)
    if not len(i):
        return out
    number = np.full(z.shape, -1, np.int64)
    number[gap] = np.arange(int(gap.sum()))
    base = float(z[known].mean()) if known.any() else 0.0
    right = np.zeros(len(i))
    row, col, value = [], [], []
    for di, dj, weight in ((0, 0, -4.0), (1, 0, 1.0), (-1, 0, 1.0), (0, 1, 1.0), (0, -1, 1.0)):
        at = number[i + di, j + dj]
        free = at >= 0
        row.append(np.flatnonzero(free))
        col.append(at[free])
        value.append(np.full(int(free.sum()), weight))
        right[~free] -= weight * (z[i + di, j + dj][~free] - base)
    size = int(gap.sum())
    rows, cols, values = np.concatenate(row), np.concatenate(col), np.concatenate(value)
    curve = sparse.csc_array((values, (rows, cols)), shape=(len(i), size))
    # A hair of membrane holds what the equations leave open (cells at the edge of the window).
    matrix = sparse.csc_array(curve.T @ curve + 1e-9 * sparse.eye_array(size))
    out[gap] = base + spsolve(matrix, curve.T @ right)
    return np.asarray(out)
