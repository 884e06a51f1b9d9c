"""Shapes on paper in millimetres: boxes, the room that a text takes, outlines of polygons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from app.package.fonts import MM_PER_PT, width_mm

_BELOW, _ABOVE = 0.20, 0.80
"""What a line of text takes below and above its baseline, in ems, when it is checked against others and its room."""
_MIDDLE = 0.365
"""Half the height of digits and of Chinese characters above the baseline, ems."""


@dataclass(frozen=True)
class Rect:
    """A box on the page, mm."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Width in mm."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in mm."""
        return self.y1 - self.y0

    def inset(self, by: float) -> Rect:
        """The box `by` mm smaller on every side."""
        return Rect(self.x0 + by, self.y0 + by, self.x1 - by, self.y1 - by)

    def polygon(self) -> Polygon:
        """As a geometry."""
        return box(self.x0, self.y0, self.x1, self.y1)


def text_corners(
    x: float, y: float, text: str, size_pt: float, bold: bool, ha: str, rotation: float
) -> tuple[tuple[tuple[float, float], ...], float, float]:
    """Corners of a line's box, its middle at height `y` and its left, centre or right at `x`; its baseline's start."""
    em = size_pt * MM_PER_PT
    width = width_mm(text, size_pt, bold)
    left = {"left": 0.0, "center": -width / 2, "right": -width}[ha]
    low, high, base = -(_MIDDLE + _BELOW) * em, (_ABOVE - _MIDDLE) * em, -_MIDDLE * em
    x0, x1 = left, left + width
    if rotation == 0.0:
        corners = ((x + x0, y + low), (x + x1, y + low), (x + x1, y + high), (x + x0, y + high))
        return corners, x + left, y + base
    c, s = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))

    def turn(u: float, v: float) -> tuple[float, float]:
        return x + c * u - s * v, y + s * u + c * v

    start = turn(left, base)
    return (turn(x0, low), turn(x1, low), turn(x1, high), turn(x0, high)), start[0], start[1]


def text_shape(
    x: float, y: float, text: str, size_pt: float, bold: bool, ha: str, rotation: float
) -> tuple[Polygon, float, float]:
    """As `text_corners`, the box as a geometry."""
    corners, left, base = text_corners(x, y, text, size_pt, bold, ha, rotation)
    return Polygon(corners), left, base


def line_path(parts: Sequence[NDArray[np.floating]]) -> Any:
    """Matplotlib Path of lines, each an (n, 2) array; None if there are none."""
    from matplotlib.path import Path

    parts = [p for p in parts if len(p)]
    if not parts:
        return None
    counts = np.array([len(p) for p in parts])
    codes = np.full(counts.sum(), Path.LINETO, np.uint8)
    codes[np.cumsum(counts) - counts] = Path.MOVETO
    return Path(np.concatenate(parts), codes)


def polygon_path(geometry: BaseGeometry) -> Any:
    """Matplotlib Path of all polygons in a geometry with their holes; None if there are none."""
    from matplotlib.path import Path

    vertices, codes = [], []
    for part in shapely.get_parts(geometry):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        # Opposite turning of holes: the PDF fills by the non-zero winding rule.
        whole = shapely.orient_polygons(part)
        for ring in (whole.exterior, *whole.interiors):
            xy = np.asarray(ring.coords)[:, :2]
            vertices.append(xy)
            codes.append([Path.MOVETO, *[Path.LINETO] * (len(xy) - 2), Path.CLOSEPOLY])
    return Path(np.concatenate(vertices), np.concatenate(codes)) if vertices else None
