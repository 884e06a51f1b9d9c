"""The formulas of the four-point grid method, each case worked by hand on a square of side 1."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.fourpoint import cut_and_fill, signs, walk

SQUARE = np.array([(0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)])  # NW, NE, SE, SW


def one(*h: float) -> tuple[float, float]:
    fill, cut = cut_and_fill(np.array([h]))
    return float(fill[0]), float(cut[0])


@pytest.mark.parametrize(
    ("h", "fill", "cut"),
    [
        ((1.0, 2.0, 3.0, 4.0), 2.5, 0.0),  # all fill: (1+2+3+4)/4
        ((-0.2, -0.4, -0.6, -0.8), 0.0, 0.5),  # all cut
        ((0.0, 0.0, 0.0, 0.0), 0.0, 0.0),
        # Two and two: fill (0.3²/(0.3+0.2) + 0.1²/(0.1+0.4))/4 = (0.18 + 0.02)/4, cut (0.4²/0.5 + 0.2²/0.5)/4.
        ((0.3, 0.1, -0.4, -0.2), 0.05, 0.10),
        ((1.0, 1.0, -1.0, -1.0), 0.25, 0.25),  # half the square, 0.5 m deep on average
        # Three and one: V1 = 0.2³/((0.2+0.3)(0.2+0.6))/6 = 0.02/6; rest (2·0.3+0.4+2·0.6-0.2)/6 + V1 = 2.0/6 + 0.02/6.
        ((-0.2, 0.3, 0.4, 0.6), 2.02 / 6, 0.02 / 6),
        ((0.2, -0.3, -0.4, -0.6), 0.02 / 6, 2.02 / 6),
        ((1.0, 1.0, 1.0, -1.0), 4 / 6 + 1 / 24, 1 / 24),
        # Across: the weaker pair (0.1 and 0.2) cut off, 0.1³/((0.1+0.5)(0.1+0.4))/6 and 0.2³/((0.2+0.4)(0.2+0.5))/6.
        (
            (0.5, -0.1, 0.4, -0.2),
            0.15 + (0.001 / 0.30 + 0.008 / 0.42) / 6,
            (0.001 / 0.30 + 0.008 / 0.42) / 6,
        ),
        ((1.0, -1.0, 1.0, -1.0), 1 / 12, 1 / 12),
        # Zeros: a corner on the zero line.
        ((0.4, 0.2, 0.0, 0.0), 0.15, 0.0),
        ((0.4, 0.2, -0.2, 0.0), None, 0.2**2 / 0.4 / 6),  # a triangle from the corner at zero, base 1, half as high
        ((0.5, -0.5, 0.0, 0.0), 0.5**2 / 1.0 / 4, 0.5**2 / 1.0 / 4),
    ],
)
def test_each_case_by_hand(h: tuple[float, ...], fill: float | None, cut: float) -> None:
    found = one(*h)
    assert found[1] == pytest.approx(cut, rel=1e-12, abs=1e-15)
    if fill is not None:
        assert found[0] == pytest.approx(fill, rel=1e-12, abs=1e-15)


HEIGHTS = st.lists(st.sampled_from([-3.0, -1.0, -0.25, 0.0, 0.5, 1.0, 2.0]), min_size=4, max_size=4)


@given(HEIGHTS)
def test_turning_mirroring_and_changing_sign(h: list[float]) -> None:
    fill, cut = one(*h)
    assert fill >= 0
    assert cut >= 0
    for other in (h[1:] + h[:1], h[2:] + h[:2], h[::-1]):
        assert one(*other) == pytest.approx((fill, cut), abs=1e-12)
    assert one(*[-v for v in h]) == pytest.approx((cut, fill), abs=1e-12)
    assert one(*[10 * v for v in h]) == pytest.approx((10 * fill, 10 * cut), abs=1e-11)


@given(HEIGHTS)
def test_no_corner_is_left_without_a_sign(h: list[float]) -> None:
    found = signs(np.array([h]))[0]
    assert set(found.tolist()) <= {-1, 1}
    assert all(f == np.sign(v) for f, v in zip(found, h, strict=True) if v)


def test_planes_along_the_edges_are_exact() -> None:
    """Ground and design in planes that meet along a line parallel to an edge: prisms by geometry."""
    for high, low in ((0.3, 0.7), (2.0, 0.1)):
        fill, cut = one(high, high, -low, -low)
        assert fill == pytest.approx(high**2 / (high + low) / 2)
        assert cut == pytest.approx(low**2 / (high + low) / 2)


@given(HEIGHTS)
def test_the_zero_line_divides_the_square(h: list[float]) -> None:
    plus, minus, zero = walk(SQUARE, np.array(h))
    up = shapely.union_all([shapely.Polygon(p) for p in plus])
    down = shapely.union_all([shapely.Polygon(p) for p in minus])
    assert up.area + down.area == pytest.approx(1.0)
    assert up.intersection(down).area == pytest.approx(0, abs=1e-12)
    for line in zero:
        middle = shapely.LineString(line)
        if middle.length > 1e-9:
            assert up.boundary.distance(middle) < 1e-9
            assert down.boundary.distance(middle) < 1e-9


def test_zero_points_by_proportion() -> None:
    """Zero point x = a·h1/(h1+h2): 0.3 up and 0.1 down meet three quarters along the edge."""
    _, _, (line,) = walk(SQUARE, np.array([0.3, -0.1, -0.1, 0.3]))
    assert np.allclose(np.sort(line[:, 0]), [0.75, 0.75])
    _, _, lines = walk(SQUARE, np.array([0.5, -0.1, 0.4, -0.2]))
    assert len(lines) == 2
    plus, minus, _ = walk(SQUARE[:3], np.array([0.0, 0.0, -1.0]))  # rim of a heap: all of the triangle is cut
    assert not plus
    assert shapely.Polygon(minus[0]).area == pytest.approx(0.5)
