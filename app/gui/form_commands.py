"""Handlers of the actions on features as rows: one field of many, photos, going from one site to the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.i18n import _

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

    def without_pictures(self, files: list[Path]) -> list[Path]:
        """Ask where dropped pictures shall go; what else was dropped comes back."""
        from gis.photos import SUFFIXES

        pictures = [f for f in files if f.suffix.lower() in SUFFIXES]
        if pictures and self.session.project is None:
            self.session.say("info", _("Open a project first: photos belong to its features."))
        elif pictures:
            from app.gui.photos.dropped import PhotosDropped

            self.open_dialog(PhotosDropped(self.window, self.session, pictures))
        return [f for f in files if f not in pictures]
