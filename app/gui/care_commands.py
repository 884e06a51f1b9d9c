"""Handlers of the actions that look after the project file: snapshots, copies, messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session


class CareCommands:
    """A part of WindowCommands."""

    window: MainWindow
    session: Session
    open_dialog: Callable[[Any], Any]

    def show_snapshots(self) -> None:
        from app.gui.dialogs.snapshots import SnapshotsDialog

        dialog = self.open_dialog(SnapshotsDialog(self.window, self.session))
        dialog.look_wanted.connect(self.look_at_snapshot)

    def look_at_snapshot(self, snapshot: Any) -> None:
        """Open it read-only in the place of the project."""
        from app.verbs.snapshot_look import look_at

        def go() -> None:
            self.session.open_soon(snapshot.path, opener=lambda _path: look_at(snapshot))

        self.window.care.when_settled(go)

    def save_copy(self) -> None:
        self.window.care.save_copy()

    def show_messages(self) -> None:
        from app.gui.dialogs.messages import MessagesDialog

        self.open_dialog(MessagesDialog(self.window, self.window.care))
