"""How long work reports and is stopped, with or without a window."""

from __future__ import annotations

import time
from collections.abc import Callable

from models.errors import Cancelled


class Watch:
    """Given to every long job. The job calls `report` in each block; that raises Cancelled when asked to stop.

    `listener(fraction, note)` is called at most ten times a second, on the thread of the job.
    """

    def __init__(self, listener: Callable[[float, str], None] | None = None) -> None:
        self._listener = listener
        self._cancelled = False
        self._last = 0.0

    def cancel(self) -> None:
        """Ask the job to stop at its next report. Safe from any thread."""
        self._cancelled = True

    @property
    def cancelled(self) -> bool:
        """True once `cancel` was called."""
        return self._cancelled

    def report(self, fraction: float, note: str = "") -> None:
        """Tell that `fraction` (0..1) is done. Raises Cancelled if asked to stop."""
        if self._cancelled:
            raise Cancelled
        now = time.monotonic()
        if self._listener and (fraction >= 1 or now - self._last >= 0.1):
            self._last = now
            self._listener(min(max(fraction, 0.0), 1.0), note)

    def pause(self) -> None:
        """A place where the job can be stopped, with nothing to tell. Raises Cancelled if asked to stop."""
        if self.cancelled:
            raise Cancelled

    def part(self, start: float, end: float) -> Watch:
        """A watch for a part of the job, whose 0..1 is `start`..`end` of this one."""
        return _Part(self, start, end)


class _Part(Watch):
    def __init__(self, whole: Watch, start: float, end: float) -> None:
        super().__init__()
        self._whole, self._start, self._end = whole, start, end

    def cancel(self) -> None:
        self._whole.cancel()

    @property
    def cancelled(self) -> bool:
        return self._whole.cancelled

    def report(self, fraction: float, note: str = "") -> None:
        self._whole.report(self._start + (self._end - self._start) * fraction, note)
