"""Asks why before something that is signed for is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.dialogs.base import Asked, Sheet, add_row, form
from app.gui.widgets import label
from app.i18n import _
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session


class ReasonDialog(Sheet):
    """A reason, and the button that does `work(project, why)` as one step."""

    def __init__(
        self, parent: QWidget, session: Session, title: str, text: str, verb: str, work: Callable[[Any, str], Any]
    ) -> None:
        super().__init__(parent, title, width=520)
        self.session = session
        self._work, self._title = work, title
        self.why = QLineEdit()
        self.why.setPlaceholderText(_("with the document, if there is one"))
        self.asked = Asked(self.why)
        lines = form()
        add_row(lines, _("Reason"), self.asked)
        self.content.addWidget(label(text, "secondary", wrap=True, selectable=True))
        self.content.addLayout(lines)
        self.foot(verb, self.take)
        self.why.setFocus()

    def take(self) -> None:
        """Do it."""
        why, work = self.why.text().strip(), self._work
        self.asked.complain("" if why else _("say why: a changed rule is signed for"))
        if not why:
            return
        self.problem(None)
        self.main.setEnabled(False)

        def done(change: Any) -> None:
            if change is not None:
                self.session.say("ok", change.label.render(_))
            self.accept()

        def failed(error: Exception) -> None:
            self.main.setEnabled(True)
            self.problem(error)
            if not isinstance(error, AppError):
                self.session.report(error)

        self.session.run_write(self._title, lambda project, _watch: work(project, why), done, failed)
