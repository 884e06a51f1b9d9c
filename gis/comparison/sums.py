"""Sums of the change between two surveys over a site: exact shares of cells, one pass, the same for any block size."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.comparison.pair import Pair
from gis.placing import Part, Placed
from gis.row_sums import RowSums
from gis.sums import Ground, each_tile
from gis.tiling import TILE_ROWS, Tile
from models.progress import Watch

_PLACES = 20_000


@dataclass
class Places:
    """Cells of a region, thinned evenly: (n, 2) in metres, and whether all of them are there."""

    xy: list[Array] = field(default_factory=list)
    whole: bool = True

    def array(self) -> Array:
        """All places, in an order that does not depend on the tiles."""
        xy = np.concatenate(self.xy) if self.xy else np.empty((0, 2))
        return np.asarray(xy[np.lexsort(xy.T)], np.float64)


@dataclass
class ChangeSums:
    """What one pass gives. Volumes m³, areas m², heights m. `both`, `before`, `after` count cells with heights."""

    rows: RowSums = field(default_factory=RowSums)
    both: Ground = field(default_factory=Ground)
    before: Ground = field(default_factory=Ground)
    after: Ground = field(default_factory=Ground)
    highest: float = 0.0
    deepest: float = 0.0
    raised: Places = field(default_factory=Places)
    lowered: Places = field(default_factory=Places)

    def total(self, name: str) -> float:
        """The sum of a quantity over the site."""
        return self.rows.total(name)


def sum_change(
    pair: Pair,
    placed: Placed,
    *,
    offset_m: float = 0.0,
    detection_m: float = 0.0,
    watch: Watch | None = None,
    tile_rows: int = TILE_ROWS,
) -> ChangeSums:
    """Change (after minus before, less `offset_m`) over all parts of a site.

    Cells without a height in either survey add nothing; compare the areas with the site's.
    """
    watch, sums = watch or Watch(), ChangeSums()
    cells = sum(p.polygon.area for p in placed.parts)
    thin = min(1.0, _PLACES / max(cells, 1.0))
    sums.raised.whole = sums.lowered.whole = thin >= 1
    every = [sums.rows, sums.both.rows, sums.before.rows, sums.after.rows]
    for number, tile in each_tile(placed, pair.finer.window, every, watch, tile_rows):
        before, after = pair.read(tile.row0, tile.row1, tile.col0, tile.col1)
        _tile(sums, placed.parts[number], tile, before, after - offset_m, detection_m, thin)
    return sums


def _tile(
    sums: ChangeSums,
    part: Part,
    tile: Tile,
    before: Array,
    after: Array,
    detection_m: float,
    thin: float,
) -> None:
    weight = tile.share
    for ground, height in ((sums.before, before), (sums.after, after), (sums.both, before + after)):
        _cover(ground, tile, weight, np.isnan(height))
    d = after - before
    lost = np.isnan(d)
    if lost.any():
        weight = np.where(lost, 0.0, weight)
        d = np.where(lost, 0.0, d)
    rise, drop = np.maximum(d, 0.0), np.maximum(-d, 0.0)
    below = np.abs(d) <= detection_m

    def put(name: str, values: Array | Mask) -> None:
        sums.rows.add(name, tile.row0, (values * weight).sum(axis=1))

    put("placed", rise)
    put("removed", drop)
    put("placed_below", rise * below)
    put("removed_below", drop * below)
    put("raised", d > 0)
    put("lowered", d < 0)
    inside = weight > 0
    if inside.any():
        sums.highest = max(sums.highest, float(d[inside].max()))
        sums.deepest = max(sums.deepest, -float(d[inside].min()))
    chosen = inside if thin >= 1 else inside & _chosen(tile, thin)
    for places, where in ((sums.raised, d > 0), (sums.lowered, d < 0)):
        i, j = np.nonzero(chosen & where)
        if i.size:
            places.xy.append(
                np.column_stack(((tile.col0 + j + 0.5) * part.step_x, (tile.row0 + i + 0.5) * part.step_y))
            )


def _cover(ground: Ground, tile: Tile, weight: Array, missing: Mask) -> None:
    ground.rows.add("shares", tile.row0, np.where(missing, 0.0, weight).sum(axis=1))
    hole = missing & (weight > 0)
    if ground.hole is None and hole.any():
        i, j = np.nonzero(hole)
        k = int(np.argmin((i - i.mean()) ** 2 + (j - j.mean()) ** 2))
        ground.hole = tile.col0 + float(j[k]) + 0.5, tile.row0 + float(i[k]) + 0.5


def _chosen(tile: Tile, share: float) -> Mask:
    """About `share` of the cells, scattered, the same ones whatever the tiles (a hash of row and column)."""
    rows: Index = np.arange(tile.row0, tile.row1, dtype=np.int64)
    cols: Index = np.arange(tile.col0, tile.col1, dtype=np.int64)
    h = rows.astype(np.uint64)[:, None] * np.uint64(0x9E3779B97F4A7C15) ^ cols.astype(np.uint64) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    h = (h ^ (h >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(32))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((h >> np.uint64(40)).astype(np.float64) < share * 2.0**24)
