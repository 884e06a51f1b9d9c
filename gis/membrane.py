"""From the membrane inside an outline to the cells that the outline only touches: extrapolation over the outline."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.harmonic import Lattice, Level, each_once

_MARGIN = 3
_REACH = 2
"""Cells beyond the outermost inside node that get a height (a touched cell's centre is never further away)."""


def spread(u: Array, level: Level, outline: Array, nearest: Callable[[Array, Array], Array]) -> Array:
    """`u` (m, inside nodes) continued to the nodes around the `outline` ((n, 2) pixel places along it), NaN beyond.

    Along each cut arm the outline's value is continued with the slope and curvature of the nodes inside, so planes and
    quadratics go on exactly; several arms that meet in a node are averaged. What has too few nodes behind it continues
    its neighbours along rows and columns; in the thinnest slivers first differences, then the rim's own value
    (`nearest`: function of pixel columns and rows) have to do.
    """
    # Empty nodes around it, so that continuing may look three nodes further anywhere.
    wide = np.full((u.shape[0] + 2 * _MARGIN, u.shape[1] + 2 * _MARGIN), np.nan)
    out = wide[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    np.copyto(out, u, where=level.inside)
    rows, columns = _around(level.lattice, outline, out.shape)
    target, value, known = _over_the_outline(u.ravel(), level, out.shape[1])
    for behind in (2, 1, 0):
        _put(out, target[known == behind], value[known == behind])
        for _ in range(_REACH):
            _continue(wide, rows + _MARGIN, columns + _MARGIN, 3 if behind == 2 else 2)
    left = np.isnan(out[rows, columns])
    i, j = rows[left], columns[left]
    if i.size:
        lattice = level.lattice
        out[i, j] = nearest(lattice.x + lattice.step * j, lattice.y + lattice.step * i)
    return out


def _over_the_outline(u: Array, level: Level, columns: int) -> tuple[Index, Array, Index]:
    """(node beyond the outline, height there, number of nodes behind the arm that it rests on) for every cut arm."""
    found = []
    for way, (di, dj) in enumerate(((0, -1), (0, 1), (-1, 0), (1, 0))):
        cut = level.cut[:, way]
        p, arm, back = level.edge[cut], level.arms[cut, way], -(di * columns + dj)
        slope, bend, known = _inner(u, level, p, cut, way, back)
        value = level.shell[cut, way] + (1 - arm) * (slope + ((1 + arm) / 2 + 0.5) * bend)
        found.append((p - back, value, known))
    target, value, known = (np.concatenate(f) for f in zip(*found, strict=True))
    return target, value, known


def _put(out: Array, target: Index, value: Array) -> None:
    """Means of the values at each target node that is still empty, in place."""
    node, which, count = np.unique(target, return_inverse=True, return_counts=True)
    i, j = np.divmod(node, out.shape[1])
    empty = np.isnan(out[i, j])
    out[i[empty], j[empty]] = (np.bincount(which, value, minlength=node.size) / count)[empty]


def _inner(u: Array, level: Level, p: Index, cut: Mask, way: int, back: int) -> tuple[Array, Array, Index]:
    """First and second difference towards `way` at the nodes p, and on how many nodes behind (0, 1, 2) they rest."""
    flat = level.inside.ravel()
    opposite = way ^ 1
    one = flat[p + back] & ~level.cut[cut, opposite]
    # The second node behind counts only if the arm between the two is whole.
    position = np.minimum(np.searchsorted(level.edge, p + back), level.edge.size - 1)
    broken = (level.edge[position] == p + back) & level.cut[position, opposite]
    behind = np.clip(p + 2 * back, 0, flat.size - 1)
    two = one & ~broken & flat[behind]
    slope = np.where(one, u[p] - u[p + back], 0.0)
    bend = np.where(two, u[p] - 2 * u[p + back] + u[behind], 0.0)
    return slope, bend, one.astype(np.int64) + two


def _continue(wide: Array, rows: Index, cols: Index, points: int) -> None:
    """Fill empty nodes from `points` (3 or 2) known ones in line, in place: exact for quadratics (planes).

    `wide` has `_MARGIN` empty nodes around all that may be filled.
    """
    missing = np.isnan(wide[rows, cols])
    rows, cols = rows[missing], cols[missing]
    total, count = np.zeros(rows.size), np.zeros(rows.size)
    for di, dj in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        a, b, c = (wide[rows + n * di, cols + n * dj] for n in (1, 2, 3))
        value = 3 * a - 3 * b + c if points == 3 else 2 * a - b
        ok = ~np.isnan(value)
        total[ok] += value[ok]
        count[ok] += 1
    ok = count > 0
    wide[rows[ok], cols[ok]] = total[ok] / count[ok]


def _around(lattice: Lattice, at: Array, shape: tuple[int, int]) -> tuple[Index, Index]:
    """The nodes within two steps of the places `at` (pixel columns, rows), each once."""
    j = np.floor((at[:, 0] - lattice.x) / lattice.step).astype(np.int64)
    i = np.floor((at[:, 1] - lattice.y) / lattice.step).astype(np.int64)
    size = shape[0] * shape[1]
    i, j = np.divmod(each_once(size, i * shape[1] + j), shape[1])
    shift = np.arange(-1, 3)
    near_i = np.clip(i[:, None, None] + shift[:, None], 0, shape[0] - 1)
    near_j = np.clip(j[:, None, None] + shift[None, :], 0, shape[1] - 1)
    rows, cols = np.divmod(each_once(size, (near_i * shape[1] + near_j).ravel()), shape[1])
    return rows, cols
