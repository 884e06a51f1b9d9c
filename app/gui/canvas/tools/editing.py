"""What tools share that change features: which one is edited, how a step is committed, where a fault is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from app.gui.canvas import marks
from app.gui.canvas.snapping import Point
from app.gui.canvas.theme import colour
from app.gui.canvas.tools.base import Tool
from app.gui.canvas.tools.sketch import SketchTool
from app.i18n import _
from layers.registry import LAYERS
from models.errors import AppError, Refused
from models.notices import N_

if TYPE_CHECKING:
    from app.verbs.outline_overlaps import Overlap
    from app.verbs.outlines import OutlineStep

_NOTHING_SELECTED = N_("select the feature to edit first: click it")


_MOST_TOLD = 3
LONG = 50_000
"""With more vertices an edit is checked and saved in the background: the window would stand still for it."""


class Fault:
    """Why an edit was refused, and the place on the ground that it is about."""

    def __init__(self, text: str, at: Point | None) -> None:
        self.text, self.at = text, at

    @classmethod
    def of(cls, error: AppError) -> Fault:
        """The fault that a refusal tells of."""
        from gis.editing.sound import place_of

        return cls(error.sentence(_), place_of(error))


class Editing:
    """Mixin of a Tool that edits the selected features of a polygon layer."""

    canvas: Any
    help_text: Callable[[], str]
    fault: Fault | None = None

    @property
    def editable(self) -> bool:
        """False if the project is open read-only."""
        return bool(getattr(self.canvas.session, "writable", True))

    def chosen(self) -> tuple[str, list[int]]:
        """Layer and row numbers of the selected outlines; ("", []) if there are none."""
        layer, fids = self.canvas.selection
        if layer not in LAYERS or LAYERS[layer].geometry != "MULTIPOLYGON":
            return "", []
        table = self.canvas.session.table(layer)
        return layer, sorted(f for f in fids if f in table)

    def one(self) -> tuple[str, int] | None:
        """The one selected outline; None if there is none or more."""
        layer, fids = self.chosen()
        return (layer, fids[0]) if len(fids) == 1 else None

    def outline(self, layer: str, fid: int) -> Any:
        """The outline of a feature as it is now, committed or kept in memory."""
        row = self.canvas.session.table(layer).row(fid)
        return row["geometry"] if row else None

    def tables(self) -> dict[str, Any]:
        """The layers whose outlines may be touched."""
        return {k: self.canvas.session.table(k) for k, t in LAYERS.items() if t.geometry == "MULTIPOLYGON"}

    def need(self, found: Any) -> Any:
        """What is needed to begin; Refused if nothing is selected."""
        if not found:
            raise Refused("edit.nothing_selected", _NOTHING_SELECTED)
        return found

    def is_long(self, wheres: Iterable[tuple[str, int]]) -> bool:
        """True if one of these outlines is so long that an edit of it goes into the background."""
        shapes = [self.outline(*where) for where in wheres]
        return any(int(shapely.get_num_coordinates(s)) > LONG for s in shapes if s is not None)

    def commit(self, make: Callable[[], OutlineStep]) -> bool:
        """Make a step and commit it; False if it was refused, which is shown at its place."""
        session = self.canvas.session
        try:
            step, overlaps = self._checked(make, self.tables(), clear=self.canvas.snapping.clear)
        except AppError as error:
            self.show_fault(Fault.of(error))
            return False
        self.show_fault(None)
        try:
            session.transact(step.label, list(step.changes))
        except AppError as error:
            session.report(error)
            # What the disk refused is kept in memory and on the map; the bar above the map asks for it.
            return bool(session.unsaved)
        self._tell(overlaps)
        return True

    def commit_soon(
        self, make: Callable[[], OutlineStep], refused: Callable[[], object], title: str | None = None,
        done: Callable[[], object] | None = None,
    ) -> bool:  # fmt: skip
        """As `commit`, in the background: the window does not wait for what the checks of a long outline take.

        True if it has begun; `done` is called when it is committed, `refused` where nothing comes of it.
        """
        session, tables, clear = self.canvas.session, self.tables(), self.canvas.snapping.clear
        made: list[OutlineStep] = []

        def work(project: Any, _watch: Any) -> list[Overlap]:
            step, overlaps = self._checked(make, tables, clear=clear)
            made.append(step)
            project.store.transact(step.label, list(step.changes))
            return overlaps

        def failed(error: Exception) -> None:
            refused()
            if made or not isinstance(error, AppError):
                session.report(error)
            else:
                self.show_fault(Fault.of(error))

        def told(overlaps: list[Overlap]) -> None:
            self._tell(overlaps)
            if done is not None:
                done()

        try:
            session.not_while_writing()
        except AppError as error:
            session.report(error)
            return False
        self.show_fault(None)
        session.run_write(title or _("Edit points"), work, told, failed)
        return True

    @staticmethod
    def _checked(
        make: Callable[[], OutlineStep], tables: dict[str, Any], *, clear: bool
    ) -> tuple[OutlineStep, list[Overlap]]:
        """The step to commit and what it newly overlaps. Raises AppError where it cannot be."""
        from app.verbs.outline_overlaps import cleared, new_overlaps

        step = cleared(tables, make()) if clear else make()
        return step, new_overlaps(tables, step)

    def _tell(self, overlaps: list[Overlap]) -> None:
        """Overlaps are allowed, since surveys differ; but nobody should find them out from the authority."""
        if overlaps:
            words = [o.notice().render(_) for o in overlaps[:_MOST_TOLD]]
            self.show_fault(Fault("\n".join(words), overlaps[0].at))

    def show_fault(self, fault: Fault | None) -> None:
        """Say why something cannot be, at the place and in the status bar; None takes it back."""
        self.fault = fault
        self.canvas.help_changed.emit(fault.text.replace("\n", "; ") if fault else self.help_text())
        self.canvas.update()

    def paint_fault(self, p: QPainter) -> None:
        """A ring around the place with the words beside it."""
        if self.fault is None:
            return
        theme, room = self.canvas.theme, QRectF(self.canvas.rect())
        at = room.center()
        if self.fault.at is not None:
            at = QPointF(*self.canvas.view.to_screen(*self.fault.at))
            for ink, width in ((colour(theme.halo, 0.9), 5.0), (colour(theme.danger), 2.5)):
                p.setPen(QPen(ink, width))
                p.setBrush(colour(theme.danger, 0.12))
                p.drawEllipse(at, 11, 11)
        # What happened and what to do each have a line: a sentence of both is wider than a small map.
        lines = self.fault.text.replace("; ", "\n").split("\n")
        marks.paint_tip(p, at, lines, theme, room, alarm=True)

    def select_codes(self, layer: str, codes: Iterable[str]) -> None:
        """Select features by their codes."""
        self.canvas.session.select(layer, self.canvas.session.table(layer).where("code", codes))


class EditTool(Editing, Tool):
    """A tool of its own kind that edits."""

    def deactivate(self) -> None:
        self.fault = None
        super().deactivate()


class EditSketch(Editing, SketchTool):
    """A sketch that edits when it ends. What was wrong with it is told until it is drawn on."""

    def add(self, point: Point) -> None:
        self.fault = None
        super().add(point)

    def take_back(self) -> None:
        self.fault = None
        super().take_back()

    def finish_with(
        self, step: Callable[[], OutlineStep], wheres: Iterable[tuple[str, int]], title: str,
        done: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        """Commit what the sketch does to these outlines; then it goes, and `done` is called.

        Long outlines are edited in the background; what was drawn comes back if nothing comes of it.
        """
        drawn = list(self.points)

        def back() -> None:
            if not self.points:
                self.points[:] = drawn
                self.canvas.tool_moved.emit()

        if self.is_long(wheres):
            if self.commit_soon(step, back, title, done):
                self.cancel()
        elif self.commit(step):
            self.cancel()
            self._say("")
            done()

    def cancel(self) -> bool:
        had = self.fault is not None
        self.fault = None
        return super().cancel() or had

    def paint(self, p: QPainter) -> None:
        super().paint(p)
        self.paint_fault(p)
