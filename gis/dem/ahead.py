"""Windows of a compressed terrain decoded ahead, in a thread of their own, while the one before is summed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from gis.arrays import F32
from gis.scratch import scratch

_BUFFERS = 2

Window = tuple[int, int, int, int]
Fill = Callable[[Window, F32], F32]


class Ahead:
    """Reads what it was told to expect, in that order. Belongs to one thread.

    Two buffers take turns: what was taken is good until two more windows are expected.
    """

    def __init__(self, fill: Fill) -> None:
        """`fill` puts the numbers of a window (row0, row1, col0, col1) into an array; it runs in the other thread."""
        self._fill = fill
        self._pool = ThreadPoolExecutor(1, "terrain")
        self._coming: dict[Window, Future[F32]] = {}
        self._number = 0

    def expect(self, window: Window) -> None:
        """Begin to read a window, after those that were asked for before."""
        if window not in self._coming and len(self._coming) < _BUFFERS:
            self._number += 1
            self._coming[window] = self._pool.submit(self._read, window, f"ahead {self._number % _BUFFERS}")

    def take(self, window: Window) -> F32 | None:
        """The numbers of a window that was expected, else None. Raises what reading it raised."""
        own = self._coming.pop(window, None)
        return None if own is None else own.result()

    def forget(self) -> None:
        """Nothing is expected any more; returns when nothing is being read."""
        for one in self._coming.values():
            if not one.cancel():
                one.exception()
        self._coming.clear()

    def close(self) -> None:
        """End the thread."""
        self.forget()
        self._pool.shutdown()

    def _read(self, window: Window, buffer: str) -> F32:
        row0, row1, col0, col1 = window
        return self._fill(window, scratch(buffer, (row1 - row0, col1 - col0), np.float32))
