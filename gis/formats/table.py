"""Tables as they stand in a file: the row that names the columns, the rows below it, and what a cell says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gis.formats.base import LIMITS
from gis.formats.breath import breathe
from gis.formats.columns import Columns, find
from models.errors import Refused
from models.notices import N_, Notice

Cells = tuple[int, list[Any]]
"""Number of the row in its file, from 1, and its cells."""

_HEAD_ROWS = 30
_DMS = re.compile(
    r"\s*([+-]?\d{1,3})\s*[°度d]\s*(\d{1,2})\s*['′’分m]\s*(\d{1,2}(?:\.\d+)?)?\s*[\"″”秒s]?\s*([NSEWnsew]?)\s*"
)


@dataclass
class Table:
    """A table as it stands there, and what its head says of its columns."""

    where: str
    columns: Columns
    rows: list[Cells]
    encoding: str | None = None
    warnings: list[Notice] = field(default_factory=list)


def read_table(rows: Iterable[Cells], where: str, encoding: str | None) -> Table:
    """Head and rows. Raises Refused: no row names columns of shapes or coordinates, or too many rows."""
    head: Columns | None = None
    kept: list[Cells] = []
    for number, cells in rows:
        if number % 2000 == 0:
            breathe()
        if all(c is None or str(c).strip() == "" for c in cells):
            continue
        if head is None:
            found = find(cells)
            if found.shape is not None or found.pair is not None or found.corners:
                head = found
            elif number >= _HEAD_ROWS:
                break
            continue
        kept.append((number, cells))
        if len(kept) > LIMITS.features:
            text = N_("the file has {count} features; at most {most} are read at once")
            raise Refused("import.too_many_features", text, where=where, count=len(kept), most=LIMITS.features)
    if head is None:
        raise Refused(
            "table.no_columns",
            N_("no row names columns of coordinates or of shapes"),
            where=where,
            advice=N_("put names above the columns: 编号, 点号, 东, 北 (one row a vertex), or X1, Y1, X2, Y2 … "
                      "(one row a site), or WKT"),
        )  # fmt: skip
    if not kept:
        raise Refused("table.empty", N_("there is no row below the names of the columns"), where=where)
    return Table(where, head, kept, encoding)


def number_of(cell: Any) -> float | None:
    """A coordinate as people write it, also degrees, minutes and seconds."""
    from gis.points.numbers import parse_number

    plain = parse_number(cell)
    if plain is not None or not isinstance(cell, str) or len(cell) > 40:
        return plain
    found = _DMS.fullmatch(cell)
    if found is None or float(found[2]) >= 60 or float(found[3] or 0) >= 60:
        return None
    size = abs(float(found[1])) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    return -size if found[1].startswith("-") or (found[4].upper() in {"S", "W"} and found[4]) else size


def text_cell(value: Any) -> Any:
    """A cell's value; the apostrophe that keeps a spreadsheet from running a text as formula is no part of it."""
    if isinstance(value, str):
        value = value.strip()
        if value[:1] == "'" and value[1:].lstrip(" ")[:1] in {
            "=",
            "+",
            "-",
            "@",
            "'",
            "＝",
            "＋",
            "－",
            "＠",
            "\t",
            "\r",
        }:
            return value[1:]
    return value


def cell_at(cells: list[Any], at: int | None) -> Any:
    """The value in a column; None where there is no such column, or the row ends before it."""
    return None if at is None or at >= len(cells) else cells[at]


def is_empty(cell: Any) -> bool:
    """Whether nothing but blanks stands in a cell."""
    return cell is None or str(cell).strip() == ""
