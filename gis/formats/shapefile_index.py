"""Whether the parts of a shapefile belong together, and a sound set of them where they do not.

The index (.shx) says where each outline begins; GDAL believes it. A stale one, one of another file or none at all would
lose outlines or give them the row of another, in silence. The main file alone tells where its records are: its index is
made again from it in the child's own folder. Source: ESRI Shapefile Technical Description (1998), pages 2 to 5 and 24.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.formats.own_copy import linked, plain
from models.errors import Unreadable
from models.notices import N_, Notice

_HEAD, _CODE = 100, b"\x00\x00\x27\x0a"
NAME = "outlines"
"""Name of a sound copy."""
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """The main file to open (the one given, or a sound copy), what is to be said, and how many rows are deleted."""

    path: Path
    notices: tuple[Notice, ...] = ()
    deleted: int = 0


@dataclass(frozen=True)
class _Table:
    rows: int
    header: int
    record: int
    deleted: int


def sound_parts(shp: Path, shx: Path | None, dbf: Path | None, prj: Path | None, folder: Path) -> Parts:
    """Checks the index and the number of rows against the main file. Raises Unreadable for a damaged main file."""
    table = _table(dbf)
    wanted = None if table is None else table.rows
    given = None if shx is None else _entries(shx)
    starts = given if given is not None and _fits(shp, given, wanted) else None
    notices: list[Notice] = []
    if starts is None:
        starts = _walk(shp)
        why = N_("its index (.shx) is missing") if shx is None else N_("its index (.shx) does not fit the main file")
        text = N_("{why}; it was made again from the main file for this import")
        notices.append(Notice("shp.index", text, why=Notice("shp.index_why", why)))
    missing = 0
    if table is not None:
        missing = max(len(starts) - table.rows, 0)
        notices += _told(table, len(starts))
    changed = starts is not given or missing or not plain(shp)
    path = _copied(shp, dbf, starts, table, missing, folder) if changed else shp
    if changed and prj is not None:
        linked(prj, path.with_suffix(".prj"))
    return Parts(path, tuple(notices), 0 if table is None else table.deleted)


def _told(table: _Table, outlines: int) -> list[Notice]:
    made = []
    facts = {"rows": table.rows, "outlines": outlines, "count": abs(table.rows - outlines)}
    if table.rows < outlines:
        text = N_("its table (.dbf) has {rows} rows for {outlines} outlines: the last {count} have no fields")
        made.append(Notice("shp.fewer_rows", text, **facts))
    elif table.rows > outlines:
        text = N_("its table (.dbf) has {rows} rows, there are {outlines} outlines: {count} rows have none; "
                  "is the main file a whole one?")  # fmt: skip
        made.append(Notice("shp.more_rows", text, **facts))
    if table.deleted:
        text = N_("{count} rows are marked as deleted in its table and were left out")
        made.append(Notice("shp.deleted", text, count=table.deleted))
    return made


def _table(dbf: Path | None) -> _Table | None:
    if dbf is None:
        return None
    with dbf.open("rb") as file:
        head = file.read(32)
    rows, header, record = struct.unpack("<IHH", head[4:12])
    if not rows:
        return _Table(0, header, record, 0)
    marks = np.memmap(dbf, np.uint8, "r", header, (rows, record))[:, 0]
    return _Table(rows, header, record, int((marks == ord("*")).sum()))


def _entries(shx: Path) -> Ints | None:
    """(n, 2) offset of each record and length of its content in bytes, None where the index is not what its head says.

    GDAL counts the outlines by that head.
    """
    data = shx.read_bytes()
    if len(data) < _HEAD or data[:4] != _CODE or 2 * struct.unpack(">i", data[24:28])[0] != len(data):
        return None
    if (len(data) - _HEAD) % 8:
        return None
    return np.frombuffer(data, ">i4", offset=_HEAD).reshape(-1, 2).astype(np.int64) * 2


def _fits(shp: Path, entries: Ints, rows: int | None) -> bool:
    """Whether every entry leads to a record of that length, each record has one, and rows keep their order."""
    size = shp.stat().st_size
    at, length = entries.T
    if not len(entries):
        return size <= _HEAD
    if (at < _HEAD).any() or (length < 4).any() or (at + 8 + length > size).any():
        return False
    heads = _heads(shp, at)
    if (heads[:, 1] * 2 != length).any():
        return False
    said = _said_bytes(shp)
    whole = len(np.unique(at)) == len(at) and _HEAD + int((length + 8).sum()) == said
    if whole and (np.diff(at) > 0).all():
        return True
    numbered = bool((heads[:, 0] == heads[0, 0] + np.arange(len(at))).all())
    # A file that was edited in place keeps old records that no entry leads to; its numbers and its table agree then.
    return numbered and (whole or rows == len(at))


def _heads(shp: Path, at: Ints) -> Ints:
    data = np.memmap(shp, np.uint8, "r")
    return np.ascontiguousarray(data[at[:, None] + np.arange(8)]).view(">i4").astype(np.int64)


def _said_bytes(shp: Path) -> int:
    with shp.open("rb") as file:
        return int(struct.unpack(">i", file.read(_HEAD)[24:28])[0]) * 2


def _walk(shp: Path) -> Ints:
    """The records of the main file as they follow each other. Raises Unreadable where they do not."""
    made: list[tuple[int, int]] = []
    said, size = _said_bytes(shp), shp.stat().st_size
    at = _HEAD
    with shp.open("rb") as file:
        data: Any = np.memmap(file, np.uint8, "r")
        view = memoryview(data)
        while at < size:
            length = 2 * struct.unpack(">i", view[at + 4 : at + 8])[0] if at + 8 <= size else 0
            if length < 4 or at + 8 + length > size:
                if at >= said:
                    break  # what follows the end that the head states, and is no record
                raise Unreadable(
                    "shp.records",
                    N_("the shapefile is damaged after outline {count}"),
                    where=str(shp),
                    advice=N_("get a new copy of it, with all its parts (.shp .shx .dbf .prj)"),
                    count=len(made),
                )
            made.append((at, length))
            at += 8 + length
    return np.array(made, np.int64).reshape(-1, 2)


def _copied(shp: Path, dbf: Path | None, starts: Ints, table: _Table | None, missing: int, folder: Path) -> Path:
    """The parts in the child's own folder: index made again, empty rows for outlines that have none."""
    home = folder / "sound"
    home.mkdir(exist_ok=True)
    path = home / f"{NAME}.shp"
    linked(shp, path)
    head = bytearray(shp.open("rb").read(_HEAD))
    head[24:28] = struct.pack(">i", (_HEAD + 8 * len(starts)) // 2)
    path.with_suffix(".shx").write_bytes(bytes(head) + (starts // 2).astype(">i4").tobytes())
    if dbf is not None and table is not None:
        beside = path.with_suffix(".dbf")
        if not missing:
            linked(dbf, beside)
            return path
        with dbf.open("rb") as old, beside.open("wb") as new:
            head = bytearray(old.read(table.header))
            head[4:8] = struct.pack("<I", table.rows + missing)
            new.write(head + old.read(table.rows * table.record) + b" " * (table.record * missing) + b"\x1a")
    return path
