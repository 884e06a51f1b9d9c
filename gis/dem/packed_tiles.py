"""Heights of a compressed terrain: its tiles decoded in threads of their own and kept for a while.

GDAL decodes in several threads only what one request asks for, and keeps nothing of it: sites beside each other would
have their common tiles decoded again, and a processor waits wherever a window has one tile, or three.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from gis.arrays import F32
from gis.dem.opening import THREADS, damaged, open_alone, quiet_gdal

Window = tuple[int, int, int, int]

_LEAST = 1 << 17
"""Cells that are decoded together at least: smaller tiles in stacks."""
_MOST = 1 << 22
_KEPT = 1 << 23
"""Cells that are kept: 32 MB."""


class PackedTiles:
    """The tiles of an open file. Belongs to one thread; others decode."""

    def __init__(self, path: Path, ds: Any) -> None:
        self._path, self._height, self._width = path, ds.height, ds.width
        high, self._wide = ds.block_shapes[0]
        self._high = high * max(_LEAST // (high * self._wide), 1)
        self._most = max(_KEPT // (self._high * self._wide), 8)
        self._pool = ThreadPoolExecutor(THREADS, "terrain")
        self._kept: OrderedDict[tuple[int, int], Future[F32]] = OrderedDict()
        self._unread: set[tuple[int, int]] = set()
        self._spare: list[F32] = []
        self._own = threading.local()
        self._opened: list[Any] = []

    @classmethod
    def of(cls, path: Path, ds: Any) -> PackedTiles | None:
        """`ds` is the file opened by rasterio; None where its numbers are not one float32 layer in tiles or strips."""
        high, wide = ds.block_shapes[0]
        packed = ds.driver == "GTiff" and ds.compression is not None and ds.count == 1 and ds.dtypes[0] == "float32"
        return cls(path, ds) if packed and high * wide <= _MOST else None

    def close(self) -> None:
        """End the threads and give the file back."""
        self._pool.shutdown(cancel_futures=True)
        for ds in self._opened:
            ds.close()

    def expect(self, window: Window) -> None:
        """Begin to decode what a window needs that `read` will soon be asked for, unless there is much to do."""
        if len(self._unread) < self._most // 2:
            keys = self._keys(window)
            self._unread.update(keys)
            for key in keys:
                self._begin(key)
                self._kept.move_to_end(key)

    def _begin(self, key: tuple[int, int]) -> None:
        if key not in self._kept:
            self._kept[key] = self._pool.submit(self._decode, key)

    def forget(self) -> None:
        """What was expected and has not been begun is not wanted any more."""
        self._unread.clear()
        for key in [k for k, tile in self._kept.items() if tile.cancel()]:
            del self._kept[key]

    def read(self, window: Window, out: F32) -> None:
        """Fill `out` with a window inside the raster. Raises Unreadable where the file is damaged."""
        row0, row1, col0, col1 = window
        keys = self._keys(window)
        self._unread.difference_update(keys)
        for key in keys:
            self._begin(key)
        for key in keys:
            top, left = key[0] * self._high, key[1] * self._wide
            try:
                tile = self._kept[key].result()
            except BaseException:
                del self._kept[key]
                raise
            a, b = max(left, col0), min(left + self._wide, col1)
            c, d = max(top, row0), min(top + self._high, row1)
            out[c - row0 : d - row0, a - col0 : b - col0] = tile[c - top : d - top, a - left : b - left]
        while len(self._kept) > self._most:  # those that were not asked for longest go first
            _, old = self._kept.popitem(last=False)
            if not old.cancel() and old.exception() is None and old.result().size == self._high * self._wide:
                self._spare.append(old.result().reshape(-1))

    def _keys(self, window: Window) -> list[tuple[int, int]]:
        row0, row1, col0, col1 = window
        lefts = range(col0 // self._wide, -(-col1 // self._wide))
        return [(i, j) for i in range(row0 // self._high, -(-row1 // self._high)) for j in lefts]

    def _decode(self, key: tuple[int, int]) -> F32:
        """One tile, or a stack of them; runs in the other threads, each of which has the file open for itself."""
        from rasterio.errors import RasterioError
        from rasterio.windows import Window as Part

        try:
            buffer = self._spare.pop()
        except IndexError:
            buffer = np.empty(self._high * self._wide, np.float32)
        top, left = key[0] * self._high, key[1] * self._wide
        rows, cols = min(self._high, self._height - top), min(self._wide, self._width - left)
        out: F32 = buffer[: rows * cols].reshape(rows, cols)
        with quiet_gdal():
            try:
                if not hasattr(self._own, "ds"):
                    self._own.ds = open_alone(self._path)
                    self._opened.append(self._own.ds)
                self._own.ds.read(1, window=Part(left, top, cols, rows), out=out)
            except (RasterioError, OSError, ValueError) as error:
                raise damaged(self._path) from error
        return out
