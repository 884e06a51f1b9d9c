"""Rings of corners to one outline: closed, holes where a ring lies in another, parts where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from models.notices import N_, Notice

_FEW = Notice("import.bad_shape", N_("its outline cannot be read (too few points)"))


def rings_to_outline(rings: Sequence[tuple[str, Array]], *, named: bool) -> tuple[BaseGeometry | None, list[Notice]]:
    """(polygon, remarks) of rings (part, corners). None where a ring has fewer than three corners.

    `named`: the file itself says which corner belongs to which ring. Where it does not, a corner that comes back to the
    first one ends a ring and the next begins another.
    """
    split = [(part, r) for part, xy in rings for r in ([xy] if named else _split(xy))]
    split, notes = once(split, named=named)
    if not split or any(len(_open(r)) < 3 for _, r in split):
        return None, [_FEW]
    made: list[shapely.Polygon] = []
    holes = 0
    for wanted in dict.fromkeys(part for part, _ in split):
        shapes = nest([np.concatenate((_open(r), _open(r)[:1])) for part, r in split if part == wanted])
        made += shapes
        holes += sum(len(s.interiors) for s in shapes)
    if holes and not named:
        notes.append(Notice("rings.holes", N_("{count} rings inside its outline were taken as holes"), count=holes))
    return (made[0] if len(made) == 1 else shapely.MultiPolygon(made)), notes


def nest(rings: Sequence[Any]) -> list[shapely.Polygon]:
    """Closed rings as shells with their holes, by what lies in what: a ring in a shell is a hole, one in a hole a part.

    The order of the rings says nothing: many files give the hole first.
    """
    flat = [shapely.Polygon(r) for r in rings]
    order = sorted(range(len(flat)), key=lambda i: -flat[i].area)
    sound = {i: flat[i] if flat[i].is_valid else shapely.make_valid(flat[i]) for i in order}
    parents: dict[int, int] = {}
    depth: dict[int, int] = {}
    tree = shapely.STRtree([sound[i] for i in order])
    for rank, i in enumerate(order):
        around = [int(k) for k in tree.query(sound[i]) if k < rank]
        holding = [order[k] for k in around if _inside(sound[i], sound[order[k]])]
        shells_around = [k for k in holding if depth[k] % 2 == 0]
        depth[i] = len(holding) if shells_around else 0  # rings that cross themselves may lie in one another by halves
        if shells_around:
            parents[i] = min(shells_around, key=lambda k: flat[k].area)
    shells: dict[int, list[Any]] = {i: [] for i in order if depth[i] % 2 == 0}
    for i in order:
        if depth[i] % 2:
            shells[parents[i]].append(rings[i])
    return [shapely.Polygon(rings[i], shells[i]) for i in sorted(shells)]


def _inside(inner: BaseGeometry, outer: BaseGeometry) -> bool:
    return inner.area > 0 and bool(shapely.intersection(inner, outer).area >= 0.999 * inner.area)


def once(split: list[tuple[str, Array]], *, named: bool) -> tuple[list[tuple[str, Array]], list[Notice]]:
    """Rings without those that stand twice: rows copied below themselves would be taken for a hole.

    Where the file does not name its rings, what follows a closed one and has only its corners is such a copy.
    """
    kept: list[tuple[str, Array]] = []
    seen: list[tuple[str, set[tuple[float, float]]]] = []
    twice = 0
    for part, ring in split:
        corners = {(float(x), float(y)) for x, y in ring}
        if any(p == part and (corners == c or (not named and corners <= c)) for p, c in seen):
            twice += len(ring)
            continue
        kept.append((part, ring))
        seen.append((part, corners))
    text = N_("{count} corners of it stand in the file a second time and were left out")
    return kept, [Notice("rings.twice", text, count=twice)] if twice else []


def _open(ring: Array) -> Array:
    return ring[:-1] if len(ring) > 1 and (ring[0] == ring[-1]).all() else ring


def _split(xy: Array) -> list[Array]:
    """Corners cut where they come back to the first of a ring."""
    made, start = [], 0
    for i in range(1, len(xy)):
        if i - start >= 3 and (xy[i] == xy[start]).all() and (xy[start:i] != xy[start]).any():
            made.append(xy[start : i + 1])
            start = i + 1
            if start >= len(xy):
                return made
        elif i < start:
            continue
    if start < len(xy):
        made.append(xy[start:])
    return made
