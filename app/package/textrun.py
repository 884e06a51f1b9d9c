"""The texts of a page as one matplotlib artist: written straight to the page, not laid out one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist, allow_rasterization

from app.package.fonts import font_properties


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
        height = renderer.get_canvas_width_height()[1]
        for run in self.runs:
            gc = renderer.new_gc()
            gc.set_foreground(run.color)
            x, y = move.transform((run.x, run.y))
            y = height - y if renderer.flipy() else y
            renderer.draw_text(gc, x, y, run.text, font_properties(run.size_pt, run.bold), run.rotation, ismath=False)
            gc.restore()
        self.stale = False
