"""What the window does for sheets and the approval package."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.gui.libraries import SHEETS, Fetch
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session


class PackageCommands:
    """Handlers, mixed into WindowCommands. What draws sheets comes in beside the window; then the dialog opens."""

    if TYPE_CHECKING:
        window: MainWindow
        session: Session

        def open_dialog(self, dialog: Any) -> Any: ...

    _drawing: Fetch | None = None
    _wanted: Callable[[], object] | None = None

    def sheet(self) -> None:
        """审批图件."""
        self._with_drawing(self._open_sheet)

    def make_package(self) -> None:
        """报批成果包."""
        self._with_drawing(self._open_package)

    def _with_drawing(self, then: Callable[[], object]) -> None:
        if self._drawing is None:
            self._drawing = Fetch(self.session.tasks, SHEETS)
        self._wanted = then  # the last one asked for, once, however often it was asked
        if self._drawing.there(_("Loading what draws sheets"), self._drawing_there, self.session.report):
            self._drawing_there(None)

    def _drawing_there(self, _nothing: object) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self.session.project is not None:
            wanted()

    def _open_sheet(self) -> None:
        from app.gui.dialogs.sheet import SheetDialog

        self.open_dialog(SheetDialog(self.window, self.session))

    def _open_package(self) -> None:
        from app.gui.dialogs.package import PackageDialog

        self.open_dialog(PackageDialog(self.window, self.session))
