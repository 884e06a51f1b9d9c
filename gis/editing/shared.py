"""Shared edges: a boundary that two features have in common stays common when it is edited.

Rules of `move_together`: a vertex that another outline has at the same place moves with it. Where two outlines run
along each other and only one has a vertex, the other gets it first; so the boundary between them is one line after the
edit as before. Outlines that only touch in a point of an edge are left alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.editing.sound import NEAR_M, Array, Point, on_grid, place_of, refusal, rounded, sound
from gis.editing.vertices import Rings, outline_of, rings_of
from models.errors import Refused
from models.notices import N_

_NOISE_M2 = 1e-6  # what an intersection of coordinates in the millions may be off
Key = TypeVar("Key", bound=Hashable)
Own = TypeVar("Own", bound=Hashable)


def with_points(geometry: BaseGeometry, points: Array | Sequence[Point]) -> MultiPolygon | None:
    """The outline with a vertex at each of `points` that lies on one of its edges; None if it needs none."""
    places = rounded(points)
    if not len(places):
        return None
    places = places[shapely.dwithin(shapely.points(places), geometry.boundary, NEAR_M)]
    rings = rings_of(geometry)
    return outline_of(rings) if len(places) and _node(rings, places) else None


def move_together(
    target: BaseGeometry, moved: Mapping[Point, Point], others: Mapping[Key, BaseGeometry]
) -> tuple[MultiPolygon, dict[Key, MultiPolygon]]:
    """The target with its vertices `moved` from → to, and those of `others` that follow it.

    Raises Refused where one of them would cross itself; `where` is then the key of that one.
    """
    made, changed = move_many({"": target}, moved, others)
    return made[""], changed


def move_many(
    targets: Mapping[Own, BaseGeometry], moved: Mapping[Point, Point], others: Mapping[Key, BaseGeometry]
) -> tuple[dict[Own, MultiPolygon], dict[Key, MultiPolygon]]:
    """As `move_together` for several outlines at once, each moved where it has a vertex at one of the places."""
    own = {key: rings_of(shape) for key, shape in targets.items()}
    places = {on_grid(*a): on_grid(*b) for a, b in moved.items()}
    near = {key: rings_of(shape) for key, shape in others.items()}
    for rings in own.values():
        edges = _edges_at(rings, places)
        for held in (*near.values(), *(r for r in own.values() if r is not rings)):
            # What the neighbour has on an edge that will turn comes into the target first.
            _node(rings, _on_edges(_points(held), edges))
    edges = np.concatenate([_edges_at(rings, places) for rings in own.values()])
    for rings in own.values() if len(own) > 1 else ():
        _node(rings, _along(places, edges, rings))
    changed: dict[Key, MultiPolygon] = {}
    for key, held in near.items():
        _node(held, _along(places, edges, held))
        if _replace(held, places):
            try:
                changed[key] = sound(outline_of(held))
            except Refused as error:
                raise Refused(
                    "edit.neighbour_invalid",
                    N_("{why}, in {feature}, which shares this boundary"),
                    advice=N_("put the point elsewhere, or switch shared boundaries off"),
                    why=error.what, feature=str(key), **_place(error),
                ) from error  # fmt: skip
    made: dict[Own, MultiPolygon] = {}
    for mine, rings in own.items():
        if _replace(rings, places) or len(own) == 1:
            made[mine] = sound(outline_of(rings))
    for mine, new in made.items():
        for key, shape in changed.items():
            _not_over(new, shape, targets[mine], others[key], key)
        for other in list(made)[list(made).index(mine) + 1 :]:
            _not_over(new, made[other], targets[mine], targets[other], other)
    return made, changed


def _not_over(a: BaseGeometry, b: BaseGeometry, a_before: BaseGeometry, b_before: BaseGeometry, key: object) -> None:
    """Raise Refused if the two overlap now and did not before: each may be sound by itself, folded over the other."""
    common = shapely.intersection(a, b)
    if common.area > _NOISE_M2 and common.area > shapely.intersection(a_before, b_before).area + _NOISE_M2:
        x, y = common.representative_point().coords[0]
        text = N_("the outline would overlap {feature} at {x:.3f}, {y:.3f}")
        raise refusal("edit.overlap", text, (x, y), N_("put the point elsewhere"), feature=str(key))


def _place(error: Refused) -> dict[str, Any]:
    at = place_of(error)
    return {} if at is None else {"x": at[0], "y": at[1]}


def _points(rings: Rings) -> Array:
    return np.concatenate([ring for part in rings for ring in part])


def _replace(rings: Rings, places: Mapping[Point, Point]) -> bool:
    """Put vertices that stand at a key of `places` at its value."""
    found = False
    for a, b in places.items():
        for part in rings:
            for ring in part:
                hit = (np.abs(ring - np.asarray(a)) <= NEAR_M).all(axis=1)
                found |= bool(hit.any())
                ring[hit] = b
    return found


def _edges_at(rings: Rings, places: Mapping[Point, Point]) -> Array:
    """(n, 2, 2): the edges that meet a vertex that moves."""
    found: list[Array] = []
    for part in rings:
        for ring in part:
            moves = np.zeros(len(ring), bool)
            for a in places:
                moves |= (np.abs(ring - np.asarray(a)) <= NEAR_M).all(axis=1)
            ends = np.roll(ring, -1, axis=0)
            keep = moves | np.roll(moves, -1)
            found.append(np.stack([ring[keep], ends[keep]], axis=1))
    return np.concatenate(found) if found else np.empty((0, 2, 2))


def _on_edges(points: Array, edges: Array) -> Array:
    """Those of `points` that lie inside one of the edges."""
    kept = np.zeros(len(points), bool)
    for a, b in edges:
        kept |= _inside(points, a, b)
    return points[kept]


def _along(places: Mapping[Point, Point], edges: Array, rings: Rings) -> Array:
    """The moving places where this outline runs along one of the edges: it has a stretch in common, not a point."""
    found: list[Point] = []
    for part in rings:
        for ring in part:
            ends = np.roll(ring, -1, axis=0)
            for place in places:
                for i in np.nonzero(_holds(ring, ends, np.asarray(place)))[0]:
                    others = [
                        e[1] if _same(e[0], place) else e[0] for e in edges if _same(e[0], place) or _same(e[1], place)
                    ]
                    if any(_on_segment(o, ring[i], ends[i]) for o in others):
                        found.append(place)
    return rounded(found)


def _same(a: Array, b: Point) -> bool:
    return bool((np.abs(a - np.asarray(b)) <= NEAR_M).all())


def _on_segment(point: Array, a: Array, b: Array) -> bool:
    return bool(np.hypot(*(point - a)) <= NEAR_M or np.hypot(*(point - b)) <= NEAR_M or _inside(point[None], a, b)[0])


def _inside(points: Array, a: Array, b: Array) -> NDArray[np.bool_]:
    """Which points lie on the segment, its ends apart."""
    d = b - a
    length = float(np.hypot(*d))
    if length <= NEAR_M:
        return np.zeros(len(points), bool)
    along = (points - a) @ d / length
    beside: Array = np.abs((points[:, 0] - a[0]) * d[1] - (points[:, 1] - a[1]) * d[0]) / length
    return np.asarray((beside <= NEAR_M) & (along > NEAR_M) & (along < length - NEAR_M))


def _holds(starts: Array, ends: Array, point: Array) -> NDArray[np.bool_]:
    """On which of the edges the point lies, their ends apart."""
    d = ends - starts
    length = np.hypot(d[:, 0], d[:, 1])
    safe = np.where(length > 0, length, 1.0)
    along = ((point - starts) * d).sum(axis=1) / safe
    beside = np.abs((point[0] - starts[:, 0]) * d[:, 1] - (point[1] - starts[:, 1]) * d[:, 0]) / safe
    return np.asarray((beside <= NEAR_M) & (along > NEAR_M) & (along < length - NEAR_M))


def _node(rings: Rings, points: Array) -> bool:
    """Insert `points` into the edges that they lie on, in place. True if any was."""
    changed = False
    for part in rings:
        for r, ring in enumerate(part):
            at: list[int] = []
            new: list[Array] = []
            for point in points:
                for i in np.nonzero(_holds(ring, np.roll(ring, -1, axis=0), point))[0]:
                    at.append(int(i))
                    new.append(point)
            if at:
                along = [float(np.hypot(*(p - ring[i]))) for i, p in zip(at, new, strict=True)]
                order = sorted(range(len(at)), key=lambda k: (at[k], along[k]))
                part[r] = np.insert(ring, [at[k] + 1 for k in order], [new[k] for k in order], axis=0)
                changed = True
    return changed
