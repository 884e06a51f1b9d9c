"""Round numbers of a map: scales, grid, contours, scale bar, classes of depth."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.package.layout import layout_of
from app.package.scale import (
    bar_length,
    choose_window,
    contour_interval,
    decimals_of,
    grid_interval,
    multiples,
    round_down,
    round_up,
)
from layers.classes import depth_limits
from models.errors import Refused

LAYOUT = layout_of()


def window(width: float, height: float, scale: int | None = None):
    bounds = (400000, 4500000, 400000 + width, 4500000 + height)
    return choose_window(bounds, LAYOUT.map, LAYOUT.scales, margin_mm=LAYOUT.margin, scale=scale)


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [
        (1, 1, 100),
        (40, 30, 200),
        (123, 90, 500),
        (124, 90, 1000),
        (200, 150, 1000),
        (900, 300, 5000),
        (1800, 1800, 10000),
    ],
)
def test_the_largest_round_scale_that_leaves_the_margin(width: float, height: float, scale: int) -> None:
    assert window(width, height).scale == scale


@given(st.floats(0.5, 50_000), st.floats(0.5, 40_000))
def test_the_site_is_in_the_map_with_its_margin(width: float, height: float) -> None:
    w = window(width, height)
    box = w.page(shapely.box(400000, 4500000, 400000 + width, 4500000 + height))
    x0, y0, x1, y1 = box.bounds
    r, least = w.rect, LAYOUT.margin - 2.6  # the corner is rounded to 5 mm
    assert x0 >= r.x0 + least
    assert y0 >= r.y0 + least
    assert x1 <= r.x1 - least
    assert y1 <= r.y1 - least
    assert (x1 - x0) == pytest.approx(width * 1000 / w.scale)


def test_a_scale_that_is_asked_for_is_kept_or_refused() -> None:
    assert window(100, 100, 2000).scale == 2000
    with pytest.raises(Refused, match="does not fit on the sheet at 1:500"):
        window(200, 100, 500)
    with pytest.raises(Refused, match="1:50"):
        window(1, 1, 50)
    with pytest.raises(Refused, match="does not fit"):
        window(1e6, 1e6)


def test_rounding() -> None:
    assert [round_up(v) for v in (0.3, 1, 1.1, 20, 21, 99)] == [0.5, 1, 2, 20, 50, 100]
    assert [round_down(v) for v in (0.3, 1, 1.9, 20, 49, 99)] == [0.2, 1, 1, 20, 20, 50]
    assert [decimals_of(v) for v in (0.05, 0.5, 2.5, 0.25, 1, 20)] == [2, 1, 1, 2, 0, 0]


@pytest.mark.parametrize("scale", LAYOUT.scales)
def test_grid_lines_stand_apart_and_cross_the_map_both_ways(scale: int) -> None:
    step = grid_interval(scale, LAYOUT.grid_spacing)
    assert 40 <= step * 1000 / scale <= 100
    assert f"{step:.0e}"[0] in "125"
    assert LAYOUT.map.height > 2 * step * 1000 / scale


@pytest.mark.parametrize("scale", LAYOUT.scales)
def test_the_bar_is_round_and_fits(scale: int) -> None:
    assert f"{bar_length(scale, 100):.0e}"[0] in "125"
    assert 40 <= bar_length(scale, 100) * 1000 / scale <= 100


def test_multiples() -> None:
    assert multiples(-1, 41, 20).tolist() == [0, 20, 40]
    assert multiples(20, 40, 20).tolist() == [20, 40]


def test_contour_interval_follows_scale_slope_and_survey() -> None:
    y, x = np.mgrid[0:50, 0:50].astype(np.float32)

    def at(slope: float, scale: int, sigma: float | None = None) -> float:
        return contour_interval(slope * x + 0 * y, (1.0, 1.0), scale, spacing_mm=1.2, sigma_z_m=sigma)

    assert at(0.02, 500) == 0.5
    assert at(0.02, 1000) == 0.5
    assert at(0.02, 2000) == 1
    assert at(0.02, 10000) == 5
    assert at(0.6, 2000) == 2  # lines of 1 m would stand 0.8 mm apart
    assert at(0.02, 1000, sigma=0.7) == 2  # finer than the survey knows
    assert contour_interval(np.full((4, 4), np.nan, np.float32), (1, 1), 1000, spacing_mm=1.2) == 0.5


@given(st.floats(0.01, 400))
def test_depth_classes_are_few_and_reach_the_bottom(deepest: float) -> None:
    limits = depth_limits(deepest)
    assert limits[0] == 0
    assert limits[-1] >= deepest * (1 - 1e-6)
    assert 2 <= len(limits) <= 8
    assert limits[-2] < deepest


def test_no_depth_no_classes() -> None:
    assert depth_limits(0.0) == []
    assert depth_limits(float("nan")) == []
