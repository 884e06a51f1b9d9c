"""The membrane over a rim: Laplace's equation inside a polygon, on cell centres, with the outline's own values.

Cells whose neighbour lies beyond the outline take the outline's value at the place where it crosses the grid line, by
the unequal-arm formula of Shortley & Weller (1938, J. Appl. Phys. 9), which is exact for quadratics. Solved by
multigrid V-cycles whose every level keeps the true outline, so planes and saddles come back to the solver's tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.lattice_crossings import Lattice, LatticeCrossings
from gis.scratch import scratch

BoundaryValue = Callable[[Array, Array], Array]

_THETA_MIN = 1e-8
# Directions: west, east, north, south. Arms are measured in node steps.
DI = np.array([0, 0, -1, 1])
DJ = np.array([-1, 1, 0, 0])


class Level:
    """The discrete equation on one lattice, scaled to a unit diagonal: u - N u = b."""

    def __init__(self, crossings: LatticeCrossings, inside: Mask, weights: tuple[float, float]) -> None:
        """`weights` (wx, wy) with wx + wy = 0.5: share of a west or east and of a north or south neighbour."""
        self.crossings, self.inside = crossings, inside
        self.wx, self.wy = weights
        flat, columns = inside.ravel(), inside.shape[1]
        node, way, arm, number = crossings.cuts(inside)
        marked = _exposed(inside)
        marked[node] = True
        self.edge: Index = np.flatnonzero(marked)
        """Flat indices of the inside nodes that have at least one arm cut by the outline."""
        place = scratch("place on the edge", (inside.size,), np.int32)
        place[self.edge] = np.arange(self.edge.size, dtype=np.int32)
        self.arms = np.ones((self.edge.size, 4))
        self.crossing = np.full((self.edge.size, 4), -1)
        """Of each arm, the crossing that cuts it: its number on the finest lattice, or beyond them the place in
        `closed`; -1 for whole arms."""
        at = 4 * place[node].astype(np.int64) + way
        crossing = self.crossing.reshape(-1)
        crossing[at] = number
        if (crossing[at] != number).any():  # some arm is cut more than once: the nearest crossing is written last
            order = np.argsort(-arm, kind="stable")
            at, arm, number = at[order], arm[order], number[order]
            crossing[at] = number
        self.arms.reshape(-1)[at] = np.maximum(arm, _THETA_MIN)
        self.neighbour = self.edge[:, None] + (DI * columns + DJ)
        # Arms that rounding left open though their end is outside: the outline runs through that node.
        k, way = np.nonzero((self.crossing < 0) & ~flat[self.neighbour])
        self.closed: Index = self.neighbour[k, way]
        self.crossing[k, way] = crossings.x.size + np.arange(k.size)
        self.cut: Mask = self.crossing >= 0
        opposite = self.arms[:, [1, 0, 3, 2]]
        coefficient = np.array([self.wx, self.wx, self.wy, self.wy]) * 2 / (self.arms * (self.arms + opposite))
        self.diagonal: Array = np.einsum("ij->i", coefficient)
        self.share: Array = coefficient / self.diagonal[:, None]
        self.inner: Array = np.where(self.cut, 0.0, self.share)
        np.copyto(self.neighbour, self.edge[:, None], where=self.cut)
        self.shell: Array = np.zeros(0)

    @classmethod
    def of(cls, rings: list[Array], lattice: Lattice, weights: tuple[float, float]) -> Level:
        """Of closed rings ((n, 2) pixel positions, first = last) on a lattice."""
        crossings = LatticeCrossings.of(rings, lattice)
        return cls(crossings, crossings.inside(), weights)

    @property
    def lattice(self) -> Lattice:
        """Where its nodes are."""
        return self.crossings.lattice

    def coarser(self) -> Level:
        """The same outline on every second node."""
        crossings = self.crossings.coarser()
        inside = np.zeros((crossings.lattice.rows, crossings.lattice.cols), np.bool_)
        every_second = self.inside[::2, ::2]
        inside[1 : 1 + every_second.shape[0], 1 : 1 + every_second.shape[1]] = every_second
        return Level(crossings, inside, (self.wx, self.wy))

    def closed_places(self) -> tuple[Array, Array]:
        """Pixel positions (columns, rows) of the `closed` nodes."""
        lattice, (i, j) = self.lattice, np.divmod(self.closed, self.inside.shape[1])
        return lattice.x + lattice.step * j, lattice.y + lattice.step * i

    def places(self) -> tuple[Array, Array]:
        """Pixel positions (columns, rows) at which the outline's heights are asked for, see `crossing`."""
        own, closed = (self.crossings.x, self.crossings.y), self.closed_places()
        return np.concatenate((own[0], closed[0])), np.concatenate((own[1], closed[1]))

    def right_side(self, heights: Array, datum: float = 0.0) -> Array:
        """B of the scaled equation at the edge nodes, heights counted from `datum`; elsewhere it is zero.

        `heights`: m, at `places()`. Keeps those at cut arms, as they are, for the extrapolation.
        """
        self.shell = np.where(self.cut, heights[self.crossing], 0.0)
        return np.asarray(np.einsum("ij,ij->i", self.share, np.where(self.cut, self.shell - datum, 0.0)))

    def matrix(self) -> tuple[Any, Index]:
        """(sparse matrix of I - N over the inside nodes, their flat indices)."""
        from scipy import sparse

        nodes = np.flatnonzero(self.inside.ravel())
        number = np.full(self.inside.size, -1, np.int64)
        number[nodes] = np.arange(nodes.size)
        regular = np.setdiff1d(nodes, self.edge)
        step = DI * self.inside.shape[1] + DJ
        w = np.array([self.wx, self.wx, self.wy, self.wy])
        rows = np.concatenate((np.repeat(regular, 4), np.repeat(self.edge, 4)))
        cols = np.concatenate(((regular[:, None] + step).ravel(), self.neighbour.ravel()))
        data = np.concatenate((np.tile(w, regular.size), self.inner.ravel()))
        off = sparse.csc_array((data, (number[rows], number[cols])), shape=(nodes.size, nodes.size))
        return sparse.csc_array(sparse.eye_array(nodes.size)) - off, nodes


def _exposed(inside: Mask) -> Mask:
    """Which nodes (flat) are inside and beside an outside one. No outermost node is inside."""
    flat, row = inside.ravel(), inside.shape[1]
    found: Mask = scratch("exposed", (flat.size,), np.bool_)
    found[:row] = found[-row:] = False
    amid = found[row:-row]
    np.logical_and(flat[row - 1 : -row - 1], flat[row + 1 : 1 - row], out=amid)
    amid &= flat[: -2 * row]
    amid &= flat[2 * row :]
    np.greater(flat[row:-row], amid, out=amid)
    return found


def each_once(size: int, nodes: Index) -> Index:
    """Flat indices below `size`, sorted, each once; others are left out."""
    if nodes.size and (int(nodes.min()) < 0 or int(nodes.max()) >= size):
        nodes = nodes[(nodes >= 0) & (nodes < size)]
    seen = np.zeros(size, np.bool_)
    seen[nodes] = True
    return np.flatnonzero(seen)
