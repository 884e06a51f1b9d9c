"""Working memory: one buffer for a use, a kind of number and a thread; larger ones when asked for."""

from __future__ import annotations

import threading

import numpy as np

from gis.scratch import scratch


def test_a_use_gets_its_memory_again() -> None:
    first = scratch("test", (20, 30))
    second = scratch("test", (10, 40))
    assert np.shares_memory(first, second)
    assert second.shape == (10, 40)
    assert second.flags.c_contiguous
    assert not np.shares_memory(second, scratch("test", (10, 40), np.float32))
    assert not np.shares_memory(second, scratch("other", (10, 40)))
    assert scratch("test", (50, 60)).size == 3000


def test_threads_do_not_share() -> None:
    mine, theirs = scratch("test", (5, 5)), []
    thread = threading.Thread(target=lambda: theirs.append(scratch("test", (5, 5))))
    thread.start()
    thread.join()
    assert not np.shares_memory(mine, theirs[0])
