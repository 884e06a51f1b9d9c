"""A small map picture of one outline in several states, laid over each other."""

from __future__ import annotations

from typing import Any

import shapely
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.gui.canvas import theme as themes
from app.gui.canvas.theme import CanvasTheme, colour
from app.gui.canvas.view import View
from app.i18n import _
from models.outline import OutlineFacts

_LEGEND_PX = 26


class OutlinePicture(QWidget):
    """The state when the copy was made (grey, dotted), ours (solid) and the copy's (dashed), north up."""

    def __init__(self, base: OutlineFacts | None, mine: OutlineFacts | None, theirs: OutlineFacts | None) -> None:
        super().__init__()
        self.shapes = [None if o is None else shapely.from_wkt(o.wkt) for o in (base, mine, theirs)]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(150)
        self.setAccessibleName(_("Both outlines"))

    def sizeHint(self) -> QSize:
        return QSize(420, 190)

    def view(self) -> View:
        """Where it looks: all of the outlines."""
        there = [s for s in self.shapes if s is not None and not s.is_empty]
        empty = View().resized(self.width(), max(1, self.height() - _LEGEND_PX), 1.0)
        if not there:
            return empty
        x0, y0, x1, y1 = shapely.total_bounds(there).tolist()
        return empty.fitted((x0, y0, x1, y1))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        t = themes.current()
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(colour(t.box_border), 1))
        p.setBrush(colour(t.background))
        p.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        view = self.view()
        for shape, pen in zip(self.shapes, _pens(t), strict=True):
            if shape is not None:
                _paint_shape(p, view, shape, pen)
        self._paint_legend(p, t)
        p.end()

    def _paint_legend(self, p: QPainter, t: CanvasTheme) -> None:
        names = (_("When copied"), _("Ours (project)"), _("Theirs (copy)"))
        metrics = QFontMetricsF(self.font())
        x, y = 10.0, self.height() - _LEGEND_PX / 2 - 3
        for name, pen, shape in zip(names, _pens(t), self.shapes, strict=True):
            if shape is None:
                continue
            p.setPen(pen)
            p.drawLine(QPointF(x, y), QPointF(x + 22, y))
            p.setPen(colour(t.text))
            p.drawText(QPointF(x + 28, y + metrics.ascent() / 2 - 1), name)
            x += 28 + metrics.horizontalAdvance(name) + 16


def _pens(t: CanvasTheme) -> tuple[QPen, QPen, QPen]:
    return (
        QPen(colour(t.muted), 1.4, Qt.PenStyle.DotLine),
        QPen(colour(t.accent), 2.2, Qt.PenStyle.SolidLine),
        QPen(colour(t.snap), 2.2, Qt.PenStyle.DashLine),
    )


def _paint_shape(p: QPainter, view: View, shape: Any, pen: QPen) -> None:
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    for line in shapely.get_parts(shapely.simplify(shape, view.scale * 0.5).boundary):
        xs, ys = view.to_screen(*shapely.get_coordinates(line).T)
        p.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]))
