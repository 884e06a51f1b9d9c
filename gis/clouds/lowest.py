"""Ground of a cloud without classes: the lowest point of each cell, thinned by growing windows.

The progressive morphological filter of Zhang et al. (2003), on the lowest points per cell: the surface of lowest points
is opened (eroded, then dilated) with windows of 3, 5, 9, 17, 33 … cells up to `WINDOW_M`; a cell that an opening lowers
by more than `slope · (growth of the window) + FIRST_M`, at most `MOST_M`, is no ground. Numbers as PDAL's filters.pmf
has them by default (slope 1, 0.15 m, 2.5 m, windows of 33 cells of 1 m). Before, a cell that lies more than `LONE_M`
below all its neighbours is dropped: an echo from below the ground, not a pit.

No surveyor's classification: roofs wider than the window stay, bushes up to 2 m pass, tips of steep heaps and ridges
narrower than the window are cut by what exceeds the limit.

Source: Zhang, Chen, Whitman, Shyu, Yan & Zhang (2003), A progressive morphological filter for removing nonground
measurements from airborne LIDAR data, IEEE Transactions on Geoscience and Remote Sensing 41(4).
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from gis.arrays import Array

SLOPE = 1.0
FIRST_M, MOST_M = 0.15, 2.5
WINDOW_M = 33.0
LONE_M = 1.0
BAND_M = 0.3
"""Points up to so much above the lowest one of their cell (and what the slope adds) are ground where the cell is."""
_STEEPEST = 2.0


def radii(cell_m: float) -> list[int]:
    """Half widths of the windows, cells: 1, 2, 4 … up to `WINDOW_M` across."""
    found = [1]
    while (2 * (2 * found[-1]) + 1) * cell_m <= max(WINDOW_M, 3 * cell_m):
        found.append(2 * found[-1])
    return found


def reach(cell_m: float) -> int:
    """Cells around a place that decide on it: each opening looks twice its half width far."""
    return 2 * sum(radii(cell_m)) + 1


def ground_of(lowest: Array, cell_m: float) -> Array:
    """The heights of `lowest` (rows, columns; m; NaN without points) that are ground; NaN elsewhere."""
    windows = radii(cell_m)
    edge = windows[-1]
    ground = np.pad(np.where(_lone(lowest), np.nan, lowest), edge, constant_values=np.nan)
    surface = ground.copy()
    before = 0
    for radius in windows:
        opened = _opened(surface, radius)
        limit = FIRST_M if before == 0 else min(SLOPE * 2 * (radius - before) * cell_m + FIRST_M, MOST_M)
        with np.errstate(invalid="ignore"):
            ground[surface - opened > limit] = np.nan
        surface, before = opened, radius
    return ground[edge:-edge, edge:-edge]


def band(ground: Array, cell_m: float) -> Array:
    """How far above the ground's lowest point a point of a cell may lie, m: `BAND_M` and the slope over the cell."""
    steep = np.zeros(ground.shape)
    for axis in (0, 1):
        step = np.abs(np.diff(ground, axis=axis)) / cell_m
        edge = np.full((1, ground.shape[1]) if axis == 0 else (ground.shape[0], 1), np.nan)
        both = np.fmax(np.concatenate((edge, step), axis=axis), np.concatenate((step, edge), axis=axis))
        steep = np.hypot(steep, np.nan_to_num(both))
    return np.asarray(BAND_M + np.minimum(steep, _STEEPEST) * cell_m)


def _opened(surface: Array, radius: int) -> Array:
    """Opening by a square of 2·radius + 1 cells. Cells without points have no say, but windows may lie about them.

    So ground that rises to the edge of the cloud or of a gap stays; less is thinned there.
    """
    size = 2 * radius + 1
    missing = np.isnan(surface)
    low = ndimage.minimum_filter(np.where(missing, np.inf, surface), size, mode="nearest")
    low[np.isinf(low)] = -np.inf
    opened = ndimage.maximum_filter(low, size, mode="nearest")
    return np.where(missing | np.isinf(opened), np.nan, opened)


def _lone(lowest: Array) -> Array:
    """Cells whose lowest point lies more than `LONE_M` below the lowest one of all eight cells around."""
    ring = np.ones((3, 3), np.bool_)
    ring[1, 1] = False
    around = ndimage.minimum_filter(np.where(np.isnan(lowest), np.inf, lowest), footprint=ring, mode="nearest")
    with np.errstate(invalid="ignore"):
        return np.asarray(np.isfinite(around) & (around - lowest > LONE_M))
