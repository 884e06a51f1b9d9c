"""The ground under a fill, on a lattice: whose errors count, and how deep it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array, Index
from gis.correlation import Region, region_of
from gis.dem.display import cells
from gis.dem.file import Dem
from gis.placing import Part
from gis.surfaces.base import Surface

_WHOLE = 600_000
"""Cells of a window that is read whole; of a greater one every so many rows and columns are."""
_THIN = 600
SAME_M = 2.5e-4
"""Depths up to this are rounding (as in gis.sums)."""

_CUT = 1.156
"""What noise beyond 2 σ adds: ∫₀^∞ xφ(x)dx / ∫₀² xφ(x)dx = 1 / (1 - e⁻²)."""


@dataclass(frozen=True)
class Depths:
    """`region`: the part's whole ground; `depth` (rows, cols) from ground to reference, m, positive where it counts.

    NaN where the terrain or the surface has no height.
    """

    region: Region
    depth: Array

    def below(self, thickness_m: float = 0.0) -> Region:
        """The ground that lies more than `thickness_m` under the reference."""
        deep = np.nan_to_num(self.depth, nan=-np.inf) > max(thickness_m, SAME_M)
        return self.region.weighted(self.region.weight * deep)

    def bank(self, height_m: float) -> float:
        """By how much the area that counts grows for each metre of level, m², from the banks just below it."""
        near = (self.depth > 0) & (self.depth < height_m)
        return float(self.region.weight[near].sum()) / height_m

    def shore(self, sigma_m: float, thickness_m: float = 0.0, *, sunk: bool = False) -> float:
        """Volume that noise of a depth's `sigma_m` adds where ground and reference are about level, m³.

        Only what lies below the reference counts as fill, so noise there does not cancel. A slope of `u` m² for each
        metre of depth gives u·σ²/2; level ground (a wide margin between pit and outline) all its shallow fill, 0.4 σ
        deep in the mean. The slope is told by the depths of 2 to 4 σ, which noise alone hardly reaches. `sunk`: the
        reference lies below the ground about it (a heap's base at the lowest of its toe). Then level ground counts as
        it should, and it is what noise brings below the reference that does not cancel.
        """
        if sigma_m <= 0:
            return 0.0
        d, w = (self.depth - thickness_m).ravel(), self.region.weight.ravel()
        d = -d if sunk else d
        slope = float(w[(d > 2 * sigma_m) & (d < 4 * sigma_m)].sum()) / (2 * sigma_m)
        near = (d > 0) & (d < 2 * sigma_m)
        level = max(float((w * d)[near].sum()) - slope * 2 * sigma_m**2, 0.0)
        return float(level * _CUT + slope * sigma_m**2 / 2)


def ground_shape(part: Part) -> BaseGeometry:
    """The part in metres on the ground, axes along columns and rows: distances and areas are what counts."""
    return shapely.transform(part.polygon, lambda p: p * (part.step_x, part.step_y))


def depths(dem: Dem, part: Part, surface: Surface, *, fills: bool) -> Depths:
    """Depths under a surface (heights over it for a heap) on the part's lattice."""
    region = region_of(ground_shape(part))
    pixel = region.places() / (part.step_x, part.step_y)
    inside = region.weight.ravel() > 0
    depth = np.full(inside.size, np.nan)
    cols, rows = pixel[inside].T
    depth[inside] = surface.at(cols, rows) - _heights(dem, cols, rows)
    return Depths(region, (depth if fills else -depth).reshape(region.weight.shape))


def _heights(dem: Dem, cols: Array, rows: Array) -> Array:
    """Heights of the cells that hold the places, m; where the terrain is large, of cells near by."""
    r0, r1, c0, c1 = dem.window
    r0, r1 = max(int(np.floor(rows.min())), r0), min(int(np.floor(rows.max())) + 1, r1)
    c0, c1 = max(int(np.floor(cols.min())), c0), min(int(np.floor(cols.max())) + 1, c1)
    if r0 >= r1 or c0 >= c1:
        return np.full(cols.shape, np.nan)
    shape = r1 - r0, c1 - c0
    if shape[0] * shape[1] <= _WHOLE:
        z = dem.read(r0, r1, c0, c1)
    else:
        r0, c0, r1, c1 = max(r0, 0), max(c0, 0), min(r1, dem.grid.height), min(c1, dem.grid.width)
        shape = r1 - r0, c1 - c0
        z = cells(dem, _thinned(r0, shape[0]), _thinned(c0, shape[1]))
    i = np.floor((rows - r0) * (z.shape[0] / shape[0])).astype(np.int64)
    j = np.floor((cols - c0) * (z.shape[1] / shape[1])).astype(np.int64)
    there = (i >= 0) & (i < z.shape[0]) & (j >= 0) & (j < z.shape[1])
    out = np.full(cols.shape, np.nan)
    out[there] = z[i[there], j[there]]
    return out


def _thinned(first: int, size: int) -> Index:
    """The cells in the middle of `_THIN` equal shares.

    GDAL's own decimation of compressed tiles takes fifty times as long.
    """
    n = min(size, _THIN)
    return np.asarray(first + np.floor((np.arange(n) + 0.5) * (size / n)), np.int64)
