"""The mark that each step leaves: which commit was our last, and a seal over all that the change log says.

With the mark a later open tells three things apart: nobody wrote since (SQLite's file change counter is still ours),
another program wrote (the counter went on), and bytes changed without any program writing (the counter is ours and the
log does not match its seal, or a row does not match the log): that is damage, which SQLite itself cannot see.

The seal is a chain: sha256 of the seal before and of the log rows of the step. It costs one hash of what is written
anyway.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from gis.store.gpkg import quote
from gis.store.raw import RawFile

TABLE = "huitian_mark"
LOG_COLUMNS = (
    "step", "kind", "target", "label", "table_name", "row_fid", "row_uid", "op", "before", "after", "user", "at",
    "before_geom", "after_geom",
)  # fmt: skip
"""What the seal covers, in the order in which a step hands its log rows over."""
_BLOBS_AT = LOG_COLUMNS.index("before_geom")
_CREATE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} (id INTEGER PRIMARY KEY CHECK (id = 1), counter INTEGER, start INTEGER, "
    "step INTEGER, seal TEXT, project TEXT)"
)


@dataclass(frozen=True)
class Mark:
    """What the last step left.

    `counter`: SQLite's file change counter after its commit. The seal covers the steps after `start` up to `step`.
    `project`: hash of the one row of the table project.
    """

    counter: int | None
    start: int
    step: int
    seal: str
    project: str


def read(con: sqlite3.Connection) -> Mark | None:
    """The mark of a file; None in a file that was written by a program without marks."""
    try:
        row = con.execute(f"SELECT counter, start, step, seal, project FROM {TABLE} WHERE id = 1").fetchone()
    except sqlite3.OperationalError:
        return None
    if row is None or not all(isinstance(v, int) for v in row[1:3]):
        return None
    return Mark(row[0], row[1], row[2], str(row[3]), str(row[4]))


def write(con: sqlite3.Connection, raw: RawFile | None, log: Iterable[Sequence[Any]], before: int) -> None:
    """Set the mark at the end of a step, inside its transaction; `before` is the last step before it.

    The commit that follows raises the counter by one; nobody else can raise it while the transaction holds the file.
    """
    old = read(con)
    if old is None:
        con.execute(_CREATE)
    if old is None or old.step != before:  # steps of a program without marks: the chain begins anew after them
        old = Mark(None, before, before, "", "")
    counter = raw.counter() if raw else None
    step, seal = before, old.seal
    for number, of_step in groupby(log, key=lambda row: row[0]):
        step, seal = number, link(seal, of_step)
    con.execute(
        f"INSERT OR REPLACE INTO {TABLE} (id, counter, start, step, seal, project) VALUES (1,?,?,?,?,?)",
        (None if counter is None else (counter + 1) % 2**32, old.start, step, seal, project_hash(con)),
    )  # fmt: skip


def forget_counter(con: sqlite3.Connection) -> None:
    """Let the next open take the file for one that another program wrote to."""
    con.execute(f"UPDATE {TABLE} SET counter = NULL")


def link(seal: str, log: Iterable[Sequence[Any]]) -> str:
    """The seal after the log rows of one step."""
    chain = hashlib.sha256(seal.encode())
    for row in log:
        chain.update(repr(tuple(row[:_BLOBS_AT])).encode())  # repr tells apart what it writes, and escapes what is torn
        for body in row[_BLOBS_AT:]:
            if isinstance(body, bytes):
                chain.update(b"%d:" % len(body))
                chain.update(body)
            else:
                chain.update(repr(body).encode())
    return chain.hexdigest()


def project_hash(con: sqlite3.Connection) -> str:
    """Hash of what the table project says, which is older than the log and so not in it."""
    return hashlib.sha256(repr(con.execute("SELECT * FROM project ORDER BY fid").fetchall()).encode()).hexdigest()


def log_of(con: sqlite3.Connection, step: int) -> Iterable[Sequence[Any]]:
    """The log rows of one step, in their order, as the seal covers them."""
    return con.execute(
        f"SELECT {', '.join(map(quote, LOG_COLUMNS))} FROM change_log WHERE step = ? ORDER BY fid", (step,)
    )


def seal_holds(con: sqlite3.Connection, mark: Mark) -> bool:
    """Whether the log still says what it said when the mark was set. Steps that were added since are not judged."""
    columns = ", ".join(map(quote, LOG_COLUMNS))
    return seals(
        con.execute(f"SELECT {columns} FROM change_log WHERE step > ? AND step <= ? ORDER BY fid",
                    (mark.start, mark.step)), mark)  # fmt: skip


def seals(rows: Iterable[Sequence[Any]], mark: Mark) -> bool:
    """Whether these rows of the log, in their order, are what the mark was set for."""
    seal, last = "", mark.start
    for step, of_step in groupby(rows, key=lambda r: r[0]):
        seal, last = link(seal, of_step), step
    return seal == mark.seal and last == mark.step
