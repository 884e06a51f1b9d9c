"""Warnings of libraries, kept apart for one thread at a time.

Python's filters of warnings belong to the whole process: two threads that change and restore them at once undo each
other's (docs of `warnings.catch_warnings`), so whoever changes them waits for the other.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.RLock()


@contextmanager
def silenced(category: type[Warning] = Warning) -> Iterator[None]:
    """Nothing of `category` is said inside. For short calls: other threads that want the same wait."""
    with _turn, warnings.catch_warnings():
        warnings.simplefilter("ignore", category)
        yield


@contextmanager
def recorded() -> Iterator[list[warnings.WarningMessage]]:
    """Every warning that is said inside, also a repeated one, as a list that grows. For short calls."""
    with _turn, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield said
