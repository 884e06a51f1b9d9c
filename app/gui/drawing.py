"""What a chart shows: axes, lines, areas, marks; and how values become ticks and places."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app import format as fmt

Array = NDArray[np.float64]


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Round values between `low` and `high`, steps of 1, 2, 2.5 or 5 × 10ⁿ, at most `most` + 1 of them."""
    span = high - low
    if not (math.isfinite(span) and span > 0) or most < 1:
        return [low] if math.isfinite(low) else []
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def tick_text(value: float, step: float) -> str:
    """A tick with as many decimals as its step needs."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if step * 10**decimals % 1 > 1e-6:  # 2.5
        decimals += 1
    return fmt.number(value, decimals)


@dataclass(frozen=True)
class Axis:
    """What an axis shows: title with unit; `low`/`high` None = from the data; `zero` makes it begin at 0."""

    title: str = ""
    low: float | None = None
    high: float | None = None
    zero: bool = False


@dataclass(frozen=True)
class Line:
    """A curve; `tone` names a colour of the theme. `top` draws it on the axis at the top."""

    x: Array
    y: Array
    tone: str
    label: str = ""
    width: float = 1.8
    dash: bool = False
    top: bool = False


@dataclass(frozen=True)
class Area:
    """The area between two curves over the same x, where `y_high` is above `y_low`; NaN leaves a gap."""

    x: Array
    y_low: Array
    y_high: Array
    tone: str
    label: str = ""
    opacity: float = 1.0


@dataclass(frozen=True)
class Mark:
    """A labelled line across the chart at a value of y (or of x)."""

    value: float
    label: str
    tone: str = "accent"
    vertical: bool = False


@dataclass(frozen=True)
class Band:
    """A stretch along x that something covers: a strip at the top of the frame and a faint ground below it."""

    low: float
    high: float
    label: str
    tone: str = "danger"


@dataclass(frozen=True)
class Drawing:
    """All that a chart shows."""

    x: Axis
    y: Axis
    lines: tuple[Line, ...] = ()
    areas: tuple[Area, ...] = ()
    marks: tuple[Mark, ...] = ()
    top: Axis | None = None
    readout: Callable[[float, float], Sequence[str]] | None = None
    """Words for a place (x, y) of the pointer."""
    follow: str = "x"
    """The readout follows the pointer along "x" or "y"."""
    legend: bool = True
    bands: tuple[Band, ...] = ()
    exaggeration: float | None = None
    """How much longer a unit of y is drawn than one of x; None: both fill the frame."""


@dataclass
class Scale:
    """Values from `low` to `high` over the pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    ticks: list[float] = field(default_factory=list)

    def px(self, value: ArrayLike) -> Array:
        share = (np.asarray(value, float) - self.low) / ((self.high - self.low) or 1.0)
        return np.asarray(self.start + share * (self.end - self.start))

    def value(self, px: float) -> float:
        return self.low + (px - self.start) / ((self.end - self.start) or 1.0) * (self.high - self.low)

    def text(self, value: float) -> str:
        step = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else abs(value) or 1.0
        return tick_text(value, step)


def exaggerated(sx: Scale, sy: Scale, times: float) -> None:
    """Stretch one of two scales over more values, so that a unit of y is `times` as long as one of x."""
    wide, high = abs(sx.end - sx.start), abs(sy.end - sy.start)
    size = min(wide / (sx.high - sx.low), high / (sy.high - sy.low) / times)  # pixels for a unit of x
    if size <= 0:
        return
    for scale, span in ((sx, wide / size), (sy, high / size / times)):
        middle = (scale.low + scale.high) / 2
        scale.low, scale.high = middle - span / 2, middle + span / 2


def data_range(axis: Axis, arrays: list[Array], pad: float) -> tuple[float, float]:
    """(low, high) of an axis: what it says, else of the data with a margin of `pad` of their range."""
    values = np.concatenate([np.asarray(a, float).ravel() for a in arrays]) if arrays else np.zeros(0)
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    room = (high - low) * pad
    low = (0.0 if axis.zero else low - room) if axis.low is None else axis.low
    return low, high + room if axis.high is None else axis.high
