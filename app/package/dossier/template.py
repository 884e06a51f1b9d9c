"""Makes the built-in Word templates of the implementation plan: ``python -m app.package.dossier.template``.

What the program ships are the files under resources/reports/; a user copies one, changes it in Word and names it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from app.i18n import LANGUAGES, Translator, translator
from app.package.dossier.template_words import CHAPTERS, COVER, LISTS, Block, Lines, Picture, TableOf, Todo, Words
from app.package.dossier.zipped import without_clock
from app.package.word_fonts import name_fonts
from models.notices import N_
from resources import resource_path

_FONTS = {"zh_CN": ("宋体", "黑体"), "en": ("Calibri", "Calibri")}
_STAMP = datetime(2026, 1, 1, tzinfo=UTC)
_HEAD_FILL = "E6F0EE"
_TODO = N_("[to be written: {what}]")
_WIDTH_MM = {"portrait": 160.0, "landscape": 247.0}


def template_bytes(language: str) -> bytes:
    """The template of a language as bytes of a .docx file."""
    import docx

    document = docx.Document()
    _Maker(document, translator(language), *_FONTS[language]).make()
    out = BytesIO()
    document.save(out)
    return without_clock(out.getvalue(), _STAMP)


class _Maker:
    """Writes the template from above; `body` and `head` are the fonts of Chinese text."""

    def __init__(self, document: Any, say: Translator, body: str, head: str) -> None:
        self.document, self.say, self.body, self.head = document, say, body, head
        from docx import shared
        from docx.enum import text

        self.shared: Any = shared
        self.enum: Any = text
        self.place = "portrait"

    def make(self) -> None:
        """Cover, list of what is missing, contents, chapters, pictures."""
        self._styles()
        self._section(first=True)
        self._cover()
        self._list_of_gaps()
        self._contents()
        for block in CHAPTERS:
            self._block(block)

    def _styles(self) -> None:
        pt = self.shared.Pt
        sizes = {"Normal": (10.5, self.body), "Title": (26, self.head), "Heading 1": (16, self.head),
                 "Heading 2": (13, self.head), "Heading 3": (11.5, self.head), "Caption": (9.5, self.head)}  # fmt: skip
        styles = self.document.styles
        for name in ("TOC 1", "TOC 2"):
            made = styles.add_style(name, 1)
            made.base_style = styles["Normal"]
            made.paragraph_format.left_indent = self.shared.Mm(0 if name == "TOC 1" else 6)
            made.paragraph_format.space_after = pt(2)
            made.paragraph_format.tab_stops.add_tab_stop(
                self.shared.Mm(_WIDTH_MM["portrait"]), self.enum.WD_TAB_ALIGNMENT.RIGHT, self.enum.WD_TAB_LEADER.DOTS
            )
        for name, (size, font) in sizes.items():
            style = styles[name]
            style.font.size, style.font.italic = pt(size), False
            style.font.color.rgb = self.shared.RGBColor(0x10, 0x18, 0x28)
            name_fonts(style.element.get_or_add_rPr(), font, "Times New Roman" if font == "宋体" else font)
        styles["Normal"].paragraph_format.line_spacing = 1.35
        styles["Normal"].paragraph_format.space_after = pt(4)
        styles["Caption"].paragraph_format.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
        styles["Caption"].paragraph_format.keep_with_next = True
        styles["Caption"].font.bold = False
        for name in ("Heading 1", "Heading 2", "Heading 3"):
            styles[name].paragraph_format.space_before = pt(14 if name == "Heading 1" else 10)
            styles[name].paragraph_format.space_after = pt(6)

    def _section(self, *, first: bool = False, landscape: bool = False) -> None:
        from docx.enum import section as section_enum

        mm = self.shared.Mm
        section = self.document.sections[0] if first else self.document.add_section()
        section.page_width, section.page_height = (mm(297), mm(210)) if landscape else (mm(210), mm(297))
        names = section_enum.WD_ORIENT
        section.orientation = names.LANDSCAPE if landscape else names.PORTRAIT
        section.left_margin = section.right_margin = mm(25)
        section.top_margin = section.bottom_margin = mm(22 if not landscape else 18)
        self.place = "landscape" if landscape else "portrait"
        if first:
            section.different_first_page_header_footer = True
            section.header.paragraphs[0].text = "{{ title }}  {{ project }}"
            section.header.paragraphs[0].alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
            foot = section.footer.paragraphs[0]
            foot.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
            _field(foot, "PAGE", "1")

    def _cover(self) -> None:
        add = self.document.add_paragraph
        for _line in range(5):
            add()
        for text, style in COVER:
            paragraph = add(self.say(text), style=style or None)
            paragraph.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
        paragraph = add("{{ banner }}")
        paragraph.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
        paragraph.runs[0].font.color.rgb = self.shared.RGBColor(0xB4, 0x23, 0x18)
        paragraph.runs[0].font.bold = True

    def _list_of_gaps(self) -> None:
        self.document.add_page_break()
        self._plain_heading(LISTS["missing"])
        self.document.add_paragraph(self.say(LISTS["missing_text"]))
        self.document.add_paragraph("{%p for m in missing %}")
        self.document.add_paragraph("{{ m }}", style="List Bullet")
        self.document.add_paragraph("{%p endfor %}")

    def _contents(self) -> None:
        self.document.add_page_break()
        self._plain_heading(LISTS["contents"])
        self.document.add_paragraph(
            "{{ toc }}"
        )  # the first chapter begins a page: a break here could make an empty one

    def _plain_heading(self, text: str) -> None:
        """A heading that the table of contents does not list."""
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(self.say(text))
        run.font.size, run.font.bold = self.shared.Pt(16), True
        name_fonts(run._r.get_or_add_rPr(), self.head)  # noqa: SLF001

    def _block(self, block: Block) -> None:
        if isinstance(block, Words):
            text = self.say(block.text) if block.translate else block.text
            paragraph = self.document.add_paragraph(text, style=block.style or None)
            paragraph.paragraph_format.page_break_before = True if block is CHAPTERS[0] else None
        elif isinstance(block, Todo):
            paragraph = self.document.add_paragraph()
            run = paragraph.add_run(self.say(_TODO).format(what=self.say(block.what)))
            run.font.highlight_color = self.enum.WD_COLOR_INDEX.YELLOW
        elif isinstance(block, Lines):
            if block.landscape is not None:
                self._section(landscape=block.landscape)
            for line in block.tags:
                self.document.add_paragraph(line)
        elif isinstance(block, TableOf):
            self._table(block)
        elif isinstance(block, Picture):
            paragraph = self.document.add_paragraph(block.tag)
            paragraph.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
            caption = self.document.add_paragraph(f"{{{{ figure_no }}}} {block.caption}", style="Caption")
            caption.paragraph_format.keep_with_next = False

    def _table(self, block: TableOf) -> None:
        caption = f"{block.of} {self.say(block.caption)}".strip()
        if self.document.paragraphs and self.document.paragraphs[-1].style.name == "Normal":
            self.document.paragraphs[-1].paragraph_format.keep_with_next = True  # what leads to a table stays with it
        self.document.add_paragraph(f"{{{{ table_no }}}} {caption}", style="Caption")
        table = self.document.add_table(1, len(block.columns), style="Table Grid")
        table.autofit = False
        from docx.enum.table import WD_TABLE_ALIGNMENT

        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _margins(table)
        whole = _WIDTH_MM[self.place]
        total = sum(c.share for c in block.columns)
        widths = [whole * c.share / total for c in block.columns]
        for grid, width in zip(table.columns, widths, strict=True):
            grid.width = self.shared.Mm(width)  # Word reads the widths of cells, other programs the grid's
        heads = [self.say(c.head) + (f" ({self.say(c.unit)})" if c.unit else "") for c in block.columns]
        _cells(table.rows[0], heads, widths, self.shared, bold=True)
        _repeat(table.rows[0])
        for tags in (
            [f"{{%tr for r in {block.rows} %}}"],
            [f"{{{{ r.{c.name} }}}}" for c in block.columns],
            ["{%tr endfor %}"],
        ):
            row = table.add_row()
            right = [c.right for c in block.columns] if len(tags) > 1 else None
            _cells(row, tags + [""] * (len(widths) - len(tags)), widths, self.shared, right=right)
        self.document.add_paragraph()


def _cells(
    row: Any, texts: list[str], widths: list[float], shared: Any, *, bold: bool = False, right: Any = None
) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    cut = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(cut)  # noqa: SLF001 - python-docx has no call for it
    for i, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
        cell.width = shared.Mm(width)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.keep_with_next = bold  # the headings stay with the first row
        paragraph.paragraph_format.space_after = shared.Pt(0)
        paragraph.paragraph_format.line_spacing = 1.1
        run = paragraph.add_run(text)
        run.font.size, run.font.bold = shared.Pt(8.5), bold
        if bold:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), _HEAD_FILL)
            cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001
        elif right and right[i]:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _margins(table: Any) -> None:
    """Room between the texts and the rules of a table, in twentieths of a point."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side, room in (("top", 30), ("left", 70), ("bottom", 30), ("right", 70)):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), str(room))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no call for it
    look = properties.find(qn("w:tblLook"))
    (look.addprevious if look is not None else properties.append)(margins)


def _repeat(row: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001


def _field(paragraph: Any, code: str, shown: str) -> None:
    from app.package.dossier.marks import field_runs

    for run in field_runs(code, shown):
        paragraph._p.append(run)  # noqa: SLF001


if __name__ == "__main__":
    for _language in LANGUAGES:
        resource_path("reports", f"plan_{_language}.docx").write_bytes(template_bytes(_language))
