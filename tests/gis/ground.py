"""Made-up terrains with known answers: grids written as GeoTIFF, registered without the probing child."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from rasterio.transform import Affine
from shapely.geometry.base import BaseGeometry

from gis.dem.grid import Grid
from gis.job import Job, open_job
from models.estimate import EstimateRequest
from models.site import Site
from models.terrain import ErrorFigures, Terrain

CRS = "EPSG:4546"
X0, Y0 = 500_000.0, 4_500_000.0
Height = Callable[[np.ndarray, np.ndarray], np.ndarray]


def grid_transform(
    cell: float = 1.0, *, rows: int = 100, angle: float = 0.0, south_up: bool = False, dx: float = 0.0
) -> Affine:
    """Cells of `cell` m (`dx` wide if given) over (X0, Y0) …; north-up, turned by `angle` degrees, or south-up."""
    wide = dx or cell
    if south_up:
        return Affine.translation(X0, Y0) * Affine.scale(wide, cell)
    return Affine.translation(X0, Y0 + rows * cell) * Affine.rotation(angle) * Affine.scale(wide, -cell)


def heights(f: Height, transform: Affine, rows: int, cols: int) -> np.ndarray:
    """`f(x, y)` at the cell centres."""
    c, r = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    return np.asarray(
        f(transform.a * c + transform.b * r + transform.c, transform.d * c + transform.e * r + transform.f)
    )


def write(
    path: Path, z: np.ndarray, transform: Affine, crs: str | None = CRS, *, nodata: float | None = None, **more: Any
) -> Path:
    """A GeoTIFF of `z`. `more`: scale, offset, unit, mask, creation options."""
    scale, offset, unit = more.pop("scale", None), more.pop("offset", None), more.pop("unit", None)
    profile = {"driver": "GTiff", "height": z.shape[0], "width": z.shape[1], "count": 1, "dtype": z.dtype}
    profile |= {"transform": transform, "crs": crs, "nodata": nodata, **more}
    with rasterio.open(path, "w", **profile) as ds:
        ds.write(z, 1)
        if scale is not None:
            ds.scales, ds.offsets = (scale,), (offset or 0.0,)
        if unit:
            ds.units = (unit,)
    return path


def terrain(path: Path, crs: str = CRS, **changes: Any) -> Terrain:
    """The record of a file made by `write`, without reading it all."""
    with rasterio.open(path) as ds:
        grid = Grid(ds.width, ds.height, tuple(ds.transform)[:6], crs)
        values: dict[str, Any] = {
            "uid": "t",
            "name": path.stem,
            "path": str(path),
            "size_bytes": path.stat().st_size,
            "sha256": "0" * 64,
            "crs": crs,
            "width": ds.width,
            "height": ds.height,
            "transform": grid.transform,
            "cell_m": grid.cell_m,
            "nodata": ds.nodata,
            "dtype": ds.dtypes[0],
            "z_scale": 1.0,
            "z_offset": 0.0,
            "z_unit": "m",
            "kind": "dtm",
            "vertical_datum": "d",
            "source": None,
            "errors": ErrorFigures(),
        }
    return Terrain(**{**values, **changes})


def made(
    tmp_path: Path, f: Height, *, cell: float = 1.0, rows: int = 100, cols: int = 100, name: str = "dem", **changes: Any
) -> tuple[Terrain, Path]:
    """A float64 terrain z = f(x, y) over (X0, Y0) to (X0 + cols·cell, Y0 + rows·cell)."""
    turn = {k: changes.pop(k) for k in ("angle", "south_up", "dx") if k in changes}
    transform = grid_transform(cell, rows=rows, **turn)
    path = write(tmp_path / f"{name}.tif", heights(f, transform, rows, cols), transform)
    return terrain(path, **changes), path


def site(outline: BaseGeometry, *, fills: bool = True, crs: str = CRS, code: str = "P1") -> Site:
    """A site with this outline."""
    return Site("u", code, "", "sand_pits" if fills else "stockpiles", outline, crs, fills)


def box(x0: float, y0: float, x1: float, y1: float) -> BaseGeometry:
    """A rectangle given from the terrain's corner, m."""
    return shapely.box(X0 + x0, Y0 + y0, X0 + x1, Y0 + y1)


def disc(x: float, y: float, radius: float, points: int = 720) -> BaseGeometry:
    """A regular polygon whose area equals the circle's, about (x, y) from the terrain's corner."""
    t = 2 * np.pi * np.arange(points) / points
    r = radius * np.sqrt(2 * np.pi / (points * np.sin(2 * np.pi / points)))
    return shapely.Polygon(np.column_stack((X0 + x + r * np.cos(t), Y0 + y + r * np.sin(t))))


LEVEL_100 = EstimateRequest("level", {"level_m": 100.0})


@contextmanager
def opened_job(
    tmp_path: Path,
    f: Height,
    outline: BaseGeometry,
    request: EstimateRequest = LEVEL_100,
    *,
    fills: bool = True,
    **grid: Any,
) -> Iterator[Job]:
    """A site on a made-up terrain, ready to be measured."""
    record, path = made(tmp_path, f, **grid)
    with open_job(site(outline, fills=fills), record, path, request) as job:
        yield job
