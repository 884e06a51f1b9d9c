"""What a sheet of a workbook hides or strikes out: its rows come in like others, and that is told.

Source: ECMA-376 part 1, 18.3.1.73 (row: hidden), 18.3.1.13 (col: hidden), 18.8.22 and 18.8.10 (font, strike; cellXfs).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from models.notices import N_, Notice

_WITHIN = 32 << 20
"""So much of a sheet is looked at."""
_TOLD = 12
_ROW = re.compile(rb"<row\s([^<>]*)>")
_COL = re.compile(rb"<col\s([^<>]*)/>")
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
_CELL = re.compile(rb"""<c\s([^<>]*?)(?:/>|>)""")
_FONTS, _FONT = re.compile(rb"<fonts[\s>].*?</fonts>", re.DOTALL), re.compile(rb"<font(?:/>|>.*?</font>)", re.DOTALL)
_STRIKE = re.compile(rb"""<strike(?:/>|\s+val\s*=\s*["'](?:1|true)["'])""")
_FORMATS, _FORMAT = re.compile(rb"<cellXfs[\s>].*?</cellXfs>", re.DOTALL), re.compile(rb"<xf\s([^<>]*?)/?>")
_REF = re.compile(rb"""\br\s*=\s*["'][A-Z]{1,3}(\d{1,7})["']""")


@dataclass
class Hidden:
    """Rows (from 1) that are hidden and struck through, columns (from 0) that are hidden."""

    rows: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)

    def remarks(self, taken: Iterable[int]) -> list[Notice]:
        """What to say of the rows that were taken."""
        told = []
        rows = set(taken)
        if found := self.rows & rows:
            text = N_("{count} rows are hidden in the sheet and came in like the others: {rows}")
            told.append(Notice("xlsx.hidden_rows", text, count=len(found), rows=spans(found)))
        if found := self.struck & rows:
            text = N_("{count} rows have struck-through cells and came in like the others: {rows}")
            told.append(Notice("xlsx.struck", text, count=len(found), rows=spans(found)))
        return told


def spans(numbers: Iterable[int]) -> str:
    """Numbers as people write them: 6–9, 14."""
    found: list[list[int]] = []
    for n in sorted(numbers):
        if found and n == found[-1][1] + 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    texts = [f"{a}" if a == b else f"{a}–{b}" for a, b in found]
    return ", ".join(texts[:_TOLD]) + (" …" if len(texts) > _TOLD else "")


def hidden_in(path: Path, member: str) -> Hidden:
    """What the sheet that is stored under this name in the workbook hides."""
    made = Hidden()
    try:
        with zipfile.ZipFile(path) as archive:
            styles = _struck_styles(archive)
            with archive.open(member.lstrip("/")) as stream:
                data = stream.read(_WITHIN)
    except (KeyError, zipfile.BadZipFile, OSError, ValueError):
        return made
    for col in _COL.finditer(data[: data.find(b"<sheetData")]) if _HIDDEN.search(data) else ():
        first, last = _number(col[1], b"min"), _number(col[1], b"max")
        if _HIDDEN.search(col[1]) and first is not None and last is not None:
            made.columns.update(range(first - 1, min(last, first + 1023)))
    if _HIDDEN.search(data):
        found = (_number(r[1], b"r") for r in _ROW.finditer(data) if _HIDDEN.search(r[1]))
        made.rows.update(n for n in found if n is not None)
    if styles:
        for cell in _CELL.finditer(data):
            ref = _REF.search(cell[1])
            if ref is not None and _number(cell[1], b"s") in styles:
                made.struck.add(int(ref[1]))
    return made


def _number(attributes: bytes, name: bytes) -> int | None:
    found = re.search(rb"(?:^|\s)" + name + rb"""\s*=\s*["'](\d{1,9})["']""", attributes)
    return int(found[1]) if found else None


def _struck_styles(archive: zipfile.ZipFile) -> set[int]:
    """Numbers of the cell formats whose font is struck through."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    with archive.open("xl/styles.xml") as stream:
        data = stream.read(_WITHIN)
    fonts, formats = _FONTS.search(data), _FORMATS.search(data)
    if fonts is None or formats is None or not _STRIKE.search(fonts[0]):
        return set()
    struck = {i for i, f in enumerate(_FONT.finditer(fonts[0])) if _STRIKE.search(f[0])}
    return {i for i, f in enumerate(_FORMAT.finditer(formats[0])) if _number(f[1], b"fontId") in struck}
