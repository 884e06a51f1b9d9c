"""Exact share of each grid cell inside a polygon, in pixel space.

The signed-area accumulation of font rasterisers (see platform.md section 6): every edge is cut at the grid lines; a
piece that climbs by dy at mean position f inside its cell adds dy·(1 - f) to the cell and dy·f to the next one, and the
running sum along the row is the share covered. Holes subtract themselves by their direction. Exact for any valid
polygon and any window, also where the polygon reaches past the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Index

TILE_ROWS = 512
TILE_COLS = 1024
_SNAP = 1e-11
"""Shares this near to 0 or 1 are rounding (row sums run over up to 10⁵ pieces)."""


@dataclass(frozen=True)
class Edges:
    """Directed edges of a polygon in pixel space: outer rings one way, holes the other.

    Horizontal edges are left out.
    """

    x0: Array
    y0: Array
    x1: Array
    y1: Array

    @classmethod
    def of(cls, polygon: BaseGeometry) -> Edges:
        """The edges of a valid Polygon or MultiPolygon whose coordinates are (column, row)."""
        parts = [
            _ring_edges(r, hole=k > 0) for p in shapely.get_parts(polygon) for k, r in enumerate(shapely.get_rings(p))
        ]
        e = np.concatenate(parts) if parts else np.empty((0, 4))
        e = e[e[:, 1] != e[:, 3]]
        return cls(*np.ascontiguousarray(e.T))

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """(row0, row1, col0, col1) of the cells that the polygon may touch."""
        if not self.x0.size:
            return 0, 0, 0, 0
        rows, cols = (self.y0, self.y1), (self.x0, self.x1)
        return (
            int(np.floor(min(a.min() for a in rows))),
            int(np.ceil(max(a.max() for a in rows))),
            int(np.floor(min(a.min() for a in cols))),
            int(np.ceil(max(a.max() for a in cols))),
        )


def _ring_edges(ring: BaseGeometry, *, hole: bool) -> Array:
    xy = shapely.get_coordinates(ring)
    x, y = xy[:, 0] - xy[0, 0], xy[:, 1] - xy[0, 1]
    twice = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    if (twice > 0) != hole:  # outer rings climb on their left side, where the running sum begins
        xy = xy[::-1]
    return np.column_stack((xy[:-1], xy[1:]))


def coverage(polygon: BaseGeometry | Edges, row0: int, row1: int, col0: int, col1: int) -> Array:
    """Share 0..1 of each cell of the window inside the polygon: array (row1 - row0, col1 - col0).

    `polygon` is valid and in pixel coordinates (column, row), cell (r, c) being the square [c, c+1] × [r, r+1].
    """
    share = tile_share(polygon if isinstance(polygon, Edges) else Edges.of(polygon), row0, row1, col0, col1)
    return np.full((row1 - row0, col1 - col0), share) if isinstance(share, float) else share


def tile_share(edges: Edges, row0: int, row1: int, col0: int, col1: int) -> Array | float:
    """As `coverage`, but 0.0 or 1.0 as one number where no edge passes through the window.

    A row's shares depend on the columns of the window (rounding of the running sum) and not on its other rows.
    """
    rows, cols = row1 - row0, col1 - col0
    near = (np.minimum(edges.y0, edges.y1) < row1) & (np.maximum(edges.y0, edges.y1) > row0)
    near &= np.minimum(edges.x0, edges.x1) < col1
    e = edges.x0[near], edges.y0[near], edges.x1[near], edges.y1[near]
    xa, ya, xb, yb = _clip_rows(*e, row0, row1)
    if not np.any((np.maximum(xa, xb) > col0) & (np.minimum(xa, xb) < col1)):
        # Only edges wholly to the left (and level ones) are left: every column of the window is covered alike.
        left = np.maximum(xa, xb) <= col0
        whole = float(np.sum((yb - ya)[left])) / max(rows, 1)
        if abs(whole) < _SNAP or abs(whole - 1) < _SNAP:
            return float(round(whole))
    return _running(*_pieces(e, (np.minimum(xa, xb), np.maximum(xa, xb)), row0, row1, col0, col1), rows, cols)


def _running(k: Index, dy: Array, f: Array, rows: int, cols: int) -> Array:
    """Shares from the pieces: running sums along each row over the few cells that have one, constant in between.

    Every row is summed by itself from its left end, so that its rounding does not depend on the rows beside it.
    """
    wide = cols + 2
    starts = np.arange(rows) * wide
    cell, place = np.unique(np.concatenate((starts, k, k + 1)), return_inverse=True)
    value = np.bincount(place[rows:], np.concatenate((dy * (1 - f), dy * f)), cell.size)
    first = np.searchsorted(cell, starts)
    count = np.diff(first, append=cell.size)
    ragged = np.zeros((rows, int(count.max())))
    owner = np.repeat(np.arange(rows), count)
    position = np.arange(cell.size) - first[owner]
    ragged[owner, position] = value
    share = np.cumsum(ragged, axis=1)[owner, position]
    share[np.abs(share) < _SNAP] = 0.0
    share[np.abs(share - 1) < _SNAP] = 1.0
    dense = np.repeat(share, np.diff(cell, append=rows * wide)).reshape(rows, wide)
    return np.ascontiguousarray(dense[:, :cols])


def _clip_rows(
    x0: Array, y0: Array, x1: Array, y1: Array, low: float, high: float
) -> tuple[Array, Array, Array, Array]:
    """Edges cut to low ≤ y ≤ high; every one given crosses that strip."""
    slope = (x1 - x0) / (y1 - y0)
    a, b = np.clip(y0, low, high), np.clip(y1, low, high)
    xa = np.where(a == y0, x0, x0 + (a - y0) * slope)
    xb = np.where(b == y1, x1, x1 + (b - y1) * slope)
    return xa, a, xb, b


def _pieces(
    edges: tuple[Array, Array, Array, Array], reach: tuple[Array, Array], row0: int, row1: int, col0: int, col1: int
) -> tuple[Index, Array, Array]:
    """(cell index, climb dy, mean position f in the cell) of each piece of each edge between grid lines.

    Cells are numbered row·(cols + 2) + col from the window's corner. What lies left of the window counts at its left
    border; what lies right of it goes into the spare column. `reach`: lowest and highest x of each edge in the strip
    of rows. Cuts are computed from the whole edge, so that they are the same in whatever window they are asked for.
    """
    x0, y0, x1, y1 = edges
    edge_y, cut_y = _ranges(*_between(y0, y1, row0, row1))
    low, high = np.maximum(np.floor(reach[0]) - 1, col0), np.minimum(np.ceil(reach[1]) + 1, col1)
    edge_x, cut_x = _ranges(*_between(x0, x1, low, high))
    ty = (cut_y - y0[edge_y]) / (y1 - y0)[edge_y]
    tx = (cut_x - x0[edge_x]) / (x1 - x0)[edge_x]
    every = np.arange(x0.size)
    edge = np.concatenate((every, edge_y, edge_x, every))
    t = np.concatenate((np.zeros(x0.size), ty, tx, np.ones(x0.size)))
    x = np.concatenate((x0, x0[edge_y] + ty * (x1 - x0)[edge_y], cut_x, x1))
    y = np.concatenate((y0, cut_y, y0[edge_x] + tx * (y1 - y0)[edge_x], y1))
    order = np.lexsort((t, edge))
    edge, x, y = edge[order], x[order], y[order]
    middle = (y[1:] + y[:-1]) / 2
    mine = (edge[1:] == edge[:-1]) & (middle > row0) & (middle < row1)
    dy = (y[1:] - y[:-1])[mine]
    xm = np.clip(((x[1:] + x[:-1]) / 2)[mine], col0, col1)
    row = np.floor(middle[mine]).astype(np.int64) - row0
    col = np.floor(xm).astype(np.int64)
    return row * (col1 - col0 + 2) + (col - col0), dy, xm - col


def _between(a: Array, b: Array, low: Array | int, high: Array | int) -> tuple[Index, Index]:
    """First and past-the-last whole number strictly between a and b, kept to low..high."""
    first = np.maximum(np.floor(np.minimum(a, b)) + 1, low)
    past = np.minimum(np.ceil(np.maximum(a, b)), high + 1)
    return first.astype(np.int64), np.maximum(past, first).astype(np.int64)


def _ranges(first: Index, past: Index) -> tuple[Index, Array]:
    """(owner, value) of every whole number first[i] … past[i] - 1 of every i."""
    n = past - first
    owner = np.repeat(np.arange(n.size), n)
    start = np.repeat(np.cumsum(n) - n, n)
    return owner, (np.arange(owner.size) - start + first[owner]).astype(np.float64)


def row_sums(edges: Edges, row0: int, row1: int) -> Array:
    """Area of the polygon in each row of cells, in cells: what the sum of `coverage` over all columns would be."""
    rows = row1 - row0
    near = (np.minimum(edges.y0, edges.y1) < row1) & (np.maximum(edges.y0, edges.y1) > row0)
    origin = float(edges.x0[0]) if edges.x0.size else 0.0  # near the numbers: no digits lost far from the grid's corner
    x0, y0 = edges.x0[near] - origin, edges.y0[near] - row0
    x1, y1 = edges.x1[near] - origin, edges.y1[near] - row0
    x0, y0, x1, y1 = _clip_rows(x0, y0, x1, y1, 0, rows)
    owner, cut = _ranges(*_between(y0, y1, 0, rows))
    every = np.arange(x0.size)
    edge = np.concatenate((every, owner, every))
    t = np.concatenate((np.zeros(x0.size), (cut - y0[owner]) / (y1 - y0)[owner], np.ones(x0.size)))
    y = np.concatenate((y0, cut, y1))
    order = np.lexsort((t, edge))
    edge, t, y = edge[order], t[order], y[order]
    same = edge[1:] == edge[:-1]
    owner, tm = edge[1:][same], ((t[1:] + t[:-1]) / 2)[same]
    xm = x0[owner] + tm * (x1 - x0)[owner]
    row = np.clip(np.floor(((y[1:] + y[:-1]) / 2)[same]), 0, rows - 1).astype(np.int64)
    # Climbing edges bound the inside on its left, falling ones on its right (see _ring_edges).
    return np.asarray(np.bincount(row, -xm * (y[1:] - y[:-1])[same], minlength=rows))


@dataclass(frozen=True)
class Tile:
    """A window of the raster, with the share of its cells inside the polygon: 1.0 or an array."""

    row0: int
    row1: int
    col0: int
    col1: int
    share: Array | float


def tiles(
    edges: Edges, window: tuple[int, int, int, int] | None = None, *, rows: int = TILE_ROWS, cols: int = TILE_COLS
) -> Iterator[Tile]:
    """The windows in which a polygon has any share, row by row, cut at whole multiples of `rows` and `cols`.

    `window` (row0, row1, col0, col1) bounds them. Column cuts are at fixed places, so that sums by row and tile column
    do not depend on `rows`.
    """
    r0, r1, c0, c1 = edges.bounds
    if window is not None:
        r0, r1, c0, c1 = max(r0, window[0]), min(r1, window[1]), max(c0, window[2]), min(c1, window[3])
    for row in range(r0 // rows * rows, r1, rows):
        for col in range(c0 // cols * cols, c1, cols):
            a, b, c, d = max(row, r0), min(row + rows, r1), max(col, c0), min(col + cols, c1)
            if a >= b or c >= d:
                continue
            share = tile_share(edges, a, b, c, d)
            if not isinstance(share, float) or share > 0:
                yield Tile(a, b, c, d, share)


def outline_length(rings: Sequence[Array], step_x: float, step_y: float) -> float:
    """Length in metres of closed rings in pixel space whose cells measure `step_x` × `step_y` m."""
    return float(sum(np.hypot(np.diff(r[:, 0]) * step_x, np.diff(r[:, 1]) * step_y).sum() for r in rings))
