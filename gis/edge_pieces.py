"""Edges of a polygon cut at the lines of a grid: the pieces, each within one cell.

An edge is laid out as the corners of its pieces one after the other, first those at the rows, then with those at the
columns between them; between its last corner and the first of the next edge there is no piece. Cuts are computed from
the whole edge, so that they are the same in whatever window they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.arrays import Array, Index


@dataclass(frozen=True)
class Pieces:
    """`climb` dy of each piece and its mean position `f` in its cell.

    Each of `keys`, sorted, is the number of a cell shifted by `bits` and the place of a piece in those two: pieces come
    cell by cell, those of a cell in the order of the edges. Cells are numbered row·(cols + 2) + col from the window's
    corner. What lies left of the window counts at its left border; what lies right of it goes into the spare column.
    """

    keys: Index
    bits: int
    climb: Array
    f: Array


@dataclass
class _Corners:
    """Corners at the rows: their edge and place, the last ones of the edges; the row of the piece that begins there."""

    edge: Index
    x: Array
    y: Array
    last: Index
    row: Array


def pieces_of(ends: Array, row0: int, row1: int, col0: int, col1: int) -> Pieces:
    """The pieces of all edges in the rows of a window. `ends` (4, n): x0, y0, x1, y1; each edge crosses some rows."""
    wide = col1 - col0 + 2
    at = _rows(ends, row0, row1)
    corner, x, y = _columns(ends, at, col0, col1)
    f = x[1:] + x[:-1]
    f /= 2
    if not (col0 < np.minimum.reduce(f) and np.maximum.reduce(f) < col1):
        np.clip(f, col0, col1, out=f)
    column = np.floor(f)
    f -= column
    cell = at.row * wide
    cell -= col0
    cell[at.last] = (row1 - row0) * wide - col0  # from edge to edge: after all cells
    column += cell[corner[:-1]]
    bits = int(column.size).bit_length()
    keys = column.astype(np.int64)
    keys <<= bits
    keys |= np.arange(keys.size)
    keys.sort()
    return Pieces(keys[: keys.size - at.last.size + 1], bits, y[1:] - y[:-1], f)


def _rows(ends: Array, row0: int, row1: int) -> _Corners:
    """Each edge cut at the rows, from where it enters the window's to where it leaves them."""
    x0, y0, x1, y1 = ends
    dx, dy, up = x1 - x0, y1 - y0, y1 > y0
    low = np.maximum(np.floor(np.minimum(y0, y1)), row0)
    high = np.minimum(np.ceil(np.maximum(y0, y1)), row1)
    many = (high - low).astype(np.int64) + 1
    end = many.cumsum()
    begin = end - many
    end -= 1
    step = np.where(up, 1.0, -1.0)
    first, last = np.where(up, low, high), np.where(up, high, low)
    edge = np.arange(many.size).repeat(many)
    y = step[edge]
    y *= np.arange(edge.size)
    y += (first - step * begin)[edge]
    row = y - row0
    row -= (~up)[edge]  # down an edge the row lies on the other side of the line
    x = y - y0[edge]
    x /= dy[edge]
    x *= dx[edge]
    x += x0[edge]
    within = ((y0 - first) * step > 0).nonzero()[0]
    x[begin[within]], y[begin[within]] = x0[within], y0[within]
    within = ((y1 - last) * step < 0).nonzero()[0]
    x[end[within]], y[end[within]] = x1[within], y1[within]
    return _Corners(edge, x, y, end, row)


def _columns(ends: Array, at: _Corners, col0: int, col1: int) -> tuple[Index, Array, Array]:
    """(corner at the rows that each corner is or follows, x, y) of all corners, those at the columns put in."""
    x0, y0, x1, y1 = ends
    column, cuts = np.zeros(at.x.size), np.zeros(at.x.size)  # of what lies in a row, from each corner on
    a, b, first, many = at.x[:-1], at.x[1:], column[:-1], cuts[:-1]
    np.floor(np.minimum(a, b), out=first)
    first += 1
    np.maximum(first, col0, out=first)
    np.ceil(np.maximum(a, b), out=many)
    np.minimum(many, col1 + 1, out=many)
    many -= first
    np.maximum(many, 0, out=many)
    cuts[at.last] = 0
    before = cuts.cumsum()
    before -= cuts
    climbs = b > a
    # The columns of its cuts, counted through all cuts: up from the first, or down from the last.
    first += np.where(climbs, -before[:-1], many - 1 + before[:-1])
    step = np.where(climbs, 1.0, -1.0)
    cuts += 1
    corner = np.arange(cuts.size).repeat(cuts.astype(np.int64))
    put = (corner[1:] == corner[:-1]).nonzero()[0]
    put += 1
    whose = corner[put]
    cut = step[whose]
    cut *= np.arange(whose.size)
    cut += column[whose]
    x, y = at.x[corner], at.y[corner]
    x[put] = cut
    edge = at.edge[whose]
    cut -= x0[edge]
    cut /= (x1 - x0)[edge]
    cut *= (y1 - y0)[edge]
    cut += y0[edge]
    y[put] = cut
    return corner, x, y
