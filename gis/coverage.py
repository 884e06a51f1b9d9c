"""Exact share of each grid cell inside a polygon, in pixel space.

The signed-area accumulation of font rasterisers (see platform.md section 6): every edge is cut at the grid lines; a
piece that climbs by dy at mean position f inside its cell adds dy·(1 - f) to the cell and dy·f to the next one, and the
running sum along the row is the share covered. Holes subtract themselves by their direction. Exact for any valid
polygon and any window, also where the polygon reaches past the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Index

TILE_ROWS = 512
TILE_COLS = 2048
_STRIP_ROWS = 4096
"""Rows of an outline that are looked at in one go: a few megabytes for any sensible outline."""
_FEW = 16
"""Pieces of a row that are added together with those of all other rows."""
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


@dataclass(frozen=True)
class Runs:
    """Cells side by side that are covered alike: `share` (0 < share ≤ 1) of columns `start` … `stop` - 1 of `row`.

    Sorted by row and column; rows and columns count from the window's corner; what is not covered is left out.
    """

    row: Index
    start: Index
    stop: Index
    share: Array

    def of(self, row0: int, row1: int, col0: int, col1: int) -> Runs:
        """The part of the runs within a window inside theirs, counted from its corner."""
        i, j = np.searchsorted(self.row, (row0, row1))
        row, start, stop, share = self.row[i:j], self.start[i:j], self.stop[i:j], self.share[i:j]
        if start.size and (int(start.min()) < col0 or int(stop.max()) > col1):
            seen = (start < col1) & (stop > col0)
            row, share = row[seen], share[seen]
            start, stop = np.maximum(start[seen], col0), np.minimum(stop[seen], col1)
        return Runs(row - row0, start - col0, stop - col0, share)

    def shifted(self, cols: int) -> Runs:
        """The same runs counted from a corner `cols` columns further left."""
        return Runs(self.row, self.start + cols, self.stop + cols, self.share) if cols else self

    def dense(self, rows: int, cols: int) -> Array:
        """Shares of all cells of the window, (rows, cols)."""
        out = np.zeros(rows * cols)
        place = self.row * cols
        for a, b, share in zip(
            (place + self.start).tolist(), (place + self.stop).tolist(), self.share.tolist(), strict=True
        ):
            out[a:b] = share
        return out.reshape(rows, cols)


def coverage(polygon: BaseGeometry | Edges, row0: int, row1: int, col0: int, col1: int) -> Array:
    """Share 0..1 of each cell of the window inside the polygon: array (row1 - row0, col1 - col0).

    `polygon` is valid and in pixel coordinates (column, row), cell (r, c) being the square [c, c+1] × [r, r+1].
    """
    edges = polygon if isinstance(polygon, Edges) else Edges.of(polygon)
    return covered_runs(edges, row0, row1, col0, col1).dense(row1 - row0, col1 - col0)


def covered_runs(edges: Edges, row0: int, row1: int, col0: int, col1: int) -> Runs:
    """The covered cells of a window.

    A row's shares depend on the columns of the window (rounding of the running sum) and not on its other rows.
    """
    rows = row1 - row0
    near = (np.minimum(edges.y0, edges.y1) < row1) & (np.maximum(edges.y0, edges.y1) > row0)
    near &= np.minimum(edges.x0, edges.x1) < col1
    e = edges.x0[near], edges.y0[near], edges.x1[near], edges.y1[near]
    return _running(*_pieces(e, row0, row1, col0, col1), rows, col1 - col0)


def _running(k: Index, dy: Array, f: Array, rows: int, cols: int) -> Runs:
    """Runs from the pieces: running sums along each row over the few cells that have one, constant in between.

    A cell that an edge crosses has what has climbed before it and the right part of its own; what follows has all.
    """
    wide = cols + 2
    order = _stable_order(k)
    cell, climb = k[order], dy[order]
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    if not first.size:
        return Runs(first, first, first, np.empty(0))
    own = np.add.reduceat(climb * (1 - f[order]), first)
    climb, cell = np.add.reduceat(climb, first), cell[first]
    row = cell // wide
    after = _row_sums_so_far(climb, row, rows)
    share = np.empty((cell.size, 2))
    share[:, 1] = after
    share[0, 0], share[1:, 0] = own[0], own[1:] + np.where(row[1:] == row[:-1], after[:-1], 0.0)
    share[np.abs(share) < _SNAP] = 0.0
    share[np.abs(share - 1) < _SNAP] = 1.0
    col = cell - row * wide
    start, stop = np.empty((cell.size, 2), np.int64), np.empty((cell.size, 2), np.int64)
    start[:, 0], start[:, 1] = col, col + 1
    stop[:, 0], stop[-1, 1] = col + 1, cols
    stop[:-1, 1] = np.where(row[1:] == row[:-1], col[1:], cols)
    np.minimum(stop, cols, out=stop)
    seen = (share != 0) & (start < stop)
    both = seen[:, 0].astype(np.int64) + seen[:, 1]
    return _joined(Runs(np.repeat(row, both), start[seen], stop[seen], share[seen]))


def _stable_order(cell: Index) -> Index:
    """``argsort(cell, kind="stable")``, by sorting numbers that carry their place."""
    bits = cell.size.bit_length()
    if not cell.size or int(cell.max()) >> (62 - bits):
        return np.argsort(cell, kind="stable")
    return np.asarray(np.sort((cell << bits) | np.arange(cell.size)) & ((1 << bits) - 1))


def _joined(runs: Runs) -> Runs:
    """Neighbours with the same share made one, so that runs do not depend on where an edge only touches a cell."""
    more = (runs.row[1:] == runs.row[:-1]) & (runs.start[1:] == runs.stop[:-1]) & (runs.share[1:] == runs.share[:-1])
    if not more.any():
        return runs
    first, last = np.append(True, ~more), np.append(~more, True)
    return Runs(runs.row[first], runs.start[first], runs.stop[last], runs.share[first])


def _row_sums_so_far(value: Array, row: Index, rows: int) -> Array:
    """Running sum of the values of each row, begun anew in each: its rounding does not depend on the rows beside it.

    The first few values of all rows are added together, one place after the other; what longer rows have beyond them,
    row by row.
    """
    count = np.bincount(row, minlength=rows)
    begin = np.cumsum(count) - count
    out = value.copy()
    for place in range(1, min(int(count.max()), _FEW)):
        at = begin[count > place] + place
        out[at] += out[at - 1]
    long = count > _FEW
    for first, past in zip((begin[long] + _FEW - 1).tolist(), (begin + count)[long].tolist(), strict=True):
        np.cumsum(out[first:past], out=out[first:past])
    return out


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
    edges: tuple[Array, Array, Array, Array], row0: int, row1: int, col0: int, col1: int
) -> tuple[Index, Array, Array]:
    """(cell index, climb dy, mean position f in the cell) of each piece of each edge between grid lines.

    Cells are numbered row·(cols + 2) + col from the window's corner. What lies left of the window counts at its left
    border; what lies right of it goes into the spare column. Cuts are computed from the whole edge, so that they are
    the same in whatever window they are asked for. Pieces follow each other along the edges: first each edge is cut at
    the rows, then what lies in a row at the columns, so that nothing is to be sorted.
    """
    x0, y0, x1, y1 = edges
    first = np.maximum(np.floor(np.minimum(y0, y1)), row0).astype(np.int64)
    past = np.minimum(np.ceil(np.maximum(y0, y1)), row1).astype(np.int64)
    owner, row = _ranges(first, past)
    x0, y0, dx, dy = x0[owner], y0[owner], (x1 - x0)[owner], (y1 - y0)[owner]
    up = dy > 0
    row = np.where(up, row, (first + past - 1)[owner] - row)  # down an edge that falls
    starts, ends = np.empty(owner.size, np.bool_), np.empty(owner.size, np.bool_)
    new = owner[1:] != owner[:-1]
    starts[:1], ends[-1:] = True, True
    starts[1:], ends[:-1] = new, new
    ya, yb = np.where(up, row, row + 1), np.where(up, row + 1, row)
    x1, y1 = x1[owner], y1[owner]
    begun = starts & np.where(up, y0 > ya, y0 < ya)  # the edge begins inside this row
    ended = ends & np.where(up, y1 < yb, y1 > yb)
    xa = np.where(begun, x0, x0 + (ya - y0) / dy * dx)
    xb = np.where(ended, x1, x0 + (yb - y0) / dy * dx)
    ya, yb = np.where(begun, y0, ya), np.where(ended, y1, yb)
    left, right = np.minimum(xa, xb), np.maximum(xa, xb)
    first = np.maximum(np.floor(left) + 1, col0).astype(np.int64)
    many = np.maximum(np.minimum(np.ceil(right), col1 + 1).astype(np.int64) - first, 0) + 1
    begin = np.cumsum(many) - many
    x, y = np.repeat(xa, many), np.repeat(ya, many)
    cut = np.ones(x.size, np.bool_)
    cut[begin] = False
    at = np.flatnonzero(cut)
    whose = np.repeat(np.arange(many.size), many - 1)
    number = at - begin[whose]
    climbs = (xb > xa)[whose]
    column = np.where(climbs, first[whose] + number - 1, first[whose] + many[whose] - 1 - number)
    x[at] = column
    y[at] = y0[whose] + (column - x0[whose]) / dx[whose] * dy[whose]
    xe, ye = np.empty(x.size), np.empty(x.size)
    xe[:-1], ye[:-1] = x[1:], y[1:]
    last = begin + many - 1
    xe[last], ye[last] = xb, yb
    xm = np.clip((x + xe) / 2, col0, col1)
    col = np.floor(xm).astype(np.int64)
    cell = np.repeat((row - row0).astype(np.int64) * (col1 - col0 + 2), many) + (col - col0)
    return cell, ye - y, xm - col


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
    """A window of the raster, with the runs of its cells that are inside the polygon (at least one)."""

    row0: int
    row1: int
    col0: int
    col1: int
    runs: Runs

    @cached_property
    def share(self) -> Array:
        """Share of each cell inside the polygon."""
        return self.runs.dense(self.row1 - self.row0, self.col1 - self.col0)


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
    if r0 >= r1 or c0 >= c1:
        return
    strip = max(_STRIP_ROWS // rows, 1) * rows
    for top in range(r0 // rows * rows, r1, strip):
        first, last = max(top, r0), min(top + strip, r1)
        runs = covered_runs(edges, first, last, c0, c1)
        for row in range(top, last, rows):
            a, b = max(row, r0), min(row + rows, r1)
            for col in range(c0 // cols * cols, c1, cols):
                c, d = max(col, c0), min(col + cols, c1)
                own = runs.of(a - first, b - first, c - c0, d - c0)
                if own.row.size:
                    yield Tile(a, b, c, d, own)


def outline_length(rings: Sequence[Array], step_x: float, step_y: float) -> float:
    """Length in metres of closed rings in pixel space whose cells measure `step_x` × `step_y` m."""
    return float(sum(np.hypot(np.diff(r[:, 0]) * step_x, np.diff(r[:, 1]) * step_y).sum() for r in rings))
