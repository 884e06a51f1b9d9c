"""The gaps between points about a site, on the terrain's own grid: how wrong each may be, how dense the points are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.correlation import Region, region_of
from gis.dem.display import cells as cells_at
from gis.dem.file import Dem
from gis.dem.grid import Grid
from gis.dem.tiles import tile_path
from gis.flooded import ground_shape
from gis.gap_trial import SAMPLES, Trial, dip_of, trial
from gis.placing import Placed
from gis.support import NAMESPACE, supports_of
from gis.support_blocks import Blocks, blocks_about
from models.terrain import Terrain

_TRIED = 8
"""Gaps of a site that are tried one by one; the others are taken for as wrong as the worst of those."""
_LEAST_RADIUS = 1.5


@dataclass
class Gaps:
    """A terrain of which it is known what it rests on, with a site placed on its own grid."""

    dem: Dem
    placed: Placed
    blocks: Blocks
    terrain_density: float
    """Points per unit of area of the terrain's measured ground; NaN unknown."""
    _trials: dict[float, Trial | None] = field(default_factory=dict)
    _errors: dict[int, float | None] = field(default_factory=dict)

    @classmethod
    def of(cls, dem: Dem, terrain: Terrain, placed: Placed) -> Gaps | None:
        """None where the terrain says nothing of how it was made of points."""
        if not terrain.tiles and not dem.tags(NAMESPACE):  # the file is open: no second look at it
            return None
        box = _bounds(placed)
        supports = supports_of(_files(dem, terrain, box))
        if not supports:
            return None
        blocks = blocks_about(supports, box)
        dense = [(s.per_area, float(s.ground.sum()) * s.block**2) for s in supports]
        known = [(d, a) for d, a in dense if math.isfinite(d)]
        area = sum(a for _, a in known)
        return cls(dem, placed, blocks, sum(d * a for d, a in known) / area if area > 0 else math.nan)

    def sigma_at(self, x: Array, y: Array, use: Mask) -> Array:
        """Standard deviation (m) of the ground's mean at places (n) of the terrain's CRS: 0 off the gaps, NaN unknown.

        Shares of blocks that a gap's edge cuts are in it. Nothing is said of places that are not of `use`.
        """
        at = self.blocks.index(x, y)
        share, gap, out = self.blocks.spanned[at], self.blocks.gap[at], np.zeros(np.shape(x))
        use = use & (share > 0)
        for name in np.unique(gap[use]).tolist():
            error = self.error(int(name))
            out[use & (gap == name)] = math.nan if error is None else error
        return np.asarray(out * share)

    def error(self, gap: int) -> float | None:
        """Standard deviation of the mean height of a gap, m; None where it cannot be told."""
        if gap not in self._errors:
            near = self._largest[:_TRIED]
            if gap in near:
                self._errors[gap] = self._tried(gap)
            else:
                others = [self.error(k) for k in near]
                known = [e for e in others if e is not None]
                self._errors[gap] = max(known) if known and len(known) == len(others) else None
        return self._errors[gap]

    @cached_property
    def _regions(self) -> list[Region]:
        return [region_of(ground_shape(part)) for part in self.placed.parts]

    def _blocks_of(self, number: int) -> tuple[Index, Index]:
        """(row, column) of the blocks at the places of a part's lattice."""
        part = self.placed.parts[number]
        pixel = self._regions[number].places() / (part.step_x, part.step_y)
        return self.blocks.index(*self.placed.grid.to_world(pixel[:, 0], pixel[:, 1]))

    @cached_property
    def _largest(self) -> list[int]:
        """The gaps of the site, that with the most ground inside first."""
        area = np.zeros(len(self.blocks.radius) + 1)
        for number, region in enumerate(self._regions):
            at = self._blocks_of(number)
            area += np.bincount(self.blocks.gap[at], region.weight.ravel() * self.blocks.spanned[at], area.size)
        area[0] = 0
        return [int(k) for k in np.argsort(-area, kind="stable") if area[k] > 0]

    def _tried(self, gap: int) -> float | None:
        found = self.trial_of(gap)
        if found is None:
            return None
        dip = self._dip(gap)
        return None if dip is None else found.of_gap(dip)

    def trial_of(self, gap: int) -> Trial | None:
        """The trial of gaps as wide as this one; those of like widths share one (steps of √2, the wider counts)."""
        cell = self._cell
        radius = max(float(self.blocks.radius[gap - 1]) / cell, _LEAST_RADIUS)
        wide = 2 ** (math.ceil(2 * math.log2(radius) - 1e-9) / 2)
        if wide not in self._trials:
            corners = np.concatenate([np.concatenate(p.rings) for p in self.placed.parts])
            box = (*corners.min(axis=0), *corners.max(axis=0))
            self._trials[wide] = trial(self.dem, box, wide, self._spanned_at)
        return self._trials[wide]

    @property
    def _cell(self) -> float:
        part = self.placed.parts[0]
        return math.sqrt(part.step_x * part.step_y)

    def _spanned_at(self, cols: Array, rows: Array) -> Array:
        at = self.blocks.index(*self.placed.grid.to_world(cols, rows))
        return np.where(self.blocks.ground[at] > 0, self.blocks.spanned[at], 1.0)

    def _dip(self, gap: int) -> float | None:
        """Mean dip of a gap (gis.gap_trial), m, on samples that are as dense as those of its trial."""
        row, col = np.nonzero(self.blocks.gap == gap)
        step = max(float(self.blocks.radius[gap - 1]) / SAMPLES, self._cell)
        x, y = self.blocks.centre(np.array([row.min(), row.max()]), np.array([col.min(), col.max()]))
        corner, other = self.placed.grid.to_pixel(x, y)
        lag = max(math.ceil(step / self._cell), 1)
        edge = 4 * lag + math.ceil(self.blocks.step / self._cell)
        grid = self.dem.grid
        cols = np.arange(max(int(corner.min()) - edge, 0), min(int(corner.max()) + edge, grid.width), lag)
        rows = np.arange(max(int(other.min()) - edge, 0), min(int(other.max()) + edge, grid.height), lag)
        if cols.size < 3 or rows.size < 3:
            return None
        z = cells_at(self.dem, rows, cols)
        cc, rr = np.meshgrid(cols + 0.5, rows + 0.5)
        at = self.blocks.index(*grid.to_world(cc, rr))
        return dip_of(z, np.isfinite(z) & (self.blocks.gap[at] == gap))

    def density(self) -> float | None:
        """Points per 100 m² of the measured ground inside the outline; None where none was measured."""
        count = area = 0.0
        for number, region in enumerate(self._regions):
            at, weight = self._blocks_of(number), region.weight.ravel()
            count += float((weight * self.blocks.density[at]).sum())
            area += float((weight * np.maximum(self.blocks.ground[at] - self.blocks.spanned[at], 0.0)).sum())
        return 100 * count / area if area > 0 else None


def _files(dem: Dem, terrain: Terrain, box: tuple[float, float, float, float]) -> list[Path]:
    """The terrain's file, or those of its tiles that meet a box in the terrain's CRS."""
    if not terrain.tiles:
        return [Path(dem.path)]
    grid = Grid.of(terrain)
    x0, y0, x1, y1 = box
    cols, rows = grid.to_pixel([x0, x1, x0, x1], [y0, y0, y1, y1])
    return [
        tile_path(dem.path, t)
        for t in terrain.tiles
        if t.col < cols.max() and t.col + t.width > cols.min() and t.row < rows.max() and t.row + t.height > rows.min()
    ]


def _bounds(placed: Placed) -> tuple[float, float, float, float]:
    """The site's box in the terrain's CRS with as much again on each side, and four times for trials beyond."""
    corners = np.concatenate([np.concatenate(p.rings) for p in placed.parts])
    (c0, r0), (c1, r1) = corners.min(axis=0), corners.max(axis=0)
    reach = 4 * max(c1 - c0, r1 - r0)
    x, y = placed.grid.to_world([c0 - reach, c1 + reach, c0 - reach, c1 + reach],
                                [r0 - reach, r0 - reach, r1 + reach, r1 + reach])  # fmt: skip
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
