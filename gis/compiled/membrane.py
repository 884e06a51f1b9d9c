"""Over the outline (`gis.membrane`): each step in one walk over the nodes beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gis.arrays import Array
from gis.compiled.jit import by_eight, kernel
from gis.harmonic import Level
from gis.membrane import REACH
from gis.scratch import scratch

_ALL = np.uint64(0x0101010101010101)
"""Eight nodes inside."""


def spread(u: Array, level: Level, outline: Array, nearest: Callable[[Array, Array], Array]) -> None:
    """As `gis.membrane.spread`."""
    lattice, inside, row = level.lattice, level.inside.reshape(-1), u.shape[1]
    flat, slot = u.reshape(-1), scratch("place", (u.size,), np.int32).view(np.uint32)
    _clear_outside(flat, inside, by_eight(inside))
    missing = _around(outline, lattice.x, lattice.y, lattice.step, row, u.size, slot)
    arms = level.cut, level.arms, level.shell
    target, value, behind = _over_the_outline(flat, inside, row, level.edge, *arms, slot)
    for known in (2, 1, 0):
        _put(flat, target, value, behind, known, slot)
        for _ in range(REACH):
            missing = _continue(flat, row, missing, known == 2)
            if not missing.size:
                return
    missing = missing[np.isnan(flat[missing])]
    if missing.size:
        i, j = np.divmod(missing, row)
        flat[missing] = nearest(lattice.x + lattice.step * j, lattice.y + lattice.step * i)


@kernel
def _clear_outside(flat: Any, inside: Any, words: Any) -> None:
    """NaN where a node is not inside; `words` are eight of them each."""
    for word in range(words.size):
        if words[word] == 0:
            flat[8 * word : 8 * word + 8] = np.nan
        elif words[word] != _ALL:
            for p in range(8 * word, 8 * word + 8):
                if not inside[p]:
                    flat[p] = np.nan
    for p in range(8 * words.size, flat.size):
        if not inside[p]:
            flat[p] = np.nan


@kernel
def _around(at: Any, x: float, y: float, step: float, row: int, size: int, slot: Any) -> Any:
    """The nodes within two steps of the places `at`, sorted, each once.

    `slot` holds anything: a node was seen if it is found where its slot says (Briggs & Torczon 1993, ACM Letters on
    Programming Languages and Systems 2).
    """
    squares, few = np.empty(at.shape[0], np.int64), 0
    for k in range(at.shape[0]):
        p = np.int64(np.floor((at[k, 1] - y) / step)) * row + np.int64(np.floor((at[k, 0] - x) / step))
        if 0 <= p < size and not (slot[p] < few and squares[slot[p]] == p):
            slot[p] = few
            squares[few] = p
            few += 1
    nodes, count = np.empty(16 * few, np.int64), 0
    for k in range(few):
        for i in range(-1, 3):
            for j in range(-1, 3):
                p = squares[k] + i * row + j
                if 0 <= p < size and not (slot[p] < count and nodes[slot[p]] == p):
                    slot[p] = count
                    nodes[count] = p
                    count += 1
    return np.sort(nodes[:count])


@kernel
def _over_the_outline(u: Any, inside: Any, row: int, edge: Any, cut: Any, arms: Any, shell: Any, slot: Any) -> Any:
    """(node beyond the outline, height there, number of nodes behind the arm that it rests on) for every cut arm."""
    for k in range(edge.size):
        slot[edge[k]] = k
    count = np.sum(cut)
    target, value, behind = np.empty(count, np.int64), np.empty(count), np.empty(count, np.int64)
    n = 0
    for way in range(4):
        back = (1, -1, row, -row)[way]
        opposite = way ^ 1
        for k in range(edge.size):
            if not cut[k, way]:
                continue
            p, arm, known, slope, bend = edge[k], arms[k, way], 0, 0.0, 0.0
            if inside[p + back] and not cut[k, opposite]:
                known, slope = 1, u[p] - u[p + back]
                other = slot[p + back]  # the second node behind counts only if the arm between the two is whole
                broken = other < edge.size and edge[other] == p + back and cut[other, opposite]
                if not broken and inside[min(max(p + 2 * back, 0), u.size - 1)]:
                    known, bend = 2, u[p] - 2 * u[p + back] + u[p + 2 * back]
            target[n], behind[n] = p - back, known
            value[n] = shell[k, way] + (1 - arm) * (slope + ((1 + arm) / 2 + 0.5) * bend)
            n += 1
    return target, value, behind


@kernel
def _put(flat: Any, target: Any, value: Any, behind: Any, known: int, slot: Any) -> None:
    """Means of the values that rest on `known` nodes, at each target node that is still empty, in place."""
    nodes, total, counts = np.empty(target.size, np.int64), np.zeros(target.size), np.zeros(target.size)
    count = 0
    for k in range(target.size):
        p = target[k]
        if behind[k] != known:
            continue
        if not (slot[p] < count and nodes[slot[p]] == p):
            slot[p] = count
            nodes[count] = p
            count += 1
        total[slot[p]] += value[k]
        counts[slot[p]] += 1
    for k in range(count):
        if np.isnan(flat[nodes[k]]):
            flat[nodes[k]] = total[k] / counts[k]


@kernel
def _continue(flat: Any, row: int, nodes: Any, quadratic: bool) -> Any:
    """Fill empty nodes from three known ones in line (or two), in place: exact for quadratics (planes).

    Returns the nodes that were empty.
    """
    left, mean, count = np.empty(nodes.size, np.int64), np.empty(nodes.size), 0
    for p in nodes:
        if not np.isnan(flat[p]):
            continue
        total, known = 0.0, 0
        for step in (1, -1, row, -row):
            a, b = flat[p + step], flat[p + 2 * step]
            value = 3 * a - 3 * b + flat[p + 3 * step] if quadratic else 2 * a - b
            if not np.isnan(value):
                total += value
                known += 1
        left[count] = p
        mean[count] = total / known if known else np.nan
        count += 1
    for k in range(count):
        flat[left[k]] = mean[k]
    return left[:count]
