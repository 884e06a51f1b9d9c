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
        self._seen: tuple[tuple[str, int], Any] | None = None
        self._ground: tuple[Any, tuple[int, int], Any] | None = None  # of what was looked up last: layer, ring, ground

    @abstractmethod
    def thing(self, shape: Any, at: Point) -> Any:
        """What `act` takes of what lies at a place; None if nothing of the kind does."""

    holes: bool = True
    """Holes are clicked, else parts."""

    @abstractmethod
    def act(self, where: tuple[str, int], place: Any) -> None:
        """Do it."""

    def _place(self, event: QMouseEvent) -> Point:
        x, y = self.canvas.view.to_world(event.position().x(), event.position().y())
        return float(x), float(y)

    def _look(self, at: Point) -> None:
        """Show what lies under the pointer: by the map's own index, since a long outline takes long to be asked."""
        self._seen = next(((w, g) for w in self._wheres(at) if (g := self._under(w, at)) is not None), None)
        self.canvas.update()

    def _under(self, where: tuple[str, int], at: Point) -> Any:
        """The ground of the hole or part of a feature at a place; None for none."""
        fs = self.canvas.pictures.features.get(where[0])
        positions = fs.positions({where[1]}) if fs is not None else ()
        if not len(positions):
            return None
        found = fs.ring_at(int(positions[0]), *at)
        if found is None or (found[1] != int(fs.part_rings[found[0]])) != self.holes:
            return None
        if self._ground is None or self._ground[0] is not fs or self._ground[1] != found:
            self._ground = (fs, found, fs.polygon(*found))
        return self._ground[2]

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
        self._look(self._place(event))

    def press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.canvas.set_tool("select")
            return
        if event.button() != Qt.MouseButton.LeftButton or not self.editable:
            return
        at, self._seen = self._place(event), None
        for where in self._wheres(at):
            shape = self.outline(*where)
            found = self.thing(shape, at) if shape is not None else None
            if found is not None:
                self.act(where, found)
                return
        self.commit(self._nothing)

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
            paint_outlines(p, self.canvas, [self._seen[1]], bad=self.destroys)
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

    def thing(self, shape: Any, at: Point) -> Any:
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

    def thing(self, shape: Any, at: Point) -> Any:
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
    destroys, holes = True, False

    def thing(self, shape: Any, at: Point) -> Any:
        from gis.editing.parts import part_at

        place = part_at(shape, at)
        return place if place is not None and place.ring == 0 else None

    def missing(self) -> Exception:
        from models.errors import Refused

        return Refused("part.none", N_("there is no part at this place"), advice=N_("click into a part"))

    def act(self, where: tuple[str, int], place: Any) -> None:
        from gis.editing.parts import delete_part

        self.redraw(where, _DELETE_PART, _("Delete a part"), lambda shape: delete_part(shape, place.part))


def _hole_at(shape: Any, at: Point) -> Any:
    from gis.editing.parts import part_at

    place = part_at(shape, at)
    return place if place is not None and place.ring > 0 else None


def _no_hole() -> Exception:
    from models.errors import Refused

    return Refused("hole.none", N_("there is no hole at this place"), advice=N_("click into a hole"))


def _boxes_at(fs: Any, at: Point) -> list[int]:
    b = fs.bounds
    hit = (b[:, 0] <= at[0]) & (b[:, 2] >= at[0]) & (b[:, 1] <= at[1]) & (b[:, 3] >= at[1])
    return [int(i) for i in hit.nonzero()[0][::-1]]
