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


# Kinds, each by itself


def only(sets: Any, dx: float, dy: float, kind: str, **how: Any) -> Any:
    return at(sets, dx, dy, kinds=frozenset({kind}), **how)


def test_middle_of_an_edge(sets: Any) -> None:
    found = only(sets, 104, 53, "middle")
    assert (found.x, found.y, found.kind) == (X + 100, Y + 50, "middle")
    assert only(sets, 120, 53, "middle") is None


def test_crossing_of_two_layers(sets: Any, session: Any) -> None:
    import shapely

    session.put("mine_pits", {"KK-009": shapely.MultiPolygon([shapely.box(X + 120, Y + 20, X + 180, Y + 120)])})
    both = [*sets, build(LAYERS["mine_pits"], session.tables["mine_pits"])]
    found = only(both, 146, 123, "intersection")
    assert (found.x, found.y, found.kind) == (X + 150, Y + 120, "intersection")
    assert only(sets, 146, 123, "intersection") is None


def test_foot_of_the_perpendicular_from_the_last_corner(sets: Any) -> None:
    found = only(sets, 108, 52, "perpendicular", path=[(X + 110, Y + 20)])
    assert (found.x, found.y, found.kind) == (X + 110, Y + 50, "perpendicular")


def test_a_right_angle_to_the_side_drawn_last_and_straight_on(sets: Any) -> None:
    path = [(X + 400, Y + 300), (X + 440, Y + 330)]
    turned = only(sets, 409, 368, "perpendicular", path=path)
    assert turned.kind == "right_angle"
    assert (turned.x - X - 440) * 40 + (turned.y - Y - 330) * 30 == pytest.approx(0, abs=0.1)
    on = only(sets, 482, 359, "perpendicular", path=path)
    assert (on.x - X - 440) * 30 - (on.y - Y - 330) * 40 == pytest.approx(0, abs=0.1)


def test_grid(sets: Any) -> None:
    found = only(sets, 403.2, 307.9, "grid", grid_m=10.0)
    assert (found.x, found.y, found.kind) == (X + 400, Y + 310, "grid")


def test_what_is_dragged_does_not_attract_itself(sets: Any) -> None:
    assert at(sets, 52, 52).kind == "vertex"
    assert at(sets, 52, 52, hidden=[(X + 50, Y + 50)]) is None
    assert at(sets, 100, 148, hidden=[(X + 50, Y + 50)]).kind == "edge"


def test_no_kind_wanted_snaps_to_nothing_but_the_sketch(sets: Any) -> None:
    assert at(sets, 52, 52, kinds=frozenset()) is None
    assert at(sets, 52, 52, kinds=frozenset(), own=[(X + 55, Y + 55)]).kind == "own"


def test_only_edges_near_the_place_are_looked_at() -> None:
    """A ring of a million vertices: the question looks into a few blocks, and finds what a full search finds."""
    import numpy as np

    from app.gui.canvas.segments import Segments

    n = 1_000_000
    t = np.linspace(0, 2 * np.pi, n)
    xy = np.column_stack([np.cos(t), np.sin(t)]) * 50_000
    index = Segments(xy, np.array([0]), np.array([0]), (X, Y))
    here = np.array([X, Y])
    place = xy[123_456] + here
    near = index.near((place[0] - 2, place[1] - 2, place[0] + 2, place[1] + 2))
    low, high = np.minimum(xy[:-1], xy[1:]) + here, np.maximum(xy[:-1], xy[1:]) + here
    full = ((low <= place + 2) & (high >= place - 2)).all(axis=1).nonzero()[0]
    assert sorted(near.n.tolist()) == full.tolist()
    assert 0 < len(near) < 100
