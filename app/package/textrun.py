"""The texts of a page as one matplotlib artist: written straight to the page, not laid out one by one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.path import Path
from numpy.typing import NDArray

from app.package.fonts import MM_PER_PT, advances, font_path, font_properties


class Run(NamedTuple):
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
        if not self.runs:
            return
        places = self.get_transform().transform([(r.x, r.y) for r in self.runs]).tolist()
        height = renderer.get_canvas_width_height()[1]
        for color, group in groupby(zip(self.runs, places, strict=True), key=lambda r: r[0].color):
            gc = renderer.new_gc()
            gc.set_foreground(color)
            if hasattr(renderer, "draw_runs"):
                runs, where = zip(*group, strict=True)
                renderer.draw_runs(gc, runs, where)
            else:
                for run, (x, y) in group:
                    down = height - y if renderer.flipy() else y
                    font = font_properties(run.size_pt, run.bold)
                    renderer.draw_text(gc, x, down, run.text, font, run.rotation, ismath=False)
            gc.restore()
        self.stale = False


class Halos(Artist):
    """White outlines of `width_pt` round lines of text, below them.

    Matplotlib's path effects would turn the text itself into curves, which nobody can search.
    """

    def __init__(self, transform: Any, z: float, width_pt: float) -> None:
        super().__init__()
        self.set_transform(transform)
        self.set_zorder(z)
        self.width_pt = width_pt
        self.runs: list[Run] = []

    @allow_rasterization  # type: ignore[untyped-decorator]  # matplotlib's
    def draw(self, renderer: Any) -> None:
        """All of them as one shape."""
        path = outlines(self.runs)
        if path is None:
            return
        gc = renderer.new_gc()
        gc.set_foreground("white")
        gc.set_linewidth(renderer.points_to_pixels(self.width_pt))
        gc.set_joinstyle("round")
        renderer.draw_path(gc, path, self.get_transform(), (1.0, 1.0, 1.0))
        gc.restore()
        self.stale = False


def outlines(runs: Iterable[Run]) -> Path | None:
    """The outlines of lines of text in mm, as one path; None if there are none."""
    parts: list[NDArray[np.float64]] = []
    codes: list[NDArray[np.uint8]] = []
    for run in runs:
        em, at = run.size_pt * MM_PER_PT, 0.0
        turn = np.radians(run.rotation)
        c, s = np.cos(turn), np.sin(turn)
        matrix, start = np.array([[c, s], [-s, c]]), (run.x, run.y)
        wide = advances(run.bold)
        for char in run.text:
            vertices, kinds = _outline(char, run.bold)
            if len(kinds):
                parts.append(((vertices + np.array([at, 0.0])) * em) @ matrix + start)
                codes.append(kinds)
            at += wide[char]
    return Path(np.concatenate(parts), np.concatenate(codes)) if parts else None


@cache
def _outline(char: str, bold: bool) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """A character's outline in ems: vertices and path codes."""
    from matplotlib.font_manager import get_font
    from matplotlib.ft2font import LoadFlags

    font = get_font(str(font_path(bold)))
    font.load_char(ord(char), flags=LoadFlags.NO_SCALE)
    vertices, kinds = font.get_path()
    # FreeType gives sixty-fourths, matplotlib divides by 64, and units of the font are no sixty-fourths.
    return np.asarray(vertices) * (64.0 / font.units_per_EM), np.asarray(kinds, np.uint8)
