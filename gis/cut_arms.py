"""The arms of a lattice's nodes that an outline cuts, and the equation there (`gis.compiled.cut_arms`: compiled)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.lattice_crossings import LatticeCrossings
from gis.scratch import scratch

THETA_MIN = 1e-8
"""No arm is shorter than this, in node steps."""
# Directions: west, east, north, south.
DI = np.array([0, 0, -1, 1])
DJ = np.array([-1, 1, 0, 0])


class CutArms(NamedTuple):
    """Of the inside nodes that have at least one arm cut by the outline. Tables have a column for each direction."""

    edge: Index
    """Flat indices of the nodes."""
    arms: Array
    """Lengths in node steps."""
    crossing: Index
    """The crossing that cuts each arm: its number on the finest lattice, or beyond them the place in `closed`; -1 for
    whole arms."""
    neighbour: Index
    """Flat index at each arm's end; the node's own where it is cut."""
    closed: Index
    """Flat indices of nodes through which the outline runs: arms that rounding left open end there."""
    diagonal: Array
    """Of the unequal-arm formula (Shortley & Weller 1938)."""
    share: Array
    """Coefficients over the diagonal."""
    inner: Array
    """The same, 0 for cut arms."""


def cut_arms(crossings: LatticeCrossings, inside: Mask, wx: float, wy: float) -> CutArms:
    """`wx` + `wy` = 0.5: share of a west or east and of a north or south neighbour of a node with whole arms."""
    flat, columns = inside.ravel(), inside.shape[1]
    node, way, arm, number = crossings.cuts(inside)
    marked = exposed(inside)
    marked[node] = True
    edge = np.flatnonzero(marked)
    place = scratch("place", (inside.size,), np.int32)
    place[edge] = np.arange(edge.size, dtype=np.int32)
    arms, table = np.ones((edge.size, 4)), np.full((edge.size, 4), -1)
    at = 4 * place[node].astype(np.int64) + way
    crossing = table.reshape(-1)
    crossing[at] = number
    if (crossing[at] != number).any():  # some arm is cut more than once: the nearest crossing is written last
        order = np.argsort(-arm, kind="stable")
        at, arm, number = at[order], arm[order], number[order]
        crossing[at] = number
    arms.reshape(-1)[at] = np.maximum(arm, THETA_MIN)
    neighbour = edge[:, None] + (DI * columns + DJ)
    k, way = np.nonzero((table < 0) & ~flat[neighbour])
    closed = neighbour[k, way]
    table[k, way] = crossings.x.size + np.arange(k.size)
    coefficient = np.array([wx, wx, wy, wy]) * 2 / (arms * (arms + arms[:, [1, 0, 3, 2]]))
    diagonal = coefficient[:, 0] + coefficient[:, 1] + coefficient[:, 2] + coefficient[:, 3]
    share = coefficient / diagonal[:, None]
    cut = table >= 0
    np.copyto(neighbour, edge[:, None], where=cut)
    return CutArms(edge, arms, table, neighbour, closed, diagonal, share, np.where(cut, 0.0, share))


def exposed(inside: Mask) -> Mask:
    """Which nodes (flat) are inside and beside an outside one, in working memory. No outermost node is inside."""
    flat, row = inside.ravel(), inside.shape[1]
    found: Mask = scratch("exposed", (flat.size,), np.bool_)
    found[:row] = found[-row:] = False
    amid = found[row:-row]
    np.logical_and(flat[row - 1 : -row - 1], flat[row + 1 : 1 - row], out=amid)
    amid &= flat[: -2 * row]
    amid &= flat[2 * row :]
    np.greater(flat[row:-row], amid, out=amid)
    return found


def inside_of(crossings: LatticeCrossings) -> Mask:
    """(rows, cols): nodes between every first and second crossing of a row. None on the lattice's border."""
    rows, cols = crossings.lattice.rows, crossings.lattice.cols
    found = np.zeros(rows * cols, np.bool_)
    line, node = np.divmod(row_places(crossings), cols + 1)
    place = line * cols + node  # closed rings cross a line an even number of times
    for a, b in zip(place[::2].tolist(), place[1::2].tolist(), strict=True):
        found[a:b] = True
    inside = found.reshape(rows, cols)
    inside[[0, -1]] = False
    inside[:, [0, -1]] = False
    return inside


def row_places(crossings: LatticeCrossings) -> Index:
    """The first node behind each crossing with a row, sorted, as row · (columns + 1) + column."""
    rows, cols = slice(crossings.on_rows), crossings.lattice.cols
    return np.sort(crossings.line[rows] * (cols + 1) + np.clip(crossings.gap[rows], 0, cols))
