"""Volumes of whole cells, all or nothing, as GDAL burns an outline into a grid: what most other programs add up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.dem.file import Dem
from gis.job import Job
from gis.placing import Part
from gis.surfaces import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BAND_ROWS = 512


def counted(
    job: Job,
    surfaces: list[Surface],
    *,
    all_touched: bool,
    kept: tuple[int, int, int, int] | None = None,
    cell_area: float | None = None,
) -> float:
    """Volume (m³) of whole cells: those whose centre is inside, or all that the outline touches (GDAL's rules).

    `kept` (row0, row1, col0, col1): only those in this window. `cell_area`: of every cell, in whatever unit, instead of
    that on the ground.
    """
    total = []
    parts = job.placed.parts
    for number, (part, surface) in enumerate(zip(parts, surfaces, strict=True)):
        row0, row1, col0, col1 = _window(part, job.dem)
        if kept is not None:
            row0, row1, col0, col1 = max(row0, kept[0]), min(row1, kept[1]), max(col0, kept[2]), min(col1, kept[3])
        if row0 >= row1 or col0 >= col1:
            continue
        before = _meeting(parts[:number], part)
        for first in range(row0, row1, _BAND_ROWS):
            last = min(first + _BAND_ROWS, row1)
            inside = _burnt(part, first, last, col0, col1, all_touched=all_touched)
            for other in before:  # they burn the whole site at once: no cell counts twice
                inside &= ~_burnt(other, first, last, col0, col1, all_touched=all_touched)
            depth = surface.block(first, last, col0, col1) - job.dem.read(first, last, col0, col1)
            depth = np.where(inside & np.isfinite(depth), depth if job.site.fills else -depth, 0.0)
            area = job.placed.row_areas(first, last) if cell_area is None else cell_area
            total.append(float((np.maximum(depth, 0.0).sum(axis=1) * area).sum()))
    return math.fsum(total)


def _meeting(parts: Sequence[Part], part: Part) -> list[Part]:
    """Those parts that may touch a cell that this one touches."""
    box = shapely.box(*part.polygon.bounds)
    return [p for p in parts if shapely.dwithin(shapely.box(*p.polygon.bounds), box, 2.0)]


def _window(part: Part, dem: Dem) -> tuple[int, int, int, int]:
    c0, r0, c1, r1 = part.polygon.bounds
    low_r, high_r, low_c, high_c = dem.window
    return (
        max(math.floor(r0) - 1, low_r),
        min(math.ceil(r1) + 1, high_r),
        max(math.floor(c0) - 1, low_c),
        min(math.ceil(c1) + 1, high_c),
    )


def _burnt(part: Part, row0: int, row1: int, col0: int, col1: int, *, all_touched: bool) -> NDArray[np.bool_]:
    """The cells that GDAL would burn for the part, in pixel space (where GDAL itself works)."""
    from rasterio.features import rasterize
    from rasterio.transform import Affine

    burnt = rasterize(
        [(part.polygon, 1)],
        out_shape=(row1 - row0, col1 - col0),
        transform=Affine.translation(col0, row0),
        all_touched=all_touched,
        dtype="uint8",
    )
    return np.asarray(burnt == 1)
