"""Measure along places that are clicked: in plan and along the ground, heights, slopes, the area they enclose."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPolygonF

from app import format as fmt
from app.gui.canvas import marks
from app.gui.canvas.snapping import Point
from app.gui.canvas.theme import colour
from app.gui.canvas.tools.sketch import SketchTool, length_text
from app.i18n import _
from models.notices import N_


class MeasureTool(SketchTool):
    """The line stays on the map until the next click or Esc; its figures stand in a card in the corner."""

    name = "measure"
    help = N_(
        "Click places to measure, three give an area; right click ends; Ctrl+C copies; Backspace takes back; Esc clears"
    )

    def __init__(self, canvas) -> None:
        super().__init__(canvas)
        self._ended = False
        self._slot: Any = None
        self.found: Any = None
        self.card: Any = None
        self._last_height: tuple[Point, float | None] | None = None

    # What stands beside the pointer

    def tip(self) -> list[str]:
        if self._ended or not self.points or self.pointer is None:
            return []
        start, here = self.points[-1], self.pointer
        length = math.dist(start, here)
        lines = [length_text(length)]
        if length > 0:
            bearing = math.degrees(math.atan2(here[0] - start[0], here[1] - start[1])) % 360
            lines.append(_("bearing {angle}").format(angle=f"{fmt.number(bearing, 2)}°"))
        rise = self._rise(start, here)
        if rise is not None and length > 0:
            from app.gui.canvas.measuring import slope_words

            lines.append(f"Δh {fmt.difference(rise)} m, {slope_words(rise / length)}")
        return lines

    def _rise(self, start: Point, here: Point) -> float | None:
        if self._last_height is None or self._last_height[0] != start:
            self._last_height = start, self.canvas.elevation_at(*start)
        low, high = self._last_height[1], self.canvas.elevation_at(*here)
        return None if low is None or high is None else high - low

    # Clicks and keys

    def press(self, event: QMouseEvent) -> None:
        if self._ended and event.button() == Qt.MouseButton.LeftButton:
            self.cancel()
        super().press(event)

    def add(self, point: Point) -> None:
        super().add(point)
        self._measure()

    def move(self, event: QMouseEvent) -> None:
        super().move(event)
        self._show()

    def leave(self) -> None:
        super().leave()
        self._show()

    def finish(self) -> None:
        self._ended = len(self.points) > 1
        self._show()
        self.canvas.update()

    def take_back(self) -> None:
        self._ended = False
        super().take_back()
        self._measure()

    def bring_back(self) -> None:
        super().bring_back()
        self._measure()

    def cancel(self) -> bool:
        self._ended = False
        self.found = None
        had = super().cancel()
        if self._slot is not None:
            self._slot.forget()
        self._show()
        return had

    def wants(self, event: QKeyEvent) -> bool:
        return (len(self.points) > 1 and event.matches(QKeySequence.StandardKey.Copy)) or super().wants(event)

    def key(self, event: QKeyEvent) -> bool:
        if len(self.points) > 1 and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return True
        return super().key(event)

    def copy(self) -> None:
        """All figures and places, for a spreadsheet."""
        from app.gui.canvas.measuring import as_table

        if len(self.points) > 1:
            QGuiApplication.clipboard().setText(as_table(self.points, self._known()))
            self.canvas.help_changed.emit(_("the measured figures were copied"))

    # Figures

    def _measure(self) -> None:
        """Ask for what needs heights, in the background; only the newest counts."""
        self.found = None
        project = self.canvas.session.project
        if len(self.points) > 1 and project is not None:
            from app.gui.canvas.measuring import MeasureWish

            if self._slot is None:
                self._begin()
            self._slot.wish(MeasureWish(tuple(self.points), self.canvas.pictures.height_draws(), project.crs))
        self._show()

    def _begin(self) -> None:
        from app.gui.canvas.measuring import measure
        from app.gui.canvas.slots import Slot

        self._slot = Slot("measure", measure)
        self._slot.ready.connect(self._arrived)

    def _arrived(self, found: Any) -> None:
        if found.places == tuple(self.points):
            self.found = found
            self._show()

    def _known(self) -> Any:
        return self.found if self.found is not None and self.found.places == tuple(self.points) else None

    def _show(self) -> None:
        """The card: in plan with the pointer, from the terrain for what was clicked."""
        reach = [*self.points, *([self.pointer] if self.pointer and self.points and not self._ended else [])]
        if len(reach) > 1 and reach[-1] == reach[-2]:
            reach.pop()
        if len(reach) < 2:
            if self.card is not None:
                self.card.show_rows([])
            return
        from app.gui.canvas.measuring import ground_rows, plan_rows

        if self.card is None:
            from app.gui.canvas.measure_card import MeasureCard

            self.card = MeasureCard(self.canvas, self.copy, self.cancel)
        rows, found, note = plan_rows(reach), self._known(), ""
        if found is not None and (self._ended or len(reach) == len(self.points)):
            rows += ground_rows(found)
            note = _("heights from {terrain}").format(terrain=_(", ").join(found.terrains)) if found.terrains else ""
        elif found is not None:
            note = _("right click or Enter ends and shows heights and slopes")
        self.card.show_rows(rows, note)

    def shutdown(self) -> None:
        """End the background thread; before the map goes."""
        if self._slot is not None:
            self._slot.shutdown()

    # Painting

    def paint(self, p: QPainter) -> None:
        reach = [*self.points, *([self.pointer] if self.pointer and not self._ended else [])]
        if len(reach) > 2:
            theme = self.canvas.theme
            ring = self.on_screen(reach)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(colour(theme.accent, 0.12))
            p.drawPolygon(QPolygonF(ring))
            marks.paint_path(p, [ring[-1], ring[0]], theme, theme.muted, dashed=True)
        super().paint(p)

    def paint_band(self, p: QPainter, drawn: list[QPointF], here: QPointF, *, bad: bool) -> None:
        if not self._ended:
            super().paint_band(p, drawn, here, bad=bad)
