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
from gis.placing import Part, Placed
from gis.surfaces.base import Surface
from models.progress import Watch

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
            _tile(dem, placed, part, tile, own, layering, ground, sums)
            share.report((tile.row1 - row0) / max(row1 - row0, 1))
    return ground, sums


def _tile(
    dem: Dem,
    placed: Placed,
    part: Part,
    tile: Tile,
    surfaces: Sequence[Surface],
    layering: Layering,
    ground: Ground,
    sums: Sequence[Sums],
) -> None:
    del part
    window = tile.row0, tile.row1, tile.col0, tile.col1
    z = dem.read(*window)
    cell = placed.row_areas(tile.row0, tile.row1)
    weight: Array | None = None if isinstance(tile.share, float) else tile.share
    bad = np.isnan(z)
    if bad.any():
        weight = np.where(bad, 0.0, 1.0 if weight is None else weight)
        z[bad] = 0.0
        _note_hole(ground, tile, bad)
    inside = None if weight is None else weight > 0
    shares = np.full(z.shape[0], float(z.shape[1])) if weight is None else weight.sum(axis=1)
    ground.shares.extend(shares.tolist())
    ground.area.extend((shares * cell).tolist())
    if inside is None or inside.any():
        seen = z if inside is None else z[inside]
        ground.floor, ground.top = min(ground.floor, float(seen.min())), max(ground.top, float(seen.max()))
    for surface, sum_ in zip(surfaces, sums, strict=True):
        _add(sum_, surface.block(*window), z, weight, inside, cell, layering)


def _note_hole(ground: Ground, tile: Tile, bad: Mask) -> None:
    if ground.hole is None:
        inside = bad if isinstance(tile.share, float) else bad & (tile.share > 0)
        i, j = np.nonzero(inside)
        if i.size:
            k = int(np.argmin((i - i.mean()) ** 2 + (j - j.mean()) ** 2))
            ground.hole = tile.col0 + float(j[k]) + 0.5, tile.row0 + float(i[k]) + 0.5


def _add(
    sums: Sums,
    r: Array | float,
    z: Array,
    weight: Array | None,
    inside: Mask | None,
    cell: Array,
    layering: Layering,
) -> None:
    def put(name: str, values: Array) -> None:
        rows = values.sum(axis=1) if weight is None else np.multiply(values, weight, out=values).sum(axis=1)
        sums.terms[name].extend((rows * cell).tolist())

    d = r - z
    if isinstance(r, np.ndarray):
        lost = np.isnan(d)
        if lost.any():
            put("undefined", lost.astype(np.float64))
            d[lost] = 0.0
        seen = r[~lost] if inside is None else r[inside & ~lost]
        if seen.size:
            sums.reference_low = min(sums.reference_low, float(seen.min()))
            sums.reference_high = max(sums.reference_high, float(seen.max()))
        put("reference", np.where(lost, 0.0, r))
    else:
        sums.reference_low, sums.reference_high = min(sums.reference_low, r), max(sums.reference_high, r)
        put("reference", np.full(z.shape, r))
    within = d if inside is None else d[inside]
    if within.size:
        sums.deepest = max(sums.deepest, float(within.max()))
        sums.highest = max(sums.highest, -float(within.min()))
    put("flooded", (d > 0).astype(np.float64))
    put("raised", (d < 0).astype(np.float64))
    depth = np.maximum(d, 0.0)
    put("cut", depth - d)
    if layering.cover_m or layering.base_m:
        cover = np.minimum(depth, layering.cover_m)
        put("base", np.minimum(depth - cover, layering.base_m))
        put("cover", cover)
    put("fill", depth)
