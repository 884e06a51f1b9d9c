"""From the membrane inside an outline to the cells that the outline only touches: extrapolation over the outline."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.harmonic import Level, each_once
from gis.lattice_crossings import Lattice

BORDER = 5
"""Nodes that a lattice has beyond the outline: those that get a height, and three more that are looked at for it."""
REACH = 2
"""Cells beyond the outermost inside node that get a height (a touched cell's centre is never further away)."""


def spread(u: Array, level: Level, outline: Array, nearest: Callable[[Array, Array], Array]) -> None:
    """Continue `u` (m, inside nodes) to the nodes around the `outline` ((n, 2) pixel places along it), in place.

    Beyond, it is NaN. The lattice has `BORDER` nodes around the outline.

    Along each cut arm the outline's value is continued with the slope and curvature of the nodes inside, so planes and
    quadratics go on exactly; several arms that meet in a node are averaged. What has too few nodes behind it continues
    its neighbours along rows and columns; in the thinnest slivers first differences, then the rim's own value
    (`nearest`: function of pixel columns and rows) have to do.
    """
    np.copyto(u, np.nan, where=~level.inside)
    flat, missing = u.reshape(-1), _around(level.lattice, outline, u.shape)
    target, value, known = _over_the_outline(u.ravel(), level, u.shape[1])
    for behind in (2, 1, 0):
        _put(flat, target[known == behind], value[known == behind])
        for _ in range(REACH):
            missing = missing[np.isnan(flat[missing])]
            if not missing.size:
                return
            _continue(flat, u.shape[1], missing, 3 if behind == 2 else 2)
    missing = missing[np.isnan(flat[missing])]
    if missing.size:
        lattice, (i, j) = level.lattice, np.divmod(missing, u.shape[1])
        flat[missing] = nearest(lattice.x + lattice.step * j, lattice.y + lattice.step * i)


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


def _put(flat: Array, target: Index, value: Array) -> None:
    """Means of the values at each target node that is still empty, in place."""
    node, which, count = np.unique(target, return_inverse=True, return_counts=True)
    mean = np.bincount(which, value, minlength=node.size) / count
    empty = np.isnan(flat[node])
    flat[node[empty]] = mean[empty]


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


def _continue(flat: Array, row: int, nodes: Index, points: int) -> None:
    """Fill empty nodes from `points` (3 or 2) known ones in line, in place: exact for quadratics (planes).

    `row`: nodes from one line of the lattice to the next.
    """
    total, count = np.zeros(nodes.size), np.zeros(nodes.size)
    for step in (1, -1, row, -row):
        a, b, c = (flat[nodes + n * step] for n in (1, 2, 3))
        value = 3 * a - 3 * b + c if points == 3 else 2 * a - b
        ok = ~np.isnan(value)
        total[ok] += value[ok]
        count += ok
    ok = count > 0
    flat[nodes[ok]] = total[ok] / count[ok]


def _around(lattice: Lattice, at: Array, shape: tuple[int, int]) -> Index:
    """The nodes (flat) within two steps of the places `at` (pixel columns, rows), each once."""
    j = np.floor((at[:, 0] - lattice.x) / lattice.step).astype(np.int64)
    i = np.floor((at[:, 1] - lattice.y) / lattice.step).astype(np.int64)
    size, shift = shape[0] * shape[1], np.arange(-1, 3)
    box = (shift[:, None] * shape[1] + shift).ravel()
    return each_once(size, (each_once(size, i * shape[1] + j)[:, None] + box).ravel())
