"""Many sites one after another: in an order in which the terrain's tiles are read once, with the file kept open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from shapely.geometry.base import BaseGeometry

from gis.crs import parse_crs, same_crs, transformer
from gis.dem.file import Dem
from gis.dem.grid import Grid
from gis.dem.opening import quiet_gdal
from models.errors import AppError
from models.site import Site
from models.terrain import Terrain

_CURVE = 10
"""The curve that gives the order runs through 2¹⁰ × 2¹⁰ boxes of the terrain."""


def tile_order(sites: Sequence[tuple[Site, Terrain]]) -> list[int]:
    """Positions in `sites` in a good order to compute them: terrain by terrain, along a Hilbert curve over each.

    Sites that follow each other share tiles, so that a small cache decodes most of them once (on 246 pits of a large
    terrain: 4 % more than once, against 23 % in any order). No result depends on the order.
    """
    names = sorted({(t.name, t.sha256) for _, t in sites})
    place = {name: n for n, name in enumerate(names)}
    keys = [(place[t.name, t.sha256], _along(site, t), k) for k, (site, t) in enumerate(sites)]
    return [k for _, _, k in sorted(keys)]


def _along(site: Site, terrain: Terrain) -> int:
    try:
        col, row = _pixel(site.outline, site.crs, Grid.of(terrain))
    except AppError:  # its datum has no known way to the terrain's: it will be refused, at any place
        return 0
    if not (np.isfinite(col) and np.isfinite(row)):
        return 0
    last = (1 << _CURVE) - 1
    size = max(terrain.width, terrain.height)
    x, y = (int(min(max(v / size, 0.0), 1.0) * last) for v in (col, row))
    return hilbert(x, y, _CURVE)


def _pixel(outline: BaseGeometry, crs: str, grid: Grid) -> tuple[float, float]:
    if outline.is_empty:
        return np.nan, np.nan
    x0, y0, x1, y1 = outline.bounds
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    own = parse_crs(crs)
    if not same_crs(own, grid.crs):
        x, y = transformer(own, grid.crs).transform(x, y)
    col, row = grid.to_pixel(x, y)
    return float(col), float(row)


def hilbert(x: int, y: int, bits: int) -> int:
    """Place of the box (x, y) along the Hilbert curve through 2ᵇⁱᵗˢ × 2ᵇⁱᵗˢ boxes (Hilbert 1891, Math. Ann. 38)."""
    distance, side = 0, 1 << (bits - 1)
    while side:
        right, up = int(bool(x & side)), int(bool(y & side))
        distance += side * side * ((3 * right) ^ up)
        if not up:
            if right:
                x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
            x, y = y, x
        side >>= 1
    return distance


class OpenTerrain:
    """The terrain that was used last, kept open for the next site. A context manager; belongs to one thread."""

    def __init__(self) -> None:
        self._dem: Dem | None = None
        self._last: tuple[Path, Terrain] | None = None
        self._quiet = quiet_gdal()

    def __enter__(self) -> Self:
        self._quiet.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self._quiet.__exit__(None, None, None)

    def dem(self, path: Path, terrain: Terrain) -> Dem:
        """The open terrain. Errors as `Dem` raises them."""
        if self._dem is None or self._last != (path, terrain):
            self._close()
            self._dem, self._last = Dem(path, terrain), (path, terrain)
        return self._dem

    def _close(self) -> None:
        if self._dem is not None:
            self._dem.close()
            self._dem = None
