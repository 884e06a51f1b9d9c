"""Views that show features beside the map's furniture instead of under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from app.gui.canvas.view import MAX_SCALE, MIN_SCALE, Bounds, View

F64 = NDArray[np.float64]
_GAP = 8.0
"""Pixels between a feature and a card."""
_LEAST = 0.3
"""Share of the window's width and height that a part of it must have to be worth fitting into."""


def beside(view: View, bounds: Bounds, boxes: F64, cards: Sequence[QRectF], margin: float) -> View:
    """All of `bounds` as large as can be with none of `boxes` ((n, 4) on the ground) under a card.

    `cards`: where scale bar, arrow and legend stand, in logical pixels of the window. The whole window is tried first,
    then what is left of it beside, above or below each card; if no such part is wide enough, the window it is.
    """
    whole = view.fitted(bounds, margin)
    cards = [c for c in cards if not c.isEmpty()]
    if not covered(whole, boxes, cards):
        return whole
    made = [_fitted(view, room, bounds, margin) for room in _rooms(QRectF(0, 0, view.width, view.height), cards)]
    free = [v for v in made if not covered(v, boxes, cards)]
    return min(free, key=lambda v: v.scale, default=whole)


def covered(view: View, boxes: F64, cards: Sequence[QRectF]) -> bool:
    """True if a part of one of the boxes stands under a card."""
    if not len(boxes):
        return False
    left, bottom = view.to_screen(boxes[:, 0], boxes[:, 1])
    right, top = view.to_screen(boxes[:, 2], boxes[:, 3])
    return any(
        bool(((left < c.right()) & (right > c.left()) & (top < c.bottom()) & (bottom > c.top())).any()) for c in cards
    )


def _rooms(window: QRectF, cards: Sequence[QRectF]) -> list[QRectF]:
    """Parts of the window that no card stands in: what is left when each card takes one side of it."""
    rooms = [window]
    for card in cards:
        rooms = [part for room in rooms for part in ([room] if not room.intersects(card) else _without(room, card))]
    return [r for r in rooms if r.width() >= _LEAST * window.width() and r.height() >= _LEAST * window.height()]


def _without(room: QRectF, card: QRectF) -> list[QRectF]:
    left, top, right, bottom = room.left(), room.top(), room.right(), room.bottom()
    parts = (
        (left, top, card.left() - _GAP, bottom),
        (card.right() + _GAP, top, right, bottom),
        (left, top, right, card.top() - _GAP),
        (left, card.bottom() + _GAP, right, bottom),
    )
    return [QRectF(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in parts if x1 > x0 and y1 > y0]


def _fitted(view: View, room: QRectF, bounds: Bounds, margin: float) -> View:
    """`bounds` in the middle of a part of the window."""
    part = replace(view, width=max(1, int(room.width())), height=max(1, int(room.height()))).fitted(bounds, margin)
    scale = min(max(part.scale, MIN_SCALE), MAX_SCALE)
    dx, dy = room.center().x() - view.width / 2, room.center().y() - view.height / 2
    return replace(view, x=part.x - dx * scale, y=part.y + dy * scale, scale=scale)
