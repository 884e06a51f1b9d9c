"""Shown while the first project is opened or the sample is built: what is done, how far, and a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app.gui.widgets import button, column, label, row
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task

_SHOWN_AFTER_MS = 400
"""Most projects are there before that: a bar that only flashes tells nothing."""


class WaitingPage(QWidget):
    """Follows the task that opens a project. `given_up`: it was asked to stop, and nothing is opened."""

    given_up = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = label("", "secondary")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(320)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("How far it is"))
        self.stop = button(_("Cancel"), self._stop)
        self._held = QWidget()
        self._held.setLayout(column(row(None, self.bar, None), row(None, self.stop, None), spacing=16))
        self.setLayout(column(None, self.words, self._held, None, spacing=16))
        self.task: Task | None = None
        self._awaited = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SHOWN_AFTER_MS)
        self._later.timeout.connect(self._held.show)
        tasks = session.tasks
        tasks.started.connect(self._on_started)
        tasks.progressed.connect(self._on_progress)
        tasks.finished.connect(self._on_finished)

    def begin(self, name: str) -> None:
        """The next task is the one that opens `name`."""
        self.words.setText(_("Opening {name}…").format(name=name))
        self._held.hide()
        self.stop.setEnabled(True)
        self.bar.setRange(0, 0)
        self._awaited = True
        self._later.start()

    def _on_started(self, task: Task) -> None:
        if self._awaited and not task.quiet:
            self.task, self._awaited = task, False

    def _on_progress(self, task: Task, fraction: float, _note: str) -> None:
        if task is self.task and fraction > 0:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(fraction * 1000))

    def _on_finished(self, task: Task) -> None:
        if task is not self.task:
            return
        self.task = None
        self._later.stop()
        if task.watch.cancelled:
            self.given_up.emit()

    def _stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            self.words.setText(_("Cancelling…"))
            self.stop.setEnabled(False)
