"""The parent's side of the probing child: starts it, hashes the file meanwhile, listens, ends it when it is silent."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from gis.dem.opening import damaged
from gis.dem.probe import FLAG, Facts, error_of
from models.errors import Unreadable
from models.notices import N_
from models.progress import Watch

_SILENCE_S = 90.0
_BOOT = (
    "import sys, json; job = json.loads(sys.stdin.buffer.readline()); sys.path[:] = job['path']; "
    "from gis.dem.probe import serve; serve(job)"
)


class Prober:
    """A child that answers for one file after the other: a start takes longer than a small tile.

    Whatever goes wrong with a file ends the child; the next file gets a new one.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes] = queue.Queue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_what: object) -> None:
        self._end()

    def ask(self, path: Path, nodata: float | None, watch: Watch) -> tuple[Facts, str]:
        """Facts from the child; the parent hashes the file meanwhile. Raises what is wrong with it, Cancelled."""
        self._send(path, nodata)
        try:
            digest = file_sha256(path, watch.part(0.0, 0.3))
            return _listen(self._lines, path, watch.part(0.3, 1.0)), digest
        except BaseException:
            self._end()
            raise

    def _send(self, path: Path, nodata: float | None) -> None:
        if self._child is None:
            self._child, self._lines = _start(), queue.Queue()
            args = (self._child, self._lines)
            threading.Thread(target=_relay, args=args, name="terrain-probe", daemon=True).start()
        job = {"path": [p or str(Path.cwd()) for p in sys.path], "file": str(path.resolve()), "nodata": nodata}
        assert self._child.stdin is not None  # noqa: S101 - it was asked for
        with suppress(OSError):  # a child that died already is told by its silence
            self._child.stdin.write(json.dumps(job).encode() + b"\n")
            self._child.stdin.flush()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait(5)
            assert child.stdin is not None  # noqa: S101 - it was asked for
            with suppress(OSError):
                child.stdin.close()


def _start() -> subprocess.Popen[bytes]:
    """The child, an own process and not `multiprocessing`, which would run the caller's main script again."""
    frozen = getattr(sys, "frozen", False)
    return subprocess.Popen(
        [sys.executable, FLAG] if frozen else [sys.executable, "-c", _BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no console window
    )


def _relay(child: subprocess.Popen[bytes], lines: queue.Queue[bytes]) -> None:
    assert child.stdout is not None  # noqa: S101 - it was asked for
    with suppress(OSError, ValueError), child.stdout:
        for line in child.stdout:
            lines.put(line)
    lines.put(b"")


def _listen(lines: queue.Queue[bytes], path: Path, watch: Watch) -> Facts:
    share, until = 0.0, time.monotonic() + _SILENCE_S
    while True:
        watch.report(share)
        try:
            line = lines.get(timeout=0.2)
        except queue.Empty:
            if time.monotonic() > until:
                raise Unreadable(
                    "terrain.hangs",
                    N_("reading the terrain file does not come to an end"),
                    where=str(path),
                    advice=N_("copy it to a local disk, or convert it to GeoTIFF with the program that made it"),
                ) from None
            continue
        until = time.monotonic() + _SILENCE_S
        if not line:  # the child died
            raise damaged(path)
        message = json.loads(line)
        if "facts" in message:
            facts = message["facts"]
            return Facts(**{**facts, "transform": tuple(facts["transform"])})
        if "error" in message:
            raise error_of(message["error"])
        share = float(message["progress"])


def file_sha256(path: Path, watch: Watch) -> str:
    """sha256 of a file as hexadecimal digits. Raises Unreadable, Cancelled."""
    digest, size, done = hashlib.sha256(), max(path.stat().st_size, 1), 0
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 22):
                digest.update(block)
                done += len(block)
                watch.report(done / size)
    except OSError as error:
        raise damaged(path) from error
    return digest.hexdigest()
