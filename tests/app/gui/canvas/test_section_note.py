"""Where the ends of a section's line are named: beyond the line, or elsewhere along it where a card lies there."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.gui.canvas.notes import SectionNote
from app.gui.canvas.theme import current
from app.gui.canvas.view import View

SIDE = 800
ROOM = QRectF(0, 0, SIDE, SIDE)
VIEW = View(400.0, 400.0, 1.0, SIDE, SIDE)


def cards_of(places: list[tuple[float, float]], taken: list[QRectF]) -> list[QRectF]:
    note = SectionNote(places)
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    note.paint(painter, VIEW, ROOM, current(), taken)
    painter.end()
    return note.cards


def test_the_names_stand_beyond_the_ends(qapp: Any) -> None:
    first, last = cards_of([(200.0, 400.0), (600.0, 400.0)], [])
    assert first.right() < 200
    assert last.left() > 600


@pytest.mark.parametrize(
    "card",
    [
        QRectF(600, 380, 190, 40),  # beyond the end
        QRectF(560, 300, 240, 200),  # around it: the name goes back along the line
        QRectF(590, 401, 60, 90),  # below
    ],
)
def test_a_name_keeps_clear_of_what_lies_over_the_map(qapp: Any, card: QRectF) -> None:
    _first, last = cards_of([(200.0, 400.0), (600.0, 400.0)], [card])
    assert not last.intersects(card)
    assert ROOM.contains(last)
    assert abs(last.center().y() - 400) < 30


def test_an_end_at_the_edge_of_the_map_is_named_inside(qapp: Any) -> None:
    first, _last = cards_of([(2.0, 400.0), (600.0, 400.0)], [])
    assert ROOM.contains(first)


def test_both_names_of_a_short_line_are_readable(qapp: Any) -> None:
    first, last = cards_of([(400.0, 400.0), (403.0, 400.0)], [])
    assert not first.intersects(last)
    assert (QPointF(400, 400) - first.center()).manhattanLength() < 40
