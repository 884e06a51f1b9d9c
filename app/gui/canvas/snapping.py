"""Snapping: the vertex, else the edge, nearest to the pointer within a few pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.gui.canvas.features import FeatureSet
from app.gui.canvas.view import View

TOLERANCE_PX = 10.0
GRID_M = 0.001
_MOST_FEATURES = 200

Point = tuple[float, float]


@dataclass(frozen=True)
class Snap:
    """A place to snap to, on the 1 mm grid, and what it is."""

    x: float
    y: float
    kind: Literal["vertex", "edge", "own"]


def on_grid(x: float, y: float) -> Point:
    """A place to the millimetre: what coordinates are kept at."""
    return round(float(x), 3), round(float(y), 3)


def snap(
    view: View,
    px: float,
    py: float,
    sets: Iterable[FeatureSet],
    own: Sequence[Point] = (),
    tolerance_px: float = TOLERANCE_PX,
) -> Snap | None:
    """The nearest target within `tolerance_px` of the pointer: vertices (and `own` ones) before edges; None if none."""
    x, y = view.to_world(px, py)
    tolerance = tolerance_px * view.scale
    best: tuple[float, Snap] | None = None
    if own:
        best = _nearer(best, np.asarray(own, np.float64), x, y, tolerance, "own")
    rings = list(_rings_near(sets, x, y, tolerance))
    for ring in rings:
        best = _nearer(best, ring, x, y, tolerance, "vertex")
    if best is None:
        for ring in rings:
            best = _nearer(best, _feet(ring, x, y), x, y, tolerance, "edge")
    return best[1] if best else None


def _rings_near(sets: Iterable[FeatureSet], x: float, y: float, tolerance: float) -> Iterable[NDArray[np.float64]]:
    for fs in sets:
        b = fs.bounds
        near = (b[:, 0] <= x + tolerance) & (b[:, 2] >= x - tolerance)
        near &= (b[:, 1] <= y + tolerance) & (b[:, 3] >= y - tolerance)
        for i in np.nonzero(near)[0][:_MOST_FEATURES].tolist():
            yield from (ring for ring, _ in fs.rings_of(i))


def _nearer(
    best: tuple[float, Snap] | None,
    points: NDArray[np.float64],
    x: float,
    y: float,
    tolerance: float,
    kind: Literal["vertex", "edge", "own"],
) -> tuple[float, Snap] | None:
    if not len(points):
        return best
    d = np.hypot(points[:, 0] - x, points[:, 1] - y)
    i = int(np.argmin(d))
    if d[i] <= tolerance and (best is None or d[i] < best[0]):
        return float(d[i]), Snap(*on_grid(points[i, 0], points[i, 1]), kind)
    return best


def _feet(ring: NDArray[np.float64], x: float, y: float) -> NDArray[np.float64]:
    """The nearest point of each edge to (x, y)."""
    if len(ring) < 2:
        return np.empty((0, 2))
    a, d = ring[:-1], np.diff(ring, axis=0)
    squared = np.einsum("ij,ij->i", d, d)
    t = ((x - a[:, 0]) * d[:, 0] + (y - a[:, 1]) * d[:, 1]) / np.where(squared > 0, squared, 1.0)
    return a + d * np.clip(t, 0, 1)[:, None]
