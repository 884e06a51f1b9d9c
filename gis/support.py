"""Which ground of a terrain that was made here rests on points: kept in the terrain's own file, block by block.

The knowledge lies in the GeoTIFF beside the heights (tags of a namespace of its own, which other programs do not show),
not in the project: it moves with the file, counts for each tile of a mosaic, is there when the file is
registered in another project, and the file's hash, which the project holds, covers it. At most 512 × 512 blocks of
four bytes, packed: about a megabyte at the very most.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from gis.arrays import Array, Index, Mask
from gis.dem.opening import quiet_gdal
from gis.points.mesh import LEVEL, WIDE, Kinds

NAMESPACE = "HUITIAN_SUPPORT"
MOST_BLOCKS = 512
_VERSION = 1
_STEPS = 16.0
"""Counts are kept as whole sixteenths of their binary logarithm: within 2 %."""
_GAP = 0.8
"""Share of a block from which it is the inside of a gap."""
_CELLS = 3
"""Cells that a gap is wide at least: single cells without a point lie between neighbours that have some, and what is
interpolated there is what cross-validation tells of."""
_MOST_SILENT = 10_000
_SILENT: dict[tuple[str, int, int], None] = {}
"""Files that say nothing, by path, size and time: a batch asks the same ones for each site."""


@dataclass(frozen=True)
class Support:
    """Blocks of `block` (units of the terrain's CRS) from `left`, `top` on, north-up; planes (rows, cols).

    `spanned`, `level`: share of a block's area in gaps between points and, of the rest, on level triangles, 0..1;
    `ground`: with heights; `points`: how many were used in it.
    """

    left: float
    top: float
    block: float
    cell: float
    """Side of a cell of the grid; blocks are whole cells."""
    spanned: Array
    level: Array
    ground: Array
    points: Array

    def at(self, x: Array, y: Array) -> tuple[Index, Index, Mask]:
        """(row, column, which are inside) of the blocks that hold places."""
        col = np.floor((np.asarray(x) - self.left) / self.block).astype(np.int64)
        row = np.floor((self.top - np.asarray(y)) / self.block).astype(np.int64)
        rows, cols = self.spanned.shape
        inside = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
        return np.where(inside, row, 0), np.where(inside, col, 0), np.asarray(inside)

    @cached_property
    def per_area(self) -> float:
        """Points per unit of area of the ground outside gaps, of the whole terrain; NaN where there is none."""
        gaps = np.where(in_gaps(self.spanned, self.cell / self.block)[1], self.spanned, 0.0)
        area = float((self.ground - gaps).sum()) * self.block**2
        return float(self.points.sum()) / area if area > 0 else math.nan

    def encode(self) -> dict[str, str]:
        """Texts for the tags of a file."""
        rows, cols = self.spanned.shape
        head = {"version": _VERSION, "left": self.left, "top": self.top, "block": self.block, "cell": self.cell,
                "rows": rows, "cols": cols}  # fmt: skip
        planes = {k: np.rint(255 * getattr(self, k)) for k in ("spanned", "level", "ground")}
        planes["points"] = np.minimum(np.rint(_STEPS * np.log2(1 + self.points)), 255)
        return {"head": json.dumps(head)} | {
            k: base64.b85encode(zlib.compress(v.astype(np.uint8).tobytes(), 9)).decode() for k, v in planes.items()
        }


def in_gaps(spanned: Array, cell: float) -> tuple[Mask, Mask]:
    """(blocks inside gaps, those and the ones that gaps' edges cut); `cell`: its side in blocks, at most 1."""
    width = max(math.ceil(_CELLS * cell - 1e-9), 1)
    inner = ndimage.binary_opening(spanned >= _GAP, np.ones((width, width), np.bool_))
    return inner, ndimage.binary_dilation(inner, np.ones((3, 3), np.bool_)) & (spanned > 0)


def decode(tags: dict[str, str]) -> Support | None:
    """What `encode` made; None for tags that are not there, of a later kind or damaged: then nothing is known."""
    try:
        head = json.loads(tags["head"])
        shape = int(head["rows"]), int(head["cols"])
        numbers = [float(head[k]) for k in ("left", "top", "block", "cell")]
        sound = all(math.isfinite(n) for n in numbers) and numbers[3] > 0 and numbers[2] >= numbers[3]
        if head["version"] != _VERSION or not sound or not all(0 < n <= MOST_BLOCKS for n in shape):
            return None
        planes = {k: _unpacked(tags[k], shape) for k in ("spanned", "level", "ground", "points")}
    except (KeyError, ValueError, TypeError, OverflowError, binascii.Error, zlib.error):
        return None
    points = np.exp2(planes.pop("points") / _STEPS) - 1
    spanned, level, ground = (planes[k] / np.float32(255) for k in ("spanned", "level", "ground"))
    left, top, block, cell = numbers
    return Support(left, top, block, cell, spanned, level, ground, points)


def _unpacked(text: str, shape: tuple[int, int]) -> Array:
    size = shape[0] * shape[1]
    raw = zlib.decompressobj().decompress(base64.b85decode(text), size + 1)
    if len(raw) != size:
        raise ValueError("not as many blocks as the head says")
    return np.frombuffer(raw, np.uint8).reshape(shape).astype(np.float32)


class SupportBuilder:
    """Counts cells and points into blocks while a grid is made: `left`, `top` of it, its `cell` and size.

    `level` False: level triangles are ground like any other (single points that happen to be of one height).
    """

    def __init__(self, left: float, top: float, cell: float, width: int, height: int, *, level: bool = False) -> None:
        self._level = LEVEL if level else 0
        self.side = max(-(-max(width, height) // MOST_BLOCKS), 1)
        self.left, self.top, self.cell = left, top, cell
        shape = -(-height // self.side), -(-width // self.side)
        self._sums = {k: np.zeros(shape) for k in ("spanned", "level", "ground", "points")}

    def cells(self, row0: int, col0: int, known: Mask, kind: Kinds) -> None:
        """Cells of a part of the grid: which have heights, and what their triangles are."""
        wide = known & (kind & WIDE > 0)
        level = known & ~wide & (kind & self._level > 0)
        for key, mask in (("ground", known), ("spanned", wide), ("level", level)):
            self._add(key, row0, col0, mask)

    def counts(self, row0: int, col0: int, count: Array) -> None:
        """Points in each cell of a part of the grid."""
        self._add("points", row0, col0, count)

    def points(self, x: Array, y: Array) -> None:
        """Places of points; those off the grid are left out."""
        plane = self._sums["points"]
        side = self.side * self.cell
        row = np.floor((self.top - y) / side).astype(np.int64)
        col = np.floor((x - self.left) / side).astype(np.int64)
        good = (row >= 0) & (row < plane.shape[0]) & (col >= 0) & (col < plane.shape[1])
        np.add.at(plane, (row[good], col[good]), 1)

    def _add(self, key: str, row0: int, col0: int, values: Any) -> None:
        if values.size and values.any():
            row, col = (
                (row0 + np.arange(values.shape[0])) // self.side,
                (col0 + np.arange(values.shape[1])) // self.side,
            )
            some = np.add.reduceat(np.asarray(values, np.float64), _starts(row), axis=0)
            some = np.add.reduceat(some, _starts(col), axis=1)
            self._sums[key][row[0] : row[-1] + 1, col[0] : col[-1] + 1] += some

    def done(self) -> Support:
        """What was counted; shares of whole blocks, also of those that the grid's edge cuts."""
        cells = self.side**2
        spanned, level, ground = (np.minimum(self._sums[k] / cells, 1.0) for k in ("spanned", "level", "ground"))
        block = self.side * self.cell
        return Support(self.left, self.top, block, self.cell, spanned, level, ground, self._sums["points"])


def _starts(block: Index) -> Index:
    return np.flatnonzero(np.diff(block, prepend=-1))


def read_support(path: Path) -> Support | None:
    """What a terrain file says of itself; None where it says nothing, or cannot be read (which is told elsewhere)."""
    try:
        stat = path.stat()
    except OSError:
        return None
    key = str(path), stat.st_size, stat.st_mtime_ns
    if key in _SILENT:
        return None
    found = _read(*key)
    if found is None:
        _SILENT[key] = None
        while len(_SILENT) > _MOST_SILENT:
            _SILENT.pop(next(iter(_SILENT)))
    return found


@lru_cache(maxsize=8)
def _read(path: str, size: int, modified_ns: int) -> Support | None:
    import rasterio
    from rasterio.errors import RasterioError

    del size, modified_ns  # part of the key
    try:
        with quiet_gdal(), rasterio.open(path) as file:
            return decode(file.tags(ns=NAMESPACE))
    except (RasterioError, OSError):
        return None


def supports_of(files: Sequence[Path]) -> list[Support]:
    """What the files of a terrain say, in their order; files that say nothing are left out."""
    return [s for s in map(read_support, files) if s is not None]
