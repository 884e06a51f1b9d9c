"""What the window does for the approval package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session


class PackageCommands:
    """Handlers, mixed into WindowCommands."""

    if TYPE_CHECKING:
        window: MainWindow
        session: Session

        def open_dialog(self, dialog: Any) -> Any: ...

    def make_package(self) -> None:
        """报批成果包."""
        from app.gui.dialogs.package import PackageDialog

        self.open_dialog(PackageDialog(self.window, self.session))
