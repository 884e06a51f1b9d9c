"""The customary tables of earthwork (方格网土方计算表, 断面法土方计算表): rows as they are printed, workbook, CSV.

Printed figures hold together by themselves: a working height is the difference of the two elevations beside it, a
total the sum of the volumes above it, to the last digit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app import __version__
from app.format import day
from app.i18n import Translator
from app.in_place import put_in_place
from models.earthwork import Earthwork, EndAreaMethod, GridMethod, GridSquare, printed, total
from models.notices import N_

Cell = str | int | float | None
_UNWRITABLE = N_("the table cannot be written")
CORNERS = (N_("corner 1 (north-west)"), N_("corner 2 (north-east)"), N_("corner 3 (south-east)"),
           N_("corner 4 (south-west)"))  # fmt: skip


@dataclass(frozen=True)
class PrintedTable:
    """A table as it is printed. `groups` head several columns: (words, number of columns); numbers are rounded."""

    title: str
    groups: tuple[tuple[str, int], ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...]
    decimals: tuple[int, ...]
    signed: tuple[int, ...] = ()
    """Columns (from 1) whose numbers carry their sign."""


def working(ground: float | None, design: float | None) -> float | None:
    """The working height as it is printed: the difference of the printed elevations, m."""
    return None if ground is None or design is None else round(round(design, 2) - round(ground, 2), 2)


def grid_table(grid: GridMethod, say: Translator) -> PrintedTable:
    """One row a square: ground, design and working height at four corners, areas and volumes of fill and cut."""
    places = grid.decimals
    four = [(s.fill_area_m2, s.cut_area_m2, s.fill_m3, s.cut_m3) for s in grid.squares]
    rows: list[tuple[Cell, ...]] = []
    for s, values in zip(grid.squares, four, strict=True):
        kind = say(N_("whole")) if s.whole else say(N_("cut by the outline"))
        rows.append((s.number, *_corners(s), *printed(values, places), kind))
    corner_heads = (say(N_("ground m")), say(N_("design m")), say(N_("working height m")))
    signs = (say(N_("fill (+)")), say(N_("cut (−)")))
    return PrintedTable(
        say(N_("Table of the grid method")),
        (("", 1), *((say(c), 3) for c in CORNERS), (say(N_("area m²")), 2), (say(N_("earthwork m³")), 2), ("", 1)),
        (say(N_("square")), *corner_heads * 4, *signs, *signs, say(N_("kind"))),
        tuple(rows),
        (say(N_("sum")), *(None,) * 12, *(total(v, places) for v in zip(*four, strict=True)), None),
        (0, *(2,) * 12, *(places,) * 4, 0),
        (4, 7, 10, 13),
    )


def _corners(s: GridSquare) -> list[Cell]:
    cells: list[Cell] = []
    for ground, design in zip(s.ground_m, s.design_m, strict=True):
        cells += [_rounded(ground), _rounded(design), working(ground, design)]
    return cells


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def section_table(method: EndAreaMethod, say: Translator) -> PrintedTable:
    """One row a section, with the volumes since the section before it."""
    rows: list[tuple[Cell, ...]] = []
    for n, s in enumerate(method.sections):
        own: list[Cell] = [s.number, station(s.station_m), round(s.fill_m2, 2), round(s.cut_m2, 2)]
        if n:
            before, (length, fill, cut) = method.sections[n - 1], method.intervals[n - 1]
            means = (round((before.fill_m2 + s.fill_m2) / 2, 2), round((before.cut_m2 + s.cut_m2) / 2, 2))
            own += [round(length, 2), *means, *printed((fill, cut), method.decimals)]
        else:
            own += [None] * 5
        rows.append(tuple(own))
    signs = (say(N_("fill (+)")), say(N_("cut (−)")))
    return PrintedTable(
        say(N_("Table of the section method")),
        (("", 2), (say(N_("area m²")), 2), ("", 1), (say(N_("mean area m²")), 2), (say(N_("earthwork m³")), 2)),
        (say(N_("section")), say(N_("station")), *signs, say(N_("distance m")), *signs, *signs),
        tuple(rows),
        (say(N_("sum")), *(None,) * 6, *method.printed_m3),
        (0, 0, 2, 2, 2, 2, 2, *(method.decimals,) * 2),
    )


def station(metres: float) -> str:
    """A chainage as surveyors write it: K0+020.00."""
    whole = int(round(metres, 2) // 1000)
    return f"K{whole}+{round(metres, 2) - 1000 * whole:06.2f}"


def write_csv(out: Path, table: PrintedTable) -> None:
    """A flat table for other programs, UTF-8 with a mark so that Excel reads the Chinese. Raises Unwritable."""
    groups = [words for words, count in table.groups for _ in range(count)]
    heads = [" ".join(t for t in (g, h) if t) for g, h in zip(groups, table.heads, strict=True)]
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(heads)
    for row in (*table.rows, table.totals):
        lines.writerow([_plain(v, d) for v, d in zip(row, table.decimals, strict=True)])
    with put_in_place(out, "earthwork.unwritable", _UNWRITABLE) as file:
        file.write(text.getvalue().encode("utf-8-sig"))


def _plain(value: Cell, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}" if isinstance(value, float) else str(value)


def write_workbook(out: Path, tables: Sequence[PrintedTable], facts: Sequence[tuple[str, str]], say: Translator,
                   when: str) -> None:  # fmt: skip
    """A workbook with a sheet for each table and one of remarks. Raises Unwritable."""
    book = _openpyxl().Workbook()
    book.remove(book.active)
    for table in tables:
        _sheet(book.create_sheet(table.title), table)
    notes = book.create_sheet(say(N_("Remarks")))
    for words, text in facts:
        notes.append([None, None])
        for column, value in enumerate((words, text), start=1):
            _text(notes.cell(notes.max_row, column), value)
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 24, 110
    book.properties.creator = f"Huitian {__version__}"
    book.properties.created = book.properties.modified = datetime.fromisoformat(when).replace(tzinfo=None)
    with put_in_place(out, "earthwork.unwritable", _UNWRITABLE) as file:
        book.save(file)


def _text(cell: Any, value: str) -> None:
    """A text that stays one: a name that begins with = is no formula."""
    cell.value = value
    cell.data_type = "s"
    cell.alignment = _openpyxl().styles.Alignment(wrap_text=True, vertical="top")


def _openpyxl() -> Any:
    """The library, which has no types of its own."""
    import openpyxl

    return openpyxl


def _sheet(sheet: Any, table: PrintedTable) -> None:
    sheet.append([w for words, count in table.groups for w in (words, *[None] * (count - 1))])
    sheet.append(list(table.heads))
    first = 1
    for words, count in table.groups:
        if words and count > 1:
            sheet.merge_cells(start_row=1, end_row=1, start_column=first, end_column=first + count - 1)
        elif not words:
            for column in range(first, first + count):
                sheet.cell(1, column).value = table.heads[column - 1]
                sheet.cell(2, column).value = None
                sheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
        first += count
    for row in (*table.rows, table.totals):
        sheet.append(list(row))
    look = _openpyxl().styles
    thin = look.Side(style="thin", color="808080")
    border = look.Border(left=thin, right=thin, top=thin, bottom=thin)
    last = sheet.max_row
    for row in sheet.iter_rows(1, last, 1, len(table.heads)):
        for cell, decimals in zip(row, table.decimals, strict=True):
            cell.border = border
            if cell.row <= 2 or cell.row == last:
                cell.font = look.Font(bold=True)
            if cell.row <= 2:
                cell.alignment = look.Alignment(horizontal="center", vertical="center", wrap_text=True)
            elif isinstance(cell.value, float):
                plain = f"0.{'0' * decimals}".rstrip(".")
                cell.number_format = f"+{plain};-{plain};{plain}" if cell.column in table.signed else plain
            else:
                cell.alignment = look.Alignment(horizontal="center")
    for column in range(1, len(table.heads) + 1):
        sheet.column_dimensions[_openpyxl().utils.get_column_letter(column)].width = 11
    sheet.freeze_panes = "B3"
    sheet.print_title_rows = "1:2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def remarks_of(found: Earthwork, project: str, name: str, surface: str, say: Translator) -> list[tuple[str, str]]:
    """What a reader of the tables must know: where the figures come from, the rules, the difference to the estimate."""
    g, s = found.grid, found.sections
    cells = N_("fill {fill:.1f} m³, cut {cut:.1f} m³")
    method = N_("fill {fill:.1f} m³, cut {cut:.1f} m³, difference to the cell sums {difference}")

    def against(m: GridMethod | EndAreaMethod) -> str:
        percent = found.difference_percent(m.fill_m3, m.cut_m3)
        words = "—" if percent is None else f"{percent:+.2f} %"
        return say(method).format(fill=m.printed_m3[0], cut=m.printed_m3[1], difference=words)

    return [
        (say(N_("project")), project),
        (say(N_("site")), f"{found.site} {name}".strip()),
        (say(N_("terrain")), found.terrain),
        (say(N_("design surface")), say(surface)),
        (say(N_("mean ground elevation")), f"{g.mean_ground_m:.2f} m"),
        (say(N_("mean design elevation")), f"{g.mean_design_m:.2f} m"),
        (say(N_("cell sums")), say(cells).format(fill=found.fill_m3, cut=found.cut_m3)),
        (say(N_("grid method")), against(g)),
        (say(N_("section method")), against(s)),
        (say(N_("squares")), f"{g.side_m:g} m"),
        *((say(N_("rule")), say(r)) for r in (*GRID_RULES, SECTION_RULE)),
        *((say(N_("remark")), n.render(say)) for n in g.notices),
        (say(N_("computed on")), day(found.computed_at)),
    ]


GRID_RULES = (
    N_("working height = design − ground: + is fill, − is cut; volumes and areas are those on the ground"),
    N_(
        "whole squares by the prism formulas of the four-point method (all fill or all cut a²/4·Σh; two and two; three "
        "and one); squares cut by the outline as triangular prisms over what is left of them; zero points in proportion"
    ),
    N_("totals are the sums of the printed figures"),
)
SECTION_RULE = N_(
    "sections across the long axis, volume = mean of two neighbouring areas × distance; the first and the last section "
    "stand at the ends of the outline"
)
