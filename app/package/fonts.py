"""The bundled font on paper: which characters it has, how wide a text is, how it is made to fit. No system fonts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from models.errors import Refused
from models.notices import N_
from resources import resource_path

MM_PER_PT = 25.4 / 72.0
ELLIPSIS = "…"

# Written as a plain space: the font has no glyph for them. A space of Noto Sans SC is thin (0.22 em) as it is.
_SPACES = dict.fromkeys((0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
# May not stand at the start (end) of a line in Chinese setting; a short list of what our texts hold.
_NOT_FIRST = set("，。；：！？、）》」』】〕%‰,.;:!?)]}′″°²³～")
_NOT_LAST = set("（《「『【〔([{±")


def font_path(bold: bool = False) -> Path:
    """The TTF file of the regular or bold weight."""
    return resource_path("fonts", f"NotoSansSC-{'Bold' if bold else 'Regular'}.ttf")


@cache
def _table(bold: bool) -> dict[int, float]:
    """Code point → advance width in ems."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # no stubs exist

    with TTFont(font_path(bold), lazy=True) as font:
        per_em = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        return {code: widths[glyph][0] / per_em for code, glyph in font.getBestCmap().items()}


@cache
def font_properties(size_pt: float, bold: bool = False) -> Any:
    """Matplotlib's FontProperties of the bundled file at a size in points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_path(bold)), size=size_pt)


def plain(text: str) -> str:
    """`text` as one line that can be set: no control, bidi or zero-width characters, spaces of one kind.

    Signs without meaning for a name that the font cannot show (emoji and other symbols) are written out as
    ``[U+1F600]``, so that nothing vanishes and nothing becomes a box. Letters are kept: see `require_glyphs`.
    """
    if text.isascii() and text.isprintable() and "  " not in text and text.strip() == text:
        return text
    known = _table(False)
    out = []
    for char in unicodedata.normalize("NFC", str(text)):
        category = unicodedata.category(char)
        if char in "\r\n\t\v\f\u2028\u2029\x85" or ord(char) in _SPACES:
            out.append(" ")
        elif category in {"Cc", "Cf", "Cs"} or 0xFE00 <= ord(char) <= 0xFE0F:
            continue
        elif ord(char) not in known and category in {"So", "Sk", "Sm", "Sc", "Cn", "Co"}:
            out.append(f"[U+{ord(char):04X}]")
        else:
            out.append(char)
    return " ".join("".join(out).split())


def require_glyphs(text: str, *, where: str) -> None:
    """Raises Refused that names the first characters which the bundled font does not have."""
    known = _table(False)
    missing = sorted({c for c in text if ord(c) not in known and c != "\n"})
    if missing:
        names = ", ".join(f"{c} (U+{ord(c):04X})" for c in missing[:5])
        raise Refused(
            "sheet.missing_glyph",
            N_("the sheet's font has no glyph for {characters}"),
            where=where,
            advice=N_("write this text with other characters: {words}"),
            characters=names,
            words=text[:60],
        )


def width_mm(text: str, size_pt: float, bold: bool = False) -> float:
    """Width of a line of text in mm: the sum of its advances."""
    table = _table(bold)
    return sum(table.get(ord(c), 1.0) for c in text) * size_pt * MM_PER_PT


def shorten(text: str, room_mm: float, size_pt: float, bold: bool = False) -> str:
    """`text`, or its beginning with an ellipsis where it is wider than `room_mm`."""
    if width_mm(text, size_pt, bold) <= room_mm:
        return text
    room = room_mm - width_mm(ELLIPSIS, size_pt, bold)
    used, cut = 0.0, 0
    for cut, char in enumerate(text):  # noqa: B007 - the place where the loop ends is the answer
        used += width_mm(char, size_pt, bold)
        if used > room:
            break
    return text[:cut].rstrip() + ELLIPSIS


def wrap(text: str, room_mm: float, size_pt: float, bold: bool = False) -> list[str]:
    """Lines no wider than `room_mm`. Chinese breaks anywhere but before closing marks, Latin words if they must."""
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text):
        size = width_mm(piece, size_pt, bold)
        if line and used + size > room_mm + 1e-6:
            lines.append(line.rstrip())
            line, used = "", 0.0
            piece = piece.lstrip()  # noqa: PLW2901
            size = width_mm(piece, size_pt, bold)
        while size > room_mm:  # one word longer than the line
            cut = max(1, next(i for i in range(1, len(piece) + 1) if width_mm(piece[:i], size_pt, bold) > room_mm) - 1)
            lines.append(piece[:cut])
            piece = piece[cut:]  # noqa: PLW2901
            size = width_mm(piece, size_pt, bold)
        line, used = line + piece, used + size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Iterable[str]:
    """Parts between which a line may be broken."""
    piece = ""
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        if piece and char not in _NOT_FIRST and piece[-1] not in _NOT_LAST:
            last_wide = unicodedata.east_asian_width(piece[-1]) in "WF"
            if wide or last_wide or (piece[-1] == " " and char != " "):
                yield piece
                piece = ""
        piece += char
    if piece:
        yield piece
