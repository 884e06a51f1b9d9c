"""Move, insert and delete vertices of the selected outlines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from app import format as fmt
from app.gui.canvas import marks
from app.gui.canvas.aim import aim
from app.gui.canvas.snapping import Point, Snap
from app.gui.canvas.tools.base import is_drag
from app.gui.canvas.tools.editing import Fault
from app.gui.canvas.tools.handles import Edge, Handles
from app.gui.canvas.tools.select import SelectTool
from app.gui.canvas.tools.vertex_edits import VertexEdits
from app.i18n import _
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.canvas.widget import MapCanvas

_GRIP_PX, _EDGE_PX = 8.0, 7.0
_MOST_OUTLINES, _MOST_VERTICES = 100, 200_000
"""Of a selection that is larger the first ones are edited: no hand moves vertices of thousands."""
_CHECKED_WHILE_DRAGGING = 5_000  # vertices; above it the outline is checked when the button comes up
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class VertexTool(VertexEdits):
    """Drag a vertex to move it, an edge to insert one; a box takes several; Delete takes them away.

    All selected outlines are edited at once. Vertices that neighbours share go along if the switch “shared” is on.
    """

    name = "vertex"
    help = N_(
        "Drag a point to move it, an edge to insert one; drag a box to take several, Shift adds points or outlines; "
        "Delete removes; Enter types coordinates; Ctrl stops snapping; Esc steps back"
    )

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.handles = Handles()
        self.held: Point | None = None  # the vertex that hangs on the pointer, where it stood
        self.to: Point | None = None
        self.target: Snap | None = None
        self._new_after: tuple[Edge, Point] | None = None  # an edge from which a vertex is being pulled
        self._press: QPointF | None = None
        self._box: QPointF | None = None
        self._over: tuple[str, Point] | None = None
        self._dragging = False
        canvas.session.changed.connect(self._on_changed)
        canvas.session.selection_changed.connect(self._on_changed)

    def activate(self) -> None:
        super().activate()
        self.refresh()

    def _on_changed(self, *_what: object) -> None:
        if self.canvas.tool is self:
            self.refresh()

    def refresh(self) -> None:
        """Follow the selection and the changes of the project."""
        layer, fids = self.chosen()
        shapes: dict[tuple[str, int], Any] = {}
        count = 0
        for fid in fids[:_MOST_OUTLINES]:
            shape = self.outline(layer, fid)
            count += 0 if shape is None else int(shapely.get_num_coordinates(shape))
            if shape is not None and (count <= _MOST_VERTICES or not shapes):
                shapes[layer, fid] = shape
        self.handles.show(shapes)
        self._over = None  # what was there may have moved from under the pointer
        self._drop()

    def _drop(self) -> None:
        self.held = self.to = self.target = self._press = self._box = self._new_after = None
        self._dragging = False
        self.canvas.update()

    # Mouse

    def press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self._right(event)
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.show_fault(None)
        self._press = event.position()
        self._dragging = False
        grip = self.handles.grip(self.canvas.view, event.position(), _GRIP_PX)
        edge = None if grip else self.handles.edge(self.canvas.view, event.position(), _EDGE_PX)
        if grip is not None:
            self.held = grip
        elif edge is not None:
            self._new_after, self.held = edge, edge[1]
        else:
            self._box = event.position()

    def move(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._press is None:
            self._hover(at)
        elif is_drag(self._press, at) or self._dragging:
            self._dragging = True
            if self.held is not None and self.editable:
                # What is dragged must not attract itself: neither its old place nor the edges that hang on it.
                moving = [] if self._new_after else self._moving()
                self.to, self.target = aim(self.canvas, at, event.modifiers(), hidden=moving)
                self._look_ahead()
            elif self._box is not None:
                self._box_end = at
        self.canvas.update()

    def release(self, event: QMouseEvent) -> None:
        if self._press is None or event.button() != Qt.MouseButton.LeftButton:
            return
        adding = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self.held is not None and self._dragging and self.to is not None:
            self._finish()
        elif self.held is not None and not self._new_after:
            self.handles.take([self.held], adding=adding)
            self.canvas.tool_moved.emit()
        elif self._box is not None and self._dragging:
            self._take_box(QRectF(self._box, event.position()).normalized(), adding)
        elif self._box is not None or self._new_after:
            self._pick(event.position(), adding)
        self._drop()
        self._hover(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        edge = self.handles.edge(self.canvas.view, event.position(), _EDGE_PX)
        grip = self.handles.grip(self.canvas.view, event.position(), _GRIP_PX)
        if event.button() == Qt.MouseButton.LeftButton and edge and not grip and self.editable:
            self.insert_point(edge[0], edge[1], edge[1])
            self._drop()
        else:
            self.press(event)

    def leave(self) -> None:
        self._over = None
        self.canvas.update()

    def _right(self, event: QMouseEvent) -> None:
        """Drops what hangs on the pointer; else offers what can be done at this place."""
        if self.cancel_drag():
            return
        grip = self.handles.grip(self.canvas.view, event.position(), _GRIP_PX)
        if grip is not None and grip not in self.handles.taken:
            self.handles.take([grip])
        self.canvas.menu_wanted.emit(event.globalPosition().toPoint(), grip)
        self.canvas.update()

    def _hover(self, at: QPointF) -> None:
        grip = self.handles.grip(self.canvas.view, at, _GRIP_PX)
        edge = None if grip else self.handles.edge(self.canvas.view, at, _EDGE_PX)
        self._over = ("vertex", grip) if grip else ("edge", edge[1]) if edge else None
        shape = Qt.CursorShape.SizeAllCursor if grip else Qt.CursorShape.CrossCursor if edge else self.cursor
        self.canvas.setCursor(shape)

    def _pick(self, at: QPointF, adding: bool) -> None:
        """A click beside every vertex: another feature, or none of the vertices."""
        hit = SelectTool.pick(self, at)
        if hit is not None and hit not in self.handles.shapes:
            layer, fids = self.canvas.selection
            more = fids if adding and layer == hit[0] else ()
            self.canvas.session.select(hit[0], [*more, hit[1]])
        elif not adding:
            self.handles.take([])

    def _candidates(self) -> Any:
        return SelectTool._candidates(self)  # noqa: SLF001 - the same order as a click with the select tool

    def _take_box(self, box: QRectF, adding: bool) -> None:
        x0, y0 = self.canvas.view.to_world(box.left(), box.bottom())
        x1, y1 = self.canvas.view.to_world(box.right(), box.top())
        self.handles.take(self.handles.inside((x0, y0, x1, y1)), adding=adding)

    # Edits

    def _moving(self) -> list[Point]:
        """The vertices that go along with the one held."""
        taken = self.handles.taken
        return list(taken) if self.held in taken else [self.held] if self.held else []

    def _moved(self, to: Point) -> dict[Point, Point]:
        dx, dy = to[0] - self.held[0], to[1] - self.held[1]
        return {p: to if p == self.held else (round(p[0] + dx, 3), round(p[1] + dy, 3)) for p in self._moving()}

    def _look_ahead(self) -> None:
        """Say while dragging what would be refused at the release."""
        self.fault = None
        if self.handles.count > _CHECKED_WHILE_DRAGGING:
            return
        try:
            if self._new_after:
                self.handles.check_point(self._new_after[0], self.to)
            else:
                self.handles.check_moved(self._moved(self.to))
        except AppError as error:
            self.fault = Fault.of(error)

    def _finish(self) -> None:
        if self._new_after:
            self.insert_point(self._new_after[0], self._new_after[1], self.to)
        else:
            self.move_points(self._moved(self.to))

    # Keys

    def cancel_drag(self) -> bool:
        """Let go of what hangs on the pointer."""
        had = self._dragging
        self.fault = None
        self._drop()
        return had

    def cancel(self) -> bool:
        if self.cancel_drag():
            return True
        if self.handles.taken:
            self.handles.take([])
            self.canvas.update()
            return True
        return False

    def key(self, event: QKeyEvent) -> bool:
        if event.key() in _DELETE and self.handles.taken:
            self.delete_taken()
            return True
        if event.key() in _ENTER and len(self.handles.taken) == 1:
            self.canvas.typed.emit("")
            return True
        if super().key(event):
            return True
        if event.key() == Qt.Key.Key_Escape and self.canvas.selection[0]:
            self.canvas.session.select("", frozenset())
            return True
        return False

    def wants(self, event: QKeyEvent) -> bool:
        return bool(self.handles.taken) and event.key() in (*_DELETE, Qt.Key.Key_Escape)

    # Painting

    def grips(self) -> list[QRectF]:
        return self.handles.squares(self.canvas.view)

    def paint(self, p: QPainter) -> None:
        theme, view = self.canvas.theme, self.canvas.view
        self.paint_companions(p, self._moving() if self.held is not None else self.handles.taken)  # below the numbers
        cards = [card for note in self.canvas.notes.values() for card in getattr(note, "cards", ())]
        self.handles.paint(p, view, theme, self.canvas.mapFromGlobal(self.canvas.cursor().pos()), cards)
        if self._box is not None and self._dragging:
            marks.paint_box(p, QRectF(self._box, self._box_end).normalized(), theme)
        if self.held is not None and self.to is not None:
            self._paint_drag(p)
        elif self._over is not None and self._press is None:
            at = QPointF(*view.to_screen(*self._over[1]))
            marks.paint_vertices(p, [at], theme, theme.snap)
            marks.paint_tip(p, at, self._over_words(), theme, QRectF(self.canvas.rect()))
        self.paint_fault(p)

    def _over_words(self) -> list[str]:
        kind, at = self._over
        place = f"X {fmt.number(at[1], 3)}  Y {fmt.number(at[0], 3)}"
        if kind != "vertex":
            return [_("drag to insert a point")]
        return [f"{self.handles.number(at)}  {place}", *self.together_words(at)]

    def _paint_drag(self, p: QPainter) -> None:
        theme, view = self.canvas.theme, self.canvas.view
        ink = theme.danger if self.fault else theme.accent
        links = self._links()
        for path in links:
            marks.paint_path(p, [QPointF(*view.to_screen(*q)) for q in path], theme, ink)
        here = QPointF(*view.to_screen(*self.to))
        marks.paint_vertices(p, [here], theme, ink)
        if self.target is not None:
            marks.paint_snap(p, here, self.target.kind, theme)
        if self.fault is None:
            dx, dy = self.to[0] - self.held[0], self.to[1] - self.held[1]
            shift = f"ΔX {fmt.difference(dy, 3)}  ΔY {fmt.difference(dx, 3)}  ({fmt.number(math.hypot(dx, dy), 3)} m)"
            place = f"X {fmt.number(self.to[1], 3)}  Y {fmt.number(self.to[0], 3)}"
            words = [place, shift, *(() if self._new_after else self.together_words(self.held))]
            marks.paint_tip(p, here, words, theme, QRectF(self.canvas.rect()))

    def _links(self) -> list[list[Point]]:
        """The edges that hang on what is dragged, as they would be."""
        if self._new_after:
            a, b = self.handles.ends(self._new_after[0])
            return [[a, self.to, b]]
        moved = self._moved(self.to)
        found: list[list[Point]] = []
        sets = [fs for _k, fs in self.canvas.visible_features()] if self.canvas.snapping.shared else []
        for a, b in moved.items():
            ends = self.handles.beside(a)
            for fs in sets:
                near = fs.segments.near((a[0] - 1e-3, a[1] - 1e-3, a[0] + 1e-3, a[1] + 1e-3))
                for start, end in zip(near.a, near.b, strict=True):
                    for one, other in ((start, end), (end, start)):
                        if np.abs(one - a).max() < 1.5e-3:
                            ends.append((round(float(other[0]), 3), round(float(other[1]), 3)))
            found += [[moved.get(end, end), b] for end in dict.fromkeys(ends)]
        return found
