"""Makes the tables of a new project file from their declarations."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache

from gis.store import gpkg
from gis.store.choices import write_choices
from gis.store.styles import write_styles
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, LOG_BLOBS, SITE_TABLES, TABLES
from layers.base import Field
from models.notices import Translate

SCHEMA_VERSION = 3
"""Raise it with each migration (gis/store/migrations.py)."""

_SQL_TYPES = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "REAL",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "DATETIME",
}
# A row added by QGIS or GDAL, which know nothing of ours, still gets times, uid and code. Times by a default that GDAL
# understands; the others by a trigger, because GDAL would write the text of any other expression.
_NOW_DEFAULT = " DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))"
_UUID = " || '-' || ".join(f"lower(hex(randomblob({n})))" for n in (4, 2, 2, 2, 6))


def create_schema(con: sqlite3.Connection, *, srs_id: int, srs_name: str, wkt: str, translate: Translate) -> None:
    """All tables of an empty project, inside the transaction at hand."""
    gpkg.create_core(con, srs_id, srs_name, wkt)
    for table in TABLES.values():
        create_table(con, table, srs_id, translate)
    write_styles(con, translate)


def create_table(con: sqlite3.Connection, table: Table, srs_id: int, translate: Translate) -> None:
    """One table with its registration, R-tree, indexes and value lists."""
    columns = ['"fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL']
    if table.geometry:
        columns.append(f"{gpkg.quote(GEOMETRY_COLUMN)} {table.geometry}")
    columns += [_column(f) for f in table.fields]
    if table.key == "change_log":
        columns += [f"{gpkg.quote(name)} BLOB" for name in LOG_BLOBS]
    con.execute(f"CREATE TABLE {gpkg.quote(table.key)} ({', '.join(columns)})")
    gpkg.register_table(con, table.key, translate(table.label), srs_id if table.geometry else None)
    if table.geometry:
        gpkg.add_geometry(con, table.key, GEOMETRY_COLUMN, table.geometry, srs_id)
    if table.field_named("uid"):
        con.execute(_naming_trigger(table))
    for name in table.indexes:
        _index(con, table.key, name)
    if table.key == "change_log":
        _index(con, table.key, "step", "kind", "target")
    write_choices(con, table, translate)


@cache
def column_names(key: str) -> tuple[str, ...]:
    """The columns of a table of ours in the order in which a new file has them; () for any other table."""
    table = TABLES.get(key)
    if table is None:
        return ()
    shape = (GEOMETRY_COLUMN,) if table.geometry else ()
    return ("fid", *shape, *table.columns, *(LOG_BLOBS if key == "change_log" else ()))


def statement_columns(sql: str) -> dict[str, str]:
    """Name and type of the columns of a foreign CREATE TABLE statement, in their order; {} if it is none that runs.

    Types are reduced to letters, digits and blanks, so that they can stand in a statement.
    """
    if not sql.upper().startswith("CREATE TABLE"):
        return {}
    with closing(sqlite3.connect(":memory:")) as con:
        try:
            con.execute(sql)
            name = con.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT NULL").fetchone()[0]
            rows = con.execute(f"PRAGMA table_info({gpkg.quote(name)})").fetchall()
        except (sqlite3.Error, sqlite3.Warning, TypeError, ValueError):
            return {}
    return {r[1]: "".join(c for c in str(r[2]) if c.isalnum() or c in " _") for r in rows}


def _column(f: Field) -> str:
    # Required fields are not NOT NULL: QGIS must be able to add a row, which the check then names.
    text = f"{gpkg.quote(f.name)} {_SQL_TYPES[f.kind]}"
    if f.unique:
        text += " UNIQUE"
    if f.system and f.kind == "datetime":
        text += _NOW_DEFAULT
    return text


def _naming_trigger(table: Table) -> str:
    name = gpkg.quote(table.key)
    missing, values = "NEW.uid IS NULL", f"uid = coalesce(NEW.uid, {_UUID})"
    if table.code_prefix:
        start = len(table.code_prefix) + 2
        series = " UNION ALL ".join(
            f"SELECT CAST(substr(code, {start}) AS INTEGER) AS n FROM {gpkg.quote(key)} "
            f"WHERE code GLOB '{table.code_prefix}-[0-9]*'"
            for key in (SITE_TABLES if table.site else (table.key,))
        )
        number = f"(SELECT coalesce(max(n), 0) + 1 FROM ({series}))"
        missing += " OR NEW.code IS NULL OR NEW.code = ''"
        values += f", code = coalesce(nullif(NEW.code, ''), printf('{table.code_prefix}-%03d', {number}))"
    return (
        f"CREATE TRIGGER {gpkg.quote(f'huitian_{table.key}_naming')} AFTER INSERT ON {name} WHEN {missing} "
        f"BEGIN UPDATE {name} SET {values} WHERE fid = NEW.fid; END"
    )


def _index(con: sqlite3.Connection, table: str, *columns: str) -> None:
    name = gpkg.quote(f"idx_{table}_{'_'.join(columns)}")
    con.execute(f"CREATE INDEX {name} ON {gpkg.quote(table)} ({', '.join(map(gpkg.quote, columns))})")
