"""What can be wrong with rows: no value, a value twice or of no kind, a broken record, a row without its owner."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from gis.store.findings import listed, maker
from gis.store.gpkg import quote
from gis.store.records import RECORDS, broken_records
from gis.store.table import Table
from gis.store.tables import LINKS, SITE_TABLES, field_word
from layers.base import Field
from models.notices import N_
from models.problems import Problem

# Each query gives fid first, then what the sentence names.


def row_problems(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    """What is wrong with the rows of one table, each by itself."""
    yield from _rows(con, table)
    yield from _documents(con, table)
    yield from _records(con, table)


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
    yield from listed(rows, maker("row.incomplete", "error", text, table.key, field=field_word(table.key, f.name)))


def _doubled(con: sqlite3.Connection, table: Table, f: Field) -> Iterator[Problem]:
    c = quote(f.name)
    rows = con.execute(
        f"SELECT max(fid), {c}, count(*) FROM {quote(table.key)} WHERE {c} IS NOT NULL GROUP BY 2 HAVING count(*) > 1"
    ).fetchall()
    text = N_("{field} {value} stands {count} times in {table}")
    yield from listed(
        rows, maker("row.twice", "error", text, table.key, "value", "count", field=field_word(table.key, f.name))
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
    yield from listed(
        rows, maker("row.odd_value", "warning", text, table.key, "value", field=field_word(table.key, f.name))
    )


def _documents(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    for column in sorted(table.json):
        c = quote(column)
        rows = con.execute(
            f"SELECT fid FROM {quote(table.key)} WHERE {c} IS NOT NULL AND NOT json_valid({c}) ORDER BY fid"
        ).fetchall()
        text = N_("row {fid} of {table} is damaged ({field})")
        yield from listed(rows, maker("row.damaged", "error", text, table.key, field=column))


def _records(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    if table.key in RECORDS:
        text = N_("row {fid} of {table} is damaged ({field})")
        rows = [(fid,) for fid in broken_records(con, table.key)]
        yield from listed(rows, maker("row.damaged", "error", text, table.key, field="record"))


def site_code_problems(con: sqlite3.Connection) -> Iterator[Problem]:
    """A code that stands in more than one site layer."""
    union = " UNION ALL ".join(f"SELECT code, '{k}' AS t FROM {quote(k)}" for k in SITE_TABLES)
    rows = con.execute(
        f"SELECT NULL, code, group_concat(DISTINCT t) FROM ({union}) WHERE code IS NOT NULL "
        "GROUP BY code HAVING count(DISTINCT t) > 1"
    ).fetchall()
    text = N_("the code {code} stands in more than one site layer: {layers}")
    yield from listed(rows, maker("code.twice", "error", text, "", "code", "layers"))


def orphan_problems(con: sqlite3.Connection) -> Iterator[Problem]:
    """Rows that belong to a row that does not exist."""
    text = N_("row {fid} of {table} belongs to nothing: {field} {value} does not exist")
    for child, column, rows in orphans(con):
        yield from listed(rows, maker("row.orphan", "warning", text, child, "value", field=column))


def orphans(con: sqlite3.Connection) -> Iterator[tuple[str, str, list[tuple[int, Any]]]]:
    """Table, column, and (fid, value) of the rows whose value names nothing that exists."""
    children: dict[tuple[str, str], list[str]] = {}
    there = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for link in [k for k in LINKS if k.child in there]:
        known = f"SELECT {quote(link.parent_column)} AS v FROM {quote(link.parent)} WHERE v IS NOT NULL"
        children.setdefault((link.child, link.child_column), []).append(known)
    for (child, column), known_values in children.items():
        c = quote(column)
        rows = con.execute(
            f"SELECT fid, {c} FROM {quote(child)} WHERE {c} IS NOT NULL "
            f"AND {c} NOT IN ({' UNION ALL '.join(known_values)}) ORDER BY fid"
        ).fetchall()
        yield child, column, rows
