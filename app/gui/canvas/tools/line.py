"""Lines across the map: measure along them, or cut a section."""

from __future__ import annotations

import math
from itertools import pairwise

import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from app.gui.canvas.tools.sketch import SketchTool, length_text
from app.i18n import _
from models.notices import N_


class MeasureTool(SketchTool):
    """Length of a clicked line. It stays on the map until the next click or Esc."""

    name = "measure"
    help = N_("Click places to measure along them; Backspace takes the last back; right click ends; Esc clears")

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._ended = False

    def tip(self) -> list[str]:
        lines = [] if self._ended else super().tip()
        reach = self.points + ([self.pointer] if self.pointer and not self._ended else [])
        total = sum(math.dist(a, b) for a, b in pairwise(reach))
        return [*lines, _("total {length}").format(length=length_text(total))] if len(reach) > 1 else lines

    def press(self, event: QMouseEvent) -> None:
        if self._ended and event.button() == Qt.MouseButton.LeftButton:
            self.cancel()
        super().press(event)

    def finish(self) -> None:
        self._ended = len(self.points) > 1
        self.canvas.update()

    def take_back(self) -> None:
        self._ended = False
        super().take_back()

    def cancel(self) -> bool:
        self._ended = False
        return super().cancel()

    def paint_band(self, p, drawn, here, *, bad: bool) -> None:
        if not self._ended:
            super().paint_band(p, drawn, here, bad=bad)


class SectionTool(SketchTool):
    """A line for a cross-section: from the first place to the second, or further with more clicks and Enter."""

    name = "section"
    help = N_("Click the start and the places of the section line; Enter, double or right click cuts it; Esc drops it")

    def finish(self) -> None:
        if len(self.points) < 2:
            if self.points:
                self._say(_("a section needs at least two places"))
            return
        line = shapely.LineString(self.points)
        self.cancel()
        self._say("")
        self.canvas.section_drawn.emit(line)
