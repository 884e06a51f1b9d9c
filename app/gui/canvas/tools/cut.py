"""Tools that draw a line across selected outlines: split them, or reshape their boundary."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import shapely
from PySide6.QtGui import QPainter

from app.gui.canvas.snapping import Point
from app.gui.canvas.tools.editing import EditSketch
from app.gui.canvas.tools.sketch import crosses
from app.i18n import _
from models.errors import AppError
from models.notices import N_

_CROSSES = N_("this side would cross the line; put the place elsewhere or press Backspace")
_MOST_PREVIEWED = 20_000  # vertices; a preview of more would make the pointer lag


class LineEdit(EditSketch):
    """A sketched line that does something to the selected outlines when it ends."""

    keeps = True

    def objection(self, point: Point) -> str:
        return _(_CROSSES) if crosses(self.points, point) else ""

    def targets(self) -> tuple[str, list[int]]:
        """Layer and row numbers that the line is for: what is selected, else the uppermost outline that it meets."""
        layer, fids = self.chosen()
        return (layer, fids) if fids else self._met()

    def _met(self) -> tuple[str, list[int]]:
        if len(self.points) < 2:
            return "", []
        line = shapely.LineString(self.points)
        for key, fs in reversed(self.canvas.visible_features()):
            if self.canvas.role(key) != "site":
                continue
            hits = fs.inside(line.bounds)
            crossed = [int(fs.fids[i]) for i in hits if line.crosses(fs.geometries[i])]
            if crossed:
                return key, crossed
        return "", []

    def finish(self) -> None:
        if len(self.points) < 2 or not self.editable:
            if self.points:
                self._say(_("the line needs at least two places"))
            return
        self.act(list(self.points))

    @abstractmethod
    def act(self, line: Sequence[Point]) -> None:
        """Do it; the sketch goes once it is done."""

    def aimed(self) -> tuple[str, list[int], list[tuple[str, int]]]:
        """`targets`, and the same as (layer, row) each."""
        layer, fids = self.targets()
        return layer, fids, [(layer, fid) for fid in fids]


class SplitTool(LineEdit):
    """The largest piece keeps its code, the others are new features with the same fields."""

    name = "split"
    help = N_(
        "Click a line across the outline, beginning and ending outside; Enter, double or right click splits; "
        "Backspace takes back; Esc drops it"
    )

    def act(self, line: Sequence[Point]) -> None:
        from app.verbs import outlines

        found: list[outlines.OutlineStep] = []
        layer, fids, wheres = self.aimed()
        together, store = self.canvas.snapping.shared, self.canvas.session.project.store

        def step() -> outlines.OutlineStep:
            self.need(fids)
            codes = outlines.codes_after(store.next_code(layer))
            found.append(outlines.split_features(self.tables(), layer, fids, line, codes, together=together))
            return found[0]

        self.finish_with(step, wheres, _("Split by a line"), lambda: self.select_codes(layer, found[0].select))

    def tip(self) -> list[str]:
        from app.gui.canvas.tools.pieces import pieces_words

        lines = super().tip()
        if len(self.points) >= 1 and self.pointer is not None:
            layer, fids = self.chosen()
            if len(fids) == 1:
                lines += pieces_words(self.outline(layer, fids[0]), [*self.points, self.pointer])
        return lines


class ReshapeTool(LineEdit):
    """The line takes the place of the boundary between where it first and last meets it."""

    name = "reshape"
    help = N_(
        "Draw the new course of the boundary from one place on it to another; Enter, double or right click ends; "
        "Backspace takes back; Esc drops it"
    )
    _seen: tuple[Any, Any, Any] | None = None

    def act(self, line: Sequence[Point]) -> None:
        from app.verbs import outlines

        layer, fids, wheres = self.aimed()
        together = self.canvas.snapping.shared

        def step() -> outlines.OutlineStep:
            made = outlines.reshaped(self.tables(), layer, self.need(fids), line, together=together)
            return outlines.redraw(self.tables(), made)

        self.finish_with(step, wheres, _("Reshape the boundary"))

    def tip(self) -> list[str]:
        from app.gui.canvas.tools.pieces import area_words

        made = self._reshaped()
        return super().tip() if made is None else [*super().tip(), area_words(made)]

    def paint(self, p: QPainter) -> None:
        from app.gui.canvas.tools.pieces import paint_outline

        made = self._reshaped()
        if made is not None:
            paint_outline(p, self.canvas, made)
        super().paint(p)

    def _reshaped(self) -> Any:
        """The outline as the line up to the pointer would leave it; None if it does not meet it (yet)."""
        layer, fids = self.chosen()
        line = (*self.points, *([self.pointer] if self.pointer else []))
        shape = self.outline(layer, fids[0]) if len(fids) == 1 and self.points and len(line) > 1 else None
        if shape is None or shapely.get_num_coordinates(shape) > _MOST_PREVIEWED:
            return None
        if self._seen is None or self._seen[:2] != (shape, line):
            from gis.editing.reshape import reshape

            try:
                self._seen = (shape, line, reshape(shape, line))
            except AppError:
                self._seen = (shape, line, None)
        return self._seen[2]
