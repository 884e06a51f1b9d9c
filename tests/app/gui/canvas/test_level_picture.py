"""The picture of the ground under a level: which cells, which colours, the same ones for every level."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from app.gui.canvas.level_picture import LevelPicture
from layers.style import CUT_DEPTH_STOPS, FILL_DEPTH_STOPS

BOUNDS = (0.0, 0.0, 100.0, 10.0)


def ramp() -> np.ndarray:
    """Ground that rises from 1000.05 to 1009.95 m to the east, with a column outside the site."""
    z = np.tile(1000.05 + 0.1 * np.arange(100), (10, 1)).astype(np.float32)
    z[:, 50] = np.nan
    return z


def colours(overlay: Any) -> list[str]:
    return [overlay.image.pixelColor(x, 5).name().upper() if overlay.image.pixelColor(x, 5).alpha() else ""
            for x in range(overlay.image.width())]  # fmt: skip


@pytest.mark.parametrize("level", [999.0, 1000.0, 1003.33, 1005.0, 1009.0, 1010.5])
def test_what_lies_under_the_level_is_blue_by_depth(qapp: Any, level: float) -> None:
    z = ramp()
    overlay = LevelPicture(z, BOUNDS, fills=True, highest_m=1010.0).overlay(level)
    found = colours(overlay)
    limits = [float(c.label.split("–")[0]) for c in overlay.classes]
    assert limits == [0, 2, 4, 6, 8]
    for x, ink in enumerate(found):
        depth = level - float(z[0, x])
        if np.isnan(depth) or depth < 0:
            assert ink == "", x
        else:
            assert ink == overlay.classes[min(int(depth / 2), 4)].colour, (x, depth)
    assert overlay.classes[0].colour == FILL_DEPTH_STOPS[0][1]
    assert overlay.bounds == BOUNDS


def test_of_a_heap_what_stands_above_is_red(qapp: Any) -> None:
    z = ramp()
    overlay = LevelPicture(z, BOUNDS, fills=False).overlay(1004.0)
    found = colours(overlay)
    assert all((ink != "") == (z[0, x] > 1004.0) for x, ink in enumerate(found))
    assert overlay.classes[-1].colour == CUT_DEPTH_STOPS[-1][1]
    assert found[41] == CUT_DEPTH_STOPS[0][1]


def test_nothing_inside_or_level_ground_is_no_error(qapp: Any) -> None:
    empty = LevelPicture(np.full((4, 4), np.nan), BOUNDS, fills=True)
    assert set(colours(empty.overlay(5.0))) == {""} or empty.overlay(5.0).image.width() == 4
    flat = LevelPicture(np.full((10, 4), 7.0), BOUNDS, fills=True, highest_m=8.0)
    assert set(colours(flat.overlay(7.5))) == {flat.colours[2]}
    assert set(colours(flat.overlay(6.9))) == {""}


def test_a_million_cells_take_a_few_milliseconds(qapp: Any) -> None:
    y, x = np.mgrid[0:1000, 0:1000]
    picture = LevelPicture((1000 + np.hypot(x - 500, y - 500) / 20).astype(np.float32), BOUNDS, fills=True)
    picture.overlay(1010.0)
    start = time.process_time()
    for level in np.linspace(1001, 1034, 10):
        picture.overlay(float(level))
    assert (time.process_time() - start) / 10 < 0.05
