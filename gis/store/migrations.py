"""Steps from an older schema to the present one, numbered; all run in one transaction, on a copy (upgrading.py).

To change the schema: write the step here, raise schema.SCHEMA_VERSION, and keep a sample file of the old version in
tests/data/old. A step that changes rows of a table names it in TOUCHED; every other row must come through unchanged.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gis.store.schema import SCHEMA_VERSION

Migration = Callable[[sqlite3.Connection], None]

MIGRATIONS: dict[int, Migration] = {}
"""From version n to n + 1, by n."""

TOUCHED: dict[int, frozenset[str]] = {}
"""Tables whose present rows the step from version n means to change, by n. New tables and columns need no mention."""


def migrate(con: sqlite3.Connection, version: int) -> None:
    """Bring a project from `version` to the present one, inside the transaction at hand."""
    for number in range(version, SCHEMA_VERSION):
        MIGRATIONS[number](con)
    con.execute("UPDATE project SET schema_version = ?", (SCHEMA_VERSION,))
