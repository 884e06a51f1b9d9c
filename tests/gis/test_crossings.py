"""Stretches of a line inside areas."""

from __future__ import annotations

import math

import pytest
import shapely
from shapely.geometry import LineString

from gis.crossings import crossings, stretches
from gis.overlay import Control

Spans = list[tuple[float, float]]
SQUARE = shapely.box(10, -10, 30, 10)
RING = shapely.box(0, -10, 40, 10).difference(shapely.box(10, -5, 20, 5))


@pytest.mark.parametrize(
    ("line", "area", "expected"),
    [
        ([(0, 0), (50, 0)], SQUARE, [(10, 30)]),
        ([(0, 0), (20, 0), (20, 50)], SQUARE, [(10, 30)]),  # a bend inside joins both pieces
        ([(0, 0), (50, 0)], RING, [(0, 10), (20, 40)]),
        ([(0, 0), (40, 0), (40, 5), (0, 5)], SQUARE, [(10, 30), (55, 75)]),  # in, out, and in again on the way back
        ([(0, 20), (50, 20)], SQUARE, []),
        ([(10, 10), (30, 30)], SQUARE, []),  # touches a corner
        ([(0, 0), (5, 0)], SQUARE, []),
        ([(15, 0), (25, 0)], SQUARE, [(0, 10)]),
        ([(0, 0), (0, 0), (50, 0)], SQUARE, [(10, 30)]),
    ],
)
def test_stretches(line: Spans, area: shapely.Geometry, expected: Spans) -> None:
    found = stretches(LineString(line), area)
    assert [tuple(round(v, 6) for v in f) for f in found] == [tuple(map(float, e)) for e in expected]


def test_a_disc_is_crossed_along_its_chord() -> None:
    disc = shapely.Point(0, 0).buffer(10, 400)
    ((low, high),) = stretches(LineString([(-20, 6), (20, 6)]), disc)
    assert (low, high) == (pytest.approx(12, abs=1e-3), pytest.approx(28, abs=1e-3))
    ((low, high),) = stretches(LineString([(-20, -20), (20, 20)]), disc)
    assert high - low == pytest.approx(20, abs=1e-3)
    assert low == pytest.approx(20 * math.sqrt(2) - 10, abs=1e-3)


def test_they_come_in_the_order_of_the_line() -> None:
    controls = [
        Control("red_lines", "HX-2", "b", "red_line", shapely.box(30, -1, 35, 1)),
        Control("red_lines", "HX-1", "a", "red_line", shapely.box(5, -1, 40, 1)),
        Control("control_areas", "KZ", "c", "river_range", shapely.box(100, -1, 120, 1)),
    ]
    found = crossings(LineString([(0, 0), (50, 0)]), controls)
    assert [(c.code, c.from_m, c.to_m) for c in found] == [("HX-1", 5, 40), ("HX-2", 30, 35)]
