"""Steps from an older schema to the present one, numbered; all run in one transaction, on a copy (upgrading.py).

To change the schema: write the step here, raise schema.SCHEMA_VERSION, and keep a sample file of the old version in
tests/data/old. A step that changes rows of a table names it in TOUCHED; every other row must come through unchanged.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gis.store.schema import SCHEMA_VERSION, create_table
from gis.store.tables import TABLES

Migration = Callable[[sqlite3.Connection], None]


def to_2_rim_edits(con: sqlite3.Connection) -> None:
    """The table of rim edits. Does nothing where it is there already."""
    _add_table(con, "rim_edits")


def to_2_rules(con: sqlite3.Connection) -> None:
    """The project's own copies of rule packs, the risk assessments on record, and where a waste lies."""
    if "place" not in {row[1] for row in con.execute("PRAGMA table_info(wastes)")}:
        con.execute("ALTER TABLE wastes ADD COLUMN place TEXT")
    for key in ("rule_packs", "assessments"):
        _add_table(con, key)


def to_2_merges(con: sqlite3.Connection) -> None:
    """The table of merged working copies."""
    _add_table(con, "merges")


def to_2(con: sqlite3.Connection) -> None:
    """All that came with version 2."""
    to_2_rim_edits(con)
    to_2_rules(con)
    to_2_merges(con)


def to_3_basemaps(con: sqlite3.Connection) -> None:
    """The table of basemaps."""
    _add_table(con, "basemaps")


def to_3(con: sqlite3.Connection) -> None:
    """All that came with version 3."""
    to_3_basemaps(con)


def _add_table(con: sqlite3.Connection, key: str) -> None:
    if con.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (key,)).fetchone():
        return
    srs = con.execute("SELECT srs_id FROM gpkg_contents WHERE data_type = 'features' LIMIT 1").fetchone()
    create_table(con, TABLES[key], srs[0] if srs else 0, _untranslated)


def _untranslated(text: str) -> str:
    """The title of a table that came later stays English: a file does not say in which language its titles are."""
    return text


MIGRATIONS: dict[int, Migration] = {1: to_2, 2: to_3}
"""From version n to n + 1, by n."""

TOUCHED: dict[int, frozenset[str]] = {}
"""Tables whose present rows the step from version n means to change, by n. New tables and columns need no mention."""


def migrate(con: sqlite3.Connection, version: int) -> None:
    """Bring a project from `version` to the present one, inside the transaction at hand."""
    for number in range(version, SCHEMA_VERSION):
        MIGRATIONS[number](con)
    con.execute("UPDATE project SET schema_version = ?", (SCHEMA_VERSION,))
