"""What a new project file has: the pattern that a check compares with and a repair copies from."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import lru_cache

from gis.store.schema import create_schema


@dataclass(frozen=True)
class Blueprint:
    """`objects`: name of each trigger and index to (kind, table, SQL). `lists`: constraint to its allowed values.

    `types`: table to the declared type of each column.
    """

    objects: dict[str, tuple[str, str, str]]
    lists: dict[str, tuple[str, ...]]
    types: dict[str, dict[str, str]]


@lru_cache(maxsize=4)
def blueprint(srs_id: int) -> Blueprint:
    """The pattern of a project in this coordinate system, taken from one made in memory."""
    con = sqlite3.connect(":memory:")
    try:
        create_schema(con, srs_id=srs_id, srs_name="", wkt="", translate=lambda text: text)
        objects = {
            name: (kind, table, sql)
            for kind, name, table, sql in con.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master "
                "WHERE type IN ('trigger', 'index') AND sql NOT NULL"
            )
        }
        lists: dict[str, tuple[str, ...]] = {}
        for name, value in con.execute(
            "SELECT constraint_name, value FROM gpkg_data_column_constraints "
            "WHERE constraint_type = 'enum' ORDER BY 1, 2"
        ):
            lists[name] = (*lists.get(name, ()), value)
        tables = [r[0] for r in con.execute("SELECT table_name FROM gpkg_contents")]
        types = {t: {r[1]: str(r[2]).upper() for r in con.execute("SELECT * FROM pragma_table_info(?)", (t,))}
                 for t in tables}  # fmt: skip
        return Blueprint(objects, lists, types)
    finally:
        con.close()
