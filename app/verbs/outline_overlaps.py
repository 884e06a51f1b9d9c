"""Ground that an edit newly takes from neighbours or control lines: found, named, and cut away if asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import shapely
from shapely.geometry.base import BaseGeometry

from app import format as fmt
from app.verbs.labels import row_word
from app.verbs.outlines import OutlineStep, Where, around, code_of
from gis.editing.clearance import keep_clear
from gis.editing.sound import Point
from gis.editing.taken import taken
from gis.store.layer_table import LayerTable
from layers.registry import LAYERS
from models.changes import Change, Delete, Insert, Update
from models.notices import N_, Notice

LEAST_M2 = 0.01
"""Less than a sheet of paper is what the millimetre grid makes of long edges; nobody wants to hear of it."""


@dataclass(frozen=True)
class Overlap:
    """New ground in common with one feature: where it lies, how much (m² in the plane), a place in it."""

    where: Where
    code: str
    area_m2: float
    at: Point

    def notice(self) -> Notice:
        """The words: overlaps ecological red line HX-001: 12.3 m²."""
        what = row_word(self.where[0], self.code)
        return Notice("edit.overlaps", N_("overlaps {what}: {m2} m²"), what=what, m2=fmt.number(self.area_m2))


def respected(layer: str) -> list[str]:
    """The layers that outlines of a layer should not overlap: sites keep off sites and control lines."""
    if LAYERS[layer].role != "site":
        return []
    return [k for k, t in LAYERS.items() if t.geometry == "MULTIPOLYGON" and t.role in ("site", "control")]


def overlaps_of(
    tables: Mapping[str, LayerTable], layer: str, new: BaseGeometry, besides: set[Where], before: BaseGeometry | None
) -> list[Overlap]:
    """What an outline overlaps now and did not before; the largest first. Features in `besides` do not count."""
    ground = new if before is None else taken(before, new)
    if ground.is_empty:
        return []
    near = around({k: tables[k] for k in respected(layer) if k in tables}, ground.bounds, besides)
    found = []
    for where, other in near.items():
        common = shapely.intersection(ground, other)
        if common.area > LEAST_M2:
            x, y = shapely.get_coordinates(common.representative_point())[0]
            code = code_of(tables[where[0]], where[1])
            found.append(Overlap(where, code, float(common.area), (float(x), float(y))))
    return sorted(found, key=lambda o: -o.area_m2)


def new_overlaps(tables: Mapping[str, LayerTable], step: OutlineStep) -> list[Overlap]:
    """What the outlines of a step overlap that they did not overlap before it; features of the step do not count."""
    touched = _touched(step)
    found: list[Overlap] = []
    for change in step.changes:
        shape = None if isinstance(change, Delete) else change.values.get("geometry")
        if shape is not None:
            found += overlaps_of(tables, change.table, shape, touched, _before(tables, change, step))
    return sorted(found, key=lambda o: -o.area_m2)


def cleared(tables: Mapping[str, LayerTable], step: OutlineStep) -> OutlineStep:
    """The step with what its outlines would newly overlap cut away. Raises Refused if nothing of one would be left."""
    touched, changes = _touched(step), []
    for change in step.changes:
        shape = None if isinstance(change, Delete) else change.values.get("geometry")
        if shape is not None and not isinstance(change, Delete):
            before = _before(tables, change, step)
            found = overlaps_of(tables, change.table, shape, touched, before)
            taboo = [_polygons(tables, o.where) for o in found]
            if before is not None:
                ground = taken(before, shape)
                taboo = [shapely.intersection(t, ground) for t in taboo]
            if taboo:
                outline = keep_clear(shape, taboo).outline
                change = replace(change, values={**change.values, "geometry": outline})  # noqa: PLW2901
        changes.append(change)
    return replace(step, changes=tuple(changes))


def _polygons(tables: Mapping[str, LayerTable], where: Where) -> BaseGeometry:
    row = tables[where[0]].row(where[1])
    assert row is not None  # noqa: S101 - it was found in this table
    shape: BaseGeometry = row["geometry"]
    return shape


def _touched(step: OutlineStep) -> set[Where]:
    return {(c.table, c.fid) for c in step.changes if not isinstance(c, Insert)}


def _before(tables: Mapping[str, LayerTable], change: Change, step: OutlineStep) -> BaseGeometry | None:
    """The ground that counts as old: the row's own, for a new row that of all rows of the step (pieces of a split)."""
    if isinstance(change, Update):
        return _polygons(tables, (change.table, change.fid))
    old = [_polygons(tables, where) for where in _touched(step)]
    return shapely.union_all(old) if old else None
