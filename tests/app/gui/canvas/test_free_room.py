"""Features are shown beside the legend and the scale bar, at the first look and when they are zoomed to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QRectF

from app.gui.canvas.free_room import beside, covered
from app.gui.canvas.view import View
from tests.app.gui.canvas.conftest import X, Y

WINDOW = View(0, 0, 1, 800, 600)
LEGEND, BAR, NORTH = QRectF(600, 400, 188, 188), QRectF(12, 552, 160, 36), QRectF(760, 12, 28, 46)
CARDS = [LEGEND, BAR, NORTH]
WIDE, TALL = (0.0, 0.0, 4000.0, 2000.0), (0.0, 0.0, 1000.0, 4000.0)


def corners(bounds: tuple[float, float, float, float], side: float = 100.0) -> np.ndarray:
    """Small features at the four corners of `bounds`."""
    x0, y0, x1, y1 = bounds
    return np.array([(x, y, x + side, y + side) for x in (x0, x1 - side) for y in (y0, y1 - side)])


def test_what_no_card_covers_takes_the_whole_window() -> None:
    middle = np.array([(900.0, 900.0, 1100.0, 1100.0)])
    assert beside(WINDOW, WIDE, middle, CARDS, 0.08) == WINDOW.fitted(WIDE)
    assert beside(WINDOW, TALL, corners(TALL), [], 0.08) == WINDOW.fitted(TALL)


@pytest.mark.parametrize("bounds", [WIDE, TALL, (0.0, 0.0, 3000.0, 2300.0), (0.0, 0.0, 200.0, 200.0)])
def test_all_features_are_in_the_window_and_none_is_under_a_card(bounds: Any) -> None:
    boxes = corners(bounds)
    view = beside(WINDOW, bounds, boxes, CARDS, 0.04)
    assert not covered(view, boxes, CARDS)
    x0, y0, x1, y1 = view.bounds
    assert (x0 < bounds[0], y0 < bounds[1], x1 > bounds[2], y1 > bounds[3]) == (True,) * 4
    assert view.scale < 2 * WINDOW.fitted(bounds, 0.04).scale  # and not lost in a corner


def test_a_legend_over_most_of_the_window_leaves_the_fit_as_it_is() -> None:
    huge = [QRectF(100, 60, 690, 530)]
    assert beside(WINDOW, WIDE, corners(WIDE), huge, 0.08) == WINDOW.fitted(WIDE)


def test_the_first_look_leaves_no_site_under_the_furniture(session: Any, make_hand: Any) -> None:
    pits = [shapely.box(X + x, Y + y, X + x + 40, Y + y + 40) for x in (0, 900) for y in (0, 600)]
    session.put("sand_pits", {f"SK-{n}": shapely.MultiPolygon([s]) for n, s in enumerate(pits)})
    session.put("mine_pits", {})
    hand = make_hand(session)
    canvas = hand.canvas
    for _round in range(3):  # the legend is painted, then the map makes room
        canvas.grab()
        hand.settle()
    boxes = np.array([p.bounds for p in pits])
    assert len(canvas.cards()) == 3
    assert not covered(canvas.view, boxes, canvas.cards())
    assert covered(canvas.view.fitted((X, Y, X + 940, Y + 640)), boxes, canvas.cards())  # a plain fit would hide one
    canvas.previous_view()
    assert not covered(canvas.view, boxes, canvas.cards())
    hand.drag(hand.pixel(X, Y), hand.pixel(X + 100, Y))  # who looks elsewhere is left there
    there = canvas.view
    canvas.grab()
    hand.settle()
    assert canvas.view == there


def test_a_selected_feature_is_shown_beside_the_legend(hand: Any) -> None:
    canvas = hand.canvas
    canvas.grab()
    hand.settle()
    canvas.zoom_to_features("sand_pits", frozenset({2}))
    bounds = canvas.pictures.features["sand_pits"].extent_of(frozenset({2}))
    assert not covered(canvas.view, np.array([bounds]), canvas.cards())


def test_a_window_of_another_size_makes_room_for_furniture_where_it_stands_then(hand: Any) -> None:
    canvas = hand.canvas
    canvas.zoom_home()
    for size in ((600, 450), (1200, 900)):
        canvas.resize(*size)
        for _round in range(3):
            canvas.grab()
            hand.settle()
    x0, y0, x1, y1 = canvas._union(["sand_pits", "mine_pits"])
    assert not covered(canvas.view, canvas._boxes(["sand_pits", "mine_pits"]), canvas.cards())
    # Wide enough for all: the sites stand in the middle, not beside a legend that stood there in the small window.
    assert (canvas.view.x, canvas.view.y) == pytest.approx(((x0 + x1) / 2, (y0 + y1) / 2))
