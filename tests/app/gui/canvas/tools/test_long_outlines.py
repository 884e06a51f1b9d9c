"""Holes, parts, cuts and typed changes of long outlines go into the background and end as those of short ones do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from PySide6.QtCore import Qt

from app.gui.canvas.tools import editing, held
from app.gui.canvas.tools.typed_change import Change
from tests.app.gui.canvas.tools.conftest import X, Y

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def long(desk: Any, real: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Every outline counts as a long one."""
    monkeypatch.setattr(editing, "LONG", 3)
    monkeypatch.setattr(held, "CHECKED_WHILE_DRAGGING", 3)
    yield desk
    real.shutdown()  # with the thread that writes


def draw(hand: Any, *places: tuple[float, float]) -> None:
    for x, y in places:
        hand.click(X + x, Y + y, modifiers=CTRL)
    hand.key(Qt.Key.Key_Return)


def done(hand: Any, session: Any) -> None:
    assert session.tasks.writing  # it does go into the background
    hand.qtbot.waitUntil(lambda: not session.tasks.writing, timeout=10_000)
    hand.settle()


def label(session: Any) -> str:
    return str(session.project.store.undo_label().render())


def test_a_hole_is_cut_and_closed(long: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-001")
    long.canvas.set_tool("add_hole")
    draw(long, (80, 80), (120, 80), (120, 120), (80, 120))
    assert long.canvas.tool.points == []
    done(long, real)
    assert shape("SK-001").area == 10_000 - 1600
    assert label(real) == "cut a hole into sand pit SK-001"
    long.canvas.set_tool("delete_hole")
    long.click(X + 100, Y + 100)
    done(long, real)
    assert shape("SK-001").area == 10_000


def test_what_is_refused_comes_back_to_be_mended(long: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-001")
    long.canvas.set_tool("add_hole")
    draw(long, (80, 80), (120, 80), (120, 180), (80, 180))
    done(long, real)
    tool = long.canvas.tool
    assert "reaches out" in tool.fault.text
    assert len(tool.points) == 4
    assert shape("SK-001").area == 10_000


def test_a_split_selects_its_pieces(long: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-001")
    long.canvas.set_tool("split")
    draw(long, (80, 30), (80, 170))
    done(long, real)
    assert (shape("SK-001").area, shape("SK-005").area) == (7000, 3000)
    assert {real.table("sand_pits").value(f, "code") for f in real.selection[1]} == {"SK-001", "SK-005"}


def test_a_boundary_is_redrawn(long: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-001")
    long.canvas.set_tool("reshape")
    draw(long, (60, 50), (60, 30), (90, 30), (90, 50))
    done(long, real)
    assert shape("SK-001").area == pytest.approx(10_600)


def test_a_typed_change_shows_a_box_and_moves_what_was_selected_then(
    long: Any, choose: Any, shape: Any, real: Any
) -> None:
    choose("SK-003")  # with a hole
    long.canvas.set_tool("transform")
    tool, before = long.canvas.tool, shape("SK-003")
    tool.show_typed(Change(east=30.0, degrees=90.0))
    (seen,) = tool.typed_made.values()
    assert shapely.get_num_interior_rings(seen.geoms[0]) == 0
    assert tool.put_typed() == ""
    choose("SK-001")  # meanwhile
    done(long, real)
    x, y = before.envelope.centroid.coords[0]
    turned = shapely.affinity.rotate(before, -90, origin=(x, y))
    assert shape("SK-003").symmetric_difference(shapely.affinity.translate(turned, 30)).area < 1
    assert shape("SK-001").area == 10_000


def test_a_dragged_box_stands_for_the_outline(long: Any, choose: Any, shape: Any, real: Any) -> None:
    choose("SK-003")
    long.canvas.set_tool("transform")
    before = shape("SK-003")
    long.drag(long.pixel(X + 315, Y + 100), long.pixel(X + 325, Y + 110), modifiers=CTRL)
    done(long, real)
    dx, dy = (b - a for a, b in zip(before.bounds[:2], shape("SK-003").bounds[:2], strict=True))
    assert (dx, dy) == pytest.approx((10, 10), abs=1.5)
    assert shapely.get_num_coordinates(shape("SK-003")) == shapely.get_num_coordinates(before)
