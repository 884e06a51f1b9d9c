"""From an outline's edges to runs of covered cells (`gis.coverage_runs`), edge by edge and row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.arrays import Array
from gis.compiled.jit import kernel
from gis.coverage_runs import SNAP
from gis.runs import Covered, Runs

_FEW = 32
"""Pieces of a row that are sorted by putting each in its place."""
_LEAF = 128
"""Numbers that numpy adds up without splitting them once more."""


def runs_of(ends: Array, row0: int, row1: int, col0: int, col1: int) -> Covered:
    """As `gis.coverage_runs.runs_of`."""
    places, values, first = _pieces(ends, row0, row1, col0, col1)
    whole, part, share = _runs(places, values, first, col1 - col0, SNAP)
    ones = np.ones(whole.shape[1])
    return Covered(Runs(whole[0], whole[1], whole[2], ones), Runs(part[0], part[1], part[2], share))


@kernel
def _pieces(ends: Any, row0: int, row1: int, col0: int, col1: int) -> Any:
    """((2, n) row and column, (2, n) climb and right part of it, first of each row): pieces in the order of cells.

    The pieces of a cell are in the order of the edges. Corners are computed from the whole edge (see gis.edge_pieces).
    """
    most = 0
    for k in range(ends.shape[1]):
        high, wide = abs(ends[3, k] - ends[1, k]), abs(ends[2, k] - ends[0, k])
        most += int(min(high, row1 - row0)) + int(min(wide, col1 - col0)) + 6
    place, value = np.empty((2, most), np.int64), np.empty((2, most))
    count = 0
    for k in range(ends.shape[1]):
        x0, y0, x1, y1 = ends[0, k], ends[1, k], ends[2, k], ends[3, k]
        low, high = max(np.floor(min(y0, y1)), row0), min(np.ceil(max(y0, y1)), row1)
        step, first, last = (1.0, low, high) if y1 > y0 else (-1.0, high, low)
        line, y = first, first
        x = (y - y0) / (y1 - y0) * (x1 - x0) + x0
        if (y0 - first) * step > 0:
            x, y = x0, y0
        while line != last:
            row = int(line) - row0 - (step < 0)
            line += step
            next_x, next_y = (line - y0) / (y1 - y0) * (x1 - x0) + x0, line
            if line == last and (y1 - last) * step < 0:
                next_x, next_y = x1, y1
            cut = max(np.floor(min(x, next_x)) + 1, col0)
            cuts = max(min(np.ceil(max(x, next_x)), col1 + 1) - cut, 0)
            way = 1.0 if next_x > x else -1.0
            if way < 0:
                cut += cuts - 1
            for n in range(int(cuts) + 1):
                to_x, to_y = next_x, next_y
                if n < cuts:
                    to_x, to_y = cut, (cut - x0) / (x1 - x0) * (y1 - y0) + y0
                    cut += way
                middle = min(max((to_x + x) / 2, col0), col1)
                column = np.floor(middle)
                climb = to_y - y
                place[0, count], place[1, count] = row, int(column) - col0
                value[0, count], value[1, count] = climb, (1 - (middle - column)) * climb
                count += 1
                x, y = to_x, to_y
    return _sorted(place[:, :count], value[:, :count], row1 - row0)


@kernel
def _sorted(place: Any, value: Any, rows: int) -> Any:
    first = np.zeros(rows + 1, np.int64)
    for k in range(place.shape[1]):
        first[place[0, k] + 1] += 1
    for row in range(rows):
        first[row + 1] += first[row]
    at, order = first.copy(), np.empty(place.shape[1], np.int64)
    for k in range(place.shape[1]):
        row = place[0, k]
        order[at[row]] = k
        at[row] += 1
    for row in range(rows):
        a, b = first[row], first[row + 1]
        if b - a > _FEW:
            own = order[a:b].copy()
            order[a:b] = own[np.argsort(place[1][own], kind="mergesort")]
            continue
        for nth in range(a + 1, b):
            k, n = order[nth], nth
            while n > a and place[1, order[n - 1]] > place[1, k]:
                order[n] = order[n - 1]
                n -= 1
            order[n] = k
    places, values = np.empty_like(place), np.empty_like(value)
    for n in range(order.size):
        k = order[n]
        places[0, n], places[1, n] = place[0, k], place[1, k]
        values[0, n], values[1, n] = value[0, k], value[1, k]
    return places, values, first


@kernel
def _runs(place: Any, value: Any, first: Any, cols: int, snap: float) -> Any:
    """(whole (3, n) rows, starts and stops; part (3, n); shares of these)."""
    most = 2 * place.shape[1] + 1
    whole, part, share = np.empty((3, most), np.int64), np.empty((3, most), np.int64), np.empty(most)
    a, b = 0, 0
    for row in range(first.size - 1):
        k, past, before = first[row], first[row + 1], 0.0
        while k < past:
            column, n = place[1, k], k + 1
            while n < past and place[1, n] == column:
                n += 1
            own = _snapped(_sum(value[1], k, n) + before, snap)
            before += _sum(value[0], k, n)
            after = _snapped(before, snap)
            stop = place[1, n] if n < past else cols
            if own == 1 and column < cols:
                a = _whole(whole, a, row, column, column + 1)
            elif own != 0 and column < cols:
                part[0, b], part[1, b], part[2, b], share[b] = row, column, column + 1, own
                b += 1
            if after == 1 and column + 1 < stop:
                a = _whole(whole, a, row, column + 1, stop)
            elif after != 0 and column + 1 < stop:
                part[0, b], part[1, b], part[2, b], share[b] = row, column + 1, stop, after
                b += 1
            k = n
    return whole[:, :a].copy(), part[:, :b].copy(), share[:b].copy()


@kernel
def _whole(whole: Any, count: int, row: int, start: int, stop: int) -> int:
    """One more run, or the last one made longer; returns how many there are."""
    if count and whole[0, count - 1] == row and whole[2, count - 1] == start:
        whole[2, count - 1] = stop
        return count
    whole[0, count], whole[1, count], whole[2, count] = row, start, stop
    return count + 1


@kernel
def _snapped(share: float, snap: float) -> float:
    near = np.rint(share)
    return near if abs(share - near) < snap else share


@kernel
def _sum(values: Any, a: int, b: int) -> Any:
    """As `np.add.reduceat` adds: the first to the sum of the others."""
    return values[a] if b == a + 1 else values[a] + _pairwise(values, a + 1, b - a - 1)


@kernel
def _pairwise(values: Any, a: int, n: int) -> Any:
    """In numpy's order: eight abreast, and in halves where there are many."""
    if n > _LEAF:
        half = n // 2
        half -= half % 8
        return _pairwise(values, a, half) + _pairwise(values, a + half, n - half)
    total = 0.0
    whole = n - n % 8
    if whole:
        lanes = values[a : a + 8].copy()
        for k in range(a + 8, a + whole):
            lanes[(k - a) % 8] += values[k]
        total = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    for k in range(a + whole, a + n):
        total += values[k]
    return total
