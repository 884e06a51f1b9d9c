"""Several raster files read as one: the dataset of a terrain of tiles, opened tile by tile as windows ask for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.arrays import Array
from models.terrain import Terrain, Tile

if TYPE_CHECKING:
    from gis.dem.file import Dem

OPEN_FILES = 16
"""Tiles that are open at once; the one that was not used for longest is closed for the next."""


def tile_path(folder: Path, tile: Tile) -> Path:
    """Where a tile's file should be; `folder` is the terrain's."""
    return folder / tile.path


def tile_terrain(terrain: Terrain, tile: Tile) -> Terrain:
    """A tile seen as a terrain of one file."""
    return replace(
        terrain,
        path=tile.path,
        size_bytes=tile.size_bytes,
        sha256=tile.sha256,
        width=tile.width,
        height=tile.height,
        transform=tile.transform,
        nodata=tile.nodata,
        dtype=tile.dtype,
        z_scale=tile.z_scale,
        z_offset=tile.z_offset,
        tiles=(),
    )


class TileSet:
    """What gis.dem.file.Dem asks of a rasterio dataset, over many files; values are metres, NaN where no tile has one.

    Where tiles overlap, the earlier one in the record counts and the next fills its gaps. One thread.
    """

    mask_flag_enums: tuple[tuple[Any, ...], ...] = ((),)
    nodata: float | None = None
    dtypes: tuple[str, ...] = ("float64",)

    def __init__(self, folder: Path, terrain: Terrain) -> None:
        self._folder, self._terrain = folder, terrain
        self.width, self.height, self.transform = terrain.width, terrain.height, terrain.transform
        box = np.array([(t.row, t.row + t.height, t.col, t.col + t.width) for t in terrain.tiles])
        self._row0, self._row1, self._col0, self._col1 = box.T
        self._open: OrderedDict[int, Dem] = OrderedDict()
        self.block_shapes = [self.dem(0).block_shape]

    def close(self) -> None:
        """Give all files back."""
        while self._open:
            self._open.popitem()[1].close()

    def overviews(self, band: int) -> list[int]:
        """None: the tiles' own coarser pictures do not fit together."""
        del band
        return []

    def read(self, band: int, *, window: Any, out_shape: tuple[int, int] | None = None, out_dtype: str) -> Array:
        """Metres of a window inside the grid, thinned to `out_shape` by nearest neighbour if that is given."""
        del band
        row, col, rows, cols = (int(v) for v in (window.row_off, window.col_off, window.height, window.width))
        if out_shape is not None:
            down = row + (np.arange(out_shape[0]) + 0.5) * rows / out_shape[0]
            across = col + (np.arange(out_shape[1]) + 0.5) * cols / out_shape[1]
            return self.pick(down.astype(np.int64), across.astype(np.int64)).astype(out_dtype)
        out = np.full((rows, cols), np.nan, out_dtype)
        for index, dem in self.meeting(row, row + rows, col, col + cols):
            tile = self._terrain.tiles[index]
            r0, r1 = max(row, tile.row), min(row + rows, tile.row + tile.height)
            c0, c1 = max(col, tile.col), min(col + cols, tile.col + tile.width)
            view = out[r0 - row : r1 - row, c0 - col : c1 - col]
            _fill(view, dem.read(r0 - tile.row, r1 - tile.row, c0 - tile.col, c1 - tile.col))
        return out

    def pick(self, rows: Any, cols: Any) -> Array:
        """Metres at rising rows and columns, one tile after the other, each by the way that is cheapest for it."""
        from gis.dem.display import pick

        out = np.full((rows.size, cols.size), np.nan)
        if not out.size:
            return out
        for index, dem in self.meeting(int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1):
            tile = self._terrain.tiles[index]
            i0, i1 = np.searchsorted(rows, (tile.row, tile.row + tile.height))
            j0, j1 = np.searchsorted(cols, (tile.col, tile.col + tile.width))
            if i0 < i1 and j0 < j1:
                _fill(out[i0:i1, j0:j1], pick(dem, rows[i0:i1] - tile.row, cols[j0:j1] - tile.col))
        return out

    def meeting(self, row0: int, row1: int, col0: int, col1: int) -> Iterator[tuple[int, Dem]]:
        """(position in the record, open tile) of the tiles that meet a window, in the order of the record."""
        meets = (self._row0 < row1) & (self._row1 > row0) & (self._col0 < col1) & (self._col1 > col0)
        for index in np.flatnonzero(meets):
            yield int(index), self.dem(int(index))

    def dem(self, index: int) -> Dem:
        """A tile, open until others push it out."""
        from gis.dem.file import Dem

        if index not in self._open:
            while len(self._open) >= OPEN_FILES:
                self._open.popitem(last=False)[1].close()
            tile = self._terrain.tiles[index]
            self._open[index] = Dem(tile_path(self._folder, tile), tile_terrain(self._terrain, tile))
        self._open.move_to_end(index)
        return self._open[index]


def _fill(view: Array, heights: Array) -> None:
    """Put heights where there are none yet."""
    np.copyto(view, heights, where=np.isnan(view))
