"""The change log of a step under way: one row for each row that changed, sealed by the mark.

Outlines are logged as the bytes that lie in the file, other columns as JSON. An update logs only what it changed; undo
and redo put back exactly what was there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from gis.store import mark
from gis.store.bulk import Bulk
from gis.store.many import literal
from models.progress import Watch

_LOG = f"INSERT INTO change_log ({', '.join(mark.LOG_COLUMNS)}) VALUES ({','.join('?' * len(mark.LOG_COLUMNS))})"
_LOGGED = 1_000


def last_step(con: sqlite3.Connection) -> int:
    """The number of the last step in the log; 0 for a project that nobody changed yet."""
    return int(con.execute("SELECT coalesce(max(step), 0) FROM change_log").fetchone()[0])


def to_text(row: Mapping[Any, Any]) -> str:
    """Columns of a row as JSON. Bytes (foreign columns) become {"$hex": …}."""
    return json.dumps(row, ensure_ascii=False, default=lambda b: {"$hex": bytes(b).hex()})


def from_text(text: str) -> dict[str, Any]:
    """The columns that `to_text` wrote."""
    row: dict[str, Any] = json.loads(text)
    return {k: bytes.fromhex(v["$hex"]) if isinstance(v, dict) else v for k, v in row.items()}


@dataclass
class StepLog:
    """Log rows of one step. `flush` writes them, `seal` what the mark says of them."""

    con: sqlite3.Connection
    now: str
    user: str
    head: tuple[int, str, int | None, str] = (0, "", None, "")
    """Number, kind, target and label of the step."""
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    _sealed: tuple[mark.Mark, mark.Chain] | None = None
    """The mark before this step and its seal so far, once log rows went to the file."""

    def add(
        self, op: str, table: str, fid: int, uid: Any, before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None, old_blob: bytes | None, new_blob: bytes | None,
    ) -> None:  # fmt: skip
        """One changed row: its columns and its outline before and after."""
        texts = [None if r is None else to_text(r) for r in (before, after)]
        self.rows.append((*self.head, table, fid, uid, op, *texts, self.user, self.now, old_blob, new_blob))

    def inserts(
        self, bulk: Bulk, table: str, rows: Sequence[Sequence[Any]], after: Iterator[str], watch: Watch
    ) -> None:
        """Log new rows of one table: `rows` are the columns fid, uid, outline; `after` each as `to_text` writes it."""
        chain = self._chain()
        self.flush(bulk)
        # What is the same in all rows stands in the statement: binding it again and again took most of the time.
        step, kind, target, label, name, user, now = map(literal, (*self.head, table, self.user, self.now))
        sql = (
            "INSERT INTO change_log (step, kind, target, label, table_name, op, user, at, row_fid, row_uid, "
            f"after_geom, after) VALUES ({step}, {kind}, {target}, {label}, {name}, 'insert', {user}, {now}, ?,?,?,?)"
        )
        with bulk.counting("change_log", len(rows[0])):
            for at in range(0, len(rows[0]), _LOGGED):
                watch.report(at / len(rows[0]))
                part = *(column[at : at + _LOGGED] for column in rows), list(islice(after, _LOGGED))
                self.con.executemany(sql, zip(*part, strict=True))
                chain.inserts((*self.head, table), (self.user, self.now), *part)

    def _chain(self) -> mark.Chain:
        if self._sealed is None:
            old = mark.last(self.con, self.head[0] - 1)
            self._sealed = old, mark.Chain(old.seal)
        return self._sealed[1]

    def flush(self, bulk: Bulk) -> None:
        """Write the rows that wait."""
        if self.rows:
            with bulk.counting("change_log", len(self.rows)):
                self.con.executemany(_LOG, self.rows)
            if self._sealed is not None:
                for row in self.rows:
                    self._sealed[1].add(row)
                self.rows.clear()

    def keep(self, log: Iterable[tuple[Any, ...]]) -> None:
        """Write this log (columns of mark.LOG_COLUMNS) instead of one of our own: a rescue brings the old one along."""
        self.rows = list(log)

    def seal(self) -> None:
        """Write the mark of this step."""
        raw = getattr(self.con, "raw", None)
        if self._sealed is None:
            mark.write(self.con, raw, self.rows, self.head[0] - 1)
        else:
            mark.put(self.con, raw, self._sealed[0], self.head[0], self._sealed[1].seal)
