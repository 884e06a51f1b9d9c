"""What drawing tools share: clicked places, rubber band, snapping, the keys to take back and finish."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from app import format as fmt
from app.gui.canvas import marks
from app.gui.canvas.aim import aim
from app.gui.canvas.snapping import Point, Snap
from app.gui.canvas.tools.base import Tool
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.canvas.widget import MapCanvas

_FINISH = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BACK = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class SketchTool(Tool):
    """Click places, Backspace or undo takes the last back, Esc drops all, Enter, double or right click finishes.

    Esc is one step: undo brings back what it dropped, as long as nothing else was drawn or changed since.
    `points` are on the 1 mm grid. Subclasses say in `objection` why a place cannot be taken, and in `finish` what
    becomes of the whole.
    """

    cursor = Qt.CursorShape.CrossCursor
    keeps = False
    """True if what was drawn waits while another tool is used (a look elsewhere, a key hit by mistake)."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.points: list[Point] = []
        self.pointer: Point | None = None
        self.target: Snap | None = None
        self.refusal = ""
        self._dropped: tuple[list[Point], tuple[int, int]] | None = None

    def objection(self, point: Point) -> str:  # noqa: ARG002 - for subclasses
        """Why `point` cannot follow the last one, for people; "" if it can."""
        return ""

    def finish(self) -> None:
        """Enter, double or right click."""

    def tip(self) -> list[str]:
        """Lines beside the pointer."""
        if not self.points or self.pointer is None:
            return []
        side = length_text(math.dist(self.points[-1], self.pointer))
        return [f"{side}  {bearing_text(self.points[-1], self.pointer)}"]

    def cancel(self) -> bool:
        had = bool(self.points)
        self._dropped = None
        self.points.clear()
        self.pointer, self.target, self.refusal = None, None, ""
        self.canvas.update()
        self.canvas.tool_moved.emit()
        return had

    def deactivate(self) -> None:
        if not self.keeps:
            super().deactivate()
            return
        self.pointer, self.target, self.refusal = None, None, ""
        if self.points:
            self.canvas.session.notice.emit("info", _("the drawing waits: choose the tool again to go on"))

    def offer(self, outline: Any) -> None:
        """Hand an outline over. It stays on the map while its fields are asked, and comes back if it is not stored."""
        drawn = self.points_to_go_on()
        self.cancel()
        self._say("")
        self.canvas.offered.hold(outline, lambda: self._go_on(drawn))
        self.canvas.outline_drawn.emit(outline)

    def points_to_go_on(self) -> list[Point]:
        """The places with which the drawing goes on if its outline comes back."""
        return list(self.points)

    def _go_on(self, drawn: list[Point]) -> None:
        if self.points:  # something else is being drawn by now
            return
        self.points[:] = drawn
        self.canvas.tool_moved.emit()
        self.canvas.session.notice.emit(
            "info", _("the drawing is kept: go on with it, or press Esc on the map to drop it")
        )

    def drop(self) -> None:
        """Esc: nothing is drawn any more, and the status bar says how to have it back."""
        drawn = list(self.points)
        self.cancel()
        self._dropped = drawn, self._revision()
        self.canvas.tool_moved.emit()
        text = _("dropped a drawing of {n} places; Ctrl+Z brings it back")
        self.canvas.help_changed.emit(text.format(n=len(drawn)))

    def bring_back(self) -> None:
        """Take up again what Esc dropped."""
        if self._dropped is not None:
            self.points[:], self._dropped = self._dropped[0], None
            self._say("")
            self.canvas.tool_moved.emit()

    def can_bring_back(self) -> bool:
        """True if undoing means the last Esc: what was stored after it is undone before it."""
        return not self.points and self._dropped is not None and self._dropped[1] == self._revision()

    def undo_words(self) -> str:
        if self.points:
            return _("the last place of the drawing")
        if self._dropped is not None and self.can_bring_back():
            return _("dropping a drawing of {n} places").format(n=len(self._dropped[0]))
        return ""

    def undo(self) -> None:
        if self.points:
            self.take_back()
        elif self.can_bring_back():
            self.bring_back()

    def _revision(self) -> tuple[int, int]:
        """Tells whether a step was made since, committed or kept in memory."""
        session = self.canvas.session
        return (session.project.store.revision if session.project is not None else -1), len(session.unsaved.edits)

    def take_back(self) -> None:
        """Drop the last place."""
        if self.points:
            self.points.pop()
            self._say("")
            self.canvas.tool_moved.emit()

    def press(self, event: QMouseEvent) -> None:
        self._aim(event)
        if event.button() == Qt.MouseButton.RightButton:
            self.finish()
        elif event.button() == Qt.MouseButton.LeftButton and self.pointer is not None:
            self.add(self.pointer)

    def double_click(self, event: QMouseEvent) -> None:
        # The first press of the double click has put the last corner.
        if event.button() == Qt.MouseButton.LeftButton:
            self.finish()

    def move(self, event: QMouseEvent) -> None:
        self._aim(event)
        self.refusal = ""
        self.canvas.update()

    def add(self, point: Point) -> None:
        """Take a place, unless it stands on the last one or there is an objection, which is then shown."""
        if self.points and math.dist(point, self.points[-1]) < 5e-4:
            return
        why = self.objection(point)
        if not why:
            self.points.append(point)
            self.canvas.tool_moved.emit()
        self._say(why)

    def key(self, event: QKeyEvent) -> bool:
        if event.key() in _FINISH and self.points:
            self.finish()
            return True
        if event.key() in _BACK and self.points:
            self.take_back()
            return True
        if event.key() == Qt.Key.Key_Escape and self.points:
            self.drop()
            return True
        kept = self._dropped
        used = super().key(event)
        if kept is not None:  # a second Esc has nothing to drop
            self._dropped = kept
            self.canvas.tool_moved.emit()
        return used

    def wants(self, event: QKeyEvent) -> bool:
        return bool(self.points) and event.key() in (*_FINISH, *_BACK, Qt.Key.Key_Escape)

    def leave(self) -> None:
        self.pointer = self.target = None
        self.canvas.update()

    def _aim(self, event: QMouseEvent) -> None:
        self.pointer, self.target = aim(
            self.canvas, event.position(), event.modifiers(), own=self.own_targets(), path=self.points
        )

    def enter(self, places: Sequence[Point]) -> str:
        """Take places that were typed, as if they had been clicked. What was said against one, "" if all were taken."""
        for place in places:
            self.add(place)
            if self.refusal:
                return self.refusal
        return ""

    def own_targets(self) -> list[Point]:
        """Places of the sketch itself that a click may take."""
        return []

    def _say(self, refusal: str) -> None:
        self.refusal = refusal
        self.canvas.help_changed.emit(refusal or self.help_text())
        self.canvas.update()

    def on_screen(self, points: list[Point]) -> list[QPointF]:
        """Places as pixels of the canvas."""
        return [QPointF(*self.canvas.view.to_screen(x, y)) for x, y in points]

    def paint(self, p: QPainter) -> None:
        theme = self.canvas.theme
        drawn = self.on_screen(self.points)
        if self.pointer is not None:
            here = QPointF(*self.canvas.view.to_screen(*self.pointer))
            if drawn:
                bad = bool(self.objection(self.pointer))
                self.paint_band(p, drawn, here, bad=bad)
            if self.target is not None:
                marks.paint_snap(p, here, self.target.kind, theme)
        marks.paint_path(p, drawn, theme, theme.accent)
        marks.paint_vertices(p, drawn, theme, theme.accent)
        if self.pointer is not None:
            lines = [self.refusal] if self.refusal else self.tip()
            marks.paint_tip(p, here, lines, theme, QRectF(self.canvas.rect()), alarm=bool(self.refusal))

    def paint_band(self, p: QPainter, drawn: list[QPointF], here: QPointF, *, bad: bool) -> None:
        """The rubber line from the last place to the pointer, red where it cannot go."""
        theme = self.canvas.theme
        marks.paint_path(p, [drawn[-1], here], theme, theme.danger if bad else theme.accent, dashed=True)


def length_text(length_m: float) -> str:
    """A length with its unit."""
    return f"{fmt.number(length_m / 1000, 3)} km" if length_m >= 10_000 else f"{fmt.number(length_m, 2)} m"


def bearing_text(a: Point, b: Point) -> str:
    """The grid bearing of a side: 37.52°."""
    return f"{fmt.number(math.degrees(math.atan2(b[0] - a[0], b[1] - a[1])) % 360, 2)}°"


def crosses(points: list[Point], new: Point) -> bool:
    """True if the segment from the last of `points` to `new` meets the line drawn so far, its own start apart."""
    if len(points) < 2:
        return False
    last = shapely.LineString([points[-1], new])
    if len(points) > 2 and shapely.LineString(points[:-1]).intersects(last):
        return True
    return bool(shapely.LineString(points[-2:]).intersection(last).length > 0)
