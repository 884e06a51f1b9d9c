"""Typed and pasted coordinates: what is understood is shown first, then it acts as the tool in use asks."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest

from app.gui.coordinate_box import CoordinateBox
from tests.app.gui.canvas.tools.conftest import X, Y

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def box(desk: Any) -> CoordinateBox:
    return CoordinateBox(desk.canvas)


def paste(box: CoordinateBox, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    box.open()
    box.text.insertFromMimeData(data)


def enter(box: CoordinateBox) -> None:
    QTest.keyClick(box.text, Qt.Key.Key_Return)


def test_what_was_understood_is_said_and_marked_before_anything_moves(desk: Any, box: CoordinateBox) -> None:
    before = desk.canvas.view
    paste(box, f"{Y + 220:.2f}，{37e6 + X + 900:.2f}")
    assert "zone 37" in box.said.text()
    assert desk.canvas.marked.places == [(X + 900, Y + 220)]
    assert desk.canvas.view.same_place(before)
    enter(box)
    assert desk.canvas.view.to_world(300, 225) == pytest.approx((X + 900, Y + 220))
    assert desk.canvas.view.scale == pytest.approx(before.scale)


def test_the_place_is_painted_on_the_map(desk: Any, box: CoordinateBox) -> None:
    before = desk.patch(X + 300, Y + 330)
    paste(box, f"{Y + 330} {X + 300}")
    assert (desk.patch(X + 300, Y + 330) != before).any()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert desk.canvas.marked.places == []
    assert not box.isVisible()
    assert (desk.patch(X + 300, Y + 330) == before).all()


def test_several_lines_become_an_outline(desk: Any, box: CoordinateBox) -> None:
    drawn: list[Any] = []
    desk.canvas.outline_drawn.connect(drawn.append)
    paste(box, "\n".join(f"J{n}\t{Y + y}\t{X + x}" for n, (x, y) in enumerate([(300, 200), (300, 260), (360, 260)], 1)))
    assert box.main.text() == "Make an outline"
    enter(box)
    assert drawn[0].equals(shapely.Polygon([(X + 300, Y + 200), (X + 300, Y + 260), (X + 360, Y + 260)]))


def test_a_line_that_is_not_understood_stops_an_outline(desk: Any, box: CoordinateBox) -> None:
    drawn: list[Any] = []
    desk.canvas.outline_drawn.connect(drawn.append)
    paste(box, f"{Y} {X}\n{Y + 9} {X}\n{Y + 9}\n{Y} {X + 9}")
    assert "line 3" in box.said.text()
    assert not box.main.isEnabled()
    enter(box)
    assert drawn == []


def test_enter_in_the_empty_box_finishes_what_is_drawn(desk: Any, box: CoordinateBox) -> None:
    drawn: list[Any] = []
    desk.canvas.outline_drawn.connect(drawn.append)
    desk.canvas.set_tool("draw")
    desk.click(X + 300, Y + 200, modifiers=CTRL)
    paste(box, f"{Y + 200} {X + 360}")
    enter(box)
    enter(box)
    assert (drawn, box.isVisible()) == ([], True)
    assert "three corners" in box.said.text()
    paste(box, f"{Y + 260} {X + 360}")
    enter(box)
    enter(box)
    assert shapely.get_num_coordinates(drawn[0]) == 4
    assert not box.isVisible()


def test_places_go_into_the_sketch_and_backspace_takes_them_back(desk: Any, box: CoordinateBox) -> None:
    desk.canvas.set_tool("draw")
    desk.click(X + 300, Y + 200, modifiers=CTRL)
    paste(box, f"{Y + 200} {X + 360}\n{Y + 260} {X + 360}")
    assert box.main.text() == "Put the points"
    enter(box)
    assert desk.canvas.tool.points == [(X + 300, Y + 200), (X + 360, Y + 200), (X + 360, Y + 260)]
    desk.key(Qt.Key.Key_Backspace)
    assert len(desk.canvas.tool.points) == 2


def test_a_crossing_place_is_refused_in_the_box(desk: Any, box: CoordinateBox) -> None:
    desk.canvas.set_tool("draw")
    for x, y in ((300, 200), (360, 200), (360, 260)):
        desk.click(X + x, Y + y, modifiers=CTRL)
    paste(box, f"{Y + 180} {X + 330}")
    enter(box)
    assert "cross" in box.said.text()
    assert len(desk.canvas.tool.points) == 3


def test_the_vertex_taken_goes_to_a_typed_place(desk: Any, box: CoordinateBox, choose: Any, shape: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("vertex")
    desk.click(X + 50, Y + 150)
    desk.key(Qt.Key.Key_Return)
    assert box.isVisible()
    paste(box, f"X={Y + 160.25} Y={X + 40.75}")
    enter(box)
    assert (X + 40.75, Y + 160.25) in set(map(tuple, shapely.get_coordinates(shape("SK-001")).tolist()))


def test_a_digit_on_the_map_opens_the_box(desk: Any, box: CoordinateBox) -> None:
    desk.canvas.set_tool("draw")
    QTest.keyClick(desk.canvas, "4")
    assert box.isVisible()
    assert box.text.toPlainText() == "4"


def test_length_and_bearing_are_typed(desk: Any, box: CoordinateBox) -> None:
    desk.canvas.set_tool("draw")
    desk.click(X + 200, Y + 200, modifiers=CTRL)
    QTest.keyClick(desk.canvas, "5")
    assert box.side.length.text() == "5"
    box.side.length.setText("50")
    box.side.bearing.setText("53°07′48.37″")  # 3-4-5
    QTest.keyClick(box.side.length, Qt.Key.Key_Return)
    assert desk.canvas.tool.points[1] == pytest.approx((X + 240, Y + 230), abs=2e-3)
    assert box.side.values() == (None, None), "both were for one side"
    assert not desk.canvas.side_lock


def test_a_locked_bearing_stays_and_the_pointer_gives_the_length(desk: Any, box: CoordinateBox) -> None:
    desk.canvas.set_tool("split")
    desk.click(X + 200, Y + 200, modifiers=CTRL)
    box.open_with("")
    box.side.bearing.setText("90")
    box.side.locks[box.side.bearing].setChecked(True)
    desk.click(X + 260, Y + 245, modifiers=CTRL)
    desk.click(X + 300, Y + 145, modifiers=CTRL)
    assert desk.canvas.tool.points == [(X + 200, Y + 200), (X + 260, Y + 200), (X + 300, Y + 200)]
    desk.key(Qt.Key.Key_Escape)
    assert not desk.canvas.side_lock


def test_what_is_nonsense_is_said(desk: Any, box: CoordinateBox) -> None:
    paste(box, "109°61′ 40°")
    assert "below 60" in box.said.text()
    enter(box)
    assert box.isVisible()
