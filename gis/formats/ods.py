"""OpenDocument spreadsheets in (LibreOffice, WPS): the tables of their sheets as gis/formats/table reads them.

Source: OASIS OpenDocument 1.3 part 3, 9.1 (tables, rows, cells and their repetitions) and 19.385 (office:value).
No formula is computed: the values that were saved with them are taken.
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gis import office_file
from gis.formats import xml
from gis.formats.base import Content, Reader
from gis.formats.table import Cells, Table, read_table
from gis.formats.table_rows import content
from gis.formats.xlsx_hidden import Hidden
from models.errors import AppError, Refused, Unreadable
from models.notices import N_

_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT = "content.xml"
_COLUMNS, _REPEATED = 1024, 10_000
"""Cells of a row that are looked at, and copies that one row with something in it may stand for."""
_NUMBERS = frozenset({"float", "currency", "percentage"})
_CELLS = frozenset({"table-cell", "covered-table-cell"})


def looks_like(head: bytes) -> bool:
    """True for an archive whose first member says that it is such a spreadsheet."""
    return head.startswith(b"PK\x03\x04") and _MIME in head[:200]


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """The outlines and points of all sheets. Raises Refused (bomb, nothing to read) or Unreadable."""
    del encoding
    tables: list[tuple[str, Table]] = []
    refusals: list[AppError] = []
    for title, rows, hidden in _sheets(_unpacked(path, folder), path):
        try:
            table = read_table(rows, f"{path}: {title}", None, title=title)
        except Refused as refusal:
            refusals.append(refusal)
            continue
        table.warnings += hidden.remarks(number for number, _ in table.rows)
        tables.append((title, table))
    if not tables:
        raise (refusals or [_damaged(path)])[0]
    return content(tables)


def _unpacked(path: Path, folder: Path) -> Path:
    """The part with the tables, in a folder of our own."""
    from gis.points.base import POINT_LIMITS as LIMITS

    target = folder / _CONTENT
    try:
        with zipfile.ZipFile(path) as archive:
            most = {"members": LIMITS.zip_members, "unpacked": LIMITS.zip_bytes, "ratio": LIMITS.zip_ratio}
            if office_file.swells(archive, **most):
                raise Refused(
                    "points.zip_bomb",
                    N_("the workbook unpacks to more than a table of points can need"),
                    where=str(path),
                    advice=N_("save only the sheet with the points, as CSV for instance"),
                )
            with archive.open(_CONTENT) as source, target.open("wb") as made:
                shutil.copyfileobj(source, made)
    except AppError:
        raise
    except (KeyError, zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
            ValueError) as cause:  # fmt: skip
        raise _damaged(path) from cause
    return target


def _sheets(part: Path, path: Path) -> Iterator[tuple[str, list[Cells], Hidden]]:
    title, rows, hidden, number = "", list[Cells](), Hidden(), 0
    try:
        for event, element in xml.walk(part):
            name = xml.local(element)
            if name == "table" and event == "start":
                title, rows, hidden, number = _said(element, "name"), [], Hidden(), 0
            elif name == "table" and title:
                yield title, rows, hidden
                title = ""
            elif name == "table-row" and event == "end":
                times = _times(element, "number-rows-repeated")
                cells = _cells(element)
                if cells:
                    for k in range(min(times, _REPEATED)):
                        rows.append((number + k + 1, list(cells)))
                        if _said(element, "visibility") in {"collapse", "filter"}:
                            hidden.rows.add(number + k + 1)
                number += times
                element.clear()
    except Unreadable as cause:
        raise _damaged(path) from cause


def _cells(row: Any) -> list[Any]:
    """Values of a row without the empty cells at its end."""
    cells: list[Any] = []
    for cell in row:
        if xml.local(cell) not in _CELLS:
            continue
        value = _value(cell)
        cells += [value] * min(_times(cell, "number-columns-repeated"), _COLUMNS - len(cells))
        if len(cells) >= _COLUMNS:
            break
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _value(cell: Any) -> Any:
    kind = _said(cell, "value-type")
    if kind in _NUMBERS:
        try:
            number = float(_said(cell, "value"))
        except ValueError:
            return None
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    if kind == "date":
        return _said(cell, "date-value") or None
    texts = ("".join(p.itertext()) for p in cell if xml.local(p) == "p")
    return "\n".join(texts).strip() or None


def _said(element: Any, name: str) -> str:
    """An attribute by its local name; "" without one."""
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), "")


def _times(element: Any, name: str) -> int:
    text = _said(element, name)
    return max(int(text), 1) if text.isdigit() and len(text) < 9 else 1


def _damaged(path: Path) -> Unreadable:
    return Unreadable(
        "points.bad_workbook",
        N_("the workbook is damaged or protected and cannot be read"),
        where=str(path),
        advice=N_("open it in the program it came from and save it again"),
    )


READER = Reader("ods", "ODS", (".ods",), looks_like, plan)
