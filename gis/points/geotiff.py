"""The grid of a triangulated ground as a GeoTIFF: computed block by block, written beside its place, then put there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gis.arrays import Array
from gis.dem.opening import quiet_gdal
from gis.leftovers import new_folder
from gis.points.mesh import LEVEL, WIDE, Kinds
from gis.points.tin import WHOLE
from gis.support import NAMESPACE, SupportBuilder
from models.errors import Missing, Refused, Unwritable
from models.notices import N_
from models.progress import Watch

NODATA = -9999.0
MOST_CELLS = 400_000_000
DEFAULT_CELLS = 25_000_000
_BLOCK = 256
_TILES = (1024, 512, 256)
_LEAST_CELL_M = 0.001


@dataclass(frozen=True)
class GridPlan:
    """A north-up grid: `left`, `top` of its upper left corner, square cells of `cell` m."""

    left: float
    top: float
    cell: float
    width: int
    height: int


@dataclass(frozen=True)
class Written:
    """Cells with ground, and among them those on level triangles and those inside gaps wider than the limit."""

    ground: int
    flat: int
    wide: int


def support_of(plan: GridPlan, *, level: bool = False) -> SupportBuilder:
    """An empty account of what the cells of a grid rest on; with `level` also of level triangles."""
    return SupportBuilder(plan.left, plan.top, plan.cell, plan.width, plan.height, level=level)


class Blocks(Protocol):
    """A ground that gives its grid block by block (see gis.points.tin.Tin.block); `len`: the points it holds."""

    def __len__(self) -> int: ...

    def block(self, left: float, top: float, cell: float, rows: int, cols: int) -> tuple[Array, Kinds]:
        """(heights, kinds of triangle) at the cell centres; NaN where no ground is."""
        ...


Tags = Callable[[Written], dict[str, str]]


def nice_cell(length: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not above `length`."""
    power = 10.0 ** np.floor(np.log10(length) + 1e-9)
    step = next(m for m in (5.0, 2.0, 1.0) if m * power <= length * (1 + 1e-9))
    return float(round(step * power, 9))


def plan_grid(extent: tuple[float, float, float, float], cell: float, *, stated: bool, where: str) -> GridPlan:
    """The grid over `extent` whose lines lie on multiples of the cell; a cell not stated grows to 25 million cells.

    Raises Refused for a cell that is no length and for more than 400 million cells.
    """
    if not (np.isfinite(cell) and cell >= _LEAST_CELL_M):
        raise Refused(
            "points.bad_cell",
            N_("a cell is a length in metres, at least 1 mm; not {cell}"),
            advice=N_("for instance --cell 1"),
            cell=cell,
        )
    x0, y0, x1, y1 = extent
    while not stated and (x1 - x0) / cell * ((y1 - y0) / cell) > DEFAULT_CELLS:
        cell = nice_cell(cell * 2.01 if not str(cell).strip("0.").startswith("2") else cell * 2.5)
    left, top = np.floor(x0 / cell), np.ceil(y1 / cell)
    width, height = max(int(np.ceil(x1 / cell) - left), 1), max(int(top - np.floor(y0 / cell)), 1)
    if width * height > MOST_CELLS:
        raise Refused(
            "points.cells",
            N_("cells of {cell:g} m over {wide:.0f} × {high:.0f} m would be {millions:.0f} million; at most {most}"),
            where=where,
            advice=N_("state a larger --cell ({least:.3g} or more), or take far-off points out of the file"),
            cell=cell,
            wide=x1 - x0,
            high=y1 - y0,
            millions=width * height / 1e6,
            most=MOST_CELLS // 1_000_000,
            least=float(np.sqrt((x1 - x0) * (y1 - y0) / MOST_CELLS)) * 1.01,
        )
    return GridPlan(float(left * cell), float(top * cell), float(cell), width, height)


def check_out(out: Path, *, overwrite: bool) -> None:
    """Refuse a place where the grid cannot go, before anything is computed."""
    where = str(out)
    if out.suffix.lower() not in {".tif", ".tiff"}:
        raise Refused(
            "points.ending", N_("the terrain is written as GeoTIFF: the name must end in .tif"), where=where,
            advice=N_("for instance --out ground.tif"),
        )  # fmt: skip
    if not out.parent.is_dir():
        raise Missing(
            "export.no_folder", N_("there is no such folder"), where=str(out.parent), advice=N_("make it first")
        )
    if out.is_dir():
        raise Refused("export.folder", N_("this is a folder, not a file"), where=where, advice=N_("name a file in it"))
    if out.exists() and not overwrite:
        raise Refused(
            "points.exists",
            N_("the file is there already"),
            where=where,
            advice=N_("choose another name, or say --overwrite"),
        )


def write_grid(
    tin: Blocks,
    plan: GridPlan,
    crs: str,
    out: Path,
    tags: Tags,
    watch: Watch,
    *,
    tile: int | None = None,
    support: SupportBuilder,
) -> Written:
    """Compute and write the grid: float32, 256-cell tiles, deflate, overviews. Raises Unwritable, Cancelled.

    `tags` makes the texts to keep in the file of what is known after the grid; `tile`: cells along the side of a part
    of the work, by the number of points where it is not stated. `support` is told the cells and goes into the file.
    """
    from rasterio.errors import RasterioError

    try:
        folder = new_folder(out.name, out.parent)
    except OSError as cause:
        raise _unwritable(out) from cause
    try:
        made = folder / "grid.tif"
        written = _write(tin, plan, crs, made, tags, watch, tile or _tile(tin, plan), support)
        made.replace(out)
    except (OSError, RasterioError) as cause:
        raise _unwritable(out) from cause
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return written


def _write(
    tin: Blocks, plan: GridPlan, crs: str, made: Path, tags: Tags, watch: Watch, tile: int, support: SupportBuilder
) -> Written:
    import rasterio
    from rasterio.enums import Resampling

    profile: dict[str, Any] = {
        "driver": "GTiff", "width": plan.width, "height": plan.height, "count": 1, "dtype": "float32", "crs": crs,
        "transform": rasterio.Affine(plan.cell, 0, plan.left, 0, -plan.cell, plan.top), "nodata": NODATA, "tiled": True,
        "blockxsize": _BLOCK, "blockysize": _BLOCK, "compress": "deflate", "predictor": 3, "bigtiff": "if_safer",
    }  # fmt: skip
    with quiet_gdal():
        with rasterio.open(made, "w", **profile) as target:
            written = _fill(tin, plan, target, watch, tile, support)
            target.set_band_description(1, "elevation")
            target.units = ("m",)
            target.update_tags(**tags(written), AREA_OR_POINT="Area")
            target.update_tags(ns=NAMESPACE, **support.done().encode())
        factors = [2**k for k in range(1, 12) if max(plan.width, plan.height) / 2**k >= _BLOCK / 2]
        if factors:
            with rasterio.open(made, "r+") as target:
                target.build_overviews(factors, Resampling.average)
                target.update_tags(ns="rio_overview", resampling="average")
    return written


def _fill(tin: Blocks, plan: GridPlan, target: Any, watch: Watch, tile: int, support: SupportBuilder) -> Written:
    from rasterio.windows import Window

    ground = level = wide = done = 0
    for row in range(0, plan.height, tile):
        for col in range(0, plan.width, tile):
            rows, cols = min(tile, plan.height - row), min(tile, plan.width - col)
            corner = plan.left + col * plan.cell, plan.top - row * plan.cell
            z, kind = tin.block(*corner, plan.cell, rows, cols)
            known = np.isfinite(z)
            ground += int(known.sum())
            level += int((kind & LEVEL > 0).sum())
            wide += int((kind & WIDE > 0).sum())
            support.cells(row, col, known, kind)
            values = np.where(known, z, NODATA).astype(np.float32)
            target.write(values, 1, window=Window(col, row, cols, rows))
            done += rows * cols
            watch.report(done / (plan.width * plan.height))
    return Written(ground, level, wide)


def _tile(tin: Blocks, plan: GridPlan) -> int:
    """Cells along the side of a part of the work: so many that about as many points serve as one triangulation has."""
    if len(tin) <= WHOLE:
        return 1024
    per_cell = len(tin) / (plan.width * plan.height)
    return next((t for t in _TILES if t * t * per_cell <= WHOLE / 2), _TILES[-1])


def _unwritable(out: Path) -> Unwritable:
    return Unwritable(
        "export.unwritable",
        N_("the file cannot be written"),
        where=str(out),
        advice=N_("check the permissions of the folder, free space, and whether another program holds the file"),
    )
