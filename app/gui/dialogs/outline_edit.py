"""Edits of whole outlines with figures: what they would make is shown on the map before it is done."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QWidget

from app import format as fmt
from app.gui import settings
from app.gui.abstract import QtAbstract
from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.widgets import Combo, Spin, label
from app.i18n import _
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.outlines import OutlineStep, Where

_AT_ONCE = 20_000  # vertices; above it the window would stand still
_WAIT_MS = 120  # until a person has stopped turning a number


@dataclass(frozen=True)
class Made:
    """Outlines as they would be, and more to tell: (N_() template, facts), a line each."""

    outlines: dict[Where, Any]
    told: tuple[tuple[str, dict[str, str]], ...] = ()


class OutlineDialog(Sheet, metaclass=QtAbstract):
    """Works on the outlines that were selected when it opened. Subclasses give fields, `edit` and `step`."""

    def __init__(self, parent: QWidget, session: Session, canvas: Any, title: str, text: str, main: str) -> None:
        super().__init__(parent, title, text, width=440)
        self.session, self.canvas = session, canvas
        self.layer, self.fids = session.selection[0], sorted(session.selection[1])
        self.made: dict[Where, Any] = {}
        self._turn = 0  # counts what was asked, so that only the newest answer is shown
        self.lines = form()
        self.content.addLayout(self.lines)
        self.fields()
        self.figures = label("", "secondary", wrap=True)
        self.content.addWidget(self.figures)
        self.foot(main, self.take, icon="check")
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self.look)
        self.finished.connect(self._clear)
        session.closed.connect(self.reject)
        self.look()

    def fields(self) -> None:
        """Put the fields into `lines`."""

    @abstractmethod
    def edit(self) -> Callable[[dict[Where, Any]], Made]:
        """What makes the outlines of those there are, with the figures as they stand now. It raises Refused.

        It may be called in the background: it looks at nothing of the window.
        """

    def step(self) -> OutlineStep:
        """What to commit."""
        from app.verbs import outlines

        return outlines.redraw(self._tables(), self.made)

    def _tables(self) -> dict[str, Any]:
        return {self.layer: self.session.table(self.layer)}

    def shapes(self) -> dict[Where, Any]:
        """The outlines as they are."""
        table = self.session.table(self.layer)
        rows = {fid: table.row(fid) for fid in self.fids}
        return {(self.layer, fid): row["geometry"] for fid, row in rows.items() if row is not None}

    def touch(self) -> None:
        """A field changed; look when it has come to rest."""
        self._timer.start()

    def look(self) -> None:
        """Show on the map and in figures what would be; of very many points when they are computed."""
        self._timer.stop()
        before, edit = self.shapes(), self.edit()
        self._turn += 1
        turn = self._turn
        self.made = {}
        if not before:
            self._show(before, Made({}))
        elif int(shapely.get_num_coordinates(list(before.values())).sum()) <= _AT_ONCE:
            try:
                self._show(before, edit(before))
            except AppError as error:
                self._refuse(error)
        else:
            self.main.setEnabled(False)
            self.figures.setText(_("Computing…"))
            self.session.tasks.submit(
                self.windowTitle(), lambda _w: edit(before),
                lambda made: self._show(before, made) if turn == self._turn else None,
                lambda error: self._refuse(error) if turn == self._turn else None, quiet=True,
            )  # fmt: skip

    def _show(self, before: dict[Where, Any], made: Made) -> None:
        self.problem(None)
        self.made = made.outlines
        self.canvas.marked.show_shapes(list(self.made.values()))
        self.canvas.update()
        self.main.setEnabled(bool(self.made) and self.session.writable)
        lines = [*self._figures(before), *(_(text).format(**facts) for text, facts in made.told)]
        self.figures.setText("\n".join(lines) if self.made else "")

    def _refuse(self, error: Exception) -> None:
        nothing = isinstance(error, AppError) and error.key == "clear.nothing"  # good news
        self.problem(error, "info" if nothing else "danger")
        self.canvas.marked.show_shapes([])
        self.canvas.update()
        self.main.setEnabled(False)
        self.figures.setText("")

    def _figures(self, before: dict[Where, Any]) -> list[str]:
        old = [before[w] for w in self.made if w in before]
        new = list(self.made.values())
        areas = [float(sum(s.area for s in shapes)) for shapes in (old, new)]
        points = [sum(map(_corners, shapes)) for shapes in (old, new)]
        area = _("area {before} → {after} m² ({change})").format(
            before=fmt.number(areas[0], 1), after=fmt.number(areas[1], 1),
            change=fmt.difference((areas[1] - areas[0]) / areas[0] * 100, 2) + " %" if areas[0] else "",
        )  # fmt: skip
        count = _("points {before} → {after}").format(before=points[0], after=points[1])
        return [area, count]

    def take(self) -> None:
        """Commit it as one step."""
        if self._timer.isActive():
            self.look()
        if not self.made:
            return  # refused, or still being computed
        step = self.step()
        try:
            self.session.transact(step.label, list(step.changes))
        except AppError as error:
            self.problem(error)
            if not self.session.unsaved:
                return
        self.accept()

    def _clear(self) -> None:
        self.canvas.marked.show_shapes([])
        self.canvas.update()

    def label_one(self, text: str, **facts: Any) -> Any:
        """The label of a step of one outline, None for several (they have their own)."""
        from app.verbs import labels, outlines

        if len(self.made) != 1:
            return None
        code = outlines.code_of(self.session.table(self.layer), next(iter(self.made))[1])
        return labels.reworked(text, self.layer, code, **facts)


def _corners(shape: Any) -> int:
    """Points of an outline as everywhere else: the closing one of each ring is not counted a second time."""
    return int(shapely.get_num_coordinates(shape)) - sum(len(p.interiors) + 1 for p in shapely.get_parts(shape))


_OFFSET = N_("offset {what} by {metres} m")
_STRAYS = N_("the boundary strays {m} m at most")
_SIMPLIFY = N_("simplify {what} within {metres} m")


class OffsetDialog(OutlineDialog):
    """Wider or narrower by metres."""

    def __init__(self, parent: QWidget, session: Session, canvas: Any) -> None:
        super().__init__(
            parent, session, canvas, _("Offset"), _("Metres outwards; a minus narrows the outline."), _("Offset")
        )

    def fields(self) -> None:
        self.metres = Spin(-10_000, 10_000, decimals=3, step=1.0, unit="m")
        self.metres.setValue(float(settings.value("edit/offset_m", 5.0)))
        self.metres.setKeyboardTracking(True)
        self.corners = Combo([("mitre", _("sharp")), ("round", _("round"))])
        self.corners.choose(settings.value("edit/offset_corners", "mitre"))
        add_row(self.lines, _("Distance"), self.metres)
        add_row(self.lines, _("Corners"), self.corners)
        self.metres.valueChanged.connect(lambda _v: self.touch())
        self.corners.currentIndexChanged.connect(lambda _i: self.touch())

    def edit(self) -> Callable[[dict[Where, Any]], Made]:
        from gis.editing.offset import offset

        metres, corners = self.metres.value(), self.corners.currentData()
        return lambda shapes: Made({w: offset(s, metres, corners) for w, s in shapes.items()})

    def step(self) -> OutlineStep:
        from app.verbs import outlines

        settings.remember("edit/offset_m", self.metres.value())
        settings.remember("edit/offset_corners", self.corners.currentData())
        label = self.label_one(_OFFSET, metres=fmt.difference(self.metres.value(), 3))
        return outlines.redraw(self._tables(), self.made, label)


class SimplifyDialog(OutlineDialog):
    """Fewer points; how far the boundary strays is measured and said."""

    def __init__(self, parent: QWidget, session: Session, canvas: Any) -> None:
        text = _("Points that lie within the tolerance of the new boundary go.")
        super().__init__(parent, session, canvas, _("Simplify"), text, _("Simplify"))

    def fields(self) -> None:
        self.tolerance = Spin(0.001, 1000, decimals=3, step=0.1, unit="m")
        self.tolerance.setValue(float(settings.value("edit/simplify_m", 0.2)))
        self.tolerance.setKeyboardTracking(True)
        self.together = QCheckBox(_("Simplify shared boundaries with the neighbours"))
        self.together.setChecked(self.canvas.snapping.shared)
        add_row(self.lines, _("Tolerance"), self.tolerance)
        self.lines.addRow(self.together)
        self.tolerance.valueChanged.connect(lambda _v: self.touch())
        self.together.toggled.connect(lambda _on: self.touch())

    def edit(self) -> Callable[[dict[Where, Any]], Made]:
        tolerance, tables = self.tolerance.value(), self._tables() if self.together.isChecked() else {}
        return lambda shapes: _simplified(shapes, tolerance, tables)

    def step(self) -> OutlineStep:
        from app.verbs import outlines

        settings.remember("edit/simplify_m", self.tolerance.value())
        label = self.label_one(_SIMPLIFY, metres=fmt.number(self.tolerance.value(), 3))
        return outlines.redraw(self._tables(), self.made, label)


def _simplified(shapes: dict[Where, Any], tolerance_m: float, tables: dict[str, Any]) -> Made:
    """Outlines with fewer points; neighbours in `tables` that share a boundary with one of them are simplified too."""
    from app.verbs.outlines import around
    from gis.editing.simplify import farthest_m, simplify, simplify_together

    every = dict(shapes)
    if tables:
        whole = shapely.union_all(list(shapes.values()))
        near = around(tables, whole.bounds, list(shapes))
        every |= {w: s for w, s in near.items() if s.boundary.intersection(whole.boundary).length > 0}
        new = simplify_together(every, tolerance_m)
        made = {w: s for w, s in new.items() if w in shapes or not s.equals_exact(every[w], 0.0)}
    else:
        made = {w: simplify(s, tolerance_m) for w, s in shapes.items()}
    most = max(farthest_m(every[w], s) for w, s in made.items())
    return Made(made, ((_STRAYS, {"m": fmt.number(most, 3)}),))
