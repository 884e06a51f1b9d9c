"""What an edit would make, before it is made: outlines painted over the map, areas in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from app import format as fmt
from app.gui.canvas.snapping import Point
from app.gui.canvas.theme import colour
from app.i18n import _
from models.errors import AppError

_MOST = 20_000
_LISTED = 4


def pieces_words(shape: Any, line: Sequence[Point]) -> list[str]:
    """The areas into which a line would cut an outline; [] if it does not (yet)."""
    if shape is None or len(line) < 2 or shapely.get_num_coordinates(shape) > _MOST:
        return []
    from gis.editing.split import split

    try:
        pieces = split(shape, line).outlines
    except AppError:
        return []
    return [area_words(piece) for piece in pieces[:_LISTED]]


def area_words(*shapes: Any) -> str:
    """An area, or the sum of several, as the tips of the map say it."""
    return area_of(float(sum(shape.area for shape in shapes)))


def area_of(area: float) -> str:
    """Square metres in the same words."""
    return _("area {m2} m² ({mu} mu)").format(m2=fmt.number(area, 1), mu=fmt.mu(area, 2))


def paint_outlines(p: QPainter, canvas: Any, shapes: Iterable[Any], *, bad: bool = False) -> None:
    """Several of them; of very many vertices only the boxes around them, so that the pointer is followed."""
    held = list(shapes)
    if int(shapely.get_num_coordinates(held).sum()) > _MOST:
        held = [shapely.MultiPolygon([shapely.box(*shape.bounds)]) for shape in held]
    for shape in held:
        paint_outline(p, canvas, shape, bad=bad)


def paint_outline(p: QPainter, canvas: Any, shape: Any, *, bad: bool = False) -> None:
    """An outline that is not there yet: a tinted ground with a firm line."""
    theme, view = canvas.theme, canvas.view
    near = shapely.clip_by_rect(shape, *view.expanded(64).bounds)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for polygon in shapely.get_parts(shapely.get_parts(near)):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            xy = shapely.get_coordinates(ring)
            xs, ys = view.to_screen(xy[:, 0], xy[:, 1])
            path.addPolygon(QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]))
    ink = theme.danger if bad else theme.accent
    p.setPen(QPen(colour(ink), 2.0))
    p.setBrush(colour(ink, 0.14))
    p.drawPath(path)
