from __future__ import annotations

from typing import Any

import pytest

from app.gui.canvas.features import build
from app.gui.canvas.snapping import on_grid, snap
from app.gui.canvas.view import View
from layers.registry import LAYERS

X, Y = 437_000.0, 4_502_000.0
VIEW = View(X + 100, Y + 100, 1.0, 600, 400)


@pytest.fixture
def sets(session: Any) -> Any:
    return [build(LAYERS["sand_pits"], session.tables["sand_pits"])]


def at(sets: Any, dx: float, dy: float, **how: Any) -> Any:
    return snap(VIEW, *VIEW.to_screen(X + dx, Y + dy), sets, **how)


def test_vertex_before_edge(sets: Any) -> None:
    found = at(sets, 52, 58)  # 2 m from the edge, 8.2 m from the corner
    assert (found.x, found.y, found.kind) == (X + 50, Y + 50, "vertex")


def test_edge_when_no_vertex_is_near(sets: Any) -> None:
    found = at(sets, 47, 101.2344)
    assert (found.x, found.y, found.kind) == (X + 50, pytest.approx(Y + 101.234), "edge")


def test_nothing_beyond_ten_pixels(sets: Any) -> None:
    assert at(sets, 39, 39) is None
    assert at(sets, 39, 100) is None


def test_holes_snap_too(sets: Any) -> None:
    assert at(sets, 252, 102).kind == "vertex"


def test_own_first_corner(sets: Any) -> None:
    assert at(sets, 10, 10, own=[(X + 12, Y + 12)]).kind == "own"


def test_coordinates_are_kept_to_the_millimetre() -> None:
    assert on_grid(437_000.123_49, 4_502_000.999_6) == (437_000.123, 4_502_001.0)
