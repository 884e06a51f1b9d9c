"""What the window does for volumes beside the capacity tab: edit a rim, error figures, earthwork tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace


class VolumeCommands:
    """Handlers, mixed into WindowCommands."""

    if TYPE_CHECKING:
        window: MainWindow
        session: Session

        @property
        def workspace(self) -> Workspace: ...

        def open_dialog(self, dialog: Any) -> Any: ...

    def edit_rim(self) -> None:
        """修改坑沿."""
        from app.gui.dialogs.rim import RimDialog

        terrain = self.workspace.inspector.capacity.choices.terrain_name
        self.open_dialog(RimDialog(self.window, self.session, self.session.site_code, terrain))

    def error_figures(self) -> None:
        """误差数值."""
        from app.gui.dialogs.error_figures import ErrorFiguresDialog

        answer = self.workspace.inspector.capacity.answer
        dialog = ErrorFiguresDialog(self.window, self.session, answer.terrain.name if answer else "")
        dialog.edited.connect(self._estimate_again)
        self.open_dialog(dialog)

    def _estimate_again(self) -> None:
        """The interval of what is shown follows the figures; what is stored keeps its own."""
        tab = self.workspace.inspector.capacity
        if tab.code:
            tab.touch(now=True)

    def earthwork(self) -> None:
        """土方计算表与土方图."""
        from app.gui.dialogs.earthwork import EarthworkDialog

        answer = self.workspace.inspector.capacity.answer
        code = self.session.site_code
        mine = answer if answer is not None and answer.site == code else None
        self.open_dialog(EarthworkDialog(self.window, self.session, code, mine))
