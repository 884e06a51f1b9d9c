"""Move, turn and scale the selected outlines, or one part of an outline, with a frame around them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen

from app import format as fmt
from app.gui.canvas import marks
from app.gui.canvas.aim import aim
from app.gui.canvas.snapping import Point
from app.gui.canvas.theme import colour
from app.gui.canvas.tools.base import is_drag
from app.gui.canvas.tools.editing import EditTool, Fault
from app.gui.canvas.tools.held import Held, Where
from app.gui.canvas.tools.pieces import area_of, area_words, paint_outlines
from app.gui.canvas.tools.select import SelectTool
from app.gui.canvas.tools.typed_change import TypedChanges
from app.i18n import _
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.verbs.outlines import OutlineStep

_GRIP_PX, _KNOB_PX, _BASE_PX = 9.0, 28.0, 12.0
_STEP_DEG = 15.0
_HIDDEN = 2000  # vertices that do not snap to themselves
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LABELS = {"move": N_("move {what}"), "turn": N_("turn {what} by {amount}"), "scale": N_("scale {what} by {amount}")}


class TransformTool(Held, TypedChanges, EditTool):
    """Inside the frame: move; a corner: scale about the opposite one; the knob: turn about the middle.

    All selected outlines go together; a click with Shift takes one more or lets it go. Of a single outline with several
    parts the part that is clicked is meant; A means all of them. Shift, angle and factor can be typed (TypedChanges);
    they and the knob go about the base point.
    """

    name = "transform"
    help = N_(
        "Drag inside to move, a corner to scale, the knob to turn (Shift: steps of 15°); Enter types shift, angle and "
        "factor; click a part to take it alone, a point of it as base; A takes all; Shift+click adds outlines; Ctrl "
        "stops snapping; Esc lets go"
    )
    labels = _LABELS

    def __init__(self, canvas: Any) -> None:
        super().__init__(canvas)
        self.part = -1
        self.mode = ""
        self._start: Point | None = None
        self._press: QPointF | None = None
        self._pivot: Point = (0.0, 0.0)
        self._how: dict[str, Any] = {}
        self._made: dict[Where, Any] = {}
        self._amount = 0.0
        canvas.session.selection_changed.connect(self._on_selection)
        canvas.session.changed.connect(self._on_changed)

    def activate(self) -> None:
        self.forget()
        super().activate()

    def deactivate(self) -> None:
        super().deactivate()
        self._base_at = None
        self.show_typed(None)

    def _on_selection(self, *_what: object) -> None:
        self.forget()
        self.part, self._base_at = -1, None
        self._drop()
        if self.canvas.tool is self:
            self.canvas.tool_moved.emit()

    def _on_changed(self, *_what: object) -> None:
        self.forget()
        if self.canvas.tool is self and self.typed is not None:
            self.show_typed(self.typed)

    def _drop(self) -> None:
        self.mode, self._start, self._press, self._made = "", None, None, {}
        self.canvas.update()

    def _frame(self) -> QRectF | None:
        body = self.body()
        if body is None:
            return None
        x0, y0, x1, y1 = body.bounds
        a, b = QPointF(*self.canvas.view.to_screen(x0, y1)), QPointF(*self.canvas.view.to_screen(x1, y0))
        return QRectF(a, b)

    def _grips(self) -> dict[str, QPointF]:
        frame = self._frame()
        if frame is None:
            return {}
        top = QPointF(frame.center().x(), frame.top())
        return {"nw": frame.topLeft(), "ne": frame.topRight(), "sw": frame.bottomLeft(), "se": frame.bottomRight(),
                "turn": top - QPointF(0, _KNOB_PX)}  # fmt: skip

    def _grip_at(self, at: QPointF) -> str:
        near = {k: math.hypot(at.x() - q.x(), at.y() - q.y()) for k, q in self._grips().items()}
        best = min(near, key=near.get) if near else ""
        return best if best and near[best] <= _GRIP_PX else ""

    # Mouse

    def press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            if not self.cancel():
                self.canvas.set_tool("select")
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.show_fault(None)
        at = event.position()
        self._press = at
        grip, body = self._grip_at(at), self.body()
        here = tuple(float(v) for v in self.canvas.view.to_world(at.x(), at.y()))
        if grip and self.editable:
            x0, y0, x1, y1 = body.bounds
            corners = {"nw": (x1, y0), "ne": (x0, y0), "sw": (x1, y1), "se": (x0, y1)}
            self.mode = "turn" if grip == "turn" else "scale"
            self._pivot = corners.get(grip) or self.base()
            self._start = here
        elif body is not None and self.holds(here) and self.editable:
            self.mode, self._start = "move", self._base(here)

    def _base(self, here: Point) -> Point:
        """The vertex near the pointer, so that it can be put on another one; else where the pointer is."""
        near, away = self.nearest(here)
        return near if away <= _BASE_PX * self.canvas.view.scale else here

    def move(self, event: QMouseEvent) -> None:
        if self._press is None or not self.mode:
            self._hover(event.position())
            return
        if not self._made and not is_drag(self._press, event.position()):
            return
        own = shapely.get_coordinates(self.body())[:_HIDDEN].tolist() if self.mode == "move" else []
        to, _target = aim(self.canvas, event.position(), event.modifiers(), hidden=[(x, y) for x, y in own])
        self._change(to, steps=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        self.canvas.update()

    def _hover(self, at: QPointF) -> None:
        grip = self._grip_at(at)
        shapes = {"turn": Qt.CursorShape.PointingHandCursor, "nw": Qt.CursorShape.SizeFDiagCursor,
                  "se": Qt.CursorShape.SizeFDiagCursor, "ne": Qt.CursorShape.SizeBDiagCursor,
                  "sw": Qt.CursorShape.SizeBDiagCursor}  # fmt: skip
        frame = self._frame()
        inside = Qt.CursorShape.SizeAllCursor if frame is not None and frame.contains(at) else self.cursor
        self.canvas.setCursor(shapes.get(grip, inside))

    def _change(self, to: Point, *, steps: bool) -> None:
        start, pivot = self._start, self._pivot
        if self.mode == "move":
            push = (to[0] - start[0], to[1] - start[1])
            self._amount = math.hypot(*push)
            self._how = {"push": push}
        elif self.mode == "turn":
            a, b = (math.degrees(math.atan2(q[0] - pivot[0], q[1] - pivot[1])) for q in (start, to))
            turn = (b - a + 180) % 360 - 180
            self._amount = round(turn / _STEP_DEG) * _STEP_DEG if steps else turn
            self._how = {"degrees": self._amount}
        else:
            self._amount = max(0.01, math.dist(to, pivot) / max(math.dist(start, pivot), 1e-6))
            self._how = {"factor": self._amount}
        self.fault = None
        try:
            self._made = self._seen_so()
        except AppError as error:
            self.fault = Fault.of(error)

    def _seen_so(self) -> dict[Where, Any]:
        """The outlines as they would be; of long ones their boxes, unchecked and for the eye only. Raises Refused."""
        from gis.editing.transform import placed, similar

        if self.heavy():
            return self.boxes(lambda box, part: placed(box, self._pivot, part=part, **self._how))
        return self.each(lambda shape, part: similar(shape, self._pivot, part=part, **self._how))

    def release(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        if self._made and self.fault is None:
            self._commit()
        elif not self._made and not is_drag(self._press, event.position()):
            adding = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._pick(event.position(), adding=adding)
        self._drop()

    def _commit(self) -> None:
        made, mode, how, pivot = self._made, self.mode, self._how, self._pivot
        amount = {"turn": f"{self._amount:+.2f}°", "scale": f"{self._amount:.4f}"}.get(mode, "")
        facts = {"amount": amount} if amount else {}
        if not self.heavy():
            self.commit(lambda: self.renewed(made, _LABELS[mode], mode, **facts))
            return

        held = self.held()

        def checked() -> OutlineStep:
            from gis.editing.transform import similar

            shapes = self.each(lambda shape, part: similar(shape, pivot, part=part, **how), held)
            return self.renewed(shapes, _LABELS[mode], mode, **facts)

        self.commit_soon(checked, lambda: None, _("Move, turn, scale"))

    def _pick(self, at: QPointF, *, adding: bool) -> None:
        from gis.editing.parts import part_at

        if adding:
            self._add(at)
            return
        if self.take_base(at):
            return
        here = tuple(float(v) for v in self.canvas.view.to_world(at.x(), at.y()))
        where = self.one()
        shape = self.outline(*where) if where else None
        place = part_at(shape, here) if shape is not None else None
        if place is not None and len(shape.geoms) > 1:
            self.part = place.part
            self.canvas.tool_moved.emit()
            return
        hit = SelectTool.pick(self, at)
        if hit is not None and hit not in self.shapes():
            self.canvas.session.select(hit[0], [hit[1]])

    def _add(self, at: QPointF) -> None:
        """Take one outline more of the same layer, or let one go."""
        hit = SelectTool.pick(self, at)
        if hit is None:
            return
        layer, fids = self.chosen()
        more = set(fids) ^ {hit[1]} if layer == hit[0] else {hit[1]}
        self.canvas.session.select(hit[0], more)

    def _candidates(self) -> Any:
        return SelectTool._candidates(self)  # noqa: SLF001 - the same order as a click with the select tool

    # Keys

    def cancel(self) -> bool:
        had = bool(self.mode) or self.fault is not None
        self.fault = None
        self._drop()
        if not had and self.drop_base():
            return True
        if not had and self.part >= 0:
            self.part, had = -1, True
            self.canvas.tool_moved.emit()
        return had

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_A and not event.modifiers():
            self.part = -1
            self.canvas.update()
            self.canvas.tool_moved.emit()
            return True
        if event.key() in _ENTER and self.body() is not None and self.editable:
            self.canvas.typed.emit("")
            return True
        return super().key(event)

    # Painting

    def paint(self, p: QPainter) -> None:
        theme = self.canvas.theme
        if self._made:
            paint_outlines(p, self.canvas, self._made.values(), bad=self.fault is not None)
            self._paint_words(p)
        else:
            frame = self._frame()
            if frame is not None:
                p.setPen(QPen(colour(theme.accent), 1.2, Qt.PenStyle.DashLine))
                p.setBrush(Qt.BrushStyle.NoBrush)
                p.drawRect(frame)
                grips = self._grips()
                p.drawLine(QPointF(frame.center().x(), frame.top()), grips["turn"])
                marks.paint_vertices(p, [q for k, q in grips.items() if k != "turn"], theme, theme.accent)
                p.drawEllipse(grips["turn"], 5, 5)
            self.paint_typed(p)
        self.paint_fault(p)

    def _paint_words(self, p: QPainter) -> None:
        what = {
            "move": f"{fmt.number(self._amount, 3)} m",
            "turn": f"{fmt.difference(self._amount, 2)}°",
            "scale": f"× {fmt.number(self._amount, 4)}",
        }[self.mode]
        at = QPointF(self.canvas.mapFromGlobal(self.canvas.cursor().pos()))
        room = QRectF(self.canvas.rect())
        at = at if room.contains(at) else room.center()
        grown = self._amount**2 if self.mode == "scale" else 1.0
        area = area_of(self.ground_m2() * grown) if self.heavy() else area_words(*self._made.values())
        marks.paint_tip(p, at, [what, area], self.canvas.theme, room)
