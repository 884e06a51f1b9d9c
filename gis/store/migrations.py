"""Steps from an older schema to the present one, numbered; all of them run in one transaction when a project is opened.

To change the schema: write the step here, raise schema.SCHEMA_VERSION, and keep a sample file of the old version in the
tests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gis.store.schema import SCHEMA_VERSION, create_table
from gis.store.tables import TABLES
from models.notices import _same

Migration = Callable[[sqlite3.Connection], None]


def to_2_merges(con: sqlite3.Connection) -> None:
    """The table of merged working copies."""
    if con.execute("SELECT 1 FROM sqlite_master WHERE name = 'merges'").fetchone() is None:
        create_table(con, TABLES["merges"], 0, _same)


MIGRATIONS: dict[int, Migration] = {1: to_2_merges}
"""From version n to n + 1, by n."""


def migrate(con: sqlite3.Connection, version: int) -> None:
    """Bring a project from `version` to the present one, inside the transaction at hand."""
    for number in range(version, SCHEMA_VERSION):
        MIGRATIONS[number](con)
    con.execute("UPDATE project SET schema_version = ?", (SCHEMA_VERSION,))
