"""Edits of whole outlines with figures: what they would make is shown on the map before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QWidget

from app import format as fmt
from app.gui import settings
from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.widgets import Combo, Spin, label
from app.i18n import _
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.outlines import Step, Where

_WAIT_MS = 120  # until a person has stopped turning a number


class OutlineDialog(Sheet):
    """Works on the outlines that were selected when it opened. Subclasses give fields, `edited` and `step`."""

    def __init__(self, parent: QWidget, session: Session, canvas: Any, title: str, text: str, main: str) -> None:
        super().__init__(parent, title, text, width=440)
        self.session, self.canvas = session, canvas
        self.layer, self.fids = session.selection[0], sorted(session.selection[1])
        self.made: dict[Where, Any] = {}
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

    def edited(self, shapes: dict[Where, Any]) -> dict[Where, Any]:
        """The outlines as they would be. Raises Refused."""
        raise NotImplementedError

    def words(self, before: dict[Where, Any]) -> list[str]:  # noqa: ARG002 - for subclasses
        """More about what would be, a line each."""
        return []

    def step(self) -> Step:
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
        """Show on the map and in figures what would be."""
        self._timer.stop()
        before = self.shapes()
        self.made = {}
        try:
            if before:
                self.made = self.edited(before)
            self.problem(None)
        except AppError as error:
            self.problem(error)
        self.canvas.marked.show_shapes(list(self.made.values()))
        self.canvas.update()
        self.main.setEnabled(bool(self.made) and self.session.writable)
        self.figures.setText("\n".join(self._figures(before)) if self.made else "")

    def _figures(self, before: dict[Where, Any]) -> list[str]:
        old = [before[w] for w in self.made if w in before]
        new = list(self.made.values())
        areas = [float(sum(s.area for s in shapes)) for shapes in (old, new)]
        points = [int(shapely.get_num_coordinates(shapes).sum()) for shapes in (old, new)]
        area = _("area {before} → {after} m² ({change})").format(
            before=fmt.number(areas[0], 1), after=fmt.number(areas[1], 1),
            change=fmt.difference((areas[1] - areas[0]) / areas[0] * 100, 2) + " %" if areas[0] else "",
        )  # fmt: skip
        count = _("points {before} → {after}").format(before=points[0], after=points[1])
        return [area, count, *self.words(before)]

    def take(self) -> None:
        """Commit it as one step."""
        if self._timer.isActive():
            self.look()
        if not self.made:
            return
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


_OFFSET = N_("offset {what} by {metres} m")
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

    def edited(self, shapes: dict[Where, Any]) -> dict[Where, Any]:
        from gis.editing.offset import offset

        return {w: offset(s, self.metres.value(), self.corners.currentData()) for w, s in shapes.items()}

    def step(self) -> Step:
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

    def edited(self, shapes: dict[Where, Any]) -> dict[Where, Any]:
        from gis.editing.simplify import simplify, simplify_together

        if not self.together.isChecked():
            return {w: simplify(s, self.tolerance.value()) for w, s in shapes.items()}
        every = dict(shapes) | self._neighbours(shapes)
        made = simplify_together(every, self.tolerance.value())
        return {w: s for w, s in made.items() if w in shapes or not s.equals_exact(every[w], 0.0)}

    def _neighbours(self, shapes: dict[Where, Any]) -> dict[Where, Any]:
        from app.verbs.outlines import around

        whole = shapely.union_all(list(shapes.values()))
        near = around(self._tables(), whole.bounds, list(shapes))
        return {w: s for w, s in near.items() if s.boundary.intersection(whole.boundary).length > 0}

    def words(self, before: dict[Where, Any]) -> list[str]:
        from gis.editing.simplify import farthest_m

        known = {**before, **{w: self._tables()[w[0]].row(w[1])["geometry"] for w in self.made}}
        most = max(farthest_m(known[w], s) for w, s in self.made.items())
        return [_("the boundary strays {m} m at most").format(m=fmt.number(most, 3))]

    def step(self) -> Step:
        from app.verbs import outlines

        settings.remember("edit/simplify_m", self.tolerance.value())
        label = self.label_one(_SIMPLIFY, metres=fmt.number(self.tolerance.value(), 3))
        return outlines.redraw(self._tables(), self.made, label)
