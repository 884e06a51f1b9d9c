"""Looks for everything that can be wrong with a project file: SQLite's pages, tables, R-trees, geometries, rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis.store import blob
from gis.store.gpkg import quote, rtree
from gis.store.records import RECORDS, broken_records
from gis.store.schema import SCHEMA_VERSION
from gis.store.tables import GEOMETRY_COLUMN, LINKS, SITE_TABLES, TABLES, Table, field_word, table_word
from gis.topology import explain_invalid
from layers.base import Field
from models.notices import N_, Notice
from models.problems import Problem, Severity

_EACH = 20
"""Rows of one kind that are named one by one; the rest is counted, so that a report stays readable."""
_SINGLE = N_("row {fid} of {table} is a {reason} where a collection is declared; it is used as it is")
_FLOAT32 = 1e-6  # the R-tree rounds its 32-bit floats outwards by less than this share


def check(con: sqlite3.Connection) -> list[Problem]:
    """All problems of the file, worst first: what SQLite says, then tables, then rows."""
    found = list(_pages(con))
    if found:
        return found  # on broken pages every further answer would be an accident
    missing = list(_tables(con))
    found += missing
    lost = {p.table for p in missing}
    there = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in TABLES.values():
        if table.key not in lost and table.key in there:
            for part in (_rows, _documents, _records, _geometries, _tree, _count):
                found += part(con, table)
    if not lost:
        found += _site_codes(con)
        found += _orphans(con, there)
    return found


def _problem(key: str, severity: Severity, text: str, table: str = "", fid: int | None = None, **facts: Any) -> Problem:
    return Problem(key, severity, Notice(key, text, table=table_word(table), fid=fid, **facts), table, fid)


def _listed(rows: list[Any], make: Callable[[Any], Problem]) -> Iterator[Problem]:
    """One problem a row for the first rows; one more that counts the others."""
    for row in rows[:_EACH]:
        yield make(row)
    if len(rows) > _EACH:
        first = make(rows[_EACH])
        more = Notice(first.key, N_("{count} more of this kind: {first}"), count=len(rows) - _EACH, first=first.message)
        yield Problem(first.key, first.severity, more, first.table)


def _maker(key: str, severity: Severity, text: str, table: str, *names: str, **facts: Any) -> Callable[[Any], Problem]:
    """Makes a problem of a row of a query: fid, then the facts called `names`."""

    def make(row: Any) -> Problem:
        return _problem(key, severity, text, table, row[0], **facts, **dict(zip(names, row[1:], strict=False)))

    return make


# The file


def _pages(con: sqlite3.Connection) -> Iterator[Problem]:
    try:
        lines = [r[0] for r in con.execute("PRAGMA integrity_check(20)")]
    except sqlite3.DatabaseError:
        lines = ["?"]
    if lines != ["ok"]:
        yield _problem("file.damaged", "error", N_("the file is damaged in {count} places"), count=len(lines))


def _tables(con: sqlite3.Connection) -> Iterator[Problem]:
    present = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    listed = (
        {r[0] for r in con.execute("SELECT table_name FROM gpkg_contents")} if "gpkg_contents" in present else set()
    )
    version = _version(con, present)
    for key, table in TABLES.items():
        if key not in present and table.since > version:
            continue  # an older file, only read: opening it for editing adds the table
        if key not in present:
            yield _problem("table.missing", "error", N_("table {table} is missing"), key)
            continue
        columns = {r[1] for r in con.execute(f"PRAGMA table_info({quote(key)})")}
        for name in ("fid", *table.columns, *([GEOMETRY_COLUMN] if table.geometry else [])):
            if name not in columns:
                yield _problem("column.missing", "error", N_("table {table} has no column {column}"), key, column=name)
        if key not in listed:
            yield _problem("table.unlisted", "warning", N_("table {table} is not listed for other programs"), key)
    for name in sorted(listed - set(TABLES) - {"layer_styles"}):
        yield _problem(
            "table.foreign", "warning", N_("table {table} comes from another program; it is left alone"), name
        )
    mode = con.execute("PRAGMA journal_mode").fetchone()[0]
    if mode not in {"delete", "truncate", "persist"}:
        yield _problem("file.journal", "warning", N_("another program left the journal mode {mode} on"), mode=mode)


def _version(con: sqlite3.Connection, present: set[str]) -> int:
    row = con.execute("SELECT schema_version FROM project LIMIT 1").fetchone() if "project" in present else None
    return row[0] if row and isinstance(row[0], int) else SCHEMA_VERSION


# Rows. Each query gives fid first, then what the sentence names.


def _rows(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    for f in table.fields:
        if f.required:
            yield from _empty(con, table, f)
        if f.unique:
            yield from _doubled(con, table, f)
        if f.choices or f.kind in {"real", "integer"}:
            yield from _odd(con, table, f)


def _empty(con: sqlite3.Connection, table: Table, f: Field) -> Iterator[Problem]:
    c = quote(f.name)
    rows = con.execute(f"SELECT fid FROM {quote(table.key)} WHERE {c} IS NULL OR {c} = '' ORDER BY fid").fetchall()
    text = N_("row {fid} of {table} has no {field}")
    yield from _listed(rows, _maker("row.incomplete", "error", text, table.key, field=field_word(table.key, f.name)))


def _doubled(con: sqlite3.Connection, table: Table, f: Field) -> Iterator[Problem]:
    c = quote(f.name)
    rows = con.execute(
        f"SELECT max(fid), {c}, count(*) FROM {quote(table.key)} WHERE {c} IS NOT NULL GROUP BY 2 HAVING count(*) > 1"
    ).fetchall()
    text = N_("{field} {value} stands {count} times in {table}")
    yield from _listed(
        rows, _maker("row.twice", "error", text, table.key, "value", "count", field=field_word(table.key, f.name))
    )


def _odd(con: sqlite3.Connection, table: Table, f: Field) -> Iterator[Problem]:
    c = quote(f.name)
    if f.choices:
        wrong = f"{c} NOT IN (SELECT value FROM json_each(?))"
        limits: tuple[Any, ...] = (json.dumps([choice.value for choice in f.choices]),)
    else:
        wrong = f"NOT (typeof({c}) IN ('integer', 'real') AND {c} BETWEEN ? AND ?)"
        limits = (-1e308 if f.minimum is None else f.minimum, 1e308 if f.maximum is None else f.maximum)
    rows = con.execute(
        f"SELECT fid, substr({c}, 1, 60) FROM {quote(table.key)} WHERE {c} IS NOT NULL AND {wrong} ORDER BY fid", limits
    ).fetchall()
    text = N_("row {fid} of {table}: {value} is no value for {field}")
    yield from _listed(
        rows, _maker("row.odd_value", "warning", text, table.key, "value", field=field_word(table.key, f.name))
    )


def _documents(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    for column in sorted(table.json):
        c = quote(column)
        rows = con.execute(
            f"SELECT fid FROM {quote(table.key)} WHERE {c} IS NOT NULL AND NOT json_valid({c}) ORDER BY fid"
        ).fetchall()
        text = N_("row {fid} of {table} is damaged ({field})")
        yield from _listed(rows, _maker("row.damaged", "error", text, table.key, field=column))


def _records(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    if table.key in RECORDS:
        text = N_("row {fid} of {table} is damaged ({field})")
        rows = [(fid,) for fid in broken_records(con, table.key)]
        yield from _listed(rows, _maker("row.damaged", "error", text, table.key, field="record"))


def _site_codes(con: sqlite3.Connection) -> Iterator[Problem]:
    union = " UNION ALL ".join(f"SELECT code, '{k}' AS t FROM {quote(k)}" for k in SITE_TABLES)
    rows = con.execute(
        f"SELECT NULL, code, group_concat(DISTINCT t) FROM ({union}) WHERE code IS NOT NULL "
        "GROUP BY code HAVING count(DISTINCT t) > 1"
    ).fetchall()
    text = N_("the code {code} stands in more than one site layer: {layers}")
    yield from _listed(rows, _maker("code.twice", "error", text, "", "code", "layers"))


def _orphans(con: sqlite3.Connection, there: set[str]) -> Iterator[Problem]:
    children: dict[tuple[str, str], list[str]] = {}
    for link in [k for k in LINKS if k.child in there]:
        known = f"SELECT {quote(link.parent_column)} AS v FROM {quote(link.parent)} WHERE v IS NOT NULL"
        children.setdefault((link.child, link.child_column), []).append(known)
    text = N_("row {fid} of {table} belongs to nothing: {field} {value} does not exist")
    for (child, column), known_values in children.items():
        c = quote(column)
        rows = con.execute(
            f"SELECT fid, {c} FROM {quote(child)} WHERE {c} IS NOT NULL "
            f"AND {c} NOT IN ({' UNION ALL '.join(known_values)}) ORDER BY fid"
        ).fetchall()
        yield from _listed(rows, _maker("row.orphan", "warning", text, child, "value", field=column))


# Geometry


def _geometries(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    if not table.geometry:
        return
    srs = con.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table.key,)).fetchone()
    problems: list[tuple[int, str, Any]] = []
    cursor = con.execute(f"SELECT fid, {quote(GEOMETRY_COLUMN)} FROM {quote(table.key)} ORDER BY fid")
    with np.errstate(invalid="ignore"):
        while rows := cursor.fetchmany(5000):
            problems += _geometry_faults(rows, table, srs[0] if srs else None)
    single = [r for r in problems if r[1] == _SINGLE]
    others = [r for r in problems if r[1] != _SINGLE]
    yield from _listed(others, lambda r: _problem("geometry.bad", "error", r[1], table.key, r[0], reason=r[2]))
    yield from _listed(single, lambda r: _problem("geometry.single", "warning", r[1], table.key, r[0], reason=r[2]))


def _geometry_faults(rows: list[tuple[int, Any]], table: Table, srs: int | None) -> Iterator[tuple[int, str, Any]]:
    """fid, template and reason of each geometry that is wrong."""
    shapes: npt.NDArray[np.object_] = np.array([_parsed(body) for _, body in rows], dtype=object)
    valid = np.asarray(shapely.is_valid(shapes))
    empty = np.asarray(shapely.is_empty(shapes))
    types = np.asarray(shapely.get_type_id(shapes))
    finite = np.asarray(np.isfinite(shapely.bounds(shapes)).all(axis=1))
    wanted = getattr(shapely.GeometryType, table.geometry or "")
    for i, (fid, body) in enumerate(rows):
        if body is None:
            yield fid, N_("row {fid} of {table} has no geometry"), None
        elif shapes[i] is None:
            yield fid, N_("the geometry of row {fid} of {table} is damaged"), None
        elif empty[i]:
            yield fid, N_("the geometry of row {fid} of {table} is empty"), None
        elif not finite[i]:
            yield fid, N_("the geometry of row {fid} of {table} has coordinates that are no numbers"), None
        elif types[i] != wanted and not (single := f"Multi{shapes[i].geom_type}".upper() == table.geometry):
            kind = shapes[i].geom_type
            yield fid, N_("the geometry of row {fid} of {table} is of the wrong kind ({reason})"), kind
        elif not valid[i]:
            yield fid, N_("row {fid} of {table}: {reason}"), explain_invalid(shapes[i])
        elif srs is not None and int.from_bytes(body[4:8], "little" if body[3] & 1 else "big", signed=True) != srs:
            yield fid, N_("the geometry of row {fid} of {table} is marked with another coordinate system"), None
        elif types[i] != wanted and single:  # as ogr2ogr and pyogrio add them; everything here reads them
            yield fid, _SINGLE, shapes[i].geom_type


def _parsed(body: Any) -> Any:
    try:
        return blob.decode(body) if isinstance(body, bytes) else None
    except (ValueError, shapely.GEOSException):
        return None


def _tree(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    if not table.geometry:
        return
    tree = rtree(table.key, GEOMETRY_COLUMN)
    text = N_("the spatial index of {table} is out of step with its rows ({count})")
    try:
        said = con.execute("SELECT rtreecheck(?)", (tree,)).fetchone()[0]
        counts = con.execute(
            f"SELECT (SELECT count(*) FROM {quote(tree)}), (SELECT count(*) FROM {quote(table.key)} "
            f"WHERE ST_IsEmpty({quote(GEOMETRY_COLUMN)}) = 0)"
        ).fetchone()
        wrong = _misplaced(con, table, tree)
    except sqlite3.DatabaseError:
        yield _problem("rtree.missing", "error", N_("the spatial index of {table} is missing or damaged"), table.key)
        return
    if said != "ok":
        yield _problem("rtree.missing", "error", N_("the spatial index of {table} is missing or damaged"), table.key)
    elif counts[0] != counts[1] or wrong:
        yield _problem("rtree.out_of_step", "error", text, table.key, count=max(wrong, abs(counts[0] - counts[1])))
    triggers = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    # Another program may keep the index with the triggers of GeoPackage 1.4 (update6, update7): those do as well.
    if not {f"{tree}_{event}" for event in ("insert", "delete")} <= triggers:
        yield _problem("rtree.triggers", "error", N_("nothing keeps the spatial index of {table} in step"), table.key)


def _misplaced(con: sqlite3.Connection, table: Table, tree: str) -> int:
    g = quote(GEOMETRY_COLUMN)
    e = f"({_FLOAT32} * (1 + max(abs(ST_MinX({g})), abs(ST_MaxX({g})), abs(ST_MinY({g})), abs(ST_MaxY({g})))))"
    row = con.execute(
        f"SELECT count(*) FROM {quote(table.key)} t LEFT JOIN {quote(tree)} r ON r.id = t.fid "
        f"WHERE ST_IsEmpty({g}) = 0 AND (r.id IS NULL OR abs(r.minx - ST_MinX({g})) > {e} OR "
        f"abs(r.maxx - ST_MaxX({g})) > {e} OR abs(r.miny - ST_MinY({g})) > {e} OR abs(r.maxy - ST_MaxY({g})) > {e})"
    ).fetchone()
    return int(row[0])


def _count(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    said = con.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", (table.key,)).fetchone()
    real = con.execute(f"SELECT count(*) FROM {quote(table.key)}").fetchone()[0]
    if said is not None and said[0] is not None and said[0] != real:
        yield _problem("table.count", "warning", N_("table {table} has {real} rows, but says {said}"), table.key,
                       real=real, said=said[0])  # fmt: skip
