"""Numeric libraries come in beside the window's work: half a second of imports must not fall into a click."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.gui.tasks import Task, TaskRunner

ESTIMATES = ("gis.surfaces", "gis.volume")
"""What figures of a site are shown and computed with."""
SHEETS = ("app.verbs.package", "app.verbs.sheets", "app.package.preview")
"""What sheets are drawn with."""


def loaded(names: tuple[str, ...] = ESTIMATES) -> bool:
    """True once these modules can be imported without waiting; one that a thread has begun with is not there yet."""
    found = [sys.modules.get(name) for name in names]
    return all(m is not None and not getattr(m.__spec__, "_initializing", False) for m in found)


def load(names: tuple[str, ...] = ESTIMATES) -> None:
    """Import them: for a thread of its own."""
    for name in names:
        import_module(name)


class Fetch:
    """Brings them in by a quiet task; one at a time."""

    def __init__(self, tasks: TaskRunner, names: tuple[str, ...] = ESTIMATES) -> None:
        self._tasks, self._names = tasks, names
        self._task: Task | None = None

    def there(self, title: str, then: Callable[[None], object], failed: Callable[[Exception], object]) -> bool:
        """True if they are there; else they are on their way, and `then` is called when they have come."""
        names = self._names
        if loaded(names):
            return True
        if self._task is None or self._task.finished:
            self._task = self._tasks.submit(title, lambda _watch: load(names), then, failed, quiet=True)
        return False
