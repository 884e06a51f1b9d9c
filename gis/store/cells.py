"""Rows of two files in one form, so that they can be compared cell by cell.

Row numbers and times of change are left out, an outline is its WKB (each program writes the header in its own way), a
link by code is a link to the row that has the code, and the project's settings are cells of their own.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from gis.store import blob
from gis.store.gpkg import quote
from gis.store.steps import Row
from gis.store.tables import GEOMETRY_COLUMN, LINKS, TABLES

SETTING = "settings."
MARK = "working_copy"
"""The setting that tells a copy where it comes from."""
_LEFT_OUT = frozenset({"fid", "uid", "updated_at"})
_OF_PROJECT = frozenset({"name", "settings"})
MERGED_TABLES = tuple(k for k in TABLES if k not in {"change_log", "merges"})
CODE_LINKS = tuple(link for link in LINKS if link.parent_column != "uid")

Cells = dict[str, Any]


@dataclass(frozen=True)
class Ref:
    """A link by code, as the uid of the row that has it."""

    uid: str


@dataclass
class Codes:
    """Which row has which code, for the tables that others link to by code."""

    uids: dict[tuple[str, str], str]

    @classmethod
    def read(cls, con: sqlite3.Connection) -> Codes:
        """As a file has them now."""
        found: dict[tuple[str, str], str] = {}
        for parent, column in {(link.parent, link.parent_column) for link in CODE_LINKS}:
            sql = f"SELECT {quote(column)}, uid FROM {quote(parent)} WHERE uid NOT NULL"
            found.update({(parent, code): uid for code, uid in con.execute(sql)})
        return cls(found)

    def replaced(self, rows: Mapping[str, Row | None], parent: str, column: str) -> Codes:
        """With these rows (by uid) of one table as they were at another time."""
        made = {k: uid for k, uid in self.uids.items() if k[0] != parent or uid not in rows}
        made |= {(parent, str(row[column])): uid for uid, row in rows.items() if row and row.get(column) is not None}
        return Codes(made)


def cells(table: str, row: Row, codes: Codes) -> Cells:
    """The cells of a row as it lies in a file."""
    made: Cells = {}
    for name, value in row.items():
        if name in _LEFT_OUT or (table == "project" and name not in _OF_PROJECT):
            continue
        if name == GEOMETRY_COLUMN:
            made[name] = canonical(value)
        elif table == "project" and name == "settings":
            made |= {SETTING + k: v for k, v in _settings(value).items() if k != MARK}
        else:
            made[name] = None if value == "" else value
    for link in CODE_LINKS:
        if link.child == table and isinstance(made.get(link.child_column), str):
            uid = codes.uids.get((link.parent, made[link.child_column]))
            made[link.child_column] = Ref(uid) if uid else made[link.child_column]
    return made


def _settings(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def canonical(body: bytes | None) -> bytes | None:
    """The WKB of an outline in one form: little-endian, multipart, two dimensions; as it is where it cannot be read."""
    if body is None:
        return None
    try:
        wkb = blob.wkb_of(body)
        if wkb[:1] == b"\x01" and wkb[1:5] in _PLAIN:
            return wkb
        shape: Any = shapely.force_2d(blob.decode(body))
        collect: Any = {"Polygon": shapely.multipolygons, "LineString": shapely.multilinestrings}.get(shape.geom_type)
        made: Any = shapely.to_wkb(collect([shape]) if collect else shape, byte_order=1, flavor="iso")
        return bytes(made)
    except (ValueError, TypeError, shapely.GEOSException):
        return body


_PLAIN = frozenset(n.to_bytes(4, "little") for n in (1, 5, 6))  # POINT, MULTILINESTRING, MULTIPOLYGON


def digest(value: Any) -> str:
    """A short mark of a cell: equal for equal values."""
    if isinstance(value, Ref):
        data = b"r" + value.uid.encode()
    elif isinstance(value, bytes):
        data = b"b" + value
    else:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        data = b"j" + json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:16]
