"""Cut outlines by what they must not overlap, or keep them a distance clear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QWidget

from app import format as fmt
from app.gui import settings, words
from app.gui.dialogs.base import add_row
from app.gui.dialogs.outline_edit import OutlineDialog
from app.gui.widgets import Spin
from app.i18n import _
from layers.registry import LAYERS
from models.errors import Refused
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.outlines import Step, Where

_CUT = N_("cut {what} by its neighbours")
_KEEP = N_("keep {what} {metres} m clear of its neighbours")


class ClearDialog(OutlineDialog):
    """Which layers count, and how far to stay away from them; 0 m only takes away what overlaps."""

    def __init__(self, parent: QWidget, session: Session, canvas: Any) -> None:
        text = _("Takes away what overlaps these layers or lies nearer to them than the distance.")
        super().__init__(parent, session, canvas, _("Cut by neighbours"), text, _("Cut away"))

    def fields(self) -> None:
        self.metres = Spin(0, 10_000, decimals=3, step=1.0, unit="m")
        self.metres.setValue(float(settings.value("edit/clear_m", 0.0)))
        self.metres.setKeyboardTracking(True)
        add_row(self.lines, _("Distance to keep"), self.metres)
        self.layers: dict[str, QCheckBox] = {}
        first = {k for k, t in LAYERS.items() if t.role == "site" or k == "red_lines"}
        for key, layer in LAYERS.items():
            if layer.geometry != "MULTIPOLYGON" or layer.role not in ("site", "control"):
                continue
            box = QCheckBox(words.layer(key))
            box.setChecked(key in first)
            box.toggled.connect(lambda _on: self.touch())
            self.layers[key] = box
            self.lines.addRow(box)
        self.metres.valueChanged.connect(lambda _v: self.touch())

    def edited(self, shapes: dict[Where, Any]) -> dict[Where, Any]:
        from app.verbs.outlines import around
        from gis.editing.clearance import keep_clear

        keys = [k for k, box in self.layers.items() if box.isChecked()]
        tables = {k: self.session.table(k) for k in keys}
        metres = self.metres.value()
        made: dict[Where, Any] = {}
        self._removed = 0.0
        done: dict[Where, Any] = {}
        for where, shape in shapes.items():
            x0, y0, x1, y1 = shape.bounds
            others = around(tables, (x0 - metres, y0 - metres, x1 + metres, y1 + metres), [where])
            # Of two selected outlines that overlap the first keeps the ground.
            cut = keep_clear(shape, [done.get(w, o) for w, o in others.items() if w not in shapes or w in done], metres)
            done[where] = cut.outline
            if cut.removed_m2 > 1e-3:
                made[where] = cut.outline
                self._removed += cut.removed_m2
        if not made:
            raise Refused("clear.nothing", N_("nothing to take away: it is clear of them already"))
        return made

    def words(self, before: dict[Where, Any]) -> list[str]:  # noqa: ARG002
        parts = sum(len(s.geoms) for s in self.made.values())
        lines = [_("{m2} m² go").format(m2=fmt.number(self._removed, 1))]
        return [*lines, _("{n} parts are left").format(n=parts)] if parts > len(self.made) else lines

    def step(self) -> Step:
        from app.verbs import outlines

        metres = self.metres.value()
        settings.remember("edit/clear_m", metres)
        facts = {"metres": fmt.number(metres, 3)} if metres else {}
        return outlines.redraw(self._tables(), self.made, self.label_one(_KEEP if metres else _CUT, **facts))
