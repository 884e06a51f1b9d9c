"""Cell sums (volumes.md section 1): what lies between the ground and a reference surface, with exact shares of cells.

One pass over the tiles of a site serves any number of surfaces. Every row of a tile gives one term; terms are added by
`math.fsum`, which is exact, so that results do not depend on the size of blocks or the order of parts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gis.arrays import Array, Mask
from gis.coverage import TILE_ROWS, Tile, tiles
from gis.dem.file import Dem
from gis.placing import Placed
from gis.surfaces.base import Surface
from models.progress import Watch

_SAME_M = 2.5e-4
"""Depths up to this are rounding and no depth, m: a step of float32 at 4 096 m. One figure for all heights, so that
areas do not depend on the order of the tiles."""
_BAND = 64
_NAMES = ("fill", "cut", "cover", "base", "flooded", "raised", "reference", "undefined")


@dataclass
class Sums:
    """What one surface gives over a site. Volumes m³, areas m², elevations and depths m."""

    terms: dict[str, list[float]] = field(default_factory=lambda: {n: [] for n in _NAMES})
    reference_low: float = math.inf
    reference_high: float = -math.inf
    deepest: float = 0.0
    highest: float = 0.0

    def total(self, name: str) -> float:
        """The sum of all terms of a quantity."""
        return math.fsum(self.terms[name])


@dataclass
class Ground:
    """What the pass found of the ground itself. Areas m²; `cells` in whole cells; `floor`, `top` m."""

    area: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    floor: float = math.inf
    top: float = -math.inf
    hole: tuple[float, float] | None = None
    """Pixel position (column, row) of a missing cell inside the site."""

    @property
    def covered_m2(self) -> float:
        """Ground area of the site's valid cells."""
        return math.fsum(self.area)

    @property
    def cells(self) -> int:
        """Valid cells inside, parts of cells added up."""
        return round(math.fsum(self.shares))


@dataclass(frozen=True)
class Layering:
    """Thickness of cover soil and of the base layer, m."""

    cover_m: float = 0.0
    base_m: float = 0.0


def accumulate(
    dem: Dem,
    placed: Placed,
    surfaces: Sequence[Sequence[Surface]],
    layering: Layering,
    *,
    watch: Watch | None = None,
    tile_rows: int = TILE_ROWS,
) -> tuple[Ground, list[Sums]]:
    """Sums for each of several surfaces (each given part by part) over all parts of a site.

    Cells off the raster or without a height add nothing; compare `Ground.covered_m2` with the site's area.
    """
    watch = watch or Watch()
    ground, sums = Ground(), [Sums() for _ in surfaces]
    for number, part in enumerate(placed.parts):
        row0, row1, _, _ = part.edges.bounds
        own = [s[number] for s in surfaces]
        share = watch.part(number / len(placed.parts), (number + 1) / len(placed.parts))
        for tile in tiles(part.edges, dem.window, rows=tile_rows):
            _tile(dem, placed, tile, own, layering, ground, sums)
            share.report((tile.row1 - row0) / max(row1 - row0, 1))
    return ground, sums


def _tile(
    dem: Dem,
    placed: Placed,
    tile: Tile,
    surfaces: Sequence[Surface],
    layering: Layering,
    ground: Ground,
    sums: Sequence[Sums],
) -> None:
    z = dem.read(tile.row0, tile.row1, tile.col0, tile.col1)
    for i in range(0, z.shape[0], _BAND):
        part = z[i : i + _BAND]
        share = tile.share if isinstance(tile.share, float) else tile.share[i : i + _BAND]
        row0 = tile.row0 + i
        band = Tile(row0, row0 + part.shape[0], tile.col0, tile.col1, share)
        _band(part, placed.row_areas(band.row0, band.row1), band, surfaces, layering, ground, sums)


def _band(
    z: Array,
    cell: Array,
    tile: Tile,
    surfaces: Sequence[Surface],
    layering: Layering,
    ground: Ground,
    sums: Sequence[Sums],
) -> None:
    """Add some rows of a tile, few enough for the processor's cache. `z` is changed."""
    weight: Array | None = None if isinstance(tile.share, float) else tile.share
    low, high = float(z.min()), float(z.max())  # NaN if any is
    if math.isnan(low):
        bad = np.isnan(z)
        weight = np.where(bad, 0.0, 1.0 if weight is None else weight)
        _note_hole(ground, tile, bad)
    outside = None if weight is None else weight == 0
    if outside is not None:
        at = int(np.argmin(outside))
        if outside.flat[at]:  # nothing inside has a height
            return
        # Cells that do not count take the height of one that does: no masks in what follows.
        np.copyto(z, z.flat[at], where=outside)
        low, high = float(z.min()), float(z.max())
    shares = np.full(z.shape[0], float(z.shape[1])) if weight is None else weight.sum(axis=1)
    area = shares * cell
    ground.shares.extend(shares.tolist())
    ground.area.extend(area.tolist())
    ground.floor, ground.top = min(ground.floor, low), max(ground.top, high)
    for surface, sum_ in zip(surfaces, sums, strict=True):
        r = surface.block(tile.row0, tile.row1, tile.col0, tile.col1)
        rows = _Rows(sum_, weight, cell, area)
        if isinstance(r, np.ndarray):
            _add_curved(rows, r, z, outside, layering)
        else:
            rows.level(r)
            _add(rows, r - z, r - high, r - low, layering)


def _note_hole(ground: Ground, tile: Tile, bad: Mask) -> None:
    if ground.hole is None:
        inside = bad if isinstance(tile.share, float) else bad & (tile.share > 0)
        i, j = np.nonzero(inside)
        if i.size:
            k = int(np.argmin((i - i.mean()) ** 2 + (j - j.mean()) ** 2))
            ground.hole = tile.col0 + float(j[k]) + 0.5, tile.row0 + float(i[k]) + 0.5


@dataclass
class _Rows:
    """Where the row sums of one surface over one tile go. `weight` None: every cell counts whole."""

    sums: Sums
    weight: Array | None
    cell: Array
    area: Array

    def put(self, name: str, values: Array) -> None:
        """Add the sum of values × weight × ground area of each row."""
        # Whole tiles take the same way with shares of 1: a row's sum must not depend on how the tiles were cut.
        weight = np.ones(values.shape) if self.weight is None else self.weight
        rows = np.einsum("ij,ij->i", values, weight)
        self.sums.terms[name].extend((rows * self.cell).tolist())

    def whole(self, name: str) -> None:
        """Add the ground area of all cells that count."""
        self.sums.terms[name].extend(self.area.tolist())

    def level(self, height: float) -> None:
        """Note a horizontal surface."""
        self.sums.terms["reference"].extend((self.area * height).tolist())
        self.reach(height, height)

    def reach(self, low: float, high: float) -> None:
        """Note the range of the surface."""
        self.sums.reference_low = min(self.sums.reference_low, low)
        self.sums.reference_high = max(self.sums.reference_high, high)


def _add_curved(rows: _Rows, r: Array, z: Array, outside: Mask | None, layering: Layering) -> None:
    """A surface that is not horizontal; where it has no height inside the site, the area is noted as undefined."""
    d = r - z
    idle = np.isnan(d)
    if idle.any():
        rows.put("undefined", (idle if outside is None else idle & ~outside).astype(np.float64))
    if outside is not None:
        idle |= outside
    if idle.all():
        return
    used = r if not idle.any() else np.where(idle, r[~idle][0], r)
    d[idle] = 0.0
    rows.reach(float(used.min()), float(used.max()))
    rows.put("reference", used)
    _add(rows, d, float(d.min()), float(d.max()), layering)


def _add(rows: _Rows, d: Array, low: float, high: float, layering: Layering) -> None:
    """Fill, cut, layers and areas from depths `d` (reference minus ground, m) between `low` and `high`."""
    # Ground that is the reference but for rounding is neither flooded nor raised; its volume is as small as that.
    rows.sums.deepest, rows.sums.highest = max(rows.sums.deepest, high), max(rows.sums.highest, -low)
    if low > _SAME_M:
        rows.whole("flooded")
        depth = d
    elif high <= 0:
        rows.put("cut", -d)
        rows.put("raised", (d < -_SAME_M).astype(np.float64))
        return
    else:
        depth = np.maximum(d, 0.0)
        rows.put("flooded", (d > _SAME_M).astype(np.float64))
        if low < 0:
            rows.put("raised", (d < -_SAME_M).astype(np.float64))
            rows.put("cut", depth - d)
    rows.put("fill", depth)
    if layering.cover_m or layering.base_m:
        cover = np.minimum(depth, layering.cover_m)
        rows.put("cover", cover)
        rows.put("base", np.minimum(depth - cover, layering.base_m))
