"""The process that parses a foreign file. It may crash, hang or be killed; it writes only a folder of its own.

Frames it sends (see wire.py): ready, layer, features, then end or error.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import IO, Any

from gis.formats import wire
from gis.formats.base import Limits
from models.errors import AppError, Unreadable
from models.notices import N_

_FOREIGN = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH")


FLAG = "--read-foreign-file"
"""The only argument of a frozen program that starts itself as this child."""


STREAMS = {
    "dxf_heights": "gis.drawings.stream",
    "landxml": "gis.formats.landxml",
    "las": "gis.clouds.stream",
    "las_classes": "gis.clouds.peek",
    "land_txt": "gis.formats.land_txt_read",
}
"""What is no table of features: key → module whose `stream` yields the messages itself."""


def serve_if_asked(argv: list[str]) -> None:
    """First thing in a frozen program's entry point: becomes the child and never returns, if it was started as one."""
    if argv[1:2] == [FLAG]:
        serve(json.loads(sys.stdin.buffer.readline()))
        raise SystemExit(0)


def serve(job: dict[str, Any]) -> None:
    """Read the file that `job` names and send what it holds to standard output."""
    limits = Limits(**job["limits"])
    pipe = os.fdopen(os.dup(1), "wb")
    _seclude(limits)
    lines = _Lines()
    logging.getLogger().addHandler(lines)
    path: str = job["file"]
    try:
        wire.send(pipe, wire.pack({"kind": "ready"}))
        last = (_pass_on if job["reader"] in STREAMS else _by_reader)(pipe, Path(path), job, limits)
    except AppError as error:
        last = wire.error_message(error)
    except MemoryError:
        last = wire.error_message(_unreadable(path, N_("the file needs more memory than a file may take")))
    except Exception as error:  # whatever a parser throws at a hostile file ends as one clear refusal
        lines.add(f"{type(error).__name__}: {error}")
        last = wire.error_message(_unreadable(path, N_("the file cannot be read as what it claims to be")))
    wire.send(pipe, wire.pack({**last, "lines": lines.kept}))
    pipe.close()


def _pass_on(pipe: IO[bytes], path: Path, job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Send what a format's own module says; returns its last message."""
    last: dict[str, Any] = {}
    for message, shapes in importlib.import_module(STREAMS[job["reader"]]).stream(path, job, limits):
        if message["kind"] == "end":
            last = message
        else:
            wire.send(pipe, wire.pack(message, shapes))
    return last


def _by_reader(pipe: IO[bytes], path: Path, job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    from gis.formats.bulk import arrays_only
    from gis.formats.parsing import parse
    from gis.formats.registry import reader

    arrays_only.here = True
    return parse(lambda frame: wire.send(pipe, frame), path, reader(job["reader"]), job, limits)


def _seclude(limits: Limits) -> None:
    """Own settings, no network, no output of C libraries on the user's terminal, a lid on memory."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(
        PROJ_NETWORK="OFF",
        OGR_SQLITE_ALLOW_EXTERNAL_ACCESS="NO",
        OGR_GEOJSON_MAX_OBJ_SIZE="500",
        CPL_VSIL_CURL_ALLOWED_EXTENSIONS=".none",
        GDAL_HTTP_PROXY="127.0.0.1:9",
        GDAL_HTTP_TIMEOUT="1",
        OPENBLAS_NUM_THREADS="1",
        GDAL_PAM_ENABLED="NO",
    )
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)  # what libraries print must not mix with the frames
        os.dup2(null, 2)
    if sys.platform.startswith("linux"):
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _Lines(logging.Handler):
    """Keeps the first lines that libraries log, for the program's own log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.add(record.getMessage())

    def add(self, line: str) -> None:
        if len(self.kept) < 50:
            self.kept.append(line[:500])


def _unreadable(path: str, what: str) -> Unreadable:
    return Unreadable(
        "import.unreadable", what, where=path, advice=N_("open it in the program it came from and save it again")
    )
