"""The change between two surveys on the window's map: the dialog steps aside, a bar above the map brings it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.gui.project_bars import Choice
from app.i18n import _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from app.gui.dialogs.change_picture import ChangePicture
    from app.gui.main_window import MainWindow

_NAME = "change"


class ChangeOnMap:
    """Lays the picture over the map of `window` for `dialog`, which covers most of a small screen."""

    def __init__(self, window: MainWindow, dialog: QDialog) -> None:
        self.window, self.dialog = window, dialog

    def show(self, picture: ChangePicture, code: str, words: str) -> None:
        """Show the change of a site; `words` say between which surveys."""
        window = self.window
        if window.workspace is None:
            return
        window.session.select_site(code)
        window.trigger("zoom_selection")
        window.workspace.canvas.set_overlay(_NAME, picture.overlay)
        back = Choice(_("Back to the comparison"), self._back, "primary")
        away = Choice(_("Take it off the map"), self.dialog.reject, "quiet")
        title = _("The map shows the change of {site}").format(site=code)
        window.care.bars.put(_NAME, "info", title, words, [back, away])
        self.dialog.hide()

    def end(self, *_what: Any) -> None:
        """The map as it was."""
        self.window.care.bars.drop(_NAME)
        if self.window.workspace is not None:
            self.window.workspace.canvas.set_overlay(_NAME, None)

    def _back(self) -> None:
        self.window.care.bars.drop(_NAME)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
