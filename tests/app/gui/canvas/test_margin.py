"""What stands is drawn as far as the window reaches; the margin for a drag comes later and changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage

from app.gui.canvas.pictures import EDGE_PX, MARGIN_PX
from models.changes import ChangeSet
from models.notices import Notice
from tests.app.gui.canvas.conftest import X, Y, hills, write_dem


def array(image: QImage) -> np.ndarray:
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return data.astype(int)


def window(image: QImage, margin: int) -> np.ndarray:
    return array(image)[margin:-margin, margin:-margin]


@pytest.fixture
def many(hand: Any, tmp_path: Any) -> Any:
    """Labelled pits all over the window and beyond it, one selected, on a terrain."""
    session = hand.canvas.session
    rng = np.random.default_rng(4)
    shapes = {
        f"SK-{i}-{j}": shapely.Point(X + 60 * i, Y + 45 * j).buffer(float(rng.uniform(15, 40)), 40)
        for i in range(-8, 20) for j in range(-8, 16)
    }  # fmt: skip
    session.put("sand_pits", shapes)
    session.changed.emit(ChangeSet(1, Notice("x", "x"), {"sand_pits": (1,)}))
    path = tmp_path / "hills.tif"
    session.project.store.held = [(write_dem(path, hills(), 2.0), path)]
    session.terrain_changed.emit()
    session.select("sand_pits", [40, 41, 42, 300])
    hand.settle()
    return hand


def pictures(hand: Any) -> dict[str, Any]:
    return {name: hand.canvas.pictures._last[name] for name in ("ground", "layers", "selection")}


def test_the_margin_changes_nothing_in_the_window(many: Any) -> None:
    canvas = many.canvas
    canvas.set_view(canvas.view.zoomed(1.3))
    many.settle()
    at_rest = pictures(many)
    assert {p.view.width for p in at_rest.values()} == {canvas.width() + 2 * EDGE_PX}
    canvas.pictures.draw_margin()
    many.settle()
    wide = pictures(many)
    assert {p.view.width for p in wide.values()} == {canvas.width() + 2 * MARGIN_PX}
    for name in ("layers", "selection"):
        assert np.array_equal(window(at_rest[name].image, EDGE_PX), window(wide[name].image, MARGIN_PX)), name
    names = (p["layers"].facts["labels"] for p in (at_rest, wide))
    assert np.array_equal(*(window(image, m) for image, m in zip(names, (EDGE_PX, MARGIN_PX), strict=True)))
    ground = window(at_rest["ground"].image, EDGE_PX) - window(wide["ground"].image, MARGIN_PX)
    assert np.abs(ground).max() <= 2
    assert at_rest["layers"].facts["drawn"] == wide["layers"].facts["drawn"]


def test_it_comes_by_itself_when_the_view_rests(many: Any) -> None:
    canvas = many.canvas
    canvas.set_view(canvas.view.zoomed(1.3))
    many.qtbot.waitUntil(lambda: pictures(many)["layers"].view.width > canvas.width() + 2 * EDGE_PX, timeout=5_000)
    many.settle()
    many.qtbot.waitUntil(lambda: pictures(many)["ground"].view.width > canvas.width() + 2 * EDGE_PX, timeout=5_000)


def test_a_drag_that_begins_at_once_asks_for_it(many: Any) -> None:
    canvas = many.canvas
    canvas.set_view(canvas.view.zoomed(1.3))
    many.settle()
    canvas.begin_pan(QPointF(100, 100), Qt.MouseButton.LeftButton)
    many.settle()
    assert pictures(many)["layers"].view.width > canvas.width() + 2 * EDGE_PX
    canvas.end_pan(Qt.MouseButton.LeftButton)
    many.settle()
