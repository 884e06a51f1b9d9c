"""Which node of a band lies where, and beside which: tables of places (`gis.compiled.band_tables`: compiled)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gis.arrays import Index, Mask
from gis.cut_arms import DI, DJ
from gis.harmonic import each_once
from gis.interpolation import HALFWAY
from gis.sparse_rows import SparseRows

_CORNERS = np.array([(di, dj) for di in (-1, 1) for dj in (-1, 1)])
_SHARES = np.array([[4, 0, 0, 0], [2, 2, 0, 0], [2, 0, 2, 0], [1, 1, 1, 1]], np.float32) / 4
"""Of the coarser nodes around a node that lies on one, between two in a row, between two in a column, amid four."""
I32 = NDArray[np.int32]


class Neighbours(NamedTuple):
    """The nodes of a band and the places of what lies beside each."""

    nodes: Index
    """Flat indices in the lattice: covered nodes, then free ones."""
    ghosts: Index
    """Flat indices: on a node of the next lattice first, then between two in a row, two in a column, and four."""
    four: I32
    """(nodes, 4): west, east, north, south."""
    eight: I32
    """(free nodes, 8): the four, then the corners. Of no use for the finest band: (0, 8)."""


def neighbours(mask: Mask, row: int, covered: Index | None, edge: Index, beside: Index, place: I32) -> Neighbours:
    """Of the nodes of a flat `mask` over a lattice with `row` nodes a line.

    `covered`: flat indices of the nodes that the finer band covers; None for the finest level. `edge`, `beside`: flat
    indices of nodes and (edge, 4) of their neighbours, where these are others than the lattice's. `place` is made the
    place in vectors of each node of the lattice, -1 where it has none.
    """
    nodes = np.flatnonzero(mask)
    few, free = nodes.size, nodes[:0]  # nodes of the true outline's equation, then those away from it
    if covered is not None:
        rest = mask.copy()
        rest[covered] = False
        few, free = covered.size, np.flatnonzero(rest)
        nodes = np.concatenate((covered, free))
    place.fill(-1)
    place[nodes] = np.arange(nodes.size, dtype=np.int32)
    near = np.empty((nodes.size + free.size, 4), np.int64)  # the four of each node, then the corners of free ones
    np.add(nodes[:, None], DI * row + DJ, out=near[: nodes.size])
    np.add(free[:, None], _CORNERS @ (row, 1), out=near[nodes.size :])
    near[place[edge]] = beside
    flat = near.reshape(-1)
    places = place[flat]
    missing = np.flatnonzero(places < 0)
    ghosts = _by_kind(each_once(mask.size, flat[missing]), row)
    place[ghosts] = np.arange(nodes.size, nodes.size + ghosts.size, dtype=np.int32)
    places[missing] = place[flat[missing]]
    four, corners = np.split(places.reshape(near.shape), [nodes.size])
    return Neighbours(nodes, ghosts, four, np.concatenate((four[few:], corners), axis=1))


def _by_kind(ghosts: Index, row: int) -> Index:
    """In the order of `Neighbours.ghosts`."""
    i, j = np.divmod(ghosts, row)
    return ghosts[np.argsort(2 * (i & 1) + (j & 1), kind="stable")]


def covered_by(nodes: Index, row: int, columns: int) -> tuple[Index, Index]:
    """(flat nodes of the next lattice, of `columns` a line, that lie on nodes of this one; places of these)."""
    i, j = np.divmod(nodes, row)
    under = np.flatnonzero(((i | j) & 1) == 0)
    return _on_coarser(i[under], j[under], columns), under


def _on_coarser(i: Index, j: Index, columns: int) -> Index:
    """Flat coarser node at fine (i, j), or at the one above and left of it: fine (2a, 2b) lies on (a + 1, b + 1)."""
    return ((i >> 1) + 1) * columns + (j >> 1) + 1


def beside_covered(four: I32, covered: int) -> Index:
    """Which nodes behind the covered ones have one of these among their four neighbours."""
    return np.flatnonzero((four[covered:] < covered).any(axis=1)) + covered


def bilinear(nodes: Index, row: int, columns: int, place: I32, length: int) -> SparseRows:
    """From the coarser vector, whose nodes have these places, to nodes; coarser nodes that have none count as zero."""
    i, j = np.divmod(nodes, row)
    corner = np.empty((i.size, 4), np.int64)
    corner[:, 0] = _on_coarser(i, j, columns)
    corner[:, 1] = corner[:, 0] + (j & 1)
    corner[:, 2:] = corner[:, :2] + ((i & 1) * columns)[:, None]
    places = place[corner]
    known = places >= 0
    places *= known
    return SparseRows.of([known * _SHARES[2 * (i & 1) + (j & 1)]], [places], length)


def collecting(carry: SparseRows, count: int) -> SparseRows:
    """The first `count` rows of what `bilinear` gave, turned about: from the nodes to coarser ones, entries by node."""
    turned = sparse.csr_array(carry.matrix.T)[:count]
    turned.eliminate_zeros()
    return SparseRows(turned.indptr, turned.indices, turned.data, carry.start.size - 1)


def between(ghosts: Index, row: int, columns: int, place: I32, length: int) -> SparseRows:
    """From the coarser vector to ghosts, exact to the fifth power: each on one node, six in line or six by six."""
    i, j = np.divmod(ghosts, row)
    at, kind = _on_coarser(i, j, columns), 2 * (i & 1) + (j & 1)
    line, places, weights = np.arange(-2, 4), [], []
    for k, own in enumerate(np.split(at, np.searchsorted(kind, (1, 2, 3)))):
        down, right = (line if odd else line[2:3] for odd in (k >> 1, k & 1))
        box = (down[:, None] * columns + right).ravel()
        places.append(place[own[:, None] + box])
        across, along = (HALFWAY if odd else np.ones(1) for odd in (k >> 1, k & 1))
        weights.append(np.broadcast_to(np.outer(across, along).ravel(), (own.size, box.size)))
    return SparseRows.of(weights, places, length)
