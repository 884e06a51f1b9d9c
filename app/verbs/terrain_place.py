"""A terrain whose file lies elsewhere by now: shown where it is, known by its content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.project import Project
from app.verbs.terrain import terrain_files
from gis.dem.tiles import tile_path
from gis.raster import file_sha256
from gis.store import terrain_values
from models.changes import Update
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.progress import Watch
from models.terrain import Terrain, Tile


def place_terrain(project: Project, name: str, place: Path, watch: Watch | None = None) -> list[str]:
    """Take the file (or the folder of the tiles) at `place` as that of a terrain; one step that can be undone.

    Only a file of the same content will do, since stored figures name it. Other terrains whose files are gone and lie
    in the same folder are found along with it. Returns the names of those that were placed. Raises Missing and Refused.
    """
    watch, place = watch or Watch(), Path(place).absolute()
    terrain = project.store.terrain(name)
    found = {name: _checked(terrain, place, watch)}
    folder = place if place.is_dir() else place.parent
    for other in project.store.terrains():
        gone = [f for f in terrain_files(project, other) if not f.is_file()]
        if other.name == name or not gone:
            continue
        beside = folder if other.tiles else folder / project.store.terrain_path(other).name
        if all(f.is_file() for f, _file in _files(other, beside)):
            try:
                found[other.name] = _checked(other, beside, watch)
            except Refused:
                continue  # of the same name only
    rows = {str(r["name"]): int(r["fid"]) for r in project.store.rows("terrains")}
    changes = []
    for key, where in found.items():
        kept = replace(project.store.terrain(key), path=project.store.portable_path(where) or ".")
        values = terrain_values(kept)
        changes.append(Update("terrains", rows[key], {k: values[k] for k in ("path", "record")}))
    label = Notice("terrain.place", N_("new place of the file of terrain {name}"), name=", ".join(found))
    project.store.transact(label, changes)
    return list(found)


def _files(terrain: Terrain, place: Path) -> list[tuple[Path, Terrain | Tile]]:
    return [(tile_path(place, t), t) for t in terrain.tiles] or [(place, terrain)]


def _checked(terrain: Terrain, place: Path, watch: Watch) -> Path:
    if terrain.tiles and place.is_file():
        place = place.parent
    for path, file in _files(terrain, place):
        if not path.is_file():
            raise Missing("terrain.no_file", N_("there is no such terrain file"), where=str(path),
                          advice=N_("check the path"))  # fmt: skip
        if path.stat().st_size != file.size_bytes or file_sha256(path, watch) != file.sha256:
            raise Refused(
                "terrain.other_file",
                N_("this is not the file of terrain {name}: its content is another"),
                where=str(path),
                advice=N_("show the file that was registered, or add this one as a terrain of its own"),
                name=terrain.name,
            )
    return place
