"""Merge selected features: one keeps its row, code and fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app import format as fmt
from app.gui.canvas.tools.pieces import area_words
from app.gui.dialogs.base import add_row
from app.gui.dialogs.outline_edit import Made, OutlineDialog
from app.gui.widgets import Combo
from app.i18n import _
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.outlines import OutlineStep, Where


_APART = N_("they lie apart: the outline has {n} parts")
_TWICE = N_("{m2} m² overlap and count once")


class MergeDialog(OutlineDialog):
    """Which one stays is asked; the largest is offered."""

    def __init__(self, parent: QWidget, session: Session, canvas: Any) -> None:
        text = _("One feature keeps its code and fields; the others go. Undo brings them back.")
        super().__init__(parent, session, canvas, _("Merge selected"), text, _("Make one"))

    def fields(self) -> None:
        table = self.session.table(self.layer)
        shapes = self.shapes()
        order = sorted(shapes, key=lambda w: -shapes[w].area)
        names = []
        for where in order:
            parts = [table.value(where[1], "code"), table.value(where[1], "name")]
            words = "  ".join(str(p) for p in parts if p)
            names.append((where[1], f"{words}  {fmt.number(shapes[where].area, 1)} m²"))
        self.keep = Combo(names)
        self.keep.currentIndexChanged.connect(lambda _i: self.touch())
        add_row(self.lines, _("Stays"), self.keep)

    def edit(self) -> Callable[[dict[Where, Any]], Made]:
        where = (self.layer, int(self.keep.currentData()))
        return lambda shapes: _merged(shapes, where)

    def _figures(self, before: dict[Where, Any]) -> list[str]:  # noqa: ARG002
        return [area_words(s) for s in self.made.values()]

    def step(self) -> OutlineStep:
        from app.verbs import outlines

        return outlines.merge_features(self._tables(), self.layer, self.fids, int(self.keep.currentData()))

    def take(self) -> None:
        keep = int(self.keep.currentData())
        super().take()
        if self.result():
            self.session.select(self.layer, [keep])


def _merged(shapes: dict[Where, Any], where: Where) -> Made:
    """One outline of all."""
    from gis.editing.merge import merge, overlap_m2

    made = merge(list(shapes.values()))
    told = [(_APART, {"n": str(len(made.geoms))})] if len(made.geoms) > 1 else []
    twice = overlap_m2(list(shapes.values()))
    if twice > 0.01:
        told.append((_TWICE, {"m2": fmt.number(twice, 1)}))
    return Made({where: made}, tuple(told))
