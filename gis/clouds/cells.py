"""Ground points of a place into cells: their mean, carried to the cell's centre; gaps by triangles between their rims.

A cell with points takes their mean height, moved from their mean place to the centre along the slope of the means
around (a mean alone is off by the slope times the distance). A cell without points takes the height of the triangle
that spans its gap, if no edge of it is longer than `max_edge`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from gis.arrays import Array, Mask
from gis.points.mesh import WIDE, Kinds, Mesh, longest_edges, triangulate

_AROUND = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


class Means:
    """Sums over the points of each cell of a block: `left`, `top` of its corner (m), `cell` m, rows, columns."""

    def __init__(self, left: float, top: float, cell: float, rows: int, cols: int) -> None:
        self.left, self.top, self.cell, self.shape = left, top, cell, (rows, cols)
        self.count = np.zeros(rows * cols)
        self._u, self._v, self._z = (np.zeros(rows * cols) for _ in range(3))

    def place(self, xyz: Array) -> tuple[Array, Array, Mask]:
        """(column, row, which lie in the block) of points, in cells."""
        u, v = (xyz[:, 0] - self.left) / self.cell, (self.top - xyz[:, 1]) / self.cell
        return u, v, np.asarray((u >= 0) & (u < self.shape[1]) & (v >= 0) & (v < self.shape[0]))

    def add(self, xyz: Array) -> None:
        """Count points (n, 3) in; those outside the block are left out."""
        u, v, inside = self.place(xyz)
        u, v, z = u[inside], v[inside], xyz[inside, 2]
        if not len(z):
            return
        at = v.astype(np.int64) * self.shape[1] + u.astype(np.int64)
        cells, at = np.unique(at, return_inverse=True)
        self.count[cells] += np.bincount(at)
        for total, value in ((self._u, u % 1), (self._v, v % 1), (self._z, z)):
            total[cells] += np.bincount(at, value)

    def heights(self) -> Array:
        """Heights at the centres of the cells that have points, m; NaN elsewhere."""
        with np.errstate(invalid="ignore"):
            u, v, z = ((s / self.count).reshape(self.shape) for s in (self._u, self._v, self._z))
        across, down = _slopes(u, v, z)
        return np.asarray(z + across * (0.5 - u) + down * (0.5 - v))


def _slopes(u: Array, v: Array, z: Array) -> tuple[Array, Array]:
    """Height per cell along columns and rows: least squares through the means of the cells around and the own one."""
    sums = {k: np.zeros(z.shape) for k in ("uu", "uv", "vv", "uz", "vz")}
    for i, j in _AROUND:
        du, dv, dz = (_shifted(a, i, j) - a for a in (u, v, z))
        du, dv = du + j, dv + i
        good = np.isfinite(dz)
        for key, value in (("uu", du * du), ("uv", du * dv), ("vv", dv * dv), ("uz", du * dz), ("vz", dv * dz)):
            sums[key] += np.where(good, value, 0.0)
    det = sums["uu"] * sums["vv"] - sums["uv"] ** 2
    solid = det > 0.25  # fewer than two neighbours, or all on one line: no slope is known
    with np.errstate(invalid="ignore", divide="ignore"):
        across = np.where(solid, (sums["uz"] * sums["vv"] - sums["vz"] * sums["uv"]) / det, 0.0)
        down = np.where(solid, (sums["vz"] * sums["uu"] - sums["uz"] * sums["uv"]) / det, 0.0)
    return across, down


def _shifted(a: Array, i: int, j: int) -> Array:
    """a[r + i, c + j] at (r, c); NaN beyond the edge."""
    padded = np.pad(a, 1, constant_values=np.nan)
    return padded[1 + i : 1 + i + a.shape[0], 1 + j : 1 + j + a.shape[1]]


def bridge(z: Array, cell: float, max_edge: float, corner: tuple[int, int] = (0, 0)) -> tuple[Array, Kinds]:
    """(`z` with its gaps spanned, WIDE where they are): triangles between the cells on the rims of gaps.

    `corner`: (row, column) of the block's first cell on the whole grid. Four centres of a lattice on one circle have
    two triangulations; places are moved by a hair that only their own row and column decide, so that every block takes
    the same one. Heights are those of the centres themselves.
    """
    kind: Any = np.zeros(z.shape, np.uint8)
    known = np.isfinite(z)
    if known.all() or not known.any():
        return z, kind
    rim = known & ndimage.binary_dilation(~known, np.ones((3, 3), np.bool_))
    row, col = np.nonzero(rim)
    xy = np.column_stack(((col + 0.5) * cell, -(row + 0.5) * cell))
    delaunay = triangulate(xy + cell * _hairs(row + corner[0], col + corner[1]))
    if delaunay is None:
        return z, kind
    length = longest_edges(xy, delaunay.simplices)
    # Between neighbouring centres (a side or a diagonal of a cell apart) no other centre lies.
    corners = delaunay.simplices[(length <= max_edge) & (length > 1.5 * cell)]
    laid, unused = np.full(z.shape, np.nan), np.zeros(z.shape, np.uint8)
    base = float(z[row[0], col[0]])
    Mesh(xy, z[rim] - base, corners, max_edge).lay(laid, unused, 0.0, 0.0, cell)
    new = ~known & np.isfinite(laid)
    kind[new] = WIDE
    return np.where(new, laid + base, z), kind


def _hairs(row: Any, col: Any) -> Array:
    """Shifts (n, 2) of up to a hundredth of a cell, a fixed function of row and column."""
    turn = row * 12.9898 + col * 78.233
    return 0.01 * np.column_stack([(np.sin(turn + k) * 43_758.5453) % 1 for k in (0.0, 1.7)])
