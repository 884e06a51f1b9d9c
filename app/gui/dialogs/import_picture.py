"""A map of where incoming outlines would land, with the project's own beside, before anything is written."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.gui import words
from app.gui.canvas import styles
from app.gui.canvas import theme as themes
from app.gui.canvas.decorations import paint_scale_bar
from app.gui.canvas.theme import CanvasTheme, colour
from app.gui.canvas.view import Bounds, View
from app.i18n import _
from layers.registry import LAYERS

_LEGEND_PX = 26
_DETAIL = 6_000
"""So many outlines of a kind are drawn as they are; of more only those that are not dots."""
_APART = 40.0
"""Data further away than so many times its own size (and the project's) is shown alone."""


class LandingPicture(QWidget):
    """Incoming outlines in the accent colour over the project's layers in their own; wheel and buttons look closer."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: Any = np.array([], dtype=object)
        self.stays: dict[str, Any] = {}
        self.bounds: Bounds | None = None
        self.home: Bounds | None = None
        self._view: View | None = None
        self._drag: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(360, 200)
        self.setAccessibleName(_("Where the data would lie"))

    def sizeHint(self) -> QSize:
        return QSize(620, 300)

    def show_trial(self, trial: Any) -> None:
        """What a trial would bring, and what is there already; None empties the picture."""
        before = self.bounds
        self.shapes = trial.shapes if trial is not None else np.array([], dtype=object)
        self.stays = trial.stays if trial is not None else {}
        self.bounds = trial.bounds if trial is not None else None
        self.home = trial.home if trial is not None else None
        if before != self.bounds:
            self._view = None
        self.update()

    @property
    def together(self) -> bool:
        """Whether data and project are near enough to be shown in one picture."""
        if self.bounds is None or self.home is None:
            return False
        both = _union(self.bounds, self.home)
        return _size(both) <= _APART * max(_size(self.bounds), _size(self.home), 1.0)

    def look_at(self, what: str) -> None:
        """Show all of "data", "project" or "both"."""
        box = {"data": self.bounds, "project": self.home}.get(what)
        if what == "both" and self.bounds is not None and self.home is not None:
            box = _union(self.bounds, self.home)
        if box is not None:
            self._view = self._empty().fitted(box)
            self.update()

    def view(self) -> View:
        """Where it looks: as a person turned it, else at the data, with the project if that is near."""
        if self._view is not None:
            return self._view.resized(self.width(), max(1, self.height() - _LEGEND_PX), 1.0)
        box = self.bounds or self.home
        if self.together and self.bounds is not None and self.home is not None:
            box = _union(self.bounds, self.home)
        return self._empty() if box is None else self._empty().fitted(box)

    def _empty(self) -> View:
        return View().resized(self.width(), max(1, self.height() - _LEGEND_PX), 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        t = themes.current()
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        p.setPen(QPen(colour(t.box_border), 1))
        p.setBrush(colour(t.background))
        p.drawRoundedRect(frame, 4, 4)
        if self.bounds is None and self.home is None:
            p.setPen(colour(t.muted))
            p.drawText(frame, Qt.AlignmentFlag.AlignCenter, _("The map shows here where the data would lie."))
            return
        view = self.view()
        p.save()
        p.setClipRect(frame.adjusted(1, 1, -1, -_LEGEND_PX))
        ppm = styles.pixels_per_mm()
        for key, shapes in self.stays.items():
            style = LAYERS[key].style
            self._paint(p, view, shapes, styles.pen(style.line, ppm), styles.brush(style, ppm, plain=True))
        pen = QPen(colour(t.accent), 1.8)
        self._paint(p, view, self.shapes, pen, colour(t.accent, 0.25))
        self._paint_pointer(p, view, t)
        paint_scale_bar(p, view, QRectF(0, 0, view.width, view.height), t)
        p.restore()
        self._paint_legend(p, t)

    def _paint(self, p: QPainter, view: View, shapes: Any, pen: QPen, brush: Any) -> None:
        if not len(shapes):
            return
        boxes = shapely.bounds(shapes)
        x0, y0, x1, y1 = view.bounds
        seen = (boxes[:, 0] <= x1) & (boxes[:, 2] >= x0) & (boxes[:, 1] <= y1) & (boxes[:, 3] >= y0)
        small = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) < 3 * view.scale
        p.setPen(pen)
        p.setBrush(brush)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for shape in shapely.simplify(shapes[np.flatnonzero(seen & ~small)[:_DETAIL]], view.scale * 0.5):
            _trace(path, view, shape)
        p.drawPath(path)
        dots = np.flatnonzero(seen & small)
        if not len(dots):
            return
        xs, ys = view.to_screen((boxes[dots, 0] + boxes[dots, 2]) / 2, (boxes[dots, 1] + boxes[dots, 3]) / 2)
        at = np.unique(np.round(np.column_stack([xs, ys])).astype(int), axis=0)[:20_000]
        p.setPen(QPen(pen.color(), 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        p.drawPoints([QPointF(float(x), float(y)) for x, y in at])

    def _paint_pointer(self, p: QPainter, view: View, t: CanvasTheme) -> None:
        """An arrow at the edge towards what lies outside of the picture: the project, or the data."""
        for box, name in ((self.home, _("project")), (self.bounds, _("data"))):
            if box is None or _meets(box, view.bounds):
                continue
            x, y = view.to_screen((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            dx, dy = float(x) - view.width / 2, float(y) - view.height / 2
            reach = min((view.width / 2 - 34) / max(abs(dx), 1e-9), (view.height / 2 - 24) / max(abs(dy), 1e-9))
            tip = QPointF(view.width / 2 + dx * reach, view.height / 2 + dy * reach)
            away = float(np.hypot(dx, dy))
            along, across = QPointF(dx / away, dy / away), QPointF(-dy / away, dx / away)
            p.setPen(QPen(colour(t.danger), 2))
            p.drawLine(tip - along * 22, tip)
            p.drawPolyline([tip - along * 8 + across * 5, tip, tip - along * 8 - across * 5])
            wide = QFontMetricsF(p.font()).horizontalAdvance(name)
            at = tip - along * 30
            left = min(max(at.x() - wide / 2, 6.0), view.width - wide - 6.0)
            p.drawText(QPointF(left, min(max(at.y(), 14.0), view.height - 6.0)), name)

    def _paint_legend(self, p: QPainter, t: CanvasTheme) -> None:
        metrics = QFontMetricsF(self.font())
        x, y = 10.0, self.height() - _LEGEND_PX / 2
        entries: list[tuple[Any, Any, str]] = []
        if len(self.shapes):
            entries.append((QPen(colour(t.accent), 1.8), colour(t.accent, 0.25), _("incoming")))
        ppm = styles.pixels_per_mm()
        for key in self.stays:
            style = LAYERS[key].style
            entries.append((styles.pen(style.line, ppm), styles.brush(style, ppm, plain=True), words.layer_plural(key)))
        for pen, brush, name in entries:
            wide = 24 + metrics.horizontalAdvance(name) + 14
            if x + wide > self.width():
                return
            p.setPen(pen)
            p.setBrush(brush)
            p.drawRect(QRectF(x, y - 5, 16, 10))
            p.setPen(colour(t.text))
            p.drawText(QPointF(x + 22, y + metrics.ascent() / 2 - 1), name)
            x += wide

    # Looking closer

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.bounds is None and self.home is None:
            event.ignore()
            return
        at = event.position()
        self._view = self.view().zoomed(1.25 ** (event.angleDelta().y() / 120.0), at.x(), at.y())
        self.update()
        event.accept()

    def mousePressEvent(self, event: Any) -> None:
        self._drag = event.position()

    def mouseMoveEvent(self, event: Any) -> None:
        if self._drag is not None:
            step = event.position() - self._drag
            self._drag = event.position()
            self._view = self.view().panned(step.x(), step.y())
            self.update()

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: ARG002
        self._drag = None


def _trace(path: QPainterPath, view: View, shape: Any) -> None:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            x, y = view.to_screen(part.x, part.y)
            path.addEllipse(QPointF(x, y), 4, 4)
            continue
        for line in shapely.get_parts(part.boundary) if part.geom_type == "Polygon" else [part]:
            at = shapely.get_coordinates(line)
            if len(at) < 2:
                continue
            xs, ys = (v.tolist() for v in view.to_screen(at[:, 0], at[:, 1]))
            path.moveTo(xs[0], ys[0])
            for x, y in zip(xs[1:], ys[1:], strict=True):
                path.lineTo(x, y)


def _union(a: Bounds, b: Bounds) -> Bounds:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _size(box: Bounds) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _meets(a: Bounds, b: Bounds) -> bool:
    return a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1]
