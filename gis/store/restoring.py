"""Brings the rows of a project back to those of a snapshot, as one step of the change log."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.store.gpkg import quote
from gis.store.steps import Row, Step
from gis.store.table import Table
from gis.store.tables import TABLES
from models.errors import Refused
from models.notices import N_, Notice

_KEPT = {"change_log"}
# What the project row says of the file rather than of the work stays.
_OF_THE_FILE = {"uid", "crs", "schema_version", "program_version", "created_at"}


@dataclass(frozen=True)
class _Difference:
    table: Table
    now: Row | None
    then: Row | None


def check_kin(now: dict[str, Any], then: dict[str, Any], snapshot: Path) -> None:
    """Raise Refused unless both are states of one project in one coordinate system."""
    if now["uid"] != then["uid"]:
        raise Refused("restore.another", N_("this is a snapshot of another project ({name})"), where=str(snapshot),
                      advice=N_("restore it to a file of its own"), name=then["name"] or "")  # fmt: skip
    if now["crs"] != then["crs"]:
        raise Refused("restore.crs", N_("the snapshot is in {then}, the project in {now}"), where=str(snapshot),
                      advice=N_("restore it to a file of its own"), now=now["crs"], then=then["crs"])  # fmt: skip


def restore(con: sqlite3.Connection, source: sqlite3.Connection, label: Notice) -> Step:
    """The step that makes all rows in `con` those of `source`, inside the transaction at hand; unfinished.

    Columns and tables that other programs added are brought back where both sides have the column.
    """
    found = [d for key, table in TABLES.items() if key not in _KEPT for d in _differences(con, source, table)]
    expected = Counter(d.table.key for d in found if _comes(d))
    step = Step(con, label, expected=expected)
    for d in found:
        if d.now is not None and (d.then is None or _comes(d)):
            step.delete(d.table.key, d.now)
    for d in found:
        if d.now is not None and d.then is not None and not _comes(d):
            changed = {k: v for k, v in d.then.items() if d.now[k] != v or type(d.now[k]) is not type(v)}
            step.update(d.table.key, d.now, changed)
    for d in found:
        if d.then is not None and _comes(d):
            step.insert(d.table.key, d.then)
    return step


def _comes(d: _Difference) -> bool:
    """True if the row is inserted: it is gone, or a unique value of it may be held by another row meanwhile."""
    if d.now is None or d.then is None:
        return d.now is None
    return any(f.unique and d.now[f.name] != d.then[f.name] for f in d.table.fields)


def _differences(con: sqlite3.Connection, source: sqlite3.Connection, table: Table) -> Iterator[_Difference]:
    sides = [{r[1] for r in c.execute(f"PRAGMA table_info({quote(table.key)})")} for c in (con, source)]
    every = tuple(r[1] for r in con.execute(f"PRAGMA table_info({quote(table.key)})"))
    both = [c for c in every if c in sides[1] and not (table.key == "project" and c in _OF_THE_FILE)]
    then_rows, now_rows = _rows(source, table, both), _rows(con, table, every)
    then, now = next(then_rows, None), next(now_rows, None)
    while then is not None or now is not None:
        if now is None or (then is not None and then["fid"] < now["fid"]):
            yield _Difference(table, None, then)
            then = next(then_rows, None)
        elif then is None or now["fid"] < then["fid"]:
            yield _Difference(table, now, None)
            now = next(now_rows, None)
        else:
            if any(now[c] != then[c] or type(now[c]) is not type(then[c]) for c in both):
                # A row that comes again needs the columns that the snapshot knows nothing of.
                yield _Difference(table, now, {**now, **then})
            then, now = next(then_rows, None), next(now_rows, None)


def _rows(con: sqlite3.Connection, table: Table, columns: Any) -> Iterator[Row]:
    names = tuple(columns)
    cursor = con.execute(f"SELECT {', '.join(map(quote, names))} FROM {quote(table.key)} ORDER BY fid")
    return (dict(zip(names, values, strict=True)) for values in cursor)
