"""Where the things of a project lie, and what is said of a terrain that lies far from all of them."""

from __future__ import annotations

import numpy as np

from app.project import Project
from gis.crs import horizontal, parse_crs
from gis.crs_guess import Bounds
from gis.dem.footprint import footprint
from gis.far_away import beyond_remark, far_remark
from gis.formats.crs_choice import outside_remark
from gis.store import extents
from models.errors import AppError
from models.notices import Notice
from models.terrain import Terrain


def extent(project: Project) -> Bounds | None:
    """The box around everything that the layers hold, in the project's CRS; around its terrains while they are empty.

    None while there is nothing at all.
    """
    return _around(_layers(project) or _terrains(project))


def boxes_held(project: Project) -> list[Bounds]:
    """A box for each layer that holds something and for each terrain, in the project's CRS.

    One box around all would reach across the country as soon as one of them lies wrong, and nothing would be far.
    """
    return _layers(project) + _terrains(project)


def far_terrain(project: Project, terrain: Terrain, *, numbers_in: str | None = None) -> list[Notice]:
    """The remark on a terrain far from the layers (from other terrains while they are empty); [] where it is near.

    It depends on what the project holds now, so it is not kept with the terrain. `numbers_in`: the system of the file
    that the terrain was made of, where that is not the terrain's own.
    """
    box = _box(project, terrain)
    if box is not None:
        return far_box(project, box, numbers_in or terrain.crs, but=terrain.name)
    home, degrees = parse_crs(project.crs), footprint(terrain, "EPSG:4326").centroid
    found = beyond_remark(degrees.x, degrees.y, home, _witnesses(project, terrain.name))
    return [] if found is None else [found]


def far_box(project: Project, box: Bounds, crs: str, *, but: str = "") -> list[Notice]:
    """The same of a box in the project's CRS that is not a terrain yet; `crs`: what its numbers were read in."""
    try:
        used = horizontal(parse_crs(crs))
    except AppError:  # the name of a system that no authority keeps
        used = parse_crs(project.crs)
    home, held = parse_crs(project.crs), _witnesses(project, but)
    if not held:
        return outside_remark(home, home, box)
    found = far_remark(box, used, home, held)
    return [] if found is None else [found]


def _witnesses(project: Project, but: str) -> list[Bounds]:
    """What a terrain is held against: two surveys with the same mistake do not bear each other out."""
    return _layers(project) or _terrains(project, but=but)


def _layers(project: Project) -> list[Bounds]:
    with project.store.reader() as con:
        return extents.of_each(con)


def _terrains(project: Project, *, but: str = "") -> list[Bounds]:
    boxes = (_box(project, t) for t in project.store.terrains() if t.name != but)
    return [b for b in boxes if b is not None]


def _box(project: Project, terrain: Terrain) -> Bounds | None:
    """The box of a terrain; None where the project's system has no image of it."""
    try:
        bounds = np.asarray(footprint(terrain, project.crs).bounds, float)
    except AppError:
        return None
    x0, y0, x1, y1 = bounds.tolist() if np.isfinite(bounds).all() and bounds.size == 4 else [np.nan] * 4
    return None if np.isnan(x0) else (x0, y0, x1, y1)


def _around(boxes: list[Bounds]) -> Bounds | None:
    if not boxes:
        return None
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)
