"""Mends the structure of a project file: spatial indexes, indexes, triggers, what is said of tables. No row is changed.

One transaction: all of it or nothing. What it makes is computed from the rows, or is the same in every project
(gis.store.blueprint); nothing is invented.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

from gis.store import gpkg, mark
from gis.store.blueprint import Blueprint, blueprint
from gis.store.checking_standard import changed_objects, extent, missing_objects, wrong_extent
from gis.store.connection import Connection, connect
from gis.store.copying import copy_database
from gis.store.faults import sqlite_faults
from gis.store.gpkg import quote, rtree
from gis.store.raw import RawFile
from gis.store.soundness import damaged, tree_in_step
from gis.store.step_log import last_step
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from models.notices import N_, Notice
from models.progress import Watch
from models.repairs import Repair

_OF_INDEXES = re.compile(r"row \d+ missing from index|wrong # of entries in index|row \d+ values differ from index")
_WORDS = {
    "journal": N_("journal mode of another program turned back: {count}"),
    "reindex": N_("indexes rebuilt that did not match their rows: {count}"),
    "index": N_("missing indexes made: {count}"),
    "trigger": N_("missing or altered triggers made anew: {count}"),
    "rtree": N_("spatial indexes rebuilt: {count}"),
    "listed": N_("tables listed again for other programs: {count}"),
    "count": N_("row counts set right: {count}"),
    "extent": N_("extents of layers set right: {count}"),
}


def copy_of(path: Path, target: Path) -> Path:
    """A copy of the project, page by page, by SQLite's own backup; written beside and put in place when it is whole.

    Raises Unwritable, Unreadable; nothing is left behind then.
    """
    draft = target.with_name(f".{target.name}.part")
    try:
        with sqlite_faults(target, writing=True):
            with closing(connect(path, "rw")) as source:
                copy_database(source, path, draft, whole=True)
            with closing(sqlite3.connect(draft)) as copy:
                copy.execute("PRAGMA journal_mode=DELETE")
        draft.rename(target)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return target


def check_repairable(path: Path) -> None:
    """Raise Unreadable for a file whose pages are broken: mending would build on sand."""
    with sqlite_faults(path, writing=True), closing(connect(path, "rw")) as con:
        _broken_indexes(con, path)


def repair_structure(path: Path, watch: Watch | None = None) -> list[Repair]:
    """Mend what can be mended without a decision; what was done, with counts.

    Raises Unreadable where pages are broken (that is a matter for a rescue), Unwritable, Cancelled.
    """
    watch = watch or Watch()
    done: Counter[str] = Counter()
    with sqlite_faults(path, writing=True):
        con = connect(path, "rw")
        try:
            rebuild = _broken_indexes(con, path)
            if con.execute("PRAGMA journal_mode").fetchone()[0] != "delete":
                con.execute("PRAGMA journal_mode=DELETE")
                done["journal"] += 1
            _mend(con, rebuild, done, watch)
        finally:
            con.close()
    watch.report(1.0)
    return [Repair(f"repair.{k}", Notice(f"repair.{k}", _WORDS[k], count=done[k]), done[k]) for k in _WORDS if done[k]]


def _broken_indexes(con: Connection, path: Path) -> int:
    """How many entries of indexes do not match their rows. Raises Unreadable for any other damage."""
    try:
        said = [r[0] for r in con.execute("PRAGMA integrity_check(10000)")]
    except sqlite3.DatabaseError as cause:
        raise damaged(path) from cause
    if said == ["ok"]:
        return 0
    if not all(_OF_INDEXES.match(line) for line in said):
        raise damaged(path)
    return len({line.rpartition(" ")[2] for line in said})


def _mend(con: Connection, rebuild: int, done: Counter[str], watch: Watch) -> None:
    # Looked at before the transaction: a check of a broken index would end it.
    withered = {t.key for t in TABLES.values() if t.geometry and not tree_in_step(con, t, whole=True)}
    con.execute("BEGIN IMMEDIATE")
    try:
        before, raw = mark.read(con), con.raw
        ours = bool(before and raw and before.counter == raw.counter())
        if rebuild:
            con.execute("REINDEX")
            done["reindex"] += rebuild
        srs_id = int(str(con.execute("SELECT crs FROM project").fetchone()[0]).rpartition(":")[2])
        plan = blueprint(srs_id)
        present = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        tables = [t for k, t in TABLES.items() if k in present]
        for index, table in enumerate(tables):
            watch.report(0.1 + 0.8 * index / len(tables), table.key)
            _list(con, table, srs_id, done)
        _objects(con, plan, done)
        for table in tables:
            if table.key in withered:
                _grow_tree(con, table)
                done["rtree"] += 1
            _figures(con, table, done)
        if done and ours:  # nobody else wrote: the counter that this commit raises is ours too
            _keep_mark(con, raw)
        con.execute("COMMIT")
    except BaseException:
        if con.in_transaction:
            con.execute("ROLLBACK")
        raise


def _keep_mark(con: Connection, raw: RawFile | None) -> None:
    mark.write(con, raw, (), last_step(con))


def _objects(con: Connection, plan: Blueprint, done: Counter[str]) -> None:
    for name in changed_objects(con, plan):
        con.execute(f"DROP {plan.objects[name][0]} {quote(name)}")
    for name in missing_objects(con, plan):
        kind, table, sql = plan.objects[name]
        if con.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone():
            con.execute(sql)
            done[kind] += 1


def _list(con: Connection, table: Table, srs_id: int, done: Counter[str]) -> None:
    """What gpkg_contents and its companions say of a table, where they say nothing."""
    kind = "features" if table.geometry else "attributes"
    rows: list[tuple[str, str, tuple[object, ...]]] = [
        ("gpkg_contents", "(table_name, data_type, identifier, description, srs_id) VALUES (?,?,?,'',?)",
         (table.key, kind, table.key, srs_id if table.geometry else 0)),
        ("gpkg_ogr_contents", "(table_name, feature_count) VALUES (?,NULL)", (table.key,)),
    ]  # fmt: skip
    if table.geometry:
        values = (table.key, GEOMETRY_COLUMN, table.geometry, srs_id)
        rows.append(("gpkg_geometry_columns", "VALUES (?,?,?,?,0,0)", values))
    for where, columns, values_of in rows:
        if not con.execute(f"SELECT 1 FROM {where} WHERE table_name = ?", (table.key,)).fetchone():
            con.execute(f"INSERT INTO {where} {columns}", values_of)
            done["listed"] += where == "gpkg_contents"


def _grow_tree(con: Connection, table: Table) -> None:
    """The spatial index made anew from the outlines, with its triggers."""
    tree, g = rtree(table.key, GEOMETRY_COLUMN), quote(GEOMETRY_COLUMN)
    triggers = gpkg.rtree_triggers(table.key, GEOMETRY_COLUMN)
    try:
        con.execute(f"SELECT 1 FROM {quote(tree)} LIMIT 1").fetchone()
    except sqlite3.DatabaseError:  # not there, or too broken to be dropped in the ordinary way
        con.execute("PRAGMA writable_schema=ON")
        con.execute("DELETE FROM sqlite_master WHERE type = 'table' AND name = ?", (tree,))
        con.execute("PRAGMA writable_schema=RESET")
    for name in (*triggers, *(f"{tree}_update{n}" for n in (5, 6, 7))):
        con.execute(f"DROP TRIGGER IF EXISTS {quote(name)}")
    con.execute(f"DROP TABLE IF EXISTS {quote(tree)}")
    for shadow in ("node", "parent", "rowid"):  # what a broken index left behind
        con.execute(f"DROP TABLE IF EXISTS {quote(f'{tree}_{shadow}')}")
    con.execute(f"CREATE VIRTUAL TABLE {quote(tree)} USING rtree(id, minx, maxx, miny, maxy)")
    con.execute(
        f"INSERT INTO {quote(tree)} SELECT fid, ST_MinX({g}), ST_MaxX({g}), ST_MinY({g}), ST_MaxY({g}) "
        f"FROM {quote(table.key)} WHERE ST_IsEmpty({g}) = 0 AND ST_MinX({g}) NOTNULL"
    )
    for statement in triggers.values():
        con.execute(statement)
    con.execute(
        "INSERT INTO gpkg_extensions SELECT ?,?,'gpkg_rtree_index',?,'write-only' WHERE NOT EXISTS (SELECT 1 FROM "
        "gpkg_extensions WHERE table_name = ? AND extension_name = 'gpkg_rtree_index')",
        (table.key, GEOMETRY_COLUMN, gpkg.RTREE_SPEC, table.key),
    )


def _figures(con: Connection, table: Table, done: Counter[str]) -> None:
    said = con.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", (table.key,)).fetchone()
    real = con.execute(f"SELECT count(*) FROM {quote(table.key)}").fetchone()[0]
    if said != (real,):
        con.execute("UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?", (real, table.key))
        done["count"] += 1
    if table.geometry:
        stated = con.execute(
            "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (table.key,)
        ).fetchone()
        box = extent(con, table)
        if wrong_extent(stated, box):
            con.execute(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
                (*box, table.key),
            )
            done["extent"] += 1
