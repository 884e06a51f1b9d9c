"""Each tool with real mouse and key events at real positions."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
MIDDLE, RIGHT = Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
X, Y = 437_000.0, 4_502_000.0


# Select ------------------------------------------------------------------------------------------------------------


def test_click_selects_the_site_and_not_the_red_line_around_it(hand: Any, session: Any) -> None:
    hand.click(X + 70, Y + 70)
    assert session.selected == ("sand_pits", frozenset({1}))
    hand.click(X + 30, Y + 30)
    assert session.selected == ("red_lines", frozenset({1}))


def test_click_into_an_island_selects_nothing(hand: Any, session: Any) -> None:
    hand.click(X + 225, Y + 75)
    assert session.selected == ("sand_pits", frozenset({2}))
    hand.click(X + 275, Y + 125)
    assert session.selected == ("", frozenset())


@pytest.mark.parametrize("modifier", [CTRL, SHIFT])
def test_ctrl_and_shift_add_and_take_away(hand: Any, session: Any, modifier: Any) -> None:
    hand.click(X + 70, Y + 70)
    hand.click(X + 225, Y + 75, modifiers=modifier)
    assert session.selected == ("sand_pits", frozenset({1, 2}))
    hand.click(X + 70, Y + 70, modifiers=modifier)
    assert session.selected == ("sand_pits", frozenset({2}))
    hand.click(X + 590, Y + 390, modifiers=modifier)  # empty ground: what is selected stays
    assert session.selected == ("sand_pits", frozenset({2}))


def test_box_selects_all_of_a_layer_that_it_meets(hand: Any, session: Any) -> None:
    hand.drag(hand.pixel(X + 140, Y + 160), hand.pixel(X + 240, Y + 90))
    assert session.selected == ("sand_pits", frozenset({1, 2}))
    hand.drag(hand.pixel(X + 560, Y + 390), hand.pixel(X + 590, Y + 370))
    assert session.selected == ("", frozenset())


def test_hidden_layers_are_not_selected(hand: Any, session: Any) -> None:
    hand.canvas.map_layers.set_visible("sand_pits", False)
    hand.click(X + 70, Y + 70)
    assert session.selected[0] == "red_lines"


def test_the_legend_folds_and_lets_no_click_through(hand: Any, session: Any) -> None:
    hand.canvas.grab()
    box = hand.canvas.legend.box
    bottom = QPointF(box.center().x(), box.bottom() - 5)
    hand.send(QEvent.Type.MouseButtonPress, bottom)
    hand.send(QEvent.Type.MouseButtonRelease, bottom)
    assert session.selected == ("", frozenset())  # farmland lies below
    hand.send(QEvent.Type.MouseButtonPress, QPointF(box.center().x(), box.top() + 10))
    hand.canvas.grab()
    assert hand.canvas.legend.folded
    assert hand.canvas.legend.box.height() < 40
    assert hand.canvas.legend.box.bottom() == box.bottom()


def test_points_are_hit_within_a_few_pixels(hand: Any, session: Any) -> None:
    hand.click(X + 452, Y + 301)
    assert session.selected == ("observations", frozenset({1}))


def test_escape_selects_nothing_and_the_hand_shows_over_features(hand: Any, session: Any) -> None:
    hand.hover(X + 70, Y + 70)
    assert hand.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    hand.hover(X + 590, Y + 390)
    assert hand.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    hand.click(X + 70, Y + 70)
    hand.key(Qt.Key.Key_Escape)
    assert session.selected == ("", frozenset())


# Moving about ------------------------------------------------------------------------------------------------------


def test_pan_tool_moves_the_ground_with_the_pointer(hand: Any) -> None:
    hand.canvas.set_tool("pan")
    start, end = QPointF(300, 200), QPointF(360, 170)
    ground = hand.canvas.view.to_world(300, 200)
    hand.drag(start, end)
    assert hand.canvas.view.to_world(360, 170) == pytest.approx(ground)
    assert not hand.canvas.panning


@pytest.mark.parametrize("tool", ["select", "zoom", "draw", "measure"])
def test_middle_button_pans_in_every_tool(hand: Any, session: Any, tool: str) -> None:
    hand.canvas.set_tool(tool)
    ground = hand.canvas.view.to_world(300, 200)
    hand.drag(QPointF(300, 200), QPointF(250, 260), button=MIDDLE)
    assert hand.canvas.view.to_world(250, 260) == pytest.approx(ground)
    assert session.selected == ("", frozenset())


def test_space_and_left_drag_pans(hand: Any) -> None:
    hand.canvas.set_tool("draw")
    hand.key(Qt.Key.Key_Space, up=False)
    assert hand.canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    ground = hand.canvas.view.to_world(300, 200)
    hand.drag(QPointF(300, 200), QPointF(350, 240))
    assert hand.canvas.view.to_world(350, 240) == pytest.approx(ground)
    hand.key_up(Qt.Key.Key_Space)
    assert hand.canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    assert hand.canvas.tool.points == []


def test_wheel_zooms_at_the_pointer(hand: Any) -> None:
    at = QPointF(120, 330)
    ground, scale = hand.canvas.view.to_world(120, 330), hand.canvas.view.scale
    hand.wheel(at, 2)
    assert hand.canvas.view.scale == pytest.approx(scale / 2)
    assert hand.canvas.view.to_world(120, 330) == pytest.approx(ground)


def test_keys_pan_and_zoom(hand: Any) -> None:
    view = hand.canvas.view
    hand.key(Qt.Key.Key_Right)
    assert hand.canvas.view.x > view.x
    hand.key(Qt.Key.Key_Up)
    assert hand.canvas.view.y > view.y
    hand.key(Qt.Key.Key_Plus)
    assert hand.canvas.view.scale < view.scale
    hand.key(Qt.Key.Key_Minus)
    assert hand.canvas.view.scale == pytest.approx(view.scale)
    hand.key(Qt.Key.Key_Home)
    x0, _, x1, y1 = hand.canvas.view.bounds
    assert x0 < X + 20
    assert x1 > X + 500
    assert y1 > Y + 350


def test_zoom_box_fills_the_window(hand: Any) -> None:
    hand.canvas.set_tool("zoom")
    hand.drag(hand.pixel(X + 100, Y + 100), hand.pixel(X + 200, Y + 160))
    x0, y0, x1, y1 = hand.canvas.view.bounds
    assert (x0, x1) == pytest.approx((X + 100, X + 200), abs=1.5)
    assert y0 < Y + 100
    assert y1 > Y + 160


def test_zoom_click_in_and_out(hand: Any) -> None:
    hand.canvas.set_tool("zoom")
    scale = hand.canvas.view.scale
    hand.click(X + 300, Y + 200)
    assert hand.canvas.view.scale == pytest.approx(scale / 2)
    hand.click(X + 300, Y + 200, button=RIGHT)
    hand.click(X + 300, Y + 200, modifiers=SHIFT)
    assert hand.canvas.view.scale == pytest.approx(scale * 2)


def test_previous_and_next_view(hand: Any) -> None:
    canvas = hand.canvas
    first = canvas.view
    canvas.zoom_to((X + 200, Y + 50, X + 350, Y + 200))
    second = canvas.view
    for _ in range(3):  # a wheel turn is one stop, not three
        hand.wheel(QPointF(300, 200), 1)
    third = canvas.view
    canvas.previous_view()
    assert canvas.view.same_place(second)
    canvas.previous_view()
    assert canvas.view.same_place(first)
    canvas.next_view()
    canvas.next_view()
    assert canvas.view.same_place(third)


def test_zoom_to_layer_and_selection(hand: Any, session: Any) -> None:
    hand.canvas.cards = list  # no room is made for furniture: the middle of the window is that of what is shown
    hand.canvas.zoom_to_layer("mine_pits")
    assert hand.canvas.view.to_world(300, 225) == pytest.approx((X + 100, Y + 300))
    session.select("sand_pits", {2})
    hand.canvas.zoom_to_selection()
    assert hand.canvas.view.to_world(300, 225) == pytest.approx((X + 275, Y + 125))


def test_pointer_is_told_in_ground_coordinates(hand: Any, qtbot: Any) -> None:
    with qtbot.waitSignal(hand.canvas.pointer_moved) as told:
        hand.hover(X + 70, Y + 90)
    assert told.args == pytest.approx([X + 70, Y + 90], abs=1e-6)


# Drawing -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawing(hand: Any) -> Any:
    hand.canvas.set_tool("draw")
    hand.outlines = []
    hand.canvas.outline_drawn.connect(hand.outlines.append)
    return hand


FREE = [(420, 220), (480, 220), (480, 260), (420, 260)]


def corners(hand: Any, places: Any = FREE) -> None:
    for x, y in places:
        hand.click(X + x, Y + y)


@pytest.mark.parametrize("how", ["enter", "right", "double", "first corner"])
def test_ways_to_finish_a_polygon(drawing: Any, how: str) -> None:
    corners(drawing, FREE[:3])
    if how == "double":
        drawing.double_click(X + 420, Y + 260)
    else:
        drawing.click(X + 420, Y + 260)
    if how == "enter":
        drawing.key(Qt.Key.Key_Return)
    elif how == "right":
        drawing.send(QEvent.Type.MouseButtonPress, drawing.pixel(X + 500, Y + 280), RIGHT)
    elif how == "first corner":
        drawing.click(X + 420 + 3, Y + 220 + 3)
    (outline,) = drawing.outlines
    assert outline.area == pytest.approx(60 * 40, rel=0.01)
    assert len(outline.exterior.coords) == 5
    assert drawing.canvas.tool.points == []


def test_coordinates_lie_on_the_millimetre(drawing: Any) -> None:
    corners(drawing, [(420.123456, 220.4), (480.7, 220.98765), (450.1, 261.3)])
    drawing.key(Qt.Key.Key_Enter)
    for x, y in drawing.outlines[0].exterior.coords:
        assert (round(x, 3), round(y, 3)) == (x, y)


def override(drawing: Any, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
    """True if the map keeps a key from the window's shortcuts."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, held)
    event.ignore()
    drawing.canvas.event(event)
    return event.isAccepted()


def test_backspace_takes_the_last_corner_back(drawing: Any) -> None:
    corners(drawing)
    assert override(drawing, Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier)
    drawing.key(Qt.Key.Key_Backspace)
    drawing.key(Qt.Key.Key_Return)
    assert len(drawing.outlines[0].exterior.coords) == 4


def test_undo_is_left_to_the_window_which_asks_the_tool(drawing: Any) -> None:
    assert drawing.canvas.tool.undo_words() == ""
    corners(drawing)
    assert not override(drawing, Qt.Key.Key_Z, CTRL)
    assert drawing.canvas.tool.undo_words() == "the last place of the drawing"
    drawing.canvas.tool.undo()
    drawing.key(Qt.Key.Key_Return)
    assert len(drawing.outlines[0].exterior.coords) == 4
    assert drawing.canvas.tool.undo_words() == ""


def test_escape_drops_the_sketch(drawing: Any) -> None:
    corners(drawing)
    drawing.key(Qt.Key.Key_Escape)
    drawing.key(Qt.Key.Key_Return)
    assert drawing.outlines == []
    assert drawing.canvas.tool.points == []


def test_a_sketch_waits_while_another_tool_is_used(drawing: Any, session: Any) -> None:
    told: list[str] = []
    session.notice.connect(lambda _level, text: told.append(text))
    corners(drawing)
    drawing.canvas.set_tool("select")
    assert "waits" in told[0]
    drawing.canvas.set_tool("draw")
    assert len(drawing.canvas.tool.points) == 4
    drawing.key(Qt.Key.Key_Backspace)
    drawing.key(Qt.Key.Key_Return)
    assert len(drawing.outlines[0].exterior.coords) == 4
    corners(drawing)
    drawing.canvas.set_tool("pan")
    session.closed.emit()
    drawing.canvas.set_tool("draw")
    assert drawing.canvas.tool.points == []


def test_a_crossing_side_is_refused_in_words(drawing: Any, qtbot: Any) -> None:
    corners(drawing, [(420, 220), (480, 220), (480, 260)])
    with qtbot.waitSignal(drawing.canvas.help_changed) as told:
        drawing.click(X + 450, Y + 200)  # back over the first side
    assert "cross" in told.args[0]
    assert len(drawing.canvas.tool.points) == 3


def test_a_crossing_closing_side_is_refused_at_the_finish(drawing: Any, qtbot: Any) -> None:
    corners(drawing, [(420, 220), (480, 220), (480, 260), (450, 260), (450, 240), (500, 240 - 0.2), (500, 300)][:5])
    drawing.canvas.tool.points = [(X + 420, Y + 220), (X + 480, Y + 220), (X + 480, Y + 300), (X + 400, Y + 300),
                                  (X + 400, Y + 260), (X + 500, Y + 350)]  # fmt: skip
    drawing.canvas.tool.points[-1:] = [(X + 470, Y + 260), (X + 470, Y + 320)]
    drawing.key(Qt.Key.Key_Return)
    assert drawing.outlines == []
    assert "cross" in drawing.canvas.tool.refusal


def test_two_corners_and_a_line_are_no_outline(drawing: Any) -> None:
    corners(drawing, FREE[:2])
    drawing.key(Qt.Key.Key_Return)
    assert "three" in drawing.canvas.tool.refusal
    drawing.canvas.tool.points = [(X, Y), (X + 1, Y), (X + 2, Y)]
    drawing.key(Qt.Key.Key_Return)
    assert "one line" in drawing.canvas.tool.refusal
    assert drawing.outlines == []


def test_corners_snap_to_vertices_and_ctrl_frees(drawing: Any) -> None:
    drawing.click(X + 147, Y + 152)
    assert drawing.canvas.tool.points == [(X + 150, Y + 150)]
    drawing.click(X + 147, Y + 345, modifiers=CTRL)
    assert drawing.canvas.tool.points[1] == pytest.approx((X + 147, Y + 345), abs=0.6)
    assert drawing.canvas.tool.points[1] != (X + 150, Y + 345)


def test_tip_says_length_and_area(drawing: Any) -> None:
    corners(drawing, [(420, 220), (480, 220)])
    drawing.hover(X + 480, Y + 260)
    length, area, around = drawing.canvas.tool.tip()
    assert length == "40.00 m  0.00°"
    assert area.startswith("area 1\u2009200.0 m²")
    assert around.startswith("perimeter 172.1")


def test_what_is_drawn_stays_on_the_map_until_it_is_stored(drawing: Any) -> None:
    before = drawing.patch(X + 450, Y + 240)
    corners(drawing)
    drawing.key(Qt.Key.Key_Return)
    (outline,) = drawing.outlines
    assert drawing.canvas.offered.shapes == [outline]
    assert (drawing.patch(X + 450, Y + 240) != before).any()
    drawing.canvas.settle(outline, taken=True)
    assert drawing.canvas.tool.points == []
    assert drawing.canvas.offered.shapes == []


def test_what_nobody_wants_goes_back_into_its_tool(drawing: Any) -> None:
    corners(drawing)
    drawing.key(Qt.Key.Key_Return)
    assert drawing.canvas.tool.points == []
    drawing.canvas.settle(drawing.outlines[0], taken=False)
    assert drawing.canvas.tool.points == list(drawing.outlines[0].exterior.coords)[:-1]
    drawing.key(Qt.Key.Key_Return)
    assert drawing.outlines[1].equals(drawing.outlines[0])


def test_a_drawing_that_has_begun_is_not_overwritten_by_one_that_comes_back(drawing: Any) -> None:
    corners(drawing)
    drawing.key(Qt.Key.Key_Return)
    corners(drawing, [(300, 300)])
    begun = list(drawing.canvas.tool.points)
    drawing.canvas.settle(drawing.outlines[0], taken=False)
    assert drawing.canvas.tool.points == begun


# Lines -------------------------------------------------------------------------------------------------------------


def test_section_gives_a_line(hand: Any) -> None:
    hand.canvas.set_tool("section")
    lines = []
    hand.canvas.section_drawn.connect(lines.append)
    hand.click(X + 420, Y + 220)
    hand.key(Qt.Key.Key_Return)
    assert lines == []
    hand.double_click(X + 480, Y + 220)
    assert [round(line.length) for line in lines] == [60]


def test_every_tool_has_a_help_line(hand: Any) -> None:
    told: list[str] = []
    hand.canvas.help_changed.connect(told.append)
    for name in ("select", "pan", "zoom", "draw", "measure", "section"):
        hand.canvas.set_tool(name)
    assert len(set(told)) == 6
    assert all(told)
