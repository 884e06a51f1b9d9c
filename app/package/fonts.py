"""The bundled font on paper: which characters it has, how wide a text is, how it is made to fit. No system fonts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
_NOT_FIRST = set("，。；：！？、）》」』】〕%‰,.;:!?)]}′″°²³～\u00a0")
_NOT_LAST = set("（《「『【〔([{±\u00a0")


def font_path(bold: bool = False) -> Path:
    """The TTF file of the regular or bold weight."""
    return resource_path("fonts", f"NotoSansSC-{'Bold' if bold else 'Regular'}.ttf")


@cache
def _face(bold: bool) -> Any:
    """The font as HarfBuzz reads it: a table at a time, when it is asked for."""
    import uharfbuzz as hb  # type: ignore[import-untyped]  # no stubs exist

    return hb.Face(hb.Blob.from_file_path(str(font_path(bold))))


class _Advances(dict[str, float]):
    """What `advances` gives, looked up in the font when it is first asked for."""

    def __init__(self, bold: bool) -> None:
        import uharfbuzz as hb

        super().__init__()
        face = _face(bold)
        self._font, self._per_em = hb.Font(face), face.upem

    def __missing__(self, char: str) -> float:
        glyph = self._font.get_nominal_glyph(ord(char))
        self[char] = 1.0 if glyph is None else self._font.get_glyph_h_advance(glyph) / self._per_em
        return self[char]


@cache
def advances(bold: bool) -> Mapping[str, float]:
    """Character → advance width in ems; 1 for what the font does not have."""
    return _Advances(bold)


@cache
def _characters() -> frozenset[str]:
    """All characters that the regular weight has; the bold one has the same."""
    return frozenset(map(chr, _face(False).unicodes))


@dataclass(frozen=True)
class CutFont:
    """A font file with a few glyphs; lengths are in units of the font.

    `glyphs`: their numbers in the whole font → those in this one; `advances` by the former.
    """

    data: bytes
    glyphs: dict[int, int]
    advances: dict[int, int]
    cap_height: int
    x_height: int


_OF_NO_USE = (b"GSUB", b"GPOS", b"GDEF", b"BASE", b"STAT", b"vhea", b"vmtx", b"VORG")
"""Tables of a font that a PDF reader, which draws glyphs by their number, does not look at."""


def subset_font(path: Path, glyphs: Iterable[int]) -> CutFont:
    """The TrueType file at `path` with `glyphs` and what they are made of, without its layout tables."""
    import uharfbuzz as hb

    face = hb.Face(hb.Blob.from_file_path(str(path)))
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.drop_table_tag_set.update(int.from_bytes(t, "big") for t in _OF_NO_USE)
    wanted.glyph_set.update(glyphs)
    moved = hb.SubsetPlan(face, wanted).old_to_new_glyph_mapping
    font = hb.Font(face)
    heights = [font.get_metric_position(t) or 0 for t in (hb.OTMetricsTag.CAP_HEIGHT, hb.OTMetricsTag.X_HEIGHT)]
    return CutFont(
        bytes(hb.subset(face, wanted).blob.data),
        {g: moved[g] for g in glyphs},
        {g: font.get_glyph_h_advance(g) for g in glyphs},
        *heights,
    )


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
    known = _characters()
    out = []
    for char in unicodedata.normalize("NFC", str(text)):
        category = unicodedata.category(char)
        if char in "\r\n\t\v\f\u2028\u2029\x85" or ord(char) in _SPACES:
            out.append(" ")
        elif category in {"Cc", "Cf", "Cs"} or 0xFE00 <= ord(char) <= 0xFE0F:
            continue
        elif char not in known and category in {"So", "Sk", "Sm", "Sc", "Cn", "Co"}:
            out.append(f"[U+{ord(char):04X}]")
        else:
            out.append(char)
    return " ".join("".join(out).split())


def require_glyphs(text: str, *, where: str) -> None:
    """Raises Refused that names the first characters which the bundled font does not have."""
    known = _characters()
    if known.issuperset(text):
        return
    missing = sorted({c for c in text if c not in known and c != "\n"})
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
    return sum(map(advances(bold).__getitem__, text)) * size_pt * MM_PER_PT


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
