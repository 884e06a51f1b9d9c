"""Any table file as grids of text: CSV, Excel workbooks as they were saved, tables of Word documents.

Nothing in a file is computed, followed or run: formulas need their saved value, macros are refused.
"""

from __future__ import annotations

import csv
import io
import logging
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.verbs.sample_rows import MAX_BYTES, delimiter_of, text_of
from gis import office_file
from gis.library_warnings import silenced
from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import N_

_log = logging.getLogger(__name__)
_ROWS, _COLUMNS, _TABLES = 20_000, 400, 200
_UNPACKED = 200_000_000
_MEMBERS = 5000
_RATIO = 200


@dataclass(frozen=True)
class Grid:
    """A table: `rows` of cells as a person reads them, "" for empty ones. `name` of the sheet or table."""

    name: str
    rows: tuple[tuple[str, ...], ...]

    def cell(self, row: int, column: int) -> str:
        """The text of a cell counted from 0; "" outside."""
        return self.rows[row][column] if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]) else ""

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max((len(r) for r in self.rows), default=0)


def address(row: int, column: int) -> str:
    """A cell as spreadsheets name it, both counted from 0: (6, 2) is C7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def column_number(letters: str) -> int | None:
    """The column from 0 that spreadsheets call "C" or "AB"; None for anything else."""
    plain = letters.strip().upper()
    if not plain or len(plain) > 3 or not all("A" <= c <= "Z" for c in plain):
        return None
    number = 0
    for c in plain:
        number = number * 26 + ord(c) - 64
    return number - 1


def read_grids(path: Path) -> tuple[list[Grid], str]:
    """The tables of a file that hold anything, and its encoding or kind.

    Raises Missing, Unreadable (damaged), Refused (too large, a zip bomb, macros, formulas without a saved value, an
    old binary workbook).
    """
    where = str(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError as cause:
        raise Missing("file.missing", N_("there is no such file"), where=where) from cause
    except OSError as cause:
        raise Unreadable("file.unreadable", N_("the file cannot be read"), where=where) from cause
    if size > MAX_BYTES:
        raise Refused("samples.big", N_("the file is larger than a table of samples can be"), where=where)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            "samples.old_format",
            N_("this is a file of an old Office format (.xls, .doc), or a protected one"),
            where=where,
            advice=N_("save it as .xlsx, .docx or CSV without a password"),
        )
    if not head.startswith(b"PK\x03\x04"):
        text, encoding = text_of(path)
        return _kept([_csv_grid(text, path)], where), encoding
    names = _check_archive(path)
    try:
        if any(n.startswith("xl/") for n in names):
            return _kept(_workbook(path), where), "XLSX"
        if any(n.startswith("word/") for n in names):
            return _kept(_document(path), where), "DOCX"
    except AppError:
        raise
    except Exception as cause:  # whatever a parser throws at a hostile file ends as one clear refusal
        _log.info("reading %s: %s", path.name, cause)
        raise _damaged(where) from cause
    raise Refused(
        "samples.no_table",
        N_("this is an archive, but no workbook or document"),
        where=where,
        advice=N_("unpack it and name the file with the table"),
    )


def _damaged(where: str) -> Unreadable:
    return Unreadable(
        "samples.damaged",
        N_("the file is damaged or protected and cannot be read"),
        where=where,
        advice=N_("open it in the program it came from and save it again"),
    )


def _kept(grids: list[Grid], where: str) -> list[Grid]:
    found = [g for g in grids if any(any(c.strip() for c in r) for r in g.rows)]
    if not found:
        raise Refused("samples.empty", N_("the table is empty"), where=where)
    return found


def _csv_grid(text: str, path: Path) -> Grid:
    try:
        rows = [tuple(r) for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))]
    except csv.Error as cause:
        advice = N_("save the sheet as CSV (UTF-8) and import that")
        raise Unreadable("samples.not_csv", N_("this is not a CSV table"), where=str(path), advice=advice) from cause
    return Grid(path.stem, tuple(rows))


def _check_archive(path: Path) -> set[str]:
    """Names of the members. Refuses bombs, macros and XML with a document type."""
    where = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            if office_file.swells(archive, members=_MEMBERS, unpacked=_UNPACKED, ratio=_RATIO):
                raise Refused(
                    "samples.zip_bomb",
                    N_("the file unpacks to more than a table of samples can need"),
                    where=where,
                    advice=N_("save only the table, as CSV for instance"),
                )
            names = set(archive.namelist())
            if any(n.lower().endswith("vbaproject.bin") for n in names):
                raise Refused(
                    "samples.macros",
                    N_("the file carries macros; they are not run, and such a file is not read"),
                    where=where,
                    advice=N_("save it as .xlsx or .docx without macros"),
                )
            if office_file.has_doctype(archive):
                raise _damaged(where)
            return names
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as cause:
        if isinstance(cause, AppError):
            raise
        raise _damaged(where) from cause


def _workbook(path: Path) -> list[Grid]:
    import openpyxl

    load: Any = openpyxl.load_workbook
    options = {"read_only": True, "keep_links": False}
    # openpyxl's remarks on styles and extensions
    with silenced(), path.open("rb") as values, path.open("rb") as formulas:
        with closing(load(values, data_only=True, **options)) as book:
            sheets = {str(s.title): _cells(s) for s in book.worksheets[:_TABLES]}
        with closing(load(formulas, data_only=False, **options)) as book:
            for sheet in book.worksheets[:_TABLES]:
                _check_formulas(sheet, sheets[str(sheet.title)], path)
    return [Grid(name, tuple(tuple(_text(v, f) for v, f in row) for row in rows)) for name, rows in sheets.items()]


def _cells(sheet: Any) -> list[list[tuple[Any, str]]]:
    """Rows of (value, number format), within limits: a file may claim row 10⁶ and column 16 384."""
    sheet.reset_dimensions()
    rows = [
        [(c.value, str(getattr(c, "number_format", "") or "")) for c in cells]
        for cells in sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS)
    ]
    while rows and all(v is None for v, _ in rows[-1]):
        rows.pop()
    return rows


def _check_formulas(sheet: Any, saved: list[list[tuple[Any, str]]], path: Path) -> None:
    sheet.reset_dimensions()
    for i, cells in enumerate(sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS, values_only=True)):
        for j, value in enumerate(cells):
            is_formula = isinstance(value, str) and value.startswith("=") and value != "="
            if not (is_formula or type(value).__name__ in {"ArrayFormula", "DataTableFormula"}):
                continue
            if i >= len(saved) or j >= len(saved[i]) or saved[i][j][0] is None:
                raise Refused(
                    "samples.formula",
                    N_("cell {cell} of sheet {sheet} is a formula whose value was never computed"),
                    where=str(path),
                    advice=N_("open the workbook in its program, let it compute, and save it"),
                    cell=address(i, j),
                    sheet=str(sheet.title),
                )


def _text(value: Any, number_format: str) -> str:
    """A cell as a person reads it; numbers with all their digits, not as the sheet rounds them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        if "%" in number_format:
            return f"{value * 100:.15g}%"
        return f"{value:.15g}"
    return str(value)


def _document(path: Path) -> list[Grid]:
    import docx

    with path.open("rb") as file:
        document = docx.Document(file)
    grids = []
    for number, table in enumerate(document.tables[:_TABLES], 1):
        rows = [tuple(c.text.strip() for c in r.cells[:_COLUMNS]) for r in table.rows[:_ROWS]]
        grids.append(Grid(f"{number}", tuple(rows)))
    return grids
