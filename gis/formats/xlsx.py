"""Excel workbooks in: the tables of their sheets as gis/formats/table reads them. No formula is computed."""

from __future__ import annotations

import logging
import re
import warnings
import zipfile
from contextlib import closing
from pathlib import Path

from gis.formats.base import Content, Reader
from gis.formats.table import Table, content, read_table
from models.errors import AppError, Refused
from models.notices import N_, Notice

_SHEETS = 200
_FORMULA_WITHIN = 8 << 20
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

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on styles and extensions
            with path.open("rb") as file, closing(xlsx.open_book(openpyxl, file)) as book:
                for sheet in book.worksheets[:_SHEETS]:
                    rows = xlsx.rows_of(sheet, POINT_LIMITS, columns=1024, padded=padded)
                    try:
                        tables.append((str(sheet.title), read_table(rows, f"{where}: {sheet.title}", None)))
                    except Refused as refusal:
                        refusals.append(refusal)
    except AppError:
        raise
    except Exception as cause:  # whatever the parser throws at a hostile file ends as one clear refusal
        logging.getLogger(__name__).info("reading %s: %s", path.name, cause)
        raise xlsx.damaged(where) from cause
    if not tables:
        raise refusals[0] if refusals else xlsx.damaged(where)
    if _has_formulas(path):
        text = N_("the workbook has formulas; the values that were saved with them were taken, nothing is computed")
        for _, table in tables:
            table.warnings.append(Notice("xlsx.formulas", text))
    return content(tables)


def _shows_zeros(path: Path) -> bool:
    """Whether a format of the workbook puts zeros before whole numbers: codes like 007 are written so."""
    with zipfile.ZipFile(path) as archive:
        if "xl/styles.xml" not in archive.namelist():
            return False
        with archive.open("xl/styles.xml") as stream:
            return _ZEROS.search(stream.read(_FORMULA_WITHIN)) is not None


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                with archive.open(member) as stream:
                    data = stream.read(_FORMULA_WITHIN)
                if b"<f>" in data or b"<f " in data:
                    return True
    return False


READER = Reader("xlsx", "Excel", (".xlsx", ".xlsm"), looks_like, plan)
