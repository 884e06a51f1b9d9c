"""What of a site rests on spanned ground: shares, volumes, where, how wrong it may be, and how dense the points are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from gis.arrays import Array, Mask
from gis.correlation import Region, region_of
from gis.crs import same_crs, transformer
from gis.dem.file import Dem
from gis.dem.on_grid import OnGrid
from gis.flooded import ground_shape
from gis.gaps import Gaps
from gis.placing import Part, Placed, place
from gis.rim import Rim
from gis.surfaces.base import Surface
from gis.tiling import tiles
from models.errors import Refused
from models.site import Site
from models.support import SiteSupport
from models.terrain import Terrain

_SLIVER = 0.01


class Cells(NamedTuple):
    """Cells at pixel positions, with the ground area (m²) of each inside and the depth (m) that counts there."""

    cols: Array
    rows: Array
    area: Array
    depth: Array


@dataclass
class Spans:
    """A site on a terrain of which it is known what it rests on, seen from the grid that is summed over (`placed`).

    That is the terrain's own, or another one in any system. `aside` (columns, rows): so far from each place the terrain
    is sampled.
    """

    gaps: Gaps
    placed: Placed
    aside: tuple[float, float] = (0.0, 0.0)
    _regions: dict[int, Region] = field(default_factory=dict)
    _sigma: dict[int, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, dem: Dem, terrain: Terrain, own: Placed, placed: Placed | None = None) -> Spans | None:
        """None where the terrain says nothing of how it was made of points.

        `own`: the site on the grid of `dem`; `placed`: on the one that is summed over, where that is another.
        """
        gaps = Gaps.of(dem, terrain, own)
        return None if gaps is None else cls(gaps, placed or own)

    def sampled_aside(self, columns: float, rows: float) -> Spans:
        """The same where the terrain is sampled so far from each place."""
        return self if (columns, rows) == self.aside else Spans(self.gaps, self.placed, (columns, rows))

    def _world(self, cols: Array, rows: Array) -> tuple[Array, Array]:
        """Places in the terrain's CRS of pixel positions on the grid that is summed over."""
        x, y = self.placed.grid.to_world(cols + self.aside[0], rows + self.aside[1])
        own = self.gaps.placed.grid.crs
        if not same_crs(self.placed.grid.crs, own):
            x, y = transformer(self.placed.grid.crs, own).transform(x, y)
        return x, y

    def share_at(self, cols: Array, rows: Array) -> Array:
        """Share of spanned ground at pixel positions, 0..1; 0 where nothing is known."""
        return np.asarray(self.gaps.blocks.spanned[self.gaps.blocks.index(*self._world(cols, rows))])

    def measured(self, cols: Array, rows: Array) -> Mask:
        """Where the ground at pixel positions is known not to be spanned at all, or nothing is known of it."""
        return np.asarray(self.share_at(cols, rows) <= 0)

    def sigma_at(self, cols: Array, rows: Array, use: Mask | None = None) -> Array:
        """Standard deviation of the ground's mean at pixel positions, m: 0 off the gaps, NaN unknown."""
        every = np.ones(np.shape(cols), np.bool_) if use is None else use
        return self.gaps.sigma_at(*self._world(cols, rows), every)

    def _region(self, number: int) -> Region:
        if number not in self._regions:
            self._regions[number] = region_of(ground_shape(self.placed.parts[number]))
        return self._regions[number]

    def _pixel(self, number: int) -> tuple[Array, Array]:
        """(column, row) of the places of a part's lattice."""
        part = self.placed.parts[number]
        col, row = (self._region(number).places() / (part.step_x, part.step_y)).T
        return col, row

    def _number(self, part: Part) -> int:
        return next(n for n, p in enumerate(self.placed.parts) if p is part)

    @cached_property
    def any_inside(self) -> bool:
        """Whether some ground inside the outline was spanned."""
        parts = range(len(self.placed.parts))
        return any((self._region(n).weight.ravel() * self.share_at(*self._pixel(n)) > 0).any() for n in parts)

    def whole(self) -> list[tuple[Part, Region]]:
        """All ground of the site, for `sigma_m3`."""
        return [(part, self._region(n)) for n, part in enumerate(self.placed.parts)]

    def sigma_m3(self, over: Sequence[tuple[Part, Region]]) -> float | None:
        """Standard deviation (m³) that spanned ground brings into the volume over regions on the parts' own lattices.

        Gaps are added linearly: what one of them hides the others are likely to hide, too. None where the error of a
        gap cannot be told, unless it takes less than a hundredth of the area.
        """
        weights = [region.weight.ravel() for _, region in over]
        per_area = [self._per_area(self._number(part)) for part, _ in over]
        return summed(np.concatenate(per_area), np.concatenate(weights)) if over else 0.0

    def _per_area(self, number: int) -> Array:
        """Standard deviation of the ground's mean at each place of a part's lattice, m."""
        if number not in self._sigma:
            self._sigma[number] = self.sigma_at(*self._pixel(number), self._region(number).weight.ravel() > 0)
        return self._sigma[number]

    def summary(self, cells: Iterable[Cells], rim_share: float = 0.0) -> SiteSupport:
        """Shares of area and volume, the largest gap and the density; looks at the cells where there is such ground."""
        sums = dict.fromkeys(("area", "volume", "spanned", "deep", "level", "flat"), 0.0)
        blocks = self.gaps.blocks
        by_gap = np.zeros((3, len(blocks.radius) + 1))
        if (blocks.spanned > 0).any() or (blocks.level > 0).any():
            for cols, rows, area, depth in cells:
                x, y = self._world(cols, rows)
                at = blocks.index(x, y)
                share, level, gap = blocks.spanned[at], blocks.level[at], blocks.gap[at]
                for key, value in (
                    ("area", area), ("volume", area * depth), ("spanned", area * share), ("level", area * level),
                    ("deep", area * depth * share), ("flat", area * depth * level),
                ):  # fmt: skip
                    sums[key] += float(value.sum())
                for k, value in enumerate((area * share, area * share * x, area * share * y)):
                    by_gap[k] += np.bincount(gap.ravel(), value.ravel(), by_gap.shape[1])
        density = self.gaps.terrain_density
        found = SiteSupport(
            spanned_area_m2=sums["spanned"],
            spanned_area_share=_share(sums["spanned"], sums["area"]),
            spanned_volume_m3=sums["deep"],
            spanned_volume_share=_share(sums["deep"], sums["volume"]),
            level_area_share=_share(sums["level"], sums["area"]),
            level_volume_share=_share(sums["flat"], sums["volume"]),
            spanned_rim_share=rim_share,
            points_per_100_m2=self.gaps.density(),
            terrain_points_per_100_m2=None if math.isnan(density) else 100 * density,
        )
        return self._with_gap(found, by_gap)

    def _with_gap(self, found: SiteSupport, by_gap: Array) -> SiteSupport:
        """The gap with the most ground inside; `by_gap`: area, area · x, area · y by the gaps' numbers."""
        gap, own = int(np.argmax(by_gap[0])), self.gaps.placed
        if by_gap[0, gap] <= 0:
            return found
        tried = self.gaps.trial_of(gap)
        col, row = own.grid.to_pixel(by_gap[1, gap] / by_gap[0, gap], by_gap[2, gap] / by_gap[0, gap])
        x, y = own.site_place(float(col), float(row))
        return replace(
            found,
            gap_area_m2=float(by_gap[0, gap]),
            gap_width_m=2 * float(self.gaps.blocks.radius[gap - 1]),
            gap_x=x,
            gap_y=y,
            gap_error_m=self.gaps.error(gap),
            gap_trials=tried.places if tried is not None else 0,
        )

    def rim_share(self, surfaces: Sequence[Surface], rims: Sequence[Rim]) -> float:
        """Share of the length of the rims, of those that a surface hangs on."""
        spanned = length = 0.0
        for surface, rim in zip(surfaces, rims, strict=True):
            if surface.rim_error == "none":
                continue
            spanned += float((rim.weight * self.share_at(rim.cols, rim.rows)).sum())
            length += float(rim.weight.sum())
        return _share(spanned, length)


def spans_of(dem: Dem, site: Site, placed: Placed, kept: dict[str, Any]) -> Spans | None:
    """What an open terrain says of a site that is summed over the grid of `placed`; looked up once, into `kept`.

    None where it says nothing, or where no way is known from the site to the terrain's system.
    """
    below = dem.below if isinstance(dem, OnGrid) else dem
    key = f"spans {below.path}"
    if key not in kept:
        try:
            own = placed if below.grid is placed.grid else place(site, below.grid)
        except Refused:
            return None
        kept[key] = Spans.of(below, below.terrain, own, placed)
    found: Spans | None = kept[key]
    return found


def summed(per_area: Array, weight: Array) -> float | None:
    """Σ of standard deviations (m) over areas (m²), m³; None where one that is not known has over a hundredth of it."""
    untold = np.isnan(per_area)
    if float(weight[untold].sum()) > _SLIVER * float(weight.sum()):
        return None
    return float(weight @ np.where(untold, 0.0, per_area))


def joint(sigmas: Iterable[float | None]) -> float | None:
    """What spanned ground of several terrains, measured apart, brings into one volume; None where one is not known."""
    every = list(sigmas)
    known = [s for s in every if s is not None]
    return math.sqrt(math.fsum(s * s for s in known)) if len(known) == len(every) else None


def body_cells(dem: Dem, placed: Placed, surfaces: Sequence[Surface], *, fills: bool) -> Iterator[Cells]:
    """The cells of a site tile by tile, with their depths under the surfaces (heights over them for a heap)."""
    for part, surface in zip(placed.parts, surfaces, strict=True):
        for tile in tiles(part.edges, dem.window):
            window = tile.row0, tile.row1, tile.col0, tile.col1
            area = tile.share * placed.row_areas(tile.row0, tile.row1)[:, None]
            depth = surface.block(*window) - dem.read(*window)
            area = np.where(np.isfinite(depth), area, 0.0)
            depth = np.maximum(np.nan_to_num(depth if fills else -depth), 0.0)
            cols, rows = np.meshgrid(np.arange(tile.col0, tile.col1) + 0.5, np.arange(tile.row0, tile.row1) + 0.5)
            yield Cells(cols, rows, area, depth)


def _share(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole > 0 else 0.0
