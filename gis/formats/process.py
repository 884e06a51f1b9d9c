"""The parent's side of the parsing child: starts it, listens, ends it when it is silent, dead or no longer wanted.

An own process with pipes and not `multiprocessing`: that would run the caller's main script again in the child, and its
pickles would carry what a hostile file made of the child back into the program.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from gis.formats import child, wire
from gis.formats.base import Limits
from gis.leftovers import draft_folder
from models.errors import Unreadable
from models.notices import N_
from models.progress import Watch

_log = logging.getLogger(__name__)
_TICK_S = 0.1
_QUEUE_FRAMES = 32
_BYTES_A_SECOND = 2 << 20
"""GDAL reads some formats whole before it says a word: a large file may be silent for longer."""
_PARSE = 0.9
"""Share of the work that is done when a format of ours is parsed and its features begin to come."""
_BOOT = (
    "import sys, json; job = json.loads(sys.stdin.buffer.readline()); sys.path[:] = job['path']; "
    "from gis.formats.child import serve; serve(job)"
)


def command() -> list[str]:
    """How the child is started. A frozen program has no interpreter to give code to: it starts itself with a flag.

    Its entry point must therefore begin with `child.serve_if_asked(sys.argv)`.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, child.FLAG]
    return [sys.executable, "-c", _BOOT]


def messages(
    path: Path,
    key: str,
    *,
    sublayer: str | None,
    prefer: str | None,
    encoding: str | None,
    limits: Limits,
    watch: Watch,
    options: dict[str, Any] | None = None,
) -> Generator[tuple[dict[str, Any], list[bytes]]]:
    """The child's messages as they come. The child is gone when this generator ends, however it ends.

    `options` (plain values) are for formats that are not read by GDAL. Raises the child's own AppErrors; Unreadable if
    it crashes or falls silent; Cancelled from `watch`.
    """
    with draft_folder("huitian-read") as folder:
        # Made and removed here, not in the child: that may be killed before it can tidy up.
        job = {"path": [p or str(Path.cwd()) for p in sys.path], "file": str(path), "reader": key, "sublayer": sublayer,
               "prefer": prefer, "encoding": encoding, "limits": asdict(limits), "options": options or {},
               "folder": str(folder)}  # fmt: skip
        yield from _listened(job, path, limits, watch)


def _listened(
    job: dict[str, Any], path: Path, limits: Limits, watch: Watch
) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    process = _start(job, path)
    frames: queue.Queue[bytes | None] = queue.Queue(_QUEUE_FRAMES)
    stop = threading.Event()
    listener = threading.Thread(target=_listen, args=(process.stdout, frames, stop), name="foreign-file", daemon=True)
    listener.start()
    patience, share = limits.start_s, 0.0
    silence = limits.silence_s + (path.stat().st_size / _BYTES_A_SECOND if path.is_file() else 0.0)
    try:
        while True:
            frame = _next(frames, patience, path, watch, share)
            try:
                message, shapes = wire.unpack(frame or b"")
                kind = message["kind"]
            except (ValueError, KeyError, TypeError) as cause:
                raise _crashed(path, process) from cause
            patience = silence
            for line in message.get("lines", ()):
                _log.info("%s: %s", path.name, line)
            if kind == "error":
                raise wire.error_of(message)
            share = max(share, _PARSE * float(message.get("share", 0.0)))
            yield message, shapes
            if kind == "end":
                return
    finally:
        stop.set()
        _end(process)
        listener.join(5.0)


def _start(job: dict[str, Any], path: Path) -> subprocess.Popen[bytes]:
    no_console = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        process = subprocess.Popen(
            command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=no_console,
        )
        assert process.stdin is not None  # noqa: S101 - it was asked for
        with suppress(OSError):  # a child that is dead already is told by its silence
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.close()
    except OSError as cause:
        raise Unreadable(
            "import.no_child", N_("the process that reads foreign files cannot be started"), where=str(path)
        ) from cause
    return process


def _listen(pipe: IO[bytes] | None, frames: queue.Queue[bytes | None], stop: threading.Event) -> None:
    frame: bytes | None = b""
    while frame is not None and not stop.is_set() and pipe is not None:
        try:
            frame = wire.receive(pipe)
        except (OSError, ValueError):
            frame = None
        while not stop.is_set():
            with suppress(queue.Full):
                frames.put(frame, timeout=_TICK_S)
                break


def _next(frames: queue.Queue[bytes | None], patience: float, path: Path, watch: Watch, share: float) -> bytes | None:
    until = time.monotonic() + patience
    while True:
        watch.report(share)
        with suppress(queue.Empty):
            return frames.get(timeout=_TICK_S)
        if time.monotonic() > until:
            raise Unreadable(
                "import.silent",
                N_("reading it was stopped: no progress for {seconds:.0f} s"),
                where=str(path),
                advice=N_("the file is damaged or too complex; save it again in the program it came from"),
                seconds=patience,
            )


def _crashed(path: Path, process: subprocess.Popen[bytes]) -> Unreadable:
    with suppress(subprocess.TimeoutExpired):
        process.wait(1.0)
    _log.warning("reader of %s ended with exit code %s", path, process.returncode)
    return Unreadable(
        "import.crashed",
        N_("the file made its reader fail; nothing was taken from it"),
        where=str(path),
        advice=N_("the file is damaged; save it again in the program it came from"),
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.05)
    if process.poll() is None:
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(5.0)
    if process.stdout is not None:
        with suppress(OSError):
            process.stdout.close()
