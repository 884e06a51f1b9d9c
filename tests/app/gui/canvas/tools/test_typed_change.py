"""Shift, angle and factor typed for an outline: shown first, one step, about the base point, refused in words."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.gui.coordinate_box import CoordinateBox
from app.i18n import translator
from tests.app.gui.canvas.tools.conftest import X, Y

ENTER = Qt.Key.Key_Return


@pytest.fixture
def box(desk: Any, choose: Any) -> CoordinateBox:
    choose("DC-001", layer="stockpiles")  # 420, 200 to 520, 300
    desk.canvas.set_tool("transform")
    made = CoordinateBox(desk.canvas)
    desk.key(ENTER)
    assert made.isVisible()
    assert made.change.isVisible()
    return made


def fill(box: CoordinateBox, **texts: str) -> None:
    for name, text in texts.items():
        field = getattr(box.change, name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)


def corners(shape: Any) -> set[tuple[float, float]]:
    return {(round(x - X, 3), round(y - Y, 3)) for x, y in shapely.get_coordinates(shape)}


def test_a_typed_shift_is_shown_before_it_acts_and_is_one_step(
    desk: Any, box: CoordinateBox, shape: Any, real: Any
) -> None:
    before, revision = desk.patch(X + 400, Y + 350), real.project.store.revision
    fill(box, north="60.25", east="-40.5")
    assert real.project.store.revision == revision
    assert desk.canvas.tool.typed_made["stockpiles", 1].bounds == (X + 379.5, Y + 260.25, X + 479.5, Y + 360.25)
    assert (desk.patch(X + 400, Y + 350) != before).any()
    QTest.keyClick(box.change.east, ENTER)
    assert shape("DC-001").bounds == (X + 379.5, Y + 260.25, X + 479.5, Y + 360.25)
    label = real.project.store.undo_label()
    assert label.render() == "move stockpile DC-001"
    assert box.change.north.text() == ""
    real.undo()
    assert shape("DC-001").bounds[:2] == (X + 420, Y + 200)


def test_turn_and_scale_go_about_the_middle(box: CoordinateBox, shape: Any, real: Any) -> None:
    fill(box, turn="45")
    QTest.keyClick(box.change.turn, ENTER)
    assert shape("DC-001").centroid.coords[0] == pytest.approx((X + 470, Y + 250), abs=1e-3)
    assert shape("DC-001").bounds[2] == pytest.approx(X + 470 + 50 * 2**0.5, abs=1e-3)
    assert "+45.0000°" in real.project.store.undo_label().render()
    real.undo()
    fill(box, factor="0.5")
    QTest.keyClick(box.change.factor, ENTER)
    assert shape("DC-001").bounds == (X + 445, Y + 225, X + 495, Y + 275)


def test_a_clicked_vertex_is_the_base_and_all_of_it_is_one_step(
    desk: Any, box: CoordinateBox, shape: Any, real: Any
) -> None:
    desk.click(X + 421, Y + 201)
    assert desk.canvas.tool.base() == (X + 420, Y + 200)
    assert "J" in box.change.about.text()
    fill(box, north="10", east="20", turn="90", factor="2")
    revision = real.project.store.revision
    QTest.mouseClick(box.change.go, Qt.MouseButton.LeftButton)
    assert real.project.store.revision == revision + 1
    assert corners(shape("DC-001")) == {(440, 210), (440, 10), (640, 10), (640, 210)}  # clockwise: to the south
    assert desk.canvas.tool.base() == (X + 440, Y + 210)  # it went along
    assert real.project.store.undo_label().render(translator("zh_CN")) == "移动、旋转并缩放堆场 DC-001"
    real.undo()
    assert corners(shape("DC-001")) == {(420, 200), (520, 200), (520, 300), (420, 300)}


def test_the_base_goes_to_a_typed_coordinate(desk: Any, box: CoordinateBox, shape: Any) -> None:
    desk.click(X + 420, Y + 300)
    box.text.setPlainText(f"{Y + 330.125} {X + 400.5}")
    assert box.main.text() == "Move it there"
    assert box.change.north.text() == "30.125"
    assert desk.canvas.tool.typed_made["stockpiles", 1].bounds[:2] == (X + 400.5, Y + 230.125)
    QTest.keyClick(box.text, ENTER)
    assert shape("DC-001").bounds == (X + 400.5, Y + 230.125, X + 500.5, Y + 330.125)
    assert not box.isVisible()


def test_one_part_is_moved_alone_and_not_onto_another(desk: Any, box: CoordinateBox, choose: Any, shape: Any) -> None:
    choose("SK-004")
    desk.click(X + 145, Y + 275)
    before = shape("SK-004")
    fill(box, east="-30")
    assert not box.change.go.isEnabled()
    assert "crosses" in desk.canvas.tool.fault.text
    QTest.keyClick(box.change.east, ENTER)
    assert shape("SK-004").equals(before)
    fill(box, east="30")
    assert desk.canvas.tool.fault is None
    QTest.keyClick(box.change.east, ENTER)
    assert sorted(p.bounds[0] - X for p in shape("SK-004").geoms) == [50, 150]


@pytest.mark.parametrize(("name", "text"), [("factor", "0"), ("factor", "-1"), ("north", "1 2"), ("turn", "x")])
def test_what_is_no_number_is_marked_and_does_nothing(box: CoordinateBox, real: Any, name: str, text: str) -> None:
    revision = real.project.store.revision
    fill(box, **{name: text})
    assert getattr(box.change, name).property("invalid") is True
    assert not box.change.go.isEnabled()
    QTest.keyClick(getattr(box.change, name), ENTER)
    assert real.project.store.revision == revision


def test_a_digit_on_the_map_begins_the_shift_and_escape_takes_all_back(desk: Any, box: CoordinateBox) -> None:
    QTest.keyClick(box, Qt.Key.Key_Escape)
    QTest.keyClick(desk.canvas, "7")
    assert box.change.north.text() == "7"
    assert desk.canvas.tool.typed.north == 7
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert desk.canvas.tool.typed is None
    assert box.change.north.text() == ""


def test_another_tool_has_no_such_fields(desk: Any, box: CoordinateBox) -> None:
    fill(box, north="5")
    desk.canvas.set_tool("draw")
    assert not box.change.isVisible()
    desk.canvas.set_tool("transform")
    assert desk.canvas.tool.typed is None
