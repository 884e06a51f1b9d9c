"""From an outline's edges to runs of covered cells (`gis.compiled.coverage_runs`: the same, compiled)."""

from __future__ import annotations

import numpy as np

from gis.arrays import Array, Index
from gis.edge_pieces import pieces_of
from gis.runs import Covered, Runs, joined, merged

_FEW = 16
"""Pieces of a row that are added together with those of all other rows."""
SNAP = 1e-11
"""Shares this near to 0 or 1 are rounding (row sums run over up to 10⁵ pieces)."""


def runs_of(ends: Array, row0: int, row1: int, col0: int, col1: int) -> Covered:
    """The covered cells of a window from the edges ((4, n): x0, y0, x1, y1) that climb or fall in some of its rows.

    Running sums along each row over the few cells that an edge crosses: such a cell has what has climbed before it and
    the right part of its own; what follows, up to the next one, has all.
    """
    pieces, rows, cols = pieces_of(ends, row0, row1, col0, col1), row1 - row0, col1 - col0
    wide = cols + 2
    cell, order = pieces.keys >> pieces.bits, pieces.keys & ((1 << pieces.bits) - 1)
    climb = pieces.climb[order]
    right = 1 - pieces.f[order]
    right *= climb
    first = np.concatenate((_YES, cell[1:] != cell[:-1])).nonzero()[0]
    share, climb, cell = np.add.reduceat(right, first), np.add.reduceat(climb, first), cell[first]
    row = cell // wide
    col = cell - row * wide
    after = _row_sums_so_far(climb, row, rows)
    same = row[1:] == row[:-1]
    share[1:] += np.where(same, after[:-1], 0.0)
    stop = np.concatenate((np.where(same, col[1:], cols), [cols]))
    share, after = _snapped(share), _snapped(after)
    between = after != 0  # what lies between one crossed cell and the next, if anything
    between &= col + 1 < stop
    full = between & (after == 1)
    crossed = share != 0
    if int(np.maximum.reduce(col)) >= cols:
        crossed &= col < cols
    one = crossed & (share == 1)
    whole = _runs(row, col + 1, stop, after, full.nonzero()[0])
    if one.any():  # cells that an edge only touches
        whole = joined(merged(whole, _runs(row, col, col + 1, share, one.nonzero()[0])))
        crossed &= ~one
    part = _runs(row, col, col + 1, share, crossed.nonzero()[0])
    if int(np.count_nonzero(full)) != int(np.count_nonzero(between)):  # below a level edge, say
        part = merged(part, _runs(row, col + 1, stop, after, np.flatnonzero(between & ~full)))
    return Covered(whole, part)


_YES = np.ones(1, np.bool_)


def _snapped(share: Array) -> Array:
    near = np.rint(share)
    return np.where(np.abs(share - near) < SNAP, near, share)


def _runs(row: Index, start: Index, stop: Index, share: Array, which: Index) -> Runs:
    return Runs(row[which], start[which], stop[which], share[which])


def _row_sums_so_far(value: Array, row: Index, rows: int) -> Array:
    """Running sum of the values of each row, begun anew in each: its rounding does not depend on the rows beside it.

    The first few values of all rows are added together, one place after the other; what longer rows have beyond them,
    row by row.
    """
    count = np.bincount(row, minlength=rows)
    begin = count.cumsum() - count
    most = int(np.maximum.reduce(count))
    table = np.zeros((min(most, _FEW), rows))
    place = np.arange(row.size)
    place -= begin[row]
    place *= rows
    place += row
    few = None if most <= _FEW else np.flatnonzero(place < table.size)
    flat = table.reshape(-1)
    flat[place if few is None else place[few]] = value if few is None else value[few]
    for k in range(1, table.shape[0]):
        table[k] += table[k - 1]
    if few is None:
        return np.asarray(flat[place])
    out = value.copy()
    out[few] = flat[place[few]]
    long = count > _FEW
    for first, past in zip((begin[long] + _FEW - 1).tolist(), (begin + count)[long].tolist(), strict=True):
        np.add.accumulate(out[first:past], out=out[first:past])
    return out
