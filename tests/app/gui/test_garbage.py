"""No search for cycles while the program starts; later in what came later, and in all after a project is closed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Signal

from app.gui.garbage import Garbage


class Session(QObject):
    """The signals that are followed."""

    opened, closed = Signal(), Signal()


@pytest.fixture
def made(qapp: object) -> Iterator[Callable[[float], tuple[Session, Garbage]]]:
    kept = []

    def make(slow_s: float) -> tuple[Session, Garbage]:
        session = Session()
        kept.append((session, Garbage(session, slow_s)))  # type: ignore[arg-type]
        return kept[-1]

    yield make
    for _, garbage in kept:
        garbage.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_off_until_a_project_is_open(made: Callable[[float], tuple[Session, Garbage]]) -> None:
    session, garbage = made(99)
    session.opened.emit()
    assert not gc.isenabled()
    assert garbage._timer.isActive()
    garbage._timer.timeout.emit()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000


@pytest.mark.parametrize(("slow_s", "hidden"), [(0.0, True), (99.0, False)])
def test_a_slow_look_is_not_repeated_over_the_same_objects(
    made: Callable[[float], tuple[Session, Garbage]], slow_s: float, hidden: bool
) -> None:
    _session, garbage = made(slow_s)
    garbage.settle()
    before = gc.get_freeze_count()
    kept = [[k] for k in range(20_000)]
    gc.collect()
    assert (gc.get_freeze_count() >= before + len(kept) - 100) is hidden


def test_a_closed_project_is_looked_through(made: Callable[[float], tuple[Session, Garbage]]) -> None:
    session, garbage = made(99)
    garbage.settle()
    session.closed.emit()
    assert gc.get_freeze_count() == 0
    session.opened.emit()
    assert gc.isenabled()
    assert not garbage._timer.isActive()
