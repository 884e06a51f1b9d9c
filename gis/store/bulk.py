"""Fast way for many inserts into one table: R-tree and row count are filled in one go instead of row by row.

The triggers are taken away and put back inside the step's own transaction, so nobody ever sees the layer without them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from gis.store import blob
from gis.store.geometries import Shape
from gis.store.gpkg import quote, rtree
from gis.store.packing import pack
from gis.store.tables import GEOMETRY_COLUMN, TABLES

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
        names = [f"trigger_insert_feature_count_{table}", f"huitian_{table}_naming"]
        if TABLES[table].geometry:
            names.append(f"{rtree(table, GEOMETRY_COLUMN)}_insert")
        found = self._triggers(names)
        if len(found) == len(names):  # else made by another program in another way: then its triggers do the work
            self._take_away(found)
            self._open[table] = list(found.values())
            self._boxes[table], self._counts[table] = [], 0

    def _triggers(self, names: Sequence[str]) -> dict[str, str]:
        marks = ",".join("?" * len(names))
        sql = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN ({marks})"
        return dict(self._con.execute(sql, names).fetchall())

    def _take_away(self, triggers: Iterable[str]) -> None:
        for name in triggers:
            self._con.execute(f"DROP TRIGGER {quote(name)}")

    @contextmanager
    def counting(self, table: str, count: int) -> Iterator[None]:
        """Inside, `count` rows are put into a table without geometry; its row count follows in one go."""
        found = self._triggers([f"trigger_insert_feature_count_{table}"]) if count >= WORTHWHILE else {}
        self._take_away(found)
        yield
        if found:
            self._add(table, count)
        for sql in found.values():
            self._con.execute(sql)

    def _add(self, table: str, count: int) -> None:
        sql = "UPDATE gpkg_ogr_contents SET feature_count = feature_count + ? WHERE lower(table_name) = lower(?)"
        self._con.execute(sql, (count, table))

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

    def inserted_many(self, table: str, fids: Sequence[int], shapes: Sequence[Shape | None]) -> None:
        """As `inserted`, for rows with outlines that were just made."""
        if table not in self._open:
            return
        self._counts[table] += len(fids)
        boxes = self._boxes[table]
        for fid, shape in zip(fids, shapes, strict=True):
            if shape is not None:
                minx, miny, maxx, maxy = shape.bounds
                boxes.append((fid, minx, maxx, miny, maxy))

    def end(self) -> None:
        """Fill R-tree and row count and put the triggers back. Called before anything else reads or changes rows."""
        for table, triggers in self._open.items():
            tree = rtree(table, GEOMETRY_COLUMN)
            boxes = self._boxes[table]
            if boxes and not pack(self._con, tree, boxes):
                self._con.executemany(f"INSERT OR REPLACE INTO {quote(tree)} VALUES (?,?,?,?,?)", boxes)
            self._add(table, self._counts[table])
            for sql in triggers:
                self._con.execute(sql)
        self._open.clear()
