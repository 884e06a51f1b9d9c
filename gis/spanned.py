"""What of a site rests on spanned ground: shares, volumes, where, how wrong it may be, and how dense the points are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from gis.arrays import Array, Index
from gis.correlation import Region, region_of
from gis.dem.display import cells as cells_at
from gis.dem.file import Dem
from gis.dem.grid import Grid
from gis.dem.tiles import tile_path
from gis.flooded import ground_shape
from gis.gap_trial import SAMPLES, Trial, dip_of, trial
from gis.placing import Part, Placed
from gis.rim import Rim
from gis.support import NAMESPACE, supports_of
from gis.support_blocks import Blocks, blocks_about
from gis.surfaces.base import Surface
from gis.tiling import Tile, tiles
from models.support import SiteSupport
from models.terrain import Terrain

_TRIED = 8
"""Gaps of a site that are tried one by one; the others are taken for as wrong as the worst of those."""
_LEAST_RADIUS = 1.5
_SLIVER = 0.01


@dataclass
class Spans:
    """A site on a terrain of which it is known what it rests on."""

    dem: Dem
    placed: Placed
    blocks: Blocks
    terrain_density: float
    _trials: dict[float, Trial | None] = field(default_factory=dict)
    _errors: dict[int, float | None] = field(default_factory=dict)
    _regions: dict[int, Region] = field(default_factory=dict)
    _sigma: dict[int, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, dem: Dem, terrain: Terrain, placed: Placed) -> Spans | None:
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

    def _region(self, number: int) -> Region:
        if number not in self._regions:
            self._regions[number] = region_of(ground_shape(self.placed.parts[number]))
        return self._regions[number]

    def _blocks_of(self, number: int) -> tuple[Index, Index]:
        """(row, column) of the blocks at the places of a part's lattice."""
        part = self.placed.parts[number]
        pixel = self._region(number).places() / (part.step_x, part.step_y)
        return self.blocks.index(*self.placed.grid.to_world(pixel[:, 0], pixel[:, 1]))

    def _number(self, part: Part) -> int:
        return next(n for n, p in enumerate(self.placed.parts) if p is part)

    @cached_property
    def any_inside(self) -> bool:
        """Whether some ground inside the outline was spanned."""
        return any((self._sizes(n) > 0).any() for n in range(len(self.placed.parts)))

    def _sizes(self, number: int) -> Array:
        """Spanned area (m²) at each place of a part's lattice."""
        return np.asarray(self._region(number).weight.ravel() * self.blocks.spanned[self._blocks_of(number)])

    def sigma_m3(self, over: Sequence[tuple[Part, Region]]) -> float | None:
        """Standard deviation (m³) that spanned ground brings into the volume over regions on the parts' own lattices.

        Gaps are added linearly: what one of them hides the others are likely to hide, too. None where the error of a
        gap cannot be told, unless it takes less than a hundredth of the area.
        """
        total = area = unknown = 0.0
        for part, region in over:
            weight, per_area = region.weight.ravel(), self._per_area(self._number(part))
            untold = np.isnan(per_area)
            total += float(weight @ np.where(untold, 0.0, per_area))
            area += float(weight.sum())
            unknown += float(weight[untold].sum())
        return None if unknown > _SLIVER * area else total

    def _per_area(self, number: int) -> Array:
        """Standard deviation of the ground's mean at each place of a part's lattice, m: 0 off the gaps, NaN unknown."""
        if number not in self._sigma:
            row, col = self._blocks_of(number)
            share = self.blocks.spanned[row, col]
            gap = self.blocks.gap[row, col]
            sizes = self._sizes(number)
            out = np.zeros(share.size)
            for name in np.unique(gap[(share > 0) & (sizes > 0)]).tolist():
                error = self.error(int(name))
                out[gap == name] = math.nan if error is None else error
            out[share <= 0] = 0.0
            self._sigma[number] = out * np.where(share > 0, share, 1.0)
        return self._sigma[number]

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
    def _largest(self) -> list[int]:
        """The gaps of the site, that with the most ground inside first."""
        area = np.zeros(len(self.blocks.radius) + 1)
        for number in range(len(self.placed.parts)):
            area += np.bincount(self.blocks.gap[self._blocks_of(number)], self._sizes(number), area.size)
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

    def summary(self, surfaces: Sequence[Surface], rims: Sequence[Rim], *, fills: bool) -> SiteSupport:
        """Shares of area and volume, the largest gap and the density; a second pass where there is such ground."""
        sums = dict.fromkeys(("area", "volume", "spanned", "deep", "level", "flat"), 0.0)
        by_gap = np.zeros((3, len(self.blocks.radius) + 1))
        if (self.blocks.spanned > 0).any() or (self.blocks.level > 0).any():
            for area, depth, at, x, y in self._cells(surfaces, fills=fills):
                share, level, gap = self.blocks.spanned[at], self.blocks.level[at], self.blocks.gap[at]
                for key, value in (
                    ("area", area), ("volume", area * depth), ("spanned", area * share), ("level", area * level),
                    ("deep", area * depth * share), ("flat", area * depth * level),
                ):  # fmt: skip
                    sums[key] += float(value.sum())
                for k, value in enumerate((area * share, area * share * x, area * share * y)):
                    by_gap[k] += np.bincount(gap.ravel(), value.ravel(), by_gap.shape[1])
        found = SiteSupport(
            spanned_area_m2=sums["spanned"],
            spanned_area_share=_share(sums["spanned"], sums["area"]),
            spanned_volume_m3=sums["deep"],
            spanned_volume_share=_share(sums["deep"], sums["volume"]),
            level_area_share=_share(sums["level"], sums["area"]),
            level_volume_share=_share(sums["flat"], sums["volume"]),
            spanned_rim_share=self._rim_share(surfaces, rims),
            points_per_100_m2=self._density(),
            terrain_points_per_100_m2=None if math.isnan(self.terrain_density) else 100 * self.terrain_density,
        )
        return self._with_gap(found, by_gap)

    def _with_gap(self, found: SiteSupport, by_gap: Array) -> SiteSupport:
        """The gap with the most ground inside; `by_gap`: area, area · x, area · y by the gaps' numbers."""
        gap = int(np.argmax(by_gap[0]))
        if by_gap[0, gap] <= 0:
            return found
        tried = self.trial_of(gap)
        col, row = self.placed.grid.to_pixel(by_gap[1, gap] / by_gap[0, gap], by_gap[2, gap] / by_gap[0, gap])
        x, y = self.placed.site_place(float(col), float(row))
        return replace(
            found,
            gap_area_m2=float(by_gap[0, gap]),
            gap_width_m=2 * float(self.blocks.radius[gap - 1]),
            gap_x=x,
            gap_y=y,
            gap_error_m=self.error(gap),
            gap_trials=tried.places if tried is not None else 0,
        )

    def _rim_share(self, surfaces: Sequence[Surface], rims: Sequence[Rim]) -> float:
        """Share of the length of the rims, of those that a surface hangs on."""
        spanned = length = 0.0
        for surface, rim in zip(surfaces, rims, strict=True):
            if surface.rim_error == "none":
                continue
            at = self.blocks.index(*self.placed.grid.to_world(rim.cols, rim.rows))
            spanned += float((rim.weight * self.blocks.spanned[at]).sum())
            length += float(rim.weight.sum())
        return _share(spanned, length)

    def _cells(self, surfaces: Sequence[Surface], *, fills: bool) -> Iterator[tuple[Array, ...]]:
        """(ground area inside, depth that counts, blocks, x, y) of the cells of each tile."""
        for part, surface in zip(self.placed.parts, surfaces, strict=True):
            for tile in tiles(part.edges, self.dem.window):
                yield self._tile(tile, surface, fills=fills)

    def _tile(self, tile: Tile, surface: Surface, *, fills: bool) -> tuple[Array, ...]:
        window = tile.row0, tile.row1, tile.col0, tile.col1
        area = tile.share * self.placed.row_areas(tile.row0, tile.row1)[:, None]
        depth = surface.block(*window) - self.dem.read(*window)
        area = np.where(np.isfinite(depth), area, 0.0)
        depth = np.maximum(np.nan_to_num(depth if fills else -depth), 0.0)
        cols, rows = np.meshgrid(np.arange(tile.col0, tile.col1) + 0.5, np.arange(tile.row0, tile.row1) + 0.5)
        x, y = self.placed.grid.to_world(cols, rows)
        return area, depth, self.blocks.index(x, y), x, y  # type: ignore[return-value]  # a pair among arrays

    def _density(self) -> float | None:
        """Points per 100 m² of the measured ground inside the outline; None where none was measured."""
        count = area = 0.0
        for number in range(len(self.placed.parts)):
            at, weight = self._blocks_of(number), self._region(number).weight.ravel()
            count += float((weight * self.blocks.density[at]).sum())
            area += float((weight * np.maximum(self.blocks.ground[at] - self.blocks.spanned[at], 0.0)).sum())
        return 100 * count / area if area > 0 else None


def _share(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole > 0 else 0.0


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
