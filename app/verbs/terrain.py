"""Terrains of a project: register a DEM, list, find the one that serves a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.project import Project
from app.verbs.terrain_errors import error_defaults
from app.verbs.terrain_unit import check_unit
from gis.dem.mosaic import SUFFIXES, inspect_tiles
from gis.dem.tiles import tile_path
from gis.files import files_of
from gis.raster import file_sha256, inspect_dem
from gis.store import terrain_values
from models.changes import Insert
from models.errors import Refused, Unreadable
from models.notices import N_, Notice
from models.progress import Watch
from models.terrain import ErrorFigures, Making, Terrain, TerrainKind, Tile

LASTING = {
    "points.wide", "points.flat", "points.odd_lines", "points.outlying",
    "cloud.lowest", "cloud.few_ground", "cloud.wide",
    "faces.overlap", "faces.outlying",
}  # fmt: skip
"""Remarks on a DEM that was made here which its cross-validation cannot see: they stay with the terrain."""


def add_terrain(
    project: Project,
    dem: Path | Sequence[Path],
    *,
    name: str | None = None,
    crs: str | None = None,
    kind: TerrainKind = "dtm",
    vertical_datum: str | None = None,
    source: str | None = None,
    sigma_z_m: float | None = None,
    range_m: float | None = None,
    sigma_xy_m: float | None = None,
    surveyed_on: str | None = None,
    nodata: float | None = None,
    z_unit: str | None = None,
    errors: ErrorFigures | None = None,
    making: Making | None = None,
    told: Sequence[Notice] = (),
    bias_m: float | None = None,
    unit_stated: bool = False,
    watch: Watch | None = None,
) -> Terrain:
    """Register a DEM: a file, or several files or a folder of them as one terrain (they stay where they are).

    What is not stated of its errors is that of the project's defaults for `source`. `errors` is taken as it is: figures
    that were measured (cross-validation) and not stated; `making` says how the DEM came about, and of `told` what
    every estimate on it must say (`LASTING`). `unit_stated`: somebody stated the unit of the heights that it was made
    of. Raises Missing, Refused or Unreadable and registers nothing then.
    """
    places = [Path(d).absolute() for d in ([dem] if isinstance(dem, Path | str) else dem)]
    files = files_of(places, SUFFIXES)
    name = name or (places[0].name if places[0].is_dir() else places[0].stem)
    if any(t.name == name for t in project.store.terrains()):
        raise Refused(
            "terrain.name_taken",
            N_("the project has a terrain named {name} already"),
            where=str(places[0]),
            advice=N_("give another name with --name"),
            name=name,
        )
    options: dict[str, Any] = {
        "name": name, "crs": crs, "kind": kind, "vertical_datum": vertical_datum, "source": source,
        "sigma_z_m": sigma_z_m, "range_m": range_m, "sigma_xy_m": sigma_xy_m, "surveyed_on": surveyed_on,
        "nodata": nodata, "z_unit": z_unit, "bias_m": bias_m, "watch": watch,
        "defaults": {key: d.figures for key, d in error_defaults(project).items()},
    }  # fmt: skip
    terrain = inspect_dem(files[0], **options) if len(files) == 1 else inspect_tiles(files, **options)
    place = Path(terrain.path) if terrain.tiles else files[0]
    if z_unit is None and not unit_stated:
        check_unit(project, terrain, place)
    lasting = tuple(n for n in told if n.key in LASTING)
    terrain = replace(
        terrain,
        path=project.store.portable_path(place) or ".",
        errors=errors or terrain.errors,
        making=making,
        warnings=(*terrain.warnings, *lasting),
    )
    label = Notice("terrain.add", N_("register terrain {name}"), name=terrain.name)
    project.store.transact(label, [Insert("terrains", terrain_values(terrain))])
    return terrain


def making_notice(making: Making) -> Notice:
    """How a DEM was made and how well it meets left-out heights, a sentence for people."""
    facts = {"method": making.method, "points": making.points}
    facts |= {"density": making.density_per_100_m2 or float("nan"), "source": making.source}
    if making.rmse_m is None:
        text = N_("{method}, {points} points of {source}, {density:.3g} per 100 m²; not cross-validated")
        return Notice("terrain.making", text, **facts)
    text = N_("{method}, {points} points of {source}, {density:.3g} per 100 m²; cross-validation of {count} heights: "
              "bias {bias:+.3f} m, RMSE {rmse:.3f} m")  # fmt: skip
    return Notice("terrain.making", text, count=making.left_out, bias=making.bias_m, rmse=making.rmse_m, **facts)


def terrain_files(project: Project, terrain: Terrain) -> list[Path]:
    """The places of the terrain's file or of all its tiles, whether or not they are there."""
    path = project.store.terrain_path(terrain)
    return [tile_path(path, t) for t in terrain.tiles] or [path]


def terrain_file(project: Project, terrain: Terrain) -> Path:
    """The DEM file of a registered terrain, or the folder of its tiles: what gis.raster.Dem opens.

    Raises Unreadable, naming the file, if one is gone or is another file by now.
    """
    files: tuple[Terrain | Tile, ...] = terrain.tiles or (terrain,)
    for path, file in zip(terrain_files(project, terrain), files, strict=True):
        _check_file(path, file, terrain)
    return project.store.terrain_path(terrain)


def _check_file(path: Path, file: Terrain | Tile, terrain: Terrain) -> None:
    advice = N_(
        "put the file back, or show where it lies (Terrains…, terrain place); add another file as a new terrain"
    )
    if not path.is_file():
        raise Unreadable(
            "terrain.gone",
            N_("the file of terrain {name} is not there"),
            where=str(path),
            advice=advice,
            name=terrain.name,
        )
    if not _is_unchanged(path, file, terrain.registered_at):
        raise Unreadable(
            "terrain.changed",
            N_("the file of terrain {name} changed since it was registered"),
            where=str(path),
            advice=advice,
            name=terrain.name,
        )


def _is_unchanged(path: Path, file: Terrain | Tile, registered_at: str) -> bool:
    """False for a file of the same size with other heights: figures name the hash that was registered.

    A file that was not written since its registration is not read again; any other is, once.
    """
    stat = path.stat()
    if stat.st_size != file.size_bytes:
        return False
    registered = datetime.fromisoformat(registered_at).timestamp() if registered_at else 0.0
    return stat.st_mtime < registered or _hash_of(str(path), stat.st_size, stat.st_mtime_ns) == file.sha256


@lru_cache(maxsize=4096)
def _hash_of(path: str, size: int, modified_ns: int) -> str:
    del size, modified_ns  # part of the key: another file at this place is hashed anew
    return file_sha256(Path(path), Watch())
