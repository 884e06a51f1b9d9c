"""Measuring on the map with mouse and keys: in plan, along the ground, area, heights, copy, snapping."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication

from tests.app.gui.canvas.conftest import X, Y, write_dem

CTRL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton


@pytest.fixture
def sloping(session: Any, make_hand: Any, tmp_path: Path) -> Any:
    """The map over a plane that rises by 5 % to the east and falls by 2 % to the north; 1 m cells."""
    row, col = np.mgrid[0:400, 0:600] + 0.5
    terrain = write_dem(tmp_path / "坡.tif", 1000 + 0.05 * col + 0.02 * row, 1.0)
    session.project.store.held.append((terrain, tmp_path / "坡.tif"))
    made = make_hand(session)
    made.canvas.set_view(made.canvas.view.fitted((X, Y, X + 600, Y + 400), 0.0))
    made.settle()
    made.canvas.set_tool("measure")
    return made


def rows(hand: Any) -> dict[str, str]:
    card = hand.canvas.tool.card
    return {name: f"{value} {unit}".strip() for name, value, unit in card.rows} if card is not None else {}


def end(hand: Any, x: float, y: float) -> None:
    hand.send(QEvent.Type.MouseButtonPress, hand.pixel(x, y), RIGHT)
    hand.qtbot.waitUntil(lambda: hand.canvas.tool.found is not None, timeout=5000)


def test_along_a_slope(sloping: Any) -> None:
    sloping.click(X + 420, Y + 220)
    sloping.click(X + 500, Y + 280)
    end(sloping, X + 500, Y + 280)
    rise = 0.05 * 80 - 0.02 * 60
    found = rows(sloping)
    assert found["Distance in plan"] == "100.00 m"
    assert found["Distance along the ground"] == f"{math.hypot(100, rise):.2f} m"
    assert found["Height difference"] == f"+{rise:.2f} m"
    assert found["Slope from end to end"].startswith(f"{rise:.1f} %")
    start = 1000 + 0.05 * 420 + 0.02 * (400 - 220)
    assert found["From and to elevation"].replace("\u2009", "") == f"{start:.2f} → {start + rise:.2f} m"
    assert "坡" in sloping.canvas.tool.card._note.text()
    assert sloping.canvas.tool.tip() == []


def test_an_area_and_how_it_starts_anew(sloping: Any) -> None:
    for x, y in ((420, 220), (480, 220), (480, 260)):
        sloping.click(X + x, Y + y, modifiers=CTRL)
    end(sloping, X + 480, Y + 260)
    found = rows(sloping)
    assert found["Distance in plan"] == "100.00 m"
    assert found["Area"].replace("\u2009", "") == "1200.0 m² = 1.80 mu"
    assert found["Perimeter"] == f"{100 + math.hypot(60, 40):.2f} m"
    assert float(found["Area on the ellipsoid"].replace("\u2009", "").split()[0]) == pytest.approx(1200, rel=2e-4)
    sloping.click(X + 420, Y + 220)
    assert len(sloping.canvas.tool.points) == 1
    assert not sloping.canvas.tool.card.isVisible()
    sloping.key(Qt.Key.Key_Escape)
    assert sloping.canvas.tool.points == []


def test_what_the_pointer_says_before_the_click(sloping: Any) -> None:
    sloping.click(X + 400, Y + 300, modifiers=CTRL)
    sloping.hover(X + 500, Y + 300, modifiers=CTRL)
    tip = sloping.canvas.tool.tip()
    assert tip[0] == "100.00 m"
    assert "90.00°" in tip[1]
    assert "+5.00 m" in tip[2]
    assert "5.0 %" in tip[2]
    assert rows(sloping)["Distance in plan"] == "100.00 m"


def test_backspace_enter_and_a_crossed_outline(sloping: Any) -> None:
    for x, y in ((420, 220), (480, 280), (480, 220), (420, 280)):
        sloping.click(X + x, Y + y, modifiers=CTRL)
    assert "crosses itself" in rows(sloping)["Area"]
    sloping.key(Qt.Key.Key_Backspace)
    sloping.hover(X + 480, Y + 220, modifiers=CTRL)
    assert rows(sloping)["Area"].replace("\u2009", "") == "1800.0 m² = 2.70 mu"
    sloping.key(Qt.Key.Key_Return)
    assert sloping.canvas.tool.tip() == []


def test_it_snaps_to_outlines(sloping: Any) -> None:
    away = 4 * sloping.canvas.view.scale
    sloping.click(X + 50 + away, Y + 50 + away)
    sloping.click(X + 150 - away, Y + 50 + away)
    assert sloping.canvas.tool.points == [(X + 50, Y + 50), (X + 150, Y + 50)]


def test_it_is_copied(sloping: Any) -> None:
    sloping.click(X + 420, Y + 220, modifiers=CTRL)
    sloping.click(X + 520, Y + 220, modifiers=CTRL)
    end(sloping, X + 520, Y + 220)
    sloping.key(Qt.Key.Key_C, CTRL)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    said = {line[0]: line[1] for line in lines if len(line) == 3}
    assert float(said["Distance in plan"]) == pytest.approx(100, abs=0.01)
    assert float(said["Height difference"]) == pytest.approx(5, abs=0.01)
    assert float(said["Slope from end to end"]) == pytest.approx(5, abs=0.01)
    assert said["Terrain"] == "坡"
    first = next(line for line in lines if line[0] == "1")
    assert [float(v) for v in first[1:]] == pytest.approx([Y + 220, X + 420, 1000 + 21 + 3.6], abs=0.01)


def test_without_terrain_it_measures_in_plan(hand: Any) -> None:
    hand.canvas.set_tool("measure")
    hand.click(X + 420, Y + 220, modifiers=CTRL)
    hand.click(X + 480, Y + 300, modifiers=CTRL)
    end(hand, X + 480, Y + 300)
    found = rows(hand)
    assert found["Distance in plan"] == "100.00 m"
    assert "Distance along the ground" not in found
    hand.canvas.set_tool("select")
    assert not hand.canvas._tools["measure"].card.isVisible()


def test_a_hidden_terrain_still_gives_the_height_under_the_pointer(sloping: Any) -> None:
    canvas = sloping.canvas
    assert canvas.ground_at(X + 100, Y + 200) == (pytest.approx(1000 + 5 + 4, abs=0.01), "坡")
    canvas.map_layers.set_visible("terrain:坡", False)
    sloping.settle()
    assert canvas.ground_at(X + 100, Y + 200) == (pytest.approx(1000 + 5 + 4, abs=0.01), "坡")
    assert canvas.ground_at(X - 50, Y + 200) is None
