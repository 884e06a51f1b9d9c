"""Steps from an older schema to the present one, numbered; all of them run in one transaction when a project is opened.

To change the schema: write the step here, raise schema.SCHEMA_VERSION, and keep a sample file of the old version in the
tests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gis.store.schema import SCHEMA_VERSION, create_table
from gis.store.tables import TABLES

Migration = Callable[[sqlite3.Connection], None]


def to_2_rules(con: sqlite3.Connection) -> None:
    """The project's own copies of rule packs, the risk assessments on record, and where a waste lies."""
    con.execute("ALTER TABLE wastes ADD COLUMN place TEXT")
    for key in ("rule_packs", "assessments"):
        create_table(con, TABLES[key], 0, str)


MIGRATIONS: dict[int, Migration] = {1: to_2_rules}
"""From version n to n + 1, by n."""


def migrate(con: sqlite3.Connection, version: int) -> None:
    """Bring a project from `version` to the present one, inside the transaction at hand."""
    for number in range(version, SCHEMA_VERSION):
        MIGRATIONS[number](con)
    con.execute("UPDATE project SET schema_version = ?", (SCHEMA_VERSION,))
