"""Cut outlines by what they must not overlap, or keep them a distance clear of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QWidget

from app import format as fmt
from app.gui import settings, words
from app.gui.dialogs.base import add_row
from app.gui.dialogs.outline_edit import Made, OutlineDialog
from app.gui.widgets import Spin
from app.i18n import _
from layers.registry import LAYERS
from models.errors import Refused
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.outlines import OutlineStep, Where

_CUT = N_("cut {what} by its neighbours")
_GONE, _LEFT = N_("{m2} m² go"), N_("{n} parts are left")
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

    def edit(self) -> Callable[[dict[Where, Any]], Made]:
        tables = {k: self.session.table(k) for k, box in self.layers.items() if box.isChecked()}
        metres = self.metres.value()
        return lambda shapes: _cleared(shapes, tables, metres)

    def step(self) -> OutlineStep:
        from app.verbs import outlines

        metres = self.metres.value()
        settings.remember("edit/clear_m", metres)
        facts = {"metres": fmt.number(metres, 3)} if metres else {}
        return outlines.redraw(self._tables(), self.made, self.label_one(_KEEP if metres else _CUT, **facts))


def _cleared(shapes: dict[Where, Any], tables: dict[str, Any], metres: float) -> Made:
    """The outlines that have something to lose, without it. Raises Refused if none has."""
    from app.verbs.outlines import around
    from gis.editing.clearance import keep_clear

    made: dict[Where, Any] = {}
    done: dict[Where, Any] = {}
    removed = 0.0
    for where, shape in shapes.items():
        x0, y0, x1, y1 = shape.bounds
        others = around(tables, (x0 - metres, y0 - metres, x1 + metres, y1 + metres), [where])
        # Of two selected outlines that overlap the first keeps the ground.
        cut = keep_clear(shape, [done.get(w, o) for w, o in others.items() if w not in shapes or w in done], metres)
        done[where] = cut.outline
        if cut.removed_m2 > 1e-3:
            made[where] = cut.outline
            removed += cut.removed_m2
    if not made:
        raise Refused("clear.nothing", N_("nothing to take away: it is clear of them already"))
    parts = sum(len(s.geoms) for s in made.values())
    told = [(_GONE, {"m2": fmt.number(removed, 1)})]
    if parts > len(made):
        told.append((_LEFT, {"n": str(parts)}))
    return Made(made, tuple(told))
