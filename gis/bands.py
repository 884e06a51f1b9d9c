"""Lattices that carry nodes only where a harmonic surface needs them: bands along the outline, coarser further in.

What varies along the rim over a length λ fades towards the inside as e^(-2πd/λ) at the distance d: a few steps from the
outline every second node tells as much as all of them, and so on inwards. Each level's band lies along the whole
outline and reaches about twice as far in as that of the finer level; the last holds every node.

Heights of a band are one vector: first the nodes that the finer band covers, then the free ones, then the ghosts beside
the band, whose heights come from the next level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from gis.arrays import F32, Array, Index, Mask
from gis.harmonic import DI, DJ, Level, each_once
from gis.interpolation import HALFWAY
from gis.scratch import scratch

_REACH = 2
"""Steps of the second lattice that the finest band reaches inwards from the outline's nodes, rounded up."""
_MORE = 2, 2, 3
"""Steps of the next lattice by which the second, third … band goes beyond what the finer one covers: interpolation at
its border looks that far; more where nodes are few, as heights deep inside vary over wide distances only."""
_CORNERS = np.array([(di, dj) for di in (-1, 1) for dj in (-1, 1)])


@dataclass(frozen=True)
class Band:
    """The nodes of one level that are solved for, with the equation between them: u - N u = b."""

    level: Level
    nodes: Index
    """Flat indices in the lattice: covered nodes, then free ones."""
    covered: int
    """How many of them the finer band covers."""
    ghosts: Index
    edge: Index
    """Places of the level's edge nodes."""
    mean: sparse.csr_array
    """N in single precision, (nodes, nodes + ghosts), with four neighbours a node: what corrections are found by."""
    free_mean: sparse.csr_array
    """The rows of free nodes in double precision, which the heights are to obey: four neighbours on the finest level,
    eight on others."""

    @property
    def size(self) -> int:
        """Nodes that are solved for."""
        return self.nodes.size

    @property
    def length(self) -> int:
        """Of a vector, with the ghosts."""
        return self.nodes.size + self.ghosts.size


@dataclass(frozen=True)
class Links:
    """How a band hangs together with that of the next, coarser level."""

    under: Index
    """The finer node (place) under each covered one."""
    scale: F32
    """What the collected residual of each covered node is multiplied by: 1 / diagonal where the outline cuts arms."""
    carry: sparse.csr_array
    """Bilinear, from the coarser vector to the band's nodes."""
    collect: sparse.csc_array
    """Its transpose: four times full weighting."""
    beside: Index
    """Free coarser nodes (places) that have a covered neighbour."""
    across: sparse.csr_array
    """Their rows of N."""
    ghost: sparse.csr_array
    """From the coarser vector to the band's ghosts, exact to the fifth power."""


def lay(levels: list[Level]) -> tuple[list[Band], list[Links]]:
    """A band for each level, the last with every node inside, and the links between each two."""
    found: list[Band] = []
    links: list[Links] = []
    core = np.zeros(levels[0].inside.shape, np.bool_)
    core.ravel()[levels[0].edge] = True
    covered, under = None, np.zeros(0, np.int64)
    weights = levels[0].wx, levels[0].wy
    for number, level in enumerate(levels):
        mask = level.inside
        if level is not levels[-1] and _corner_weight(*weights):
            # Every second node of a band lies amid nodes of it: so the finer and the coarser residuals make a whole.
            steps = _MORE[min(number, len(_MORE)) - 1] if number else _REACH
            core = _widened(_coarser(core, levels[number + 1].inside.shape), _steps(steps, *weights))
            mask = level.inside & _amid(core, level.inside.shape)
        place = scratch("place", (mask.size,), np.int32)
        found.append(_band(level, mask.ravel(), covered, place))
        if number:
            links.append(_links(found[-2], found[-1], under, place))
        if level is not levels[-1]:
            covered, under = _covered(found[-1], levels[number + 1].inside.shape[1])
    return found, links


def _band(level: Level, mask: Mask, covered: Index | None, place: Index) -> Band:
    """`covered`: flat indices of the nodes that the finer band covers; None for the finest level.

    `place` is made the place in vectors of each node of the lattice, -1 where it has none.
    """
    row, nodes = level.inside.shape[1], np.flatnonzero(mask)
    few, free = nodes.size, nodes[:0]  # nodes of the true outline's equation, then those away from it
    if covered is not None:
        rest = mask.copy()
        rest[covered] = False
        few, free = covered.size, np.flatnonzero(rest)
        nodes = np.concatenate((covered, free))
    place.fill(-1)
    place[nodes] = np.arange(nodes.size, dtype=np.int32)
    edge = place[level.edge]
    near = np.empty((nodes.size + free.size, 4), np.int64)  # the four of each node, then the corners of free ones
    np.add(nodes[:, None], DI * row + DJ, out=near[: nodes.size])
    np.add(free[:, None], _CORNERS @ (row, 1), out=near[nodes.size :])
    near[edge] = level.neighbour
    flat = near.reshape(-1)
    places = place[flat]
    missing = np.flatnonzero(places < 0)
    ghosts = _by_kind(each_once(mask.size, flat[missing]), row)
    place[ghosts] = np.arange(nodes.size, nodes.size + ghosts.size, dtype=np.int32)
    places[missing] = place[flat[missing]]
    four, corners = np.split(places.reshape(near.shape), [nodes.size])
    weights = np.empty((nodes.size, 4), np.float64 if covered is None else np.float32)
    weights[:] = level.wx, level.wx, level.wy, level.wy
    weights[edge] = level.inner
    length = nodes.size + ghosts.size
    mean = _matrix([weights.astype(np.float32, copy=False)], [four], length)
    if covered is None:
        free_mean = _matrix([weights], [four], length)
    else:
        exact = np.broadcast_to(_square_weights(level.wx, level.wy), (free.size, 8))
        free_mean = _matrix([exact], [np.concatenate((four[few:], corners), axis=1)], length)
    return Band(level, nodes, 0 if covered is None else few, ghosts, edge, mean, free_mean)


def _by_kind(ghosts: Index, row: int) -> Index:
    """Ghosts on a node of the next lattice first, then those between two in a row, two in a column, and four."""
    i, j = np.divmod(ghosts, row)
    return ghosts[np.argsort(2 * (i & 1) + (j & 1), kind="stable")]


def _steps(steps: int, wx: float, wy: float) -> tuple[int, int]:
    """(rows, columns) that reach as far as so many steps of the longer side of a cell."""
    return max(steps, round(steps * math.sqrt(wy / wx))), max(steps, round(steps * math.sqrt(wx / wy)))


def _square_weights(wx: float, wy: float) -> Array:
    """Of the four neighbours (west, east, north, south) and the four corners: the compact scheme of fourth order.

    On squares it is of sixth. Collatz 1960, The Numerical Treatment of Differential Equations, table VI.
    """
    corner = _corner_weight(wx, wy)
    x, y = wx - 2 * corner, wy - 2 * corner
    return np.array([x, x, y, y, corner, corner, corner, corner]) / (2 * (wx + wy) - 4 * corner)


def _corner_weight(wx: float, wy: float) -> float:
    """0 for cells more than √5 times as long as wide: the scheme would not be stable, and no node is left out."""
    return (wx + wy) / 12 if min(wx, wy) >= (wx + wy) / 6 else 0.0


def _matrix(weights: Sequence[Array], places: Sequence[Index], length: int) -> sparse.csr_array:
    """Sparse matrix of tables of weights and of their places: one line of a table is one of the matrix."""
    start, end = [np.zeros(1, np.int32)], 0
    for table in places:
        size, each = table.size, table.shape[1]
        start.append(np.arange(end + each, end + size + 1, each, dtype=np.int32))
        end += size
    shape = sum(len(table) for table in places), length
    data, at = _flat(weights), _flat(places).astype(np.int32, copy=False)
    return sparse.csr_array((data, at, np.concatenate(start)), shape=shape)


def _flat(tables: Sequence[Any]) -> Any:
    """The numbers of some tables, one after the other."""
    return tables[0].ravel() if len(tables) == 1 else np.concatenate([table.ravel() for table in tables])


def _covered(fine: Band, columns: int) -> tuple[Index, Index]:
    """(coarser nodes, flat; places of the finer node under each)."""
    i, j = np.divmod(fine.nodes, fine.level.inside.shape[1])
    under = np.flatnonzero(((i | j) & 1) == 0)
    return _on_coarser(i[under], j[under], columns), under


def _on_coarser(i: Index, j: Index, columns: int) -> Index:
    """Flat coarser node at fine (i, j), or at the one above and left of it: fine (2a, 2b) lies on (a + 1, b + 1)."""
    return ((i >> 1) + 1) * columns + (j >> 1) + 1


def _links(fine: Band, coarse: Band, under: Index, place: Index) -> Links:
    """`place`: the coarser band's, as `_band` left it."""
    columns = coarse.level.inside.shape[1]
    i, j = np.divmod(fine.nodes, fine.level.inside.shape[1])
    corner = np.empty((i.size, 4), np.int64)
    corner[:, 0] = _on_coarser(i, j, columns)
    corner[:, 1] = corner[:, 0] + (j & 1)
    corner[:, 2:] = corner[:, :2] + ((i & 1) * columns)[:, None]
    places = place[corner]
    known = places >= 0
    places *= known
    carry = _matrix([known * np.float32(0.25)], [places], coarse.length)
    scale = np.ones(coarse.size, np.float32)
    scale[coarse.edge] = 1 / coarse.level.diagonal
    free = coarse.mean.indices.reshape(-1, 4)[coarse.covered :]
    beside = np.flatnonzero((free < coarse.covered).any(axis=1))
    weights = coarse.mean.data.reshape(-1, 4)[coarse.covered :][beside]
    across = _matrix([weights], [free[beside]], coarse.length)
    ghost = _interpolation(fine, coarse, place)
    return Links(under, scale[: coarse.covered], carry, carry.T, beside + coarse.covered, across, ghost)


def _interpolation(fine: Band, coarse: Band, place: Index) -> sparse.csr_array:
    """From the coarser vector to the finer band's ghosts: each rests on one node, on six in line, or on six by six."""
    columns = coarse.level.inside.shape[1]
    i, j = np.divmod(fine.ghosts, fine.level.inside.shape[1])
    at, kind = _on_coarser(i, j, columns), 2 * (i & 1) + (j & 1)
    line, places, weights = np.arange(-2, 4), [], []
    for k, own in enumerate(np.split(at, np.searchsorted(kind, (1, 2, 3)))):  # in the order of `_by_kind`
        down, right = (line if odd else line[2:3] for odd in (k >> 1, k & 1))
        box = (down[:, None] * columns + right).ravel()
        places.append(place[own[:, None] + box])
        across, along = (HALFWAY if odd else np.ones(1) for odd in (k >> 1, k & 1))
        weights.append(np.broadcast_to(np.outer(across, along).ravel(), (own.size, box.size)))
    return _matrix(weights, places, coarse.length)


def _widened(mask: Mask, steps: tuple[int, int]) -> Mask:
    """What lies within so many (rows, columns) of a mask's nodes; rows run on into the next."""
    out = mask.ravel().copy()
    for way, reach in zip((mask.shape[1], 1), steps, strict=True):
        done = 0
        while done < reach:
            step = min(max(done, 1), reach - done)
            done += step
            before, far = out.copy(), step * way
            out[far:] |= before[:-far]
            out[:-far] |= before[far:]
    return out.reshape(mask.shape)


def _coarser(mask: Mask, shape: tuple[int, int]) -> Mask:
    """The next lattice's nodes on or beside a node of the mask (whose outermost nodes are not set)."""
    high = np.zeros((mask.shape[0] + 1, mask.shape[1]), np.bool_)
    high[:-1] = mask
    high[1:-1] |= mask[1:]
    high[1:] |= mask
    rows = high[: mask.shape[0] : 2]
    out = np.zeros(shape, np.bool_)
    own = out[1 : 1 + rows.shape[0], 1 : 1 + (mask.shape[1] + 1) // 2]
    own |= rows[:, 0::2]
    odd = rows[:, 1::2]
    own[:, : odd.shape[1]] |= odd
    own[:, 1:] |= odd[:, : own.shape[1] - 1]
    return out


def _amid(core: Mask, shape: tuple[int, int]) -> Mask:
    """The finer lattice's nodes on or beside a node of `core`, also across corners."""
    rows, cols = shape
    own = core[1 : 1 + (rows + 1) // 2, 1:]
    out = np.zeros(shape, np.bool_)
    even = out[0::2]
    even[:, 0::2] = own[:, : (cols + 1) // 2]
    even[:, 1::2] = own[:, : cols // 2] | own[:, 1 : 1 + cols // 2]
    out[1::2] = even[: rows // 2]
    out[1:-1:2] |= even[1 : 1 + (rows - 1) // 2]
    return out
