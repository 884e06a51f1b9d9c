"""Edits of outlines as steps of a project: the geometry done by gis.editing, here with their rows, codes and labels.

Each function gives a Step; the window and the commands commit it, so that it is one step back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from app.package.boundary import boundary_points
from app.verbs import labels
from gis.editing import shared
from gis.editing.merge import merge
from gis.editing.reshape import reshape
from gis.editing.sound import NEAR_M, Point, overlay, sound
from gis.editing.split import split
from gis.store.layer_table import LayerTable
from gis.topology import GRID_M
from layers.registry import LAYERS
from models.changes import Change, Delete, Insert, Update
from models.errors import AppError, Refused
from models.notices import Notice

Where = tuple[str, int]
"""Layer key and row number."""
_MOST_NUMBERED = 200_000
_NUMBERED = re.compile(r"^(.*?)(\d+)$")
_MASSES = ("stored_t",)
"""Fields that belong to the whole: halves do not each have them, and a sum has the sum."""


@dataclass(frozen=True)
class Step:
    """What to commit. `select` are the codes to select then."""

    label: Notice
    changes: tuple[Change, ...]
    select: tuple[str, ...] = ()


def point_numbers(geometry: BaseGeometry) -> dict[Point, str]:
    """The numbers J1, J2 … of an outline's vertices, as the table of boundary points has them; none for huge ones."""
    if shapely.get_num_coordinates(geometry) > _MOST_NUMBERED:
        return {}
    try:
        return {(p.y_east, p.x_north): p.number for p in boundary_points(geometry)}
    except Refused:
        return {}


def number_at(geometry: BaseGeometry, at: Point) -> str:
    """The number of the vertex at a place, "?" if there is none."""
    return point_numbers(geometry).get((round(at[0], 3), round(at[1], 3)), "?")


def code_of(table: LayerTable, fid: int) -> str:
    """What people call a feature."""
    return str(table.value(fid, "code") or f"#{fid}")


def sharing_layers(layer: str) -> list[str]:
    """Layers whose outlines may share a boundary with one of this layer and move with it.

    Sites move with sites; control lines are given from outside and only ever with their own layer.
    """
    if LAYERS[layer].role != "site":
        return [layer]
    return [k for k, other in LAYERS.items() if other.role == "site" and other.geometry == "MULTIPOLYGON"]


def around(
    tables: Mapping[str, LayerTable], bounds: Sequence[float], besides: Iterable[Where] = ()
) -> dict[Where, BaseGeometry]:
    """The outlines whose bounds meet `bounds`, but those of `besides`."""
    left_out = set(besides)
    x0, y0, x1, y1 = (bounds[0] - NEAR_M, bounds[1] - NEAR_M, bounds[2] + NEAR_M, bounds[3] + NEAR_M)
    found: dict[Where, BaseGeometry] = {}
    for key, table in tables.items():
        if not len(table):
            continue
        b = shapely.bounds(table.geometry)
        meets = (b[:, 0] <= x1) & (b[:, 2] >= x0) & (b[:, 1] <= y1) & (b[:, 3] >= y0)
        for i in meets.nonzero()[0].tolist():
            where = (key, int(table.fids[i]))
            if where not in left_out:
                found[where] = table.geometry[i]
    return found


def move_points(
    tables: Mapping[str, LayerTable], where: Where, moved: Mapping[Point, Point], *, together: bool
) -> Step:
    """Vertices of a feature at other places; with `together` those of its neighbours at the same places too."""
    layer, fid = where
    geometry = tables[layer].row(fid)["geometry"]  # type: ignore[index]
    places = list(moved)
    others = around({k: tables[k] for k in sharing_layers(layer)}, _bounds(places), [where]) if together else {}
    try:
        made, changed = shared.move_together(geometry, moved, others)
    except AppError as error:
        raise _named(error, tables) from error
    code = code_of(tables[layer], fid)
    if len(places) == 1:
        label = labels.vertex_moved(layer, code, number_at(geometry, places[0]))
    else:
        label = labels.vertices_moved(layer, code, len(places))
    return Step(label, _updates({where: made, **changed}), (code,))


def insert_point(
    tables: Mapping[str, LayerTable], where: Where, made: BaseGeometry, at: Point, *, together: bool
) -> Step:
    """A feature with one more vertex at `at` (`made` has it); neighbours along the edge get it too."""
    layer, fid = where
    changed: dict[Where, BaseGeometry] = {where: made}
    if together:
        changed |= noded({k: tables[k] for k in sharing_layers(layer)}, [at], [where])
    code = code_of(tables[layer], fid)
    return Step(labels.vertex_inserted(layer, code, number_at(made, at)), _updates(changed), (code,))


def insert_moved(
    tables: Mapping[str, LayerTable], where: Where, first: Step, on: Point, at: Point, *, together: bool
) -> Step:
    """As `insert_point` (`first`, at `on`), with the new vertex moved on to `at`: an edge that was pulled."""
    shapes = {(c.table, c.fid): c.values["geometry"] for c in first.changes if isinstance(c, Update)}
    layer, fid = where
    others: dict[Where, BaseGeometry] = {}
    if together:
        others = around({k: tables[k] for k in sharing_layers(layer)}, _bounds([on]), [where])
        others |= {k: s for k, s in shapes.items() if k != where}
    try:
        made, changed = shared.move_together(shapes[where], {on: at}, others)
    except AppError as error:
        raise _named(error, tables) from error
    code = code_of(tables[layer], fid)
    label = labels.vertex_inserted(layer, code, number_at(made, at))
    return Step(label, _updates({**shapes, where: made, **changed}), (code,))


def delete_points(
    tables: Mapping[str, LayerTable], where: Where, made: BaseGeometry, gone: Sequence[Point], *, together: bool
) -> Step:
    """A feature without the vertices at `gone` (`made` is without). Neighbours lose those that they share."""
    from gis.editing.vertices import delete, find

    layer, fid = where
    before = tables[layer].row(fid)["geometry"]  # type: ignore[index]
    changed: dict[Where, BaseGeometry] = {where: made}
    others = around({k: tables[k] for k in sharing_layers(layer)}, _bounds(gone), [where]) if together else {}
    for other, shape in others.items():
        # A corner that the neighbour has for itself stays: only what lies on a common stretch goes.
        refs = [ref for place in gone if _common_stretch(before, shape, place) for ref in find(shape, place)]
        if refs:
            changed[other] = delete(shape, refs)
    code = code_of(tables[layer], fid)
    if len(gone) == 1:
        label = labels.vertex_deleted(layer, code, number_at(before, gone[0]))
    else:
        label = labels.vertices_deleted(layer, code, len(gone))
    return Step(label, _updates(changed), (code,))


def _common_stretch(a: BaseGeometry, b: BaseGeometry, at: Point) -> bool:
    """True if both edges of `a` at a vertex run along `b`: it is no corner where three meet."""
    near = a.boundary.intersection(shapely.Point(at).buffer(0.01))
    return bool(near.intersection(b.boundary.buffer(NEAR_M)).length > 0.9 * near.length)


def noded(
    tables: Mapping[str, LayerTable], points: Sequence[Point], besides: Iterable[Where]
) -> dict[Where, BaseGeometry]:
    """The outlines that get a vertex at one of `points`, because it lies on one of their edges."""
    made: dict[Where, BaseGeometry] = {}
    for other, shape in around(tables, _bounds(points), besides).items():
        new = shared.with_points(shape, list(points))
        if new is not None and new.is_valid:
            made[other] = new
    return made


def redraw(
    tables: Mapping[str, LayerTable], outlines: Mapping[Where, BaseGeometry], label: Notice | None = None
) -> Step:
    """New outlines for features."""
    codes = [code_of(tables[layer], fid) for layer, fid in outlines]
    layer = next(iter(outlines))[0]
    if label is None:
        label = labels.outline_redrawn(layer, codes[0]) if len(codes) == 1 else labels.outlines_redrawn(layer, codes)
    return Step(label, _updates(outlines), tuple(codes))


def split_features(
    tables: Mapping[str, LayerTable], layer: str, fids: Sequence[int], line: Sequence[Point], codes: Iterable[str],
    *, together: bool,
) -> Step:  # fmt: skip
    """Features cut by a line. The largest piece keeps row and code; `codes` number the others.

    Raises Refused if the line cuts none of them through, with the place.
    """
    table, fresh = tables[layer], iter(codes)
    changed: dict[Where, BaseGeometry] = {}
    new: list[Change] = []
    named: list[tuple[str, list[str]]] = []
    nodes: list[Point] = []
    refused: AppError | None = None
    for fid in fids:
        row = table.row(fid) or {}
        try:
            pieces = split(row["geometry"], line)
        except Refused as error:
            refused = refused or error
            continue
        changed[layer, fid] = pieces.outlines[0]
        into = [code_of(table, fid)]
        for outline in pieces.outlines[1:]:
            into.append(next(fresh))
            new.append(Insert(layer, {**_copied(layer, row), "code": into[-1], "geometry": outline}))
        named.append((into[0], into))
        nodes += [(float(x), float(y)) for x, y in pieces.nodes]
    if not named:
        assert refused is not None  # noqa: S101 - there is at least one feature
        raise refused
    if together and nodes:
        split_ones = list(changed)
        changed |= noded({k: tables[k] for k in sharing_layers(layer)}, nodes, split_ones)
    every = [code for _c, into in named for code in into]
    label = labels.split(layer, *named[0]) if len(named) == 1 else labels.split_many(layer, [c for c, _i in named])
    return Step(label, (*_updates(changed), *new), tuple(every))


def reshaped(
    tables: Mapping[str, LayerTable], layer: str, fids: Sequence[int], line: Sequence[Point], *, together: bool
) -> dict[Where, BaseGeometry]:
    """Features whose boundary takes the course of a line.

    With `together` the neighbours give and take ground: those that shared the old boundary share the new one. Raises
    Refused if the line meets the boundary of none of them twice.
    """
    made: dict[Where, BaseGeometry] = {}
    refused: AppError | None = None
    for fid in fids:
        shape = (tables[layer].row(fid) or {})["geometry"]
        try:
            made[layer, fid] = reshape(shape, line)
        except Refused as error:
            refused = refused or error
            continue
        if together:
            others = around({k: tables[k] for k in sharing_layers(layer)}, shape.bounds, [(layer, f) for f in fids])
            made |= _given_and_taken(shape, made[layer, fid], others)
    if not made:
        assert refused is not None  # noqa: S101 - there is at least one feature
        raise refused
    return made


def _given_and_taken(
    before: BaseGeometry, after: BaseGeometry, others: Mapping[Where, BaseGeometry]
) -> dict[Where, BaseGeometry]:
    """Neighbours along a boundary that changed: they lose what was taken, and get what was given where they touched."""
    made: dict[Where, BaseGeometry] = {}
    given = before.difference(after)
    for where, shape in others.items():
        if shape.boundary.intersection(before.boundary.buffer(NEAR_M)).length <= 10 * NEAR_M:
            continue
        gain = [p for p in shapely.get_parts(given) if p.boundary.intersection(shape.buffer(NEAR_M)).length > 0.01]
        new = overlay("difference", shapely.union_all([shape, *gain], grid_size=GRID_M), after)
        if new.symmetric_difference(shape).area > 1e-6:
            made[where] = sound(new)
    return made


def merge_features(tables: Mapping[str, LayerTable], layer: str, fids: Sequence[int], keep: int) -> Step:
    """Features as one, with row, code and fields of `keep`; what is counted in tonnes is added up."""
    table = tables[layer]
    rows = {fid: table.row(fid) or {} for fid in fids}
    values: dict[str, Any] = {"geometry": merge([r["geometry"] for r in rows.values()])}
    for name in _MASSES:
        given = [r[name] for r in rows.values() if r.get(name) is not None]
        if LAYERS[layer].field_named(name) is not None and len(given) == len(rows):
            values[name] = sum(given)
    codes = [code_of(table, f) for f in fids]
    label = labels.merged(layer, codes, code_of(table, keep))
    gone = tuple(Delete(layer, f) for f in fids if f != keep)
    return Step(label, (Update(layer, keep, values), *gone), (code_of(table, keep),))


def codes_after(first: str) -> Iterable[str]:
    """The codes from `first` on: SK-013, SK-014 and so on."""
    found = _NUMBERED.match(first)
    number = 0
    while True:
        yield f"{found[1]}{int(found[2]) + number:0{len(found[2])}d}" if found else f"{first}-{number + 1}"
        number += 1


def _copied(layer: str, row: Mapping[str, Any]) -> dict[str, Any]:
    kept = [f.name for f in LAYERS[layer].fields if not f.system and not f.unique and f.name not in _MASSES]
    return {name: row[name] for name in kept if row.get(name) is not None}


def _updates(outlines: Mapping[Where, BaseGeometry]) -> tuple[Change, ...]:
    return tuple(Update(layer, fid, {"geometry": shape}) for (layer, fid), shape in outlines.items())


def _bounds(points: Sequence[Point]) -> tuple[float, float, float, float]:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _named(error: AppError, tables: Mapping[str, LayerTable]) -> AppError:
    """A refusal that names a feature by its key gets the code that people know."""
    for layer, table in tables.items():
        for fid in table.fids.tolist() if "feature" in error.what.facts else ():
            if error.what.facts["feature"] == str((layer, int(fid))):
                facts = {**error.what.facts, "feature": code_of(table, int(fid))}
                return type(error)(error.key, error.what.text, advice=error.advice.text, **facts)
    return error
