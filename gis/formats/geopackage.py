"""GeoPackage in and out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from gis.formats.base import LIMITS, Plan, Reader, Writer, too_many_layers
from gis.formats.curves import straighten
from gis.formats.own_copy import of_database
from gis.formats.sqlite_schema import schema_entries
from models.errors import Refused, Unreadable
from models.notices import N_, Notice

_PLACEHOLDER = "ogr_empty_table"  # GDAL writes it where there are only tiles
_MOST_THINGS = 20_000
_QUICK_CHECK_BYTES = 200 * 1024**2


def looks_like(head: bytes) -> bool:
    """True for an SQLite database; whether it is a GeoPackage, its tables tell (`plan`)."""
    return head.startswith(b"SQLite format 3\0")


def plan(path: Path, encoding: str | None, folder: Path) -> Plan:
    """Feature layers of the file. Runs in the child, which never opens the project for writing."""
    del encoding  # text in a GeoPackage is UTF-8 by its standard
    own = of_database(path, folder)
    if schema_entries(own, _MOST_THINGS) > _MOST_THINGS:
        raise Refused(
            "gpkg.too_many_tables",
            N_("the file has more than {most} tables and indexes; so many are not looked through"),
            where=str(path),
            advice=N_("copy the layer that is meant into a file of its own"),
            most=_MOST_THINGS,
        )
    try:
        with closing(sqlite3.connect(f"{own.as_uri()}?mode=ro", uri=True, timeout=2)) as db:
            names = {str(r[0]).lower() for r in db.execute("SELECT name FROM sqlite_master")}
            if "gpkg_contents" not in names:
                raise Refused("gpkg.not_one", N_("this is a database, but no GeoPackage"), where=str(path))
            _few_enough(db, path)
            if path.stat().st_size <= _QUICK_CHECK_BYTES:
                _check(db, path)
            rows = list(db.execute("SELECT table_name, data_type FROM gpkg_contents"))
            columns: dict[str, str] = {}
            if "gpkg_geometry_columns" in names:
                columns = dict(db.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
            arcs = straighten(db, [(str(t), str(c)) for t, c in columns.items()])
    except sqlite3.Error as cause:
        raise _why(cause, path) from cause
    layers = tuple(str(n) for n, kind in rows if str(kind).lower() == "features" and n in columns and n != _PLACEHOLDER)
    if not layers:
        kinds = sorted({str(k) for _, k in rows})
        raise Refused(
            "gpkg.no_features",
            N_("there is no layer of outlines in it (contents: {kinds})"),
            where=str(path),
            kinds=", ".join(kinds) or Notice("gpkg.nothing", N_("nothing")),
        )
    return Plan(str(own), "GPKG", sublayers=layers, warnings=tuple(arcs))


def _few_enough(db: sqlite3.Connection, path: Path) -> None:
    """Refuse more layers than are let in before GDAL opens each of them."""
    count = int(db.execute("SELECT count(*) FROM gpkg_contents WHERE lower(data_type) = 'features'").fetchone()[0])
    if count > LIMITS.sublayers:
        raise too_many_layers(path, count, LIMITS.sublayers)


def _check(db: sqlite3.Connection, path: Path) -> None:
    try:
        answer = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as cause:
        # Some indexes need functions of the program that wrote the file; that is no damage.
        if "no such" in str(cause):
            return
        raise
    if answer != "ok" and "no such" not in answer:
        raise _damaged(path)


def _why(cause: sqlite3.Error, path: Path) -> Unreadable:
    """Held by another program, left in the middle of a change, or damaged: by SQLite's own word."""
    said = str(getattr(cause, "sqlite_errorname", ""))
    if said.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Unreadable(
            "gpkg.held",
            N_("another program is writing to the file and holds it"),
            where=str(path),
            advice=N_("finish the change there (save, or close the program), then try again"),
        )
    if said.startswith("SQLITE_READONLY"):
        return Unreadable(
            "gpkg.unfinished",
            N_("a change to the file was begun and not finished (its -journal lies beside it)"),
            where=str(path),
            advice=N_("open the file once in the program that wrote it, so that it is set right, then try again"),
        )
    return _damaged(path)


def _damaged(path: Path) -> Unreadable:
    return Unreadable(
        "import.damaged", N_("the file is damaged or incomplete"), where=str(path), advice=N_("get a new copy of it")
    )


def write(table: Any, path: Path, layer: str, encoding: str) -> list[Notice]:
    """One layer in a new GeoPackage 1.3 (1.4, GDAL's default, makes QGIS 3.22 warn)."""
    del encoding
    table.to_file(
        path, driver="GPKG", layer=layer, engine="pyogrio", dataset_options={"VERSION": "1.3"}, promote_to_multi=True
    )
    return []


READER = Reader("gpkg", "GeoPackage", (".gpkg",), looks_like, plan)
WRITER = Writer("gpkg", "GeoPackage", ".gpkg", ("-journal", "-wal", "-shm"), write)
