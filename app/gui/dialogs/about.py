"""Who we are, and which keys do what."""

from __future__ import annotations

import platform
from typing import Any

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app import __version__
from app.gui.actions import COMMANDS, MENUS
from app.gui.command_palette import hint_of
from app.gui.dialogs.base import Sheet
from app.gui.icons import set_picture
from app.gui.widgets import chip, label, row, scrolled
from app.i18n import _


class AboutDialog(Sheet):
    """Version and licences."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _("About Huitian"), width=480)
        logo = QLabel()
        set_picture(logo, "shovel", "accent", 40)
        logo.setFixedWidth(48)
        text = _(
            "Huitian {version}\nBackfilling pits with clean waste: capacity, verdicts and approval sheets, offline."
        ).format(version=__version__)
        line = row(logo, label(text, wrap=True, selectable=True), spacing=16)
        line.setStretch(1, 1)
        self.content.addLayout(line)
        used = f"Python {platform.python_version()}, Qt {qVersion()}"
        self.content.addWidget(label(used, "muted", selectable=True))
        licences = _(
            "Apache License 2.0. Font Noto Sans SC (OFL 1.1), icons Lucide (ISC). See NOTICE for the libraries."
        )
        self.content.addWidget(label(licences, "muted", wrap=True))
        self.foot_close()


class ShortcutsDialog(Sheet):
    """Every action that has a key, by menu."""

    def __init__(self, parent: QWidget, actions: Any) -> None:
        super().__init__(parent, _("Keyboard shortcuts"), width=520)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 16, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        line = 0
        for key, title in MENUS.items():
            held = [c for c in COMMANDS if c.menu.lstrip("-") == key and c.shortcut]
            if not held:
                continue
            grid.addWidget(label(_(title), "heading"), line, 0)
            line += 1
            for c in held:
                grid.addWidget(label(_(c.text).rstrip("…"), "secondary"), line, 0)
                grid.addWidget(chip(hint_of(actions[c.key].shortcut())), line, 1, Qt.AlignmentFlag.AlignRight)
                line += 1
        area = scrolled(body)
        area.setMinimumHeight(420)
        self.content.addWidget(area, 1)
        self.foot_close()
