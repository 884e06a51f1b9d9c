"""The edges of a layer in blocks with bounds: those near a place are found without a look at the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.gui.canvas.view import Bounds

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
_BLOCK = 64


@dataclass(frozen=True)
class Nearby:
    """Edges from `a` to `b` (k, 2) in world metres; `ring` and `feature` they belong to, `n` of the first vertex."""

    a: F64
    b: F64
    ring: I64
    feature: I64
    n: I64

    def __len__(self) -> int:
        return len(self.a)


class Segments:
    """An index over flat vertices `xy` (relative to `origin`) that `ring_start` cuts into rings.

    A million vertices take about 10 ms to index and some 0.1 ms a question.
    """

    def __init__(self, xy: F64, ring_start: I64, ring_feature: I64, origin: tuple[float, float]) -> None:
        self._xy, self._starts, self._features = xy, ring_start, ring_feature
        self._origin = np.asarray(origin, np.float64)
        self._last = np.zeros(len(xy), bool)
        if len(xy):
            self._last[np.append(ring_start[1:], len(xy)) - 1] = True
        self._bounds = self._blocks()

    def _blocks(self) -> F64:
        n = len(self._xy)
        if n == 0:
            return np.empty((0, 4))
        at = np.arange(0, n, _BLOCK)
        low, high = np.minimum.reduceat(self._xy, at), np.maximum.reduceat(self._xy, at)
        after = self._xy[np.minimum(at + _BLOCK, n - 1)]  # the last edge of a block ends in the next one
        return np.hstack([np.minimum(low, after), np.maximum(high, after)])

    def near(self, bounds: Bounds) -> Nearby:
        """The edges whose own bounds meet `bounds` (world metres)."""
        x0, y0, x1, y1 = (
            bounds[0] - self._origin[0], bounds[1] - self._origin[1],
            bounds[2] - self._origin[0], bounds[3] - self._origin[1],
        )  # fmt: skip
        t = self._bounds
        blocks = np.nonzero((t[:, 0] <= x1) & (t[:, 2] >= x0) & (t[:, 1] <= y1) & (t[:, 3] >= y0))[0]
        i = self._edges_of(blocks)
        a, b = self._xy[i], self._xy[i + 1] if len(i) else np.empty((0, 2))
        low, high = np.minimum(a, b), np.maximum(a, b)
        hit = (low[:, 0] <= x1) & (high[:, 0] >= x0) & (low[:, 1] <= y1) & (high[:, 1] >= y0)
        i = i[hit]
        ring = np.searchsorted(self._starts, i, side="right") - 1
        return Nearby(
            a[hit] + self._origin, b[hit] + self._origin, ring, self._features[ring] if len(ring) else ring,
            i - self._starts[ring] if len(ring) else ring,
        )  # fmt: skip

    def around(self, x: float, y: float) -> I64:
        """The rings that go around a place (world metres), in their order: a ray to the east leaves them an odd time.

        Only blocks that the ray meets are looked at. A place on a ring itself may count as in or out.
        """
        x, y = x - self._origin[0], y - self._origin[1]
        t = self._bounds
        i = self._edges_of(np.nonzero((t[:, 1] <= y) & (t[:, 3] > y) & (t[:, 2] >= x))[0])
        if not len(i):
            return i
        a, b = self._xy[i], self._xy[i + 1]
        up = (a[:, 1] > y) != (b[:, 1] > y)
        i, a, b = i[up], a[up], b[up]
        at = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
        ring, times = np.unique(np.searchsorted(self._starts, i[at > x], side="right") - 1, return_counts=True)
        return np.asarray(ring[times % 2 == 1], np.int64)

    def _edges_of(self, blocks: I64) -> I64:
        """The first vertices of the edges in some blocks."""
        i = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        i = i[i < len(self._xy)]
        return np.asarray(i[~self._last[i]], np.int64)
