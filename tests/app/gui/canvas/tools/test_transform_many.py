"""Several selected outlines moved, turned and scaled as one: by hand and by typed figures, each edit one step."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.gui.canvas.tools import held
from app.gui.coordinate_box import CoordinateBox
from app.i18n import translator
from tests.app.gui.canvas.tools.conftest import X, Y

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def both(desk: Any, choose: Any) -> Any:
    """SK-001 and SK-002: together 50, 50 to 250, 150."""
    choose("SK-001", "SK-002")
    desk.canvas.set_tool("transform")
    return desk


def pull(hand: Any, a: tuple[float, float], b: tuple[float, float], **how: Any) -> None:
    hand.drag(hand.pixel(X + a[0], Y + a[1]), hand.pixel(X + b[0], Y + b[1]), **how)


def bounds(shape: Any) -> tuple[float, ...]:
    x0, y0, x1, y1 = shape.bounds
    return round(x0 - X, 3), round(y0 - Y, 3), round(x1 - X, 3), round(y1 - Y, 3)


def test_a_drag_in_one_moves_all_as_one_step(both: Any, shape: Any, real: Any) -> None:
    revision = real.project.store.revision
    pull(both, (200, 100), (260, 140), modifiers=CTRL)
    assert bounds(shape("SK-001")) == (110, 90, 210, 190)
    assert bounds(shape("SK-002")) == (210, 90, 310, 190)
    assert bounds(shape("SK-003")) == (300, 50, 400, 150)
    assert real.project.store.revision == revision + 1
    label = real.project.store.undo_label()
    assert label.render() == "move 2 sand pits: SK-001, SK-002"
    assert label.render(translator("zh_CN")) == "移动 2 个砂坑：SK-001、SK-002"
    real.undo()
    assert bounds(shape("SK-002")) == (150, 50, 250, 150)
    pull(both, (200, 100), (200, 120), modifiers=CTRL)  # what is held follows the undo
    assert bounds(shape("SK-001")) == (50, 70, 150, 170)


def test_the_knob_turns_all_about_their_common_middle(both: Any, shape: Any, real: Any) -> None:
    pull(both, (150, 178), (248, 100), modifiers=SHIFT | CTRL)
    assert bounds(shape("SK-001")) == (100, 100, 200, 200)  # it lay in the west; a quarter clockwise brings it north
    assert bounds(shape("SK-002")) == (100, 0, 200, 100)
    assert real.project.store.undo_label().render() == "turn 2 sand pits by +90.00°: SK-001, SK-002"


def test_a_corner_scales_all_about_the_opposite_one(both: Any, shape: Any) -> None:
    pull(both, (250, 150), (450, 250), modifiers=CTRL)
    assert bounds(shape("SK-001")) == (50, 50, 250, 250)
    assert bounds(shape("SK-002")) == (250, 50, 450, 250)


def test_shift_takes_one_more_or_lets_it_go(both: Any, real: Any) -> None:
    both.click(X + 320, Y + 60, modifiers=SHIFT)
    assert {real.table("sand_pits").row(f)["code"] for f in real.selection[1]} == {"SK-001", "SK-002", "SK-003"}
    both.click(X + 100, Y + 100, modifiers=SHIFT)
    assert {real.table("sand_pits").row(f)["code"] for f in real.selection[1]} == {"SK-002", "SK-003"}
    both.click(X + 450, Y + 250, modifiers=SHIFT)  # of another layer: that one alone
    assert real.selection[0] == "stockpiles"


def test_typed_figures_go_for_all_about_a_vertex_of_one(both: Any, shape: Any, real: Any) -> None:
    both.click(X + 51, Y + 51)
    box = CoordinateBox(both.canvas)
    both.key(Qt.Key.Key_Return)
    assert "SK-001" in box.change.about.text()
    for field, text in ((box.change.north, "10"), (box.change.factor, "2")):
        field.setFocus()
        QTest.keyClicks(field, text)
    assert set(both.canvas.tool.typed_made) == {("sand_pits", 1), ("sand_pits", 2)}
    QTest.keyClick(box.change.factor, Qt.Key.Key_Return)
    assert bounds(shape("SK-001")) == (50, 60, 250, 260)
    assert bounds(shape("SK-002")) == (250, 60, 450, 260)
    assert real.project.store.undo_label().render() == "move, turn and scale 2 sand pits: SK-001, SK-002"


def test_very_many_vertices_are_checked_when_the_button_comes_up(
    both: Any, shape: Any, real: Any, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setattr(held, "CHECKED_WHILE_DRAGGING", 4)
    pull(both, (200, 100), (260, 140), modifiers=CTRL)
    qtbot.waitUntil(lambda: bounds(shape("SK-001")) == (110, 90, 210, 190) and not real.tasks.writing)
    assert bounds(shape("SK-002")) == (210, 90, 310, 190)
    both.settle()
    real.shutdown()  # with the thread that writes


def test_too_many_at_once_are_refused_in_words(both: Any, shape: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "_MOST_VERTICES", 4)
    pull(both, (200, 100), (260, 140), modifiers=CTRL)
    assert "10 points are selected; at most 4" in both.canvas.tool.fault.text
    assert shapely.equals(shape("SK-001"), shapely.MultiPolygon([shapely.box(X + 50, Y + 50, X + 150, Y + 150)]))
