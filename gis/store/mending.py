"""Mends rows, as changes of one step: what rows lack that the program gives, and how geometries are wrapped.

Coordinates are never altered; what a value should have been is never guessed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.store import blob
from gis.store.gpkg import quote
from gis.store.steps import Step
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from models.notices import N_

_MULTI: dict[str, tuple[type[BaseGeometry], Callable[..., Any]]] = {
    "MULTIPOLYGON": (shapely.Polygon, shapely.MultiPolygon),
    "MULTILINESTRING": (shapely.LineString, shapely.MultiLineString),
}
MENDED = {
    "row.named": N_("rows given the uid or code that they lacked: {count}"),
    "geometry.wrapped": N_("single outlines wrapped as collections, as declared: {count}"),
    "geometry.marked": N_("geometries marked with the project's coordinate system: {count}"),
}
"""Kinds of mending, in words."""


@dataclass(frozen=True)
class Mended:
    """One row that was mended. `kind`: a key of MENDED."""

    kind: str
    table: str
    fid: int


def mend_rows(step: Step, srs_id: int) -> list[Mended]:
    """Mend the rows of all tables inside a step."""
    done: list[Mended] = []
    for table in TABLES.values():
        if table.key == "change_log":
            continue
        for fid in _unnamed(step.con, table):
            step.name_row(table, fid)
            done.append(Mended("row.named", table.key, fid))
        if table.geometry:
            for kind, fid, body in list(_wrapped(step.con, table, srs_id)):
                old = step.row(table.key, fid)
                step.update(table.key, old, {GEOMETRY_COLUMN: body, "updated_at": step.now})
                done.append(Mended(kind, table.key, fid))
    return done


def _unnamed(con: sqlite3.Connection, table: Table) -> list[int]:
    if not table.field_named("uid"):
        return []
    lacking = "coalesce(uid, '') = ''" + (" OR coalesce(code, '') = ''" if table.code_prefix else "")
    return [r[0] for r in con.execute(f"SELECT fid FROM {quote(table.key)} WHERE {lacking} ORDER BY fid")]


def _wrapped(con: sqlite3.Connection, table: Table, srs_id: int) -> Iterator[tuple[str, int, bytes]]:
    single, multi = _MULTI.get(table.geometry or "", (None, None))
    wanted = srs_id.to_bytes(4, "little", signed=True), srs_id.to_bytes(4, "big", signed=True)
    for fid, body in con.execute(f"SELECT fid, {quote(GEOMETRY_COLUMN)} FROM {quote(table.key)} ORDER BY fid"):
        shape = blob.readable(body)
        if shape is None:
            continue  # named by the check; it cannot be mended
        if single is not None and multi is not None and isinstance(shape, single) and not shape.is_empty:
            yield "geometry.wrapped", fid, blob.encode(shapely.force_2d(multi([shape])), srs_id)
        elif body[4:8] != (mark := wanted[0 if body[3] & 1 else 1]):
            yield "geometry.marked", fid, body[:4] + mark + body[8:]
