"""The window goes first: while its thread has something to do, threads that compute wait at their next good place.

Python lets one thread run at a time, each for as long as any other. With four of them at work, ten milliseconds of the
window's own work take fifty. Threads therefore ask `give_way` wherever they look whether they are to stop; the window
says by `with foreground:` that it is about to do something that a person waits for.
"""

from __future__ import annotations

import threading
from functools import partial
from types import TracebackType
from typing import Self

from PySide6.QtCore import QCoreApplication, QTimer

PAINT_MS = 12
"""After so long the events that a change brought are through: Qt asks for a paint within 5 ms."""
MOST_S = 0.03
"""How long a thread waits for one piece of the window's work: what the window itself waits for must go on."""


class Foreground:
    """Entered by the window's thread alone, as deep as its handlers call each other."""

    def __init__(self) -> None:
        self._depth = self._turn = 0
        self._staying, self._asked = False, 0
        self._owner = threading.main_thread().ident
        self._idle = threading.Event()
        self._idle.set()
        self._waited = threading.local()

    def __enter__(self) -> Self:
        if not self._depth:
            self._turn += 1
            self._idle.clear()
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self._idle.set()

    def until_painted(self) -> None:
        """Stay inside until the window has painted what just changed: work that was asked for meanwhile begins then.

        Each event that Qt hands to Python asks for Python's lock; with threads at work a paint of 20 ms takes 60.
        """
        if QCoreApplication.instance() is None:
            return
        self._asked += 1
        QTimer.singleShot(PAINT_MS, partial(self._painted, self._asked))
        if not self._staying:
            self._staying = True
            self.__enter__()

    def _painted(self, asked: int) -> None:
        if self._staying and asked == self._asked:  # else more was changed since
            self._staying = False
            self.__exit__(None, None, None)

    @property
    def busy(self) -> bool:
        """True while the window's thread is inside."""
        return self._depth > 0

    def give_way(self) -> None:
        """Wait until the window has done its work, at most `MOST_S` of it. The window's own thread never waits."""
        if not self._depth or threading.get_ident() == self._owner:
            return
        turn = self._turn
        if getattr(self._waited, "turn", 0) != turn and not self._idle.wait(MOST_S):
            self._waited.turn = turn


foreground = Foreground()
"""Of the program."""
