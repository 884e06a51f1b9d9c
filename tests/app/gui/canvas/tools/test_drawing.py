"""Rectangle, circle, tracing: outlines drawn by mouse and keys at real places."""

from __future__ import annotations

import math
from typing import Any

import pytest
import shapely
from PySide6.QtCore import QEvent, Qt

from models.changes import Insert
from models.notices import Notice
from tests.app.gui.canvas.tools.conftest import X, Y

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
RIGHT = Qt.MouseButton.RightButton


@pytest.fixture
def drawn(desk: Any) -> list[Any]:
    made: list[Any] = []
    desk.canvas.outline_drawn.connect(made.append)
    return made


def put(hand: Any, *places: tuple[float, float], modifiers: Any = CTRL) -> None:
    for x, y in places:
        hand.click(X + x, Y + y, modifiers=modifiers)


def test_rectangle_on_a_slanting_side(desk: Any, drawn: list[Any]) -> None:
    desk.canvas.set_tool("rectangle")
    put(desk, (200, 200), (260, 280))
    desk.hover(X + 180, Y + 305, modifiers=CTRL)
    assert desk.canvas.tool.tip()[0].startswith("100.00 × ")
    put(desk, (180, 340))
    (outline,) = drawn
    xy = shapely.get_coordinates(outline)
    sides = [math.dist(xy[i], xy[i + 1]) for i in range(4)]
    assert sides[0] == pytest.approx(100, abs=2e-3)
    assert sides == pytest.approx(sides[2:] + sides[:2], abs=3e-3)
    assert outline.area == pytest.approx(sides[0] * sides[1], rel=1e-4)
    assert desk.canvas.tool.points == []


def test_circle_through_three_places(desk: Any, drawn: list[Any]) -> None:
    desk.canvas.set_tool("circle")
    put(desk, (200, 350), (250, 400), (300, 350))
    (outline,) = drawn
    assert outline.area == pytest.approx(math.pi * 50**2, rel=2e-3)
    assert shapely.distance(shapely.points(shapely.get_coordinates(outline)), shapely.Point(X + 250, Y + 350)) == (
        pytest.approx(50, abs=2e-3)
    )


def test_a_circle_that_comes_back_waits_for_its_third_place(desk: Any, drawn: list[Any]) -> None:
    desk.canvas.set_tool("circle")
    put(desk, (200, 350), (250, 400), (300, 350))
    desk.canvas.settle(drawn[0], taken=False)
    assert len(desk.canvas.tool.points) == 2
    put(desk, (300, 350))
    assert drawn[1].equals(drawn[0])


def test_three_places_in_a_line_are_no_circle(desk: Any, drawn: list[Any]) -> None:
    desk.canvas.set_tool("circle")
    put(desk, (200, 350), (250, 350), (300, 350))
    assert drawn == []
    assert "one line" in desk.canvas.tool.refusal
    desk.key(Qt.Key.Key_Backspace)
    assert len(desk.canvas.tool.points) == 1
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.tool.points == []


def test_two_places_and_enter_say_what_is_missing(desk: Any, drawn: list[Any]) -> None:
    desk.canvas.set_tool("rectangle")
    put(desk, (200, 350), (250, 350))
    desk.key(Qt.Key.Key_Return)
    assert drawn == []
    assert "three places" in desk.canvas.tool.refusal


def test_trace_follows_an_edge_and_one_backspace_takes_the_stretch_back(desk: Any, drawn: list[Any]) -> None:
    desk.canvas.set_tool("trace")
    put(desk, (420, 220), modifiers=Qt.KeyboardModifier.NoModifier)  # on the left side of DC-001
    put(desk, (440, 300), modifiers=Qt.KeyboardModifier.NoModifier)  # on its upper side
    assert desk.canvas.tool.points == [(X + 420, Y + 220), (X + 420, Y + 300), (X + 440, Y + 300)]
    desk.key(Qt.Key.Key_Backspace)
    assert desk.canvas.tool.points == [(X + 420, Y + 220)]
    put(desk, (440, 300), modifiers=Qt.KeyboardModifier.NoModifier)
    put(desk, (380, 340))
    desk.send(QEvent.Type.MouseButtonPress, desk.pixel(X + 380, Y + 340), RIGHT)
    (outline,) = drawn
    stockpile = shapely.box(X + 420, Y + 200, X + 520, Y + 300)
    assert outline.intersection(stockpile).area == 0
    assert outline.boundary.intersection(stockpile.boundary).length == pytest.approx(100)


def test_typed_and_traced_corners_are_taken_back_one_by_one(desk: Any) -> None:
    desk.canvas.set_tool("trace")
    put(desk, (420, 220), modifiers=Qt.KeyboardModifier.NoModifier)
    put(desk, (440, 300), modifiers=Qt.KeyboardModifier.NoModifier)
    assert desk.canvas.tool.enter([(X + 380, Y + 340)]) == ""
    desk.key(Qt.Key.Key_Backspace)
    assert len(desk.canvas.tool.points) == 3
    desk.key(Qt.Key.Key_Backspace)
    assert len(desk.canvas.tool.points) == 1


def test_shift_traces_the_long_way_round(desk: Any) -> None:
    desk.canvas.set_tool("trace")
    put(desk, (420, 220), modifiers=Qt.KeyboardModifier.NoModifier)
    put(desk, (440, 300), modifiers=SHIFT)
    assert desk.canvas.tool.points[1:-1] == [(X + 420, Y + 200), (X + 520, Y + 200), (X + 520, Y + 300)]


def test_a_drag_draws_freehand(desk: Any, drawn: list[Any]) -> None:
    desk.canvas.set_tool("trace")
    places = [desk.pixel(X + 300 + 40 * math.cos(t / 10), Y + 350 + 40 * math.sin(t / 10)) for t in range(60)]
    desk.send(QEvent.Type.MouseButtonPress, places[0], modifiers=CTRL)
    for at in places[1:]:
        desk.send(QEvent.Type.MouseMove, at, modifiers=CTRL)
    desk.send(QEvent.Type.MouseButtonRelease, places[-1], modifiers=CTRL)
    assert len(desk.canvas.tool.points) > 15
    desk.key(Qt.Key.Key_Return)
    assert drawn[0].area == pytest.approx(math.pi * 1600, rel=0.05)


def test_a_length_and_a_bearing_hold_the_next_side(desk: Any) -> None:
    desk.canvas.set_tool("draw")
    put(desk, (200, 200))
    desk.canvas.side_lock.hold(50.0, 90.0)
    put(desk, (260, 260))
    assert desk.canvas.tool.points[1] == (X + 250, Y + 200)
    desk.canvas.side_lock.hold(30.0, None)
    put(desk, (250, 290))
    assert desk.canvas.tool.points[2] == pytest.approx((X + 250, Y + 230))


def undo(desk: Any) -> bool:
    """Undo, as the window does it: True if the drawing had something to take back, so that no step is undone."""
    words = desk.canvas.tool.undo_words()
    desk.canvas.tool.undo()
    return bool(words)


def test_escape_drops_a_sketch_and_undo_brings_all_of_it_back(desk: Any, drawn: list[Any]) -> None:
    said: list[str] = []
    desk.canvas.help_changed.connect(said.append)
    corners = [(X + 200.0, Y + 350.0), (X + 260.0, Y + 350.0), (X + 260.0, Y + 400.0)]
    desk.canvas.wait_with({"draw": corners})  # as after the window was opened again
    desk.canvas.set_tool("draw")
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.waiting() == {}
    assert "3 places" in said[-1]
    desk.key(Qt.Key.Key_Escape)  # once more changes nothing
    assert undo(desk)
    assert desk.canvas.waiting() == {"draw": corners}
    desk.key(Qt.Key.Key_Return)
    assert drawn[0].equals(shapely.Polygon(corners))
    assert not undo(desk)  # finished: there is nothing left to bring back


def test_a_step_stored_after_escape_is_undone_first(desk: Any) -> None:
    desk.canvas.set_tool("draw")
    put(desk, (200, 350), (260, 350), (260, 400))
    desk.key(Qt.Key.Key_Escape)
    session = desk.canvas.session
    session.transact(
        Notice("test", "t"), [Insert("sand_pits", {"code": "SK-77", "geometry": shapely.box(X, Y, X + 9, Y + 9)})]
    )
    assert not undo(desk)
    session.undo()
    put(desk, (200, 350))
    desk.key(Qt.Key.Key_Escape)
    desk.canvas.set_tool("select")
    desk.canvas.set_tool("draw")
    assert undo(desk)
    assert len(desk.canvas.tool.points) == 1


def test_a_measured_line_comes_back_with_its_figures(desk: Any) -> None:
    desk.canvas.set_tool("measure")
    put(desk, (200, 350), (260, 350))
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.tool.card.isHidden()
    assert undo(desk)
    assert not desk.canvas.tool.card.isHidden()
