"""What is known of the ground about a site, block by block: shares of spanned ground, gaps and how wide they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from gis.arrays import Array, Index
from gis.support import Support, in_gaps

_MOST_BLOCKS = 1024


@dataclass(frozen=True)
class Blocks:
    """Blocks of `step` (units of the terrain's CRS) from `left`, `top` on about a site; planes (rows, cols).

    Shares as in gis.support, of gaps at least three cells wide; `ground` 0 where nothing is known; `density` in points
    per unit of area; `gap`: the number of the gap that a block belongs to, 0 for none; `radius` of the largest circle
    in each gap, from number 1 on.
    """

    left: float
    top: float
    step: float
    spanned: Array
    level: Array
    ground: Array
    density: Array
    gap: Index
    radius: Array

    def index(self, x: Array, y: Array) -> tuple[Index, Index]:
        """(row, column) of the blocks at places; beyond them those of the border, of which nothing is known."""
        rows, cols = self.spanned.shape
        row = np.clip(np.floor((self.top - y) / self.step), 0, rows - 1).astype(np.int64)
        return row, np.clip(np.floor((x - self.left) / self.step), 0, cols - 1).astype(np.int64)

    def centre(self, row: Array, col: Array) -> tuple[Array, Array]:
        """Place of the middle of blocks."""
        return self.left + (col + 0.5) * self.step, self.top - (row + 0.5) * self.step


def blocks_about(supports: Sequence[Support], box: tuple[float, float, float, float]) -> Blocks:
    """The blocks in a box: those of the file where there is one, of several files at the coarsest one's."""
    x0, y0, x1, y1 = box
    first = supports[0]
    step = max(s.block for s in supports)
    x0, x1 = (
        max(x0, min(s.left for s in supports)),
        min(x1, max(s.left + s.spanned.shape[1] * s.block for s in supports)),
    )
    y0, y1 = max(y0, min(s.top - s.spanned.shape[0] * s.block for s in supports)), min(y1, max(s.top for s in supports))
    x1, y1 = max(x1, x0 + step), max(y1, y0 + step)
    step *= max(math.ceil(max(x1 - x0, y1 - y0) / step / _MOST_BLOCKS), 1)
    left = first.left + math.floor((x0 - first.left) / step + 1e-9) * step
    top = first.top - math.floor((first.top - y1) / step + 1e-9) * step
    rows, cols = math.ceil((top - y0) / step - 1e-9), math.ceil((x1 - left) / step - 1e-9)
    x, y = np.meshgrid(left + (np.arange(cols) + 0.5) * step, top - (np.arange(rows) + 0.5) * step)
    planes = np.zeros((4, rows, cols))
    open_ = np.ones((rows, cols), np.bool_)
    for s in supports:
        i, j, inside = s.at(x, y)
        use = open_ & inside & (s.ground[i, j] > 0)
        for plane, values in zip(planes, (s.spanned, s.level, s.ground, s.points / s.block**2), strict=True):
            plane[use] = values[i, j][use]
        open_ &= ~use
    planes = np.pad(planes, ((0, 0), (1, 1), (1, 1)))  # of what lies beyond nothing is known
    left, top = left - step, top + step
    cell = max(s.cell for s in supports)
    wide, within = in_gaps(planes[0], cell / step)
    gap, count = ndimage.label(wide, np.ones((3, 3)))
    # Circles reach to the edge of a block, not to the middle of the next; into blocks that a gap's edge cuts, half.
    inner = 0.5 if step < 1.5 * cell else 0.0
    far = (ndimage.distance_transform_edt(np.pad(wide, 1))[1:-1, 1:-1] - inner) * step if count else wide * 0.0
    radius = ndimage.maximum(far, gap, np.arange(1, count + 1)) if count else np.zeros(0)
    # Blocks that a gap's edge cuts belong to it; all others are none of a gap.
    gap = np.where((gap == 0) & within, ndimage.grey_dilation(gap, size=(3, 3)), gap)
    planes[0] = np.where(gap > 0, planes[0], 0.0)
    spanned, level, ground, density = planes
    numbers = np.asarray(gap, np.int64)
    return Blocks(left, top, step, spanned, level, ground, density, numbers, np.asarray(radius, np.float64))
