"""Merge selected features: one keeps its row, code and fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app import format as fmt
from app.gui.dialogs.base import add_row
from app.gui.dialogs.outline_edit import OutlineDialog
from app.gui.widgets import Combo
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.outlines import Step, Where


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

    def edited(self, shapes: dict[Where, Any]) -> dict[Where, Any]:
        from gis.editing.merge import merge, overlap_m2

        self._overlap = overlap_m2(list(shapes.values()))
        return {(self.layer, int(self.keep.currentData())): merge(list(shapes.values()))}

    def _figures(self, before: dict[Where, Any]) -> list[str]:  # noqa: ARG002
        made = next(iter(self.made.values()))
        area = float(made.area)
        lines = [_("area {m2} m² ({mu} mu)").format(m2=fmt.number(area, 1), mu=fmt.mu(area, 2))]
        if len(made.geoms) > 1:
            lines.append(_("they lie apart: the outline has {n} parts").format(n=len(made.geoms)))
        if self._overlap > 0.01:
            lines.append(_("{m2} m² overlap and count once").format(m2=fmt.number(self._overlap, 1)))
        return lines

    def step(self) -> Step:
        from app.verbs import outlines

        return outlines.merge_features(self._tables(), self.layer, self.fids, int(self.keep.currentData()))

    def take(self) -> None:
        keep = int(self.keep.currentData())
        super().take()
        if self.result():
            self.session.select(self.layer, [keep])
