"""The PDF of a sheet: matplotlib's writer with fonts cut by HarfBuzz and with texts and dots written many at a time.

Matplotlib's own way cuts the font anew for every file with fontTools, which reads all its 30,000 glyphs first, and
writes each text and each dot as a group of its own: most of the time of a sheet with its tables.
"""

# mypy: disable-error-code="no-untyped-call"
# Matplotlib's back ends have no types.

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from matplotlib import _path
from matplotlib.backends.backend_pdf import Name, Op, PdfFile, RendererPdf, Verbatim, pdfRepr
from matplotlib.font_manager import FontPath, get_font
from PIL import Image

from app.package.fonts import font_path, subset_font

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from app.package.textrun import Run

_CHUNK = 1 << 16
"""Bytes of page content that are compressed at a time."""
_DECIMALS = 3
"""Of coordinates in points: a third of a micrometre on paper."""
_QUALITY, _SMALL = 95, 64 * 64
"""Of JPEG; and the pixels below which a picture is written as it is."""
_BASIC = "\uffff"


class SheetPdf(PdfFile):
    """A PDF file that pages are added to. `end` makes it whole."""

    def __init__(self, file: IO[bytes], facts: dict[str, Any]) -> None:
        self._waiting: list[bytes] = []
        self._size = 0
        self._viewport: dict[str, Any] | None = None
        super().__init__(file, metadata=facts)

    def add(self, figure: Figure, viewport: dict[str, Any] | None = None) -> None:
        """A page as large as the figure; `viewport` says where its map lies on the earth."""
        figure.dpi = 72
        self._viewport = viewport
        width, height = figure.get_size_inches()
        self.newPage(width, height)
        renderer = SheetRenderer(self, 72, height, width)
        figure.draw(renderer)
        renderer.finalize()
        self.endStream()

    def end(self) -> None:
        """Write what all pages share; the file is whole then."""
        self.finalize()
        self.close()

    def writeObject(self, object: Any, contents: Any) -> None:  # noqa: A002, N802 - matplotlib's names
        """Write an object; a page gets its viewport."""
        if self._viewport is not None and isinstance(contents, dict) and contents.get("Type") == Name("Page"):
            contents["VP"], self._viewport = [self._viewport], None
        super().writeObject(object, contents)

    def write(self, data: bytes) -> None:
        """Keep content back until a good piece of it is there: zlib is slow by the call."""
        if self.currentstream is None or self.currentstream.compressobj is None:
            super().write(data)
            return
        self._waiting.append(data)
        self._size += len(data)
        if self._size > _CHUNK:
            self._flush()

    def endStream(self) -> None:  # noqa: N802 - matplotlib's name
        """End the stream that is being written, if there is one."""
        self._flush()
        super().endStream()

    def _flush(self) -> None:
        if self._waiting and self.currentstream is not None:
            self.currentstream.write(b"".join(self._waiting))
        self._waiting.clear()
        self._size = 0

    @staticmethod
    def pathOperations(  # noqa: N802 - matplotlib's name
        path: Any, transform: Any, clip: Any = None, simplify: Any = None, sketch: Any = None
    ) -> list[Verbatim]:
        """The drawing operators of a path, at the fineness of paper."""
        signs = [Op.moveto.value, Op.lineto.value, b"", Op.curveto.value, Op.closepath.value]
        convert = _path.convert_to_string  # type: ignore[attr-defined]  # what matplotlib's own calls, with more decimals
        return [Verbatim(convert(path, transform, clip, simplify, sketch, _DECIMALS, signs, True))]

    def _writeImg(self, data: Any, id: int, smask: Any = None) -> None:  # noqa: A002, N802 - matplotlib's names
        """A picture as an object of the file. Coloured ones of some size are relief, and are written as JPEG.

        At this quality nothing of it is seen, and a sheet is a fifth to a tenth as large as with PNG's compression,
        which finds little to do in the noise of a surveyed ground and takes most of the time of the page to do it.
        """
        height, width, colours = data.shape
        if colours != 3 or height * width < _SMALL:
            super()._writeImg(data, id, smask)
            return
        picture = BytesIO()
        Image.fromarray(data).save(picture, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
        facts: dict[str, Any] = {
            "Type": Name("XObject"),
            "Subtype": Name("Image"),
            "Width": width,
            "Height": height,
            "ColorSpace": Name("DeviceRGB"),
            "BitsPerComponent": 8,
            "Filter": Name("DCTDecode"),
            "Length": picture.tell(),
        }
        if smask:
            facts["SMask"] = smask
        self.recordXref(id)
        head = b"%d 0 obj\n%b\nstream\n" % (id, pdfRepr(facts))
        self.write(head + picture.getvalue() + b"\nendstream\nendobj\n")

    def embedTTF(self, filename: Any, subset_index: int, charmap: dict[int, int]) -> Any:  # noqa: N802 - matplotlib's
        """A TrueType font with the glyphs of `charmap` (code → glyph) only; the reference of its dictionary."""
        font = get_font(filename)
        cut = subset_font(Path(str(filename)), set(charmap.values()))
        scale = 1000.0 / font.units_per_EM
        name = Name(self._get_subsetted_psname(font.postscript_name, charmap))
        objects = ("descriptor", "cid font", "font", "glyphs", "file", "widths", "text")
        parts = {k: self.reserveObject(k) for k in objects}
        glyphs = np.zeros(max(charmap) + 1, ">u2")
        for code, glyph in charmap.items():
            glyphs[code] = cut.glyphs[glyph]
        codes = sorted(charmap)
        advances = {c: round(cut.advances[charmap[c]] * scale) for c in codes}
        runs = _runs(codes)
        widths: list[Any] = []
        for first, last in runs:
            widths += [first, [advances[c] for c in range(first, last + 1)]]
        self.outputStream(parts["file"], cut.data, extra={"Length1": len(cut.data)})
        self.outputStream(parts["glyphs"], glyphs.tobytes())
        self.outputStream(parts["text"], self._to_unicode(filename, subset_index, runs))
        self.writeObject(
            parts["cid font"],
            {
                "Type": Name("Font"),
                "Subtype": Name("CIDFontType2"),
                "BaseFont": name,
                "CIDSystemInfo": {"Registry": "Adobe", "Ordering": "Identity", "Supplement": 0},
                "FontDescriptor": parts["descriptor"],
                "W": parts["widths"],
                "CIDToGIDMap": parts["glyphs"],
            },
        )
        self.writeObject(
            parts["font"],
            {
                "Type": Name("Font"),
                "Subtype": Name("Type0"),
                "BaseFont": name,
                "Encoding": Name("Identity-H"),
                "DescendantFonts": [parts["cid font"]],
                "ToUnicode": parts["text"],
            },
        )
        self.writeObject(
            parts["descriptor"],
            {
                "Type": Name("FontDescriptor"),
                "FontName": name,
                "Flags": 1 << 5,  # not symbolic (PDF 32000-1, table 123)
                "FontBBox": [math.floor(v * scale) if v < 0 else math.ceil(v * scale) for v in font.bbox],
                "Ascent": math.ceil(font.ascender * scale),
                "Descent": math.floor(font.descender * scale),
                "CapHeight": round(cut.cap_height * scale),
                "XHeight": round(cut.x_height * scale),
                "ItalicAngle": 0,
                "StemV": 0,
                "MaxWidth": max(advances.values()),
                "FontFile2": parts["file"],
            },
        )
        self.writeObject(parts["widths"], widths)
        return parts["font"]

    def _to_unicode(self, filename: Any, subset_index: int, runs: Sequence[tuple[int, int]]) -> bytes:
        """The table by which text is searched and copied."""
        said = self._character_tracker.subset_to_unicode
        lines = []
        for first, last in runs:
            words = (said(filename, subset_index, c).encode("utf-16be").hex() for c in range(first, last + 1))
            lines.append(f"<{first:04x}> <{last:04x}> [{' '.join(f'<{w}>' for w in words)}]")
        return self._identityToUnicodeCMap % (len(lines), "\n".join(lines).encode("ascii"))


def _runs(codes: Sequence[int]) -> list[tuple[int, int]]:
    """(first, last) of each row of codes that follow one another."""
    out: list[tuple[int, int]] = []
    for code in codes:
        if out and code == out[-1][1] + 1:
            out[-1] = (out[-1][0], code)
        else:
            out.append((code, code))
    return out


class SheetRenderer(RendererPdf):
    """Matplotlib's renderer for a PDF, with ways of its own for dots and for the texts of a sheet."""

    def __init__(self, file: SheetPdf, image_dpi: float, height: float, width: float) -> None:
        super().__init__(file, image_dpi, height, width)
        self._letters = {bold: _Letters(file, bold) for bold in (False, True)}

    def draw_markers(
        self,
        gc: Any,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Every marker by the same drawing, placed where it stands."""
        self.check_gc(gc, rgbFace)
        xy = trans.transform(path.vertices)
        inside = ((xy >= 0) & (xy <= (self.file.width * 72, self.file.height * 72))).all(axis=1)
        xy = np.round(xy[inside], _DECIMALS)
        if not len(xy):
            return
        mark = self.file.markerObject(
            marker_path,
            marker_trans,
            gc.fill(rgbFace),
            gc.stroke(),
            self.gc._linewidth,  # noqa: SLF001 - as matplotlib's own does
            gc.get_joinstyle(),
            gc.get_capstyle(),
        )
        steps = np.diff(xy, axis=0, prepend=[[0.0, 0.0]])
        one = b"1 0 0 1 %.3f %.3f cm " + mark.pdfRepr() + b" Do\n"
        self.file.write(b"q\n" + one * len(steps) % tuple(steps.ravel().tolist()) + b"Q\n")

    def draw_runs(self, gc: Any, runs: Iterable[Run], places: Sequence[tuple[float, float]]) -> None:
        """Lines of text with their baselines at `places`, in points.

        The advances of the font are those that every text was placed by: nothing is shaped.
        """
        self.check_gc(gc, gc.get_rgb())
        parts, last = ["BT\n"], ""
        for run, (x, y) in zip(runs, places, strict=True):
            if run.rotation:
                c, s = math.cos(math.radians(run.rotation)), math.sin(math.radians(run.rotation))
                turn = f"{c:.6f} {s:.6f} {-s:.6f} {c:.6f}"
            else:
                turn = "1 0 0 1"
            parts.append(f"{turn} {x:.3f} {y:.3f} Tm\n")
            for part, codes in self._letters[run.bold].shown(run.text):
                font = f"{self._letters[run.bold].name(part)} {run.size_pt:g} Tf\n"
                parts.append(f"<{codes}> Tj\n" if font == last else f"{font}<{codes}> Tj\n")
                last = font
        self.file.write("".join([*parts, "ET\n"]).encode("ascii"))


class _Letters(dict[str, str]):
    """Characters of the basic plane → their codes in the embedded font, in hexadecimal; noted as used when asked for.

    Others have codes in a font of their own.
    """

    def __init__(self, file: SheetPdf, bold: bool) -> None:
        super().__init__()
        self._file, self._font = file, get_font(str(font_path(bold)))
        self._path = FontPath(str(self._font.fname), self._font.face_index)
        self._names: dict[int, str] = {}

    def shown(self, text: str) -> list[tuple[int, str]]:
        """(number of the embedded font, codes in it) of each stretch of a text."""
        if max(text) <= _BASIC:
            return [(0, "".join(map(self.__getitem__, text)))]
        found = [self._code(char) for char in text]
        return [(p, "".join(f"{code:04x}" for _, code in g)) for p, g in groupby(found, key=lambda k: k[0])]

    def __missing__(self, char: str) -> str:
        part, code = self._code(char)
        if part:
            raise AssertionError(char)
        self[char] = f"{code:04x}"
        return self[char]

    def _code(self, char: str) -> tuple[int, int]:
        """(number of the embedded font, code in it)."""
        part, code = self._file._character_tracker.track_glyph(  # noqa: SLF001 - where fonts get their glyphs from
            self._font, char, self._font.get_char_index(ord(char))
        )
        return part, int(code)

    def name(self, part: int) -> str:
        """What the page calls an embedded font; it is embedded then."""
        if part not in self._names:
            self._names[part] = str(self._file.fontName(self._path, part).pdfRepr(), "ascii")
        return self._names[part]
