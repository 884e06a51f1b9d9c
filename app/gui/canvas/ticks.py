"""Short marks along an outline that point down into it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def ticks(ring: NDArray[np.float64], spacing: float, length: float) -> NDArray[np.float64]:
    """(n, 4) marks x0, y0, x1, y1 at equal distances along a closed ring, inward; outward if `length` is negative.

    The sign of the ring's area tells which side is inside.
    """
    step = np.diff(ring, axis=0)
    sizes = np.hypot(step[:, 0], step[:, 1])
    total = float(sizes.sum())
    if total < spacing * 3:
        return np.empty((0, 4))
    along = np.concatenate(([0.0], np.cumsum(sizes)))
    count = min(max(3, math.floor(total / spacing)), 500_000)
    at = (np.arange(count) + 0.5) * total / count
    k = np.clip(np.searchsorted(along, at, side="right") - 1, 0, len(sizes) - 1)
    safe = np.where(sizes[k] > 0, sizes[k], 1.0)
    share = (at - along[k]) / safe
    foot = ring[k] + step[k] * share[:, None]
    area = float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]))
    normal = np.column_stack((-step[k, 1], step[k, 0])) / safe[:, None] * (1 if area > 0 else -1)
    return np.column_stack((foot, foot + normal * length))
