"""What can be wrong with outlines and points, and with the spatial index and the row count beside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis.store import blob
from gis.store.findings import listed, problem
from gis.store.gpkg import quote, rtree
from gis.store.soundness import misplaced
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN
from gis.topology import explain_invalid
from models.notices import N_
from models.problems import Problem

_SINGLE = N_("row {fid} of {table} is a {reason} where a collection is declared; it is used as it is")
_MARKED = N_("the geometry of row {fid} of {table} is marked with another coordinate system")


def geometry_problems(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    """What is wrong with the geometries of one table, its spatial index and its row count."""
    if table.geometry:
        yield from _geometries(con, table)
        yield from _tree(con, table)
    yield from _count(con, table)


def _geometries(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    srs = con.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table.key,)).fetchone()
    problems: list[tuple[int, str, Any]] = []
    cursor = con.execute(f"SELECT fid, {quote(GEOMETRY_COLUMN)} FROM {quote(table.key)} ORDER BY fid")
    with np.errstate(invalid="ignore"):
        while rows := cursor.fetchmany(5000):
            problems += _geometry_faults(rows, table, srs[0] if srs else None)
    single = [r for r in problems if r[1] == _SINGLE]
    others = [r for r in problems if r[1] != _SINGLE]
    yield from listed(others, lambda r: problem("geometry.bad", "error", r[1], table.key, r[0], reason=r[2]))
    yield from listed(single, lambda r: problem("geometry.single", "warning", r[1], table.key, r[0], reason=r[2]))


def _geometry_faults(rows: list[tuple[int, Any]], table: Table, srs: int | None) -> Iterator[tuple[int, str, Any]]:
    """fid, template and reason of each geometry that is wrong."""
    shapes: npt.NDArray[np.object_] = np.array([blob.readable(body) for _, body in rows], dtype=object)
    valid = np.asarray(shapely.is_valid(shapes))
    empty = np.asarray(shapely.is_empty(shapes))
    types = np.asarray(shapely.get_type_id(shapes))
    finite = np.asarray(np.isfinite(shapely.bounds(shapes)).all(axis=1))
    wanted = getattr(shapely.GeometryType, table.geometry or "")
    for i, (fid, body) in enumerate(rows):
        if body is None:
            yield fid, N_("row {fid} of {table} has no geometry"), None
        elif shapes[i] is None:
            yield fid, N_("the geometry of row {fid} of {table} is damaged"), None
        elif empty[i]:
            yield fid, N_("the geometry of row {fid} of {table} is empty"), None
        elif not finite[i]:
            yield fid, N_("the geometry of row {fid} of {table} has coordinates that are no numbers"), None
        elif types[i] != wanted and not (single := f"Multi{shapes[i].geom_type}".upper() == table.geometry):
            kind = shapes[i].geom_type
            yield fid, N_("the geometry of row {fid} of {table} is of the wrong kind ({reason})"), kind
        elif not valid[i]:
            yield fid, N_("row {fid} of {table}: {reason}"), explain_invalid(shapes[i])
        elif srs is not None and int.from_bytes(body[4:8], "little" if body[3] & 1 else "big", signed=True) != srs:
            yield fid, _MARKED, None
        elif types[i] != wanted and single:  # as ogr2ogr and pyogrio add them; everything here reads them
            yield fid, _SINGLE, shapes[i].geom_type


def _tree(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    tree = rtree(table.key, GEOMETRY_COLUMN)
    text = N_("the spatial index of {table} is out of step with its rows ({count})")
    try:
        said = con.execute("SELECT rtreecheck(?)", (tree,)).fetchone()[0]
        wrong = misplaced(con, table)
    except sqlite3.DatabaseError:
        yield problem("rtree.missing", "error", N_("the spatial index of {table} is missing or damaged"), table.key)
        return
    if said != "ok":
        yield problem("rtree.missing", "error", N_("the spatial index of {table} is missing or damaged"), table.key)
    elif wrong:
        yield problem("rtree.out_of_step", "error", text, table.key, count=wrong)
    triggers = {r[0] for r in con.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    # Another program may keep the index with the triggers of GeoPackage 1.4 (update6, update7): those do as well.
    if not {f"{tree}_{event}" for event in ("insert", "delete")} <= triggers:
        yield problem("rtree.triggers", "error", N_("nothing keeps the spatial index of {table} in step"), table.key)


def _count(con: sqlite3.Connection, table: Table) -> Iterator[Problem]:
    said = con.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", (table.key,)).fetchone()
    real = con.execute(f"SELECT count(*) FROM {quote(table.key)}").fetchone()[0]
    if said is not None and said[0] is not None and said[0] != real:
        yield problem("table.count", "warning", N_("table {table} has {real} rows, but says {said}"), table.key,
                       real=real, said=said[0])  # fmt: skip
