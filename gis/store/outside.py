"""What other programs changed: the rows as they are against the rows as the change log says that we left them.

The log knows each row from its birth, so its end state is what the tables must hold. QGIS and GDAL change rows and
write no log: the difference is what they did. It is asked for only where SQLite's file change counter is no longer the
one of our last commit (gis.store.mark).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gis.store.gpkg import quote
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from models.outside import Op
from models.progress import Watch

Row = dict[str, Any]
_CHUNK = 5000


@dataclass(frozen=True)
class Difference:
    """One row that is not as the log left it. `op`: what another program did: "insert", "update" or "delete".

    `before` and `after` hold the columns concerned as they are stored, the geometry as its blob; `code` the code or
    name of the row where they do not.
    """

    table: str
    fid: int
    op: Op
    before: Row
    after: Row
    code: str = ""

    @property
    def name(self) -> str:
        """What people call the row: its code, else its name, else its number."""
        row = {**self.before, **self.after}
        return str(row.get("code") or self.code or row.get("name") or f"#{self.fid}")


@dataclass(slots=True)
class _Logged:
    """The state of a row as the log ends. `texts`: JSON of what was set, oldest first, still to be read."""

    texts: list[str]
    shape: bytes | None = None
    shape_at: int | None = None
    gone: bool = False
    whole: bool = True
    """False if the log does not go back to the row's birth (the one row of `project`)."""

    def row(self) -> Row:
        found: Row = {}
        for text in self.texts:
            found.update(json.loads(text))
        return {k: bytes.fromhex(v["$hex"]) if isinstance(v, dict) else v for k, v in found.items()}


def differences(con: sqlite3.Connection, watch: Watch | None = None) -> list[Difference]:
    """All rows that are not as the log left them, by table and row."""
    watch = watch or Watch()
    logged = _end_state(con, watch.part(0.0, 0.5))
    found: list[Difference] = []
    keys = [key for key in TABLES if key != "change_log"]
    for index, key in enumerate(keys):
        watch.report(0.5 + 0.5 * index / len(keys))
        found += sorted(_of_table(con, TABLES[key], logged.get(key, {}), watch), key=lambda d: d.fid)
    return found


def _end_state(con: sqlite3.Connection, watch: Watch) -> dict[str, dict[int, _Logged]]:
    state: dict[str, dict[int, _Logged]] = {}
    last = con.execute("SELECT max(fid) FROM change_log").fetchone()[0] or 1
    rows = con.execute(
        "SELECT fid, table_name, row_fid, op, after, after_geom, before_geom IS NOT NULL FROM change_log ORDER BY fid"
    )
    while chunk := rows.fetchmany(_CHUNK):
        watch.report(chunk[-1][0] / last)
        for at, table, fid, op, after, shape, had_shape in chunk:
            of_table = state.setdefault(table, {})
            old = of_table.get(fid)
            if op == "delete":
                of_table[fid] = _Logged([], gone=True)
                continue
            if op == "insert" or old is None:
                old = of_table[fid] = _Logged([], whole=op == "insert")
            old.gone = False
            old.texts.append(after or "{}")
            if shape is not None:
                old.shape, old.shape_at = _digest(shape), at
            elif had_shape:  # another program took the outline away, and that was adopted
                old.shape = old.shape_at = None
    return state


def _digest(body: object) -> bytes:
    """Of an outline as it is stored; of other programs it may be text."""
    return hashlib.blake2b(body if isinstance(body, bytes) else str(body).encode(), digest_size=16).digest()


def _of_table(con: sqlite3.Connection, table: Table, logged: dict[int, _Logged], watch: Watch) -> Iterator[Difference]:
    shape = [GEOMETRY_COLUMN] if table.geometry else []
    names = ("fid", *table.columns, *shape)
    rows = con.execute(f"SELECT {', '.join(map(quote, names))} FROM {quote(table.key)}")
    present: set[int] = set()
    while chunk := rows.fetchmany(_CHUNK):
        watch.report(0.5)
        for values in chunk:
            fid = values[0]
            present.add(fid)
            known = logged.get(fid)
            if known is None or known.gone:
                if not table.kept:
                    yield Difference(table.key, fid, "insert", {}, _filled(names, values))
            elif (change := _change(con, table, names, values, known)) is not None:
                yield change
    for fid, known in logged.items():
        if fid not in present and not known.gone and known.whole:
            yield Difference(table.key, fid, "delete", known.row() | _shape_of(con, known), {})


def _filled(names: tuple[str, ...], values: tuple[Any, ...]) -> Row:
    return {k: v for k, v in zip(names, values, strict=True) if v is not None and k != "fid"}


def _change(
    con: sqlite3.Connection, table: Table, names: tuple[str, ...], values: tuple[Any, ...], known: _Logged
) -> Difference | None:
    said = known.row()
    before: Row = {}
    after: Row = {}
    end = len(names) - 1 if table.geometry else len(names)
    for name, value in zip(names[1:end], values[1:end], strict=True):
        if said.get(name) != value and (known.whole or name in said):
            before[name], after[name] = said.get(name), value
    if table.geometry and (known.whole or known.shape is not None):
        body = values[-1]
        if (None if body is None else _digest(body)) != known.shape:
            before |= _shape_of(con, known) or {GEOMETRY_COLUMN: None}
            after[GEOMETRY_COLUMN] = body
    code = str(said.get("code") or said.get("name") or "")
    return Difference(table.key, values[0], "update", before, after, code) if after else None


def _shape_of(con: sqlite3.Connection, known: _Logged) -> Row:
    if known.shape_at is None:
        return {}
    body = con.execute("SELECT after_geom FROM change_log WHERE fid = ?", (known.shape_at,)).fetchone()[0]
    return {GEOMETRY_COLUMN: body}
