"""Jobs in processes of their own: answers as they come, progress, stopped within a moment, a dead process is no end.

Neighbouring jobs stay with one process (they share tiles of a terrain). The jobs themselves decide nothing here: what
comes out is the same whatever the number of processes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from models.progress import Watch

Work = Callable[[Iterator[Any]], Iterator[Any]]
"""From jobs, one after another, to an answer for each. Runs in the process, so it is a function of a module."""

_LOOK_S = 0.1
_SHARE = 3
"""A process takes this part of its share of the jobs that are left, as neighbours for the tiles they have in common."""


_MANY_JOBS, _MOST = 24, 4
"""From so many short jobs on further processes gain more than their start takes; each holds its own tiles in memory."""
_SHEETS_EACH, _MOST_DRAWING = 4, 8
"""Sheets from which on a process draws more than its start takes (that of two); and what memory is there for."""


def processes_for(jobs: int) -> int:
    """How many processes pay for so many short jobs on this machine."""
    return min(_MOST, os.cpu_count() or 1) if jobs >= _MANY_JOBS else 1


def processes_for_sheets(sheets: int) -> int:
    """How many processes pay for drawing so many sheets on this machine: 1 means that none besides this one does."""
    return max(1, min(_MOST_DRAWING, os.cpu_count() or 1, sheets // _SHEETS_EACH))


@dataclass(frozen=True)
class Died:
    """Instead of an answer: the process that computed it ended. `code` as the operating system gave it."""

    code: int | None


@dataclass
class _Worker:
    process: Any
    line: Connection
    queue: deque[int] = field(default_factory=deque)
    at: int | None = None
    """The job that it computes."""


def each_answer(
    work: Work, jobs: Sequence[Any], workers: int, watch: Watch, names: Sequence[str]
) -> Iterator[tuple[int, Any]]:
    """(number of the job, its answer or `Died`) as they come; progress names the job finished last.

    Raises Cancelled. Closing the iterator, or the end of it by an error, ends all processes.
    """
    chunks = deque(deque(stretch) for stretch in stretches(len(jobs), workers))
    team = [_start(work) for _ in range(min(workers, len(chunks)))]
    done, note, shares = 0, "", dict.fromkeys(range(len(jobs)), 0.0)
    try:
        for worker in team:
            _next(worker, chunks, jobs)
        while done < len(jobs):
            watch.report(sum(shares.values()) / len(jobs), note)
            ready = wait([w.line for w in team if w.at is not None], timeout=_LOOK_S)
            for number, at in [(n, w.at) for n, w in enumerate(team) if w.line in ready and w.at is not None]:
                kind, value = _hear(team[number])
                if kind == "share":
                    shares[at] = value
                    continue
                done, note, shares[at] = done + 1, names[at], 1.0
                if isinstance(value, Died):
                    team[number] = _start(work, team[number].queue)
                _next(team[number], chunks, jobs)
                yield at, value
        watch.report(1.0, note)
    finally:
        _end(team)


def stretches(jobs: int, workers: int) -> Iterator[range]:
    """Neighbouring jobs in stretches, long ones first and single ones at last: all processes end together."""
    at = 0
    while at < jobs:
        size = -(-(jobs - at) // (workers * _SHARE))
        yield range(at, at + size)
        at += size


def _hear(worker: _Worker) -> tuple[str, Any]:
    """("share", how far the job is) or ("answer", what came of it)."""
    try:
        kind, value = worker.line.recv()
    except (EOFError, OSError):
        worker.process.join()
        worker.line.close()
        return "answer", Died(worker.process.exitcode)
    return kind, value


def _next(worker: _Worker, chunks: deque[deque[int]], jobs: Sequence[Any]) -> None:
    """Give the worker its next job, if there is one."""
    if not worker.queue and chunks:
        worker.queue = chunks.popleft()
    worker.at = worker.queue.popleft() if worker.queue else None
    if worker.at is not None:
        with contextlib.suppress(OSError):  # a process that died is noticed when its answer is waited for
            worker.line.send(jobs[worker.at])


def _start(work: Work, queue: deque[int] | None = None) -> _Worker:
    context = multiprocessing.get_context("spawn")
    line, other = context.Pipe()
    process = context.Process(target=_serve, args=(work, other), daemon=True)
    process.start()
    other.close()
    return _Worker(process, line, queue if queue is not None else deque())


def _end(team: list[_Worker]) -> None:
    for worker in team:
        if worker.at is not None:
            worker.process.terminate()
        worker.line.close()  # one that waits for a job sees the end of the line
    for worker in team:
        worker.process.join(5)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _serve(work: Work, line: Connection) -> None:
    """In the process: answer jobs until the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle

    def jobs() -> Iterator[Any]:
        while True:
            try:
                job = line.recv()
            except (EOFError, OSError):
                return
            yield job, Watch(lambda share, _: line.send(("share", share)))

    try:
        for answer in work(jobs()):
            line.send(("answer", answer))
    except (BrokenPipeError, ConnectionResetError):  # the parent is gone
        return
