"""What tiles say of the ground that they share: the same heights, or how far apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import shapely

from gis.arrays import Array
from gis.dem.tiles import TileSet
from models.notices import N_, Notice
from models.progress import Watch
from models.terrain import Terrain, Tile

_EQUAL_M = 0.001
_WINDOW = 2_000_000
_SAMPLE = 2_000_000
_MOST_OF_IT = 0.8


def overlaps(folder: Path, terrain: Terrain, watch: Watch | None = None) -> Notice | None:
    """What differs where tiles overlap; None where nothing does by more than a millimetre. Raises what Dem raises."""
    watch = watch or Watch()
    pairs = _pairs(terrain.tiles)
    cells = sum(_shared(terrain.tiles[i], terrain.tiles[j])[1] for i, j in pairs)
    stride = max(1, -(-cells // _SAMPLE))
    sample: list[Array] = []
    both = differing = 0
    most, worst = 0.0, (0, 0)
    files = TileSet(folder, terrain)
    try:
        for number, (i, j) in enumerate(pairs):
            watch.report(number / len(pairs))
            for off in _differences(files, terrain.tiles, i, j):
                both += off.size
                differing += int((off > _EQUAL_M).sum())
                sample.append(off[::stride])
                if off.size and off.max() > most:
                    most, worst = float(off.max()), (i, j)
    finally:
        files.close()
    if not differing:
        return None
    text = N_("where tiles overlap, {share:.1f} % of {cells} cells differ: median {median:.3f} m, at most {most:.3f} m "
              "({one} and {other}); the tile named first counts")  # fmt: skip
    facts = {"one": Path(terrain.tiles[worst[0]].path).name, "other": Path(terrain.tiles[worst[1]].path).name}
    median = float(np.median(np.concatenate(sample)))
    share = 100 * differing / both
    if _same_ground(terrain.tiles[worst[0]], terrain.tiles[worst[1]]):
        text = N_(
            "{one} and {other} cover the same ground with heights up to {most:.2f} m apart: two surveys are two "
            "terrains, to be added one after the other; as tiles of one, only the first counts there"
        )
        return Notice("terrain.two_surveys", text, share=share, cells=both, median=median, most=most, **facts)
    return Notice("terrain.tiles_differ", text, share=share, cells=both, median=median, most=most, **facts)


def _pairs(tiles: Sequence[Tile]) -> list[tuple[int, int]]:
    """Tiles that share cells, the one that counts first."""
    boxes = [shapely.box(t.col, t.row, t.col + t.width, t.row + t.height) for t in tiles]
    left, right = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    met = [(int(i), int(j)) for i, j in zip(left, right, strict=True) if i < j]
    return sorted((i, j) for i, j in met if _shared(tiles[i], tiles[j])[1] > 0)


def _shared(a: Tile, b: Tile) -> tuple[tuple[int, int, int, int], int]:
    """((row0, row1, col0, col1), number) of the cells that two tiles share."""
    r0, r1 = max(a.row, b.row), min(a.row + a.height, b.row + b.height)
    c0, c1 = max(a.col, b.col), min(a.col + a.width, b.col + b.width)
    return (r0, r1, c0, c1), max(r1 - r0, 0) * max(c1 - c0, 0)


def _same_ground(a: Tile, b: Tile) -> bool:
    """True for tiles that lie on each other: neighbours share a seam, not most of themselves."""
    return _shared(a, b)[1] >= _MOST_OF_IT * min(a.width * a.height, b.width * b.height)


def _differences(files: TileSet, tiles: Sequence[Tile], i: int, j: int) -> Iterator[Array]:
    """|height - height| (m) of the cells where both tiles have one, in windows."""
    (r0, r1, c0, c1), _ = _shared(tiles[i], tiles[j])
    step = max(1, _WINDOW // (c1 - c0))
    for top in range(r0, r1, step):
        low = min(top + step, r1)
        a, b = (
            files.dem(k).read(top - tiles[k].row, low - tiles[k].row, c0 - tiles[k].col, c1 - tiles[k].col)
            for k in (i, j)
        )
        off = np.abs(a - b).ravel()
        yield off[np.isfinite(off)]
