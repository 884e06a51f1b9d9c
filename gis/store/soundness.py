"""The look at a project file each time it is opened: whether it is whole, and whether somebody else wrote to it.

A small file (`WHOLE_BYTES`, some thousands of sites) is looked through: every page and index by SQLite's
integrity_check, the log against its seal, each row against the log, each outline, the spatial indexes. That takes a
fraction of a second. Of a larger one the shape of every tree is followed, an even sample of its leaves and outlines
is looked at and row counts are compared: some thousand pages, whatever the size of the file. `check` does everything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import shapely

from gis.store import blob, mark, outside
from gis.store.faults import DAMAGED_ADVICE
from gis.store.foreign import foreign
from gis.store.gpkg import quote, rtree
from gis.store.pages import INDEX_LEAF, TABLE_LEAF, Pages
from gis.store.raw import RawFile, raw_file
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, TABLES, table_word
from models.errors import Unreadable
from models.notices import N_, Notice

WHOLE_BYTES = 8_000_000
_LEAVES = 400
_INNER = 4000
_SHAPES = 40


@dataclass(frozen=True)
class FirstLook:
    """What was seen at open. `changed_outside`: another program wrote, or may have written, since our last step.

    `remarks`: what is wrong and can be repaired, in words.
    """

    changed_outside: bool
    remarks: tuple[Notice, ...]


def damaged(path: Path, place: str = "") -> Unreadable:
    """The refusal of a file that is not whole."""
    return Unreadable("project.damaged", N_("the project file is damaged"),
                      where=f"{path} ({place})" if place else str(path), advice=DAMAGED_ADVICE)  # fmt: skip


def check_pages(con: sqlite3.Connection, path: Path) -> None:
    """Raise Unreadable for a file whose pages do not hold together. Comes before anything is read or migrated."""
    if path.stat().st_size <= WHOLE_BYTES:
        said = con.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if said != "ok":
            raise damaged(path)
        return
    try:
        with raw_file(path) as raw, _held(con):
            place = _sampled(con, raw)
    except OSError as cause:
        raise damaged(path) from cause
    if place:
        raise damaged(path, place)


@contextmanager
def _held(con: sqlite3.Connection) -> Iterator[None]:
    """Nobody can write to the file's pages inside the block, so that its bytes may be looked at."""
    own = not con.in_transaction
    if own:
        con.execute("BEGIN")
    try:
        con.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield
    finally:
        if own and con.in_transaction:
            with suppress(sqlite3.DatabaseError):  # a broken index may have ended it
                con.execute("ROLLBACK")


def _sampled(con: sqlite3.Connection, raw: RawFile) -> str:
    """Where the trees do not hold together, as "page 17"; "" if nothing was seen."""
    if con.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return ""  # the present pages may lie in the -wal; SQLite checks each of those by a checksum
    pages = Pages(raw.read, raw.size)
    roots = [1, *(r[0] for r in con.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 1"))]
    leaves: list[int] = []
    used: set[int] = set()
    for root in roots:
        inner, below, broken = pages.outline(root, _INNER)
        before = len(used)
        used.update(inner, below)
        if broken or before + len(inner) + len(below) != len(used):  # a page in two places
            return f"page {root}"
        leaves += below
    step = max(1, len(leaves) // _LEAVES)
    return next((f"page {n}" for n in leaves[::step] if pages.kind(n) not in {TABLE_LEAF, INDEX_LEAF}), "")


def look(con: sqlite3.Connection, path: Path) -> FirstLook:
    """The look at what the file says. Raises Unreadable where bytes changed though no program wrote."""
    with _held(con):  # rows, log and counter as of one commit
        return _look(con, path)


def _look(con: sqlite3.Connection, path: Path) -> FirstLook:
    present = mark.read(con)
    counter = getattr(con, "raw", None) and con.raw.counter()  # type: ignore[attr-defined]
    wal = con.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    changed = present is None or counter is None or present.counter != counter or wal
    if present is None and con.execute("SELECT count(*) FROM change_log").fetchone()[0] == 0:
        changed = False  # a new project, in which no step was made yet
    if not changed and any(kind == "trigger" and on in TABLES for kind, _, on in foreign(con).objects):
        changed = True  # a trigger of another program may have changed rows in a commit of ours
    small = path.stat().st_size <= WHOLE_BYTES
    if small and present is not None and not changed:
        _check_content(con, path, present)
    remarks = [n for t in TABLES.values() if t.geometry for n in _shapes_and_tree(con, t, whole=small)]
    return FirstLook(changed, tuple(remarks))


def _check_content(con: sqlite3.Connection, path: Path, present: mark.Mark) -> None:
    """Nobody wrote since the mark was set: then the log must match its seal, and each row must match the log."""
    if present.project != mark.project_hash(con):
        raise damaged(path, "project")
    if not mark.seal_holds(con, present):
        raise damaged(path, "change_log")
    for difference in outside.differences(con):
        raise damaged(path, f"{difference.table} {difference.name}")


def _shapes_and_tree(con: sqlite3.Connection, table: Table, *, whole: bool) -> Iterator[Notice]:
    bad = _unreadable(_bodies(con, table, whole=whole))
    if bad:
        yield Notice("geometry.damaged", N_("geometries of {table} cannot be read (row {fid}); run check"),
                     table=table_word(table.key), fid=bad[0])  # fmt: skip
    if not tree_in_step(con, table, whole=whole):
        yield Notice("rtree.out_of_step", N_("the spatial index of {table} is out of step; run check --repair"),
                     table=table_word(table.key))  # fmt: skip


def _bodies(con: sqlite3.Connection, table: Table, *, whole: bool) -> list[tuple[int, object]]:
    sql = f"SELECT fid, {quote(GEOMETRY_COLUMN)} FROM {quote(table.key)}"
    if whole:
        return con.execute(sql).fetchall()
    name = quote(table.key)  # two subqueries: SQLite scans the whole table for both in one
    low, high = con.execute(f"SELECT (SELECT min(fid) FROM {name}), (SELECT max(fid) FROM {name})").fetchone()
    if low is None:
        return []
    probes = [low + (high - low) * n // (_SHAPES - 1) for n in range(_SHAPES)]
    return [row for n in probes for row in con.execute(f"{sql} WHERE fid >= ? ORDER BY fid LIMIT 1", (n,))]


def _unreadable(bodies: list[tuple[int, object]]) -> list[int]:
    """The rows whose blob is no geometry. Read together; one by one only where that fails."""
    found = []
    try:
        blob.decode_many([body for _, body in bodies])  # type: ignore[misc]
    except (ValueError, TypeError, AttributeError, shapely.GEOSException):
        for fid, body in bodies:
            try:
                blob.decode_many([body])  # type: ignore[list-item]
            except (ValueError, TypeError, AttributeError, shapely.GEOSException):
                found.append(fid)
    return found


def tree_in_step(con: sqlite3.Connection, table: Table, *, whole: bool) -> bool:
    """Whether the spatial index has as many entries as the layer has outlines; `whole`: and each where it belongs."""
    tree = rtree(table.key, GEOMETRY_COLUMN)
    try:
        entries, rows = con.execute(
            f"SELECT (SELECT count(*) FROM {quote(tree + '_rowid')}), (SELECT count(*) FROM {quote(table.key)})"
        ).fetchone()
        con.execute(f"SELECT 1 FROM {quote(tree)} LIMIT 1").fetchone()
        if whole:
            return con.execute("SELECT rtreecheck(?)", (tree,)).fetchone()[0] == "ok" and misplaced(con, table) == 0
        if entries != rows:  # rows without an outline have no entry
            sql = f"SELECT count(*) FROM {quote(table.key)} WHERE ST_IsEmpty({quote(GEOMETRY_COLUMN)}) = 0"
            rows = con.execute(sql).fetchone()[0]
    except sqlite3.DatabaseError:
        return False
    return bool(entries == rows)


_FLOAT32 = 1e-6  # the R-tree rounds its 32-bit floats outwards by less than this share


def misplaced(con: sqlite3.Connection, table: Table) -> int:
    """Outlines that the spatial index lacks or has elsewhere, and entries that belong to no outline."""
    tree, g = rtree(table.key, GEOMETRY_COLUMN), quote(GEOMETRY_COLUMN)
    e = f"({_FLOAT32} * (1 + max(abs(ST_MinX({g})), abs(ST_MaxX({g})), abs(ST_MinY({g})), abs(ST_MaxY({g})))))"
    row = con.execute(
        f"SELECT count(*) FROM {quote(table.key)} t LEFT JOIN {quote(tree)} r ON r.id = t.fid "
        f"WHERE ST_IsEmpty({g}) = 0 AND (r.id IS NULL OR abs(r.minx - ST_MinX({g})) > {e} OR "
        f"abs(r.maxx - ST_MaxX({g})) > {e} OR abs(r.miny - ST_MinY({g})) > {e} OR abs(r.maxy - ST_MaxY({g})) > {e})"
    ).fetchone()
    counts = con.execute(
        f"SELECT (SELECT count(*) FROM {quote(tree)}), (SELECT count(*) FROM {quote(table.key)} "
        f"WHERE ST_IsEmpty({g}) = 0)"
    ).fetchone()
    return max(int(row[0]), abs(int(counts[0]) - int(counts[1])))
