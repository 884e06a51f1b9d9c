"""From which scale to which a layer is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.gui.canvas.map_layers import MAX_DENOMINATOR, MapLayers
from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.widgets import Spin
from app.i18n import _


class ScaleLimitsDialog(Sheet):
    """Two denominators; empty is no limit."""

    def __init__(self, parent: QWidget, map_layers: MapLayers, key: str) -> None:
        entry = map_layers.entry(key)
        assert entry is not None  # noqa: S101 - the panel asks for a line that it shows
        super().__init__(parent, _("Visible by scale"), entry.title(), width=420)
        self._layers, self._key = map_layers, key
        self.closest, self.farthest = (
            Spin(0, MAX_DENOMINATOR, decimals=0, step=500, unit="", empty=_("no limit")) for _i in range(2)
        )
        lines = form()
        for spin, value, name in (
            (self.closest, entry.closest, _("Closest, 1:")),
            (self.farthest, entry.farthest, _("Farthest, 1:")),
        ):
            spin.setValue(value)
            add_row(lines, name, spin)
        self.content.addLayout(lines)
        self.foot(_("Apply"), self.take, icon="check")

    def take(self) -> None:
        """Set the limits."""
        if self._layers.entry(self._key) is not None:  # the terrain may have gone meanwhile
            self._layers.set_limits(self._key, int(self.closest.value()), int(self.farthest.value()))
        self.accept()
