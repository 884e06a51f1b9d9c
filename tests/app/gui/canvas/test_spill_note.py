"""Where the words of a spill point stand: off the way of the water and not over the pit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.gui.canvas.notes import SpillNote
from app.gui.canvas.theme import current
from app.gui.canvas.view import View

WORDS = ["Lowest rim 1 050.26 m", "runs 25 m, down 0.3 m", "to the edge of the terrain"]
SIDE = 800


def card_of(path: np.ndarray, at: tuple[float, float], *taken: QRectF, pit: Any = None) -> tuple[QRectF, list[QPointF]]:
    """The card that was painted at 1 m a pixel, and the places of the path, in pixels."""
    view = View(400.0, 400.0, 1.0, SIDE, SIDE)
    note = SpillNote([(at, path, WORDS, True)], pit)
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    note.paint(painter, view, QRectF(0, 0, SIDE, SIDE), current(), taken)
    painter.end()
    (card,) = note.cards
    dense = np.linspace(path[:-1], path[1:], 60).reshape(-1, 2)
    x, y = view.to_screen(*dense.T)
    return card, [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]


@pytest.mark.parametrize("turn", range(0, 360, 30))
def test_the_words_stand_outside_the_pit_and_off_the_way(qapp: Any, turn: int) -> None:
    """A straight way to each side: the pit lies behind it."""
    way = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    at = (400.0, 400.0)
    card, path = card_of(np.array([at, at + 200 * way]), at)
    assert not [q for q in path if card.contains(q)]
    middle = card.center() - QPointF(*View(400.0, 400.0, 1.0, SIDE, SIDE).to_screen(*at))
    assert middle.x() * way[0] - middle.y() * way[1] > 0


@pytest.mark.parametrize("turn", range(0, 360, 30))
def test_where_water_first_runs_along_the_rim_the_words_leave_the_pit_free(qapp: Any, turn: int) -> None:
    at = np.array([400.0, 400.0])
    along, out = (np.array([np.cos(np.radians(t)), np.sin(np.radians(t))]) for t in (turn, turn - 90))
    pit = shapely.Point(*(at - 81 * out)).buffer(80, 32)
    card, path = card_of(np.array([at, at + 70 * along + 5 * out, at + 150 * out + 90 * along]), tuple(at), pit=pit)
    x, y = View(400.0, 400.0, 1.0, SIDE, SIDE).to_world(np.array([card.left(), card.right()]),
                                                        np.array([card.bottom(), card.top()]))  # fmt: skip
    covered = shapely.box(x[0], y[0], x[1], y[1]).intersection(pit).area / (card.width() * card.height())
    assert covered < 0.25
    assert not [q for q in path if card.contains(q)]


def test_a_way_that_turns_back_below_the_words_is_left_free(qapp: Any) -> None:
    at = (400.0, 400.0)
    card, path = card_of(np.array([at, (330.0, 400.0), (330.0, 370.0), (500.0, 370.0)]), at)
    assert not [q for q in path if card.contains(q)]


def test_at_the_edge_of_the_map_the_words_stay_in_view(qapp: Any) -> None:
    card, _path = card_of(np.array([(20.0, 400.0), (2.0, 400.0)]), (20.0, 400.0))
    assert QRectF(0, 0, SIDE, SIDE).contains(card)


def test_the_words_keep_clear_of_legend_and_scale_bar(qapp: Any) -> None:
    way = np.array([(400.0, 400.0), (600.0, 300.0)])
    free, _path = card_of(way, (400.0, 400.0))
    legend = free.adjusted(-5, -5, 100, 100)
    card, _path = card_of(way, (400.0, 400.0), legend)
    assert not card.intersects(legend)
