"""The membrane over a rim: Laplace's equation inside a polygon, on cell centres, with the outline's own values.

Cells whose neighbour lies beyond the outline take the outline's value at the place where it crosses the grid line, by
the unequal-arm formula of Shortley & Weller (1938, J. Appl. Phys. 9), which is exact for quadratics. Solved by
multigrid V-cycles whose every level keeps the true outline, so planes and saddles come back to the solver's tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.scratch import scratch

BoundaryValue = Callable[[Array, Array], Array]

_THETA_MIN = 1e-8
# Directions: west, east, north, south. Arms are measured in node steps.
DI = np.array([0, 0, -1, 1])
DJ = np.array([-1, 1, 0, 0])


@dataclass(frozen=True)
class Lattice:
    """Nodes at pixel positions (x + step·j, y + step·i), i < rows, j < cols."""

    x: float
    y: float
    step: float
    rows: int
    cols: int

    def coarser(self) -> Lattice:
        """Every second node, with a border of one more: the outline must not touch the border on any level."""
        step = self.step * 2
        return Lattice(self.x - step, self.y - step, step, (self.rows + 1) // 2 + 2, (self.cols + 1) // 2 + 2)


class Level:
    """The discrete equation on one lattice, scaled to a unit diagonal: u - N u = b."""

    def __init__(self, rings: list[Array], lattice: Lattice, weights: tuple[float, float]) -> None:
        """`weights` (wx, wy) with wx + wy = 0.5: share of a west or east and of a north or south neighbour."""
        self.lattice = lattice
        self.wx, self.wy = weights
        shape = lattice.rows, lattice.cols
        inside, cuts = _cross(rings, lattice)
        self.inside = inside
        flat = inside.ravel()
        node, way, arm, px, py = cuts
        keep = flat[node]
        node, way, arm, px, py = node[keep], way[keep], arm[keep], px[keep], py[keep]
        self.edge = each_once(inside.size, node, _exposed(inside))
        """Flat indices of the inside nodes that have at least one arm cut by the outline."""
        arms, cut = np.ones((self.edge.size, 4)), np.zeros((self.edge.size, 4), np.bool_)
        at = np.full((self.edge.size, 4, 2), np.nan)
        order = np.argsort(-arm, kind="stable")  # the nearest crossing is written last
        place = scratch("place on the edge", (inside.size,), np.int32)
        place[self.edge] = np.arange(self.edge.size, dtype=np.int32)
        k = place[node[order]]
        arms[k, way[order]], cut[k, way[order]] = np.maximum(arm[order], _THETA_MIN), True
        at[k, way[order], 0], at[k, way[order], 1] = px[order], py[order]
        _close(self.edge, shape, inside, cut, at, lattice)
        self.cut, self.arms, self.at = cut, arms, at
        w = np.array([self.wx, self.wx, self.wy, self.wy])
        opposite = arms[:, [1, 0, 3, 2]]
        coefficient = 2 * w / (arms * (arms + opposite))
        self.diagonal = np.einsum("ij->i", coefficient)
        self.share = coefficient / self.diagonal[:, None]
        self.inner = np.where(cut, 0.0, self.share)
        step = DI * shape[1] + DJ
        self.neighbour = np.where(cut, self.edge[:, None], self.edge[:, None] + step)
        self.shell: Array = np.zeros(0)

    def right_side(self, boundary: BoundaryValue, datum: float = 0.0) -> Array:
        """B of the scaled equation at the edge nodes, heights counted from `datum`; elsewhere it is zero.

        Keeps the boundary values, as they are, for the extrapolation.
        """
        value = np.zeros(self.cut.shape)
        value[self.cut] = boundary(self.at[..., 0][self.cut], self.at[..., 1][self.cut])
        self.shell = value
        return np.asarray(np.einsum("ij,ij->i", self.share, np.where(self.cut, value - datum, 0.0)))

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


def _cross(rings: list[Array], lattice: Lattice) -> tuple[Mask, tuple[Index, Index, Array, Array, Array]]:
    """(inside mask, cuts): a cut (node, way, arm 0..1, x, y) is where the outline crosses the arm of a node."""
    rows, cols, s = lattice.rows, lattice.cols, lattice.step
    edges = np.concatenate([np.column_stack((r[:-1], r[1:])) for r in rings])
    x, y = (edges[:, [0, 2]] - lattice.x) / s, (edges[:, [1, 3]] - lattice.y) / s
    line, place = _line_crossings(x, y, rows)
    gap = np.clip(np.ceil(place), 0, cols).astype(np.int64)
    inside = _between(line * (cols + 1) + gap, rows, cols)
    inside[[0, -1]] = False
    inside[:, [0, -1]] = False
    column, height = _line_crossings(y, x, cols)
    down = np.clip(np.ceil(height), 0, rows).astype(np.int64)
    found = (
        _cut(gap >= 1, line * cols + gap - 1, 1, place - (gap - 1), (place, line)),
        _cut(gap < cols, line * cols + gap, 0, gap - place, (place, line)),
        _cut(down >= 1, (down - 1) * cols + column, 3, height - (down - 1), (column, height)),
        _cut(down < rows, down * cols + column, 2, down - height, (column, height)),
    )
    node, way = (np.concatenate([f[0][k] for f in found]) for k in (0, 1))
    arm, px, py = (np.concatenate([f[1][k] for f in found]) for k in (0, 1, 2))
    return inside, (node, way, arm, lattice.x + s * px, lattice.y + s * py)


def _between(crossing: Index, rows: int, cols: int) -> Mask:
    """Nodes between every first and second crossing of a line, counted as line · (cols + 1) + first node behind it."""
    inside = np.zeros(rows * cols, np.bool_)
    line, node = np.divmod(np.sort(crossing), cols + 1)  # closed rings cross a line an even number of times
    place = line * cols + node
    for a, b in zip(place[::2].tolist(), place[1::2].tolist(), strict=True):
        inside[a:b] = True
    return inside.reshape(rows, cols)


def _cut(
    ok: Mask, node: Index, way: int, arm: Array, at: tuple[Any, Any]
) -> tuple[tuple[Index, Index], tuple[Array, ...]]:
    """The cuts that fall on a node: ((node, way), (arm, column, row of the crossing in node steps))."""
    ways = np.full(int(np.count_nonzero(ok)), way, np.int64)
    return (node[ok], ways), (arm[ok], at[0][ok], at[1][ok])


def _line_crossings(along: Array, across: Array, count: int) -> tuple[Index, Array]:
    """Crossings of edges with the lines across = 0, 1 … count - 1: (line, position along it). Half-open: no doubles."""
    low, high = across.min(axis=1), across.max(axis=1)
    first = np.clip(np.ceil(low), 0, count).astype(np.int64)
    n = np.maximum(np.clip(np.ceil(high), 0, count).astype(np.int64) - first, 0)
    owner = np.repeat(np.arange(n.size), n)
    line = np.arange(owner.size) - np.repeat(np.cumsum(n) - n, n) + first[owner]
    a, b = across[owner, 0], across[owner, 1]
    t = (line - a) / (b - a)
    return line, along[owner, 0] + t * (along[owner, 1] - along[owner, 0])


def _exposed(inside: Mask) -> Index:
    """Inside nodes beside an outside one. No outermost node is inside."""
    flat, row = inside.ravel(), inside.shape[1]
    amid = flat[row - 1 : -row - 1] & flat[row + 1 : 1 - row]
    amid &= flat[: -2 * row]
    amid &= flat[2 * row :]
    return np.asarray(np.flatnonzero(flat[row:-row] > amid) + row)


def each_once(size: int, *nodes: Index) -> Index:
    """Flat indices below `size`, sorted, each once; others are left out."""
    seen = np.zeros(size, np.bool_)
    for some in nodes:
        seen[some[(some >= 0) & (some < size)]] = True
    return np.flatnonzero(seen)


def _close(edge: Index, shape: tuple[int, int], inside: Mask, cut: Any, at: Array, lattice: Lattice) -> None:
    """Cut the arms that rounding left open though their end is outside (the outline runs through that node)."""
    i, j = np.divmod(edge, shape[1])
    for way in range(4):
        end_i, end_j = i + DI[way], j + DJ[way]
        open_end = ~cut[:, way] & ~inside[end_i, end_j]
        cut[open_end, way] = True
        at[open_end, way, 0] = lattice.x + lattice.step * end_j[open_end]
        at[open_end, way, 1] = lattice.y + lattice.step * end_i[open_end]
