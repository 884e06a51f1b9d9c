"""The faces of noded linework, as shapely.polygonize gives them, without holding Python's lock over long lines.

polygonize keeps the lock for all of its work: a seventh of a second where the boundary of a million vertices is cut, in
which the window stands still. Here the lines between two nodes are followed whole; only their ends are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

Array = NDArray[np.float64]
Node = tuple[float, float]


def faces(lines: Iterable[BaseGeometry]) -> list[Polygon]:
    """The faces that lines enclose: they meet each other at their ends only, and in the same coordinates.

    Lines that lead nowhere, or into a face from which nothing but themselves leads out, bound nothing.
    """
    kept = [xy for xy in map(shapely.get_coordinates, lines) if len(xy) > 1]
    while True:
        kept = _without_dangles(kept)
        cycles = _cycles(kept)
        of = {half: number for number, cycle in enumerate(cycles) for half in cycle}
        bridges = {half // 2 for half in of if of[half] == of[half ^ 1]}
        if not bridges:
            break
        kept = [xy for k, xy in enumerate(kept) if k not in bridges]
    shells: list[tuple[float, Polygon]] = []
    outsides: list[tuple[float, Array]] = []
    for cycle in cycles:
        rings = [np.concatenate([_along(kept, half)[:-1] for half in ring]) for ring in _simple(kept, cycle)]
        areas = [_signed_area(ring) for ring in rings]
        inner = [ring for area, ring in zip(areas, rings, strict=True) if area <= 0]
        if len(inner) < len(rings):  # a face: what else its boundary goes around are holes that touch it
            shells.append((max(areas), Polygon(rings[int(np.argmax(areas))], inner)))
        else:
            outsides += zip((-area for area in areas), rings, strict=True)
    shells.sort(key=lambda s: s[0])
    return _with_islands(shells, outsides)


def _with_islands(shells: list[tuple[float, Polygon]], outsides: list[tuple[float, Array]]) -> list[Polygon]:
    """The outside of each connected piece of linework is a hole in the smallest face that holds it.

    The two share no node, so one vertex tells; a piece's own faces have its outside on their boundary, not in them.
    """
    holes: dict[int, list[Array]] = defaultdict(list)
    for area, ring in outsides:
        for n, (size, shell) in enumerate(shells):
            if size > area and shapely.contains_xy(shell, *ring[0]):
                holes[n].append(ring)
                break
    return [
        Polygon(shell.exterior, [*shell.interiors, *holes[n]]) if n in holes else shell
        for n, (_size, shell) in enumerate(shells)
    ]


def _simple(lines: list[Array], cycle: list[int]) -> list[list[int]]:
    """A cycle that comes to a node more than once, as cycles that do not."""
    found: list[list[int]] = []
    way: list[int] = []
    at: dict[Node, int] = {}
    for half in cycle:
        node = _node(_along(lines, half)[0])
        if node in at:
            found.append(way[at[node] :])
            for gone in found[-1]:
                del at[_node(_along(lines, gone)[0])]
            del way[len(way) - len(found[-1]) :]
        at[node] = len(way)
        way.append(half)
    return [*found, way]


def _without_dangles(lines: list[Array]) -> list[Array]:
    """The lines without those that end at a node of their own, again and again."""
    while True:
        met: dict[Node, int] = defaultdict(int)
        for xy in lines:
            met[_node(xy[0])] += 1
            met[_node(xy[-1])] += 1
        kept = [xy for xy in lines if met[_node(xy[0])] > 1 and met[_node(xy[-1])] > 1]
        if len(kept) == len(lines):
            return kept
        lines = kept


def _cycles(lines: list[Array]) -> list[list[int]]:
    """The half-edges (2 k forth along line k, 2 k + 1 back) around each face, which lies to their left."""
    leaving: dict[Node, list[tuple[float, int]]] = defaultdict(list)
    for half in range(2 * len(lines)):
        a, b = _along(lines, half)[:2]
        leaving[_node(a)].append((float(np.arctan2(b[1] - a[1], b[0] - a[0])), half))
    after: dict[int, int] = {}
    for sides in leaving.values():
        sides.sort()
        for n, (_angle, half) in enumerate(sides):
            after[half ^ 1] = sides[n - 1][1]  # arriving against `half`, the next side clockwise goes on
    found, left = [], set(after)
    while left:
        start = half = min(left)
        cycle = []
        while half in left:
            left.remove(half)
            cycle.append(half)
            half = after[half]
        assert half == start  # noqa: S101 - `after` is a permutation
        found.append(cycle)
    return found


def _along(lines: list[Array], half: int) -> Array:
    xy = lines[half // 2]
    return xy[::-1] if half % 2 else xy


def _node(place: Array) -> Node:
    return float(place[0]), float(place[1])


def _signed_area(ring: Array) -> float:
    """Positive where the ring goes round against the clock (shoelace formula, from its first corner)."""
    x, y = (ring - ring[0]).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
