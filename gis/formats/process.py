"""The parent's side of the parsing child: starts it, listens, ends it when it is silent, dead or no longer wanted."""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from gis.formats import child, wire
from gis.formats.base import Limits
from models.errors import Unreadable
from models.notices import N_
from models.progress import Watch

_log = logging.getLogger(__name__)
_TICK_S = 0.1


def messages(
    path: Path,
    key: str,
    *,
    sublayer: str | None,
    prefer: str | None,
    encoding: str | None,
    limits: Limits,
    watch: Watch,
) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """The child's messages as they come. The child is gone when this generator ends, however it ends.

    A frozen program must call `multiprocessing.freeze_support()` first thing in its entry point.
    Raises the child's own AppErrors; Unreadable if it crashes or falls silent; Cancelled from `watch`.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=child.main, args=(theirs, str(path), key, sublayer, prefer, encoding, limits), daemon=True
    )
    process.start()
    theirs.close()
    patience = limits.start_s
    try:
        while True:
            frame = _next(ours, process, patience, path, watch)
            try:
                message, shapes = wire.unpack(frame)
            except (ValueError, KeyError, TypeError) as cause:
                raise _crashed(path, process) from cause
            patience = limits.silence_s
            if message["kind"] == "log":
                _log_lines(message["lines"], path)
                return
            if message["kind"] == "error":
                _drain(ours, path)
                raise wire.error_of(message)
            yield message, shapes
    finally:
        ours.close()
        _end(process)


def _next(pipe: Any, process: BaseProcess, patience: float, path: Path, watch: Watch) -> bytes:
    until = time.monotonic() + patience
    while not pipe.poll(_TICK_S):
        watch.report(0.0)
        if not process.is_alive() and not pipe.poll(0):
            raise _crashed(path, process)
        if time.monotonic() > until:
            raise Unreadable(
                "import.silent",
                N_("reading it was stopped: no progress for {seconds:.0f} s"),
                where=str(path),
                advice=N_("the file is damaged or too complex; save it again in the program it came from"),
                seconds=patience,
            )
    try:
        frame: bytes = pipe.recv_bytes()
    except (EOFError, OSError) as cause:
        raise _crashed(path, process) from cause
    return frame


def _crashed(path: Path, process: BaseProcess) -> Unreadable:
    process.join(1.0)
    _log.warning("reader of %s ended with exit code %s", path, process.exitcode)
    return Unreadable(
        "import.crashed",
        N_("the file made its reader fail; nothing was taken from it"),
        where=str(path),
        advice=N_("the file is damaged; save it again in the program it came from"),
    )


def _drain(pipe: Any, path: Path) -> None:
    """The log lines that follow an error, if they come at once."""
    with suppress(EOFError, OSError, ValueError, KeyError, TypeError):
        if pipe.poll(1.0):
            message, _ = wire.unpack(pipe.recv_bytes())
            _log_lines(message.get("lines", ()), path)


def _log_lines(lines: list[str], path: Path) -> None:
    for line in lines:
        _log.info("%s: %s", path.name, line)


def _end(process: BaseProcess) -> None:
    process.join(0.2)
    if process.is_alive():
        process.kill()
    process.join(5.0)
    process.close() if not process.is_alive() else None
