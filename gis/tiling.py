"""An outline taken tile by tile: windows of bounded size with the cells of each that are inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from gis.arrays import Array
from gis.coverage import Edges, covered
from gis.runs import Covered

TILE_ROWS = 512
TILE_COLS = 2048
_STRIP_ROWS = 4096
"""Rows of an outline that are looked at in one go: a few megabytes for any sensible outline."""


@dataclass(frozen=True)
class Tile:
    """A window of the raster, with its cells that are inside the polygon (at least one), counted from its corner."""

    row0: int
    row1: int
    col0: int
    col1: int
    covered: Covered

    @cached_property
    def share(self) -> Array:
        """Share of each cell inside the polygon."""
        return self.covered.dense(self.row1 - self.row0, self.col1 - self.col0)

    @cached_property
    def window(self) -> tuple[int, int, int, int]:
        """(row0, row1, col0, col1) of the tile's rows and of its columns that are inside."""
        runs = [r for r in (self.covered.whole, self.covered.part) if r.row.size]
        first = min(int(np.minimum.reduce(r.start)) for r in runs)
        return self.row0, self.row1, self.col0 + first, self.col0 + max(int(np.maximum.reduce(r.stop)) for r in runs)


def tiles(
    edges: Edges, window: tuple[int, int, int, int] | None = None, *, rows: int = TILE_ROWS, cols: int = TILE_COLS
) -> Iterator[Tile]:
    """The windows in which a polygon has any share, row by row, cut at whole multiples of `rows` and `cols`.

    `window` (row0, row1, col0, col1) bounds them. Column cuts are at fixed places, so that sums by row and tile column
    do not depend on `rows`.
    """
    r0, r1, c0, c1 = edges.bounds
    if window is not None:
        r0, r1, c0, c1 = max(r0, window[0]), min(r1, window[1]), max(c0, window[2]), min(c1, window[3])
    if r0 >= r1 or c0 >= c1:
        return
    strip = max(_STRIP_ROWS // rows, 1) * rows
    for top in range(r0 // rows * rows, r1, strip):
        first, last = max(top, r0), min(top + strip, r1)
        found = covered(edges, first, last, c0, c1)
        cuts = [first, *range(top + rows, last, rows), last]
        at = np.array(cuts) - first
        whole, part = (r.row.searchsorted(at).tolist() for r in (found.whole, found.part))
        for k, (a, b) in enumerate(pairwise(cuts)):
            in_rows = slice(whole[k], whole[k + 1]), slice(part[k], part[k + 1])
            for col in range(c0 // cols * cols, c1, cols):
                c, d = max(col, c0), min(col + cols, c1)
                own = found.of(*in_rows, a - first, c - c0, d - c0, cut=(c, d) != (c0, c1))
                if own.whole.row.size or own.part.row.size:
                    yield Tile(a, b, c, d, own)
