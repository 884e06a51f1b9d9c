"""Pictures of heights: brightness by the formula, colours where they belong, contours in place."""

from __future__ import annotations

import numpy as np
import pytest

from gis.relief import contour_lines, depth_colours, hillshade, relief, tint


def test_flat_ground_and_slopes() -> None:
    flat = hillshade(np.zeros((5, 5)), 1, 1)
    assert np.allclose(flat, 255 * np.sin(np.radians(45)), atol=0.01)
    x, y = np.meshgrid(np.arange(9.0), -np.arange(9.0))
    facing = hillshade(x - y, 1, 1)[4, 4]  # rises to the south-east: faces the light in the north-west
    away = hillshade(y - x, 1, 1)[4, 4]
    assert facing > flat[2, 2] > away
    # Slope √2, straight into or away from a light at 45°: cos of the angle between normal and light.
    assert facing == pytest.approx(255 * np.cos(np.arctan(np.sqrt(2)) - np.radians(45)), rel=1e-3)
    assert np.allclose(hillshade(2 * (x - y), 2, 2)[4, 4], facing)


def test_missing_cells_stay_transparent() -> None:
    z = np.random.default_rng(0).normal(100, 5, (20, 20)).astype(np.float32)
    z[5:8, 5:8] = np.nan
    picture = relief(z, 1, 1)
    assert picture.shape == (20, 20, 4)
    assert (picture[5:8, 5:8, 3] == 0).all()
    assert (picture[..., 3] == 255).sum() == 400 - 9
    assert tint(np.full((3, 3), np.nan))[..., 3].max() == 0


def test_depth_is_blue_below_and_orange_above() -> None:
    colours = depth_colours(np.array([[np.nan, 0.0, 1.0, 10.0, -5.0]]))[0].astype(int)
    assert (colours[0, 3], colours[1, 3]) == (0, 0)
    assert colours[3, 2] > colours[3, 0]
    assert colours[3, :3].sum() < colours[2, :3].sum()
    assert colours[4, 0] > colours[4, 2]


def test_contours_of_a_plane_are_straight_and_in_place() -> None:
    x = 500 + np.arange(40) + 0.5
    z = np.tile(0.5 * (x - 500), (30, 1))
    lines = contour_lines(z, (500, 200, 540, 230), 5.0)
    assert [h for h, _ in lines] == [5.0, 10.0, 15.0]
    for h, (line,) in lines:
        assert np.allclose(line[:, 0], 500 + 2 * h)
        assert line[:, 1].min() == pytest.approx(200.5)
        assert line[:, 1].max() == pytest.approx(229.5)
    assert contour_lines(np.full((4, 4), np.nan), (0, 0, 4, 4), 1.0) == []


def test_contours_stop_at_holes() -> None:
    z = np.tile(np.arange(20.0), (20, 1))
    z[10] = np.nan
    (_, lines), *_ = contour_lines(z, (0, 0, 20, 20), 10.0)[1:]
    assert len(lines) == 2
