"""What in a project file is not ours: tables, columns and styles of other programs. It is named and left alone."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from gis.store import gpkg, mark
from gis.store.gpkg import quote, rtree, rtree_triggers
from gis.store.tables import GEOMETRY_COLUMN, LOG_BLOBS, TABLES
from layers.registry import LAYERS

RESCUED = ("rescued_rows", "rescued_log")
"""Plain tables in which a rescue keeps what has no other place."""
_STANDARD = re.compile(r"gpkg_|sqlite_|rtree_|layer_styles$|qgis_projects$", re.IGNORECASE)


@dataclass(frozen=True)
class Foreign:
    """Names of what is not ours. `columns` as "table.column"; `objects`: triggers and views ("trigger x on y")."""

    tables: tuple[str, ...]
    columns: tuple[str, ...]
    styles: tuple[str, ...]
    objects: tuple[tuple[str, str, str], ...]


def foreign(con: sqlite3.Connection) -> Foreign:
    """What other programs put into the file."""
    master = con.execute(
        "SELECT type, name, tbl_name FROM sqlite_master WHERE type != 'index' ORDER BY name"
    ).fetchall()
    ours = {*TABLES, *RESCUED, mark.TABLE}
    tables = tuple(n for t, n, _ in master if t == "table" and n not in ours and not _STANDARD.match(n))
    known = _known_triggers(con)
    objects = tuple((t, n, on) for t, n, on in master if t == "view" or (t == "trigger" and n not in known))
    return Foreign(tables, tuple(foreign_columns(con)), _styles(con), objects)


def foreign_columns(con: sqlite3.Connection) -> list[str]:
    """Columns of our tables that we did not declare, as "table.column"."""
    found = []
    for key, table in TABLES.items():
        own = {"fid", *table.columns, *([GEOMETRY_COLUMN] if table.geometry else [])}
        own |= set(LOG_BLOBS) if key == "change_log" else set()
        names = [r[1] for r in con.execute(f"PRAGMA table_xinfo({quote(key)})")]
        found += [f"{key}.{name}" for name in names if name not in own]
    return found


def _known_triggers(con: sqlite3.Connection) -> set[str]:
    """Triggers that the standard, GDAL or we put on tables: by name, also those of tables that are not ours."""
    known: set[str] = set()
    listed = [r[0] for r in con.execute("SELECT table_name FROM gpkg_contents")]
    columns = con.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
    for name in {*TABLES, *listed}:
        known |= {f"huitian_{name}_naming", *gpkg.count_triggers(name)}
    for name, column in [*columns, *((k, GEOMETRY_COLUMN) for k, t in TABLES.items() if t.geometry)]:
        known |= set(rtree_triggers(name, column))
        known |= {f"{rtree(name, column)}_update{n}" for n in (5, 6, 7)}  # of GeoPackage 1.4
    return known


def _styles(con: sqlite3.Connection) -> tuple[str, ...]:
    try:
        rows = con.execute("SELECT f_table_name, styleName FROM layer_styles ORDER BY id").fetchall()
    except sqlite3.Error:
        return ()
    return tuple(f"{table}: {style}" for table, style in rows if style != table or table not in LAYERS)
