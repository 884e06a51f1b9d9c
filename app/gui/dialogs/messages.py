"""All that was said since the window was opened: what a toast told is found here when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui.dialogs.base import Sheet
from app.gui.toasts import TONES
from app.gui.widgets import Banner, EmptyState, button, clear, label, row, scrolled
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.care import ProjectCare

_MOST = 200


class MessagesDialog(Sheet):
    """Newest first."""

    def __init__(self, parent: QWidget, care: ProjectCare) -> None:
        super().__init__(parent, _("Messages"), width=620)
        self.care = care
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addLayout(self._list)
        inner.addStretch(1)
        area = scrolled(body)
        area.setMinimumHeight(320)
        self.content.addWidget(area, 1)
        self.copy_all = button(_("Copy"), self.copy, icon="clipboard-copy")
        self.foot_close(self.copy_all)
        care.listed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        clear(self._list)
        for message in self.care.messages[: -_MOST - 1 : -1]:
            at = label(f"{message.at:%H:%M:%S}", "muted")
            line = row(at, Banner(TONES.get(message.level, "info"), message.text), spacing=10)
            line.setStretch(1, 1)
            self._list.addLayout(line)
        self.copy_all.setEnabled(bool(self.care.messages))
        if not self.care.messages:
            self._list.addWidget(EmptyState("circle-check", _("Nothing was said yet")))

    def copy(self) -> None:
        """The list as text."""
        lines = [f"{m.at:%Y-%m-%d %H:%M:%S}\t{m.level}\t{m.text}" for m in self.care.messages]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
