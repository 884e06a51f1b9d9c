"""Looks for everything that can be wrong with a project file: SQLite's pages, tables, R-trees, geometries, rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from gis.store import mark
from gis.store.checking_geometry import geometry_problems
from gis.store.checking_rows import orphan_problems, row_problems, site_code_problems
from gis.store.checking_standard import standard_problems
from gis.store.findings import problem
from gis.store.foreign import RESCUED
from gis.store.gpkg import quote
from gis.store.schema import SCHEMA_VERSION
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from models.errors import Cancelled
from models.notices import N_
from models.problems import Problem
from models.progress import Watch

_POLL = 20_000


def check(con: sqlite3.Connection, watch: Watch | None = None) -> list[Problem]:
    """All problems of the file, worst first: what SQLite says, then tables, then rows. Raises Cancelled."""
    watch = watch or Watch()
    found = list(_pages(con, watch))
    if found:
        return found  # on broken pages every further answer would be an accident
    missing = list(_tables(con))
    found += missing
    lost = {p.table for p in missing if p.severity == "error"}
    there = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    keys = [key for key in TABLES if key not in lost and key in there]
    for index, key in enumerate(keys):
        watch.report(0.3 + 0.4 * index / len(keys), key)
        found += row_problems(con, TABLES[key])
        found += geometry_problems(con, TABLES[key])
    if not lost:
        found += site_code_problems(con)
        found += orphan_problems(con)
        found += standard_problems(con)
        watch.report(0.7)
        found += _log(con)
    return found


# The file


def _pages(con: sqlite3.Connection, watch: Watch) -> Iterator[Problem]:
    con.set_progress_handler(lambda: int(watch.cancelled), _POLL)
    try:
        lines = [r[0] for r in con.execute("PRAGMA integrity_check(20)")]
    except sqlite3.DatabaseError as cause:
        if watch.cancelled:
            raise Cancelled from cause
        lines = ["?"]
    finally:
        con.set_progress_handler(None, 0)
    watch.report(0.3)
    if lines != ["ok"]:
        yield problem("file.damaged", "error", N_("the file is damaged in {count} places"), count=len(lines))


def _tables(con: sqlite3.Connection) -> Iterator[Problem]:
    present = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")}
    listed_names = (
        {r[0] for r in con.execute("SELECT table_name FROM gpkg_contents")} if "gpkg_contents" in present else set()
    )
    version = _version(con, present)
    for key, table in TABLES.items():
        if key not in present and table.since > version:
            continue  # an older file, only read: opening it for editing adds the table
        if key not in present:
            yield problem("table.missing", "error", N_("table {table} is missing"), key)
            continue
        columns = {r[1] for r in con.execute(f"PRAGMA table_xinfo({quote(key)})")}
        for name in ("fid", *table.columns, *([GEOMETRY_COLUMN] if table.geometry else [])):
            if name not in columns:
                yield problem("column.missing", "error", N_("table {table} has no column {column}"), key, column=name)
        if key not in listed_names:
            yield problem("table.unlisted", "warning", N_("table {table} is not listed for other programs"), key)
    for name in sorted(listed_names - {*TABLES, *RESCUED, "layer_styles"}):
        yield problem(
            "table.foreign", "warning", N_("table {table} comes from another program; it is left alone"), name
        )
    mode = con.execute("PRAGMA journal_mode").fetchone()[0]
    if mode not in {"delete", "truncate", "persist"}:
        yield problem("file.journal", "warning", N_("another program left the journal mode {mode} on"), mode=mode)


def _version(con: sqlite3.Connection, present: set[str]) -> int:
    row = con.execute("SELECT schema_version FROM project LIMIT 1").fetchone() if "project" in present else None
    return row[0] if row and isinstance(row[0], int) else SCHEMA_VERSION


# The log


def _log(con: sqlite3.Connection) -> Iterator[Problem]:
    present = mark.read(con)
    if present is not None and not mark.seal_holds(con, present):
        text = N_("the change log is not as it was written: it was changed by another program, or it is damaged")
        yield problem("log.changed", "error", text, "change_log")
