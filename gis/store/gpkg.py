"""The GeoPackage standard's own tables and triggers (OGC 12-128r17, version 1.3) and GDAL's row counts."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x47504B47  # "GPKG"
USER_VERSION = 10300  # 1.4 makes GDAL 3.6 and QGIS 3.22 warn (platform.md section 5)

_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"

_CORE = f"""
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT ({_NOW}), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL);
"""

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_REQUIRED_SRS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84, "longitude/latitude coordinates in decimal degrees on WGS 84"),
)
RTREE_SPEC = "http://www.geopackage.org/spec120/#extension_rtree"
_SCHEMA_SPEC = "http://www.geopackage.org/spec120/#extension_schema"


def quote(name: str) -> str:
    """An SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def run_script(con: sqlite3.Connection, script: str) -> None:
    """Run plain statements separated by ";" inside the transaction at hand (executescript would commit it)."""
    for statement in script.split(";\n"):
        if statement.strip():
            con.execute(statement)


def create_core(con: sqlite3.Connection, srs_id: int, srs_name: str, wkt: str) -> None:
    """The standard's tables, with the rows that it asks for and the project's coordinate system."""
    run_script(con, _CORE)
    rows = [*_REQUIRED_SRS]
    if srs_id not in {r[1] for r in rows}:
        rows.append((srs_name, srs_id, "EPSG", srs_id, wkt, ""))
    con.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", rows)
    con.executemany(
        "INSERT INTO gpkg_extensions VALUES (?,NULL,'gpkg_schema',?,'read-write')",
        [(t, _SCHEMA_SPEC) for t in ("gpkg_data_columns", "gpkg_data_column_constraints")],
    )


def register_table(con: sqlite3.Connection, table: str, label: str, srs_id: int | None) -> None:
    """List a table in gpkg_contents (features if it has an srs_id) and let GDAL's row count follow it."""
    con.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?,?,?,?,?)",
        (table, "attributes" if srs_id is None else "features", table, label, srs_id or 0),
    )
    con.execute("INSERT INTO gpkg_ogr_contents VALUES (?, 0)", (table,))
    for statement in count_triggers(table).values():
        con.execute(statement)


def count_triggers(table: str) -> dict[str, str]:
    """Name and DDL of the triggers that keep gpkg_ogr_contents.feature_count (as GDAL names and writes them)."""
    text = table.replace("'", "''")
    made = {}
    for event, sign in (("insert", "+"), ("delete", "-")):
        name = f"trigger_{event}_feature_count_{table}"
        made[name] = (
            f"CREATE TRIGGER {quote(name)} AFTER {event.upper()} ON {quote(table)} BEGIN "
            f"UPDATE gpkg_ogr_contents SET feature_count = feature_count {sign} 1 "
            f"WHERE lower(table_name) = lower('{text}'); END"
        )
    return made


def add_geometry(con: sqlite3.Connection, table: str, column: str, kind: str, srs_id: int) -> None:
    """Declare the geometry column and give it its R-tree with the standard's triggers."""
    con.execute("INSERT INTO gpkg_geometry_columns VALUES (?,?,?,?,0,0)", (table, column, kind, srs_id))
    con.execute(
        "INSERT INTO gpkg_extensions VALUES (?,?,'gpkg_rtree_index',?,'write-only')", (table, column, RTREE_SPEC)
    )
    con.execute(f"CREATE VIRTUAL TABLE {quote(rtree(table, column))} USING rtree(id, minx, maxx, miny, maxy)")
    for statement in rtree_triggers(table, column).values():
        con.execute(statement)


def rtree(table: str, column: str) -> str:
    """Name of the R-tree of a geometry column."""
    return f"rtree_{table}_{column}"


def rtree_triggers(table: str, column: str) -> dict[str, str]:
    """Name and DDL of the R-tree's triggers (GeoPackage 1.3, annex F.3)."""
    r, t, c, i = rtree(table, column), quote(table), quote(column), quote("fid")
    some = f"(NEW.{c} NOTNULL AND NOT ST_IsEmpty(NEW.{c}))"
    none = f"(NEW.{c} ISNULL OR ST_IsEmpty(NEW.{c}))"
    put = (
        f"INSERT OR REPLACE INTO {quote(r)} VALUES (NEW.{i}, ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), "
        f"ST_MinY(NEW.{c}), ST_MaxY(NEW.{c}));"
    )
    drop_old = f"DELETE FROM {quote(r)} WHERE id = OLD.{i};"
    both = f"DELETE FROM {quote(r)} WHERE id IN (OLD.{i}, NEW.{i});"
    parts = {
        "insert": f"AFTER INSERT ON {t} WHEN {some} BEGIN {put} END",
        "update1": f"AFTER UPDATE OF {c} ON {t} WHEN OLD.{i} = NEW.{i} AND {some} BEGIN {put} END",
        "update2": f"AFTER UPDATE OF {c} ON {t} WHEN OLD.{i} = NEW.{i} AND {none} BEGIN {drop_old} END",
        "update3": f"AFTER UPDATE ON {t} WHEN OLD.{i} != NEW.{i} AND {some} BEGIN {drop_old} {put} END",
        "update4": f"AFTER UPDATE ON {t} WHEN OLD.{i} != NEW.{i} AND {none} BEGIN {both} END",
        "delete": f"AFTER DELETE ON {t} WHEN OLD.{c} NOT NULL BEGIN {drop_old} END",
    }
    return {f"{r}_{k}": f"CREATE TRIGGER {quote(f'{r}_{k}')} {body}" for k, body in parts.items()}
