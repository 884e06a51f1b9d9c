"""Tables of points in Excel workbooks: values as they were saved (no formula is computed), by rows, within limits."""

from __future__ import annotations

import logging
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from gis import office_file
from gis.library_warnings import silenced
from gis.points.base import POINT_LIMITS, PointLimits, RawPoints, Row
from gis.points.columns import Chosen, Layout, layout_of, no_table
from gis.points.table import SAMPLE_ROWS, gather
from gis.points.text import ellipsoidal_notice
from models.errors import AppError, Missing, Refused, Unreadable
from models.notices import N_
from models.progress import Watch

_log = logging.getLogger(__name__)
_LAST_ROW = 1_048_576


def read_xlsx(
    path: Path,
    *,
    sublayer: str | None = None,
    degrees: bool = False,
    columns: Chosen | None = None,
    z_factor: float | None = None,
    limits: PointLimits = POINT_LIMITS,
    watch: Watch | None = None,
) -> RawPoints:
    """The points of one sheet; `columns` as a person chose them.

    Raises Refused (zip bomb, several sheets with points), Missing or Unreadable.
    """
    where = str(path)
    check_archive(path, limits)
    try:
        import openpyxl

        # openpyxl's remarks on styles and extensions
        with silenced(), path.open("rb") as file, closing(open_book(openpyxl, file)) as book:
            layout_in = partial(layout_of, where=where, degrees=degrees, columns=columns)
            sheet = _pick(book, sublayer, where, limits, layout_in)
            layout = layout_in(list(islice(rows_of(sheet, limits), SAMPLE_ROWS)))
            points, skips, seen = gather(
                rows_of(sheet, limits), layout, where, z_factor=z_factor, limits=limits, watch=watch
            )
            title = str(sheet.title)
    except AppError:
        raise
    except Exception as cause:  # whatever the parser throws at a hostile file ends as one clear refusal
        _log.info("reading %s: %s", path.name, cause)
        raise damaged(where) from cause
    raw = RawPoints.of_columns(
        "xlsx", points, declared=layout.declared, basis=layout.basis, skips=skips, rows_read=seen
    )
    raw.height_name, raw.twice_names = layout.height_name, layout.twice_names
    raw.sublayer = title
    if layout.ellipsoidal:
        raw.warnings.append(ellipsoidal_notice())
    return raw


def head_of(path: Path, sublayer: str | None = None, limits: PointLimits = POINT_LIMITS, most: int = 8) -> list[Row]:
    """The first rows of a sheet (the named one, else the first) as they stand there. Raises Refused or Unreadable."""
    check_archive(path, limits)
    try:
        import openpyxl

        with silenced(), path.open("rb") as file, closing(open_book(openpyxl, file)) as book:
            sheets = {str(s.title): s for s in book.worksheets}
            sheet = sheets.get(sublayer or "", next(iter(sheets.values()), None))
            return list(islice(rows_of(sheet, limits), most)) if sheet is not None else []
    except AppError:
        raise
    except Exception as cause:
        raise damaged(str(path)) from cause


def open_book(openpyxl: Any, file: Any) -> Any:
    """A workbook to be read by rows.

    `openpyxl` is given so that it is loaded only where it is needed.
    """
    # An open file and not its path: openpyxl judges paths by their ending.
    return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)


def check_archive(path: Path, limits: PointLimits = POINT_LIMITS) -> None:
    """Refuse a workbook that unpacks to more than it may, or whose XML declares entities."""
    where = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
                raise Refused(
                    "points.no_workbook",
                    N_("this is an archive, but no Excel workbook"),
                    where=where,
                    advice=N_("unpack it and name the file with the points"),
                )
            if office_file.swells(
                archive, members=limits.zip_members, unpacked=limits.zip_bytes, ratio=limits.zip_ratio
            ):
                raise Refused(
                    "points.zip_bomb",
                    N_("the workbook unpacks to more than a table of points can need"),
                    where=where,
                    advice=N_("save only the sheet with the points, as CSV for instance"),
                )
            if office_file.has_doctype(archive):
                raise damaged(where)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as cause:
        if isinstance(cause, AppError):
            raise
        raise damaged(where) from cause


def _pick(
    book: Any, wanted: str | None, where: str, limits: PointLimits, layout_in: Callable[[list[Row]], Layout]
) -> Any:
    sheets = list(book.worksheets)
    titles = [str(s.title) for s in sheets]
    if wanted is not None:
        if wanted not in titles:
            raise Missing(
                "import.no_sublayer",
                N_("there is no layer {name} in it"),
                where=where,
                advice=N_("it has: {layers}"),
                name=wanted,
                layers=", ".join(titles),
            )
        return sheets[titles.index(wanted)]
    if len(sheets) == 1:
        return sheets[0]
    fitting = [s for s in sheets[:50] if _holds_points(s, limits, layout_in)]
    if not fitting:
        raise no_table(where)
    if len(fitting) > 1:
        raise Refused(
            "points.which_sheet",
            N_("{count} sheets hold points"),
            where=where,
            advice=N_("say which with --sublayer: {layers}"),
            count=len(fitting),
            layers=", ".join(str(s.title) for s in fitting),
        )
    return fitting[0]


def _holds_points(sheet: Any, limits: PointLimits, layout_in: Callable[[list[Row]], Layout]) -> bool:
    try:
        layout_in(list(islice(rows_of(sheet, limits), SAMPLE_ROWS)))
    except Refused:
        return False
    return True


def rows_of(sheet: Any, limits: PointLimits, columns: int | None = None, *, padded: bool = False) -> Iterator[Row]:
    """Rows within Excel's own limits: a file may claim row 10¹⁵ and column 16 384.

    `padded`: a 7 that its cell shows as 007 is that text.
    """
    sheet.reset_dimensions()
    cells = sheet.iter_rows(max_row=_LAST_ROW, max_col=columns or limits.columns, values_only=not padded)
    for number, row in enumerate(cells, 1):
        values = tuple(_shown(c) for c in row) if padded else row
        if values != (None,) * len(values):  # a row far down makes all rows above it, in a file of a few bytes
            yield number, list(values)


def _shown(cell: Any) -> Any:
    value, shape = cell.value, str(getattr(cell, "number_format", "") or "")
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return str(value).zfill(len(shape)) if whole and len(shape) > 1 and not shape.strip("0") else value


def damaged(where: str) -> Unreadable:
    """The error for a workbook that cannot be read."""
    return Unreadable(
        "points.bad_workbook",
        N_("the workbook is damaged or protected and cannot be read"),
        where=where,
        advice=N_("open it in the program it came from and save it again"),
    )
