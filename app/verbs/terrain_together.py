"""Terrains of which none covers an outline, but which cover it together: the way out that a refusal should name."""

from __future__ import annotations

import shapely

from app.project import Project
from gis.dem.footprint import footprint
from gis.holes import ENOUGH
from models.errors import AppError
from models.notices import N_
from models.site import Site
from models.terrain import Terrain

_KEYS = frozenset({"terrain.not_covered", "terrain.hole_too_large", "terrain.rim_gap", "terrain.part_not_covered"})


def together(project: Project, site: Site, error: AppError) -> AppError:
    """`error`, with the terrains to register as tiles of one as its advice where they hold the outline together.

    Only terrains of one system and cell size are named: others are no tiles.
    """
    if error.key not in _KEYS:
        return error
    kinds: dict[tuple[str, float], list[Terrain]] = {}
    for terrain in project.store.terrains():
        kinds.setdefault((terrain.crs, round(terrain.cell_m, 6)), []).append(terrain)
    for alike in kinds.values():
        names = _names(alike, site)
        if names:
            advice = N_("the terrains {names} hold it together: register their files as one (terrain add FILE FILE …)")
            facts = {**error.what.facts, "names": ", ".join(names)}
            return type(error)(error.key, error.what.text, where=error.where, advice=advice, **facts)
    return error


def _names(alike: list[Terrain], site: Site) -> list[str]:
    """The fewest of these terrains, by what each adds, that hold the outline; [] where they do not."""
    left, names = site.outline, []
    shapes = {t.name: footprint(t, site.crs) for t in alike}
    while shapes and left.area > (1 - ENOUGH) * site.outline.area:
        best = max(shapes, key=lambda name: float(shapely.intersection(shapes[name], left).area))
        shape = shapes.pop(best)
        if shapely.intersection(shape, left).area <= 0:
            return []
        left = shapely.difference(left, shape)
        names.append(best)
    return names if len(names) > 1 and left.area <= (1 - ENOUGH) * site.outline.area else []
