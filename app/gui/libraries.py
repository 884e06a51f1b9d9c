"""Numeric libraries come in beside the window's work: half a second of imports must not fall into a click."""

from __future__ import annotations

import sys
from importlib import import_module

ESTIMATES = ("gis.surfaces", "gis.volume")
"""What figures of a site are shown and computed with."""


def loaded(names: tuple[str, ...] = ESTIMATES) -> bool:
    """True once these modules can be imported without waiting; one that a thread has begun with is not there yet."""
    found = [sys.modules.get(name) for name in names]
    return all(m is not None and not getattr(m.__spec__, "_initializing", False) for m in found)


def load(names: tuple[str, ...] = ESTIMATES) -> None:
    """Import them: for a thread of its own."""
    for name in names:
        import_module(name)
