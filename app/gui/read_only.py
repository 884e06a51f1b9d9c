"""A project that is open read-only: which actions are off, why it is so, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from app.gui.edit_actions import EDIT_WRITES
from app.i18n import _
from models.notices import N_, Notice

if TYPE_CHECKING:
    from app.gui.session import Session

# Commands of the table in actions.py that change the project.
WRITES = frozenset(
    {
        "import", "samples", "undo", "redo", "delete", "terrain_add", "basemap_add", "estimate_all", "screen_site",
        "screen_all", "assess", "fills", "set_many", "photo_add", *EDIT_WRITES,
    }
)  # fmt: skip
WHY = N_("the project is open read-only")
# Why a project can only be read: headline of the bar, and whether asking again may help.
REASONS = {
    "project.locked": (N_("Read-only: somebody else has the project open for editing"), True),
    "project.lock_not_written": (N_("Read-only: the project's folder cannot be written"), True),
    "project.not_writable": (N_("Read-only: the project file cannot be written"), True),
    "project.newer": (N_("Read-only: the project was made by a newer version of this program"), False),
    "migration.not_written": (N_("Read-only: the project could not be brought up to date"), True),
    "migration.not_verified": (N_("Read-only: the project could not be brought up to date"), False),
    "snapshot.looked_at": (N_("Read-only: this is a snapshot"), False),
}
TAKE_OVER = {
    "runs": N_("That program still runs on this computer. Better close the project there. If you take it over, what is "
               "edited there from now on cannot be saved there any more; what is on disk stays."),
    "elsewhere": N_("If somebody still works on it there, what they edit from now on cannot be saved there any more; "
                    "what is on disk stays. Ask them first, unless you know that the computer is off."),
    "unknown": N_("The lock cannot be read, so nobody knows whose it is. Take the project over if you know that nobody "
                  "else works on it."),
    "gone": N_("The program that held it has ended. Nothing is lost by taking the project over."),
    "ours": N_("This program holds the project itself."),
}  # fmt: skip


def reason_of(project: Any) -> Notice | None:
    """Why this project can only be read, None if it can be edited or nobody said."""
    if not project.store.read_only:
        return None
    return next((n for n in project.notices if n.key in REASONS), None)


class WhenWritable(QObject):
    """Keeps a control off while the project is read-only, whoever switches it on; its tip says why."""

    def __init__(self, control: QWidget, session: Session) -> None:
        super().__init__(control)
        self._control, self._session = control, session
        self._tip = control.toolTip()
        self._off = False
        control.installEventFilter(self)
        session.opened.connect(self.look)
        session.closed.connect(self.look)
        self.look()

    def look(self) -> None:
        """Follow the project."""
        project = self._session.project
        read_only = project is not None and project.store.read_only
        if read_only:
            self._off = self._off or self._control.isEnabled()
            self._control.setEnabled(False)
            self._control.setToolTip(_(WHY))
        elif self._off or self._control.toolTip() == _(WHY):
            self._control.setToolTip(self._tip)
            if self._off:
                self._off = False
                self._control.setEnabled(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.EnabledChange and self._control.isEnabled():
            self.look()
        return super().eventFilter(watched, event)
