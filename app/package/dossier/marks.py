"""What a rendered report gets after its texts: numbers of tables and figures as fields, and a table of contents."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from app.i18n import Translator
from models.notices import N_

TOC, FIGURE, TABLE = "\ue000toc\ue000", "\ue000figure\ue000", "\ue000table\ue000"
"""Stand in the text where the fields come; characters of private use, that no name keeps."""
_LEVELS = 2
_BEFORE_UPDATE = """writeProtection view zoom removePersonalInformation mirrorMargins embedTrueTypeFonts
    embedSystemFonts bordersDoNotSurroundHeader bordersDoNotSurroundFooter proofState attachedTemplate trackRevisions
    documentProtection autoFormatOverride styleLockTheme defaultTabStop autoHyphenation evenAndOddHeaders
    drawingGridHorizontalSpacing
    drawingGridVerticalSpacing characterSpacingControl noLineBreaksAfter noLineBreaksBefore savePreviewPicture
    doNotValidateAgainstSchema"""


def finish(document: Any, say: Translator) -> None:
    """Replace the marks in `document` (python-docx): captions counted through, contents with links and page numbers."""
    counts = {FIGURE: 0, TABLE: 0}
    words = {FIGURE: (say(N_("Figure")), "Figure"), TABLE: (say(N_("Table")), "Table")}
    for paragraph in _paragraphs(document):
        text = paragraph.text
        for mark, (word, name) in words.items():
            if mark in text:
                counts[mark] += 1
                _number(paragraph, mark, word, name, counts[mark])
    headings = _bookmark_headings(document)
    for paragraph in list(document.paragraphs):
        if TOC in paragraph.text:
            _contents(paragraph, headings)
            _ask_to_update(document)


def _ask_to_update(document: Any) -> None:
    """Word asks when it opens the document whether to fill in what only it knows: on which page things stand."""
    from docx import oxml
    from docx.oxml.ns import qn

    settings = document.settings.element
    if settings.find(qn("w:updateFields")) is not None:
        return
    update = oxml.OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    # CT_Settings is a sequence; what comes before updateFields in it and is common stands here (ECMA-376, 17.15.1).
    before = {qn(f"w:{n}") for n in _BEFORE_UPDATE.split()}
    last = None
    for child in settings:
        if child.tag in before:
            last = child
    if last is not None:
        last.addnext(update)
    else:
        settings.insert(0, update)


def field_runs(code: str, shown: str, *, dirty: bool = False) -> list[Any]:
    """The runs of a field: its code, and what is shown until the program computes it."""
    from docx import oxml
    from docx.oxml.ns import qn

    def run(child: Any) -> Any:
        made = oxml.OxmlElement("w:r")
        made.append(child)
        return made

    def mark(kind: str) -> Any:
        made = oxml.OxmlElement("w:fldChar")
        made.set(qn("w:fldCharType"), kind)
        if kind == "begin" and dirty:
            made.set(qn("w:dirty"), "true")
        return run(made)

    instruction = oxml.OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    result = oxml.OxmlElement("w:t")
    result.text = shown
    return [mark("begin"), run(instruction), mark("separate"), run(result), mark("end")]


def _paragraphs(document: Any) -> list[Any]:
    """All paragraphs of the body in their order, those of tables too."""
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    return [Paragraph(p, document) for p in document.element.body.iter(qn("w:p"))]


def _number(paragraph: Any, mark: str, word: str, name: str, number: int) -> None:
    rest = paragraph.text.replace(mark, "").strip()
    for child in list(paragraph._p):  # noqa: SLF001 - python-docx has no fields
        if child.tag.endswith("}r"):
            paragraph._p.remove(child)  # noqa: SLF001
    paragraph.add_run(f"{word} ")
    for run in field_runs(f"SEQ {name} \\* ARABIC", str(number)):
        paragraph._p.append(run)  # noqa: SLF001
    paragraph.add_run(f"  {rest}")


def _bookmark_headings(document: Any) -> list[tuple[int, str, str]]:
    """(level, text, bookmark) of the headings, each with a bookmark around it now."""
    from docx import oxml
    from docx.oxml.ns import qn

    found: list[tuple[int, str, str]] = []
    for paragraph in document.paragraphs:
        name = paragraph.style.name if paragraph.style is not None else ""
        level = name.removeprefix("Heading ")
        if (
            not (name.startswith("Heading ") and level.isdigit() and int(level) <= _LEVELS)
            or not paragraph.text.strip()
        ):
            continue
        mark = f"_Toc{len(found) + 1:06d}"
        start, end = oxml.OxmlElement("w:bookmarkStart"), oxml.OxmlElement("w:bookmarkEnd")
        for part in (start, end):
            part.set(qn("w:id"), str(10_000 + len(found)))
        start.set(qn("w:name"), mark)
        first = next((c for c in paragraph._p if c.tag.endswith("}r")), None)  # noqa: SLF001
        (first.addprevious if first is not None else paragraph._p.append)(start)  # noqa: SLF001
        paragraph._p.append(end)  # noqa: SLF001
        found.append((int(level), paragraph.text.strip(), mark))
    return found


def _contents(paragraph: Any, headings: list[tuple[int, str, str]]) -> None:
    """The field of a table of contents in place of the mark; its entries stand there before any program updates it."""
    from docx import oxml
    from docx.oxml.ns import qn

    for child in list(paragraph._p):  # noqa: SLF001
        if child.tag.endswith("}r"):
            paragraph._p.remove(child)  # noqa: SLF001
    begin, instruction, separate, _shown, end = field_runs(f'TOC \\o "1-{_LEVELS}" \\h \\z \\u', "", dirty=True)
    styles = {s.name: s.style_id for s in paragraph.part.document.styles}
    last = paragraph._p  # noqa: SLF001
    for i, (level, text, mark) in enumerate(headings):
        entry = last if i == 0 else oxml.OxmlElement("w:p")
        if i:
            last.addnext(entry)
        properties = entry.get_or_add_pPr()
        style = oxml.OxmlElement("w:pStyle")
        style.set(qn("w:val"), styles.get(f"TOC {level}", styles.get(f"toc {level}", styles["Normal"])))
        for old in properties.findall(qn("w:pStyle")):
            properties.remove(old)
        properties.insert(0, style)
        if i == 0:
            for part in (begin, instruction, separate):
                entry.append(part)
        link = oxml.OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), mark)
        link.set(qn("w:history"), "1")
        words = oxml.OxmlElement("w:r")
        shown = oxml.OxmlElement("w:t")
        shown.set(qn("xml:space"), "preserve")
        shown.text = text
        words.append(shown)
        words.append(oxml.OxmlElement("w:tab"))
        link.append(words)
        for run in field_runs(f"PAGEREF {mark} \\h", ""):
            link.append(deepcopy(run))
        entry.append(link)
        last = entry
    last.append(end)
