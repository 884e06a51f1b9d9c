"""Triangles with heights at their corners: which of them are ground, heights at places, heights on a grid."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay, QhullError

from gis.arrays import Array, Mask

Corners = NDArray[np.int32]
Kinds = NDArray[np.uint8]

LEVEL, WIDE = 1, 2
"""What a place's triangle is: three corners of one height; an edge longer than the limit (inside a gap)."""
_FLAT_M = 1e-6
_WELL = 1e-3
"""A cell's centre this share of a cell off all edges is inside one triangle only, unless triangles overlap."""
_UNEVEN_M = 0.01
_NEAR = 1e-6
"""Cell centres within this share of a cell of an edge belong to the triangles on both sides; the fatter one wins."""


def triangulate(xy: Array) -> Delaunay | None:
    """Delaunay's triangulation, None for points on one line."""
    if len(xy) < 3:
        return None
    away = xy - xy.mean(axis=0)
    far = away[np.argmax((away**2).sum(axis=1))]
    if np.abs(away[:, 0] * far[1] - away[:, 1] * far[0]).max() <= 1e-9 * (far**2).sum():
        return None
    try:
        return Delaunay(xy)
    except (QhullError, ValueError):
        return None


def longest_edges(xy: Array, corners: Corners) -> Array:
    """The longest edge of each triangle."""
    return np.asarray(np.max(edges(xy, corners), axis=1))


def edges(xy: Array, corners: Corners) -> Array:
    """Lengths (m, 3) of the edges opposite to each corner."""
    a, b, c = (xy[corners[:, k]] for k in range(3))
    return np.column_stack([np.hypot(*(q - p).T) for p, q in ((b, c), (c, a), (a, b))])


def areas(xy: Array, corners: Corners) -> Array:
    """Areas of the triangles."""
    a, b, c = (xy[corners[:, k]] for k in range(3))
    return np.asarray(np.abs(cross(b - a, c - a)) / 2)


def cross(u: Array, v: Array) -> Array:
    """The third component of u × v, row by row."""
    return np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])


def circles(xy: Array, corners: Corners) -> tuple[Array, Array]:
    """(centres, radii) of the circles through the corners; slivers get huge ones."""
    a, b, c = (xy[corners[:, k]] for k in range(3))
    u, v = b - a, c - a
    with np.errstate(divide="ignore", invalid="ignore"):
        uu, vv = (u**2).sum(axis=1), (v**2).sum(axis=1)
        up = np.column_stack((v[:, 1] * uu - u[:, 1] * vv, u[:, 0] * vv - v[:, 0] * uu))
        centre = up / (2 * cross(u, v))[:, None]
    centre = np.clip(np.nan_to_num(centre, nan=1e12), -1e12, 1e12)
    return a + centre, np.hypot(*centre.T)


def peeled(neighbours: Corners, length: Array, max_edge: float, open_to: Mask | None = None) -> Mask:
    """Triangles that are outside: reached from the hull across edges longer than `max_edge` (Duckham et al. 2008).

    Gaps that are closed in by short edges stay: they lie between points. `neighbours`: (m, 3) triangle across each
    edge, -1 at the hull; `length`: (m, 3) of those edges. Only triangles in `open_to` can be taken away.

    Source: Duckham, Kulik, Worboys & Galton (2008), Efficient generation of simple polygons for characterizing the
    shape of a set of points in the plane, Pattern Recognition 41.
    """
    gone = np.zeros(len(neighbours), np.bool_)
    can = np.ones(len(neighbours), np.bool_) if open_to is None else open_to
    front = np.flatnonzero(((neighbours < 0) & (length > max_edge)).any(axis=1) & can)
    while len(front):
        gone[front] = True
        across = neighbours[front][length[front] > max_edge]
        across = np.unique(across[across >= 0])
        front = np.asarray(across[~gone[across] & can[across]])
    return gone


class Overlaps:
    """Cells well inside more than one triangle: how many, the greatest difference of heights there (m) and where."""

    def __init__(self) -> None:
        self.cells, self.uneven, self.most_m = 0, 0, 0.0
        self.place: tuple[float, float] | None = None
        self._grid = (0.0, 0.0, 1.0)
        self._count = np.zeros((0, 0), np.int32)
        self._low = self._high = np.zeros((0, 0))

    def of_block(self, left: float, top: float, cell: float, rows: int, cols: int) -> Overlaps:
        """Itself, ready for another block of the grid."""
        self._grid = left, top, cell
        self._count = np.zeros((rows, cols), np.int32)
        self._low, self._high = np.full((rows, cols), np.inf), np.full((rows, cols), -np.inf)
        return self

    def note(self, row: NDArray[np.int64], col: NDArray[np.int64], height: Array) -> None:
        """Cells inside a triangle each, with its heights."""
        np.add.at(self._count, (row, col), 1)
        np.minimum.at(self._low, (row, col), height)
        np.maximum.at(self._high, (row, col), height)

    def add(self) -> None:
        """Count the block that was laid."""
        over = self._count > 1
        if not over.any():
            return
        spread = np.where(over, self._high - self._low, 0.0)
        self.cells += int(over.sum())
        self.uneven += int((spread > _UNEVEN_M).sum())
        i, j = np.unravel_index(int(np.argmax(spread)), spread.shape)
        if self.place is None or spread[i, j] > self.most_m:
            left, top, cell = self._grid
            self.most_m = float(spread[i, j])
            self.place = float(left + (j + 0.5) * cell), float(top - (i + 0.5) * cell)


class Mesh:
    """Some triangles. `corners`: (m, 3) positions in `xy` (n, 2) and `z` (n); `kind`: LEVEL | WIDE of each."""

    def __init__(self, xy: Array, z: Array, corners: Corners, max_edge: float) -> None:
        self.xy, self.z, self.corners = xy, z, corners
        flat = np.ptp(z[corners], axis=1) <= _FLAT_M if len(corners) else np.zeros(0, np.bool_)
        wide = longest_edges(xy, corners) > max_edge if len(corners) else np.zeros(0, np.bool_)
        self.kind: Kinds = (LEVEL * flat + WIDE * wide).astype(np.uint8)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        made = shapely.polygons(shapely.linearrings(self.xy[self.corners]))
        return shapely.STRtree(np.atleast_1d(np.asarray(made, dtype=object)))

    def at(self, places: Array) -> Array:
        """Heights at scattered places (n, 2); NaN off the triangles."""
        out = np.full(len(places), np.nan)
        if not len(self.corners) or not len(places):
            return out
        which, triangle = self._tree.query(shapely.points(places), predicate="intersects")
        sound = areas(self.xy, self.corners[triangle]) > 0
        out[which[sound]] = self._heights(triangle[sound], places[which[sound]])
        return out

    def _heights(self, triangle: NDArray[np.intp], places: Array) -> Array:
        a, b, c = (self.xy[self.corners[triangle, k]] for k in range(3))
        za, zb, zc = (self.z[self.corners[triangle, k]] for k in range(3))
        whole = cross(b - a, c - a)
        v, w = cross(places - a, c - a) / whole, cross(b - a, places - a) / whole
        return np.asarray(za + v * (zb - za) + w * (zc - za))

    def lay(
        self, z: Array, kind: Kinds, left: float, top: float, cell: float, overlaps: Overlaps | None = None
    ) -> None:
        """Write heights and kinds of the cells whose centres lie on triangles into a grid's block.

        `left`, `top`: the block's upper left corner; `overlaps` is told of cells well inside triangles. Row by row of
        the grid: each triangle crosses a row of cell centres along one stretch, whose ends follow from its edges.
        """
        rows, cols = z.shape
        grid = (self.xy - [left, top]) / [cell, -cell] - 0.5  # (column, row) of cell centres are whole numbers
        box_low, box_high = grid[self.corners].min(axis=1), grid[self.corners].max(axis=1)
        height = 2 * areas(grid, self.corners) / np.maximum(longest_edges(grid, self.corners), 1e-300)
        meets = (box_high >= -_NEAR).all(axis=1) & (box_low <= [cols - 1 + _NEAR, rows - 1 + _NEAR]).all(axis=1)
        some = np.flatnonzero(meets & (height > _NEAR))
        some = some[np.argsort(height[some], kind="stable")]  # the last one written stays: the fattest
        first = np.maximum(np.ceil(box_low[some, 1] - _NEAR), 0).astype(np.int64)
        last = np.minimum(np.floor(box_high[some, 1] + _NEAR), rows - 1).astype(np.int64)
        at, row = _spread(first, last)
        low, high = _stretch(grid[self.corners[some[at]]], row)
        start = np.maximum(np.ceil(low - _NEAR), 0).astype(np.int64)
        end = np.minimum(np.floor(high + _NEAR), cols - 1).astype(np.int64)
        stretch, col = _spread(start, end)
        triangle, row = some[at[stretch]], row[stretch]
        places = np.column_stack((left + (col + 0.5) * cell, top - (row + 0.5) * cell))
        heights = self._heights(triangle, places)
        z[row, col] = heights
        if overlaps is not None:
            at = at[stretch]
            inner = (col > low[stretch] + _WELL) & (col < high[stretch] - _WELL)
            inner &= (row > box_low[some[at], 1] + _WELL) & (row < box_high[some[at], 1] - _WELL)
            overlaps.note(row[inner], col[inner], heights[inner])
        kind[row, col] = self.kind[triangle]


def _spread(first: NDArray[np.int64], last: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(position, number) for every whole number from `first` to `last` of each position."""
    count = np.maximum(last - first + 1, 0)
    at = np.repeat(np.arange(len(first)), count)
    return at, np.arange(len(at)) - np.repeat(np.cumsum(count) - count - first, count)


def _stretch(corners: Array, row: NDArray[np.int64]) -> tuple[Array, Array]:
    """Where triangles (n, 3, 2) cross rows: (lowest, highest column); the lower above the higher where they do not."""
    low, high = np.full(len(row), np.inf), np.full(len(row), -np.inf)
    for k in range(3):
        p, q = corners[:, k], corners[:, (k + 1) % 3]
        rise = q[:, 1] - p[:, 1]
        steep = rise != 0
        t = np.divide(row - p[:, 1], rise, out=np.full(len(row), -1.0), where=steep)
        crossing = steep & (t >= 0) & (t <= 1)
        u = np.where(crossing, p[:, 0] + t * (q[:, 0] - p[:, 0]), np.nan)
        on = np.where(np.abs(p[:, 1] - row) <= _NEAR, p[:, 0], np.nan)
        low, high = np.fmin(np.fmin(low, u), on), np.fmax(np.fmax(high, u), on)
    return np.where(np.isfinite(low), low, 1.0), np.where(np.isfinite(high), high, 0.0)
