"""What is asked for a terrain of point clouds, and the classes that points carry."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.dialogs.base import add_row, form
from app.gui.widgets import Combo, Spin
from app.i18n import _
from models.errors import Refused
from models.notices import N_

UNITS = ("", "m", "ft", "us-ft")
# ASPRS LAS Specification 1.4 R15, table 17.
CLASSES = {
    0: N_("never classified"),
    1: N_("unclassified"),
    2: N_("ground"),
    3: N_("low vegetation"),
    4: N_("medium vegetation"),
    5: N_("high vegetation"),
    6: N_("building"),
    7: N_("low noise"),
    9: N_("water"),
    10: N_("rail"),
    11: N_("road surface"),
    12: N_("overlap points"),
    13: N_("wire guard"),
    14: N_("wire conductor"),
    15: N_("transmission tower"),
    17: N_("bridge deck"),
    18: N_("high noise"),
}


def class_name(number: int) -> str:
    """Number and name, "2 ground"; the bare number for a class of the maker's own."""
    return f"{number} {_(CLASSES[number])}" if number in CLASSES else str(number)


class CloudOptions(QWidget):
    """Which points are ground, and how fine the cells are. `reread`: the unit of heights changed."""

    reread = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ground = Combo(
            [
                ("auto", _("class 2, the lowest points if there is none")),
                ("classes", _("points of the classes below")),
                ("lowest", _("the lowest points, whatever their class")),
            ]
        )
        self.classes = QLineEdit("2")
        self.classes.setPlaceholderText(_("for instance 2, 9"))
        self.cell = Spin(0, 1000, decimals=2, step=0.5, unit="m", empty=_("by the density of ground points"))
        self.max_edge = Spin(0, 100_000, decimals=1, step=5, unit="m", empty=_("20 m, 10 to 100 cells"))
        self.z_unit = Combo([(u, u or _("as the file says")) for u in UNITS])
        self._form = form()
        add_row(self._form, _("Ground points"), self.ground)
        add_row(self._form, _("Classes"), self.classes)
        add_row(self._form, _("Cell"), self.cell)
        add_row(self._form, _("Gaps bridged up to"), self.max_edge)
        add_row(self._form, _("Unit of heights"), self.z_unit)
        self._form.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._form)
        self.ground.activated.connect(lambda _i: self._suit())
        self.z_unit.activated.connect(lambda _i: self.reread.emit())
        self._suit()

    def _suit(self) -> None:
        self._form.setRowVisible(self.classes, self.ground.currentData() == "classes")

    def reading(self) -> dict[str, Any]:
        """How the files are read."""
        return {"z_unit": str(self.z_unit.currentData()) or None}

    def making(self) -> dict[str, Any]:
        """How the terrain is made, the reading included. Raises Refused for classes that are no numbers."""
        wanted: list[int] = []
        if self.ground.currentData() == "classes":
            texts = [t for t in re.split(r"[\s,;，、；]+", self.classes.text().strip()) if t]
            wanted = [int(t) for t in texts if t.isdecimal() and int(t) <= 255]
            if not texts or len(wanted) < len(texts):
                raise Refused(
                    "cloud.classes",
                    N_("the classes are numbers from 0 to 255, with commas between them"),
                    advice=N_("2 is ground"),
                )
        return {
            **self.reading(),
            "classes": wanted,
            "lowest": self.ground.currentData() == "lowest",
            "cell": self.cell.given(),
            "max_edge": self.max_edge.given(),
        }
