"""A thin bar that shows how far a task is, for dialogs that wait for one; and the page of two columns they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from app.gui.widgets import scrolled

if TYPE_CHECKING:
    from PySide6.QtWidgets import QScrollArea

    from app.gui.session import Session
    from app.gui.tasks import Task

_STEPS = 1000


class WorkBar(QProgressBar):
    """Hidden while nothing is under way."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.task: Task | None = None
        self.setTextVisible(False)
        self.setFixedHeight(6)
        self.hide()
        session.tasks.progressed.connect(self._tell)

    def follow(self, task: Task) -> None:
        """Show this task from now on."""
        self.task = task
        self.setRange(0, 0)
        self.show()

    def stop(self, *, cancel: bool = False) -> None:
        """Nothing is followed any more; the task is asked to stop only with `cancel`."""
        if cancel and self.task is not None:
            self.task.cancel()
        self.task = None
        self.hide()

    def _tell(self, task: Task, fraction: float, _note: str) -> None:
        if task is self.task:
            self.setRange(0, _STEPS)
            self.setValue(round(_STEPS * fraction))


def account_area(account: QVBoxLayout, least_height: int) -> QScrollArea:
    """The scrolling side of a dialog in which `account` tells what was found."""
    account.setSpacing(8)
    side = QVBoxLayout()
    side.setContentsMargins(0, 0, 12, 0)
    side.addLayout(account)
    side.addStretch(1)
    holder = QWidget()
    holder.setLayout(side)
    area = scrolled(holder)
    area.setMinimumHeight(least_height)
    return area
