"""Below the figures of 库容: whether what is shown is kept, and what stands in the way of a figure."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.gui import words
from app.gui.read_only import WhenWritable
from app.gui.session import Session
from app.gui.widgets import Banner, button, label, row
from app.i18n import _
from models.errors import AppError
from models.estimate import Estimate


class CapacityFoot(QWidget):
    """A sentence on what is shown, and the button that keeps it."""

    def __init__(self, session: Session, store: Callable[[], None]) -> None:
        super().__init__()
        self._session = session
        self.state = label("", "muted", wrap=True)
        self.keep = button(_("Store"), store, kind="primary", icon="save", tip=_("Keep this estimate in the project"))
        WhenWritable(self.keep, session)
        line = row(self.state, self.keep, spacing=12, margins=(16, 8, 16, 8))
        line.setStretch(0, 1)
        self.setLayout(line)

    def tell(self, answer: Estimate, *, stored: bool, looked_at: bool, outdated: str) -> None:
        """What can be stored is always what is shown.

        `looked_at`: it is a level of the slider, not the estimate. `outdated`: when the estimate was stored whose
        outline is another by now, "" for none.
        """
        project = self._session.project
        writable = project is not None and not project.store.read_only
        self.keep.setEnabled((looked_at or not stored) and writable)
        if looked_at:
            self.state.setText(_("this level is looked at, not stored"))
        elif stored:
            self.state.setText(_("stored {time}").format(time=words.when(answer.computed_at)))
        elif outdated:
            self.state.setText(_("changed since stored; keep it anew"))
        else:
            self.state.setText(_("computed, not stored"))
        tip = _(
            "Outline or rim were changed after the estimate of {time} was stored; the inventory still shows that one."
        )
        self.state.setToolTip(tip.format(time=outdated) if outdated and not stored else "")


def missing_banner(names: list[str]) -> Banner:
    """A surface that needs more before there is a figure: not an error yet."""
    return Banner("info", _("This surface needs: {names}").format(names=_("; ").join(names)))


def refusal_banner(error: AppError, act: Callable[[str], None]) -> Banner:
    """Why there is no figure, and the way out where the terrain is what is wrong."""
    parts = [words.cap(error.what.render(_)), words.cap(error.advice.render(_))]
    mend = None
    if error.key in ("terrain.gone", "terrain.changed"):
        mend = button(_("Terrains…"), lambda: act("terrain_list"), kind="quiet")
    elif error.key.startswith("terrain."):
        mend = button(_("Add terrain…"), lambda: act("terrain_add"), kind="quiet")
    return Banner("danger", "\n".join(p for p in parts if p), mend)
