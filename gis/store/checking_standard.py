"""What can be wrong with the file around the rows: triggers, indexes, value lists, extents, what was smuggled in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from gis.store.blueprint import Blueprint, blueprint
from gis.store.findings import problem
from gis.store.foreign import foreign
from gis.store.gpkg import quote, rtree
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from models.notices import N_
from models.problems import Problem

_ROUNDING_M = 8.0
"""The R-tree keeps 32-bit floats, rounded outwards: some metres at 6e7 m."""
_PLAIN = frozenset(" \t\r\n\"'`[]")


def standard_problems(con: sqlite3.Connection) -> Iterator[Problem]:
    """Everything around the rows. All declared tables must be there."""
    srs_id = int(str(con.execute("SELECT crs FROM project LIMIT 1").fetchone()[0]).rpartition(":")[2])
    plan = blueprint(srs_id)
    yield from _systems(con, srs_id)
    yield from _objects(con, plan)
    yield from _types(con, plan)
    yield from _lists(con, plan)
    yield from _smuggled(con)


def missing_objects(con: sqlite3.Connection, plan: Blueprint) -> list[str]:
    """Names of the triggers and indexes that a project has and this one lacks."""
    present = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index')")}
    return [name for name in plan.objects if name not in present and not _served(name, present)]


def _served(name: str, present: set[str]) -> bool:
    """Whether the triggers of GeoPackage 1.4 (update6, update7) do the work of this one of 1.3."""
    base, mark, _ = name.partition("_update")
    return bool(mark) and name.startswith("rtree_") and any(f"{base}_update{n}" in present for n in (6, 7))


def changed_objects(con: sqlite3.Connection, plan: Blueprint) -> list[str]:
    """Names of the triggers and indexes of ours that say something else than ours do."""
    said = dict(con.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql NOT NULL"))
    return [n for n, (_, _, sql) in plan.objects.items() if n in said and _plain(said[n]) != _plain(sql)]


def _plain(sql: str) -> str:
    return "".join(c for c in sql.lower() if c not in _PLAIN)


def _objects(con: sqlite3.Connection, plan: Blueprint) -> Iterator[Problem]:
    for name in missing_objects(con, plan):
        kind, table, _ = plan.objects[name]
        if name in {f"{rtree(table, GEOMETRY_COLUMN)}_{event}" for event in ("insert", "delete")}:
            continue  # named as rtree.triggers
        text = N_("the trigger {name} of {table} is missing") if kind == "trigger" else (
            N_("the index {name} of {table} is missing"))  # fmt: skip
        yield problem(f"{kind}.missing", "warning", text, table, name=name)
    for name in changed_objects(con, plan):
        kind, table, _ = plan.objects[name]
        text = N_("the trigger or index {name} of {table} is not as this program writes it")
        yield problem(f"{kind}.changed", "warning", text, table, name=name)


def _systems(con: sqlite3.Connection, srs_id: int) -> Iterator[Problem]:
    text = N_("{table} says another coordinate system ({said}) than the project ({crs})")
    for table, said in con.execute("SELECT table_name, srs_id FROM gpkg_geometry_columns"):
        if table in TABLES and said != srs_id:
            yield problem("crs.mixed", "error", text, table, said=said, crs=srs_id)


def _types(con: sqlite3.Connection, plan: Blueprint) -> Iterator[Problem]:
    for key in TABLES:
        rows = con.execute(f"PRAGMA table_xinfo({quote(key)})").fetchall()
        for name, kind, hidden in ((r[1], str(r[2]).upper(), r[6]) for r in rows):
            if name not in plan.types.get(key, {}):
                continue
            if hidden:
                text = N_("column {column} of {table} is computed by the file: it cannot be edited")
                yield problem("column.generated", "error", text, key, column=name)
            elif kind != plan.types[key][name]:
                text = N_("column {column} of {table} is of type {kind}, not {wanted}")
                yield problem("column.type", "warning", text, key, column=name, kind=kind, wanted=plan.types[key][name])


def _lists(con: sqlite3.Connection, plan: Blueprint) -> Iterator[Problem]:
    text = N_("the value list {name} was changed by another program: {more} more, {less} fewer values")
    for name, values in plan.lists.items():
        sql = "SELECT value FROM gpkg_data_column_constraints WHERE constraint_name = ? AND constraint_type = 'enum'"
        said = {r[0] for r in con.execute(sql, (name,))}
        if said != set(values):
            more, less = len(said - set(values)), len(set(values) - said)
            yield problem("choices.changed", "warning", text, "", name=name, more=more, less=less)


def _smuggled(con: sqlite3.Connection) -> Iterator[Problem]:
    for kind, name, on in foreign(con).objects:
        if kind == "view":
            text = N_("the view {name} comes from another program; it is left alone")
            yield problem("view.foreign", "warning", text, name=name)
        elif on in TABLES:
            text = N_("the trigger {name} on {table} comes from another program and may change rows by itself")
            yield problem("trigger.foreign", "warning", text, on, name=name)


def extent(con: sqlite3.Connection, table: Table) -> tuple[float | None, ...]:
    """(minx, miny, maxx, maxy) of a layer by its spatial index; Nones for an empty or indexless layer."""
    try:
        found = con.execute(
            f"SELECT min(minx), min(miny), max(maxx), max(maxy) FROM {quote(rtree(table.key, GEOMETRY_COLUMN))}"
        ).fetchone()
    except sqlite3.DatabaseError:
        return (None,) * 4
    return tuple(found)


def wrong_extent(said: tuple[float | None, ...], real: tuple[float | None, ...]) -> bool:
    """Whether a layer's rows lie outside what is said of it. An extent that is too large misleads nobody."""
    if None in real or said == (None,) * 4:  # the standard lets an extent be unsaid
        return False
    if not all(isinstance(v, int | float) for v in said):
        return True
    low = all(s <= r + _ROUNDING_M for s, r in zip(said[:2], real[:2], strict=True))  # type: ignore[operator]
    high = all(s >= r - _ROUNDING_M for s, r in zip(said[2:], real[2:], strict=True))  # type: ignore[operator]
    return not (low and high)
