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
from itertools import chain, groupby, repeat
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
    old = last(con, before)
    step, seal = before, old.seal
    for number, of_step in groupby(log, key=lambda row: row[0]):
        step, seal = number, link(seal, of_step)
    put(con, raw, old, step, seal)


def last(con: sqlite3.Connection, before: int) -> Mark:
    """The mark that the step `before` left; where a program without marks made it, the chain begins anew after it."""
    old = read(con)
    if old is None:
        con.execute(_CREATE)
    return Mark(None, before, before, "", "") if old is None or old.step != before else old


def put(con: sqlite3.Connection, raw: RawFile | None, old: Mark, step: int, seal: str) -> None:
    """Set the mark that follows `old`: the seal covers the steps up to `step` now."""
    counter = raw.counter() if raw else None
    con.execute(
        f"INSERT OR REPLACE INTO {TABLE} (id, counter, start, step, seal, project) VALUES (1,?,?,?,?,?)",
        (None if counter is None else (counter + 1) % 2**32, old.start, step, seal, project_hash(con)),
    )  # fmt: skip


def forget_counter(con: sqlite3.Connection) -> None:
    """Let the next open take the file for one that another program wrote to."""
    con.execute(f"UPDATE {TABLE} SET counter = NULL")


def link(seal: str, log: Iterable[Sequence[Any]]) -> str:
    """The seal after the log rows of one step."""
    chain = Chain(seal)
    for row in log:
        chain.add(row)
    return chain.seal


class Chain:
    """The seal of a step under way: log rows are added as they are written."""

    def __init__(self, seal: str) -> None:
        self._hash = hashlib.sha256(seal.encode())

    @property
    def seal(self) -> str:
        """The seal after all that was added."""
        return self._hash.hexdigest()

    def add(self, row: Sequence[Any]) -> None:
        """A row of the log, in the order of `LOG_COLUMNS`."""
        # repr tells apart what it writes, and escapes what is torn
        self._hash.update(repr(tuple(row[:_BLOBS_AT])).encode() + b"".join(map(_body, row[_BLOBS_AT:])))

    def inserts(
        self, head: tuple[Any, ...], tail: tuple[str, str], fids: Sequence[int], uids: Sequence[str],
        bodies: Sequence[bytearray | None], after: Sequence[str],
    ) -> None:  # fmt: skip
        """New features of one table: what `add` would do with the row of each.

        `head`: step, kind, target, label and table, `tail`: user and time, the same in all.
        """
        # Joined from pieces, of which only those that differ are turned into bytes: half the time of row by row.
        columns = (
            repeat(f"{repr(head)[:-1]}, ".encode()), _bytes(map(str, fids)), repeat(b", "), _bytes(_quoted(uids)),
            repeat(b", 'insert', None, "), _bytes(_quoted(after)), repeat(f", {tail[0]!r}, {tail[1]!r})None".encode()),
            _bytes("None" if b is None else f"{len(b)}:" for b in bodies), (b or b"" for b in bodies),
        )  # fmt: skip
        self._hash.update(b"".join(chain.from_iterable(zip(*columns, strict=False))))


def _bytes(texts: Iterable[str]) -> list[bytes]:
    """Texts that hold no null, as repr leaves none."""
    return "\0".join(texts).encode().split(b"\0")


def _quoted(texts: Sequence[str]) -> Iterable[str]:
    """The repr of each text. Most texts are plain, for which quotes around them are the same and quicker."""
    whole = "".join(texts)
    if whole.isprintable() and "'" not in whole and "\\" not in whole:
        return [f"'{text}'" for text in texts]
    return map(repr, texts)


def _body(body: Any) -> bytes:
    return b"%d:%b" % (len(body), body) if isinstance(body, bytes) else repr(body).encode()


def project_hash(con: sqlite3.Connection) -> str:
    """Hash of what the table project says, which is older than the log and so not in it."""
    return hashlib.sha256(repr(con.execute("SELECT * FROM project ORDER BY fid").fetchall()).encode()).hexdigest()


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
