"""An outline of another time laid over the map: dashed, with a few words; it is only looked at."""

from __future__ import annotations

from typing import Any

import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.gui.canvas import marks
from app.gui.canvas.theme import CanvasTheme
from app.gui.canvas.view import Bounds, View

_BESIDE_PX = 64  # what is drawn beyond the window, so that a dash does not begin at its edge


class Ghost:
    """The outline (shapely, project CRS) that is shown, if any, and the words beside it."""

    def __init__(self) -> None:
        self.shape: Any = None
        self.text = ""
        self._lines: Any = None
        self._drawn: tuple[View, list[list[QPointF]]] | None = None

    def show(self, shape: Any, text: str = "") -> None:
        """Another outline; None takes it away."""
        self.shape = None if shape is None or shape.is_empty else shape
        self.text = text
        self._lines = None if self.shape is None else self.shape.boundary
        self._drawn = None

    @property
    def bounds(self) -> Bounds | None:
        """Where it lies; None for nothing."""
        return None if self.shape is None else self.shape.bounds

    def paths(self, view: View) -> list[list[QPointF]]:
        """Its rings in logical pixels, as far as the window shows them; no finer than half a pixel."""
        if self._lines is None:
            return []
        if self._drawn is None or self._drawn[0] != view:
            self._drawn = (view, self._paths(view))
        return self._drawn[1]

    def _paths(self, view: View) -> list[list[QPointF]]:
        near = shapely.clip_by_rect(shapely.simplify(self._lines, view.scale * 0.5), *view.expanded(_BESIDE_PX).bounds)
        found = []
        for line in shapely.get_parts(shapely.line_merge(near)):
            xs, ys = shapely.get_coordinates(line).T
            px, py = view.to_screen(xs, ys)
            found.append([QPointF(x, y) for x, y in zip(px.tolist(), py.tolist(), strict=True)])
        return found

    def paint(self, p: QPainter, view: View, room: QRectF, theme: CanvasTheme) -> None:
        """Dashed, on a casing that shows on every ground."""
        paths = self.paths(view)
        for path in paths:
            marks.paint_path(p, path, theme, theme.snap, dashed=True)
        if self.text and paths:
            at = min((q for path in paths for q in path), key=lambda q: q.y())
            marks.paint_tip(p, at, [self.text], theme, room)
