"""Language and look."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.gui import settings
from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.theme import THEME_NAMES
from app.gui.widgets import Combo, Elided
from app.i18n import LANGUAGE_NAMES, _, current_language
from app.paths import home


class PreferencesDialog(Sheet):
    """Takes effect at once."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent, _("Preferences"), _("Takes effect at once."), width=480)
        self.window_: QWidget = parent
        self.theme = Combo([(k, _(t)) for k, t in THEME_NAMES.items()])
        self.theme.choose(str(settings.value("theme", "system")))
        self.language = Combo(list(LANGUAGE_NAMES.items()))
        self.language.choose(current_language())
        lines = form()
        add_row(lines, _("Look"), self.theme)
        add_row(lines, "语言 / Language", self.language)
        add_row(lines, _("Settings and logs"), Elided(str(home()), "muted"))
        self.content.addLayout(lines)
        self.foot_close()
        self.theme.activated.connect(lambda _i: parent.set_theme(str(self.theme.currentData())))
        self.language.activated.connect(lambda _i: self._language(parent))

    def _language(self, window: Any) -> None:
        key = str(self.language.currentData())
        self.accept()
        window.set_language(key)
