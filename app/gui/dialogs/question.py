"""A question with a few answers, asked beside the work."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.gui.dialogs.base import Sheet
from app.gui.project_bars import Choice
from app.gui.widgets import button, label
from app.i18n import _


class Question(Sheet):
    """The answers are buttons; each closes the question first. "Cancel" does nothing."""

    def __init__(
        self, parent: QWidget, title: str, text: str, choices: Sequence[Choice], *, facts: Sequence[str] = ()
    ) -> None:
        super().__init__(parent, title, text, width=560)
        for fact in facts:
            self.content.addWidget(label(fact, "secondary", wrap=True, selectable=True))
        self.content.addStretch(1)
        self._foot.addStretch(1)
        self.cancel = button(_("Cancel"), self.reject)
        self._foot.addWidget(self.cancel)
        self.answers = []
        for choice in choices:
            made = button(choice.text, lambda c=choice: self._answer(c), kind=choice.kind)
            self.answers.append(made)
            self._foot.addWidget(made)
        self.cancel.setDefault(True)

    def _answer(self, choice: Choice) -> None:
        self.accept()
        choice.act()
