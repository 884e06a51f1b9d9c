"""Heights in feet that nothing says so of: a new terrain held against those that the project has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.project import Project
from gis.arrays import Array
from gis.crs import transformer
from gis.dem.footprint import footprint
from gis.raster import Dem
from models.errors import AppError, Refused
from models.notices import N_
from models.terrain import Terrain
from models.units import looks_feet

_SIDE = 24
_LEAST = 20
_APART_M = 100.0


def check_unit(project: Project, terrain: Terrain, place: Path) -> None:
    """Refuse a terrain whose heights are 3.28 times those of another terrain of the project at the same places.

    `place`: the file, or the folder of tiles. Heights are compared at up to 576 places; where they are less than 100 m
    apart (ground near sea level) nothing can be told. A terrain that cannot be read is no witness.
    """
    area = footprint(terrain, project.crs)
    for other in project.store.terrains():
        common = area.intersection(footprint(other, project.crs))
        if common.is_empty:
            continue
        found = _compared(project, terrain, place, other, common)
        if found is not None:
            raise _feet(place, other, *found)


def _compared(
    project: Project, terrain: Terrain, place: Path, other: Terrain, common: BaseGeometry
) -> tuple[float, float] | None:
    """Median heights of both terrains where the one is 3.28 times the other, else None."""
    x, y = _places(common)
    try:
        mine = _at(place, terrain, project.crs, x, y)
        theirs = _at(project.store.terrain_path(other), other, project.crs, x, y)
    except (AppError, OSError):
        return None
    known = np.isfinite(mine) & np.isfinite(theirs)
    if int(known.sum()) < _LEAST or float(np.median(np.abs(mine[known] - theirs[known]))) < _APART_M:
        return None
    one, two = float(np.median(mine[known])), float(np.median(theirs[known]))
    return (one, two) if looks_feet(one, two) else None


def _feet(place: Path, other: Terrain, mine: float, theirs: float) -> Refused:
    return Refused(
        "terrain.looks_feet",
        N_("its heights are 3.28 times those of terrain {name} at the same places ({mine:.1f} and {theirs:.1f} m): "
           "they seem to be feet"),
        where=str(place),
        advice=N_("state the unit of the heights with --z-unit m, ft or us-ft"),
        name=other.name,
        mine=mine,
        theirs=theirs,
    )  # fmt: skip


def _places(area: BaseGeometry) -> tuple[Array, Array]:
    """A grid of places over an area, those within it."""
    x0, y0, x1, y1 = area.bounds
    share = (np.arange(_SIDE) + 0.5) / _SIDE
    x, y = (v.ravel() for v in np.meshgrid(x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    inside = shapely.contains_xy(area, x, y)
    return x[inside], y[inside]


def _at(place: Path, terrain: Terrain, crs: str, x: Array, y: Array) -> Array:
    """Heights (m) at places in `crs`; NaN where there are none."""
    way = transformer(crs, terrain.crs)
    with Dem(place, terrain) as dem:
        return np.asarray(dem.sample(*way.transform(x, y)), np.float64)
