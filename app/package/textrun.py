"""The texts of a page as one matplotlib artist: written straight to the page, not laid out one by one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from matplotlib.artist import Artist, allow_rasterization

from app.package.fonts import font_path, font_properties


@dataclass(frozen=True)
class Run:
    """A line of text whose baseline starts at (x, y) in mm on the page."""

    x: float
    y: float
    text: str
    size_pt: float
    bold: bool
    color: str
    rotation: float


class TextRuns(Artist):
    """Lines of text at known places; no mathtext, a `$` is a `$`.

    An artist for each would be measured and laid out twice, half of the time of a page of tables.
    """

    def __init__(self, transform: Any, z: float) -> None:
        super().__init__()
        self.set_transform(transform)
        self.set_zorder(z)
        self.runs: list[Run] = []

    @allow_rasterization  # type: ignore[untyped-decorator]  # matplotlib's
    def draw(self, renderer: Any) -> None:
        """Write every line; in the order of adding, so that the text comes out of the PDF in it."""
        move = self.get_transform()
        writer = _PdfWriter.over(renderer)
        height = renderer.get_canvas_width_height()[1]
        for color, runs in groupby(self.runs, key=lambda r: r.color):
            gc = renderer.new_gc()
            gc.set_foreground(color)
            if writer is not None:
                renderer.check_gc(gc, gc.get_rgb())
            for run in runs:
                x, y = move.transform((run.x, run.y))
                if writer is not None:
                    writer.write(run, float(x), float(y))
                    continue
                y = height - y if renderer.flipy() else y
                font = font_properties(run.size_pt, run.bold)
                renderer.draw_text(gc, x, y, run.text, font, run.rotation, ismath=False)
            gc.restore()
        self.stale = False


class _PdfWriter:
    """Text operators of a PDF page, a line in one: the advances of the font are those that every text was placed by.

    Matplotlib's own way shapes each line and writes each as a group of its own, thirty times as long for a table of
    thousands of coordinates.
    """

    def __init__(self, file: Any) -> None:
        from matplotlib.font_manager import FontPath, get_font

        self.file = file
        self._fonts = {bold: get_font(str(font_path(bold))) for bold in (False, True)}
        self._paths = {bold: FontPath(str(font.fname), font.face_index) for bold, font in self._fonts.items()}
        self._known: dict[tuple[str, bool], tuple[int, bytes]] = {}

    @classmethod
    def over(cls, renderer: Any) -> _PdfWriter | None:
        """The writer of a PDF renderer; None for pictures, and for a matplotlib that keeps its fonts another way."""
        file = getattr(renderer, "file", None)
        if not hasattr(getattr(file, "_character_tracker", None), "track_glyph"):
            return None
        try:
            return cls(file)
        except ImportError:
            return None

    def write(self, run: Run, x: float, y: float) -> None:
        """One line with its baseline at (x, y) in points."""
        codes = [self._code(char, run.bold) for char in run.text]
        c, s = math.cos(math.radians(run.rotation)), math.sin(math.radians(run.rotation))
        parts = [f"BT\n{c:.6f} {s:.6f} {-s:.6f} {c:.6f} {x:.4f} {y:.4f} Tm\n".encode()]
        for subset, group in groupby(codes, key=lambda k: k[0]):
            name = self.file.fontName(self._paths[run.bold], subset)
            shown = b"".join(code for _, code in group).hex().encode()
            parts.append(name.pdfRepr() + f" {run.size_pt:g} Tf\n<".encode() + shown + b"> Tj\n")
        self.file.write(b"".join([*parts, b"ET\n"]))

    def _code(self, char: str, bold: bool) -> tuple[int, bytes]:
        """(number of the embedded font, code in it) of a character."""
        found = self._known.get((char, bold))
        if found is None:
            font = self._fonts[bold]
            subset, code = self.file._character_tracker.track_glyph(font, char, font.get_char_index(ord(char)))  # noqa: SLF001
            found = self._known[char, bold] = subset, int(code).to_bytes(2, "big")
        return found
