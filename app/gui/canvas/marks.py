"""Small marks that tools paint over the map: boxes, vertices, snap targets, tips beside the pointer. Logical pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from app.gui.canvas.theme import CanvasTheme, colour


def paint_box(p: QPainter, box: QRectF, theme: CanvasTheme) -> None:
    """A rubber band."""
    p.setPen(QPen(colour(theme.accent), 1.2, Qt.PenStyle.DashLine))
    p.setBrush(colour(theme.accent, 0.10))
    p.drawRect(box)


def paint_path(p: QPainter, points: Sequence[QPointF], theme: CanvasTheme, ink: str, *, dashed: bool = False) -> None:
    """A line on a casing, so that it shows on every ground."""
    if len(points) < 2:
        return
    line = QPolygonF(list(points))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(
        QPen(colour(theme.halo, 0.85), 4.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    p.drawPolyline(line)
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    p.setPen(QPen(colour(ink), 2.0, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin))
    p.drawPolyline(line)


def paint_vertices(p: QPainter, points: Sequence[QPointF], theme: CanvasTheme, ink: str) -> None:
    """Square handles."""
    p.setPen(QPen(colour(ink), 1.5))
    p.setBrush(colour(theme.box))
    for at in points:
        p.drawRect(QRectF(at.x() - 3, at.y() - 3, 6, 6))


def paint_snap(p: QPainter, at: QPointF, kind: str, theme: CanvasTheme) -> None:
    """The target that a click will take, each kind with a mark of its own, as CAD programs draw them."""
    for ink, width in ((colour(theme.halo, 0.9), 4.0), (colour(theme.snap), 2.0)):
        p.setPen(QPen(ink, width))
        p.setBrush(Qt.BrushStyle.NoBrush)
        _SNAP_MARKS.get(kind, _square)(p, at)


def _square(p: QPainter, at: QPointF) -> None:
    p.drawRect(QRectF(at.x() - 6, at.y() - 6, 12, 12))


def _lines(*ends: tuple[float, float, float, float]) -> Callable[[QPainter, QPointF], None]:
    def draw(p: QPainter, at: QPointF) -> None:
        for x0, y0, x1, y1 in ends:
            p.drawLine(at + QPointF(x0, y0), at + QPointF(x1, y1))

    return draw


def _ring(p: QPainter, at: QPointF) -> None:
    p.drawEllipse(at, 6.5, 6.5)


_SNAP_MARKS: dict[str, Callable[[QPainter, QPointF], None]] = {
    "own": _ring,
    "edge": _lines((-6, -6, 6, -6), (6, -6, -6, 6), (-6, 6, 6, 6), (6, 6, -6, -6)),  # an hourglass
    "middle": _lines((-7, 5, 7, 5), (7, 5, 0, -7), (0, -7, -7, 5)),  # a triangle
    "intersection": _lines((-6, -6, 6, 6), (-6, 6, 6, -6)),
    "perpendicular": _lines((-6, -7, -6, 6), (-6, 6, 7, 6), (-6, 0, 0, 0), (0, 0, 0, 6)),
    "right_angle": _lines((-6, -7, -6, 6), (-6, 6, 7, 6), (-6, 0, 0, 0), (0, 0, 0, 6)),
    "grid": _lines((-6, 0, 6, 0), (0, -6, 0, 6)),
}


def paint_tip(
    p: QPainter, at: QPointF, lines: Sequence[str], theme: CanvasTheme, room: QRectF, *, alarm: bool = False
) -> QRectF:
    """A small box of text beside the pointer, kept inside `room`; returns where it is."""
    if not lines:
        return QRectF()
    font = QFont(p.font())
    font.setPixelSize(12)
    m = QFontMetricsF(font)
    w = max(m.horizontalAdvance(t) for t in lines) + 16
    h = m.height() * len(lines) + 10
    x = at.x() + 16 if at.x() + 16 + w < room.right() else at.x() - 16 - w
    y = at.y() + 16 if at.y() + 16 + h < room.bottom() else at.y() - 16 - h
    box = QRectF(max(x, room.left()), max(y, room.top()), w, h)
    p.setFont(font)
    p.setPen(QPen(colour(theme.danger if alarm else theme.box_border), 1.0))
    p.setBrush(colour(theme.box, 0.95))
    p.drawRoundedRect(box, 4, 4)
    p.setPen(colour(theme.danger if alarm else theme.text))
    for n, text in enumerate(lines):
        p.drawText(QPointF(box.left() + 8, box.top() + 5 + m.ascent() + n * m.height()), text)
    return box
