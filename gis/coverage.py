"""Exact share of each grid cell inside a polygon, in pixel space.

The signed-area accumulation of font rasterisers (see platform.md section 6): every edge is cut at the grid lines; a
piece that climbs by dy at mean position f inside its cell adds dy·(1 - f) to the cell and dy·f to the next one, and the
running sum along the row is the share covered. Holes subtract themselves by their direction. Exact for any valid
polygon and any window, also where the polygon reaches past the window.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis import compiled, coverage_runs
from gis.arrays import Array, Index
from gis.runs import NONE, Covered


@dataclass(frozen=True)
class Edges:
    """Directed edges of a polygon in pixel space: outer rings one way, holes the other.

    Horizontal edges are left out.
    """

    ends: Array
    """(4, n): x0, y0, x1, y1."""

    @classmethod
    def of(cls, polygon: BaseGeometry) -> Edges:
        """The edges of a valid Polygon or MultiPolygon whose coordinates are (column, row)."""
        return cls.within([rings_of(p) for p in shapely.get_parts(polygon)])

    @classmethod
    def within(cls, polygons: Sequence[Sequence[Array]]) -> Edges:
        """The edges of polygons that are given as closed rings (n, 2) of (column, row), the outer one first."""
        parts = [_ring_edges(ring, hole=k > 0) for rings in polygons for k, ring in enumerate(rings)]
        e = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1) if parts else np.empty((4, 0))
        sloping = e[1] != e[3]
        return cls(np.ascontiguousarray(e if sloping.all() else e[:, sloping]))

    @cached_property
    def bounds(self) -> tuple[int, int, int, int]:
        """(row0, row1, col0, col1) of the cells that the polygon may touch."""
        if not self.ends.size:
            return 0, 0, 0, 0
        low, high = np.minimum.reduce(self.ends, axis=1).tolist(), np.maximum.reduce(self.ends, axis=1).tolist()
        rows = math.floor(min(low[1], low[3])), math.ceil(max(high[1], high[3]))
        return *rows, math.floor(min(low[0], low[2])), math.ceil(max(high[0], high[2]))


def rings_of(polygon: BaseGeometry) -> tuple[Array, ...]:
    """The closed rings of a polygon, the outer one first, (n, 2) each."""
    if shapely.get_num_interior_rings(polygon) == 0:
        return (shapely.get_coordinates(polygon),)
    return tuple(shapely.get_coordinates(r) for r in shapely.get_rings(polygon))


def _ring_edges(ring: Array, *, hole: bool) -> Array:
    xy = ring.T
    x, y = xy - xy[:, :1]
    twice = float(np.add.reduce(x[:-1] * y[1:] - x[1:] * y[:-1]))
    if (twice > 0) != hole:  # outer rings climb on their left side, where the running sum begins
        xy = xy[:, ::-1]
    return np.concatenate((xy[:, :-1], xy[:, 1:]))


def coverage(polygon: BaseGeometry | Edges, row0: int, row1: int, col0: int, col1: int) -> Array:
    """Share 0..1 of each cell of the window inside the polygon: array (row1 - row0, col1 - col0).

    `polygon` is valid and in pixel coordinates (column, row), cell (r, c) being the square [c, c+1] × [r, r+1].
    """
    edges = polygon if isinstance(polygon, Edges) else Edges.of(polygon)
    return covered(edges, row0, row1, col0, col1).dense(row1 - row0, col1 - col0)


def covered(edges: Edges, row0: int, row1: int, col0: int, col1: int) -> Covered:
    """The covered cells of a window.

    A row's shares depend on the columns of the window (rounding of the running sum) and not on its other rows.
    """
    ends = edges.ends
    top, bottom, left, _ = edges.bounds
    if row0 > top or row1 < bottom or col1 <= left:
        x0, y0, x1, y1 = ends
        near = (np.minimum(y0, y1) < row1) & (np.maximum(y0, y1) > row0) & (np.minimum(x0, x1) < col1)
        ends = ends[:, near]
    if not ends.size:
        return Covered(NONE, NONE)
    found: Covered = compiled.twin(coverage_runs).runs_of(ends, row0, row1, col0, col1)
    return found


def _clip_rows(
    x0: Array, y0: Array, x1: Array, y1: Array, low: float, high: float
) -> tuple[Array, Array, Array, Array]:
    """Edges cut to low ≤ y ≤ high; every one given crosses that strip."""
    slope = (x1 - x0) / (y1 - y0)
    a, b = np.clip(y0, low, high), np.clip(y1, low, high)
    xa = np.where(a == y0, x0, x0 + (a - y0) * slope)
    xb = np.where(b == y1, x1, x1 + (b - y1) * slope)
    return xa, a, xb, b


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
    x0, y0, x1, y1 = edges.ends
    near = (np.minimum(y0, y1) < row1) & (np.maximum(y0, y1) > row0)
    origin = float(x0[0]) if x0.size else 0.0  # near the numbers: no digits lost far from the grid's corner
    x0, y0, x1, y1 = x0[near] - origin, y0[near] - row0, x1[near] - origin, y1[near] - row0
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


def outline_length(rings: Sequence[Array], step_x: float, step_y: float) -> float:
    """Length in metres of closed rings in pixel space whose cells measure `step_x` × `step_y` m."""
    length = 0.0
    for ring in rings:
        x, y = (ring[1:] - ring[:-1]).T
        length += float(np.add.reduce(np.hypot(x * step_x, y * step_y)))
    return length
