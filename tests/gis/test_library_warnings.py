"""Warnings of libraries are kept apart for one thread at a time."""

from __future__ import annotations

import threading
import warnings

import pytest

from gis.library_warnings import recorded, silenced


class Remark(UserWarning):
    pass


def test_only_the_named_category_is_silenced() -> None:
    with silenced(Remark):
        warnings.warn(Remark("quiet"), stacklevel=1)
        with pytest.raises(UserWarning, match="other"):
            warnings.warn("other", stacklevel=1)


def test_every_remark_is_recorded_and_none_is_raised() -> None:
    with recorded() as said:
        for _ in range(2):
            warnings.warn(Remark("the same"), stacklevel=1)
    assert [str(w.message) for w in said] == ["the same", "the same"]
    with pytest.raises(Remark):
        warnings.warn(Remark("after"), stacklevel=1)


def test_one_thread_does_not_end_the_silence_of_another() -> None:
    """As `warnings.catch_warnings` alone would: the first to leave restores what it found, amid the other's work."""
    inside, entering = threading.Event(), threading.Event()
    raised: list[BaseException] = []

    def first() -> None:
        with silenced(Remark):
            inside.set()
            entering.wait(10)

    def second() -> None:
        inside.wait(10)
        entering.set()
        with silenced(Remark):
            one.join(10)  # had it been let in, the first would now restore the filters
            try:
                warnings.warn(Remark("quiet"), stacklevel=1)
            except Remark as error:
                raised.append(error)

    one, two = threading.Thread(target=first), threading.Thread(target=second)
    two.start()
    one.start()
    for thread in (one, two):
        thread.join(20)
        assert not thread.is_alive()
    assert raised == []
