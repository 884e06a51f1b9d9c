"""What the steps of a project are called: labels with their facts, so that undo says what and where in any language.

The window's tools and the verbs call these; "undo: " or "redo: " is put before them by the store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gis.store.log import SYSTEM
from gis.store.tables import TABLES, field_word, table_word
from layers.base import Field
from layers.registry import LAYERS
from models.notices import N_, Notice

_TEXT = 24  # characters of a text that a label repeats
_WRITTEN_BEFORE = (  # labels in the logs of older projects: their translations must stay
    N_("change {fields} of {code}"),
    N_("delete {n} of {layer}"),
    N_("delete waste {code}"),
    N_("add {layer} {code}"),
    N_("import {n} features from {file}"),
    N_("store {n} estimates"),
)
_FIELDS = 3  # changes that one label names
_CODES = 4
_SINGULAR = {
    "wastes": N_("waste"),
    "terrains": N_("terrain"),
    "samples": N_("sample"),
    "lab_values": N_("laboratory value"),
    "estimates": N_("estimate"),
    "screenings": N_("screening"),
    "scenarios": N_("scenario"),
    "assignments": N_("assignment"),
    "photos": N_("photo"),
}


def kind_word(table: str) -> Notice | str:
    """What one row of a table is: "sand pit"."""
    if table in LAYERS:
        return Notice("layer", LAYERS[table].label)
    return Notice("table", _SINGULAR[table]) if table in _SINGULAR else table_word(table)


def row_word(table: str, code: str) -> Notice | str:
    """A row as people call it: "sand pit SK-012"; the kind alone where it has no code."""
    if not code:
        return kind_word(table)
    return Notice("label.row", N_("{kind} {code}"), kind=kind_word(table), code=code)


def value_word(table: str, name: str, value: Any, *, short: bool = True) -> Any:
    """A value as people read it: a choice by its label, yes and no, a dash for none; long texts cut if `short`."""
    f = TABLES[table].field_named(name) if table in TABLES else None
    if value is None or value == "":
        return "—"
    if f is not None and f.kind == "boolean":
        return Notice("value.yes", N_("yes")) if value else Notice("value.no", N_("no"))
    for choice in f.choices if f is not None else ():
        if choice.value == value:
            return Notice("value.choice", choice.label)
    if isinstance(value, float):
        return repr(value)
    text = " ".join(str(value).split())
    return text if len(text) <= _TEXT or not short else text[:_TEXT] + "…"


def unit_of(table: str, name: str) -> str:
    """The unit of a field, "" if it has none."""
    f: Field | None = TABLES[table].field_named(name) if table in TABLES else None
    return f.unit if f is not None else ""


def _listed(parts: Sequence[Any]) -> Any:
    """Parts in one line, in the reader's own punctuation."""
    if len(parts) == 1:
        return parts[0]
    return Notice("label.and", N_("{first}, {rest}"), first=parts[0], rest=_listed(parts[1:]))


def _codes(codes: Sequence[str]) -> Any:
    named = list(codes[:_CODES])
    more = len(codes) - len(named)
    return _listed([*named, Notice("label.more", N_("{n} more"), n=more)] if more else named)


# Outlines


def vertex_moved(layer: str, code: str, point: str) -> Notice:
    """`point` as the table of boundary points numbers it: J7."""
    return Notice("vertex.move", N_("move point {point} ({what})"), point=point, what=row_word(layer, code))


def vertex_inserted(layer: str, code: str, point: str) -> Notice:
    """`point`: the number that the new vertex has."""
    return Notice("vertex.insert", N_("insert point {point} ({what})"), point=point, what=row_word(layer, code))


def vertex_deleted(layer: str, code: str, point: str) -> Notice:
    """`point`: the number that the vertex had."""
    return Notice("vertex.delete", N_("delete point {point} ({what})"), point=point, what=row_word(layer, code))


def vertices_moved(layer: str, code: str, n: int) -> Notice:
    """Several vertices of an outline at once."""
    return Notice("vertex.move_many", N_("move {n} points ({what})"), n=n, what=row_word(layer, code))


def vertices_deleted(layer: str, code: str, n: int) -> Notice:
    """Several vertices of an outline at once."""
    return Notice("vertex.delete_many", N_("delete {n} points ({what})"), n=n, what=row_word(layer, code))


def vertices_of_many_moved(layer: str, codes: Sequence[str], n: int) -> Notice:
    """Vertices of several outlines at once."""
    text = N_("move {n} points of several {layer}: {codes}")
    return Notice("vertex.move_of_many", text, n=n, layer=table_word(layer), codes=_codes(codes))


def vertices_of_many_deleted(layer: str, codes: Sequence[str], n: int) -> Notice:
    """Vertices of several outlines at once."""
    text = N_("delete {n} points of several {layer}: {codes}")
    return Notice("vertex.delete_of_many", text, n=n, layer=table_word(layer), codes=_codes(codes))


def outlines_redrawn(layer: str, codes: Sequence[str]) -> Notice:
    """New outlines for several features of a layer."""
    text = N_("redraw the outlines of {n} {layer}: {codes}")
    return Notice("outline.redraw_many", text, n=len(codes), layer=table_word(layer), codes=_codes(codes))


def reworked(text: str, layer: str, code: str, **facts: Any) -> Notice:
    """An edit of a whole outline by an N_() template with {what}: "offset {what} by {metres} m"."""
    return Notice("outline.rework", text, what=row_word(layer, code), **facts)


def reworked_many(text: str, layer: str, codes: Sequence[str], **facts: Any) -> Notice:
    """The same for several whole outlines, by an N_() template with {n}, {layer} and {codes}."""
    return Notice("outline.rework_many", text, n=len(codes), layer=table_word(layer), codes=_codes(codes), **facts)


def split_many(layer: str, codes: Sequence[str]) -> Notice:
    """Several features cut by one line."""
    text = N_("split {n} {layer}: {codes}")
    return Notice("outline.split_many", text, n=len(codes), layer=table_word(layer), codes=_codes(codes))


def outline_redrawn(layer: str, code: str) -> Notice:
    """A new outline for a feature."""
    return Notice("outline.redraw", N_("redraw the outline of {what}"), what=row_word(layer, code))


def split(layer: str, code: str, into: Sequence[str]) -> Notice:
    """One feature became several; `into` are their codes."""
    text = N_("split {what} into {codes}")
    return Notice("outline.split", text, what=row_word(layer, code), codes=_codes(into))


def merged(layer: str, codes: Sequence[str], into: str) -> Notice:
    """Several features became one, with the code `into`."""
    return Notice("outline.merge", N_("merge {codes} into {what}"), codes=_codes(codes), what=row_word(layer, into))


# Rows


def added(table: str, code: str) -> Notice:
    """A new feature, drawn or entered."""
    return Notice("feature.add", N_("add {what}"), what=row_word(table, code))


def deleted(table: str, codes: Sequence[str]) -> Notice:
    """Rows were deleted; one is named, many are counted and the first are named."""
    if len(codes) == 1:
        return Notice("feature.delete", N_("delete {what}"), what=row_word(table, codes[0]))
    facts = {"n": len(codes), "layer": table_word(table), "codes": _codes(codes) if codes else "—"}
    return Notice("feature.delete_many", N_("delete {n} of {layer}: {codes}"), **facts)


def fields_changed(table: str, code: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Notice:
    """Fields of one row: "change depth 3.2 → 4.0 (sand pit SK-012)". Only what differs is named."""
    changes: list[Any] = []
    for name, new in after.items():
        old = before.get(name)
        if name in SYSTEM or old == new:
            continue
        text = N_("{field} {old} → {new}")
        changes.append(Notice("label.change", text, field=field_word(table, name), old=value_word(table, name, old),
                              new=value_word(table, name, new)))  # fmt: skip
    if len(changes) > _FIELDS:
        changes = [*changes[: _FIELDS - 1], Notice("label.more", N_("{n} more"), n=len(changes) - _FIELDS + 1)]
    what = row_word(table, code)
    if not changes:
        return Notice("feature.set_nothing", N_("change nothing ({what})"), what=what)
    return Notice("feature.set", N_("change {changes} ({what})"), changes=_listed(changes), what=what)


def many_changed(table: str, codes: Sequence[str], values: Mapping[str, Any]) -> Notice:
    """Fields of several rows got the same values: "set status = filled in 12 sand pits: SK-001, …"."""
    parts: list[Any] = [Notice("label.value", N_("{field} = {value}"), field=field_word(table, name),
                               value=value_word(table, name, value)) for name, value in values.items()]  # fmt: skip
    text = N_("set {values} in {n} {layer}: {codes}")
    return Notice("feature.set_many", text, values=_listed(parts), n=len(codes), layer=table_word(table),
                  codes=_codes(codes) if codes else "—")  # fmt: skip


def restored(table: str, code: str, step: int) -> Notice:
    """A row was brought back to an earlier state."""
    return Notice("feature.restore", N_("restore {what} as after step {step}"), what=row_word(table, code), step=step)


def restored_part(table: str, code: str, step: int, fields: Sequence[str], *, outline: bool) -> Notice:
    """Some fields or the outline of a row were brought back to an earlier state."""
    parts: list[Any] = [field_word(table, name) for name in fields]
    parts += [Notice("label.outline", N_("outline"))] if outline else []
    text = N_("restore {parts} of {what} as after step {step}")
    return Notice("feature.restore_part", text, parts=_listed(parts), what=row_word(table, code), step=step)


def photos_added(table: str, code: str, n: int) -> Notice:
    """Photos were added to a feature, or with features of their own."""
    return Notice("photo.add", N_("add {n} photos ({what})"), n=n, what=row_word(table, code))


def photo_removed(table: str, code: str, name: str) -> Notice:
    """A photo was taken from a feature."""
    return Notice("photo.remove", N_("remove photo {name} ({what})"), name=name, what=row_word(table, code))


def photo_captioned(table: str, code: str, name: str) -> Notice:
    """A photo got other words."""
    return Notice("photo.caption", N_("change the words of photo {name} ({what})"), name=name,
                  what=row_word(table, code))  # fmt: skip


# Many rows at once


def imported(layer: str, n: int, file: str) -> Notice:
    """Features from a file."""
    return Notice("import.done", N_("import {n} {layer} from {file}"), n=n, layer=table_word(layer), file=file)


def estimates_stored(codes: Sequence[str]) -> Notice:
    """Estimates of these sites."""
    if len(codes) == 1:
        return Notice("estimate.store_one", N_("store the estimate of {code}"), code=codes[0])
    text = N_("store {n} estimates: {codes}")
    return Notice("estimate.store", text, n=len(codes), codes=_codes(codes) if codes else "—")


def screenings_stored(pairs: Sequence[tuple[str, str]]) -> Notice:
    """Verdicts on wastes for sites, as (waste, site)."""
    if len(pairs) == 1:
        text = N_("store the screening of {waste} for {site}")
        return Notice("screen.store_one", text, waste=pairs[0][0], site=pairs[0][1])
    return Notice("screen.store", N_("store {n} screenings"), n=len(pairs))


def settings_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Notice:
    """The project's own name and settings."""
    names = [k for k in {**before, **after} if before.get(k) != after.get(k)]
    text = N_("{field} {old} → {new}")
    parts = [Notice("label.change", text, field=_setting(k), old=value_word("project", k, before.get(k)),
                    new=value_word("project", k, after.get(k))) for k in names[:_FIELDS]]  # fmt: skip
    more = [Notice("label.more", N_("{n} more"), n=len(names) - _FIELDS)] if len(names) > _FIELDS else []
    changes = _listed([*parts, *more]) if parts else "—"
    return Notice("project.set", N_("change the project: {changes}"), changes=changes)


def _setting(key: str) -> Notice | str:
    return Notice("field", N_("name")) if key == "name" else key
