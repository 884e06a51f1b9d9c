"""Vertices of several outlines at once: box, move, delete; who goes along is shown; each edit one step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPointF, Qt

from app.gui.canvas.notes import SpillNote
from app.i18n import translator
from tests.app.gui.canvas.tools.conftest import X, Y

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def both(desk: Any, choose: Any) -> Any:
    """SK-001 and SK-002, which share the edge x = 150."""
    choose("SK-001", "SK-002")
    desk.canvas.set_tool("vertex")
    return desk


def pull(hand: Any, a: tuple[float, float], b: tuple[float, float], **how: Any) -> None:
    hand.drag(hand.pixel(X + a[0], Y + a[1]), hand.pixel(X + b[0], Y + b[1]), **how)


def ring(shape: Any) -> set[tuple[float, float]]:
    return {(round(x - X, 3), round(y - Y, 3)) for x, y in shapely.get_coordinates(shape)}


def test_a_box_takes_vertices_of_all_selected_outlines_and_they_move_as_one_step(
    both: Any, shape: Any, real: Any
) -> None:
    assert both.canvas.tool.handles.count == 8
    pull(both, (30, 170), (270, 130))  # the upper side of both
    assert len(both.canvas.tool.handles.taken) == 3
    pull(both, (50, 150), (50, 180), modifiers=CTRL)
    assert ring(shape("SK-001")) == {(50, 180), (150, 180), (150, 50), (50, 50)}
    assert ring(shape("SK-002")) == {(150, 180), (250, 180), (150, 50), (250, 50)}
    label = real.project.store.undo_label()
    assert label.render() == "move 3 points of several sand pits: SK-001, SK-002"
    assert label.render(translator("zh_CN")) == "移动多个砂坑的 3 个拐点：SK-001、SK-002"
    assert min(both.canvas.tool.handles.taken) == (X + 50, Y + 180)
    real.undo()
    assert ring(shape("SK-001")) == {(50, 150), (150, 150), (150, 50), (50, 50)}
    assert ring(shape("SK-002")) == {(150, 150), (250, 150), (150, 50), (250, 50)}


def test_both_pushed_further_than_their_width_stay_sound(both: Any, shape: Any) -> None:
    """One after the other would cross itself on the way."""
    pull(both, (30, 170), (270, 30))
    pull(both, (50, 50), (350, 290), modifiers=CTRL)
    assert shape("SK-001").bounds == (X + 350, Y + 290, X + 450, Y + 390)
    assert shape("SK-002").bounds == (X + 450, Y + 290, X + 550, Y + 390)
    assert shape("SK-001").intersection(shape("SK-002")).area == 0


@pytest.mark.parametrize("shared", [True, False])
def test_neighbours_that_are_not_selected_follow_the_switch(desk: Any, choose: Any, shape: Any, shared: bool) -> None:
    choose("SK-001", "SK-004")
    desk.canvas.snapping.set_switch("shared", shared)
    desk.canvas.set_tool("vertex")
    pull(desk, (130, 320), (190, 130))  # the corner shared with SK-002 and the right side of SK-004's second part
    assert len(desk.canvas.tool.handles.taken) == 3
    pull(desk, (150, 150), (140, 160), modifiers=CTRL)
    assert (140, 160) in ring(shape("SK-001"))
    assert (160, 310) in ring(shape("SK-004"))
    assert ((140, 160) in ring(shape("SK-002"))) is shared
    assert ((150, 150) in ring(shape("SK-002"))) is not shared


def test_shared_vertices_are_taken_away_from_both(both: Any, shape: Any, real: Any) -> None:
    before = real.project.store.revision
    pull(both, (130, 170), (170, 130))
    both.key(Qt.Key.Key_Delete)
    assert real.project.store.revision == before + 1
    assert (150, 150) not in ring(shape("SK-001")) | ring(shape("SK-002"))
    assert real.project.store.undo_label().render() == "delete 1 points of several sand pits: SK-001, SK-002"
    real.undo()
    assert (150, 150) in ring(shape("SK-001")) & ring(shape("SK-002"))


def test_a_crossing_of_one_of_them_is_refused_for_all(both: Any, shape: Any, real: Any) -> None:
    before = real.project.store.revision
    pull(both, (130, 170), (170, 130))
    pull(both, (150, 150), (200, 20), modifiers=CTRL)
    assert both.canvas.tool.fault is not None
    assert real.project.store.revision == before
    assert (150, 150) in ring(shape("SK-001"))


def test_shift_and_a_click_add_an_outline(desk: Any, choose: Any, real: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("vertex")
    desk.click(X + 350, Y + 60, modifiers=SHIFT)
    assert len(real.selection[1]) == 2
    assert desk.canvas.tool.handles.count == 4 + 8


def test_who_goes_along_is_told_and_ringed(desk: Any, choose: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("vertex")
    tool, corner = desk.canvas.tool, (X + 150, Y + 150)
    assert tool.together_words(corner) == ["together with SK-002"]
    assert tool.together_words((X + 50, Y + 150)) == []
    ringed = {}
    for shared in (True, False):
        desk.canvas.snapping.set_switch("shared", shared)
        desk.click(*corner)
        desk.hover(X + 20, Y + 20)
        ringed[shared] = desk.patch(X + 150, Y + 150, 24)
    assert (ringed[True] != ringed[False]).any()
    assert tool.together_words(corner) == []


def test_who_goes_along_is_asked_anew_after_an_edit(desk: Any, choose: Any) -> None:
    choose("SK-001")
    desk.canvas.set_tool("vertex")
    assert desk.canvas.tool.companions((X + 150, Y + 150)) == ["SK-002"]
    pull(desk, (150, 150), (160, 170), modifiers=CTRL)
    desk.settle()
    assert desk.canvas.tool.companions((X + 160, Y + 170)) == ["SK-002"]
    assert desk.canvas.tool.companions((X + 150, Y + 150)) == []


def test_the_words_of_a_note_leave_the_vertices_free(desk: Any, choose: Any) -> None:
    choose("SK-001")
    note = SpillNote([((X + 128, Y + 178), np.array([[X + 128.0, Y + 178.0]]), ["Lowest rim 1 050.00 m", "x"], False)])
    desk.canvas.set_note("spill", note)
    desk.canvas.grab()
    squares = desk.canvas._tools["vertex"].handles
    corner = desk.pixel(X + 150, Y + 150)
    assert note.cards[0].contains(corner), "where it stands while nothing is edited"
    desk.canvas.set_tool("vertex")
    desk.canvas.grab()
    assert len(squares.squares(desk.canvas.view)) == 4
    assert not any(note.cards[0].intersects(s) for s in squares.squares(desk.canvas.view))


def test_numbers_of_vertices_keep_clear_of_the_words_of_a_note(
    desk: Any, choose: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(desk.canvas._tools["vertex"]), "grips", lambda _self: [])  # as where there is no room
    choose("SK-001")
    note = SpillNote([((X + 128, Y + 178), np.array([[X + 128.0, Y + 178.0]]), ["Lowest rim 1 050.00 m", "x"], False)])
    desk.canvas.set_note("spill", note)
    alone = desk.canvas.grab().toImage()
    (card,) = note.cards
    assert card.contains(desk.pixel(X + 150, Y + 150) + QPointF(10, -10))  # where the number of that corner would be
    desk.canvas.set_tool("vertex")
    desk.hover(X + 20, Y + 20)
    edited = desk.canvas.grab().toImage()
    box = card.toRect().adjusted(2, 2, -2, -2)
    corner = desk.pixel(X + 150, Y + 150).toPoint()
    changed = [
        (x, y) for x in range(box.left(), box.right()) for y in range(box.top(), box.bottom())
        if alone.pixel(x, y) != edited.pixel(x, y)
    ]  # fmt: skip
    assert all(abs(x - corner.x()) <= 5 and abs(y - corner.y()) <= 5 for x, y in changed)  # the handle alone


def test_of_very_many_the_first_are_edited(desk: Any, choose: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("app.gui.canvas.tools.vertex._MOST_VERTICES", 12)
    choose("SK-001", "SK-002", "SK-003")
    desk.canvas.set_tool("vertex")
    assert desk.canvas.tool.handles.count == 8  # SK-003 would be ten more with its hole
