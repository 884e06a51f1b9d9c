"""A site's ground by height: its volume, area and mass at any level, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gis.arrays import Array
from gis.sums import SAME_M, Layering
from gis.tonnes import Tonnes
from gis.uncertainty import half_width
from models.estimate import LevelFigures
from models.tonnage import dry_tonnage, tonnage_sigma, wet_tonnage


@dataclass(frozen=True)
class LevelSpread:
    """Standard deviation of the volume and by how much the truth is likely above it (m³) at rising levels (m).

    `sigma_m3` is NaN where it is not known. Between the levels both are taken as straight: the deviation is a sum over
    the ground that counts, which grows steadily (tests hold it to 2 % of an estimate's).
    """

    level_m: Array
    sigma_m3: Array
    offset_m3: Array

    def at(self, level: float) -> tuple[float, float] | None:
        """(sigma, offset) in m³; None where they are not known."""
        sigma, offset = (float(np.interp(level, self.level_m, v)) for v in (self.sigma_m3, self.offset_m3))
        return (sigma, offset) if np.isfinite(sigma) else None

    def half(self, level: float) -> float | None:
        """Half width of the 95 % interval of the volume, m³; None where it is not known."""
        found = self.at(level)
        return None if found is None else half_width(*found)

    def tonnage_half(self, level: float, space_m3: float, density: float, relative_sigma: float | None) -> float | None:
        """Half width of the dry mass that fills `space_m3` below `level`, t; None where it is not known."""
        found = self.at(level)
        if found is None or relative_sigma is None:
            return None
        sigma, offset = found
        return half_width(tonnage_sigma(space_m3, sigma, density, relative_sigma), offset * density)


@dataclass(frozen=True)
class LevelTable:
    """Volume, area and mass at any level in microseconds. `floor_m`, `top_m`: lowest and highest ground inside.

    `area_below` (m²) and `moment_below` (m³, area times height above the floor) are running sums up to each of `edges`
    (m). `rim_low_m`, `rim_high_m`: range of the rim (NaN where it leaves the terrain): the natural range of a slider.
    """

    edges: Array
    area_below: Array
    moment_below: Array
    floor_m: float
    top_m: float
    rim_low_m: float
    rim_high_m: float
    fills: bool = True
    layering: Layering = field(default_factory=Layering)
    tonnes: Tonnes = field(default_factory=Tonnes)
    spread: LevelSpread | None = None
    """How sure the volumes are; None: figures come without an interval."""

    @property
    def step_m(self) -> float:
        """Height of a bin, m: 1/65 536 of the relief."""
        return float(self.edges[1] - self.edges[0])

    def at(self, level: float) -> tuple[float, float]:
        """(volume m³ below a horizontal plane, area m² below it) inside the site.

        Exact at the table's edges. Between them the cells of one bin count as evenly spread: the volume is then off by
        less than the bin's area times its height (see `uncertain_m3`).
        """
        if not level > self.floor_m:
            return 0.0, 0.0
        k = int(np.searchsorted(self.edges, level, side="right"))
        depth = level - self.floor_m
        if k >= self.edges.size:
            return float(depth * self.area_below[-1] - self.moment_below[-1]), float(self.area_below[-1])
        low, high = self.edges[k - 1], self.edges[k]
        share = (level - low) / (high - low)
        inside = self.area_below[k] - self.area_below[k - 1]
        area = self.area_below[k - 1] + share * inside
        volume = depth * self.area_below[k - 1] - self.moment_below[k - 1] + share * inside * (level - low) / 2
        return float(max(volume, 0.0)), float(area)

    def uncertain_m3(self, level: float) -> float:
        """Bound of the error of `at`'s volume for want of knowledge within a bin, m³; 0 above and below the ground."""
        k = int(np.searchsorted(self.edges, level, side="right"))
        if k == 0 or k >= self.edges.size:
            return 0.0
        return float((self.area_below[k] - self.area_below[k - 1]) * (level - self.edges[k - 1]))

    def touched(self, level: float) -> float:
        """Ground that a level covers (of a heap: that stands above it), m², as an estimate counts it."""
        return self.at(level - SAME_M)[1] if self.fills else float(self.area_below[-1]) - self.at(level + SAME_M)[1]

    def figures(self, level: float) -> LevelFigures:
        """What `estimate` gives with the reference `level` at this elevation: layers and mass too.

        What lies below cover and base fills the space of a level lower by their thickness, so all layers come from the
        one table. Of a stockpile the ground above the level counts, as in an estimate.
        """
        fill, _ = self.at(level)
        whole, moment = float(self.area_below[-1]), float(self.moment_below[-1])
        cut = max(fill - ((level - self.floor_m) * whole - moment), 0.0) if level < self.top_m else 0.0
        if self.fills:
            under_cover, _ = self.at(level - self.layering.cover_m)
            space, _ = self.at(level - self.layering.cover_m - self.layering.base_m)
            cover, base = fill - under_cover, under_cover - space
            depth = level - self.floor_m
        else:
            space, cover, base = cut, 0.0, 0.0
            depth = self.top_m - level
        touched = self.touched(level)
        dry = dry_tonnage(space, self.tonnes.density) if self.tonnes.density is not None else None
        wet = wet_tonnage(dry, self.tonnes.moisture) if dry is not None and self.tonnes.moisture is not None else None
        found = level, fill, cut, touched, space, cover, base, max(depth, 0.0), self.tonnes.density, dry, wet
        return LevelFigures(*found, *self._halves(level, space)) if touched > 0 else LevelFigures(*found)

    def _halves(self, level: float, space: float) -> tuple[float | None, float | None, float | None]:
        """Half widths of volume, waste space and dry mass: the layers' undersides are levels of their own."""
        if self.spread is None:
            return None, None, None
        under = level - self.layering.cover_m - self.layering.base_m if self.fills else level
        density, sigma = self.tonnes.density, self.tonnes.relative_sigma
        mass = None if density is None else self.spread.tonnage_half(under, space, density, sigma)
        return self.spread.half(level), self.spread.half(under), mass
