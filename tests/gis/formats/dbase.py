"""Shapefiles written byte by byte: what no library would write, and people send (ESRI Technical Description, 1998)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from pyproj import CRS

from tests.gis.formats.making import HERE

Ring = list[tuple[float, float]]


def square(east: float = 0.0, north: float = 0.0, side: float = 100.0, *, clockwise: bool = True) -> Ring:
    """A closed ring, so far from `HERE`."""
    x, y = HERE[0] + east, HERE[1] + north
    ring = [(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)]
    return ring if clockwise else ring[::-1]


def polygon(*rings: Ring, kind: int = 5) -> bytes:
    """The content of a record: a polygon (or, of kind 3, a line of the same form)."""
    points = [p for ring in rings for p in ring]
    starts = [sum(len(r) for r in rings[:i]) for i in range(len(rings))]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    head = struct.pack("<i4d2i", kind, min(xs), min(ys), max(xs), max(ys), len(rings), len(points))
    return head + struct.pack(f"<{len(starts)}i", *starts) + b"".join(struct.pack("<2d", *p) for p in points)


def write(
    path: Path, records: list[bytes], rows: list[list[bytes]], fields: list[tuple[str, str, int]], **how: Any
) -> Path:
    """The main file, its index, its table and .prj. `how`: kind, deleted rows, index as written."""
    body, index, at = b"", [], 50
    for number, content in enumerate(records, 1):
        index.append((at, len(content) // 2))
        body += struct.pack(">2i", number, len(content) // 2) + content
        at += 4 + len(content) // 2
    entries = how.get("index", lambda e: e)(index)
    path.write_bytes(_head(50 + len(body) // 2, how.get("kind", 5)) + body)
    packed = b"".join(struct.pack(">2i", *e) for e in entries)
    path.with_suffix(".shx").write_bytes(_head(50 + len(packed) // 2, how.get("kind", 5)) + packed)
    width = 1 + sum(f[2] for f in fields)
    head = struct.pack("<4BIHH", 3, 126, 1, 1, len(rows), 33 + 32 * len(fields), width).ljust(32, b"\0")
    for name, kind, size in fields:
        head += name.encode().ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([size, 0]) + bytes(14)
    lines = []
    for i, row in enumerate(rows):
        cells = [v.rjust(f[2]) if f[1] == "N" else v.ljust(f[2]) for v, f in zip(row, fields, strict=True)]
        lines.append((b"*" if i in how.get("deleted", ()) else b" ") + b"".join(cells))
    path.with_suffix(".dbf").write_bytes(head + b"\r" + b"".join(lines) + b"\x1a")
    path.with_suffix(".prj").write_text(CRS.from_epsg(4546).to_wkt("WKT1_ESRI"))
    return path


def _head(words: int, kind: int) -> bytes:
    box = (*HERE, HERE[0] + 1000, HERE[1] + 1000)
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack("<2i8d", 1000, kind, *box, 0, 0, 0, 0)
