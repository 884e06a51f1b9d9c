"""Scales and the round numbers that hang on them: map window, grid, contours, scale bar, classes of depth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from app.package.shapes import Rect
from models.errors import Refused
from models.notices import N_

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class MapWindow:
    """The ground that a map shows: its lower left corner (m), the scale's denominator, and its box on the page (mm)."""

    x0: float
    y0: float
    scale: int
    rect: Rect

    @property
    def bounds(self) -> Bounds:
        """xmin, ymin, xmax, ymax of the ground, m."""
        m = self.scale / 1000.0
        return self.x0, self.y0, self.x0 + self.rect.width * m, self.y0 + self.rect.height * m

    def xy(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Ground metres to page millimetres."""
        mm = 1000.0 / self.scale
        return (
            self.rect.x0 + (np.asarray(x, np.float64) - self.x0) * mm,
            self.rect.y0 + (np.asarray(y, np.float64) - self.y0) * mm,
        )

    @overload
    def page(self, geometry: BaseGeometry) -> BaseGeometry: ...
    @overload
    def page(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]: ...
    def page(self, geometry: Any) -> Any:
        """A geometry of the ground, or an array of them, on the page, mm; not clipped."""
        mm = 1000.0 / self.scale
        corner, start = np.array([self.x0, self.y0]), np.array([self.rect.x0, self.rect.y0])
        return shapely.transform(shapely.force_2d(geometry), lambda xy: start + (xy - corner) * mm)

    def box(self, bounds: Bounds) -> Rect:
        """A box of the ground on the page, mm."""
        (x0, x1), (y0, y1) = self.xy([bounds[0], bounds[2]], [bounds[1], bounds[3]])
        return Rect(float(x0), float(y0), float(x1), float(y1))


def choose_window(
    bounds: Bounds,
    rect: Rect,
    scales: Sequence[int],
    *,
    margin_mm: float,
    scale: int | None = None,
    centre: tuple[float, float] | None = None,
) -> MapWindow:
    """The window that shows `bounds` (m) in the middle of `rect` at the largest round scale that leaves the margin.

    A `scale` that is given needs no margin but 3 mm for the points' circles. A `centre` (m) that is given is kept,
    whatever then lies beyond the map. Raises Refused where it does not fit.
    """
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    margin = margin_mm if scale is None else 3.0

    def fits(s: int) -> bool:
        return width * 1000 / s <= rect.width - 2 * margin and height * 1000 / s <= rect.height - 2 * margin

    fitting = [s for s in scales if fits(s)]
    if scale is not None and (scale < 100 or scale > 5_000_000):
        raise Refused(
            "sheet.scale",
            N_("a scale of 1:{scale} is not one that a sheet can have"),
            scale=scale,
            advice=N_("choose one between 1:100 and 1:5000000"),
        )
    if (not fitting and scale is None) or (scale is not None and not fits(scale) and centre is None):
        raise Refused(
            "sheet.does_not_fit",
            N_("the site is {width:.0f} m by {height:.0f} m and does not fit on the sheet at 1:{scale}"),
            advice=N_("choose a smaller scale (a larger number) or a larger paper"),
            width=width,
            height=height,
            scale=scale or scales[-1],
        )
    chosen = scale or fitting[0]
    # The corner stands on a round number of metres, so that the map does not hang on the outline's decimals.
    step = chosen / 200.0
    x, y = centre or ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    x0, y0 = x - rect.width * chosen / 2000, y - rect.height * chosen / 2000
    return MapWindow(round(x0 / step) * step, round(y0 / step) * step, chosen, rect)


def round_up(value: float, steps: Sequence[float] = (1, 2, 5)) -> float:
    """The next number of the form step × 10ⁿ that is not below `value`."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((s * power for s in (*steps, 10.0 * steps[0]) if s * power >= value * (1 - 1e-9)), 10.0 * power)


def round_down(value: float, steps: Sequence[float] = (1, 2, 5)) -> float:
    """The next number of the form step × 10ⁿ that is not above `value`."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-12)
    return max(s * power for s in steps if s * power <= value * (1 + 1e-9))


def decimals_of(step: float) -> int:
    """Decimals that multiples of a round step need."""
    return max(0, -math.floor(math.log10(step) + 1e-9)) + (
        1 if round(step * 10 ** -math.floor(math.log10(step)), 6) == 2.5 else 0
    )


def grid_interval(scale: int, spacing_mm: float) -> float:
    """Metres between the lines of the kilometre grid: round, and at least `spacing_mm` apart on paper."""
    return round_up(spacing_mm * scale / 1000.0)


def multiples(low: float, high: float, step: float) -> NDArray[np.float64]:
    """The multiples of `step` from `low` to `high`."""
    return np.asarray(np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step, np.float64)


def bar_length(scale: int, longest_mm: float) -> float:
    """Ground length of the scale bar in metres: round, and at most `longest_mm` long."""
    return round_down(longest_mm * scale / 1000.0)


# The usual contour intervals of large-scale plans on gentle ground (GB/T 20257.1 practice: half a metre at 1:500 to
# five metres at 1:10 000); steeper ground takes a wider one.
_CONTOURS = ((200, 0.2), (500, 0.5), (1000, 0.5), (2000, 1.0), (5000, 2.0), (10000, 5.0), (25000, 10.0), (50000, 20.0))


def contour_interval(
    z: NDArray[np.float32],
    cell_m: tuple[float, float],
    scale: int,
    *,
    spacing_mm: float,
    sigma_z_m: float | None = None,
) -> float:
    """Contour interval in metres: the scale's usual one, or the next round one (1, 2, 5) that fits ground and survey.

    It keeps lines `spacing_mm` apart on nine tenths of the ground and is no finer than twice the terrain's own error.
    """
    usual = next((i for s, i in _CONTOURS if scale <= s), scale / 2500.0)
    steep = _steep(z, cell_m)
    least = max(usual, steep * spacing_mm * scale / 1000.0, 2.0 * (sigma_z_m or 0.0))
    return round_up(least)


def _steep(z: NDArray[np.float32], cell_m: tuple[float, float]) -> float:
    """The slope that nine tenths of the ground stay below. Of a large grid, by rows in equal distances."""
    if min(z.shape) < 3:
        return 0.0
    rows = np.arange(1, z.shape[0] - 1, max(1, z.size // 500_000))
    north = (z[rows + 1, 1:-1] - z[rows - 1, 1:-1]) / (2 * cell_m[1])
    east = (z[rows, 2:] - z[rows, :-2]) / (2 * cell_m[0])
    slope = np.hypot(north, east)
    slope = slope[np.isfinite(slope)]
    return float(np.percentile(slope, 90)) if slope.size else 0.0
