from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QThread

from app.gui.canvas.slots import Slot
from models.errors import Refused


class Receiver:
    def __init__(self, slot: Slot) -> None:
        self.got: list[Any] = []
        slot.ready.connect(self.got.append)


def test_newest_wish_wins_and_the_older_is_stopped(qtbot: Any) -> None:
    begun, stopped_seen = threading.Event(), threading.Event()

    def work(request: int, stopped: Any) -> int | None:
        if request == 1:
            begun.set()
            while not stopped():
                pass
            stopped_seen.set()
            return None
        return request

    slot = Slot("test", work)
    receiver = Receiver(slot)
    slot.wish(1)
    assert begun.wait(5)
    slot.wish(2)
    slot.wish(3)
    qtbot.waitUntil(lambda: bool(receiver.got), timeout=5000)
    qtbot.waitUntil(lambda: not slot.busy, timeout=5000)
    assert stopped_seen.is_set()
    assert receiver.got[-1] == 3
    assert 1 not in receiver.got
    slot.shutdown()


def test_soft_wish_waits_for_the_running_one(qtbot: Any) -> None:
    begun, go = threading.Event(), threading.Event()

    def work(request: int, stopped: Any) -> int | None:
        begun.set()
        go.wait(5)
        return None if stopped() else request

    slot = Slot("test", work)
    receiver = Receiver(slot)
    slot.wish(1)
    begun.wait(5)
    slot.wish(2, soft=True)
    slot.wish(3, soft=True)
    go.set()
    qtbot.waitUntil(lambda: len(receiver.got) == 2, timeout=5000)
    assert receiver.got == [1, 3]  # 2 was overtaken before it began
    slot.shutdown()


def test_a_stopped_result_is_not_delivered_even_if_the_work_did_not_look(qtbot: Any) -> None:
    begun, go = threading.Event(), threading.Event()

    def work(request: int, stopped: Any) -> int:  # never asks `stopped`
        if request == 1:
            begun.set()
            go.wait(5)
        return request

    slot = Slot("test", work)
    receiver = Receiver(slot)
    slot.wish(1)
    begun.wait(5)
    slot.wish(2)
    go.set()
    qtbot.waitUntil(lambda: 2 in receiver.got, timeout=5000)
    assert receiver.got == [2]
    slot.shutdown()


def test_faults_are_told_and_the_slot_lives_on(qtbot: Any) -> None:
    def work(request: int, stopped: Any) -> int:
        if request == 1:
            raise Refused("x", "no")
        return request

    slot = Slot("test", work)
    receiver, errors = Receiver(slot), []
    slot.failed.connect(errors.append)
    slot.wish(1)
    qtbot.waitUntil(lambda: bool(errors), timeout=5000)
    slot.wish(2)
    qtbot.waitUntil(lambda: receiver.got == [2], timeout=5000)
    slot.shutdown()


def test_results_arrive_on_the_windows_thread(hand: Any) -> None:
    seen = []
    pictures = hand.canvas.pictures
    pictures.updated.connect(lambda: seen.append(QThread.currentThread() is pictures.thread()))
    pictures.request()
    hand.settle()
    assert seen
    assert all(seen)


def test_no_thread_while_idle_and_none_after_shutdown(qtbot: Any) -> None:
    slot = Slot("idle", lambda request, stopped: request)
    slot.wish(1)
    qtbot.waitUntil(lambda: not slot.busy, timeout=5000)
    qtbot.waitUntil(lambda: all(t.name != "huitian-idle" for t in threading.enumerate()), timeout=5000)
    slot.shutdown()
    slot.wish(2)
    assert not slot.busy


def test_the_next_wish_finds_the_thread_still_there(qtbot: Any) -> None:
    threads: list[threading.Thread] = []
    slot = Slot("kept", lambda _request, _stopped: threads.append(threading.current_thread()))
    for number in (1, 2, 3):
        slot.wish(number)
        qtbot.waitUntil(lambda n=number: len(threads) == n and not slot.busy, timeout=5000)
    assert len({id(t) for t in threads}) == 1  # to start one makes the window wait
    slot.shutdown()
    assert all(t.name != "huitian-kept" for t in threading.enumerate())
