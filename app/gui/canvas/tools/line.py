"""A line across the map to cut a section along."""

from __future__ import annotations

import shapely

from app.gui.canvas.tools.sketch import SketchTool
from app.i18n import _
from models.notices import N_


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
