"""Excel workbooks in: the tables of their sheets as gis/formats/table reads them. No formula is computed."""

from __future__ import annotations

import logging
import re
import zipfile
from contextlib import closing
from pathlib import Path

from gis.formats.base import Content, Reader
from gis.formats.table import Table, read_table
from gis.formats.table_rows import content
from gis.formats.xlsx_formulas import formulas
from gis.formats.xlsx_hidden import hidden_in
from gis.library_warnings import silenced
from models.errors import AppError, Refused
from models.notices import N_, Notice

_SHEETS, _TOLD = 200, 12
_STYLES_WITHIN = 8 << 20
_ZEROS = re.compile(rb'formatCode="0{2,}"')


def looks_like(head: bytes) -> bool:
    """True for an archive with the parts of a workbook in it."""
    return head.startswith(b"PK\x03\x04") and b"xl/workbook" in head and b"[Content_Types].xml" in head


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """The outlines and points of all sheets. Raises Refused (bomb, nothing to read) or Unreadable."""
    from gis.points import xlsx
    from gis.points.base import POINT_LIMITS

    del encoding, folder
    where = str(path)
    xlsx.check_archive(path)
    padded = _shows_zeros(path)
    tables: list[tuple[str, Table]] = []
    refusals: list[AppError] = []
    try:
        import openpyxl

        # openpyxl's remarks on styles and extensions
        with silenced(), path.open("rb") as file, closing(xlsx.open_book(openpyxl, file)) as book:
            sheets = book.worksheets[:_SHEETS]
            seen = [s for s in sheets if s.sheet_state == "visible"] or sheets
            for sheet in seen:
                title = str(sheet.title)
                rows = xlsx.rows_of(sheet, POINT_LIMITS, columns=1024, padded=padded)
                member = str(getattr(sheet, "_worksheet_path", ""))
                found, hidden = formulas(path, member), hidden_in(path, member)
                try:
                    table = read_table(rows, f"{where}: {title}", None, title=title, hidden=hidden.columns)
                except Refused as refusal:
                    refusals.append(found.refusal(title, where) if found.unsaved else refusal)
                    continue
                if found.unsaved and not _has_places(table):
                    refusals.append(found.refusal(title, where))
                    continue
                table.warnings += found.remarks(title) + hidden.remarks(number for number, _ in table.rows)
                tables.append((title, table))
    except AppError:
        raise
    except Exception as cause:  # whatever the parser throws at a hostile file ends as one clear refusal
        logging.getLogger(__name__).info("reading %s: %s", path.name, cause)
        raise xlsx.damaged(where) from cause
    if not tables:
        unsaved = [r for r in refusals if r.key == "xlsx.unsaved"]
        raise (unsaved or refusals or [xlsx.damaged(where)])[0]
    if left := [str(s.title) for s in sheets if s not in seen]:
        text = N_("hidden sheets were left out: {sheets}")
        for _, table in tables:
            table.warnings.append(Notice("xlsx.hidden_sheets", text, sheets=", ".join(left[:_TOLD])))
    return content(tables)


def _shows_zeros(path: Path) -> bool:
    """Whether a format of the workbook puts zeros before whole numbers: codes like 007 are written so."""
    with zipfile.ZipFile(path) as archive:
        if "xl/styles.xml" not in archive.namelist():
            return False
        with archive.open("xl/styles.xml") as stream:
            return _ZEROS.search(stream.read(_STYLES_WITHIN)) is not None


def _has_places(table: Table) -> bool:
    """Whether any row has something in the columns of shapes or coordinates."""
    columns = table.columns
    wanted = [*(columns.pair or ()), *(i for pair in columns.corners for i in pair)]
    wanted += [] if columns.shape is None else [columns.shape]
    return any(at < len(cells) and cells[at] is not None for _, cells in table.rows for at in wanted)


READER = Reader("xlsx", "Excel", (".xlsx", ".xlsm"), looks_like, plan)
