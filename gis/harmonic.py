"""The membrane over a rim: Laplace's equation inside a polygon, on cell centres, with the outline's own values.

Cells whose neighbour lies beyond the outline take the outline's value at the place where it crosses the grid line, by
the unequal-arm formula of Shortley & Weller (1938, J. Appl. Phys. 9), which is exact for quadratics. Solved by
multigrid V-cycles whose every level keeps the true outline, so planes and saddles come back to the solver's tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gis import compiled, cut_arms
from gis.arrays import Array, Index, Mask
from gis.cut_arms import DI, DJ, CutArms
from gis.lattice_crossings import Lattice, LatticeCrossings

BoundaryValue = Callable[[Array, Array], Array]


class Level:
    """The discrete equation on one lattice, scaled to a unit diagonal: u - N u = b."""

    def __init__(self, crossings: LatticeCrossings, inside: Mask, weights: tuple[float, float]) -> None:
        """`weights` (wx, wy) with wx + wy = 0.5: share of a west or east and of a north or south neighbour."""
        self.crossings, self.inside = crossings, inside
        self.wx, self.wy = weights
        tables: CutArms = compiled.twin(cut_arms).cut_arms(crossings, inside, *weights)
        self.edge, self.arms, self.crossing, self.neighbour = tables[:4]
        self.closed, self.diagonal, self.share, self.inner = tables[4:]
        self.cut: Mask = self.crossing >= 0
        self.shell: Array = np.zeros(0)

    @classmethod
    def of(cls, rings: list[Array], lattice: Lattice, weights: tuple[float, float]) -> Level:
        """Of closed rings ((n, 2) pixel positions, first = last) on a lattice."""
        crossings = LatticeCrossings.of(rings, lattice)
        return cls(crossings, compiled.twin(cut_arms).inside_of(crossings), weights)

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


def each_once(size: int, nodes: Index) -> Index:
    """Flat indices below `size`, sorted, each once; others are left out."""
    if nodes.size and (int(nodes.min()) < 0 or int(nodes.max()) >= size):
        nodes = nodes[(nodes >= 0) & (nodes < size)]
    seen = np.zeros(size, np.bool_)
    seen[nodes] = True
    return np.flatnonzero(seen)
