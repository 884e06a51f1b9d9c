"""Holes and parts of the selected outline: draw new ones, click those that are to go or to be filled."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from app.gui.canvas.snapping import Point
from app.gui.canvas.tools.draw import DrawTool
from app.gui.canvas.tools.editing import EditSketch, EditTool
from app.gui.canvas.tools.pieces import paint_outlines
from app.gui.canvas.tools.select import SelectTool
from app.i18n import _
from models.notices import N_

_ADD_HOLE = N_("cut a hole into {what}")
_ADD_PART = N_("add a part to {what}")
_DELETE_HOLE = N_("close a hole of {what}")
_DELETE_PART = N_("delete a part of {what}")


class DrawnInto(EditSketch, DrawTool):
    """An outline is drawn and goes into the selected feature."""

    label = title = ""

    @abstractmethod
    def edited(self, shape: Any, drawn: Any) -> Any:
        """The feature's outline with what was drawn. Raises Refused."""

    def finish(self) -> None:
        if not self.points or not self.editable:
            return
        why = self.sketch_fault()
        if why:
            self._say(why)
            return
        drawn, where = shapely.Polygon(self.points), self.one()

        def step() -> Any:
            from app.verbs import labels, outlines

            layer, fid = self.need(where)
            made = self.edited(self.outline(layer, fid), drawn)
            code = outlines.code_of(self.canvas.session.table(layer), fid)
            return outlines.redraw(self.tables(), {(layer, fid): made}, labels.reworked(self.label, layer, code))

        self.finish_with(step, [where] if where else [], _(self.title))


class AddHoleTool(DrawnInto):
    """The ground drawn is taken out of the selected outline."""

    name = "add_hole"
    label, title = _ADD_HOLE, N_("Cut a hole")
    help = N_(
        "Draw the hole inside the selected outline; Enter or right click ends; Backspace takes back; Esc drops it"
    )

    def edited(self, shape: Any, drawn: Any) -> Any:
        from gis.editing.parts import add_hole

        return add_hole(shape, drawn)


class AddPartTool(DrawnInto):
    """The ground drawn becomes another part of the selected feature."""

    name = "add_part"
    label, title = _ADD_PART, N_("Add a part to the outline")
    help = N_(
        "Draw another part of the selected feature, outside it; Enter or right click ends; Backspace takes back; "
        "Esc drops it"
    )

    def edited(self, shape: Any, drawn: Any) -> Any:
        from gis.editing.parts import add_part

        return add_part(shape, drawn)


class ClickTool(EditTool):
    """Something of the selected outline (or of the one under the pointer) is shown under the pointer and clicked."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Any) -> None:
        super().__init__(canvas)
        self._seen: tuple[tuple[str, int], Any, Any] | None = None

    @abstractmethod
    def thing(self, shape: Any, at: Point) -> tuple[Any, Any] | None:
        """(what `act` takes, the ground that it is) of what lies at a place; None if nothing of the kind does."""

    @abstractmethod
    def act(self, where: tuple[str, int], place: Any) -> None:
        """Do it."""

    def _look(self, event: QMouseEvent) -> None:
        at = tuple(float(v) for v in self.canvas.view.to_world(event.position().x(), event.position().y()))
        self._seen = None
        for where in self._wheres(at):
            shape = self.outline(*where)
            found = self.thing(shape, at) if shape is not None else None
            if found is not None:
                self._seen = (where, *found)
                break
        self.canvas.update()

    def _wheres(self, at: Point) -> list[tuple[str, int]]:
        layer, fids = self.chosen()
        if fids:
            return [(layer, fid) for fid in fids]
        return [
            (key, int(fs.fids[i]))
            for key, fs in SelectTool._candidates(self)  # noqa: SLF001 - the same order as a click
            if fs.ring_is_hole.size
            for i in _boxes_at(fs, at)
        ]

    def move(self, event: QMouseEvent) -> None:
        self.fault = None
        self._look(event)

    def press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.canvas.set_tool("select")
            return
        if event.button() != Qt.MouseButton.LeftButton or not self.editable:
            return
        self._look(event)
        if self._seen is None:
            self.commit(self._nothing)
            return
        where, place, _ground = self._seen
        self._seen = None
        self.act(where, place)

    def _nothing(self) -> Any:
        raise self.missing()

    @abstractmethod
    def missing(self) -> Exception:
        """What to say of a click beside everything."""

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.canvas.set_tool("select")
            return True
        return super().key(event)

    def leave(self) -> None:
        self._seen = None
        self.canvas.update()

    def paint(self, p: QPainter) -> None:
        if self._seen is not None:
            paint_outlines(p, self.canvas, [self._seen[2]], bad=self.destroys)
        self.paint_fault(p)

    destroys = False

    def redraw(self, where: tuple[str, int], label: str, title: str, make: Any) -> bool:
        """Commit a new outline of a feature, made of the old one; `title` names it while it is under way."""

        def step() -> Any:
            from app.verbs import labels, outlines

            layer, fid = where
            code = outlines.code_of(self.canvas.session.table(layer), fid)
            made = make(self.outline(layer, fid))
            return outlines.redraw(self.tables(), {where: made}, labels.reworked(label, layer, code))

        return self.commit_soon(step, lambda: None, title) if self.is_long([where]) else self.commit(step)


class DeleteHoleTool(ClickTool):
    """A hole that is clicked becomes ground of the outline."""

    name = "delete_hole"
    help = N_("Click a hole of an outline to close it; right click or Esc ends")

    def thing(self, shape: Any, at: Point) -> tuple[Any, Any] | None:
        return _hole_at(shape, at)

    def missing(self) -> Exception:
        return _no_hole()

    def act(self, where: tuple[str, int], place: Any) -> None:
        from gis.editing.parts import delete_hole

        self.redraw(where, _DELETE_HOLE, _("Close a hole"), lambda shape: delete_hole(shape, place))


class FillHoleTool(ClickTool):
    """A hole that is clicked becomes a new feature, which shares its boundary."""

    name = "fill_hole"
    help = N_("Click a hole of an outline to make a new feature that fills it; right click or Esc ends")

    def thing(self, shape: Any, at: Point) -> tuple[Any, Any] | None:
        return _hole_at(shape, at)

    def missing(self) -> Exception:
        return _no_hole()

    def act(self, where: tuple[str, int], place: Any) -> None:
        from gis.editing.parts import hole_of

        self.canvas.outline_drawn.emit(hole_of(self.outline(*where), place))


class DeletePartTool(ClickTool):
    """A part that is clicked goes; the last one of a feature does not."""

    name = "delete_part"
    help = N_("Click a part of an outline to delete it; right click or Esc ends")
    destroys = True

    def thing(self, shape: Any, at: Point) -> tuple[Any, Any] | None:
        from gis.editing.parts import part_at
        from gis.editing.sound import parts_of

        place = part_at(shape, at)
        return (place, parts_of(shape)[place.part]) if place is not None and place.ring == 0 else None

    def missing(self) -> Exception:
        from models.errors import Refused

        return Refused("part.none", N_("there is no part at this place"), advice=N_("click into a part"))

    def act(self, where: tuple[str, int], place: Any) -> None:
        from gis.editing.parts import delete_part

        self.redraw(where, _DELETE_PART, _("Delete a part"), lambda shape: delete_part(shape, place.part))


def _hole_at(shape: Any, at: Point) -> tuple[Any, Any] | None:
    from gis.editing.parts import part_at
    from gis.editing.sound import parts_of

    place = part_at(shape, at)
    if place is None or place.ring == 0:
        return None
    return place, shapely.Polygon(parts_of(shape)[place.part].interiors[place.ring - 1])


def _no_hole() -> Exception:
    from models.errors import Refused

    return Refused("hole.none", N_("there is no hole at this place"), advice=N_("click into a hole"))


def _boxes_at(fs: Any, at: Point) -> list[int]:
    b = fs.bounds
    hit = (b[:, 0] <= at[0]) & (b[:, 2] >= at[0]) & (b[:, 1] <= at[1]) & (b[:, 3] >= at[1])
    return [int(i) for i in hit.nonzero()[0][::-1]]
