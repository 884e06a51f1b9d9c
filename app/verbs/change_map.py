"""The map of a comparison as a file: a picture for people (PNG, PDF), or the differences for a GIS (GeoTIFF)."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from app.project import Project
from app.verbs.progress import difference_map
from gis.comparison import DifferenceGrid
from gis.leftovers import new_folder
from models.comparison import SurveyComparison
from models.errors import Missing, Refused, Unwritable
from models.notices import N_
from models.progress import Watch

_PICTURES = (".png", ".pdf")
_RASTERS = (".tif", ".tiff")
_MARGIN = 0.15


def check_map_file(out: Path) -> None:
    """Refuse a place where the map cannot go, before anything is computed.

    A GeoTIFF never replaces a file: it might be somebody's terrain.
    """
    where = str(out)
    if out.suffix.lower() not in (*_PICTURES, *_RASTERS):
        raise Refused(
            "progress.map_ending",
            N_("the map is a picture or a grid: its name ends in .png, .pdf or .tif"),
            where=where,
            advice=N_("for instance --map change.png"),
        )
    if not out.parent.is_dir():
        raise Missing(
            "export.no_folder", N_("there is no such folder"), where=str(out.parent), advice=N_("make it first")
        )
    if out.is_dir():
        raise Refused("export.folder", N_("this is a folder, not a file"), where=where, advice=N_("name a file in it"))
    if out.exists() and out.suffix.lower() in _RASTERS:
        raise Refused(
            "progress.map_exists",
            N_("the file is there already, and it may be a terrain"),
            where=where,
            advice=N_("choose another name"),
        )


def write_change_map(project: Project, found: SurveyComparison, out: Path, watch: Watch | None = None) -> None:
    """Write the differences that `found` was computed from, less offset, shift and tilt where it took them off.

    Raises Refused and Missing for `out` (see `check_map_file`), Unwritable, Cancelled, and what the terrains raise.
    """
    check_map_file(out)
    site = project.store.site(found.site)
    x0, y0, x1, y1 = site.outline.bounds
    raster = out.suffix.lower() in _RASTERS
    grid = difference_map(
        project,
        found.site,
        before=found.before.terrain if found.before else "",
        after=found.after.terrain if found.after else "",
        offset_m=found.offset_taken_m,
        shift_m=found.shift_taken_m,
        tilt=found.tilt_taken,
        margin_m=0.0 if raster else _MARGIN * max(x1 - x0, y1 - y0),
        max_cells=100_000_000 if raster else 1_000_000,
        watch=watch,
    )
    folder: Path | None = None
    try:
        folder = new_folder(out.name, out.parent)
        made = folder / out.name
        if raster:
            _write_raster(grid, site.crs, made)
        else:
            from app.package.change_map import draw_change_map

            draw_change_map(site, grid, found, made)
        made.replace(out)
    except OSError as cause:
        raise Unwritable(
            "export.unwritable",
            N_("the file cannot be written"),
            where=str(out),
            advice=N_("check the permissions of the folder, free space, and whether another program holds the file"),
        ) from cause
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _write_raster(grid: DifferenceGrid, crs: str, out: Path) -> None:
    """After minus before inside the outline, m, float32, nodata NaN."""
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.transform import Affine

    rows, cols = grid.difference.shape
    values = np.where(grid.inside, grid.difference, np.float32(np.nan))
    profile = {"driver": "GTiff", "width": cols, "height": rows, "count": 1, "dtype": "float32", "crs": crs}
    x0, y0, x1, y1 = grid.extent
    profile |= {"transform": Affine((x1 - x0) / cols, 0, x0, 0, (y0 - y1) / rows, y1), "nodata": float("nan")}
    profile |= {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate", "predictor": 3}
    try:
        with rasterio.open(out, "w", **profile) as ds:
            ds.write(values, 1)
            ds.set_band_description(1, "after minus before")
            ds.units = ("m",)
    except RasterioError as error:
        raise OSError(str(error)) from error
