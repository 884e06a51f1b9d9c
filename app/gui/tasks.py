"""Long work off the window's thread: progress, cancel, and results delivered where widgets may be touched."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from app.gui.foreground import foreground
from models.errors import Cancelled
from models.progress import Watch

T = TypeVar("T")
_log = logging.getLogger("huitian.tasks")


class _Yielding(Watch):
    """A watch whose job lets the window go first wherever it reports."""

    @property
    def cancelled(self) -> bool:
        foreground.give_way()
        return super().cancelled

    def report(self, fraction: float, note: str = "") -> None:
        foreground.give_way()
        super().report(fraction, note)


class Task:
    """One piece of work. `title` is a sentence for people; quiet tasks are not shown in the status bar."""

    def __init__(self, number: int, title: str, *, quiet: bool, writes: bool) -> None:
        self.number, self.title, self.quiet, self.writes = number, title, quiet, writes
        self.watch = Watch()
        self.fraction = 0.0
        self.note = ""
        self.finished = False

    def cancel(self) -> None:
        """Ask it to stop. Its `done` will not be called any more, unless it wrote something and ended well."""
        self.watch.cancel()


def listening(callback: Callable[..., Any]) -> bool:
    """False if the widget that asked, as owner or in the closure of `callback`, is gone by now."""
    held = [getattr(callback, "__self__", None)]
    for cell in getattr(callback, "__closure__", None) or ():
        with contextlib.suppress(ValueError):  # a cell that was never filled
            held.append(cell.cell_contents)
    return all(shiboken6.isValid(h) for h in held if isinstance(h, QObject))


class TaskRunner(QObject):
    """A small pool. `fn(watch)` runs in a pool thread; `done(result)` or `failed(error)` on this object's thread.

    Work that writes to the project goes through a pool of one thread, in the order of asking. A cancelled task calls
    neither, unless it had written already; `finished` tells of its end. After `shutdown` no thread is left.
    """

    started = Signal(object)
    progressed = Signal(object, float, str)
    finished = Signal(object)
    _arrived = Signal(object, object, object)  # task, result, error
    _told = Signal(object, float, str)

    def __init__(self, parent: QObject | None = None, workers: int = 2) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="huitian-work")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="huitian-store")
        self._lock = threading.Lock()
        self._number = 0
        self._open = True
        self._alive: dict[int, tuple[Task, Callable[..., Any] | None, Callable[..., Any] | None]] = {}
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        title: str,
        fn: Callable[[Watch], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        quiet: bool = False,
        writes: bool = False,
    ) -> Task:
        """Start work. `quiet` keeps it out of the status bar; `writes` puts it in line with other writers."""
        self._number += 1
        task = Task(self._number, title, quiet=quiet, writes=writes)
        task.watch = _Yielding(lambda fraction, note: self._emit_told(task, fraction, note))
        self._alive[task.number] = (task, done, failed)
        self.started.emit(task)
        (self._writer if writes else self._pool).submit(self._run, task, fn)
        return task

    def _emit_told(self, task: Task, fraction: float, note: str) -> None:
        with self._lock:
            if self._open:
                self._told.emit(task, fraction, note)

    def _run(self, task: Task, fn: Callable[[Watch], Any]) -> None:
        result: Any = None
        error: Exception | None = None
        if task.watch.cancelled:
            error = Cancelled()
        else:
            try:
                result = fn(task.watch)
            except Exception as caught:  # delivered to the window, which words it
                error = caught
        with self._lock:
            if self._open:
                self._arrived.emit(task, result, error)

    def _tell(self, task: Task, fraction: float, note: str) -> None:
        if task.number in self._alive:
            task.fraction, task.note = fraction, note
            self.progressed.emit(task, fraction, note)

    def _deliver(self, task: Task, result: Any, error: Exception | None) -> None:
        with foreground:
            self._hand_over(task, result, error)

    def _hand_over(self, task: Task, result: Any, error: Exception | None) -> None:
        _task, done, failed = self._alive.pop(task.number, (task, None, None))
        task.finished = True
        self.finished.emit(task)
        if isinstance(error, Cancelled) or (task.watch.cancelled and not (task.writes and error is None)):
            return  # work that wrote all the same, since it was asked to stop too late, is told: the views must know
        done, failed = (c if c is not None and listening(c) else None for c in (done, failed))
        if error is None:
            if done:
                done(result)
                foreground.until_painted()
            return
        _log.info("%s failed", task.title, exc_info=error)
        if failed:
            failed(error)

    def running(self, *, quiet: bool = False) -> list[Task]:
        """Tasks that are not finished; quiet ones only when asked for."""
        return [t for t, _d, _f in self._alive.values() if quiet or not t.quiet]

    @property
    def is_open(self) -> bool:
        """False after `shutdown`."""
        return self._open

    @property
    def writing(self) -> bool:
        """True while a task that writes to the project is under way."""
        return any(t.writes for t, _d, _f in self._alive.values())

    def cancel_all(self) -> None:
        """Ask everything to stop."""
        for task, _done, _failed in self._alive.values():
            task.cancel()

    def shutdown(self) -> None:
        """Stop everything and wait for the threads."""
        self.cancel_all()
        with self._lock:
            self._open = False
        for pool in (self._pool, self._writer):
            pool.shutdown(wait=True, cancel_futures=True)
        self._alive.clear()
