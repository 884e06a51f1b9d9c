"""Edits of outlines as steps of a project: the geometry done by gis.editing, here with their rows, codes and labels.

Each function gives an OutlineStep; the window and the commands commit it, so that it is one step back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

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
_NUMBERED = re.compile(r"^(.*?)(\d+)$")
_MASSES = ("stored_t",)
"""Fields that belong to the whole: halves do not each have them, and a sum has the sum."""


@dataclass(frozen=True)
class OutlineStep:
    """What to commit. `select` are the codes to select then."""

    label: Notice
    changes: tuple[Change, ...]
    select: tuple[str, ...] = ()


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


def noded(
    tables: Mapping[str, LayerTable], points: Sequence[Point], besides: Iterable[Where]
) -> dict[Where, BaseGeometry]:
    """The outlines that get a vertex at one of `points`, because it lies on one of their edges."""
    made: dict[Where, BaseGeometry] = {}
    for other, shape in around(tables, bounds_of(points), besides).items():
        new = shared.with_points(shape, list(points))
        if new is not None and shapely.is_valid(new):
            made[other] = new
    return made


def neighbours_noded(tables: Mapping[str, LayerTable], layer: str, outline: BaseGeometry) -> tuple[Change, ...]:
    """For a new outline: its corners that lie on the edges of neighbours become vertices of those too.

    So the boundary is the same line for both, and moves as one.
    """
    corners = [(float(x), float(y)) for x, y in shapely.get_coordinates(outline)]
    return updates(noded({k: tables[k] for k in sharing_layers(layer) if k in tables}, corners, ()))


def redraw(
    tables: Mapping[str, LayerTable], outlines: Mapping[Where, BaseGeometry], label: Notice | None = None
) -> OutlineStep:
    """New outlines for features."""
    codes = [code_of(tables[layer], fid) for layer, fid in outlines]
    layer = next(iter(outlines))[0]
    if label is None:
        label = labels.outline_redrawn(layer, codes[0]) if len(codes) == 1 else labels.outlines_redrawn(layer, codes)
    return OutlineStep(label, updates(outlines), tuple(codes))


def split_features(
    tables: Mapping[str, LayerTable], layer: str, fids: Sequence[int], line: Sequence[Point], codes: Iterable[str],
    *, together: bool,
) -> OutlineStep:  # fmt: skip
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
    return OutlineStep(label, (*updates(changed), *new), tuple(every))


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
    given: BaseGeometry | None = None
    for where, shape in others.items():
        x0, y0, x1, y1 = shape.bounds
        # Only what lies near: a band around a long boundary, and what was given, take their time.
        near = shapely.clip_by_rect(before.boundary, x0 - 1, y0 - 1, x1 + 1, y1 + 1)
        if shapely.intersection(shape.boundary, shapely.buffer(near, NEAR_M)).length <= 10 * NEAR_M:
            continue
        if given is None:
            given = shapely.difference(before, after)
        band = shapely.buffer(shape, NEAR_M)
        gain = [p for p in shapely.get_parts(given) if shapely.intersection(p.boundary, band).length > 0.01]
        new = overlay("difference", shapely.union_all([shape, *gain], grid_size=GRID_M), after)
        if shapely.symmetric_difference(new, shape).area > 1e-6:
            made[where] = sound(new)
    return made


def merge_features(tables: Mapping[str, LayerTable], layer: str, fids: Sequence[int], keep: int) -> OutlineStep:
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
    return OutlineStep(label, (Update(layer, keep, values), *gone), (code_of(table, keep),))


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


def updates(outlines: Mapping[Where, BaseGeometry]) -> tuple[Change, ...]:
    """The changes that give features these outlines."""
    return tuple(Update(layer, fid, {"geometry": shape}) for (layer, fid), shape in outlines.items())


def bounds_of(points: Sequence[Point]) -> tuple[float, float, float, float]:
    """xmin, ymin, xmax, ymax of places."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def named(error: AppError, tables: Mapping[str, LayerTable]) -> AppError:
    """A refusal that names a feature by its key gets the code that people know."""
    for layer, table in tables.items():
        for fid in table.fids.tolist() if "feature" in error.what.facts else ():
            if error.what.facts["feature"] == str((layer, int(fid))):
                facts = {**error.what.facts, "feature": code_of(table, int(fid))}
                return type(error)(error.key, error.what.text, advice=error.advice.text, **facts)
    return error
