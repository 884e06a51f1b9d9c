"""Snapping: the best target within a few pixels of the pointer, on the 1 mm grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.gui.canvas.features import FeatureSet
from app.gui.canvas.view import View
from app.gui.snap_settings import DEFAULT_KINDS
from gis.editing.sound import on_grid

TOLERANCE_PX = 10.0
_MOST_CROSSING = 24
_SAME_M = 1.5e-3

Point = tuple[float, float]
F64 = NDArray[np.float64]
ORDER = ("own", "vertex", "intersection", "middle", "perpendicular", "right_angle", "edge", "grid")
"""Which target is taken where several are near: what is a place of its own before what lies along a line."""


@dataclass(frozen=True)
class Snap:
    """A place to snap to, on the 1 mm grid, and what it is: one of ORDER."""

    x: float
    y: float
    kind: str


def snap(
    view: View,
    px: float,
    py: float,
    sets: Iterable[FeatureSet],
    own: Sequence[Point] = (),
    tolerance_px: float = TOLERANCE_PX,
    *,
    kinds: frozenset[str] = DEFAULT_KINDS,
    path: Sequence[Point] = (),
    hidden: Sequence[Point] = (),
    grid_m: float = 1.0,
) -> Snap | None:
    """The best target within `tolerance_px` of the pointer, None if there is none.

    `own` are places of the sketch itself; `path` is what was drawn, for right angles on its last side; edges with an
    end at one of `hidden` (a vertex that is being dragged) do not count. `kinds` are keys of snap_settings.KINDS.
    """
    if not kinds and not own:
        return None
    x, y = view.to_world(px, py)
    reach = tolerance_px * view.scale
    a, b = _edges(sets, x, y, reach, hidden)
    for kind in ORDER:
        found = _targets(kind, kinds, a, b, own, path, (x, y), reach, grid_m)
        if len(found):
            d = np.hypot(found[:, 0] - x, found[:, 1] - y)
            i = int(np.argmin(d))
            if d[i] <= reach:
                return Snap(*on_grid(found[i, 0], found[i, 1]), kind)
    return None


def _targets(
    kind: str, kinds: frozenset[str], a: F64, b: F64, own: Sequence[Point], path: Sequence[Point], at: Point,
    reach: float, grid_m: float,
) -> F64:  # fmt: skip
    if kind == "own":
        return np.asarray(own, np.float64).reshape(-1, 2)
    if ("perpendicular" if kind == "right_angle" else kind) not in kinds:
        return np.empty((0, 2))
    if kind == "vertex":
        return np.concatenate([a, b])
    if kind == "middle":
        return (a + b) / 2
    if kind == "edge":
        return _feet(a, b, at)
    if kind == "grid":
        return np.array([[round(at[0] / grid_m) * grid_m, round(at[1] / grid_m) * grid_m]])
    if kind == "intersection":
        near = np.hypot(*(_feet(a, b, at) - np.asarray(at)).T) <= 2 * reach if len(a) else np.empty(0, bool)
        return _crossings(a[near][:_MOST_CROSSING], b[near][:_MOST_CROSSING])
    if not path:
        return np.empty((0, 2))
    return _feet(a, b, path[-1], ends=False) if kind == "perpendicular" else _right_angle(path, at)


def _edges(sets: Iterable[FeatureSet], x: float, y: float, reach: float, hidden: Sequence[Point]) -> tuple[F64, F64]:
    box = (x - reach, y - reach, x + reach, y + reach)
    found = [fs.segments.near(box) for fs in sets]
    a = np.concatenate([f.a for f in found]) if found else np.empty((0, 2))
    b = np.concatenate([f.b for f in found]) if found else np.empty((0, 2))
    for place in hidden:
        keep = (np.abs(a - np.asarray(place)).max(axis=1, initial=0) > _SAME_M) & (
            np.abs(b - np.asarray(place)).max(axis=1, initial=0) > _SAME_M
        )
        a, b = a[keep], b[keep]
    return a, b


def _feet(a: F64, b: F64, at: Point, *, ends: bool = True) -> F64:
    """The nearest point of each edge to a place; without `ends` only true feet of perpendiculars."""
    d = b - a
    squared = np.einsum("ij,ij->i", d, d)
    t = ((at[0] - a[:, 0]) * d[:, 0] + (at[1] - a[:, 1]) * d[:, 1]) / np.where(squared > 0, squared, 1.0)
    if not ends:
        true = (t > 0) & (t < 1) & (squared > 0)
        return a[true] + d[true] * t[true][:, None]
    return a + d * np.clip(t, 0, 1)[:, None]


def _crossings(a: F64, b: F64) -> F64:
    """Where edges cross inside both."""
    i, j = np.triu_indices(len(a), 1)
    if not len(i):
        return np.empty((0, 2))
    p, r, q, s = a[i], (b - a)[i], a[j], (b - a)[j]
    turn = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    gap = q - p
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (gap[:, 0] * s[:, 1] - gap[:, 1] * s[:, 0]) / turn
        u = (gap[:, 0] * r[:, 1] - gap[:, 1] * r[:, 0]) / turn
        hit = (np.abs(turn) > 1e-9) & (t > 0) & (t < 1) & (u > 0) & (u < 1)
    return p[hit] + r[hit] * t[hit][:, None]


def _right_angle(path: Sequence[Point], at: Point) -> F64:
    """The feet of the pointer on the line that goes on from the last side drawn, and on the one square to it."""
    if len(path) < 2:
        return np.empty((0, 2))
    (x0, y0), (x1, y1) = path[-2:]
    length = math.hypot(x1 - x0, y1 - y0)
    if length <= _SAME_M:
        return np.empty((0, 2))
    d = np.array([(x1 - x0) / length, (y1 - y0) / length])
    off = np.asarray(at) - (x1, y1)
    turned = np.array([-d[1], d[0]])
    return np.array([(x1, y1) + d * (off @ d), (x1, y1) + turned * (off @ turned)])
