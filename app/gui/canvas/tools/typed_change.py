"""A shift, a turn and a scale that were typed for outlines: shown on the map first, then one step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from app import format as fmt
from app.gui.canvas import marks
from app.gui.canvas.snapping import Point
from app.gui.canvas.theme import colour
from app.gui.canvas.tools.editing import Fault
from app.gui.canvas.tools.held import Where
from app.gui.canvas.tools.pieces import area_of, area_words, paint_outlines
from app.i18n import _
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.verbs.outlines import OutlineStep

_REACH_PX = 8.0
_SEVERAL = N_("move, turn and scale {what}")
_TITLE = N_("Move, turn, scale")


@dataclass(frozen=True)
class Change:
    """Metres east and north, degrees clockwise, times as long."""

    east: float = 0.0
    north: float = 0.0
    degrees: float = 0.0
    factor: float = 1.0

    def how(self) -> dict[str, Any]:
        """The same as gis.editing.transform takes it."""
        return {"factor": self.factor, "degrees": self.degrees, "push": (self.east, self.north)}

    def kinds(self) -> list[str]:
        """Which of "move", "turn" and "scale" it does."""
        does = {"move": self.east or self.north, "turn": self.degrees, "scale": self.factor != 1}
        return [kind for kind, yes in does.items() if yes]

    def words(self) -> list[str]:
        """What it does, a line for each kind."""
        push = f"ΔX {fmt.difference(self.north, 3)}  ΔY {fmt.difference(self.east, 3)}"
        push += f"  ({fmt.number(math.hypot(self.east, self.north), 3)} m)"
        said = {"move": push, "turn": f"{fmt.difference(self.degrees, 4)}°", "scale": f"× {fmt.number(self.factor, 6)}"}
        return [said[kind] for kind in self.kinds()]


class TypedChanges:
    """Mixin of the transform tool. Everything goes about the base point: a vertex that was clicked, else the middle."""

    canvas: Any
    part: int
    labels: dict[str, str]
    body: Callable[[], Any]
    one: Callable[[], tuple[str, int] | None]
    outline: Callable[[str, int], Any]
    owner: Callable[[Point], Where | None]
    nearest: Callable[[Point], tuple[Point, float]]
    heavy: Callable[[], bool]
    boxes: Callable[[Callable[[Any, int], Any]], dict[Where, Any]]
    ground_m2: Callable[[], float]
    commit_soon: Callable[..., bool]
    each: Callable[..., dict[Where, Any]]
    held: Callable[[], tuple[dict[Where, Any], int]]
    renewed: Callable[..., OutlineStep]
    commit: Callable[[Callable[[], OutlineStep]], bool]
    show_fault: Callable[[Fault | None], None]
    fault: Fault | None

    typed: Change | None = None
    typed_made: dict[Where, Any] = {}  # noqa: RUF012 - replaced, never changed
    _base_at: Point | None = None
    _told: Fault | None = None  # what was said against what is typed

    entering = N_("Move it there")

    # The base point

    def base(self) -> Point | None:
        """What turns and scales stand on and what goes to a typed place; None without an outline."""
        body = self.body()
        if body is None:
            return None
        if self._base_at is not None and _is_vertex(body, self._base_at):
            return self._base_at
        x0, y0, x1, y1 = body.bounds
        return round((x0 + x1) / 2, 3), round((y0 + y1) / 2, 3)

    def base_words(self) -> str:
        """The base point by name."""
        body = self.body()
        if body is None or self._base_at is None or not _is_vertex(body, self._base_at):
            return _("base point: the middle (click a point of the outline for another)")
        from app.verbs.outline_points import number_of

        where = self.owner(self._base_at)
        number = number_of(self.outline(*where), self._base_at) if where else "?"
        if where and self.one() is None:
            number = f"{self.canvas.session.table(where[0]).row(where[1])['code']} {number}"
        return _("base point: {number}").format(number=number)

    def take_base(self, at: QPointF) -> bool:
        """Take the vertex under the pointer as base point; False if there is none."""
        body = self.body()
        if body is None:
            return False
        x, y = self.canvas.view.to_world(at.x(), at.y())
        near, away = self.nearest((float(x), float(y)))
        if away > _REACH_PX * self.canvas.view.scale:
            return False
        self._base_at = near
        self.canvas.tool_moved.emit()
        return True

    def drop_base(self) -> bool:
        """Back to the middle; True if it was another."""
        had, self._base_at = self._base_at is not None, None
        if had:
            self.canvas.tool_moved.emit()
        return had

    # Showing and doing

    def show_typed(self, change: Change | None) -> None:
        """Show on the map what a change would make, or why it cannot be; None shows nothing."""
        self.typed, self.typed_made = change if change is not None and change.kinds() else None, {}
        fault = None
        if self.typed is not None:
            try:
                self.typed_made = self._seen_typed(self.typed)
            except AppError as error:
                fault = Fault.of(error)
        if fault is not None or (self.fault is not None and self.fault is self._told):
            self.show_fault(fault)
        self._told = fault
        self.canvas.update()

    def _seen_typed(self, change: Change) -> dict[Where, Any]:
        """The outlines as they would be; of long ones their boxes, for the eye only. Raises Refused."""
        from gis.editing.transform import placed

        base = self.base()
        if base is None:
            return {}
        if self.heavy():
            return self.boxes(lambda box, part: placed(box, base, part=part, **change.how()))
        return self._changed(change, base, self.held())

    def _changed(self, change: Change, base: Point, held: tuple[dict[Where, Any], int]) -> dict[Where, Any]:
        """The outlines as they will be. Raises Refused."""
        from gis.editing.transform import similar

        return self.each(lambda shape, part: similar(shape, base, part=part, **change.how()), held)

    def put_typed(self) -> str:
        """Do what is shown as one step; what was said against it."""
        change, made, base = self.typed, self.typed_made, self.base()
        if change is None or not made or base is None:
            return self.fault.text if self.fault else ""
        if self.heavy():
            held = self.held()
            begun = self.commit_soon(
                lambda: self._step(change, self._changed(change, base, held)), lambda: None, _(_TITLE)
            )
        else:
            begun = self.commit(lambda: self._step(change, made))
        if not begun:
            return self.fault.text if self.fault else ""
        if self._base_at is not None:
            self._base_at = (round(base[0] + change.east, 3), round(base[1] + change.north, 3))
        self.show_typed(None)
        self.canvas.tool_moved.emit()
        return ""

    def _step(self, change: Change, made: dict[Where, Any]) -> OutlineStep:
        kinds = change.kinds()
        if len(kinds) > 1:
            return self.renewed(made, _SEVERAL, "all")
        amount = {"turn": f"{change.degrees:+.4f}°", "scale": f"{change.factor:.6g}"}.get(kinds[0])
        return self.renewed(made, self.labels[kinds[0]], kinds[0], **({"amount": amount} if amount else {}))

    def enter(self, places: list[Point]) -> str:
        """Put the base point at a place that was typed; what was said against it."""
        base = self.base()
        if len(places) != 1 or base is None:
            return _("one place is needed: where the base point goes")
        self.show_typed(replace(self.typed or Change(), **push_to(base, places[0])))
        return self.put_typed()

    # Painting

    def paint_typed(self, p: QPainter) -> None:
        """What was typed as it would be, and the base point."""
        base = self.base()
        if base is None or (self.typed is None and self._base_at is None):
            return
        theme, here = self.canvas.theme, QPointF(*self.canvas.view.to_screen(*base))
        if self.typed is not None and self.typed_made:
            made = list(self.typed_made.values())
            paint_outlines(p, self.canvas, made)
            x0, y0, x1, _y1 = shapely.total_bounds(made).tolist()  # below it: the box with the fields is above
            foot = QPointF(*self.canvas.view.to_screen((x0 + x1) / 2, y0))
            ground = self.ground_m2() * self.typed.factor**2
            words = [*self.typed.words(), area_of(ground) if self.heavy() else area_words(*made)]
            marks.paint_tip(p, foot, words, theme, QRectF(self.canvas.rect()))
        for ink, width in ((colour(theme.halo, 0.9), 4.0), (colour(theme.snap), 2.0)):
            p.setPen(QPen(ink, width))
            p.drawEllipse(here, 6, 6)
            p.drawLine(here - QPointF(10, 0), here + QPointF(10, 0))
            p.drawLine(here - QPointF(0, 10), here + QPointF(0, 10))


def push_to(base: Point, place: Point) -> dict[str, float]:
    """The shift that brings the base point to a place, in millimetres."""
    return {"east": round(place[0] - base[0], 3), "north": round(place[1] - base[1], 3)}


def _is_vertex(body: Any, at: Point) -> bool:
    return bool((abs(shapely.get_coordinates(body) - at).max(axis=1) < 1e-3).any())
