"""Hatches with distances in mm on paper: real lines and dots, the same in every reader and in black and white."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.style import DOT_MM, DOT_SPACING_MM, HATCHES, TICK_MM, TICK_SPACING_MM

Ring = NDArray[np.float64]

# Hatch → (angles in degrees, distance in mm, line width in mm)
LINES: dict[str, tuple[tuple[float, ...], float, float]] = {
    **{key: (h.angles, h.distance_mm, h.width_mm) for key, h in HATCHES.items()},
    "conflict": ((-45.0,), 1.2, 0.2),
}


def hatch_lines(area: BaseGeometry, angle: float, distance: float) -> list[Ring]:
    """Parallel lines over `area` (page mm). They lie on one raster of the page, so neighbouring areas match."""
    if area.is_empty:
        return []
    x0, y0, x1, y1 = area.bounds
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    # Offsets along the normal of all lines that can meet the bounding box.
    corners = [-s * x + c * y for x in (x0, x1) for y in (y0, y1)]
    reach = math.hypot(x1 - x0, y1 - y0)
    middle = c * (x0 + x1) / 2 + s * (y0 + y1) / 2
    lines = []
    for k in range(math.ceil(min(corners) / distance), math.floor(max(corners) / distance) + 1):
        o = k * distance
        ends = [(c * t - s * o, s * t + c * o) for t in (middle - reach, middle + reach)]
        lines.append(shapely.LineString(ends))
    cut: list[BaseGeometry] = list(shapely.intersection(np.array(lines, dtype=object), area)) if lines else []
    return [
        np.asarray(p.coords)
        for g in cut
        for p in shapely.get_parts(g)
        if p.geom_type == "LineString" and p.length > 0.05
    ]


def hatch_dots(area: BaseGeometry) -> Ring:
    """Points of a staggered raster inside `area` (page mm)."""
    if area.is_empty:
        return np.empty((0, 2))
    x0, y0, x1, y1 = area.bounds
    d = DOT_SPACING_MM
    rows = np.arange(math.floor(y0 / d * 2), math.ceil(y1 / d * 2) + 1)
    columns = np.arange(math.floor(x0 / d), math.ceil(x1 / d) + 1)
    xs, ys = np.meshgrid(columns * d, rows * d / 2)
    xs = xs + np.where(rows % 2, d / 2, 0)[:, None]
    inside = shapely.contains_xy(area.buffer(-DOT_MM), xs.ravel(), ys.ravel())
    return np.column_stack([xs.ravel()[inside], ys.ravel()[inside]])


def ticks(outline: BaseGeometry, every: float = TICK_SPACING_MM, length: float = TICK_MM) -> list[Ring]:
    """Short marks from each ring to its inner side (downhill in a pit), page mm."""
    marks = []
    for part in shapely.get_parts(outline):
        if part.geom_type != "Polygon":
            continue
        whole = shapely.orient_polygons(part)
        for ring in (whole.exterior, *whole.interiors):
            count = int(ring.length // every)
            at = (np.arange(count) + 0.5) * (ring.length / max(count, 1))
            here = shapely.get_coordinates(shapely.line_interpolate_point(ring, at))
            ahead = shapely.get_coordinates(shapely.line_interpolate_point(ring, np.minimum(at + 0.3, ring.length)))
            run = ahead - here
            norm = np.hypot(run[:, 0], run[:, 1])
            # Polygons are turned so that their ground is on the left of every ring.
            inward = np.column_stack([-run[:, 1], run[:, 0]]) / np.maximum(norm, 1e-9)[:, None]
            marks += [np.array([a, a + length * n]) for a, n in zip(here, inward, strict=True)]
    return marks
