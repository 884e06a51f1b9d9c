"""Squares and scale of the grid-method drawing: as many squares as the paper can carry with texts of full size."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.package.kind import SheetKind
from app.package.layout import Layout
from app.package.scale import Bounds, MapWindow
from app.package.shapes import Rect
from models.earthwork import CUSTOMARY_SIDES_M
from models.errors import Refused
from models.notices import N_

SQUARE_MM = 24.0
"""A square on paper at least: the elevations of two neighbouring corners stand side by side between its corners."""
LEFT_MM, RIGHT_MM, TOP_MM, BELOW_MM = 21.0, 26.0, 6.0, 19.0
"""Around the squares: working heights and row heads on the left, totals on the right, column totals below."""


@dataclass(frozen=True)
class GridSheet:
    """The side of the squares (m) and the map's window."""

    side_m: float
    window: MapWindow


def grid_sheet(
    bounds: Bounds, layout: Layout, kind: SheetKind, code: str, *, side: float | None = None, scale: int | None = None
) -> GridSheet:
    """The finest squares that the paper carries, then the largest scale for them; or those for a side or scale asked.

    Raises Refused where a side is too small for the paper, with the smallest that is not.
    """
    scales = (scale,) if scale else kind.scales or layout.scales
    found = _best(bounds, layout, scales, (side,) if side else tuple(map(float, CUSTOMARY_SIDES_M)))
    if found is not None:
        return found
    possible = _best(bounds, layout, kind.scales or layout.scales, tuple(map(float, CUSTOMARY_SIDES_M)))
    if possible is None:
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
        side=possible.side_m,
        scale=possible.window.scale,
    )


def _best(bounds: Bounds, layout: Layout, scales: tuple[int, ...], sides: tuple[float, ...]) -> GridSheet | None:
    for side in sides:
        for scale in sorted(scales):
            if side * 1000 / scale < SQUARE_MM - 1e-9:
                break
            window = _window(squares_bounds(bounds, side), layout.map, scale)
            if window is not None:
                return GridSheet(side, window)
    return None


def squares_bounds(bounds: Bounds, side: float) -> Bounds:
    """The bounds of the squares over a site, m: on multiples of the side."""
    x0, y0, x1, y1 = bounds
    return (
        math.floor(x0 / side) * side,
        math.floor(y0 / side) * side,
        (math.floor(x1 / side) + 1) * side,
        (math.floor(y1 / side) + 1) * side,
    )


def _window(bounds: Bounds, rect: Rect, scale: int) -> MapWindow | None:
    wide, high = ((bounds[k + 2] - bounds[k]) * 1000 / scale for k in (0, 1))
    spare_x = rect.width - LEFT_MM - RIGHT_MM - wide
    spare_y = rect.height - TOP_MM - BELOW_MM - high
    if spare_x < 0 or spare_y < 0:
        return None
    m = scale / 1000
    return MapWindow(bounds[0] - (LEFT_MM + spare_x / 2) * m, bounds[1] - (BELOW_MM + spare_y / 2) * m, scale, rect)
