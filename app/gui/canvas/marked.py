"""What is shown before it is done: places that were typed, outlines that an edit would make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from app.gui.canvas import marks
from app.gui.canvas.snapping import Point
from app.gui.canvas.theme import colour

_MOST_NUMBERED = 40


class Marked:
    """Numbered places joined by a dashed line, and tinted outlines; painted over the map until they are taken away."""

    def __init__(self) -> None:
        self.places: list[Point] = []
        self.shapes: list[Any] = []

    def show_places(self, places: Sequence[Point]) -> None:
        """Other places; [] takes them away."""
        self.places = list(places)

    def show_shapes(self, shapes: Sequence[Any]) -> None:
        """Other outlines; [] takes them away."""
        self.shapes = list(shapes)

    def clear(self) -> None:
        """Take all away."""
        self.places, self.shapes = [], []

    def paint(self, p: QPainter, canvas: Any) -> None:
        """Paint over the map."""
        from app.gui.canvas.tools.pieces import paint_outline

        for shape in self.shapes:
            paint_outline(p, canvas, shape)
        theme = canvas.theme
        at = [QPointF(*canvas.view.to_screen(x, y)) for x, y in self.places]
        if len(at) >= 2:
            closed = [*at, at[0]] if len(at) >= 3 else at
            marks.paint_path(p, closed, theme, theme.snap, dashed=True)
        for n, here in enumerate(at):
            for ink, width in ((colour(theme.halo, 0.9), 4.0), (colour(theme.snap), 2.0)):
                p.setPen(QPen(ink, width))
                for dx, dy in ((1, 0), (0, 1)):
                    p.drawLine(here - QPointF(9 * dx, 9 * dy), here + QPointF(9 * dx, 9 * dy))
            if 1 < len(at) <= _MOST_NUMBERED:
                marks.paint_tip(p, here, [str(n + 1)], theme, QRectF(canvas.rect()))
