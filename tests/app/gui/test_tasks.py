from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QObject

from app.gui.tasks import TaskRunner
from models.errors import Refused
from models.progress import Watch


@pytest.fixture
def runner(qapp: Any) -> Any:
    made = TaskRunner()
    yield made
    made.shutdown()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("huitian-")]


def test_result_arrives_on_the_threads_of_the_window(runner: TaskRunner, qtbot: Any) -> None:
    got: list[Any] = []
    runner.submit("work", lambda _w: threading.get_ident(), lambda ident: got.append((ident, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(got))
    worker, here = got[0]
    assert worker != here == threading.get_ident()
    assert runner.running(quiet=True) == []


def test_failure_is_told_and_done_is_not(runner: TaskRunner, qtbot: Any) -> None:
    def work(_watch: Watch) -> None:
        raise Refused("test", "no")

    told: list[Any] = []
    runner.submit("work", work, lambda _r: told.append("done"), told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], Refused)


def test_cancelled_work_stops_and_tells_nobody(runner: TaskRunner, qtbot: Any) -> None:
    started = threading.Event()

    def work(watch: Watch) -> str:
        started.set()
        while True:
            watch.report(0.5, "half")
            time.sleep(0.01)

    told: list[Any] = []
    task = runner.submit("work", work, told.append, told.append)
    assert started.wait(5)
    with qtbot.waitSignal(runner.finished, timeout=5000):
        task.cancel()
    assert task.finished
    assert told == []


def test_progress_is_told_and_quiet_work_is_not_listed(runner: TaskRunner, qtbot: Any) -> None:
    seen: list[tuple[float, str]] = []
    runner.progressed.connect(lambda _t, fraction, note: seen.append((fraction, note)))
    go = threading.Event()

    def work(watch: Watch) -> None:
        watch.report(0.25, "quarter")
        go.wait(5)

    runner.submit("work", work, quiet=True)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0] == (0.25, "quarter")
    assert runner.running() == []
    assert len(runner.running(quiet=True)) == 1
    go.set()
    qtbot.waitUntil(lambda: not runner.running(quiet=True))


def test_writers_wait_for_each_other(runner: TaskRunner, qtbot: Any) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work(_watch: Watch) -> None:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()

    done: list[int] = []
    for _ in range(4):
        runner.submit("write", work, lambda _r: done.append(1), writes=True)
    assert runner.writing
    qtbot.waitUntil(lambda: len(done) == 4)
    assert max(most) == 1
    assert not runner.writing


def test_answer_for_a_widget_that_is_gone_is_dropped(runner: TaskRunner, qtbot: Any) -> None:
    class Asker(QObject):
        heard = 0

        def hear(self, _result: Any) -> None:
            Asker.heard += 1

    asker, go = Asker(), threading.Event()
    runner.submit("work", lambda _w: go.wait(5), asker.hear)
    runner.submit("work", lambda _w: go.wait(5), lambda _r: asker.hear(None))
    import shiboken6

    shiboken6.delete(asker)
    go.set()
    qtbot.waitUntil(lambda: not runner.running(quiet=True))
    assert Asker.heard == 0
