"""Classes of depth: round limits and the colour of each class, the same on the map and on a sheet."""

from __future__ import annotations

import math
from itertools import pairwise

from layers.style import CUT_DEPTH_STOPS, FILL_DEPTH_STOPS

MOST_CLASSES = 7
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def depth_limits(deepest_m: float, most: int = MOST_CLASSES) -> list[float]:
    """Round limits (m) from 0 past the deepest place, 1, 2, 2.5 or 5 × 10ⁿ apart; [] where nothing is deep."""
    if not (math.isfinite(deepest_m) and deepest_m > 0):
        return []
    least = deepest_m / most
    power = 10.0 ** math.floor(math.log10(least))
    step = next(s * power for s in _STEPS if s * power >= least * (1 - 1e-9))
    return [k * step for k in range(math.ceil(deepest_m / step - 1e-9) + 1)]


def depth_colours(count: int, *, fill: bool) -> list[str]:
    """Colours "#RRGGBB" of so many classes of fill depth (blue) or cut depth (red), the shallowest first."""
    shares = [0.5] if count == 1 else [k / (count - 1) for k in range(count)]
    return [depth_colour(s, fill=fill) for s in shares]


def depth_colour(share: float, *, fill: bool) -> str:
    """Colour at `share` 0..1 of the way from shallow to deep."""
    stops = FILL_DEPTH_STOPS if fill else CUT_DEPTH_STOPS
    s = min(max(share, 0.0), 1.0)
    for (low, a), (high, b) in pairwise(stops):
        if s <= high:
            t = (s - low) / (high - low)
            return "#" + "".join(f"{round(x + (y - x) * t):02X}" for x, y in zip(_rgb(a), _rgb(b), strict=True))
    return stops[-1][1]


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
