"""What is asked for a terrain that is there already: one elevation file, or tiles."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.dialogs.base import add_row, form
from app.gui.dialogs.terrain_cloud import UNITS
from app.gui.widgets import Combo
from app.i18n import _
from models.errors import Refused
from models.notices import N_


class RasterOptions(QWidget):
    """What the heights show, and what the file leaves open. `reread`: values are understood differently now."""

    reread = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.kind = Combo([("dtm", _("Ground (DTM)")), ("dsm", _("Surface with plants and buildings (DSM)"))])
        self.nodata = QLineEdit()
        self.nodata.setPlaceholderText(_("as the file says; else e.g. -9999"))
        self.z_unit = Combo([(u, u or _("as the file says")) for u in UNITS])
        lines = form()
        add_row(lines, _("What it shows"), self.kind)
        add_row(lines, _("Value of no height"), self.nodata)
        add_row(lines, _("Unit of heights"), self.z_unit)
        lines.setContentsMargins(0, 0, 0, 0)
        self.setLayout(lines)
        self.nodata.editingFinished.connect(self.reread)
        self.z_unit.activated.connect(lambda _i: self.reread.emit())

    def reading(self) -> dict[str, Any]:
        """How the files are read. Raises Refused where the value is no number."""
        text = self.nodata.text().strip().replace("−", "-")
        try:
            nodata = float(text) if text else None
        except ValueError as cause:
            raise Refused(
                "terrain.nodata_text",
                N_("“{said}” is no number"),
                advice=N_("give the value that means “no height”, for instance -9999"),
                said=text,
            ) from cause
        return {"nodata": nodata, "z_unit": str(self.z_unit.currentData()) or None}

    def making(self) -> dict[str, Any]:
        """How it is registered, the reading included."""
        return {**self.reading(), "kind": str(self.kind.currentData())}
