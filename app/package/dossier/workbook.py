"""The tables of the package as a workbook: real numbers, units in the headings, headings that stay, pages that fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from app.i18n import Translator
from app.package.conformity_files import clean
from app.package.dossier.record import PackageRecord
from app.package.dossier.table import Column, Table, Value
from app.package.dossier.zipped import without_clock
from app.package.fonts import width_mm
from models.notices import N_

_FONT, _POINTS = "Noto Sans SC", 9.0
_HEAD_FILL, _TOTAL_FILL, _LINE = "E6F0EE", "F2F4F7", "98A2B3"
_MM_A_CHARACTER = 1.9
_MOST_CELL = 32_000
_BAD_TITLE = re.compile(r"[\[\]:*?/\\]")
_LEFT_ROWS = 3
"""Rows above the headings: title, project, note."""


_PAPERS = (("portrait", "A4", 205.0), ("landscape", "A4", 282.0), ("landscape", "A3", 405.0))
"""Orientation, paper and the width in mm that prints on it; a wider table is printed smaller."""


@dataclass
class _Styles:
    font: Any
    bold: Any
    big: Any
    quiet: Any
    head: Any
    total: Any
    border: Any
    top: Any
    middle: Any
    number: Any


def workbook(tables: Sequence[Table], record: PackageRecord, say: Translator, *, title: str) -> bytes:
    """One sheet a table, as bytes of an .xlsx file. No cell is a formula, whatever its text begins with."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    styles = _styles()
    taken: set[str] = set()
    for made in tables:
        sheet = book.create_sheet(sheet_name(made.title, taken))
        _fill(sheet, made, record, say, styles)
    properties = book.properties
    properties.creator = f"Huitian {record.program_version}"
    properties.title = clean(f"{record.project_name} {title}")[:250]
    properties.created = properties.modified = record.stamp.replace(tzinfo=None)
    out = BytesIO()
    book.save(out)
    return without_clock(out.getvalue(), record.stamp)


def sheet_name(title: str, taken: set[str]) -> str:
    """A name that spreadsheets allow, not taken yet: 31 characters, no forbidden signs, no quote at an end."""
    base = _BAD_TITLE.sub("_", clean(title)).strip().strip("'")[:31].strip() or "_"
    name, number = base, 1
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        tail = f" ({number})"
        name = base[: 31 - len(tail)] + tail
    taken.add(name.casefold())
    return name


def _styles() -> _Styles:
    from openpyxl import styles as s

    thin = s.Side(style="thin", color=_LINE)
    return _Styles(
        font=s.Font(name=_FONT, size=_POINTS),
        bold=s.Font(name=_FONT, size=_POINTS, bold=True),
        big=s.Font(name=_FONT, size=14, bold=True),
        quiet=s.Font(name=_FONT, size=_POINTS, color="475467"),
        head=s.PatternFill("solid", fgColor=_HEAD_FILL),
        total=s.PatternFill("solid", fgColor=_TOTAL_FILL),
        border=s.Border(thin, thin, thin, thin),
        top=s.Alignment(wrap_text=True, vertical="center", horizontal="left", indent=1),
        middle=s.Alignment(wrap_text=True, vertical="center", horizontal="center"),
        number=s.Alignment(vertical="center", horizontal="right", indent=1),
    )


def _fill(sheet: Any, made: Table, record: PackageRecord, say: Translator, styles: _Styles) -> None:
    _put(sheet, 1, 1, made.title, styles.big)
    banner = say(N_(" (made-up sample data)")) if record.made_up else ""
    _put(sheet, 2, 1, record.project_name + banner, styles.quiet)
    _put(sheet, 3, 1, made.note, styles.quiet)
    head = _LEFT_ROWS + 1
    for number, column in enumerate(made.columns, 1):
        cell = _put(sheet, head, number, column.title(say), styles.bold)
        cell.fill, cell.border, cell.alignment = styles.head, styles.border, styles.middle
    rows = [*made.rows, *([made.total] if made.total else [])]
    looks: dict[Any, Any] = {}
    for at, row in enumerate(rows, head + 1):
        last = made.total is not None and at == head + len(rows)
        for number, (column, value) in enumerate(zip(made.columns, row, strict=True), 1):
            cell = _value(sheet, at, number, value)
            # openpyxl looks a style up anew for each cell that is given one: most of the time of a long table.
            key = (number, last, cell.data_type, cell.value is None)
            if key in looks:
                cell._style = copy(looks[key])  # noqa: SLF001 - as openpyxl's own copies of worksheets do
                continue
            _dress(cell, column, styles, last)
            looks[key] = cell._style  # noqa: SLF001
        sheet.row_dimensions[at].height = _height(row, made.columns)
    _page(sheet, made, head)


def _put(sheet: Any, row: int, column: int, text: str, font: Any) -> Any:
    cell = _value(sheet, row, column, text)
    cell.font = font
    return cell


def _value(sheet: Any, row: int, column: int, value: Value) -> Any:
    """The cell with a value: a number, or a text that is never a formula, whatever it begins with."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        if value:
            cell.value = clean(value)[:_MOST_CELL]
            cell.data_type = "s"
    elif value is not None:
        cell.value = value
    return cell


def _dress(cell: Any, column: Column, styles: _Styles, last: bool) -> None:
    cell.font = styles.bold if last else styles.font
    cell.border = styles.border
    cell.alignment = styles.top if column.kind == "text" else styles.number
    if last:
        cell.fill = styles.total
    if cell.data_type == "n" and cell.value is not None:
        whole = "0" if column.kind == "plain" else "#,##0"
        cell.number_format = whole + ("." + "0" * column.decimals if column.decimals else "")


def _height(row: Sequence[Value], columns: Sequence[Column]) -> float:
    """Points: programs leave wrapped rows of other programs cut off unless a height is given."""
    most = 1
    for value, column in zip(row, columns, strict=True):
        if isinstance(value, str) and len(value) * 2 > column.wide:
            room = max(column.wide * _MM_A_CHARACTER - 2.0, 4.0)
            most = max(most, -(-int(width_mm(clean(value).replace("\n", " "), _POINTS) * 1.08 + room) // int(room)))
    return min(most, 30) * 13.0 + 3.0


def _page(sheet: Any, made: Table, head: int) -> None:
    from openpyxl.utils import get_column_letter as letter

    for number, column in enumerate(made.columns, 1):
        sheet.column_dimensions[letter(number)].width = column.wide
    sheet.row_dimensions[head].height = 30
    sheet.freeze_panes = f"{letter(min(3, len(made.columns)))}{head + 1}"
    sheet.print_title_rows = f"{head}:{head}"
    if made.rows:
        end = head + len(made.rows)
        sheet.auto_filter.ref = f"A{head}:{letter(len(made.columns))}{end}"
    page = sheet.page_setup
    wide = sum(c.wide for c in made.columns) * _MM_A_CHARACTER
    page.orientation, size, _most = next((p for p in _PAPERS if wide <= p[2]), _PAPERS[-1])
    page.paperSize = getattr(sheet, f"PAPERSIZE_{size}")
    sheet.print_options.horizontalCentered = True
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
