"""Edits of long outlines are checked and saved in the background and end as those of short ones do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from PySide6.QtCore import Qt

from app.gui.canvas.tools import vertex_edits
from tests.app.gui.canvas.tools.conftest import X, Y

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def vertex(desk: Any, choose: Any, real: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(vertex_edits, "LONG", 3)
    choose("SK-001")
    desk.canvas.set_tool("vertex")
    yield desk
    real.shutdown()  # with the thread that writes


def pull(hand: Any, a: tuple[float, float], b: tuple[float, float]) -> None:
    hand.drag(hand.pixel(X + a[0], Y + a[1]), hand.pixel(X + b[0], Y + b[1]), modifiers=CTRL)


def ring(shape: Any) -> set[tuple[float, float]]:
    return {(round(x - X, 3), round(y - Y, 3)) for x, y in shapely.get_coordinates(shape)}


def done(hand: Any, session: Any) -> None:
    hand.qtbot.waitUntil(lambda: not session.tasks.writing, timeout=10_000)
    hand.settle()


def test_a_drag_is_one_step_that_can_be_taken_back(vertex: Any, shape: Any, real: Any) -> None:
    vertex.click(X + 50, Y + 150)
    before = real.project.store.revision
    pull(vertex, (50, 150), (40, 165))
    done(vertex, real)
    assert ring(shape("SK-001")) == {(40, 165), (150, 150), (150, 50), (50, 50)}
    assert real.project.store.revision == before + 1
    assert real.project.store.undo_label().render() == "move point J1 (sand pit SK-001)"
    assert vertex.canvas.tool.handles.taken == [(X + 40, Y + 165)]
    assert vertex.canvas.tool.fault is None
    real.undo()
    assert ring(shape("SK-001")) == {(50, 150), (150, 150), (150, 50), (50, 50)}


def test_a_crossing_is_refused_at_its_place(vertex: Any, shape: Any, real: Any) -> None:
    vertex.click(X + 50, Y + 150)
    before = real.project.store.revision
    pull(vertex, (50, 150), (100, 20))
    done(vertex, real)
    tool = vertex.canvas.tool
    assert "crosses itself" in tool.fault.text
    assert abs(tool.fault.at[1] - (Y + 50)) < 1
    assert real.project.store.revision == before
    assert (50, 150) in ring(shape("SK-001"))
    assert tool.handles.taken == [(X + 50, Y + 150)]


def test_a_new_overlap_is_told(vertex: Any, shape: Any, real: Any) -> None:
    vertex.canvas.snapping.set_switch("shared", False)
    pull(vertex, (150, 150), (170, 140))
    done(vertex, real)
    assert (170, 140) in ring(shape("SK-001"))
    assert "SK-002" in vertex.canvas.tool.fault.text


def test_a_second_edit_waits_for_the_first(vertex: Any, shape: Any, real: Any) -> None:
    pull(vertex, (50, 150), (40, 165))
    assert real.tasks.writing
    pull(vertex, (50, 50), (40, 40))
    assert any("another job is writing" in said for said in vertex.said)
    done(vertex, real)
    assert ring(shape("SK-001")) == {(40, 165), (150, 150), (150, 50), (50, 50)}
    pull(vertex, (50, 50), (40, 40))
    done(vertex, real)
    assert (40, 40) in ring(shape("SK-001"))


def test_what_the_disk_refuses_stays_on_the_map(vertex: Any, shape: Any, real: Any, monkeypatch: Any) -> None:
    from models.errors import Unwritable

    def full(*_a: Any) -> None:
        raise Unwritable("disk.full", "the disk is full")

    with monkeypatch.context() as m:
        m.setattr(type(real.project.store), "_transact", full)
        pull(vertex, (50, 150), (40, 165))
        done(vertex, real)
        assert any("disk is full" in said for said in vertex.said)
        kept = len(real.unsaved.edits)
    if kept:
        assert (40, 165) in ring(shape("SK-001"))
        real.save_again()
    assert not real.unsaved
