"""Vertices of an outline moved, inserted and deleted as steps of a project, with those that neighbours share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from app.verbs import labels
from app.verbs.outlines import OutlineStep, Where, around, bounds_of, code_of, named, noded, sharing_layers, updates
from gis.boundary import number_at, numbered_rings
from gis.editing import shared
from gis.editing.sound import NEAR_M, Point
from gis.editing.vertices import delete, find
from gis.store.layer_table import LayerTable
from models.changes import Update
from models.errors import AppError


def number_of(geometry: BaseGeometry, at: Point) -> str:
    """The number of the vertex at a place, as the table of boundary points has it: J7; "?" if there is none."""
    return number_at(numbered_rings(geometry), *at) or "?"


def move_points(
    tables: Mapping[str, LayerTable], where: Where, moved: Mapping[Point, Point], *, together: bool
) -> OutlineStep:
    """Vertices of a feature at other places; with `together` those of its neighbours at the same places too."""
    return move_points_of(tables, [where], moved, together=together)


def move_points_of(
    tables: Mapping[str, LayerTable], wheres: Sequence[Where], moved: Mapping[Point, Point], *, together: bool
) -> OutlineStep:
    """As `move_points` for several features of one layer, each where it has a vertex at one of the places."""
    layer, places = wheres[0][0], list(moved)
    shapes: dict[Where, BaseGeometry] = {w: tables[w[0]].row(w[1])["geometry"] for w in wheres}  # type: ignore[index]
    others = around({k: tables[k] for k in sharing_layers(layer)}, bounds_of(places), wheres) if together else {}
    try:
        made, changed = shared.move_many(shapes, moved, others)
    except AppError as error:
        raise named(error, tables) from error
    codes = [code_of(tables[layer], fid) for _layer, fid in made]
    if len(codes) > 1:
        label = labels.vertices_of_many_moved(layer, codes, len(places))
    elif len(places) == 1:
        label = labels.vertex_moved(layer, codes[0], number_of(shapes[next(iter(made))], places[0]))
    else:
        label = labels.vertices_moved(layer, codes[0], len(places))
    return OutlineStep(label, updates({**made, **changed}), tuple(code_of(tables[layer], f) for _l, f in wheres))


def insert_point(
    tables: Mapping[str, LayerTable], where: Where, made: BaseGeometry, at: Point, *, together: bool
) -> OutlineStep:
    """A feature with one more vertex at `at` (`made` has it); neighbours along the edge get it too."""
    layer, fid = where
    changed: dict[Where, BaseGeometry] = {where: made}
    if together:
        changed |= noded({k: tables[k] for k in sharing_layers(layer)}, [at], [where])
    code = code_of(tables[layer], fid)
    return OutlineStep(labels.vertex_inserted(layer, code, number_of(made, at)), updates(changed), (code,))


def insert_moved(
    tables: Mapping[str, LayerTable], where: Where, first: OutlineStep, on: Point, at: Point, *, together: bool
) -> OutlineStep:
    """As `insert_point` (`first`, at `on`), with the new vertex moved on to `at`: an edge that was pulled."""
    shapes = {(c.table, c.fid): c.values["geometry"] for c in first.changes if isinstance(c, Update)}
    layer, fid = where
    others: dict[Where, BaseGeometry] = {}
    if together:
        others = around({k: tables[k] for k in sharing_layers(layer)}, bounds_of([on]), [where])
        others |= {k: s for k, s in shapes.items() if k != where}
    try:
        made, changed = shared.move_together(shapes[where], {on: at}, others)
    except AppError as error:
        raise named(error, tables) from error
    code = code_of(tables[layer], fid)
    label = labels.vertex_inserted(layer, code, number_of(made, at))
    return OutlineStep(label, updates({**shapes, where: made, **changed}), (code,))


def delete_points(
    tables: Mapping[str, LayerTable], where: Where, made: BaseGeometry, gone: Sequence[Point], *, together: bool
) -> OutlineStep:
    """A feature without the vertices at `gone` (`made` is without). Neighbours lose those that they share."""
    layer, fid = where
    before = tables[layer].row(fid)["geometry"]  # type: ignore[index]
    changed: dict[Where, BaseGeometry] = {where: made}
    others = around({k: tables[k] for k in sharing_layers(layer)}, bounds_of(gone), [where]) if together else {}
    for other, shape in others.items():
        # A corner that the neighbour has for itself stays: only what lies on a common stretch goes.
        refs = [ref for place in gone if _common_stretch(before, shape, place) for ref in find(shape, place)]
        if refs:
            changed[other] = delete(shape, refs)
    code = code_of(tables[layer], fid)
    if len(gone) == 1:
        label = labels.vertex_deleted(layer, code, number_of(before, gone[0]))
    else:
        label = labels.vertices_deleted(layer, code, len(gone))
    return OutlineStep(label, updates(changed), (code,))


def delete_points_of(
    tables: Mapping[str, LayerTable], wheres: Sequence[Where], gone: Sequence[Point], *, together: bool
) -> OutlineStep:
    """Several features of one layer without their vertices at `gone`; neighbours lose what they share."""
    layer = wheres[0][0]
    before: dict[Where, BaseGeometry] = {w: tables[w[0]].row(w[1])["geometry"] for w in wheres}  # type: ignore[index]
    changed: dict[Where, BaseGeometry] = {}
    for where, shape in before.items():
        refs = [ref for place in gone for ref in find(shape, place)]
        if refs:
            changed[where] = delete(shape, refs)
    own = list(changed)
    others = around({k: tables[k] for k in sharing_layers(layer)}, bounds_of(gone), wheres) if together else {}
    for other, shape in others.items():
        common = [place for place in gone if any(_common_stretch(before[w], shape, place) for w in own)]
        refs = [ref for place in common for ref in find(shape, place)]
        if refs:
            changed[other] = delete(shape, refs)
    codes = [code_of(tables[layer], fid) for _l, fid in own]
    label = labels.vertices_of_many_deleted(layer, codes, len(gone))
    return OutlineStep(label, updates(changed), tuple(code_of(tables[layer], f) for _l, f in wheres))


def _common_stretch(a: BaseGeometry, b: BaseGeometry, at: Point) -> bool:
    """True if both edges of `a` at a vertex run along `b`: it is no corner where three meet."""
    near = a.boundary.intersection(shapely.Point(at).buffer(0.01))
    return bool(near.intersection(b.boundary.buffer(NEAR_M)).length > 0.9 * near.length)
