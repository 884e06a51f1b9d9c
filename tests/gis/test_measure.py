"""Distances, slopes and areas against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gis.measure import measure_line, on_ellipsoid, plan_area, plan_length

Array = np.ndarray


def test_along_an_inclined_plane() -> None:
    found = measure_line([(0, 0), (30, 40)], lambda x, y: 100 + 0.1 * x - 0.05 * y, 1.0)
    fall = 0.1 * 30 - 0.05 * 40
    assert found.plan_m == pytest.approx(50)
    assert found.difference_m == pytest.approx(fall)
    assert found.slope == pytest.approx(fall / 50)
    assert found.ground_m == pytest.approx(math.hypot(50, fall))
    assert found.steepest == pytest.approx(fall / 50)
    assert (found.rise_m, found.fall_m) == (pytest.approx(fall), 0)
    assert found.covered == 1


def test_over_a_half_round_hill() -> None:
    r = 50.0
    found = measure_line([(-r, 0), (r, 0)], lambda x, y: np.sqrt(np.maximum(r**2 - x**2, 0.0)), 0.05)
    assert found.plan_m == pytest.approx(2 * r)
    assert found.ground_m == pytest.approx(math.pi * r, rel=1e-4)
    assert (found.rise_m, found.fall_m) == (pytest.approx(r, rel=1e-3), pytest.approx(r, rel=1e-3))
    assert found.difference_m == pytest.approx(0, abs=1e-9)
    assert (found.low_m, found.high_m) == (pytest.approx(0), pytest.approx(r))


def test_several_places_and_a_gap_in_the_terrain() -> None:
    def ground(x: Array, y: Array) -> Array:
        return np.where((x > 20) & (x < 30), np.nan, 5.0 + 0 * y)

    found = measure_line([(0, 0), (25, 0), (100, 0)], ground, 0.5)
    assert found.heights_m == (5.0, None, 5.0)
    assert found.covered == pytest.approx(0.9, abs=0.02)
    assert found.ground_m == pytest.approx(100)
    nothing = measure_line([(21, 0), (29, 0)], ground, 0.5)
    assert nothing.plan_m == 8
    assert nothing.ground_m is nothing.slope is nothing.difference_m is nothing.steepest is None
    assert nothing.covered == 0


def test_areas() -> None:
    assert plan_area([(0, 0), (30, 0), (30, 40)]) == pytest.approx(600)
    assert plan_area([(0, 0), (30, 40), (30, 0), (0, 40)]) is None  # crosses itself
    assert plan_area([(0, 0), (1, 1)]) is None
    assert plan_length([(0, 0), (3, 4), (3, 10)]) == 11


def test_on_the_ellipsoid() -> None:
    # On the central meridian the scale of a Gauss-Krüger zone is 1; 100 km beside it 1 + x²/2R².
    def square(x: float) -> list[tuple[float, float]]:
        low, high = 500_000 + x, 501_000 + x
        return [(low, 4.5e6), (high, 4.5e6), (high, 4.501e6), (low, 4.501e6)]

    length, area = on_ellipsoid(square(-500.0), "EPSG:4546")
    assert length == pytest.approx(3000, rel=1e-6)
    assert area == pytest.approx(1e6, rel=1e-6)
    length, area = on_ellipsoid(square(99_500.0), "EPSG:4546")
    k = 1 + 100_000**2 / (2 * 6.377e6**2)
    assert area == pytest.approx(1e6 / k**2, rel=2e-6)
    assert length == pytest.approx(3000 / k, rel=2e-6)
    assert on_ellipsoid(square(0)[:2], "EPSG:4546")[1] is None
