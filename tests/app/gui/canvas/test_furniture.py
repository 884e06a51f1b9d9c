"""Furniture is drawn when it changes, and looks as if it were drawn each time."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from app.gui.canvas import decorations
from app.gui.canvas.furniture import Piece
from app.gui.canvas.theme import LIGHT
from app.gui.canvas.view import View


def painted(act: Any, ratio: float = 1.0) -> np.ndarray:
    image = QImage(round(400 * ratio), round(300 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0xFF8090A0)
    p = QPainter(image)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    act(p)
    p.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_a_kept_piece_looks_as_if_drawn_in_its_place(qapp: Any, ratio: float) -> None:
    view, room = View(0.0, 0.0, 3.3, 400, 300, ratio), QRectF(0, 0, 400, 300)

    def bar(q: QPainter) -> QRectF:
        return decorations.paint_scale_bar(q, view, room, LIGHT)

    piece = Piece()
    straight, made, kept = (painted(lambda p: piece.paint(p, "key", bar), ratio) for _ in range(3))
    assert (made == kept).all()
    assert (straight == painted(bar, ratio)).all()
    assert (straight != painted(lambda _p: None, ratio)).any()
    assert np.abs(kept - straight).max() <= 3


def test_a_piece_is_drawn_again_only_for_another_key_or_screen(qapp: Any) -> None:
    drawn: list[int] = []

    def draw(q: QPainter) -> QRectF:
        drawn.append(1)
        q.fillRect(QRectF(10, 10, 20, 20), 0)
        return QRectF(10, 10, 20, 20)

    piece = Piece()
    for key, ratio in (("a", 1.0), ("b", 1.0), ("b", 2.0)):
        drawn.clear()
        for _ in range(5):
            painted(partial(piece.paint, key=key, draw=draw), ratio)
        assert len(drawn) == 2  # on the map, and as a picture


def test_nothing_is_laid_where_nothing_was_drawn(qapp: Any) -> None:
    piece = Piece()
    empty = painted(lambda p: piece.paint(p, "none", lambda _q: QRectF()))
    assert (empty == painted(lambda _p: None)).all()


def test_the_map_draws_its_legend_once_while_it_is_dragged(hand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas = hand.canvas
    canvas.repaint()
    canvas.repaint()
    times: list[int] = []
    real = canvas.legend.paint
    monkeypatch.setattr(canvas.legend, "paint", lambda *given: times.append(1) or real(*given))
    for _ in range(5):
        canvas.set_view(canvas.view.panned(4, 3), moving=True)
        canvas.repaint()
    assert not times
    assert not canvas.legend.box.isEmpty()
