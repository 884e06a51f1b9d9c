"""Python's search for unreachable cycles, kept short: while it looks, no thread of the program runs.

A full look goes through every object there is: a tenth of a second with the numeric libraries loaded, again and again
while they load, and then in the middle of an import or an estimate, whichever thread happens to start it. What is there
for good is therefore taken out of its sight (gc.freeze); what is thrown away later is found among what came later.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from app.gui.session import Session

SLOW_S = 0.01
"""Processor time of a full look from which on what it left is taken out of sight too."""
_SOON_MS, _LATEST_MS = 2_000, 10_000


class Garbage:
    """Looks for nothing until the first project is there; `end` puts everything back."""

    def __init__(self, session: Session, slow_s: float = SLOW_S) -> None:
        self.slow_s = slow_s
        self._settled = False
        self._begun = 0.0
        gc.disable()
        gc.callbacks.append(self._looked)
        self._timer = QTimer(session, singleShot=True)
        self._timer.timeout.connect(self.settle)
        self._timer.start(_LATEST_MS)  # a start page that nobody leaves
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)

    def _opened(self) -> None:
        if not self._settled:
            self._timer.start(_SOON_MS)  # its first pictures load more

    def settle(self) -> None:
        """What was loaded until now stays; from now on cycles are looked for as usual. Once."""
        self._timer.stop()
        if not self._settled:
            self._settled = True
            gc.freeze()
            gc.enable()

    def _looked(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2:
            return
        if phase == "start":
            self._begun = time.thread_time()
        elif self._settled and time.thread_time() - self._begun >= self.slow_s:
            gc.freeze()

    def _closed(self) -> None:
        """What belonged to a project that is closed may be looked through once more."""
        if self._settled:
            gc.unfreeze()

    def end(self) -> None:
        """Before the program goes."""
        self._settled = True
        self._timer.stop()
        if self._looked in gc.callbacks:
            gc.callbacks.remove(self._looked)
        gc.unfreeze()
        gc.enable()
