"""Split and reshape by drawn lines, and take back."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from PySide6.QtCore import QEvent, Qt

from tests.app.gui.canvas.tools.conftest import X, Y

CTRL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton


def line(hand: Any, *places: tuple[float, float], end: Any = Qt.Key.Key_Return) -> None:
    for x, y in places:
        hand.click(X + x, Y + y, modifiers=CTRL)
    if end == RIGHT:
        hand.send(QEvent.Type.MouseButtonPress, hand.pixel(X + places[-1][0], Y + places[-1][1]), RIGHT)
    elif end is not None:
        hand.key(end)


def codes(real: Any, layer: str = "sand_pits") -> list[str]:
    return sorted(real.table(layer).column("code"))


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, RIGHT])
def test_a_line_splits_the_selected_pit(desk: Any, choose: Any, real: Any, shape: Any, end: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("split")
    line(desk, (80, 30), (80, 170), end=end)
    assert codes(real) == ["SK-001", "SK-002", "SK-003", "SK-004", "SK-005"]
    assert (shape("SK-001").area, shape("SK-005").area) == (7000, 3000)
    assert {real.table("sand_pits").value(f, "code") for f in real.selection[1]} == {"SK-001", "SK-005"}
    assert real.project.store.undo_label().render() == "split sand pit SK-001 into SK-001, SK-005"
    assert real.table("sand_pits").value(real.table("sand_pits").where("code", ["SK-005"])[0], "name") == "SK-001 号"
    real.undo()
    assert codes(real) == ["SK-001", "SK-002", "SK-003", "SK-004"]
    assert shape("SK-001").area == 10_000
    assert desk.canvas.tool.points == []


def test_the_neighbour_gets_the_new_corner(desk: Any, choose: Any, shape: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("split")
    line(desk, (30, 90), (155, 90.5))
    assert shapely.get_num_coordinates(shape("SK-002")) == 6
    assert shape("SK-002").area == pytest.approx(10_000, abs=0.1)
    assert shape("SK-002").intersection(shape("SK-001")).area == 0


def test_nothing_selected_splits_what_the_line_meets(desk: Any, real: Any) -> None:
    desk.canvas.set_tool("split")
    line(desk, (30, 100), (270, 101))  # through SK-001 and SK-002
    assert len(codes(real)) == 6
    assert real.project.store.undo_label().render() == "split 2 sand pits: SK-001, SK-002"


def test_a_line_that_ends_inside_is_refused_at_its_end(desk: Any, choose: Any, real: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("split")
    before = real.project.store.revision
    line(desk, (80, 30), (80, 100))
    tool = desk.canvas.tool
    assert "ends inside" in tool.fault.text
    assert tool.fault.at == pytest.approx((X + 80, Y + 100), abs=1)
    assert len(tool.points) == 2, "the line stays, so that it can be drawn on"
    line(desk, (80, 170))
    assert real.project.store.revision == before + 1


def test_backspace_takes_back_and_escape_drops(desk: Any, choose: Any, real: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("split")
    line(desk, (80, 30), (80, 100), end=Qt.Key.Key_Backspace)
    assert len(desk.canvas.tool.points) == 1
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.tool.points == []
    assert len(codes(real)) == 4


def test_parts_and_holes_split(desk: Any, choose: Any, real: Any, shape: Any) -> None:
    choose("SK-004")
    desk.canvas.set_tool("split")
    line(desk, (75, 240), (75, 310))  # only the first part
    assert (shape("SK-004").area, shape("SK-005").area) == (3750, 1250)
    choose("SK-003")
    line(desk, (350, 40), (350, 160))  # through the hole
    assert shape("SK-003").area + shape("SK-006").area == pytest.approx(8400)
    assert all(len(p.interiors) == 0 for code in ("SK-003", "SK-006") for p in shape(code).geoms)


def test_reshape_gives_the_boundary_a_new_course(desk: Any, choose: Any, real: Any, shape: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("reshape")
    line(desk, (60, 155), (60, 130), (120, 130), (120, 155))
    assert shape("SK-001").area == pytest.approx(10_000 - 60 * 20)
    assert real.project.store.undo_label().render() == "redraw the outline of sand pit SK-001"
    real.undo()
    assert shape("SK-001").area == 10_000


def test_reshape_of_a_shared_boundary_takes_and_gives(desk: Any, choose: Any, shape: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("reshape")
    line(desk, (145, 60), (170, 60), (170, 120), (145, 120))
    assert shape("SK-001").area == pytest.approx(10_000 + 20 * 60)
    assert shape("SK-002").area == pytest.approx(10_000 - 20 * 60)
    assert shape("SK-001").intersection(shape("SK-002")).area == 0


def test_a_line_that_misses_says_so(desk: Any, choose: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("reshape")
    line(desk, (60, 160), (120, 160))
    assert "fewer than two" in desk.canvas.tool.fault.text
