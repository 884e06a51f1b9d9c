"""The conformity table as a Word document and as a workbook; every text is plain text in both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, Any

from app.in_place import put_in_place
from app.package.conformity import Conformity, ConformityRow
from app.package.fonts import wrap
from app.package.word_fonts import name_fonts
from models.errors import Refused
from models.notices import N_

_UNWRITABLE = N_("the conformity table cannot be written")
# XML 1.0 knows no control characters but tab and line ends, and no lone surrogates.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FILLS = {"does_not_meet": "FBE3E0", "cannot_judge": "EAECF0", "requires": "FDF0D5"}
_FONT = "Noto Sans SC"
_POINTS, _LINE_PT, _MM_A_CHARACTER = 9.0, 13.0, 1.9
_WIDTHS_MM = (12, 26, 60, 92, 26, 26, 18, 24, 34, 36, 26)


def write_conformity(paper: Conformity, out: Path) -> None:
    """Write the paper to `out`: .docx or .xlsx. Raises Refused for another ending, Unwritable."""
    writer = {".docx": _document, ".xlsx": _workbook}.get(out.suffix.lower())
    if writer is None:
        raise Refused(
            "conformity.suffix",
            N_("a conformity table is a .docx or an .xlsx"),
            where=str(out),
            advice=N_("name it {name}"),
            name=f"{out.stem}.docx",
        )
    with put_in_place(out, "conformity.unwritable", _UNWRITABLE) as file:
        writer(paper, file)


def clean(text: str) -> str:
    """Text without what XML cannot hold."""
    return _UNFIT.sub("", text)


def _cells(row: ConformityRow) -> tuple[str, ...]:
    return (str(row.number), row.rule, row.requirement, row.finding, row.value, row.limit, row.margin, row.sample,
            row.method, row.clause, row.confidence)  # fmt: skip


# Word


def _document(paper: Conformity, file: IO[bytes]) -> None:
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(420), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(15)
    section.top_margin = section.bottom_margin = Mm(18)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(9)
    name_fonts(style.element.get_or_add_rPr(), _FONT)
    for name in ("Title", "Heading 1", "Heading 2"):
        name_fonts(document.styles[name].element.get_or_add_rPr(), _FONT)
    document.add_heading(clean(paper.title), 0)
    facts = document.add_table(0, 2)
    _widths(facts, (40, 330))
    for name, value in paper.facts:
        cells = facts.add_row().cells
        for cell, text in zip(cells, (name, value), strict=True):
            cell.text = clean(text)
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    document.add_heading(clean(paper.verdict), 1)
    for sentence in paper.missing:
        document.add_paragraph(clean(sentence), style="List Bullet")
    for title, rows in paper.steps:
        document.add_heading(clean(title), 2)
        _word_table(document, paper.heads, rows)
    document.add_paragraph()
    document.add_paragraph(clean(paper.closing))
    document.save(file)


def _widths(table: Any, widths_mm: tuple[int, ...]) -> None:
    """Fixed columns: Word reads the cells' widths, other programs the grid's."""
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)


def _word_table(document: Any, heads: tuple[str, ...], rows: tuple[ConformityRow, ...]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    table = document.add_table(1, len(heads), style="Table Grid")
    _widths(table, _WIDTHS_MM)
    head = table.rows[0]
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 - python-docx has no call for a repeated heading
    lines = [(head, heads, "")] + [(table.add_row(), _cells(r), r.outcome) for r in rows]
    for line, texts, outcome in lines:
        cut = OxmlElement("w:cantSplit")
        line._tr.get_or_add_trPr().append(cut)  # noqa: SLF001
        for cell, text, width in zip(line.cells, texts, _WIDTHS_MM, strict=True):
            cell.width = Mm(width)
            cell.text = clean(text)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(0)
                for run in paragraph.runs:
                    run.font.size = Pt(7.5)
                    run.font.bold = line is head
            if outcome in _FILLS:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:fill"), _FILLS[outcome])
                cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001


# Excel


def _workbook(paper: Conformity, file: IO[bytes]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = _Sheet(book.active, len(paper.heads))
    sheet.sheet.title = clean(paper.title)[:31]
    sheet.whole(paper.title, size=14)
    for name, value in paper.facts:
        sheet.fact(name, value)
    sheet.whole(paper.verdict, bold=True)
    for sentence in paper.missing:
        sheet.whole(sentence)
    sheet.line(paper.heads, fill="EAECF0", bold=True)
    head = sheet.row
    for title, rows in paper.steps:
        sheet.whole(title, bold=True)
        for row in rows:
            sheet.line(_cells(row), fill=_FILLS.get(row.outcome))
            number = sheet.sheet.cell(sheet.row, 1)
            number.value, number.data_type = row.number, "n"
    sheet.row += 1
    sheet.whole(paper.closing)
    sheet.finish(head)
    book.save(file)


class _Sheet:
    """A worksheet that is filled from above, row by row."""

    def __init__(self, sheet: Any, columns: int) -> None:
        self.sheet, self.row, self._columns = sheet, 0, columns
        from openpyxl import styles

        self._styles: Any = styles
        thin = self._styles.Side(style="thin", color="98A2B3")
        self._border = self._styles.Border(thin, thin, thin, thin)

    def _put(self, column: int, text: str, *, bold: bool = False, size: float = _POINTS) -> Any:
        cell = self.sheet.cell(self.row, column)
        cell.value = clean(text)
        cell.data_type = "s"  # never a formula, whatever it begins with
        cell.font = self._styles.Font(name=_FONT, size=size, bold=bold)
        cell.alignment = self._styles.Alignment(wrap_text=True, vertical="top")
        return cell

    def _merge(self, first: int, last: int) -> None:
        self.sheet.merge_cells(start_row=self.row, start_column=first, end_row=self.row, end_column=last)

    def whole(self, text: str, *, bold: bool = False, size: float = _POINTS) -> None:
        """A text over all columns."""
        self.row += 1
        self._put(1, text, bold=bold or size > _POINTS, size=size)
        self._merge(1, self._columns)
        self.sheet.row_dimensions[self.row].height = _height((text,), (sum(_WIDTHS_MM),)) * size / _POINTS

    def fact(self, name: str, value: str) -> None:
        """A name and what is to be said of it."""
        self.row += 1
        self._put(1, name, bold=True)
        self._put(3, value)
        self._merge(1, 2)
        self._merge(3, self._columns)
        self.sheet.row_dimensions[self.row].height = _height((value,), (sum(_WIDTHS_MM[2:]),))

    def line(self, texts: tuple[str, ...], *, fill: str | None, bold: bool = False) -> None:
        """A row of the table."""
        self.row += 1
        for column, text in enumerate(texts, 1):
            cell = self._put(column, text, bold=bold)
            cell.border = self._border
            if fill:
                cell.fill = self._styles.PatternFill("solid", fgColor=fill)
        self.sheet.row_dimensions[self.row].height = _height(texts, _WIDTHS_MM)

    def finish(self, head: int) -> None:
        """Widths, headings that stay and repeat, and the page."""
        from openpyxl.utils import get_column_letter as letter

        for column, width in enumerate(_WIDTHS_MM, 1):
            self.sheet.column_dimensions[letter(column)].width = width / _MM_A_CHARACTER
        self.sheet.freeze_panes = f"C{head + 1}"
        self.sheet.print_title_rows = f"{head}:{head}"
        page = self.sheet.page_setup
        page.orientation, page.paperSize = "landscape", self.sheet.PAPERSIZE_A3
        page.fitToWidth, page.fitToHeight = 1, 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _height(texts: tuple[str, ...], widths_mm: tuple[int, ...]) -> float:
    """Height of a row of wrapped texts, points: spreadsheets leave wrapped rows of other programs cut off."""
    lines = max(
        sum(len(wrap(line, max(w - 2.5, 4.0), _POINTS)) or 1 for line in clean(t).split("\n"))
        for t, w in zip(texts, widths_mm, strict=True)
    )
    return lines * _LINE_PT + 3
