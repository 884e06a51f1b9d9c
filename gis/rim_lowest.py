"""The lowest point of a rim: of the bilinear terrain along the outline itself, not only of samples on it.

Along a straight edge the bilinear surface is a quadratic between two lines through the cell centres. Where a stretch
between two samples can hold the lowest point, it is cut at these lines and each piece's vertex is looked at, so that
the answer depends neither on where the samples fall nor on vertices that were added to an edge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gis.arrays import Array
from gis.rim import SPACING, Rim

Heights = Callable[[Array, Array], Array]
"""Heights (m, NaN where there is none) at pixel positions (columns, rows) on the outline."""


@dataclass(frozen=True)
class Lowest:
    """Pixel position, height (m) and ring of a rim's lowest point."""

    col: float
    row: float
    z: float
    ring: int


def lowest_of(rim: Rim, heights: Heights) -> Lowest:
    """The lowest point of a rim whose samples all have a height, in their order along each ring."""
    k = rim.lowest
    best = Lowest(float(rim.cols[k]), float(rim.rows[k]), float(rim.z[k]), int(rim.ring[k]))
    start, end = _stretches(rim, best.z)
    if not start.size:
        return best
    c0, r0 = rim.cols[start], rim.rows[start]
    dc, dr = rim.cols[end] - c0, rim.rows[end] - r0
    cuts = np.sort(np.column_stack((np.zeros(c0.size), _cut(c0, dc), _cut(r0, dr), np.ones(c0.size))), axis=1)
    a, b = cuts[:, :-1].ravel(), cuts[:, 1:].ravel()
    owner = np.repeat(np.arange(c0.size), 3)
    some = b > a
    a, b, owner = a[some], b[some], owner[some]

    def at(t: Array) -> Array:
        return np.asarray(heights(c0[owner] + t * dc[owner], r0[owner] + t * dr[owner]))

    # the parabola through both ends and the middle: z = za + p s + q s², s from 0 to 1
    za, zm, zb = at(a), at((a + b) / 2), at(b)
    q = 2 * (za - 2 * zm + zb)
    p = zb - za - q
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.where(q > 0, np.clip(-p / (2 * q), 0, 1), 0.0)
    t = np.concatenate((a, b, a + s * (b - a)))
    z = np.concatenate((za, zb, at(t[2 * a.size :])))
    if not np.isfinite(z).any() or float(np.nanmin(z)) >= best.z:
        return best
    k = int(np.nanargmin(z))
    i = np.tile(owner, 3)[k]
    return Lowest(float(c0[i] + t[k] * dc[i]), float(r0[i] + t[k] * dr[i]), float(z[k]), int(rim.ring[start[i]]))


def _stretches(rim: Rim, lowest: float) -> tuple[Array, Array]:
    """(from, to) samples side by side between which the rim may lie below `lowest`.

    Between two samples it may dip as far below them as twice the greatest step from sample to sample about there.
    """
    starts, ends = [], []
    for ring in np.unique(rim.ring):
        mine = np.flatnonzero(rim.ring == ring)
        after = np.roll(mine, -1)
        apart = np.maximum(np.abs(rim.cols[after] - rim.cols[mine]), np.abs(rim.rows[after] - rim.rows[mine]))
        step = np.abs(rim.z[after] - rim.z[mine])
        around = np.max([np.roll(step, n) for n in (-2, -1, 0, 1, 2)], axis=0)
        near = np.minimum(rim.z[mine], rim.z[after]) - 2 * around < lowest
        near &= apart <= SPACING * (1 + 1e-9)  # not over what was left out or has no terrain
        starts.append(mine[near])
        ends.append(after[near])
    return np.concatenate(starts), np.concatenate(ends)


def _cut(start: Array, change: Array) -> Array:
    """Where (0 … 1) a stretch of at most a cell crosses a line through cell centres; 0 where it does not."""
    line = np.floor(np.maximum(start, start + change) - 0.5) + 0.5
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (line - start) / change
    return np.where((t > 0) & (t < 1), t, 0.0)
