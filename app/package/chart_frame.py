"""Axes of a chart on paper, in millimetres: round ticks, grid lines, labels in the sheet's text size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.format import number
from app.package.fonts import width_mm
from app.package.layout import Layout
from app.package.page import INK, Page
from app.package.scale import decimals_of, multiples, round_up
from app.package.shapes import Rect
from models.notices import N_

_GRID = "#D0D5DD"
_GREY = "#475467"
_TICK_MM = 1.0
Side = Literal["left", "right", "top", "bottom"]


@dataclass(frozen=True)
class Scale1:
    """A linear axis: the values at its two ends, and where these stand on the page, mm."""

    low: float
    high: float
    start: float
    end: float

    def at(self, values: ArrayLike) -> NDArray[np.float64]:
        """Values to millimetres."""
        share = (np.asarray(values, np.float64) - self.low) / (self.high - self.low)
        return np.asarray(self.start + share * (self.end - self.start), np.float64)


def round_axis(low: float, high: float, start: float, end: float, spacing_mm: float) -> tuple[Scale1, float]:
    """An axis over round limits that hold `low` and `high`, and the step of its ticks, about `spacing_mm` apart."""
    span = max(high - low, 1e-9)
    step = round_up(span * spacing_mm / abs(end - start))
    first, last = np.floor(low / step + 1e-9) * step, np.ceil(high / step - 1e-9) * step
    return Scale1(float(first), float(max(last, first + step)), start, end), step


def axis(
    page: Page, layout: Layout, frame: Rect, scale: Scale1, step: float, side: Side, title: str, *, grid: bool = True
) -> None:
    """Ticks, labels and title of one side of `frame`; grid lines across it."""
    size, name = layout.body_pt, N_("axis of the chart")
    values = multiples(scale.low, scale.high, step)
    words = [number(v, decimals_of(step)) for v in values]
    places = scale.at(values)
    upright = side in {"left", "right"}
    edge = {"left": frame.x0, "right": frame.x1, "top": frame.y1, "bottom": frame.y0}[side]
    out = -1 if side in {"left", "bottom"} else 1
    if grid:
        inner = [p for p in places if abs(p - scale.start) > 0.3 and abs(p - scale.end) > 0.3]
        ends = (frame.x0, frame.x1) if upright else (frame.y0, frame.y1)
        lines = [np.array([[ends[0], p], [ends[1], p]] if upright else [[p, ends[0]], [p, ends[1]]]) for p in inner]
        page.lines(lines, 0.1, color=_GRID, z=2)
    ticks = [np.array([[edge, p], [edge + out * _TICK_MM, p]] if upright else [[p, edge], [p, edge + out * _TICK_MM]])
             for p in places]  # fmt: skip
    page.lines(ticks, 0.15, color=INK, z=30)
    room = Rect(0, 0, page.width, page.height)
    widest = max((width_mm(w, size) for w in words), default=0.0)
    for p, text in zip(places, words, strict=True):
        if upright:
            page.text(edge + out * 1.6, float(p), text, name, size=size, room=room, ha="right" if out < 0 else "left")
        else:
            page.text(float(p), edge + out * 3.2, text, name, size=size, room=room, ha="center")
    if not title:
        return
    if upright:
        x, y = edge + out * (widest + 5.0), (frame.y0 + frame.y1) / 2
        page.text(x, y, title, name, size=size, room=room, ha="center", rotation=90, color=_GREY)
    else:
        page.text(
            (frame.x0 + frame.x1) / 2, edge + out * 7.4, title, name, size=size, room=room, ha="center", color=_GREY
        )


def label_width(layout: Layout, low: float, high: float, step: float) -> float:
    """Mm that the labels of an upright axis take, its title with them."""
    words = [number(v, decimals_of(step)) for v in (low, high)]
    return max(width_mm(w, layout.body_pt) for w in words) + 8.0
