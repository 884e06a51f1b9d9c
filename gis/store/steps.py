"""Applies changes inside a transaction and has each row that changed written to the change log (see step_log)."""

from __future__ import annotations

import getpass
import json
import re
import sqlite3
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from gis.store import many
from gis.store.bulk import Bulk
from gis.store.extents import Extents
from gis.store.geometries import Shape
from gis.store.gpkg import quote
from gis.store.many import taken
from gis.store.outside import Difference
from gis.store.reading import no_row
from gis.store.step_log import StepLog, last_step
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, LINKS, SITE_TABLES, TABLES
from gis.store.values import now_text
from models.changes import Change, Insert, Update
from models.notices import Notice
from models.progress import Watch

Row = dict[str, Any]

_APART = frozenset({"fid", GEOMETRY_COLUMN})
_DIGITS = re.compile(r"(\d+)$")


def user_name() -> str:
    """Who is at this computer; "" where the system does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


@cache
def _insert_sql(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(map(quote, columns))
    return f"INSERT INTO {quote(table)} ({names}) VALUES ({','.join('?' * len(columns))})"


@dataclass
class Step:
    """One step under way: a transaction's changes and its log rows. `finish` writes the log."""

    con: sqlite3.Connection
    label: Notice
    kind: str = "do"
    target: int | None = None
    number: int = 0
    now: str = field(default_factory=now_text)
    fids: dict[str, list[int]] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)
    """How many rows each table will get; lets many of them go the fast way."""
    watch: Watch = field(default_factory=Watch)
    """Hears of long runs of new rows, and may stop them: nothing of the step is kept then."""
    _columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _selects: dict[str, str] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.number = last_step(self.con) + 1
        self.extents = Extents(self.con)
        self.bulk = Bulk(self.con, self.expected)
        self.log = StepLog(self.con, self.now, user_name())
        self.relabel(self.label)

    def relabel(self, label: Notice) -> None:
        """Another label, for a step that is known only when it was looked at. Before its first change."""
        self.label = label
        text = json.dumps(label.to_json(), ensure_ascii=False, default=str)
        self.log.head = (self.number, self.kind, self.target, text)

    def expect(self, counts: Mapping[str, int]) -> None:
        """How many rows each table will get, where that is known only now."""
        self.bulk.end()
        self.bulk = Bulk(self.con, counts)

    # What the kinds of change do

    def apply_all(
        self, changes: Sequence[Change], parts: Sequence[range], values: Sequence[Row], shapes: Mapping[int, Shape]
    ) -> None:
        """All changes in their order; a long run of new rows of one table in one go (see preparing.runs)."""
        for part in parts:
            if len(part) > 1:
                table = TABLES[changes[part[0]].table]
                many.insert_many(self, table, values[part.start : part.stop], [shapes.get(i) for i in part])
            else:
                self.apply(changes[part[0]], values[part[0]], shapes.get(part[0]))

    def apply(self, change: Change, values: Row, shape: Shape | None) -> None:
        """One checked change: `values` as they are stored, `shape` if it has a new geometry."""
        table = TABLES[change.table]
        if isinstance(change, Insert):
            self._insert_new(table, values, shape)
        elif isinstance(change, Update):
            self._update(table, change.fid, values, shape)
        else:
            self.remove(table.key, change.fid)

    def _insert_new(self, table: Table, values: Row, shape: Shape | None) -> None:
        row: Row = dict.fromkeys(table.columns) | values
        row["uid"] = row["uid"] or str(uuid.uuid4())
        row["created_at"] = row["created_at"] or self.now
        row["updated_at"] = row["updated_at"] or self.now
        if "code" in row and not row["code"] and table.code_prefix:
            row["code"] = self.next_code(table)
        self.check_code(table.key, row)
        if shape:
            row[GEOMETRY_COLUMN] = shape.blob
        self.insert(table.key, row, shape)

    def insert(self, table: str, row: Row, shape: Shape | None = None) -> int:
        """A row as it is to lie in the file (with "fid" to bring a deleted one back); logged. Returns its fid."""
        self.bulk.before_insert(table)
        sql = _insert_sql(table, tuple(row))
        fid = int(self._run(table, sql, tuple(row.values()), row).lastrowid or 0)
        self.bulk.inserted(table, fid, row.get(GEOMETRY_COLUMN), shape)
        self.extents.grow(table, row.get(GEOMETRY_COLUMN), shape)
        after = {k: v for k, v in row.items() if v is not None and k not in _APART}
        self._note("insert", table, fid, row.get("uid"), None, after, None, row.get(GEOMETRY_COLUMN))
        return fid

    def _update(self, table: Table, fid: int, values: Row, shape: Shape | None) -> None:
        old = self.row(table.key, fid)
        new = dict(values)
        if shape:
            new[GEOMETRY_COLUMN] = shape.blob
        self.change_row(table.key, old, new, shape)

    def change_row(self, table: str, old: Row, new: Row, shape: Shape | None = None) -> bool:
        """New stored values for the row that reads `old`; what belongs to it follows. False if all was so already."""
        changed = {k: v for k, v in new.items() if old[k] != v or type(old[k]) is not type(v)}
        if not changed:
            return False
        if "code" in changed:
            self.check_code(table, changed)
        self.update(table, old, changed | {"updated_at": self.now}, shape)
        self._follow(table, old, changed)
        return True

    def update(self, table: str, old: Row, changed: Row, shape: Shape | None = None) -> None:
        """New values for some columns of a row that reads `old`; logged."""
        self.bulk.end()
        names = ", ".join(f"{quote(c)} = ?" for c in changed)
        sql = f"UPDATE {quote(table)} SET {names} WHERE fid = ?"
        self._run(table, sql, (*changed.values(), old["fid"]), changed)
        blobs: list[bytes | None] = [None, None]
        if GEOMETRY_COLUMN in changed:
            blobs = [old[GEOMETRY_COLUMN], changed[GEOMETRY_COLUMN]]
            self.extents.shrink(table, old[GEOMETRY_COLUMN])
            self.extents.grow(table, changed[GEOMETRY_COLUMN], shape)
        before = {k: old[k] for k in changed if k != GEOMETRY_COLUMN}
        after = {k: v for k, v in changed.items() if k != GEOMETRY_COLUMN}
        self._note("update", table, old["fid"], old.get("uid"), before, after, *blobs)

    def remove(self, table: str, fid: int) -> None:
        """Delete a row and what belongs to it. Raises Missing."""
        old = self.row(table, fid)
        for link in LINKS:
            if link.parent == table and old[link.parent_column] is not None:
                for child in self._children(link.child, link.child_column, old[link.parent_column]):
                    self.remove(link.child, child)
        self.delete(table, old)

    def delete(self, table: str, old: Row) -> None:
        """Remove the row that reads `old`; logged."""
        self.bulk.end()
        self._run(table, f"DELETE FROM {quote(table)} WHERE fid = ?", (old["fid"],), old)
        self.extents.shrink(table, old.get(GEOMETRY_COLUMN))
        before = {k: v for k, v in old.items() if k not in _APART}
        self._note("delete", table, old["fid"], old.get("uid"), before, None, old.get(GEOMETRY_COLUMN), None)

    def _follow(self, table: str, old: Row, changed: Row) -> None:
        for link in LINKS:
            column = link.parent_column
            if link.parent == table and column in changed and old[column] is not None:
                for child in self._children(link.child, link.child_column, old[column]):
                    values = {link.child_column: changed[column]}
                    self._update(TABLES[link.child], child, values, None)

    def _children(self, table: str, column: str, value: Any) -> list[int]:
        sql = f"SELECT fid FROM {quote(table)} WHERE {quote(column)} = ? ORDER BY fid"
        return [int(r[0]) for r in self.con.execute(sql, (value,))]

    def adopt(self, change: Difference) -> None:
        """Log a change that another program made to the file, as if we had made it.

        A new row gets the uid, code and times that it lacks; a changed one gets those back that it lost.
        """
        before, after = dict(change.before), dict(change.after)
        table = TABLES[change.table]
        row = before if change.op == "delete" else self.row(table.key, change.fid)
        if change.op != "delete" and (own := self._lacking(table, row, change)):
            names = ", ".join(f"{quote(c)} = ?" for c in own)
            sql = f"UPDATE {quote(table.key)} SET {names} WHERE fid = ?"
            self._run(table.key, sql, (*own.values(), change.fid), own)
            before = {k: before.get(k, row[k]) for k in (*before, *own)} if change.op == "update" else {}
            after |= own
            row = row | own
        old, new = before.pop(GEOMETRY_COLUMN, None), after.pop(GEOMETRY_COLUMN, None)
        if isinstance(old, bytes):
            self.extents.shrink(table.key, old)
        if isinstance(new, bytes):
            self.extents.grow(table.key, new)
        kept, made = None if change.op == "insert" else before, None if change.op == "delete" else after
        self._note(change.op, table.key, change.fid, row.get("uid"), kept, made, old, new)

    def _lacking(self, table: Table, row: Row, change: Difference) -> Row:
        """What a row of another program needs of us: uid, code and times. A uid never changes: it ties the figures."""
        made: Row = {}
        lost = change.before.get("uid")
        if not row.get("uid") or (lost and lost != row["uid"]):
            made["uid"] = lost or str(uuid.uuid4())
        if table.code_prefix and not row.get("code"):
            made["code"] = self.next_code(table)
        if change.op == "update":
            return made | {"updated_at": self.now}
        return made | {name: self.now for name in ("created_at", "updated_at") if not row.get(name)}

    def name_row(self, table: Table, fid: int) -> None:
        """Give a row the uid and the code that it lacks; logged."""
        old = self.row(table.key, fid)
        made: Row = {} if old.get("uid") else {"uid": str(uuid.uuid4())}
        if table.code_prefix and not old.get("code"):
            made["code"] = self.next_code(table)
        if made:
            self.update(table.key, old, made | {"updated_at": self.now})

    # Reading inside the transaction

    def row(self, table: str, fid: int) -> Row:
        """The row as it lies in the file, all columns, also those that other programs added. Raises Missing."""
        found = self.find(table, fid)
        if found is None:
            raise no_row(table, fid)
        return found

    def find(self, table: str, fid: int) -> Row | None:
        """As `row`, None where there is none."""
        columns = self.columns(table)
        values = self.con.execute(self._selects[table], (fid,)).fetchone()
        return None if values is None else dict(zip(columns, values, strict=True))

    def columns(self, table: str) -> tuple[str, ...]:
        """All columns that the table has in the file."""
        if table not in self._columns:
            found = self.con.execute(f"PRAGMA table_info({quote(table)})").fetchall()
            self._columns[table] = tuple(r[1] for r in found)
            names = ", ".join(quote(c) for c in self._columns[table])
            self._selects[table] = f"SELECT {names} FROM {quote(table)} WHERE fid = ?"
        return self._columns[table]

    def next_code(self, table: Table) -> str:
        """The next free code of the layer. Numbering goes on inside a step without reading the table again."""
        if table.key not in self._next:
            self._next[table.key] = last_number(self.con, table)
        self._next[table.key] += 1
        return f"{table.code_prefix}-{self._next[table.key]:03d}"

    def check_code(self, table: str, row: Row) -> None:
        """Raise Refused if another site layer has the code of this row; inside one layer the file itself refuses."""
        if not TABLES[table].site:
            return
        code = str(row["code"])
        for other in SITE_TABLES:
            sql = f"SELECT 1 FROM {quote(other)} WHERE code = ?"
            if other != table and self.con.execute(sql, (code,)).fetchone():
                raise taken("code", code, table, other)

    def _run(self, table: str, sql: str, values: Iterable[Any], row: Row) -> sqlite3.Cursor:
        try:
            return self.con.execute(sql, tuple(values))
        except sqlite3.IntegrityError as cause:
            column = str(cause).rpartition(".")[2]
            if column in row:
                raise taken(column, str(row[column]), table, table) from cause
            raise

    def _note(
        self, op: str, table: str, fid: int, uid: Any, before: Row | None, after: Row | None,
        old_blob: bytes | None, new_blob: bytes | None,
    ) -> None:  # fmt: skip
        self.fids.setdefault(table, []).append(fid)
        self.log.add(op, table, fid, uid, before, after, old_blob, new_blob)

    def finish(self) -> None:
        """Write the log rows, and what gpkg_contents says of the tables that changed."""
        self.bulk.end()
        if self.fids or self.log.rows:
            self.log.flush(self.bulk)
            self.extents.write([*self.fids, "change_log"], self.now)
            self.log.seal()


def last_number(con: sqlite3.Connection, table: Table) -> int:
    """The highest number among the codes with the layer's prefix; for sites, in all site layers."""
    highest = 0
    prefix = table.code_prefix + "-"
    for key in SITE_TABLES if table.site else (table.key,):
        sql = f"SELECT code FROM {quote(key)} WHERE code >= ? AND code < ?"
        for (code,) in con.execute(sql, (prefix, prefix[:-1] + ".")):  # "." follows "-"
            found = _DIGITS.fullmatch(str(code)[len(prefix) :])
            highest = max(highest, int(found[1]) if found else 0)
    return highest
