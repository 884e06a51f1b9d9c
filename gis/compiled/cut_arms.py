"""The arms that an outline cuts (`gis.cut_arms`), crossing by crossing and node by node."""

from __future__ import annotations

from typing import Any

import numpy as np

from gis.arrays import Mask
from gis.compiled.jit import by_eight, kernel
from gis.cut_arms import THETA_MIN, CutArms, exposed, row_places
from gis.lattice_crossings import LatticeCrossings
from gis.scratch import scratch


def cut_arms(crossings: LatticeCrossings, inside: Mask, wx: float, wy: float) -> CutArms:
    """As `gis.cut_arms.cut_arms`."""
    flat, (rows, cols) = inside.reshape(-1), inside.shape
    marked, slot = exposed(inside), scratch("place", (inside.size,), np.int32)
    own = crossings.on_rows, crossings.line, crossings.gap
    edge = _edge(*own, flat, rows, cols, marked, by_eight(marked), slot)
    arms, crossing = np.ones((edge.size, 4)), np.full((edge.size, 4), -1)
    _cut(*own, crossings.place, crossings.number, flat, rows, cols, slot, THETA_MIN, arms, crossing)
    tables = _equation(edge, flat, cols, wx, wy, crossings.x.size, arms, crossing)
    return CutArms(edge, arms, crossing, *tables)


@kernel
def _edge(
    on_rows: int, line: Any, gap: Any, flat: Any, rows: int, cols: int, marked: Any, words: Any, slot: Any
) -> Any:
    """The marked nodes and those beside crossings, sorted; `slot` is given the place of each."""
    for k in range(line.size):
        behind, stride = _behind(k, on_rows, line[k], gap[k], rows, cols)
        marked[behind - stride] |= flat[behind - stride]
        marked[behind] |= flat[behind]
    edge, count = np.empty(marked.size, np.int64), 0
    for word in range(words.size + 1):
        if word == words.size or words[word]:
            for p in range(8 * word, min(8 * word + 8, marked.size)):
                if marked[p]:
                    slot[p] = count
                    edge[count] = p
                    count += 1
    return edge[:count].copy()


@kernel
def _behind(k: int, on_rows: int, line: int, gap: int, rows: int, cols: int) -> Any:
    """(first node behind crossing k, nodes from there to the one behind it). Beyond, there is no node inside."""
    if k < on_rows:
        return line * cols + min(max(gap, 1), cols - 1), 1
    return line + min(max(gap, 1), rows - 1) * cols, cols


@kernel
def _cut(
    on_rows: int, line: Any, gap: Any, place: Any, number: Any, flat: Any, rows: int, cols: int, slot: Any,
    shortest: float, arms: Any, crossing: Any
) -> None:  # fmt: skip
    """Of arms that are cut more than once the nearest crossing counts."""
    for k in range(line.size):
        behind, stride = _behind(k, on_rows, line[k], gap[k], rows, cols)
        first = min(max(gap[k], 1), (cols if k < on_rows else rows) - 1)
        way = 0 if k < on_rows else 2
        for side in range(2):
            p = behind - stride if side else behind
            arm = max(place[k] - (first - 1) if side else first - place[k], shortest)
            if flat[p] and (crossing[slot[p], way + side] < 0 or arm <= arms[slot[p], way + side]):
                arms[slot[p], way + side] = arm
                crossing[slot[p], way + side] = number[k]


@kernel
def _equation(edge: Any, flat: Any, cols: int, wx: float, wy: float, crossings: int, arms: Any, crossing: Any) -> Any:
    neighbour, closed = np.empty((edge.size, 4), np.int64), np.empty(4 * edge.size, np.int64)
    diagonal, share, inner = np.empty(edge.size), np.empty((edge.size, 4)), np.zeros((edge.size, 4))
    count = 0
    for k in range(edge.size):
        diagonal[k] = 0.0
        for way in range(4):
            q = edge[k] + (-1, 1, -cols, cols)[way]
            if crossing[k, way] < 0 and not flat[q]:
                crossing[k, way] = crossings + count
                closed[count] = q
                count += 1
            neighbour[k, way] = edge[k] if crossing[k, way] >= 0 else q
            share[k, way] = (wx if way < 2 else wy) * 2 / (arms[k, way] * (arms[k, way] + arms[k, way ^ 1]))
            diagonal[k] += share[k, way]
        for way in range(4):
            share[k, way] /= diagonal[k]
            if crossing[k, way] < 0:
                inner[k, way] = share[k, way]
    return neighbour, closed[:count].copy(), diagonal, share, inner


def inside_of(crossings: LatticeCrossings) -> Mask:
    """As `gis.cut_arms.inside_of`."""
    inside = np.zeros((crossings.lattice.rows, crossings.lattice.cols), np.bool_)
    _between(row_places(crossings), inside)
    return inside


@kernel
def _between(places: Any, inside: Any) -> None:
    rows, cols = inside.shape
    for k in range(0, places.size - 1, 2):
        row, last = places[k] // (cols + 1), places[k + 1] // (cols + 1)
        if row == last and 0 < row < rows - 1:
            first, past = max(places[k] % (cols + 1), 1), min(places[k + 1] % (cols + 1), cols - 1)
            inside[row, first:past] = True
