"""Draw outlines in other ways than corner by corner: along an existing edge, as a rectangle, as a circle."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter

from app import format as fmt
from app.gui.canvas import marks
from app.gui.canvas.snapping import Point
from app.gui.canvas.tools.base import is_drag
from app.gui.canvas.tools.draw import DrawTool
from app.gui.canvas.tools.pieces import area_words, paint_outline
from app.gui.canvas.tools.sketch import SketchTool
from app.i18n import _
from models.errors import AppError
from models.notices import N_

_ON_RING_M = 2e-3
_FREEHAND_PX = 6.0


class ThreePlaces(SketchTool):
    """An outline that three places make; it is finished with the third."""

    keeps = True

    @abstractmethod
    def outline(self, places: list[Point]) -> Any:
        """The outline of three places. Raises Refused."""

    def objection(self, point: Point) -> str:
        if len(self.points) < 2:
            return ""
        try:
            self.outline([*self.points, point])
        except AppError as error:
            return error.sentence(_)
        return ""

    def add(self, point: Point) -> None:
        super().add(point)
        if len(self.points) == 3:
            self.finish()

    def finish(self) -> None:
        if len(self.points) < 3:
            if self.points:
                self._say(_("three places are needed; go on clicking"))
            return
        self.offer(self.outline(self.points))

    def points_to_go_on(self) -> list[Point]:
        return self.points[:2]  # the third place finishes it: it is chosen again

    def _seen(self) -> Any:
        if len(self.points) != 2 or self.pointer is None or self.objection(self.pointer):
            return None
        return self.outline([*self.points, self.pointer])

    def tip(self) -> list[str]:
        shape = self._seen()
        return super().tip() if shape is None else [*self.measures(shape), area_words(shape)]

    @abstractmethod
    def measures(self, shape: Any) -> list[str]:
        """Sides or radius, as lines of the tip."""

    def paint_band(self, p: QPainter, drawn: list[QPointF], here: QPointF, *, bad: bool) -> None:
        shape = self._seen()
        if shape is None:
            super().paint_band(p, drawn, here, bad=bad)
        else:
            paint_outline(p, self.canvas, shape)


class RectangleTool(ThreePlaces):
    """Two places make one side, the third says how wide it is."""

    name = "rectangle"
    help = N_("Click both ends of one side, then how wide the rectangle is; Backspace takes back; Esc drops it")

    def outline(self, places: list[Point]) -> Any:
        from gis.editing.shapes import rectangle

        return rectangle(*places)

    def measures(self, shape: Any) -> list[str]:
        xy = shapely.get_coordinates(shape)
        a, b = (float(np.hypot(*(xy[i + 1] - xy[i]))) for i in (0, 1))
        return [f"{fmt.number(a, 2)} × {fmt.number(b, 2)} m"]


class CircleTool(ThreePlaces):
    """A circle through three places of its edge."""

    name = "circle"
    help = N_("Click three places on the circle; Backspace takes back; Esc drops it")

    def outline(self, places: list[Point]) -> Any:
        from gis.editing.shapes import circle, circle_through

        return circle(*circle_through(*places))

    def measures(self, shape: Any) -> list[str]:  # noqa: ARG002 - the places say it exactly
        from gis.editing.shapes import circle_through

        _centre, radius = circle_through(*self.points, self.pointer)
        return [_("radius {m} m").format(m=fmt.number(radius, 2))]


class TraceTool(DrawTool):
    """Corners on one and the same edge are joined along that edge; a drag draws freehand."""

    name = "trace"
    help = N_(
        "Click on an edge and again farther along it: the line follows the edge (Shift: the long way round); "
        "drag to draw freehand; Enter or right click ends; Backspace takes back; Esc drops it"
    )

    def __init__(self, canvas: Any) -> None:
        super().__init__(canvas)
        self._start: QPointF | None = None
        self._last: QPointF | None = None
        self._longer = False
        self._steps: list[int] = []  # how many corners each click put, so that one Backspace takes them back together

    def press(self, event: QMouseEvent) -> None:
        self._longer = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.button() == Qt.MouseButton.LeftButton:
            self._start = self._last = event.position()
        super().press(event)

    def move(self, event: QMouseEvent) -> None:
        self._longer = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().move(event)
        if self._start is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if is_drag(self._start, event.position()) and (
            (event.position() - self._last).manhattanLength() >= _FREEHAND_PX
        ):
            self._last = event.position()
            before = len(self.points)
            SketchTool.add(self, self.pointer)
            if len(self.points) > before and self._steps:
                self._steps[-1] += 1

    def release(self, event: QMouseEvent) -> None:
        self._start = self._last = None
        super().release(event)

    def add(self, point: Point) -> None:
        start = len(self.points)
        way = self.way(point)
        if len(way) > 1 and not self._closes(point):
            for place in way:
                before = len(self.points)
                super().add(place)
                if self.refusal or len(self.points) == before:
                    break
        else:
            super().add(point)
        if len(self.points) > start:
            self._steps.append(len(self.points) - start)

    def _closes(self, point: Point) -> bool:
        return len(self.points) >= 3 and point == self.points[0] and not self.way(point)

    def take_back(self) -> None:
        count = self._steps.pop() if self._steps else 1
        for _i in range(count):
            super().take_back()

    def cancel(self) -> bool:
        self._steps.clear()
        self._start = None
        return super().cancel()

    def way(self, to: Point) -> list[Point]:
        """The places of the edge from the last corner to `to`, without the last corner; [] if they share no edge."""
        if not self.points or math.dist(self.points[-1], to) < _ON_RING_M:
            return []
        from gis.editing.shapes import trace

        ring = self._ring_with(self.points[-1], to)
        return trace(ring, self.points[-1], to, longer=self._longer)[1:] if ring is not None else []

    def _ring_with(self, a: Point, b: Point) -> Any:
        """The vertices of a ring (or line) that both places lie on."""
        for _key, fs in self.canvas.visible_features():
            on_a, on_b = (
                fs.segments.near((x - _ON_RING_M, y - _ON_RING_M, x + _ON_RING_M, y + _ON_RING_M)) for x, y in (a, b)
            )
            common = sorted(set(on_a.ring.tolist()) & set(on_b.ring.tolist()))
            for number in common:
                xy = fs.ring(number)
                line = shapely.LineString(xy)
                if max(line.distance(shapely.Point(p)) for p in (a, b)) <= _ON_RING_M:
                    return xy
        return None

    def paint_band(self, p: QPainter, drawn: list[QPointF], here: QPointF, *, bad: bool) -> None:
        way = self.way(self.pointer) if self.target is not None else []
        if len(way) < 2:
            super().paint_band(p, drawn, here, bad=bad)
            return
        theme = self.canvas.theme
        marks.paint_path(p, [drawn[-1], *self.on_screen(way)], theme, theme.accent, dashed=True)
