"""Value lists and limits of fields through the GeoPackage schema extension, so that QGIS shows them as lists."""

from __future__ import annotations

import sqlite3
from collections import Counter

from gis.store.table import Table
from models.notices import Translate


def write_choices(con: sqlite3.Connection, table: Table, translate: Translate) -> None:
    """Titles of the columns, and a constraint for each field with choices or limits, in the words of `translate`."""
    labels = Counter(f.label for f in table.fields)
    for f in table.fields:
        name: str | None = f"{table.key}_{f.name}"
        if f.choices:
            con.executemany(
                "INSERT INTO gpkg_data_column_constraints VALUES (?,'enum',?,NULL,NULL,NULL,NULL,?)",
                [(name, c.value, translate(c.label)) for c in f.choices],
            )
        elif f.minimum is not None or f.maximum is not None:
            con.execute(
                "INSERT INTO gpkg_data_column_constraints VALUES (?,'range',NULL,?,1,?,1,NULL)",
                (
                    name,
                    -1e308 if f.minimum is None else f.minimum,
                    1e308 if f.maximum is None else f.maximum,
                ),
            )
        else:
            name = None
        if f.system:
            continue
        title = translate(f.label) + (f" ({f.unit})" if f.unit else "")
        alias = translate(f.label) if labels[f.label] == 1 else f.name  # QGIS shows it as the column's heading
        row = (table.key, f.name, alias, title, name)
        con.execute("INSERT INTO gpkg_data_columns VALUES (?,?,?,?,'',NULL,?)", row)
