"""Fast way for many inserts into one layer: R-tree and row count are filled in one go instead of row by row.

The triggers are taken away and put back inside the step's own transaction, so nobody ever sees the layer without them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from gis.store import blob
from gis.store.geometries import Shape
from gis.store.gpkg import quote, rtree
from gis.store.tables import GEOMETRY_COLUMN

WORTHWHILE = 200
"""Fewer inserts than this go through the triggers."""


class Bulk:
    """The fast way of one step. `expected` tells how many rows each layer will get."""

    def __init__(self, con: sqlite3.Connection, expected: Mapping[str, int]) -> None:
        self._con = con
        self._waiting = {table for table, count in expected.items() if count >= WORTHWHILE}
        self._open: dict[str, list[str]] = {}
        self._boxes: dict[str, list[tuple[int, float, float, float, float]]] = {}
        self._counts: dict[str, int] = {}

    def before_insert(self, table: str) -> None:
        """Take the triggers away when the first of many rows comes; once a step, so that mixed steps do not thrash."""
        if table not in self._waiting:
            return
        self._waiting.discard(table)
        names = (f"{rtree(table, GEOMETRY_COLUMN)}_insert", f"trigger_insert_feature_count_{table}")
        found = self._con.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN (?, ?)", names
        ).fetchall()
        if len(found) != len(names):
            return  # made by another program in another way: then its triggers do the work
        for name, _ in found:
            self._con.execute(f"DROP TRIGGER {quote(name)}")
        self._open[table] = [sql for _, sql in found]
        self._boxes[table], self._counts[table] = [], 0

    def inserted(self, table: str, fid: int, body: bytes | None, shape: Shape | None) -> None:
        """A row was inserted: remember what its triggers would have done."""
        if table not in self._open:
            return
        self._counts[table] += 1
        if shape:
            minx, miny, maxx, maxy = shape.bounds
            self._boxes[table].append((fid, minx, maxx, miny, maxy))
        elif (box := blob.bounds(body)) is not None:
            self._boxes[table].append((fid, *box))

    def end(self) -> None:
        """Fill R-tree and row count and put the triggers back. Called before anything else reads or changes rows."""
        for table, triggers in self._open.items():
            tree = quote(rtree(table, GEOMETRY_COLUMN))
            self._con.executemany(f"INSERT OR REPLACE INTO {tree} VALUES (?,?,?,?,?)", self._boxes[table])
            self._con.execute(
                "UPDATE gpkg_ogr_contents SET feature_count = feature_count + ? WHERE lower(table_name) = lower(?)",
                (self._counts[table], table),
            )
            for sql in triggers:
                self._con.execute(sql)
        self._open.clear()
