"""How outlines are filled and stroked: in two passes where that is faster and cannot be seen."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from app.gui.canvas import styles, vectors
from app.gui.canvas.features import build
from app.gui.canvas.theme import current
from app.gui.canvas.view import View
from app.gui.canvas.wishes import LayerDraw, VectorWish
from gis.store.layer_table import LayerTable
from layers.registry import LAYERS
from layers.style import FillStyle, LayerStyle, LineStyle
from tests.app.gui.canvas.conftest import CRS, X, Y

PITS = LAYERS["sand_pits"]


def picture(opacity: float = 1.0) -> np.ndarray:
    """(h, w, 4) of some round pits on their own."""
    shapes = np.array([shapely.Point(X + 70 * i, Y + 30 * (i % 3)).buffer(30 + i, 12) for i in range(6)])
    codes = [f"SK-{i}" for i in range(6)]
    fs = build(PITS, LayerTable("sand_pits", CRS, np.arange(1, 7), shapes, {"code": codes}))
    view = View(X + 170.3, Y + 20.7, 0.7, 640, 300)
    wish = VectorWish(view, (LayerDraw(fs, PITS, opacity, labels=False),), current())
    made = vectors.paint_vectors(wish, lambda: False)
    assert made is not None
    return pixels(made.image)


def pixels(image: QImage) -> np.ndarray:
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).astype(int)


def test_a_fill_with_plain_edges_cannot_be_told_from_a_smooth_one_below_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick = picture()
    hints: list[bool] = []
    monkeypatch.setattr(vectors, "_line_hides_edge", lambda p: hints.append(True))
    smooth = picture()
    assert hints
    assert not np.array_equal(quick, smooth)  # it is done
    assert np.abs(quick - smooth).max() <= 24  # nowhere more than a tenth
    drawn = smooth[..., 3] > 0
    assert np.abs(quick - smooth)[drawn].mean() < 0.5


@pytest.mark.parametrize(
    ("line", "fill", "opacity", "hidden"),
    [
        (LineStyle("#A65E00", 0.35), FillStyle("#E9A23B", 0.25), 1.0, True),
        (LineStyle("#A65E00", 0.35), FillStyle("#E9A23B", 0.25), 0.5, False),
        (LineStyle("#A65E00", 0.35, (2.0, 1.0)), FillStyle("#E9A23B", 0.25), 1.0, False),
        (LineStyle("#A65E00", 0.2), FillStyle("#E9A23B", 0.25), 1.0, False),
        (LineStyle("#A65E00", 0.35), None, 1.0, False),
    ],
)
def test_fills_whose_edge_can_be_seen_stay_smooth(
    line: LineStyle, fill: FillStyle | None, opacity: float, hidden: bool
) -> None:
    image = QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)
    p = QPainter(image)
    ppm = styles.pixels_per_mm()
    p.setPen(styles.pen(line, ppm))
    p.setBrush(styles.brush(LayerStyle(line, fill), ppm))
    p.setOpacity(opacity)
    found = vectors._line_hides_edge(p)
    p.end()
    assert found is hidden


def test_a_hatch_repeats_with_its_period_over_the_whole_tile() -> None:
    ppm = styles.pixels_per_mm()
    period = styles.hatch_period(PITS.style, ppm)
    tile = pixels(styles.brush(PITS.style, ppm).textureImage())
    assert tile.shape[0] == period < tile.shape[1]
    assert tile.shape[1] % period == 0
    assert np.array_equal(tile[:, period:], tile[:, :-period])


def test_corners_of_thin_lines_are_cut_and_of_wide_ones_round() -> None:
    ppm = styles.pixels_per_mm()
    thin, wide = (styles.pen(LineStyle("#000000", mm), ppm) for mm in (0.35, 0.6))
    assert thin.joinStyle() == Qt.PenJoinStyle.BevelJoin
    assert wide.joinStyle() == Qt.PenJoinStyle.RoundJoin
