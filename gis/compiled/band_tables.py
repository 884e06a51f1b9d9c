"""Tables of a band's places (`gis.band_tables`), each in one walk over its nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.arrays import Index, Mask
from gis.band_tables import I32, Neighbours
from gis.compiled.jit import by_eight, kernel
from gis.interpolation import HALFWAY
from gis.sparse_rows import SparseRows

_NOTED = -2


def neighbours(mask: Mask, row: int, covered: Index | None, edge: Index, beside: Index, place: I32) -> Neighbours:
    """As `gis.band_tables.neighbours`."""
    nodes, few = np.empty(np.count_nonzero(mask), np.int64), 0 if covered is None else covered.size
    _number(mask, by_eight(mask), nodes[:0] if covered is None else covered, nodes, place)
    free = 0 if covered is None else nodes.size - few
    four, eight = np.empty((nodes.size, 4), np.int32), np.empty((free, 8), np.int32)
    ghosts = _ghosts(nodes, row, nodes.size - free, edge, beside, place)
    _places(nodes, row, nodes.size - free, edge, beside, place, four, eight)
    return Neighbours(nodes, ghosts, four, eight)


@kernel
def _number(mask: Any, words: Any, covered: Any, nodes: Any, place: Any) -> None:
    """Fill `nodes` and `place`; `words` are eight of the mask's each, most of them without a node."""
    place[:] = -1
    count = np.uint64(0)
    for p in covered:
        nodes[count] = p
        place[p] = count
        count += np.uint64(1)
    for word in range(words.size + 1):
        if word == words.size or words[word]:
            for p in range(8 * word, min(8 * word + 8, mask.size)):
                if mask[p] and place[p] < 0:
                    nodes[count] = p
                    place[p] = count
                    count += np.uint64(1)


@kernel
def _ghosts(nodes: Any, row: int, few: int, edge: Any, beside: Any, place: Any) -> Any:
    """Nodes without a place beside those of the band, in their order; `place` is given theirs."""
    found, count = np.empty(8 * nodes.size, np.int64), 0
    on_edge = np.zeros(nodes.size, np.bool_)
    for k in range(4 * edge.size):
        on_edge[place[edge[k // 4]]] = True
        q = beside[k // 4, k % 4]
        if place[q] == -1:
            place[q] = _NOTED
            found[count] = q
            count += 1
    ways = np.array([-1, 1, -row, row, -row - 1, -row + 1, row - 1, row + 1])
    for k in range(nodes.size):
        for way in range(4 if on_edge[k] else 0, 8 if k >= few else 4):
            q = nodes[k] + ways[way]
            if place[q] == -1:
                place[q] = _NOTED
                found[count] = q
                count += 1
    found = np.sort(found[:count])
    ghosts, at = np.empty(count, np.int64), 0
    for kind in range(4):
        for q in found:
            if 2 * (q // row & 1) + (q % row & 1) == kind:
                ghosts[at] = q
                place[q] = nodes.size + at
                at += 1
    return ghosts


@kernel
def _places(nodes: Any, row: int, few: int, edge: Any, beside: Any, place: Any, four: Any, eight: Any) -> None:
    for k in range(nodes.size):
        p = nodes[k]
        four[k, 0], four[k, 1] = place[p - 1], place[p + 1]
        four[k, 2], four[k, 3] = place[p - row], place[p + row]
    for k in range(edge.size):
        for way in range(4):
            four[place[edge[k]], way] = place[beside[k, way]]
    for k in range(few, nodes.size):
        p = nodes[k]
        for way in range(4):
            eight[k - few, way] = four[k, way]
        eight[k - few, 4], eight[k - few, 5] = place[p - row - 1], place[p - row + 1]
        eight[k - few, 6], eight[k - few, 7] = place[p + row - 1], place[p + row + 1]


@kernel
def _row_and_column(p: int, row: int, last: int) -> Any:
    """Of a flat node, given the row of the one before: mostly it is the same, and nothing need be divided."""
    if not 0 <= p - last * row < row:
        last = p // row
    return last, p - last * row


def covered_by(nodes: Index, row: int, columns: int) -> tuple[Index, Index]:
    """As `gis.band_tables.covered_by`."""
    found: tuple[Index, Index] = _covered_by(nodes, row, columns)
    return found


@kernel
def _covered_by(nodes: Any, row: int, columns: int) -> Any:
    coarse, under = np.empty(nodes.size, np.int64), np.empty(nodes.size, np.int64)
    count, i, j = 0, 0, 0
    for k in range(nodes.size):
        i, j = _row_and_column(nodes[k], row, i)
        if (i | j) & 1 == 0:
            coarse[count] = (i // 2 + 1) * columns + j // 2 + 1
            under[count] = k
            count += 1
    return coarse[:count].copy(), under[:count].copy()


def beside_covered(four: I32, covered: int) -> Index:
    """As `gis.band_tables.beside_covered`."""
    found: Index = _beside_covered(four, covered)
    return found


@kernel
def _beside_covered(four: Any, covered: int) -> Any:
    found, count = np.empty(four.shape[0] - covered, np.int64), 0
    for k in range(covered, four.shape[0]):
        if four[k, 0] < covered or four[k, 1] < covered or four[k, 2] < covered or four[k, 3] < covered:
            found[count] = k
            count += 1
    return found[:count].copy()


def bilinear(nodes: Index, row: int, columns: int, place: I32, length: int) -> SparseRows:
    """As `gis.band_tables.bilinear`."""
    places, weights = np.empty((nodes.size, 4), np.int32), np.empty((nodes.size, 4), np.float32)
    _bilinear(nodes, row, columns, place, places, weights)
    return SparseRows.of([weights], [places], length)


@kernel
def _bilinear(nodes: Any, row: int, columns: int, place: Any, places: Any, weights: Any) -> None:
    i, j = 0, 0
    for k in range(nodes.size):
        i, j = _row_and_column(nodes[k], row, i)
        first = (i // 2 + 1) * columns + j // 2 + 1
        down, right = i & 1, j & 1
        share = np.float32(1 / ((1 + down) * (1 + right)))
        for n in range(4):
            a, b = n // 2, n % 2
            p = place[first + a * columns * down + b * right]
            known = a <= down and b <= right and p >= 0
            places[k, n] = p if known else 0
            weights[k, n] = share if known else np.float32(0)


def collecting(carry: SparseRows, count: int) -> SparseRows:
    """As `gis.band_tables.collecting`, but for entries that are zero: each row has nine."""
    places, weights = np.zeros((count, 9), np.int32), np.zeros((count, 9), np.float32)
    _collecting(carry.at, carry.weight, places, weights)
    return SparseRows.of([weights], [places], carry.start.size - 1)


@kernel
def _collecting(at: Any, weight: Any, places: Any, weights: Any) -> None:
    known = np.zeros(places.shape[0], np.uint8)
    for k in range(at.size):
        row = at[k]
        if row < known.size and weight[k] > 0:
            n = known[row]
            places[row, n], weights[row, n] = k // 4, weight[k]
            known[row] = n + 1


def between(ghosts: Index, row: int, columns: int, place: I32, length: int) -> SparseRows:
    """As `gis.band_tables.between`."""
    start, at, weight = _between(ghosts, row, columns, place, HALFWAY)
    return SparseRows(start, at, weight, length)


@kernel
def _between(ghosts: Any, row: int, columns: int, place: Any, halfway: Any) -> Any:
    start = np.zeros(ghosts.size + 1, np.int32)
    count = 0
    for k in range(ghosts.size):
        count += (5 * (ghosts[k] // row & 1) + 1) * (5 * (ghosts[k] % row & 1) + 1)
        start[k + 1] = count
    at, weight = np.empty(count, np.int32), np.empty(count)
    n = 0
    for k in range(ghosts.size):
        i, j = ghosts[k] // row, ghosts[k] % row
        first = (i // 2 + 1) * columns + j // 2 + 1
        for a in range(-2 * (i & 1), 3 * (i & 1) + 1):
            for b in range(-2 * (j & 1), 3 * (j & 1) + 1):
                at[n] = place[first + a * columns + b]
                weight[n] = (halfway[a + 2] if i & 1 else 1.0) * (halfway[b + 2] if j & 1 else 1.0)
                n += 1
    return start, at, weight
