"""Holes and parts added, deleted and filled; whole outlines moved, turned and scaled."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from PySide6.QtCore import QEvent, Qt

from tests.app.gui.canvas.tools.conftest import X, Y

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def draw(hand: Any, *places: tuple[float, float]) -> None:
    for x, y in places:
        hand.click(X + x, Y + y, modifiers=CTRL)
    hand.key(Qt.Key.Key_Return)


def pull(hand: Any, a: tuple[float, float], b: tuple[float, float], **how: Any) -> None:
    hand.drag(hand.pixel(X + a[0], Y + a[1]), hand.pixel(X + b[0], Y + b[1]), **how)


def test_a_hole_is_drawn_and_taken_back(desk: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("add_hole")
    draw(desk, (80, 80), (120, 80), (120, 120), (80, 120))
    assert shape("SK-001").area == 10_000 - 1600
    assert real.project.store.undo_label().render() == "cut a hole into sand pit SK-001"
    real.undo()
    assert shape("SK-001").area == 10_000


def test_a_hole_that_reaches_out_is_refused_there(desk: Any, choose: Any, shape: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("add_hole")
    draw(desk, (80, 80), (120, 80), (120, 180), (80, 180))
    tool = desk.canvas.tool
    assert "reaches out" in tool.fault.text
    assert tool.fault.at[1] > Y + 150
    assert len(tool.points) == 4
    assert shape("SK-001").area == 10_000


def test_without_a_selection_it_says_what_to_do(desk: Any) -> None:
    desk.canvas.set_tool("add_hole")
    draw(desk, (80, 80), (120, 80), (120, 120))
    assert "select the feature" in desk.canvas.tool.fault.text


def test_a_hole_is_closed_or_filled_by_a_click(desk: Any, shape: Any, real: Any) -> None:
    drawn: list[Any] = []
    desk.canvas.outline_drawn.connect(drawn.append)
    desk.canvas.set_tool("fill_hole")
    desk.click(X + 350, Y + 100)
    assert drawn[0].area == 1600
    desk.canvas.set_tool("delete_hole")
    desk.click(X + 310, Y + 60)
    assert "no hole" in desk.canvas.tool.fault.text
    desk.click(X + 350, Y + 100)
    assert shape("SK-003").area == 10_000
    real.undo()
    assert shape("SK-003").area == 8400


def test_parts_are_added_and_deleted(desk: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("add_part")
    draw(desk, (60, 180), (100, 180), (100, 200), (60, 200))
    assert [round(p.area) for p in shape("SK-001").geoms] == [10_000, 800]
    desk.canvas.set_tool("delete_part")
    desk.click(X + 80, Y + 190)
    assert len(shape("SK-001").geoms) == 1
    desk.click(X + 80, Y + 90)
    assert "only part" in desk.canvas.tool.fault.text
    real.undo()
    real.undo()
    assert shape("SK-001").area == 10_000


def test_a_part_over_the_outline_is_refused(desk: Any, choose: Any, shape: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("add_part")
    draw(desk, (60, 130), (100, 130), (100, 200), (60, 200))
    assert "overlaps" in desk.canvas.tool.fault.text
    assert shape("SK-001").area == 10_000


def test_a_drag_inside_moves_and_snaps_corner_to_corner(desk: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("DC-001", layer="stockpiles")
    desk.canvas.set_tool("transform")
    pull(desk, (427, 208), (402, 153))  # its corner is taken along, and laid on the corner of SK-003
    assert shape("DC-001").bounds[:2] == (X + 400, Y + 150)
    assert real.project.store.undo_label().render() == "move stockpile DC-001"
    real.undo()
    assert shape("DC-001").bounds[:2] == (X + 420, Y + 200)


def test_one_part_is_taken_and_moved_alone(desk: Any, choose: Any, shape: Any) -> None:
    choose("SK-004")
    desk.canvas.set_tool("transform")
    desk.click(X + 145, Y + 275)
    pull(desk, (145, 275), (165, 295), modifiers=CTRL)
    bounds = sorted(p.bounds for p in shape("SK-004").geoms)
    assert bounds[0] == (X + 50, Y + 250, X + 100, Y + 300)
    assert bounds[1] == (X + 140, Y + 270, X + 190, Y + 320)


def test_a_part_moved_onto_another_is_refused(desk: Any, choose: Any, shape: Any) -> None:
    choose("SK-004")
    desk.canvas.set_tool("transform")
    desk.click(X + 145, Y + 275)
    before = shape("SK-004")
    pull(desk, (145, 275), (115, 275), modifiers=CTRL)
    assert shape("SK-004").equals(before)
    assert desk.canvas.tool.fault is not None


def test_a_corner_scales_about_the_opposite_one(desk: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-004")
    desk.canvas.set_tool("transform")
    desk.click(X + 75, Y + 275)
    pull(desk, (50, 300), (25, 325), modifiers=CTRL)
    assert sorted(p.area for p in shape("SK-004").geoms) == [2500, pytest.approx(5625)]
    assert "scale" in real.project.store.undo_label().render()


def test_the_knob_turns_and_shift_makes_steps(desk: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("DC-001", layer="stockpiles")
    desk.canvas.set_tool("transform")
    pull(desk, (470, 328), (548, 252), modifiers=SHIFT | CTRL)
    assert shape("DC-001").equals(shapely.MultiPolygon([shapely.box(X + 420, Y + 200, X + 520, Y + 300)]))
    assert "+90.00°" in real.project.store.undo_label().render()


def test_escape_lets_go(desk: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("transform")
    before = real.project.store.revision
    desk.send(QEvent.Type.MouseButtonPress, desk.pixel(X + 100, Y + 100))
    desk.send(QEvent.Type.MouseMove, desk.pixel(X + 120, Y + 120))
    desk.key(Qt.Key.Key_Escape)
    desk.send(QEvent.Type.MouseButtonRelease, desk.pixel(X + 120, Y + 120))
    assert real.project.store.revision == before
