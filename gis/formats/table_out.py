"""CSV and Excel out: one row a site with its shape as WKT, or one row a vertex. Read back by gis/formats/table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.formats.base import Writer
from gis.formats.values import guarded, legal, plain_value
from models.errors import Refused
from models.notices import N_, Notice

_CELL_CHARS = 32_767
_SHEET_ROWS = 1_048_576
_VERTEX = ("part", "ring", "vertex", "easting", "northing", "crs")
_SHAPE = ("wkt", "crs")


def _code(crs: Any) -> str:
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else str(crs.name)


def _rows(table: Any, *, vertices: bool) -> Iterator[list[Any]]:
    """Head, then rows. Columns of ours that a field happens to be named like give way to the field's own name."""
    columns = [c for c in table.columns if c != "geometry"]
    code = _code(table.crs)
    yield [*(str(c) for c in columns), *(_VERTEX if vertices else _SHAPE)]
    for values, shape in zip(table[columns].itertuples(index=False, name=None), table.geometry, strict=True):
        fields = [plain_value(v) for v in values]
        if vertices:
            yield from ([*fields, *place, code] for place in _vertices(shape))
        else:
            text = "" if shape is None else shapely.to_wkt(shape, rounding_precision=-1, trim=True)
            yield [*fields, text, code]


def _vertices(shape: BaseGeometry | None) -> Iterator[tuple[int, int, int, float, float]]:
    """(part, ring, vertex from 1, easting, northing); ring 0 is the outline, others its holes.

    The last point, which is the first again, is left out.
    """
    for part, single in enumerate(shapely.get_parts(shape) if shape is not None else (), 1):
        polygon = single.geom_type == "Polygon"
        for ring, line in enumerate((single.exterior, *single.interiors) if polygon else (single,)):
            xy = shapely.get_coordinates(line).tolist()
            for vertex, (x, y) in enumerate(xy[:-1] if polygon else xy, 1):
                yield part, ring, vertex, x, y


def write_csv(table: Any, path: Path, layer: str, encoding: str, *, vertices: bool) -> list[Notice]:
    """A text table for Excel too; nothing in it is run as a formula."""
    del layer
    codec = "utf-8-sig" if encoding.upper() == "UTF-8" else "gb18030"
    with path.open("w", newline="", encoding=codec) as file:
        writer = csv.writer(file)
        for cells in _rows(table, vertices=vertices):
            writer.writerow(["" if c is None else guarded(c) if isinstance(c, str) else c for c in cells])
    return [_told(table)]


def write_xlsx(table: Any, path: Path, layer: str, encoding: str, *, vertices: bool) -> list[Notice]:
    """A workbook with one sheet. Raises Refused where a shape or the number of rows is too large for a sheet."""
    del encoding
    import openpyxl
    from openpyxl import cell as cells_of

    made_by: Any = openpyxl  # it has no types
    box_of: Any = cells_of.WriteOnlyCell
    book = made_by.Workbook(write_only=True)
    sheet = book.create_sheet(title="".join(c for c in layer if c not in "[]:*?/\\")[:31] or "layer")
    lost = count = 0
    for count, cells in enumerate(_rows(table, vertices=vertices), 1):
        if count > _SHEET_ROWS:
            text = N_("the layer has more vertices than a sheet has rows ({most})")
            raise _too_large("xlsx.rows", text, path, most=_SHEET_ROWS)
        made = []
        for cell in cells:
            if isinstance(cell, str):
                kept, changed = legal(cell)
                lost += changed
                if len(kept) > _CELL_CHARS:
                    text = N_("row {row} has a text or shape longer than a cell can hold ({most} characters)")
                    raise _too_large("xlsx.cell", text, path, row=count, most=_CELL_CHARS)
                box = box_of(sheet, value=kept)
                box.data_type = "s"  # never a formula
                if kept[:1] in {"=", "+", "-", "@"}:
                    box.quotePrefix = True
                made.append(box)
            else:
                made.append(cell)
        sheet.append(made)
    book.save(path)
    notices = [_told(table)]
    if lost:
        text = N_("{count} texts lost characters that the format cannot hold")
        notices.append(Notice("export.characters", text, count=lost))
    return notices


def _too_large(key: str, text: str, path: Path, **facts: Any) -> Refused:
    return Refused(key, text, where=str(path), advice=N_("write CSV or GeoPackage"), **facts)


def _told(table: Any) -> Notice:
    return Notice("table.crs", N_("the coordinates are {crs}; the column crs says so"), crs=_code(table.crs))


_ENCODINGS = ("UTF-8", "GB18030")
WRITERS = (
    Writer("csv", "CSV (WKT)", ".csv", (), partial(write_csv, vertices=False), encodings=_ENCODINGS),
    Writer("csv_points", "CSV (vertices)", ".csv", (), partial(write_csv, vertices=True), encodings=_ENCODINGS),
    Writer("xlsx", "Excel (WKT)", ".xlsx", (), partial(write_xlsx, vertices=False)),
    Writer("xlsx_points", "Excel (vertices)", ".xlsx", (), partial(write_xlsx, vertices=True)),
)
