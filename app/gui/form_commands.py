"""Handlers of the actions on features as rows: one field of many, photos, going from one site to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace


class FormCommands:
    """A part of WindowCommands."""

    window: MainWindow
    session: Session
    workspace: Workspace
    open_dialog: Callable[[Any], Any]

    def set_many(self) -> None:
        from app.gui.dialogs.set_many import SetManyDialog

        self.open_dialog(SetManyDialog(self.window, self.session))
