"""Cell sums (volumes.md section 1): what lies between the ground and a reference surface, with exact shares of cells.

One pass over the tiles of a site serves any number of surfaces. Cells wholly inside are summed run by run, straight
from the heights; the few that the outline cuts are summed apart, with their shares. Results do not depend on the size
of blocks or the order of parts (`gis.row_sums`).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gis.arrays import Array
from gis.cells import Cells, Missing, whole_cells
from gis.cut_cells import Cut, cut_cells, together
from gis.dem.file import Dem
from gis.placing import Placed
from gis.row_sums import RowSums
from gis.scratch import scratch
from gis.surfaces.base import Surface
from gis.tiling import TILE_COLS, TILE_ROWS, Tile, tiles
from models.progress import Watch

SAME_M = 2.5e-4
"""Depths up to this are rounding and no depth, m: a step of float32 at 4 096 m. One figure for all heights, so that
areas do not depend on the order of the tiles."""

_ROWS = 2 * TILE_ROWS
"""Rows of a tile: each costs as much as a hundred thousand cells more, and only bands of it are worked on at a time."""
_AHEAD = 4
"""Tiles that a compressed terrain is told of before they are summed: some 40 of the usual tiles of a file."""

Window = tuple[int, int, int, int]


@dataclass
class Sums:
    """What one surface gives over a site; elevations and depths in m.

    Quantities: volumes `fill, cut, cover, base`, areas `flooded, raised, undefined`, `reference` (elevation × area).
    """

    rows: RowSums = field(default_factory=RowSums)
    reference_low: float = math.inf
    reference_high: float = -math.inf
    deepest: float = 0.0
    highest: float = 0.0

    def total(self, name: str) -> float:
        """A quantity's sum over the site, m³ or m²."""
        return self.rows.total(name)


@dataclass
class Ground:
    """What the pass found of the ground itself. `floor`, `top` m."""

    rows: RowSums = field(default_factory=RowSums)
    floor: float = math.inf
    top: float = -math.inf
    hole: tuple[float, float] | None = None
    """Pixel position (column, row) of a missing cell inside the site."""

    @property
    def covered_m2(self) -> float:
        """Ground area of the site's valid cells."""
        return self.rows.total("shares")

    @property
    def cells(self) -> int:
        """Valid cells inside, parts of cells added up."""
        return round(self.rows.cells("shares"))


@dataclass(frozen=True)
class Layering:
    """Thickness of cover soil and of the base layer, m; which of the areas that the surface divides are wanted."""

    cover_m: float = 0.0
    base_m: float = 0.0
    areas: tuple[Literal["flooded", "raised"], ...] = ("flooded", "raised")


VOLUMES = Layering(areas=())
"""Volumes and nothing else."""


def accumulate(
    dem: Dem,
    placed: Placed,
    surfaces: Sequence[Sequence[Surface]],
    layering: Layering | Sequence[Layering],
    *,
    watch: Watch | None = None,
    tile_rows: int = _ROWS,
) -> tuple[Ground, list[Sums]]:
    """Sums for each of several surfaces (each given part by part, with its own layering or one for all) over a site.

    Cells off the raster or without a height add nothing; compare `Ground.covered_m2` with the site's area.
    """
    ground, sums = Ground(), [Sums() for _ in surfaces]
    layers = [layering] * len(surfaces) if isinstance(layering, Layering) else list(layering)
    every = [ground.rows, *(s.rows for s in sums)]
    cut: dict[tuple[int, int], list[Cut]] = {}
    try:
        for number, tile in each_tile(placed, dem.window, every, watch or Watch(), tile_rows, dem.expect):
            own = [s[number] for s in surfaces]
            z, missing = _heights(dem, tile)
            corner = tile.row0, tile.window[2]
            runs = tile.covered.from_column(tile.window[2] - tile.col0)
            for cells in whole_cells(z, runs.whole, *corner, missing):
                _add(cells, own, layers, ground, sums)
            few = cut_cells(z, runs.part, *corner, missing)
            if few is None:
                continue
            if all(s.level is not None for s in own):  # they need no place, so that those of all tiles do for one
                cut.setdefault((number, tile.col0 // TILE_COLS), []).append(few)
            else:
                _add(few, own, layers, ground, sums)
    finally:
        dem.expect_nothing()
    for (number, column), pieces in cut.items():
        for each in every:
            each.resume(number, column)
        _add(together(pieces), [s[number] for s in surfaces], layers, ground, sums)
    return ground, sums


def each_tile(
    placed: Placed,
    window: tuple[int, int, int, int],
    sums: Sequence[RowSums],
    watch: Watch,
    tile_rows: int = TILE_ROWS,
    expect: Callable[[Window], None] | None = None,
) -> Iterator[tuple[int, Tile]]:
    """(number of the part, tile) of all tiles of a site, with the sums made ready for each; reports progress.

    `expect` is told the window of each tile, some tiles ahead.
    """
    for number, part in enumerate(placed.parts):
        row0, row1, _, _ = part.edges.bounds
        row0, row1 = max(row0, window[0]), min(row1, window[1])
        areas = placed.row_areas(row0, max(row1, row0))
        share = watch.part(number / len(placed.parts), (number + 1) / len(placed.parts))
        for tile in _told(tiles(part.edges, window, rows=tile_rows), expect):
            for each in sums:
                each.begin(number, tile.col0 // TILE_COLS, row0, areas)
            yield number, tile
            share.report((tile.row1 - row0) / (row1 - row0))


def _told(found: Iterable[Tile], expect: Callable[[Window], None] | None) -> Iterator[Tile]:
    """The tiles, each told to `expect` some tiles before it is given out."""
    if expect is None:
        yield from found
        return
    coming: deque[Tile] = deque()
    for tile in found:
        expect(tile.window)
        coming.append(tile)
        if len(coming) > _AHEAD:
            yield coming.popleft()
    yield from coming


def _heights(dem: Dem, tile: Tile) -> tuple[Array, Missing | None]:
    """Heights of a tile's window, and what knows the stand-ins for missing ones among them."""
    raw = dem.read_raw(*tile.window)
    return (dem.read(*tile.window), None) if raw is None else (raw, dem)


def _add(
    cells: Cells, surfaces: Sequence[Surface], layers: Sequence[Layering], ground: Ground, sums: Sequence[Sums]
) -> None:
    """Add some cells of a tile."""
    if not cells.whole and ground.hole is None:
        ground.hole = cells.hole()
    if math.isnan(cells.low):  # nothing inside has a height
        return
    ground.rows.add("shares", cells.row0, cells.shares)
    ground.floor, ground.top = min(ground.floor, cells.low), max(ground.top, cells.high)
    for surface, layering, sum_ in zip(surfaces, layers, sums, strict=True):
        r = cells.surface(surface)
        if isinstance(r, np.ndarray):
            _add_curved(cells, r, layering, sum_)
        else:
            sum_.rows.add("reference", cells.row0, cells.shares * r)
            _reach(sum_, r, r)
            _add_depths(cells, _depths(cells, r), r - cells.high, r - cells.low, layering, sum_)


def _reach(sums: Sums, low: float, high: float) -> None:
    sums.reference_low, sums.reference_high = min(sums.reference_low, low), max(sums.reference_high, high)


def _add_curved(cells: Cells, r: Array, layering: Layering, sums: Sums) -> None:
    """A surface that is not horizontal; where it has no height inside the site, the area is noted as undefined."""
    d = _depths(cells, r)
    reference = cells.total(r) if cells.whole else None
    if reference is not None and not np.isnan(reference).any():  # every cell that counts has both heights
        _reach(sums, *cells.reach(r))
        sums.rows.add("reference", cells.row0, reference)
        _add_depths(cells, d, *cells.reach(d), layering, sums)
        return
    low, high = cells.reach(d)
    if math.isnan(low):  # no cell has one
        sums.rows.add("undefined", cells.row0, cells.shares)
        return
    undefined = cells.lost(d)
    if undefined is not None:
        sums.rows.add("undefined", cells.row0, cells.count(undefined))
        low, high = min(low, 0.0), max(high, 0.0)
        d[undefined] = 0.0
        r = np.where(undefined, np.nan, r)
    _reach(sums, *cells.reach(r if cells.whole else np.where(np.isnan(cells.z), np.nan, r)))
    sums.rows.add("reference", cells.row0, cells.total(_known(cells, r)))
    _add_depths(cells, d, low, high, layering, sums)


def _depths(cells: Cells, r: Array | float) -> Array:
    """Reference minus ground, m, in working memory: use it before the next."""
    found: Array = scratch("depths", cells.z.shape)
    np.copyto(found, cells.z)  # faster than having the subtraction convert
    np.subtract(r, found, out=found)
    return found


def _known(cells: Cells, values: Array) -> Array:
    """The values with 0 for those that are missing or do not count, if there are such."""
    if cells.whole and not np.isnan(values).any():
        return values
    known = np.nan_to_num(values, nan=0.0)
    cells.clean(known)
    return known


def _add_depths(cells: Cells, d: Array, low: float, high: float, layering: Layering, sums: Sums) -> None:
    """Fill, cut, layers and areas from depths (reference minus ground, m) between `low` and `high`."""
    sums.deepest, sums.highest = max(sums.deepest, high), max(sums.highest, -low)
    add, row = sums.rows.add, cells.row0
    cells.clean(d)
    # Ground that is the reference but for rounding is neither flooded nor raised; its volume is as small as that.
    if high > SAME_M and "flooded" in layering.areas:
        add("flooded", row, cells.shares if low > SAME_M else cells.count(d > SAME_M))
    if low < -SAME_M and "raised" in layering.areas:
        add("raised", row, cells.shares if high < -SAME_M else cells.count(d < -SAME_M))
    if high > 0 and (layering.cover_m or layering.base_m):
        depth = np.maximum(d, 0.0)
        cover = np.minimum(depth, layering.cover_m)
        add("cover", row, cells.total(cover))
        add("base", row, cells.total(np.minimum(depth - cover, layering.base_m)))
    # Σ max(d, 0) = (Σ|d| + Σd) / 2, and where all are of one sign |Σd| is Σ|d| to the last digit.
    net = cells.total(d)
    size = cells.total(np.abs(d, out=d)) if low < 0 < high else np.abs(net)
    if high > 0:
        add("fill", row, (size + net) / 2)
    if low < 0:
        add("cut", row, (size - net) / 2)
