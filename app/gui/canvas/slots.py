"""Pictures drawn in the background: one thread a slot, while there is work now and then; the newest wish wins."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.gui.canvas.view import View
from app.gui.foreground import foreground
from models.errors import AppError

log = logging.getLogger(__name__)

Stopped = Callable[[], bool]


@dataclass(frozen=True)
class Picture:
    """A drawn image and the view it shows (margin included). `facts` is what the painter found, for legend and tips."""

    view: View
    image: QImage
    facts: dict[str, Any] = field(default_factory=dict)


LINGER_S = 3.0
"""How long a thread waits for the next wish. To start one, the window waits until it runs: among threads that compute
that took up to ten milliseconds for each of four slots, at every picture of a drag."""


class Slot(QObject):
    """Runs `work(request, stopped)` for the newest request in a thread of its own.

    A hard wish stops the running work; a soft one (while dragging) waits for it, so that a long drag still gets
    pictures. The thread ends a while after the last wish: nothing is left behind.
    """

    ready = Signal(object)
    failed = Signal(object)

    def __init__(self, name: str, work: Callable[[Any, Stopped], Any]) -> None:
        super().__init__()
        self._name, self._work = name, work
        self._wished = threading.Condition()
        self._pending: Any = None
        self._running: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def wish(self, request: Any, *, soft: bool = False) -> None:
        """Ask for `request`; an older one that has not begun is forgotten, one that runs is stopped unless `soft`."""
        with self._wished:
            if self._closed:
                return
            self._pending = request
            if self._running is not None and not soft:
                self._running.set()
            self._wished.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"huitian-{self._name}", daemon=True)
                self._thread.start()

    def forget(self) -> None:
        """Stop what runs and forget what was wished for."""
        with self._wished:
            self._pending = None
            if self._running is not None:
                self._running.set()

    @property
    def busy(self) -> bool:
        """True while something is being made, or is about to be."""
        return self._running is not None or self._pending is not None

    def shutdown(self, timeout: float = 10.0) -> None:
        """Stop for good and wait for the thread."""
        self._closed = True
        self.forget()
        with self._wished:
            self._wished.notify()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._wished:
                self._running = None
                if self._pending is None and not self._closed:
                    self._wished.wait(LINGER_S)
                request = self._pending
                if request is None or self._closed:
                    self._thread = None
                    return
                stop = self._running = threading.Event()  # first: who asks without the lock never sees it idle
                self._pending = None
            self._do(request, stop)

    def _do(self, request: Any, stop: threading.Event) -> None:
        def stopped() -> bool:
            foreground.give_way()
            return stop.is_set()

        try:
            foreground.give_way()
            result = self._work(request, stopped)
        except AppError as error:
            self._tell(self.failed, error)
        except Exception as error:
            # A fault in one picture must not end the map: the log has it, the last picture stays.
            log.exception("%s: drawing failed", self._name)
            self._tell(self.failed, error)
        else:
            if result is not None and not stop.is_set() and not self._closed:
                self._tell(self.ready, result)

    @staticmethod
    def _tell(signal: Any, value: object) -> None:
        try:
            signal.emit(value)
        except RuntimeError:  # the window went away meanwhile
            log.debug("nobody left to tell")
