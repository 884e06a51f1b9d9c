"""Foreign files parsed in this process: what the child does, without the start of one for each file."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from gis.formats import READERS, child, process, wire
from gis.formats.parsing import parse


def messages(path: Path, key: str, **how: Any) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """Stands in for `process.messages`."""
    if key in child.STREAMS:
        job = {"encoding": how["encoding"], "sublayer": how["sublayer"], "prefer": how["prefer"], "options": {}}
        yield from importlib.import_module(child.STREAMS[key]).stream(path, job, how["limits"])
        return
    frames: list[bytes] = []
    with tempfile.TemporaryDirectory() as folder:
        job = {"encoding": how["encoding"], "sublayer": how["sublayer"], "prefer": how["prefer"], "folder": folder}
        last = parse(frames.append, path, READERS[key], job, how["limits"])
    for frame in frames:
        yield wire.unpack(frame)
    yield wire.unpack(wire.pack(last))


@contextmanager
def no_child() -> Iterator[None]:
    """Within, files are parsed in this process."""
    with patch.object(process, "messages", messages):
        yield
