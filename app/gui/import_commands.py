"""Handlers of the actions that concern what comes in and where it lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session


class ImportCommands:
    """A part of WindowCommands."""

    window: MainWindow
    session: Session
    open_dialog: Callable[[Any], Any]

    def show_datum_shifts(self) -> None:
        from app.gui.dialogs.datum_shifts import DatumShiftsDialog

        self.open_dialog(DatumShiftsDialog(self.window, self.session))
