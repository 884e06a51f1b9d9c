"""Reads the change log: entries as records, and rows as they were after an earlier step."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.store import blob
from gis.store.step_log import from_text
from gis.store.steps import Row
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.outline import OutlineFacts

_COLUMNS = (
    "fid, step, kind, target, label, table_name, row_fid, row_uid, op, before, after, user, at, before_geom, after_geom"
)
SYSTEM = frozenset({"fid", "uid", "created_at", "updated_at"})
"""What a person did not change, though it is logged."""


@dataclass(frozen=True)
class LogEntry:
    """One row that one step changed. `before` and `after` hold the columns concerned, outlines apart as stored bytes.

    `op` is insert, update or delete; `kind` do, undo or redo; `target` the step that was turned; `at` UTC.
    """

    number: int
    step: int
    kind: str
    target: int | None
    label: Notice
    table: str
    fid: int
    uid: str | None
    op: str
    before: Row
    after: Row
    user: str
    at: str
    before_geom: bytes | None
    after_geom: bytes | None

    @property
    def moved(self) -> bool:
        """True if the step changed the outline."""
        return self.op == "update" and self.before_geom != self.after_geom

    @property
    def fields(self) -> list[tuple[str, Any, Any]]:
        """(name, old, new) of the fields that a person changed; the given ones for a new or a deleted row."""
        names = [n for n in (self.after or self.before) if n not in SYSTEM]
        found = [(n, self.before.get(n), self.after.get(n)) for n in names]
        return found if self.op == "update" else [f for f in found if f[1] is not None or f[2] is not None]


@dataclass(frozen=True)
class StepEntry:
    """One step of the log as a whole. `rows` counts the rows that it changed."""

    step: int
    kind: str
    target: int | None
    label: Notice
    user: str
    at: str
    rows: int


def outline_facts(body: bytes | None) -> OutlineFacts | None:
    """The facts of a stored outline; None if there is none, or none that can be read."""
    try:
        return None if body is None else facts_of(blob.decode(body))
    except (ValueError, shapely.GEOSException):
        return None


def facts_of(shape: BaseGeometry) -> OutlineFacts:
    """The facts of an outline."""
    count = int(shapely.get_num_coordinates(shape))
    if shape.geom_type.endswith("Polygon"):
        count -= sum(1 + len(p.interiors) for p in shapely.get_parts(shape))
    return OutlineFacts(float(shape.area), count, shapely.to_wkt(shape, rounding_precision=4))


def notice_of(text: str) -> Notice:
    """A stored label; one that is no label of ours as it is."""
    try:
        return Notice.from_json(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Notice("log.label", str(text).replace("{", "{{").replace("}", "}}"))


def _entry(row: Sequence[Any]) -> LogEntry:
    number, step, kind, target, label, table, fid, uid, op, *sides, user, at, before_geom, after_geom = row
    before, after = (from_text(t) if t else {} for t in sides)
    what = notice_of(label)
    return LogEntry(number, step, kind, target, what, table, fid, uid, op, before, after, user or "", at or "",
                    before_geom, after_geom)  # fmt: skip


def entries(
    con: sqlite3.Connection, *, step: int | None = None, uid: str | None = None, table: str | None = None,
    after: int = 0, newest: bool = False, beyond: int | None = None, limit: int | None = None,
) -> Iterator[LogEntry]:  # fmt: skip
    """The entries of one step, of one row, of one table, or of all that came after step `after`.

    Oldest first unless `newest`. A page of `limit` entries begins behind the entry with the number `beyond`.
    """
    where: list[str] = ["step > ?"]
    values: list[Any] = [after]
    turn = "<" if newest else ">"
    for test, value in (("step = ?", step), ("row_uid = ?", uid), ("table_name = ?", table), (f"fid {turn} ?", beyond)):
        if value is not None:
            where.append(test)
            values.append(value)
    order = "DESC" if newest else "ASC"
    sql = f"SELECT {_COLUMNS} FROM change_log WHERE {' AND '.join(where)} ORDER BY fid {order} LIMIT ?"
    return map(_entry, con.execute(sql, [*values, -1 if limit is None else limit]))


def steps(con: sqlite3.Connection, *, limit: int | None = None) -> list[StepEntry]:
    """The last `limit` steps (None: all), newest first."""
    sql = (
        "SELECT c.step, c.kind, c.target, c.label, c.user, c.at, g.n FROM "
        "(SELECT step, min(fid) AS first, count(*) AS n FROM change_log GROUP BY step ORDER BY step DESC LIMIT ?) AS g "
        "JOIN change_log AS c ON c.fid = g.first ORDER BY c.step DESC"
    )
    found = con.execute(sql, (-1 if limit is None else limit,))
    return [StepEntry(s, k, t, notice_of(text), user or "", at or "", n) for s, k, t, text, user, at, n in found]


def rewind(row: Row | None, entry: LogEntry) -> Row | None:
    """The row as it was before `entry`; `row` is as the entry left it. None: there was no such row."""
    if entry.op == "insert":
        return None
    made = dict(entry.before) if row is None or entry.op == "delete" else {**row, **entry.before}
    if entry.op == "delete":
        made["fid"] = entry.fid
    if entry.before_geom is not None or entry.after_geom is not None:
        made[GEOMETRY_COLUMN] = entry.before_geom
    return made


@dataclass(frozen=True)
class Found:
    """A row that a person named, though it may be deleted: its table, uid, and fid (None if it is gone)."""

    table: str
    uid: str
    fid: int | None


def find_row(con: sqlite3.Connection, code: str) -> Found:
    """The row with this code: one that is there, else the last one that was deleted or renamed.

    Raises Missing if none ever had it.
    """
    for table in TABLES.values():
        if _known_by_code(table):
            row = con.execute(f'SELECT uid, fid FROM "{table.key}" WHERE code = ?', (code,)).fetchone()
            if row:
                return Found(table.key, row[0], row[1])
    sql = (
        "SELECT table_name, row_uid FROM change_log WHERE row_uid IS NOT NULL AND table_name NOT IN ('samples') "
        "AND json_extract(coalesce(before, after), '$.code') = ? ORDER BY fid DESC LIMIT 1"
    )
    row = con.execute(sql, (code,)).fetchone()
    if row is None or row[0] not in TABLES:
        raise Missing("code.never", N_("nothing in the project has or had the code {code}"), code=code,
                      advice=N_("deleted features are listed by history --deleted"))  # fmt: skip
    live = con.execute(f'SELECT fid FROM "{row[0]}" WHERE uid = ?', (row[1],)).fetchone()
    return Found(row[0], row[1], live[0] if live else None)


def deleted(con: sqlite3.Connection) -> list[LogEntry]:
    """The last entry of each row that is not there any more, newest first; only what has a code."""
    sql = (
        f"SELECT {_COLUMNS} FROM change_log WHERE fid IN (SELECT max(fid) FROM change_log GROUP BY row_uid) "
        "AND op = 'delete' AND json_extract(before, '$.code') IS NOT NULL ORDER BY fid DESC"
    )
    return [e for e in map(_entry, con.execute(sql)) if e.table in TABLES and _known_by_code(TABLES[e.table])]


def _known_by_code(table: Table) -> bool:
    f = table.field_named("code")
    return f is not None and f.unique


def no_such_step(step: int) -> Refused:
    """The error for a state that the log does not hold."""
    return Refused("history.no_row", N_("it was not there after step {step}"), step=step,
                   advice=N_("history lists its steps"))  # fmt: skip
