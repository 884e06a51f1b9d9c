"""Keeps gpkg_contents true: extents of the layers and the time of the last change."""

from __future__ import annotations

import sqlite3

from gis.store import blob
from gis.store.geometries import Shape
from gis.store.gpkg import quote, rtree
from gis.store.tables import GEOMETRY_COLUMN, TABLES

Box = tuple[float, float, float, float]
_ROUNDING_M = 4.0
"""The R-tree keeps 32-bit floats, rounded outwards: up to 4 m at 6e7 m."""


class Extents:
    """The extents of the layers that one step touches. They grow exactly; they shrink when an edge feature goes."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self._con = con
        self._boxes: dict[str, Box | None] = {}
        self._stale: set[str] = set()
        self._changed: set[str] = set()

    def _box(self, table: str) -> Box | None:
        if table not in self._boxes:
            row = self._con.execute(
                "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (table,)
            ).fetchone()
            self._boxes[table] = None if row is None or None in row else (row[0], row[1], row[2], row[3])
        return self._boxes[table]

    def grow(self, table: str, body: bytes | None, shape: Shape | None = None) -> None:
        """Take in the geometry `body` (or `shape`, whose bounds are known)."""
        new = shape.bounds if shape else _bounds(body)
        if new is not None:
            self.grow_to(table, new)

    def grow_to(self, table: str, new: Box) -> None:
        """Take in a box."""
        old = self._box(table)
        both = (
            new if old is None else (min(old[0], new[0]), min(old[1], new[1]), max(old[2], new[2]), max(old[3], new[3]))
        )
        if both != old:
            self._boxes[table] = both
            self._changed.add(table)

    def shrink(self, table: str, body: bytes | None) -> None:
        """A geometry leaves: measure the layer anew at the end if it lay at the edge."""
        gone, old = _bounds(body), self._box(table) if TABLES[table].geometry else None
        if gone is None or old is None:
            return
        e = _ROUNDING_M
        if gone[0] <= old[0] + e or gone[1] <= old[1] + e or gone[2] >= old[2] - e or gone[3] >= old[3] - e:
            self._stale.add(table)

    def write(self, tables: list[str], now: str) -> None:
        """Write what the step changed."""
        for table in self._stale:
            self._boxes[table] = self._con.execute(
                f"SELECT min(minx), min(miny), max(maxx), max(maxy) FROM {quote(rtree(table, GEOMETRY_COLUMN))}"
            ).fetchone()
        for table in self._stale | self._changed:
            box = self._boxes[table] or (None,) * 4
            self._con.execute(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
                (*box, table),
            )
        self._con.executemany(
            "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", [(now, table) for table in tables]
        )


def of_each(con: sqlite3.Connection) -> list[Box]:
    """The box around the features of each layer that has any, as the last step left it."""
    keys = [t.key for t in TABLES.values() if t.geometry]
    marks = ", ".join("?" * len(keys))
    rows = con.execute(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents "
        f"WHERE table_name IN ({marks}) AND min_x <= max_x AND min_y <= max_y",
        keys,
    ).fetchall()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _bounds(body: bytes | None) -> Box | None:
    found = blob.bounds(body)
    return None if found is None else (found[0], found[2], found[1], found[3])
