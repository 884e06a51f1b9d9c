"""What in one call would hold Python's lock for long, done in short calls: the window's thread waits for that lock.

shapely keeps the lock while it makes geometries or takes them apart (a fifth of a second for 50,000 outlines), numpy
while it sorts rows of a table. Between two calls the lock goes to whoever waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

_MANY = 256
"""Geometries in a call: some milliseconds with a few hundred vertices each."""

Shapes = NDArray[np.object_]


def slices(count: int) -> Iterator[slice]:
    """Stretches of `count` geometries, each enough for one call."""
    return (slice(at, at + _MANY) for at in range(0, count, _MANY))


def from_wkb(bodies: Any, **how: Any) -> Shapes:
    """As shapely.from_wkb for a sequence of bodies, None among them."""
    given = np.asarray(bodies, dtype=object)
    made = np.empty(len(given), dtype=object)
    for some in slices(len(given)):
        made[some] = shapely.from_wkb(given[some], **how)
    return made


def to_wkb(shapes: Shapes, **how: Any) -> list[bytes]:
    """As shapely.to_wkb for an array."""
    return [body for some in slices(len(shapes)) for body in shapely.to_wkb(shapes[some], **how)]


def get_parts(shapes: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """(parts, position of the geometry that each is of)."""
    return _taken_apart(shapely.get_parts, shapes)


def get_rings(shapes: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """(rings, position of the polygon that each is of)."""
    return _taken_apart(shapely.get_rings, shapes)


def get_coordinates(shapes: Shapes) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """((n, 2) coordinates, position of the geometry that each is of)."""
    xy, owner = _taken_apart(shapely.get_coordinates, shapes)
    return xy.reshape(-1, 2), owner


def _taken_apart(call: Any, shapes: Shapes) -> tuple[Any, NDArray[np.int64]]:
    found = [call(shapes[some], return_index=True) for some in slices(len(shapes))]
    if not found:
        pieces, owner = call(shapes, return_index=True)
        return pieces, owner.astype(np.int64)
    pieces = np.concatenate([own for own, _ in found])
    return pieces, np.concatenate([owner + k * _MANY for k, (_, owner) in enumerate(found)]).astype(np.int64)


def unique_rows(rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
    """(the different rows of an (n, 2) table in order, where each stands first, the number of each row among them)."""
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    held = rows[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (held[1:] != held[:-1]).any(axis=1)
    number = np.empty(len(rows), dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    return held[new], order[new].astype(np.int64), number
