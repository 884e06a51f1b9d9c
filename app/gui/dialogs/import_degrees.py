"""Degrees that may be decimal or packed (D.MMSSss): the choice, with where each reading puts the data."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui.widgets import Combo, label
from app.i18n import _

_AUTO = "auto"


class DegreesChoice(QWidget):
    """Shown only where both readings are possible. `name` is the words before it; `settled` when one was chosen."""

    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = label(_("Degrees"), "secondary")
        self.combo = Combo(
            [
                (_AUTO, _("choose…")),
                ("decimal", _("decimal degrees")),
                ("packed", _("D.MMSS: degrees, minutes, seconds")),
            ]
        )
        self.combo.setAccessibleName(_("Degrees"))
        self.places = label("", "muted", wrap=True, selectable=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.combo)
        box.addWidget(self.places)
        self.combo.activated.connect(lambda _i: self.settled.emit())
        self.start()

    def start(self) -> None:
        """A new file: nothing is chosen, nothing is to be chosen."""
        self.combo.choose(_AUTO)
        self._show(False)

    def choice(self) -> str:
        """auto, decimal or packed."""
        return str(self.combo.currentData())

    def show_trial(self, trial: Any) -> None:
        """Both readings of a trial, if it has two; a choice once made stays to be changed."""
        if trial is None:
            return
        both = trial.readings
        self._show(both is not None or self.choice() != _AUTO)
        if both is None:
            self.places.setText("")
            return
        open_ = trial.error is not None and trial.error.key == "import.two_degrees"
        self.combo.setItemText(0, _("choose…") if open_ else _("by what is plausible"))
        self.places.setText(
            "\n".join(
                [
                    _("Decimal: {place}").format(place=both.decimal.notice().render(_)),
                    _("D.MMSS (109.4512 is 109°45′12″): {place}").format(place=both.packed.notice().render(_)),
                ]
            )
        )

    def _show(self, on: bool) -> None:
        self.setVisible(on)
        self.name.setVisible(on)
