"""The window goes first, and never waits for itself nor keeps others for long."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QTimer

from app.gui import foreground as module
from app.gui.canvas.slots import Slot
from app.gui.foreground import Foreground, foreground
from app.gui.tasks import TaskRunner


def in_thread(act: Any) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def test_a_thread_waits_until_the_window_has_done_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_S", 5.0)
    front, passed = Foreground(), threading.Event()

    def work() -> None:
        front.give_way()
        passed.set()

    with front, front:
        thread = in_thread(work)
        assert not passed.wait(0.05)
    assert passed.wait(2)
    thread.join()


def test_it_waits_once_for_each_piece_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_S", 0.05)
    front, waits = Foreground(), []

    def work() -> None:
        for _ in range(3):
            begun = time.perf_counter()
            front.give_way()
            waits.append(time.perf_counter() - begun > 0.04)

    for _ in range(2):
        with front:
            in_thread(work).join()
    assert waits == [True, False, False] * 2


def test_the_window_never_waits_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_S", 5.0)
    front = Foreground()
    begun = time.perf_counter()
    with front:
        front.give_way()
    front.give_way()
    assert time.perf_counter() - begun < 2


def test_pictures_and_tasks_give_way_where_they_look_whether_to_stop(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Foreground, "give_way", lambda _self: asked.append(threading.current_thread().name))
    slot = Slot("polite", lambda _request, stopped: stopped())
    slot.wish(1)
    qtbot.waitUntil(lambda: not slot.busy, timeout=5000)
    slot.shutdown()
    assert asked == ["huitian-polite"] * 2  # before it begins, and where it looks
    runner, done = TaskRunner(), []
    for step in (lambda watch: watch.report(0.5), lambda watch: watch.pause(), lambda watch: watch.part(0, 1).pause()):
        asked.clear()
        runner.submit("work", step, done.append)
        qtbot.waitUntil(lambda: bool(done), timeout=5000)
        done.clear()
        assert any(name.startswith("huitian-work") for name in asked)
    runner.shutdown()


def test_the_window_is_in_front_while_results_are_handed_over(qtbot: Any) -> None:
    runner, seen = TaskRunner(), []
    runner.submit("work", lambda _watch: 1, lambda _result: seen.append(foreground.busy))
    qtbot.waitUntil(lambda: bool(seen), timeout=5000)
    runner.shutdown()
    assert seen == [True]
    qtbot.waitUntil(lambda: not foreground.busy, timeout=5000)  # the paint of the result comes first


def test_work_asked_for_with_a_change_begins_when_the_change_is_painted(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_S", 5.0)
    runner, begun = TaskRunner(), threading.Event()
    with foreground:
        runner.submit("t", lambda _watch: begun.set())
        foreground.until_painted()
        foreground.until_painted()  # asked for twice is once
    assert foreground.busy
    assert not begun.wait(0.05)  # nobody has painted
    qtbot.waitUntil(begun.is_set, timeout=2000)
    assert not foreground.busy
    runner.shutdown()


def test_a_change_that_follows_is_waited_for_too(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAINT_MS", 60)
    done: list[bool] = []
    foreground.until_painted()
    QTimer.singleShot(40, foreground.until_painted)
    QTimer.singleShot(80, lambda: done.append(foreground.busy))  # the first would have been over
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    assert done == [True]
    qtbot.waitUntil(lambda: not foreground.busy, timeout=5000)
