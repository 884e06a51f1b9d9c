"""Where a full pit runs over, and the way the water takes from there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gis.arrays import Array, Index
from gis.crs import same_crs, transformer
from gis.dem.file import Dem
from gis.downhill import End, descend
from gis.job import Job, open_job
from gis.placing import Part
from gis.rim_lowest import Lowest, lowest_of
from gis.surfaces import Inputs, edited_rim
from gis.surfaces.base import Context
from models.estimate import EstimateRequest
from models.progress import Watch
from models.site import Site
from models.terrain import Terrain

_TILE = 128
_SMOOTH = 0.75
"""Cells by which a drawn path may leave the middle of its cells: steps from cell to cell would lengthen it by up to
8 %."""


@dataclass(frozen=True)
class SpillWay:
    """The lowest point of a part's rim, and the water's path from there.

    `x`, `y`, `path` (n, 2) in the project CRS; `z` (n,) heights along it, m; `length_m` on the ground; `ponded_m` the
    deepest hollow that has to fill before it runs on. `end` as in gis.downhill.
    """

    level_m: float
    x: float
    y: float
    path: Array
    z: Array
    length_m: float
    ponded_m: float
    end: End

    @property
    def runs_m(self) -> float:
        """The level from which water really leaves, m: above `level_m` where the outline lies inside the crest."""
        return float(max(self.level_m, self.z.max()))

    @property
    def drop_m(self) -> float:
        """How far the path comes down from there to its end, m."""
        return float(self.runs_m - self.z[-1])


def spill_ways(
    site: Site,
    terrain: Terrain,
    dem_path: Path,
    *,
    request: EstimateRequest | None = None,
    inputs: Inputs | None = None,
    reach_m: float = 3000.0,
    most_cells: int = 400_000,
    watch: Watch | None = None,
) -> list[SpillWay]:
    """One for each part whose rim has terrain, lowest first; nothing for a heap.

    Over the rim as it is, or as it was edited where `request` asks for the surface over the edited rim (its `rim_edits`
    with it). Raises as `open_job` does, and as that surface where its edits cannot be applied.
    """
    if not site.fills:
        return []
    edited = request is not None and request.reference == edited_rim.KEY
    asked = request if edited and request is not None else EstimateRequest("level", {"level_m": 0.0})
    with open_job(site, terrain, dem_path, asked, watch, inputs=inputs) as job:
        found = []
        for context in job.contexts(asked.parameters):
            job.watch.pause()
            rim: Context = edited_rim.edited_context(context)[0] if edited else context
            known = rim.any_rim.valid()
            if known.z.size:
                low = lowest_of(known, rim.rim_heights)
                found.append(_way(job, context.part, low, reach_m, most_cells))
        return sorted(found, key=lambda w: w.level_m)


def _way(job: Job, part: Part, low: Lowest, reach_m: float, most_cells: int) -> SpillWay:
    level, at = low.z, (low.col, low.row)
    heights = _Outside(job.dem, part)
    start = (math.floor(at[1]), math.floor(at[0]))
    step = part.step_x, part.step_y
    walked = descend(heights, start, step, level=level, reach_m=reach_m, most_cells=most_cells)
    pixel = np.column_stack((walked.cells[:, 1] + 0.5, walked.cells[:, 0] + 0.5))
    pixel[0] = at
    keep = np.union1d(_corners(pixel), [int(walked.z.argmax())])
    pixel, z = pixel[keep], walked.z[keep]
    lengths = np.hypot(*(np.diff(pixel, axis=0) * step).T)
    path = _in_project(job, pixel)
    x, y = path[0].tolist()
    return SpillWay(level, x, y, path, z, float(lengths.sum()), walked.ponded_m, walked.end)


def _corners(pixel: Array) -> Index:
    """Indices of the points that a path within `_SMOOTH` of them needs."""
    if len(pixel) < 3:
        return np.arange(len(pixel), dtype=np.int64)
    # Numbered by a third coordinate, which simplification carries along.
    line = shapely.LineString(np.column_stack((pixel, np.arange(len(pixel)))))
    kept = shapely.get_coordinates(shapely.simplify(line, _SMOOTH, preserve_topology=False), include_z=True)
    return np.asarray(kept[:, 2], np.int64)


def _in_project(job: Job, pixel: Array) -> Array:
    x, y = job.placed.grid.to_world(pixel[:, 0], pixel[:, 1])
    if not same_crs(job.placed.site_crs, job.placed.grid.crs):
        x, y = transformer(job.placed.grid.crs, job.placed.site_crs).transform(x, y)
    return np.column_stack((x, y))


class _Outside:
    """Heights of a terrain, read in tiles as they are asked for; inf inside the part, which is full."""

    def __init__(self, dem: Dem, part: Part) -> None:
        self._dem, self._part = dem, part
        self._tiles: dict[tuple[int, int], list[list[float]]] = {}
        shapely.prepare(part.polygon)

    def __call__(self, row: int, col: int) -> float:
        i, j = row // _TILE, col // _TILE
        tile = self._tiles.get((i, j))
        if tile is None:
            tile = self._tiles[i, j] = self._read(i * _TILE, j * _TILE)
        return tile[row - i * _TILE][col - j * _TILE]

    def _read(self, row: int, col: int) -> list[list[float]]:
        z = self._dem.read(row, row + _TILE, col, col + _TILE).copy()
        rows, cols = np.meshgrid(np.arange(row, row + _TILE) + 0.5, np.arange(col, col + _TILE) + 0.5, indexing="ij")
        inside = shapely.contains_xy(self._part.polygon, cols, rows)
        z[inside & ~np.isnan(z)] = np.inf
        values: list[list[float]] = z.tolist()
        return values
