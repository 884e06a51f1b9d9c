"""Heights straight from the bytes of an uncompressed TIFF: large windows that nobody asks for again.

GDAL says where each tile lies in the file; whole lines of tiles are read in one go and the columns asked for copied
out. Its own ways cost two to three times that: through its cache every tile is copied once more, and past it
(GTIFF_DIRECT_IO) every line of a tile is asked for by itself.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from gis.arrays import F32
from gis.scratch import scratch

_PIECE = 1 << 17
"""Cells of a tile that are read and copied together: few enough for the processor's own cache."""
_WIDEST = 1024
"""Columns of a tile at most: of wider ones (whole lines of the terrain) a window needs too little."""
_LITTLE = (b"II*\0", b"II+\0")


class PlainTiles:
    """The tiles of an open file. Belongs to one thread."""

    def __init__(self, path: Path, ds: Any) -> None:
        self._ds = ds
        self._high, self._wide = ds.block_shapes[0]
        self._file = path.open("rb", buffering=0)
        self._places: dict[tuple[int, int], int | None] = {}

    @classmethod
    def of(cls, path: Path, ds: Any) -> PlainTiles | None:
        """`ds` is the file opened by rasterio; None where its numbers do not lie in it as they are in memory."""
        high, wide = ds.block_shapes[0]
        plain = ds.driver == "GTiff" and ds.compression is None and ds.count == 1 and ds.dtypes[0] == "float32"
        if not plain or wide > _WIDEST or high * wide < wide * 16 or sys.byteorder != "little":
            return None
        with path.open("rb") as file:
            if file.read(4) not in _LITTLE:
                return None
        return cls(path, ds)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def read(self, row0: int, row1: int, col0: int, col1: int, out: F32) -> bool:
        """Fill `out` with a window inside the raster. False where a tile is not there as it is in memory.

        Raises OSError where the file ends before its time.
        """
        high, wide = self._high, self._wide
        tops, lefts = range(row0 // high, -(-row1 // high)), range(col0 // wide, -(-col1 // wide))
        places = [(i * high, j * wide, self._place(i, j)) for i in tops for j in lefts]
        if any(place is None for _, _, place in places):
            return False
        step = max(_PIECE // wide, 1)
        buffer = scratch("tile", (step, wide), np.float32)
        raw = buffer.data.cast("B")
        for top, left, place in places:
            a, b = max(left, col0), min(left + wide, col1)
            first, last = max(top, row0), min(top + high, row1)
            self._file.seek((place or 0) + (first - top) * wide * 4)
            own = out[first - row0 : last - row0, a - col0 : b - col0]
            if b - a == wide and own.flags.c_contiguous:  # the window is as wide as the tile: nothing to cut off
                self._fill(own.data.cast("B"))
                continue
            for row in range(first, last, step):
                count = min(step, last - row)
                self._fill(raw[: count * wide * 4])
                own[row - first : row - first + count] = buffer[:count, a - left : b - left]
        return True

    def _fill(self, rest: memoryview) -> None:
        while rest:
            got = self._file.readinto(rest)
            if not got:
                raise OSError("the file ends within a tile")
            rest = rest[got:]

    def _place(self, i: int, j: int) -> int | None:
        """Where a tile begins in the file; None where it is not there, or not of the size that its numbers have."""
        key = i, j
        if key not in self._places:
            at, size = (self._ds.get_tag_item(f"BLOCK_{what}_{j}_{i}", "TIFF", bidx=1) for what in ("OFFSET", "SIZE"))
            whole = at is not None and size is not None and int(size) == self._high * self._wide * 4
            self._places[key] = int(at) if whole and int(at) > 0 else None
        return self._places[key]
