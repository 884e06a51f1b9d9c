"""Signs of life of a long parse, and how far it is: the child is ended when it gives none."""

from __future__ import annotations

import time
from collections.abc import Callable

_EVERY_S = 0.5


class _Breath:
    def __init__(self) -> None:
        self.send: Callable[[float], None] | None = None
        self._last = 0.0

    def __call__(self, share: float = 0.0) -> None:
        now = time.monotonic()
        if self.send is not None and now - self._last >= _EVERY_S:
            self._last = now
            self.send(min(max(share, 0.0), 1.0))


breathe = _Breath()
"""Called now and then by whatever parses; `share` (0 … 1) of the file that is done. Nothing happens outside a child."""
