"""Several DEM files as one terrain: one coordinate system, one cell, one lattice, and what overlaps say.

Tiles are laid on the first one's grid. Nothing is resampled: tiles that do not fit are refused with the numbers.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.crs import parse_crs, same_crs, vertical_name
from gis.dem.asking import Prober, file_sha256
from gis.dem.grid import Grid
from gis.dem.heights import low_notice
from gis.dem.inspection import inspect_with_facts
from gis.dem.overlaps import overlaps
from gis.dem.probe import LIMIT_CELLS, Facts
from gis.dem.tiles import tile_path
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch
from models.terrain import Terrain, Tile

SUFFIXES = (".tif", ".tiff", ".asc", ".img")
"""What is taken out of a folder."""
MOST_TILES = 20_000
OFF_GRID = 0.01
"""Tiles that lie off the first one's cells by up to this share of a cell are laid on them (1 cm with cells of 1 m)."""
_TOLD_OFF = 1e-4
_SPARSE = 0.25


@dataclass(frozen=True)
class _Place:
    terrain: Terrain
    path: Path
    row: int
    col: int


def inspect_tiles(paths: Sequence[Path], *, name: str, watch: Watch | None = None, **options: Any) -> Terrain:
    """What the files are as one terrain. `options`: all of inspect_with_facts but name and watch, for every tile.

    `Terrain.path` is the folder that the tiles' paths count from. Raises Missing, Unreadable, Refused, Cancelled.
    """
    watch = watch or Watch()
    if len(paths) > MOST_TILES:
        raise Refused(
            "terrain.many_tiles",
            N_("{count} files are more than one terrain takes ({most})"),
            where=str(paths[0].parent),
            advice=N_("merge them into fewer files first (gdal_merge)"),
            count=len(paths),
            most=MOST_TILES,
        )
    each: list[tuple[Terrain, Path]] = []
    facts: list[Facts] = []
    empty: list[Path] = []
    with Prober() as prober:
        for index, path in enumerate(paths):
            part = watch.part(0.8 * index / len(paths), 0.8 * (index + 1) / len(paths))
            try:
                terrain, found = inspect_with_facts(path, name=name, watch=part, prober=prober, **options)
                each.append((terrain, path.resolve()))
                facts.append(found)
            except Refused as refused:
                if refused.key != "terrain.empty" or len(empty) + 1 == len(paths):
                    raise
                empty.append(path)
    terrain, folder = _joined([_placed(each[0], one) for one in each], name)
    notices = list(terrain.warnings)
    if not any(n.key == "terrain.suspicious_low" for n in notices):
        _lowest([t for t, _ in each], facts, notices)
    if empty:
        text = N_("{count} tiles hold no height and were left out ({name} …)")
        notices.append(Notice("terrain.empty_tiles", text, count=len(empty), name=empty[0].name))
    overlap = overlaps(folder, terrain, watch.part(0.8, 1.0))
    if overlap is not None:
        notices.append(overlap)
    return replace(terrain, warnings=tuple(notices))


def _lowest(terrains: list[Terrain], facts: list[Facts], notices: list[Notice]) -> None:
    """Note the lowest value of all tiles if it lies far below the rest: a tile may hold nothing else."""
    low = np.array([(f.low, f.next_low) for f in facts]) * [[t.z_scale] for t in terrains]
    low += [[t.z_offset] for t in terrains]
    lowest = float(np.nanmin(low))
    above = low[low > lowest]
    if above.size:
        count = sum(f.low_count for f, own in zip(facts, low[:, 0], strict=True) if own == lowest)
        low_notice(lowest, count, float(above.min()) - lowest, notices)


def tiles_sha256(tiles: Sequence[Tile]) -> str:
    """The hash of a terrain of tiles: sha256 of their hashes, one a line, in the order in which they count."""
    return hashlib.sha256("\n".join(t.sha256 for t in tiles).encode()).hexdigest()


def sha256_now(path: Path, terrain: Terrain, watch: Watch) -> str:
    """The hash that the file or the files of a terrain have now, to be compared with `terrain.sha256`."""
    if not terrain.tiles:
        return file_sha256(path, watch)
    count = len(terrain.tiles)
    parts = (watch.part(i / count, (i + 1) / count) for i in range(count))
    now = [replace(t, sha256=file_sha256(tile_path(path, t), w)) for t, w in zip(terrain.tiles, parts, strict=True)]
    return tiles_sha256(now)


def _placed(first: tuple[Terrain, Path], one: tuple[Terrain, Path]) -> _Place:
    """Where a tile lies on the first one's lattice. Raises Refused where it does not fit on it."""
    base, tile, path = first[0], one[0], one[1]
    names = {"tile": path.name, "first": first[1].name}
    here, there = parse_crs(base.crs), parse_crs(tile.crs)
    if not same_crs(here, there) or vertical_name(here) != vertical_name(there):
        raise Refused(
            "terrain.tile_crs",
            N_("{tile} is in “{own}”, {first} in “{crs}”: tiles of one terrain share one system"),
            where=str(path),
            advice=N_("reproject it first, or register it as a terrain of its own"),
            own=there.name,
            crs=here.name,
            **names,
        )
    steps, own = np.array(base.transform)[[0, 1, 3, 4]], np.array(tile.transform)[[0, 1, 3, 4]]
    length = max(abs(steps))
    if np.abs(own - steps).max() * max(tile.width, tile.height) > OFF_GRID * length:
        raise Refused(
            "terrain.tile_cell",
            N_("{tile} has cells of {own_x:.9g} × {own_y:.9g}, {first} of {x:.9g} × {y:.9g}: nothing is resampled"),
            where=str(path),
            advice=N_("resample it to the others' grid (gdalwarp -tr -tap), or register it as a terrain of its own"),
            own_x=_size(own[0], own[2]) * np.sign(own[0] or 1),
            own_y=_size(own[1], own[3]) * np.sign(own[3] or 1),
            x=_size(steps[0], steps[2]) * np.sign(steps[0] or 1),
            y=_size(steps[1], steps[3]) * np.sign(steps[3] or 1),
            **names,
        )
    col, row = Grid.of(base).to_pixel(tile.transform[2], tile.transform[5])
    off = max(abs(float(col) - round(float(col))), abs(float(row) - round(float(row))))
    if off > OFF_GRID:
        raise Refused(
            "terrain.tile_shift",
            N_("{tile} lies {off:.3f} of a cell off the grid of {first}: nothing is resampled"),
            where=str(path),
            advice=N_("resample it to the others' grid (gdalwarp -tr -tap), or register it as a terrain of its own"),
            off=off,
            **names,
        )
    if off > _TOLD_OFF:
        text = N_("{tile} lies {off:.4f} of a cell off the grid of {first} and is laid on it")
        tile = replace(tile, warnings=(*tile.warnings, Notice("terrain.tile_nudged", text, off=off, **names)))
    return _Place(tile, path, round(float(row)), round(float(col)))


def _size(a: float, b: float) -> float:
    return float(np.hypot(a, b))


def _joined(placed: list[_Place], name: str) -> tuple[Terrain, Path]:
    """The terrain of tiles on one lattice, and the folder that their paths count from."""
    base = placed[0].terrain
    row0, col0 = min(p.row for p in placed), min(p.col for p in placed)
    height = max(p.row + p.terrain.height for p in placed) - row0
    width = max(p.col + p.terrain.width for p in placed) - col0
    if width * height > LIMIT_CELLS:
        raise Refused(
            "terrain.tiles_apart",
            N_("the tiles lie so far apart that one grid over all would have {count:.0e} cells"),
            where=str(placed[0].path),
            advice=N_("check the coordinate systems of the tiles, or register them as several terrains"),
            count=float(width * height),
        )
    folder = common_folder([p.path for p in placed])
    tiles = tuple(_tile(p, folder, row0, col0) for p in placed)
    transform = _corner(placed, row0, col0)
    notices = _notices(placed)
    share = _covered(tiles) / (width * height)
    if share < _SPARSE:
        text = N_("the tiles cover {share:.1f} % of the rectangle around them: does every one lie where it belongs?")
        notices.append(Notice("terrain.tiles_sparse", text, share=100 * share))
    terrain = replace(
        base,
        uid=str(uuid.uuid4()),
        name=name,
        path=folder.as_posix(),
        size_bytes=sum(t.size_bytes for t in tiles),
        sha256=tiles_sha256(tiles),
        width=width,
        height=height,
        transform=transform,
        cell_m=Grid(width, height, transform, base.crs).cell_m,
        nodata=None,
        z_scale=1.0,
        z_offset=0.0,
        z_unit="m",
        warnings=tuple(notices),
        tiles=tiles,
    )
    return terrain, folder


def _corner(placed: list[_Place], row0: int, col0: int) -> tuple[float, float, float, float, float, float]:
    """The grid's transform. Where rows run along x the corner's numbers are those that the tiles there state."""
    a, b, c, d, e, f = placed[0].terrain.transform
    if b == 0 and d == 0:
        c = next(p.terrain.transform[2] for p in placed if p.col == col0)
        f = next(p.terrain.transform[5] for p in placed if p.row == row0)
        return a, b, c, d, e, f
    return a, b, a * col0 + b * row0 + c, d, e, d * col0 + e * row0 + f


def _tile(p: _Place, folder: Path, row0: int, col0: int) -> Tile:
    t = p.terrain
    path = p.path.relative_to(folder).as_posix() if p.path.is_relative_to(folder) else p.path.as_posix()
    return Tile(
        path, t.size_bytes, t.sha256, p.row - row0, p.col - col0, t.width, t.height, t.transform, t.nodata, t.dtype,
        t.z_scale, t.z_offset,
    )  # fmt: skip


def common_folder(paths: Sequence[Path]) -> Path:
    """The folder that all files lie below; the first one's where only the drive is common, or not even that."""
    try:
        common = Path(os.path.commonpath([p.parent for p in paths]))
    except ValueError:  # several drives
        return paths[0].parent
    return paths[0].parent if common == Path(common.anchor) else common


def _covered(tiles: Sequence[Tile]) -> float:
    boxes = [shapely.box(t.col, t.row, t.col + t.width, t.row + t.height) for t in tiles]
    return float(shapely.union_all(boxes).area)


def _notices(placed: list[_Place]) -> list[Notice]:
    """The tiles' own notices: one of a kind, counts added up, heights in metres."""
    made: dict[str, Notice] = {}
    tiles: dict[str, int] = {}
    for p in placed:
        for n in p.terrain.warnings:
            facts = dict(n.facts)
            if n.key == "terrain.suspicious_low":  # what is compared with heights later, which are metres then
                value, count = facts["value"], facts["count"]
                if p.terrain.z_scale != 1.0 or p.terrain.z_offset != 0.0:
                    facts["value"] = float(value) * p.terrain.z_scale + p.terrain.z_offset
                if n.key in made:
                    facts["count"] = int(count) + int(made[n.key].facts["count"])
                    facts["value"] = max(facts["value"], made[n.key].facts["value"])
            elif n.key in made:
                facts = dict(made[n.key].facts)
            made[n.key] = Notice(n.key, n.text, **facts)
            tiles[n.key] = tiles.get(n.key, 0) + 1
    return list(made.values())
