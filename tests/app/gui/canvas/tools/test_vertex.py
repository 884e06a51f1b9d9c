"""Vertices of a real project moved, inserted and deleted by mouse and keys, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from PySide6.QtCore import QEvent, Qt

from app.i18n import translator
from tests.app.gui.canvas.tools.conftest import X, Y

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
RIGHT = Qt.MouseButton.RightButton


@pytest.fixture
def vertex(desk: Any, choose: Any) -> Any:
    choose("SK-001")
    desk.canvas.set_tool("vertex")
    return desk


def pull(hand: Any, a: tuple[float, float], b: tuple[float, float], **how: Any) -> None:
    hand.drag(hand.pixel(X + a[0], Y + a[1]), hand.pixel(X + b[0], Y + b[1]), **how)


def ring(shape: Any) -> set[tuple[float, float]]:
    return {(round(x - X, 3), round(y - Y, 3)) for x, y in shapely.get_coordinates(shape)}


def test_drag_moves_a_vertex_in_one_step_with_its_number(vertex: Any, shape: Any, real: Any) -> None:
    pull(vertex, (50, 150), (40, 165), modifiers=CTRL)
    assert ring(shape("SK-001")) == {(40, 165), (150, 150), (150, 50), (50, 50)}
    label = real.project.store.undo_label()
    assert label.render() == "move point J1 (sand pit SK-001)"
    assert label.render(translator("zh_CN")) == "移动拐点 J1（砂坑 SK-001）"
    real.undo()
    assert ring(shape("SK-001")) == {(50, 150), (150, 150), (150, 50), (50, 50)}
    real.redo()
    assert (40, 165) in ring(shape("SK-001"))


def test_after_a_drag_the_mark_of_the_pointer_stands_where_the_vertex_went(vertex: Any, real: Any) -> None:
    start = vertex.pixel(X + 50, Y + 150)
    vertex.hover(X + 50, Y + 150)
    assert vertex.canvas.tool._over == ("vertex", (X + 50, Y + 150))
    vertex.drag(start, vertex.pixel(X + 30, Y + 180), modifiers=CTRL)
    assert vertex.canvas.tool._over == ("vertex", (X + 30, Y + 180))
    real.undo()  # by keys: the pointer rests
    assert vertex.canvas.tool._over is None


def test_a_dragged_vertex_snaps_to_another_feature(vertex: Any, shape: Any) -> None:
    pull(vertex, (50, 150), (54, 244))  # 6 m from the corner of SK-004
    assert (50, 250) in ring(shape("SK-001"))


def test_it_does_not_snap_to_the_edges_that_hang_on_it(vertex: Any, shape: Any) -> None:
    pull(vertex, (50, 150), (53, 130))  # 3 m beside the old edge
    assert (53, 130) in ring(shape("SK-001"))


def test_what_neighbours_share_moves_together(vertex: Any, shape: Any, real: Any) -> None:
    pull(vertex, (150, 150), (170, 170))
    assert (170, 170) in ring(shape("SK-001"))
    assert (170, 170) in ring(shape("SK-002"))
    assert shape("SK-001").intersection(shape("SK-002")).area == 0
    real.undo()  # both were one step
    assert (150, 150) in ring(shape("SK-001")) & ring(shape("SK-002"))


def test_with_the_switch_off_only_the_selected_one_moves(vertex: Any, shape: Any) -> None:
    vertex.canvas.snapping.set_switch("shared", False)
    pull(vertex, (150, 150), (140, 140), modifiers=CTRL)
    assert (140, 140) in ring(shape("SK-001"))
    assert (150, 150) in ring(shape("SK-002"))


def test_an_edge_that_is_pulled_gets_a_vertex_and_the_neighbour_too(vertex: Any, shape: Any, real: Any) -> None:
    pull(vertex, (150, 100), (160, 105), modifiers=CTRL)
    assert (160, 105) in ring(shape("SK-001")) & ring(shape("SK-002"))
    assert shapely.get_num_coordinates(shape("SK-001")) == 6
    assert "insert point" in real.project.store.undo_label().render()
    real.undo()
    assert shapely.get_num_coordinates(shape("SK-001")) == 5


def test_double_click_on_an_edge_inserts_where_it_is(vertex: Any, shape: Any) -> None:
    at = vertex.pixel(X + 50, Y + 100)
    vertex.send(QEvent.Type.MouseButtonPress, at)
    vertex.send(QEvent.Type.MouseButtonRelease, at)
    vertex.send(QEvent.Type.MouseButtonDblClick, at)
    vertex.send(QEvent.Type.MouseButtonRelease, at)
    assert (50, 100) in ring(shape("SK-001"))
    assert shape("SK-001").area == 10_000


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_vertex_that_is_clicked_can_be_deleted(vertex: Any, shape: Any, real: Any, key: Any) -> None:
    vertex.click(X + 50, Y + 150)
    vertex.key(key)
    assert ring(shape("SK-001")) == {(150, 150), (150, 50), (50, 50)}
    assert real.project.store.undo_label().render() == "delete point J1 (sand pit SK-001)"


def test_a_box_takes_several_and_they_move_together(vertex: Any, shape: Any, real: Any) -> None:
    pull(vertex, (30, 170), (70, 30))
    assert len(vertex.canvas.tool.handles.taken) == 2
    pull(vertex, (50, 150), (30, 155), modifiers=CTRL)
    assert ring(shape("SK-001")) == {(30, 155), (30, 55), (150, 150), (150, 50)}
    assert real.project.store.undo_label().render() == "move 2 points (sand pit SK-001)"
    assert sorted(vertex.canvas.tool.handles.taken) == [(X + 30, Y + 55), (X + 30, Y + 155)]


def test_shift_adds_to_what_is_taken(vertex: Any) -> None:
    vertex.click(X + 50, Y + 150)
    vertex.click(X + 50, Y + 50, modifiers=SHIFT)
    assert len(vertex.canvas.tool.handles.taken) == 2
    vertex.click(X + 50, Y + 50, modifiers=SHIFT)
    assert vertex.canvas.tool.handles.taken == [(X + 50, Y + 150)]


def test_a_crossing_is_refused_at_its_place_and_nothing_changes(vertex: Any, shape: Any, real: Any) -> None:
    before = real.project.store.revision
    pull(vertex, (50, 150), (100, 20), modifiers=CTRL)
    tool = vertex.canvas.tool
    assert "crosses itself" in tool.fault.text
    assert tool.fault.at is not None
    assert abs(tool.fault.at[1] - (Y + 50)) < 1
    assert real.project.store.revision == before
    assert (50, 150) in ring(shape("SK-001"))


def test_escape_and_the_right_button_let_go(vertex: Any, shape: Any, real: Any) -> None:
    before = real.project.store.revision
    for drop in ("escape", "right"):
        vertex.send(QEvent.Type.MouseButtonPress, vertex.pixel(X + 50, Y + 150))
        vertex.send(QEvent.Type.MouseMove, vertex.pixel(X + 20, Y + 180))
        if drop == "escape":
            vertex.key(Qt.Key.Key_Escape)
        else:
            vertex.send(QEvent.Type.MouseButtonPress, vertex.pixel(X + 20, Y + 180), RIGHT)
        vertex.send(QEvent.Type.MouseButtonRelease, vertex.pixel(X + 20, Y + 180))
    assert real.project.store.revision == before
    assert real.selection[1]


def test_vertices_of_holes_and_second_parts_move(desk: Any, choose: Any, shape: Any) -> None:
    choose("SK-003")
    desk.canvas.set_tool("vertex")
    pull(desk, (330, 120), (325, 130), modifiers=CTRL)
    assert (325, 130) in ring(shape("SK-003"))
    choose("SK-004")
    pull(desk, (170, 300), (180, 310), modifiers=CTRL)
    assert desk.canvas.tool.fault is None, desk.canvas.tool.fault.text
    assert (180, 310) in ring(shape("SK-004"))
    assert len(shape("SK-004").geoms) == 2


def test_a_hole_pulled_out_of_its_outline_is_refused(desk: Any, choose: Any, shape: Any) -> None:
    choose("SK-003")
    desk.canvas.set_tool("vertex")
    before = shape("SK-003")
    pull(desk, (330, 120), (280, 130), modifiers=CTRL)
    assert desk.canvas.tool.fault is not None
    assert shape("SK-003").equals(before)


def test_a_click_takes_another_feature(vertex: Any, real: Any) -> None:
    vertex.click(X + 200, Y + 100)
    assert real.selection == ("sand_pits", frozenset(real.table("sand_pits").where("code", ["SK-002"])))
    assert vertex.canvas.tool.handles.count == 4


def test_what_the_disk_refuses_stays_on_the_map(vertex: Any, shape: Any, real: Any, monkeypatch: Any) -> None:
    from models.errors import Unwritable

    def full(*_a: Any) -> None:
        raise Unwritable("disk.full", "the disk is full")

    with monkeypatch.context() as m:
        m.setattr(real.project.store, "transact", full)
        pull(vertex, (50, 150), (40, 165), modifiers=CTRL)
        assert (40, 165) in ring(shape("SK-001"))
        assert len(real.unsaved.edits) == 1
    real.save_again()
    assert not real.unsaved
    assert (40, 165) in ring(shape("SK-001"))


def test_a_typed_place_moves_the_vertex_taken(vertex: Any, shape: Any) -> None:
    vertex.click(X + 50, Y + 150)
    assert vertex.canvas.tool.enter([(X + 45.123, Y + 155.456)]) == ""
    assert (45.123, 155.456) in ring(shape("SK-001"))


def test_new_overlap_with_a_red_line_is_said_at_its_place(desk: Any, choose: Any, shape: Any) -> None:
    choose("DC-001", layer="stockpiles")
    desk.canvas.set_tool("vertex")
    pull(desk, (520, 300), (560, 310), modifiers=CTRL)
    tool = desk.canvas.tool
    assert (560, 310) in ring(shape("DC-001"))
    assert tool.fault.text.startswith("overlaps ecological red line HX-001: ")
    assert shape("HX-001").covers(shapely.Point(tool.fault.at))
    pull(desk, (420, 300), (425, 297), modifiers=CTRL)  # takes no new ground of the line
    assert tool.fault is None


def test_with_the_switch_an_edit_takes_no_ground_of_others(desk: Any, choose: Any, shape: Any) -> None:
    desk.canvas.snapping.set_switch("clear", True)
    choose("SK-002")
    desk.canvas.set_tool("vertex")
    pull(desk, (250, 150), (340, 160), modifiers=CTRL)
    desk.canvas.snapping.set_switch("clear", False)
    assert shape("SK-002").intersection(shape("SK-003")).area <= 1e-6
    assert shape("SK-002").area > 10_000
    assert desk.canvas.tool.fault is None


def test_the_right_button_offers_what_can_be_done_with_a_vertex(vertex: Any) -> None:
    asked: list[Any] = []
    vertex.canvas.menu_wanted.connect(lambda _at, place: asked.append(place))
    vertex.send(QEvent.Type.MouseButtonPress, vertex.pixel(X + 50, Y + 150), RIGHT)
    assert asked == [(X + 50, Y + 150)]
    assert vertex.canvas.tool.handles.taken == [(X + 50, Y + 150)]
