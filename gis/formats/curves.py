"""Arcs in a foreign GeoPackage: whether a layer holds some, and how finely GDAL makes them straight."""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Iterator

from models.notices import N_, Notice

STEP_DEGREES = 0.25
"""A chord spans at most this much of an arc (GDAL's own is 4 degrees: 3 cm off at a radius of 50 m)."""
OFF_PER_RADIUS = 1.0 - math.cos(math.radians(STEP_DEGREES / 2))
_HEAD_BYTES = 96
_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
# Circular string, compound curve, curve polygon, multicurve, multisurface, curve, surface (OGC 06-103r4, 8.2.3).
_CURVED = range(8, 15)
_LOOK = 2000


def straighten(db: sqlite3.Connection, layers: list[tuple[str, str]]) -> list[Notice]:
    """Have arcs made straight finely where (table, geometry column) holds some, and say it. For the parsing child."""
    curved = [table for table, column in layers if any(k % 1000 in _CURVED for k in _kinds(db, table, column))]
    if not curved:
        return []
    os.environ["OGR_ARC_STEPSIZE"] = str(STEP_DEGREES)
    text = N_("arcs in {layers} were made straight, off by at most {mm:.1f} mm for each kilometre of their radius")
    return [Notice("import.curves", text, layers=", ".join(curved), mm=OFF_PER_RADIUS * 1e6)]


def _kinds(db: sqlite3.Connection, table: str, column: str) -> Iterator[int]:
    """WKB kinds of the first geometries of a layer; what is no GeoPackage geometry has none."""
    column, table = (name.replace('"', '""') for name in (column, table))
    query = f'SELECT substr("{column}", 1, {_HEAD_BYTES}) FROM "{table}" LIMIT {_LOOK}'  # noqa: S608 - quoted above
    try:
        rows = db.execute(query)
        for (head,) in rows:
            if isinstance(head, bytes) and head[:2] == b"GP" and len(head) > 8:
                at = 8 + _ENVELOPE.get((head[3] >> 1) & 7, 0)
                if len(head) >= at + 5:
                    yield int.from_bytes(head[at + 1 : at + 5], "little" if head[at] == 1 else "big")
    except sqlite3.Error:  # a view of another program, a column that is not there: the reader will say it
        return
