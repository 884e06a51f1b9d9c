"""Heights at scattered places of a terrain, between the cells: rims, profiles, corners of a grid."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from gis.arrays import Array, Index
from gis.dem.grid import Grid

# Rows and columns of the windows in which scattered places are read: tiles are cheap in pieces, strips in whole rows.
_PATCH_TILED = (128, 128)
_PATCH_STRIPS = (32, 8192)
_KEPT_CELLS = 8 << 20
"""Cells of the tiles that are kept for scattered places: some 32 of the usual 512 × 512."""

_TILES = 1 << 26
"""More than the tiles, and the columns, of any raster."""
_STRETCHES = 200
"""More stretches in one tile than this cost more than sorting."""
_FOUR_ROWS, _FOUR_COLS = np.array([[0], [0], [1], [1]]), np.array([[0], [1], [0], [1]])


class Windows(Protocol):
    """A terrain that is read by windows (gis.dem.file.Dem)."""

    grid: Grid
    block_shape: tuple[int, int]
    window: tuple[int, int, int, int]

    def read(self, row0: int, row1: int, col0: int, col1: int, *, single: bool = False) -> Array:
        """Heights of a window, m; NaN where there is none."""
        ...


class Samples:
    """Bilinear heights of a terrain, from tiles that are kept. Belongs to one thread, as the terrain does."""

    def __init__(self, dem: Windows) -> None:
        self._dem = dem
        self._patch = _PATCH_TILED if dem.block_shape[1] < dem.grid.width else _PATCH_STRIPS
        self._kept: dict[tuple[int, int], Array] = {}

    def forget(self) -> None:
        """Nothing that was read is good any more."""
        self._kept.clear()

    def at(self, cols: ArrayLike, rows: ArrayLike) -> Array:
        """Bilinear heights (m) at pixel positions.

        Within half a cell of the raster's edge, and beside missing cells, the weights of the cells that are there are
        scaled up; NaN where the cell that holds the place is itself missing.
        """
        c, r = np.atleast_1d(np.asarray(cols, np.float64)), np.atleast_1d(np.asarray(rows, np.float64))
        out = np.full(c.shape, np.nan)
        if self._keeps:
            for pick in self._together(c, r):
                out[pick] = self._amid_tiles(c[pick], r[pick])
        left = np.flatnonzero(np.isnan(out))
        if left.size:
            out[left] = self._by_patches(c[left], r[left])
        return out

    @property
    def _keeps(self) -> bool:
        """Whether whole tiles are kept: not where they are strips, tiny or huge."""
        high, wide = self._dem.block_shape
        return self._patch is _PATCH_TILED and min(high, wide) >= min(self._patch) and high * wide <= _KEPT_CELLS // 4

    def _together(self, c: Array, r: Array) -> Iterator[slice | Index]:
        """Places in as few tiles as are kept at a time: each tile is read once, however far apart the places lie."""
        high, wide = self._dem.block_shape
        side = max(int(np.sqrt(_KEPT_CELLS / (high * wide))) - 1, 1)  # those next to them are wanted too
        if c.size and np.ptp(r) < side * high and np.ptp(c) < side * wide:
            yield slice(None)
            return
        inside = np.flatnonzero((r > 0) & (c > 0) & (r < self._dem.grid.height) & (c < self._dem.grid.width))
        square = (r[inside] / (side * high)).astype(np.int64) * _TILES + (c[inside] / (side * wide)).astype(np.int64)
        for _, pick in _groups(square):
            yield inside[pick]

    def _amid_tiles(self, c: Array, r: Array) -> Array:
        """Heights at places whose four cells are all there; NaN at others."""
        out = np.full(c.shape, np.nan)
        u, v = c - 0.5, r - 0.5
        j, i = np.floor(u), np.floor(v)
        height, width = self._dem.grid.height, self._dem.grid.width
        if c.size and not (i.min() >= 0 and j.min() >= 0 and i.max() < height - 1 and j.max() < width - 1):
            there = np.flatnonzero((i >= 0) & (j >= 0) & (i < height - 1) & (j < width - 1))
            out[there] = self._four_there(i[there], j[there], u[there], v[there])
            return out
        return self._four_there(i, j, u, v)

    def _four_there(self, above: Array, left: Array, u: Array, v: Array) -> Array:
        """Bilinear heights at (u, v) between the cells (above, left) and (above + 1, left + 1), all in the raster."""
        i, j = above.astype(np.int64), left.astype(np.int64)
        high, wide = self._dem.block_shape
        tile_row, tile_col = i // high, j // wide
        row, col = i - tile_row * high, j - tile_col * wide
        key = tile_row * _TILES + tile_col
        key[(row == high - 1) | (col == wide - 1)] = -1  # beside the next tile
        four = np.empty((4, i.size))
        for first, own in _runs(key):
            if key[first] < 0:
                continue
            tile = self._tile(int(tile_row[first]) * high, int(tile_col[first]) * wide)
            flat, width = tile.reshape(-1), tile.shape[1]
            at = row[own] * width + col[own]
            for n, step in enumerate((0, 1, width, width + 1)):
                four[n, own] = flat[at + step]
        across = np.flatnonzero(key < 0)
        if across.size:
            near = i[across] + _FOUR_ROWS, j[across] + _FOUR_COLS
            four[:, across] = self._cells(near[0].ravel(), near[1].ravel()).reshape(4, -1)
        return _weighted(four, v - above, u - left)

    def _cells(self, i: Index, j: Index) -> Array:
        """Heights of cells, m."""
        out, (high, wide) = np.empty(i.shape), self._dem.block_shape
        top, left = i // high * high, j // wide * wide
        for first, own in _runs(top * _TILES + left):
            tile = self._tile(int(top[first]), int(left[first]))
            out[own] = tile[i[own] - top[own], j[own] - left[own]]
        return out

    def _by_patches(self, c: Array, r: Array) -> Array:
        out = np.full(c.shape, np.nan)
        r0, r1, c0, c1 = self._dem.window
        inside = np.flatnonzero((c >= c0) & (c <= c1) & (r >= r0) & (r <= r1))
        bands, spans = (
            np.floor(p[inside] / n).astype(np.int64) for p, n in zip((r - r0, c - c0), self._patch, strict=True)
        )
        for _, pick in _runs(bands * _TILES + spans):
            own = inside[pick]
            out[own] = self._sample_block(c[own], r[own])
        return out

    def _sample_block(self, c: Array, r: Array) -> Array:
        u, v = c - 0.5, r - 0.5
        i, j = np.floor(v).astype(np.int64), np.floor(u).astype(np.int64)
        r0, c0 = int(i.min()), int(j.min())
        z = self._patch_heights(r0, int(i.max()) + 2, c0, int(j.max()) + 2)
        fy, fx = v - i, u - j
        i, j = i - r0, j - c0
        plain = _between_four(z, i, j, fy, fx)
        if not np.isnan(plain).any():
            return plain
        total, weight = np.zeros(c.shape), np.zeros(c.shape)
        for di, wy in ((0, 1 - fy), (1, fy)):
            for dj, wx in ((0, 1 - fx), (1, fx)):
                value, w = z[i + di, j + dj], wy * wx
                ok = ~np.isnan(value) & (w > 0)
                total[ok] += (value * w)[ok]
                weight[ok] += w[ok]
        last_row, last_col = self._dem.window[1] - 1, self._dem.window[3] - 1
        own_row = np.minimum(np.floor(r).astype(np.int64), last_row) - r0
        own = z[own_row, np.minimum(np.floor(c).astype(np.int64), last_col) - c0]
        good = (weight > 0) & ~np.isnan(own)
        whole = good & (weight > 1 - 1e-12)
        out = np.full(c.shape, np.nan)
        out[whole] = total[whole]
        part = good & ~whole
        out[part] = total[part] / weight[part]
        return out

    def _patch_heights(self, row0: int, row1: int, col0: int, col1: int) -> Array:
        """`read` of a small window, from whole tiles that are kept: a rim comes back to the same ones again and again.

        In single precision where the file's own numbers are metres in it.
        """
        high, wide = self._dem.block_shape
        if not self._keeps:
            return self._dem.read(row0, row1, col0, col1)
        rows = [row0, *range((row0 // high + 1) * high, row1, high), row1]
        cols = [col0, *range((col0 // wide + 1) * wide, col1, wide), col1]
        pieces = [[self._in_tile(a, b, c, d) for c, d in pairwise(cols)] for a, b in pairwise(rows)]
        return pieces[0][0] if len(rows) == len(cols) == 2 else np.block(pieces)

    def _in_tile(self, row0: int, row1: int, col0: int, col1: int) -> Array:
        """`read` of a window that lies in one tile, or wholly beside the raster."""
        high, wide = self._dem.block_shape
        top, left = row0 // high * high, col0 // wide * wide
        if not (0 <= top < self._dem.grid.height and 0 <= left < self._dem.grid.width):
            return self._dem.read(row0, row1, col0, col1)
        tile = self._tile(top, left)
        own = tile[row0 - top : row1 - top, col0 - left : col1 - left]
        return own if own.shape == (row1 - row0, col1 - col0) else self._dem.read(row0, row1, col0, col1)

    def _tile(self, top: int, left: int) -> Array:
        """The tile that begins there, kept."""
        high, wide = self._dem.block_shape
        tile = self._kept.pop((top, left), None)
        if tile is None:
            bottom, right = min(top + high, self._dem.grid.height), min(left + wide, self._dem.grid.width)
            tile = np.ascontiguousarray(self._dem.read(top, bottom, left, right, single=True))
            # The one that was not asked for longest goes first.
            while self._kept and (len(self._kept) + 1) * high * wide > _KEPT_CELLS:
                del self._kept[next(iter(self._kept))]
        self._kept[top, left] = tile  # the last of them
        return tile


def _runs(key: Index) -> Iterator[tuple[int, slice | Index]]:
    """(index of one, indices of all) that have the same key: stretches where places lie along a line, else groups."""
    change = np.flatnonzero(key[1:] != key[:-1]) + 1
    if change.size >= _STRETCHES:
        yield from _groups(key)
    elif key.size:
        for a, b in pairwise((0, *change.tolist(), key.size)):
            yield a, slice(a, b)


def _groups(key: Index) -> Iterator[tuple[int, Index]]:
    """(index of one, indices of all) that have the same key, each key once."""
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=np.iinfo(np.int64).min) != 0)
    for a, b in pairwise((*first.tolist(), key.size)):
        yield int(order[a]), order[a:b]


def _between_four(z: Array, i: Index, j: Index, fy: Array, fx: Array) -> Array:
    """Bilinear heights between four cells each, the first of them (i, j); NaN beside a missing one."""
    wide, flat = z.shape[1], z.reshape(-1)
    first = i * wide + j
    return _weighted(np.stack([flat[first + step] for step in (0, 1, wide, wide + 1)]).astype(np.float64), fy, fx)


def _weighted(four: Array, fy: Array, fx: Array) -> Array:
    """Bilinear heights between four ((4, n): at (0, 0), (0, 1), (1, 0), (1, 1))."""
    gx, gy = 1 - fx, 1 - fy
    total: Array = four[0] * (gy * gx)
    total += four[1] * (gy * fx)
    total += four[2] * (fy * gx)
    total += four[3] * (fy * fx)
    return total
