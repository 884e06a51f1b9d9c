"""A section in a window of its own, beside the map: it follows the section tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.gui.dialogs.base import Sheet
from app.gui.panels.inspector.section_view import SectionView
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.panels.inspector.section_tab import SectionTab
    from app.gui.session import Session


class SectionDialog(Sheet):
    """Shows what the tab shows, wider; the pointer is linked with the map here too."""

    def __init__(self, parent: QWidget, session: Session, tab: SectionTab) -> None:
        super().__init__(parent, _("Section"), width=640)
        self._tab = tab
        self.view = SectionView(session, least_height=240)
        self.content.addWidget(self.view, 1)
        self.foot_close()
        self.resize(1100, 560)
        self.view.times.choose(tab.view.times.currentData())
        self._show(tab.view.answer)
        tab.shown.connect(self._show)
        tab.pointed.connect(self.view.point_at)
        self.view.pointed.connect(tab.point)
        tab.watched += 1
        self.finished.connect(self._end)
        session.closed.connect(self.reject)

    def _show(self, answer: Any) -> None:
        site = answer.site if answer is not None else ""
        self.setWindowTitle(_("Section of {code}").format(code=site) if site else _("Section"))
        before = self.view.answer
        keep = answer is not None and before is not None and answer.line is before.line  # a level moves
        self.view.show_section(answer, "" if answer is not None else _("computing…"), keep=keep)

    def _end(self, _result: int) -> None:
        self._tab.watched -= 1
        self._tab.mark()
