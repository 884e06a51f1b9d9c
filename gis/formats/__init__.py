"""Foreign files in and out, one file a format; the tables of formats are in registry.py.

What stands here is imported when it is asked for: a child process that parses one file needs little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gis.formats.base import LIMITS, Incoming, IncomingFeature, Limits, Reader, Skipped, Writer
    from gis.formats.read import read_features, recognise
    from gis.formats.write import write_features

    READERS: dict[str, Reader]
    WRITERS: dict[str, Writer]

_PLACES = {
    **dict.fromkeys(("LIMITS", "Incoming", "IncomingFeature", "Limits", "Reader", "Skipped", "Writer"), "base"),
    **dict.fromkeys(("read_features", "recognise"), "read"),
    "write_features": "write",
}


def __getattr__(name: str) -> Any:
    if name in {"READERS", "WRITERS"}:
        found: Any = getattr(import_module("gis.formats.registry"), name.lower())()
    elif name in _PLACES:
        found = getattr(import_module(f"gis.formats.{_PLACES[name]}"), name)
    else:
        raise AttributeError(name)
    globals()[name] = found
    return found


__all__ = [
    "LIMITS",
    "READERS",
    "WRITERS",
    "Incoming",
    "IncomingFeature",
    "Limits",
    "Reader",
    "Skipped",
    "Writer",
    "read_features",
    "recognise",
    "write_features",
]
