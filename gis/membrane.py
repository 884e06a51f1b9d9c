"""From the membrane inside an outline to the cells that the outline only touches: extrapolation over the outline."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.harmonic import Lattice, Level

_REACH = 2
"""Cells beyond the outermost inside node that get a height (a touched cell's centre is never further away)."""


def spread(u: Array, level: Level, outline: Array, nearest: Callable[[Array, Array], Array]) -> Array:
    """`u` (m, inside nodes) continued to the nodes around the `outline` ((n, 2) pixel places along it), NaN beyond.

    Along each cut arm the outline's value is continued with the slope and curvature of the nodes inside, so planes and
    quadratics go on exactly; several arms that meet in a node are averaged. What is left (slivers without a node of
    their own) continues its neighbours along rows and columns, and else takes the value of the `nearest` rim point
    (function of pixel columns and rows).
    """
    out = np.where(level.inside, u, np.nan)
    total, count = np.zeros(out.size), np.zeros(out.size)
    cols = out.shape[1]
    for way, (di, dj) in enumerate(((0, -1), (0, 1), (-1, 0), (1, 0))):
        cut = level.cut[:, way]
        p = level.edge[cut]
        arm = level.arms[cut, way]
        back = -(di * cols + dj)
        slope, bend = _inner(u.ravel(), level, p, cut, way, back)
        value = level.shell[cut, way] + (1 - arm) * (slope + ((1 + arm) / 2 + 0.5) * bend)
        np.add.at(total, p - back, value)
        np.add.at(count, p - back, 1)
    fill = (count > 0) & ~level.inside.ravel()
    out.ravel()[fill] = total[fill] / count[fill]
    rows, columns = _around(level.lattice, outline, out.shape)
    for _ in range(_REACH):
        _continue(out, rows, columns)
    left = np.isnan(out[rows, columns])
    i, j = rows[left], columns[left]
    if i.size:
        lattice = level.lattice
        out[i, j] = nearest(lattice.x + lattice.step * j, lattice.y + lattice.step * i)
    return out


def _inner(u: Array, level: Level, p: Index, cut: Mask, way: int, back: int) -> tuple[Array, Array]:
    """First difference towards `way` and second difference at the nodes p, 0 where there are no nodes behind."""
    flat = level.inside.ravel()
    opposite = way ^ 1
    one = flat[p + back] & ~level.cut[cut, opposite]
    # The second node behind counts only if the arm between the two is whole.
    position = np.minimum(np.searchsorted(level.edge, p + back), level.edge.size - 1)
    broken = (level.edge[position] == p + back) & level.cut[position, opposite]
    two = one & ~broken
    behind = np.clip(p + 2 * back, 0, flat.size - 1)
    two &= flat[behind]
    slope = np.where(one, u[p] - u[p + back], 0.0)
    bend = np.where(two, u[p] - 2 * u[p + back] + u[behind], 0.0)
    return slope, bend


def _continue(out: Array, rows: Index, cols: Index) -> None:
    """Empty nodes among (rows, cols) from three (two) known ones in line, in place: exact for quadratics (planes)."""
    missing = np.isnan(out[rows, cols])
    rows, cols = rows[missing], cols[missing]
    total, count = np.zeros(rows.size), np.zeros(rows.size)
    wide = np.pad(out, 3, constant_values=np.nan)
    for di, dj in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        a, b, c = (wide[rows + 3 + n * di, cols + 3 + n * dj] for n in (1, 2, 3))
        value = np.where(np.isnan(c), 2 * a - b, 3 * a - 3 * b + c)
        ok = ~np.isnan(value)
        total[ok] += value[ok]
        count[ok] += 1
    ok = count > 0
    out[rows[ok], cols[ok]] = total[ok] / count[ok]


def _around(lattice: Lattice, at: Array, shape: tuple[int, int]) -> tuple[Index, Index]:
    """The nodes within two steps of the places `at` (pixel columns, rows), each once."""
    j = np.floor((at[:, 0] - lattice.x) / lattice.step).astype(np.int64)
    i = np.floor((at[:, 1] - lattice.y) / lattice.step).astype(np.int64)
    cell = np.unique(i * shape[1] + j)
    i, j = np.divmod(cell, shape[1])
    shift = np.arange(-1, 3)
    near_i = np.clip(i[:, None, None] + shift[:, None], 0, shape[0] - 1)
    near_j = np.clip(j[:, None, None] + shift[None, :], 0, shape[1] - 1)
    rows, cols = np.divmod(np.unique(near_i * shape[1] + near_j), shape[1])
    return rows, cols
