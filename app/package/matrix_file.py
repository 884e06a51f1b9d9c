"""The matrix and its gaps as a workbook: verdicts in words on a ground of their colour, gaps as sentences by mass."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from app.in_place import put_in_place
from app.package.conformity_files import clean
from app.sentences import gap_sentence
from app.words import MARKS, VERDICTS
from models.errors import Refused
from models.matrix import Matrix
from models.notices import N_, Translate

_GROUNDS = {"accept": "E3F5EB", "assess": "FDF0DF", "reject": "FDE9E7", "cannot_judge": "ECEFF2"}
_UNWRITABLE = N_("the matrix cannot be written")


def write_matrix(found: Matrix, names: Mapping[str, str], out: Path, say: Translate) -> None:
    """Write to `out` (.xlsx), replaced only when the new one is whole. Raises Refused for another ending, Unwritable.

    `names` gives names by code of wastes and pits; `say` the language of the words.
    """
    if out.suffix.lower() != ".xlsx":
        raise Refused(
            "matrix.suffix",
            N_("the matrix is written as an .xlsx"),
            where=str(out),
            advice=N_("name it {name}"),
            name=f"{out.stem}.xlsx",
        )
    with put_in_place(out, "matrix.unwritable", _UNWRITABLE) as file:
        _workbook(found, names, file, say)


def _workbook(found: Matrix, names: Mapping[str, str], file: IO[bytes], say: Translate) -> None:
    import openpyxl
    from openpyxl import styles

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = say(N_("Matrix"))
    head = [say(N_("Pit")), say(N_("Name")), *(f"{w} {names.get(w, '')}".strip() for w in found.wastes)]
    sheet.append([clean(t) for t in head])
    cells = {(c.waste, c.site): c.verdict for c in found.cells}
    for site in found.sites:
        verdicts = [cells[w, site] for w in found.wastes]
        said = [f"{MARKS[v]} {say(VERDICTS[v])}" for v in verdicts]
        sheet.append([clean(t) for t in (site, names.get(site, ""), *said)])
        for column, verdict in enumerate(verdicts, 3):
            sheet.cell(sheet.max_row, column).fill = styles.PatternFill("solid", fgColor=_GROUNDS[verdict])
    gaps = book.create_sheet(say(N_("Gaps")))
    gaps.append([say(N_("What opens more pits, the largest mass first")), say(N_("What is needed")), say(N_("Pits"))])
    for gap in found.gaps:
        needs = "\n".join(n.what.render(say) for n in gap.needs)
        gaps.append([clean(t) for t in (gap_sentence(gap, say), needs, ", ".join(gap.sites))])
    for made, widths in ((sheet, (14, 20, *(18 for _w in found.wastes))), (gaps, (60, 80, 60))):
        for number, width in enumerate(widths, 1):
            made.column_dimensions[openpyxl.utils.get_column_letter(number)].width = width
        for cell in made[1]:
            cell.font = styles.Font(bold=True)
            cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
    for row in gaps.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes, gaps.freeze_panes = "C2", "A2"
    _plain_text(sheet)
    _plain_text(gaps)
    book.save(file)


def _plain_text(sheet: Any) -> None:
    """No cell is a formula, whatever a name begins with."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
