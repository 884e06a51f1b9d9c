"""Many new rows of one table in one go: the same rows and log entries as one by one, with few statements.

What costs time one by one: a statement for each row and each log row, a look into the other layers for each code, and
values that are the same in all rows, bound again and again (Python's sqlite3 is slow with None and bytes).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.store.geometries import Shape
from gis.store.gpkg import quote
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, SITE_TABLES, field_word, table_word
from models.errors import Refused
from models.notices import N_

if TYPE_CHECKING:
    from gis.store.steps import Row, Step

_AT_ONCE = 5_000
"""Rows between two signs of life."""
_LOG_FROM = 0.4
"""Share of the writing that is done when the log begins."""
_TIMES = frozenset({"created_at", "updated_at"})


def taken(column: str, value: str, table: str, holder: str) -> Refused:
    """The error for a code that another row has."""
    return Refused("field.taken", N_("{field} {value} is taken already (in {holder})"), where=f"{table}.{column}",
                   advice=N_("choose another one"), field=field_word(table, column), value=value,
                   holder=table_word(holder))  # fmt: skip


def literal(value: str | int | None) -> str:
    """A value of our own as SQL text."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def insert_many(step: Step, table: Table, rows: Sequence[Row], shapes: Sequence[Shape | None]) -> None:
    """Insert checked rows, numbered and logged. Raises Refused (a code is taken)."""
    fids = _fids(step.con, table.key, len(rows))
    columns = _columns(step, table, rows)
    if table.site:
        _check_codes(step, table, set(columns["code"]))
    step.bulk.before_insert(table.key)
    try:
        _write(step, table, columns, fids, shapes)
    except sqlite3.IntegrityError as cause:
        raise _culprit(step, table, columns, fids[0], cause) from cause
    boxes = [s.bounds for s in shapes if s is not None]
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        step.extents.grow_to(table.key, (min(west), min(south), max(east), max(north)))
    step.bulk.inserted_many(table.key, fids, shapes)
    step.fids.setdefault(table.key, []).extend(fids)


def _columns(step: Step, table: Table, rows: Sequence[Row]) -> dict[str, list[Any]]:
    """The columns that hold something, uid first, with what the program fills in."""
    given = {name for row in rows for name in row}
    uids = iter(new_uids(len(rows)))
    found = {"uid": [row.get("uid") or next(uids) for row in rows]}
    if table.code_prefix:
        found["code"] = [row.get("code") or step.next_code(table) for row in rows]
    for name in table.columns:
        if name in _TIMES:
            found[name] = [row.get(name) or step.now for row in rows]
        elif name in given and name not in found:
            found[name] = [row.get(name) for row in rows]
    return {name: values for name, values in found.items() if any(v is not None for v in values)}


def new_uids(count: int) -> list[str]:
    """Random UUIDs (version 4, RFC 9562) in rising order, so that their index grows at its end."""
    raw = np.frombuffer(os.urandom(16 * count), np.uint8).reshape(count, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(raw.tobytes().hex().encode(), np.uint8).reshape(count, 32)
    dash = np.full((count, 1), ord("-"), np.uint8)
    groups = (digits[:, a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
    text = np.hstack([part for group in groups for part in (group, dash)][:-1]).tobytes().decode()
    return sorted(text[at : at + 36] for at in range(0, len(text), 36))


def _fids(con: sqlite3.Connection, table: str, count: int) -> range:
    """The numbers that AUTOINCREMENT would give."""
    row = con.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    highest = con.execute(f"SELECT coalesce(max(fid), 0) FROM {quote(table)}").fetchone()[0]
    first = max(int(row[0]) if row else 0, int(highest)) + 1
    return range(first, first + count)


def _check_codes(step: Step, table: Table, codes: set[str]) -> None:
    for other in SITE_TABLES:
        if other != table.key:
            for (code,) in step.con.execute(f"SELECT code FROM {quote(other)} WHERE code NOT NULL"):
                if code in codes:
                    raise taken("code", code, table.key, other)


def _write(
    step: Step, table: Table, columns: dict[str, list[Any]], fids: range, shapes: Sequence[Shape | None]
) -> None:
    # What is the same in all rows stands in the statement; see StepLog.inserts.
    same = {name: literal(values[0]) for name, values in columns.items() if name in _TIMES and len(set(values)) == 1}
    names = ["fid", *(name for name in columns if name not in same)]
    values: list[Sequence[Any]] = [fids, *(columns[name] for name in names[1:])]
    # A bytearray is bound as it is; for bytes sqlite3 first looks whether someone registered an adapter.
    blobs = [None if s is None else bytearray(s.blob) for s in shapes]
    if table.geometry:
        names.append(GEOMETRY_COLUMN)
        values.append(blobs)
    marks = ",".join([*("?" * len(names)), *same.values()])
    sql = f"INSERT INTO {quote(table.key)} ({', '.join(map(quote, [*names, *same]))}) VALUES ({marks})"
    for at in range(0, len(fids), _AT_ONCE):
        step.watch.report(_LOG_FROM * at / len(fids))
        step.con.executemany(sql, zip(*(column[at : at + _AT_ONCE] for column in values), strict=True))
    logged = step.watch.part(_LOG_FROM, 1.0)
    step.log.inserts(step.bulk, table.key, (fids, columns["uid"], blobs), _texts(columns), logged)


def _texts(columns: dict[str, list[Any]]) -> Iterator[str]:
    """What step_log.to_text makes of each row without its empty columns; values are as they are stored."""
    template, varying = "", []
    for name, values in columns.items():
        head = f", {encode_basestring(name)}: "
        if type(values[0]) is str and values.count(values[0]) == len(values):
            template += (head + encode_basestring(values[0])).replace("%", "%%")
        elif None in values:
            template += "%s"
            varying.append(["" if v is None else head + _json(v) for v in values])
        else:
            template += head.replace("%", "%%") + "%s"
            varying.append([_json(v) for v in values])
    return map(("{" + template[2:] + "}").__mod__, zip(*varying, strict=True))


def _json(value: Any) -> str:
    return encode_basestring(value) if type(value) is str else repr(value)


def _culprit(step: Step, table: Table, columns: dict[str, list[Any]], first: int, cause: Exception) -> Exception:
    """The row that the file refused, in our words."""
    column = str(cause).rpartition(".")[2]
    seen: set[str] = set()
    sql = f"SELECT 1 FROM {quote(table.key)} WHERE {quote(column)} = ? AND fid < ?"
    if table.field_named(column) is None:
        return cause
    for value in map(str, columns.get(column, ())):
        if value in seen or step.con.execute(sql, (value, first)).fetchone():
            return taken(column, value, table.key, table.key)
        seen.add(value)
    return cause
