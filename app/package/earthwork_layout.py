"""Squares and scale of the grid-method drawing: as fine as the method needs, with as many texts as the paper carries.

Wide squares bear all their texts. Where squares must be narrower to be true to the ground, what finds no room on them
stands in tables on further pages, step by step: elevations first, then working heights, volumes last.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.package.kind import SheetKind
from app.package.layout import Layout
from app.package.scale import Bounds, MapWindow
from app.package.shapes import Rect
from models.earthwork import CUSTOMARY_SIDES_M
from models.errors import Refused
from models.notices import N_

SQUARE_MM = 24.0
"""A square on paper that bears all its texts: the elevations of two neighbouring corners stand side by side in it."""
LEFT_MM, RIGHT_MM, BELOW_MM = 21.0, 26.0, 19.0
"""Around squares with their sums: working heights and row heads on the left, totals on the right, columns' below."""
BAND_MM = (6.0, 16.0)
"""From the squares down to the box of the column totals, and to its end."""
_ARROW_MM = (39.0, 33.0)
"""What the north arrow takes of a corner of the map, at most."""


@dataclass(frozen=True)
class Detail:
    """Which texts stand on the squares, how wide these are for it at least, and the room around them (mm)."""

    key: str
    least_mm: float
    left: float
    right: float
    top: float
    below: float
    elevations: bool = False
    """Design and ground at the corners."""
    working: bool = False
    """Working heights at the corners."""
    volumes: bool = True
    """In the squares, and their sums below the columns."""


FULL = Detail("full", SQUARE_MM, LEFT_MM, RIGHT_MM, 6.0, BELOW_MM, elevations=True, working=True)
HEIGHTS = Detail("heights", 16.0, LEFT_MM, RIGHT_MM, 9.0, BELOW_MM, working=True)
VOLUMES = Detail("volumes", 12.2, LEFT_MM, RIGHT_MM, 7.0, BELOW_MM)
NUMBERS = Detail("numbers", 8.0, 8.0, 5.0, 7.0, 5.0, volumes=False)
DETAILS = {d.key: d for d in (FULL, HEIGHTS, VOLUMES, NUMBERS)}


@dataclass(frozen=True)
class GridSheet:
    """The side of the squares (m), the map's window, what stands on the squares."""

    side_m: float
    window: MapWindow
    detail: Detail = FULL


def grid_sheets(
    outline: BaseGeometry, layout: Layout, kind: SheetKind, code: str, *, side: float | None = None,
    scale: int | None = None,
) -> list[GridSheet]:  # fmt: skip
    """What can be drawn, for the side or scale asked: the finest squares that bear all texts, then finer ones.

    Each side has as many texts and as large a scale as the paper carries. Raises Refused where nothing can be drawn,
    with the finest squares that can.
    """
    scales = (scale,) if scale else kind.scales or layout.scales
    sides = (side,) if side else tuple(map(float, reversed(CUSTOMARY_SIDES_M)))
    found = _from_all_texts(_each(outline, layout, scales, sides))
    if found:
        return found
    possible = list(
        _each(outline, layout, kind.scales or layout.scales, tuple(map(float, reversed(CUSTOMARY_SIDES_M))))
    )
    if not possible:
        raise Refused(
            "earthwork.sheet",
            N_("the site does not fit on the sheet at any scale"),
            where=code,
            advice=N_("choose a larger paper"),
        )
    raise Refused(
        "earthwork.sheet_side",
        N_("with this side or scale the texts of the squares would run into each other, or the sheet is too small"),
        where=code,
        advice=N_("squares of {side:g} m at 1:{scale} fit; or choose a larger paper, or a table (.xlsx)"),
        side=possible[-1].side_m,
        scale=possible[-1].window.scale,
    )


def _from_all_texts(found: Iterator[GridSheet]) -> list[GridSheet]:
    """From the finest squares with all texts on, or from those with the most."""
    every = list(found)
    for detail in DETAILS.values():
        fitting = [n for n, s in enumerate(every) if s.detail is detail]
        if fitting:
            return every[fitting[-1] :]
    return []


def _each(outline: BaseGeometry, layout: Layout, scales: Sequence[int], sides: Sequence[float]) -> Iterator[GridSheet]:
    """The best sheet of each side that has one."""
    for side in sides:
        found = next(
            (GridSheet(side, window, detail) for detail in DETAILS.values() for scale in sorted(scales)
             if (window := _window(outline, side, layout.map, scale, detail)) is not None),
            None,
        )  # fmt: skip
        if found is not None:
            yield found


def squares_bounds(bounds: Bounds, side: float) -> Bounds:
    """The bounds of the squares over a site, m: on multiples of the side."""
    x0, y0, x1, y1 = bounds
    return (
        math.floor(x0 / side) * side,
        math.floor(y0 / side) * side,
        (math.floor(x1 / side) + 1) * side,
        (math.floor(y1 / side) + 1) * side,
    )


def _window(outline: BaseGeometry, side: float, rect: Rect, scale: int, detail: Detail) -> MapWindow | None:
    """The squares in the middle of the map, or moved so that a corner is left for the north arrow; None: no room."""
    if side * 1000 / scale < detail.least_mm - 1e-9:
        return None
    bounds = squares_bounds(outline.bounds, side)
    wide, high = ((bounds[k + 2] - bounds[k]) * 1000 / scale for k in (0, 1))
    spare_x = rect.width - detail.left - detail.right - wide
    spare_y = rect.height - detail.top - detail.below - high
    if spare_x < 0 or spare_y < 0:
        return None
    m, squares = scale / 1000, _touched(outline, bounds, side)
    for u, v in ((0.5, 0.5), (0.0, 0.5), (0.5, 0.0), (0.0, 0.0), (1.0, 0.5), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        x0, y0 = bounds[0] - (detail.left + u * spare_x) * m, bounds[1] - (detail.below + v * spare_y) * m
        window = MapWindow(x0, y0, scale, rect)
        taken = drawn_over(squares, window, detail)
        if any(not taken.intersects(c.polygon()) for c in _corners(rect)):
            return window
    return None


def _touched(outline: BaseGeometry, bounds: Bounds, side: float) -> BaseGeometry:
    """The squares that the outline touches, m."""
    x, y = (np.arange(round((bounds[k + 2] - bounds[k]) / side)) * side + bounds[k] for k in (0, 1))
    west, south = np.repeat(x, y.size), np.tile(y, x.size)
    boxes = shapely.box(west, south, west + side, south + side)
    shapely.prepare(outline)
    return shapely.union_all(boxes[shapely.intersects(outline, boxes)])


def drawn_over(squares: BaseGeometry, window: MapWindow, detail: Detail) -> BaseGeometry:
    """What squares (m), the texts beside them and their sums cover of the page, mm."""
    shape = window.page(squares)
    x0, y0, x1, y1 = shape.bounds
    around: BaseGeometry = shape.buffer(10.0 if detail.working else 2.0, join_style="mitre")
    if not detail.elevations:  # names of the lines
        left, above = (16.0, 8.0) if detail.working else (7.0, 5.0)
        around = shapely.union_all(
            [around, shapely.box(x0 - left, y0, x0, y1 + 2), shapely.box(x0, y1, x1, y1 + above)]
        )
    if not detail.volumes:
        return around
    low, high = BAND_MM[1], BAND_MM[0] - 4.5
    return around.union(shapely.box(x0 - detail.left + 2, y0 - low, x1 + detail.right - 2, y0 - high))


def _corners(rect: Rect) -> list[Rect]:
    wide, high = _ARROW_MM
    return [
        Rect(x, y, x + wide, y + high) for x in (rect.x1 - wide, rect.x0) for y in (rect.y1 - high, rect.y0)
    ]  # fmt: skip
