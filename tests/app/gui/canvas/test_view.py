from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gui.canvas.view import MAX_SCALE, MIN_SCALE, View, ViewHistory

VIEW = View(437_000.0, 4_502_000.0, 0.5, 800, 600)
PIXELS = st.floats(-2000, 2000)


@given(PIXELS, PIXELS)
def test_there_and_back(px: float, py: float) -> None:
    assert VIEW.to_screen(*VIEW.to_world(px, py)) == pytest.approx((px, py), abs=1e-5)


@given(PIXELS, PIXELS, st.floats(0.05, 20))
def test_zoom_keeps_the_ground_under_the_pointer(px: float, py: float, factor: float) -> None:
    assert VIEW.zoomed(factor, px, py).to_world(px, py) == pytest.approx(VIEW.to_world(px, py), abs=1e-6)


def test_north_is_up() -> None:
    assert VIEW.to_world(400, 0)[1] > VIEW.to_world(400, 600)[1]
    assert VIEW.bounds == (436_800.0, 4_501_850.0, 437_200.0, 4_502_150.0)


def test_scale_has_limits() -> None:
    assert VIEW.zoomed(1e12).scale == MIN_SCALE
    assert VIEW.zoomed(1e-12).scale == MAX_SCALE


def test_fit_holds_everything_even_a_point() -> None:
    x0, y0, x1, y1 = VIEW.fitted((0, 0, 3000, 10)).bounds
    assert max(x0, y0) < 0
    assert x1 > 3000
    assert y1 > 10
    assert VIEW.fitted((5, 5, 5, 5)).scale == pytest.approx(100 / 800)


def test_denominator_is_that_of_a_96_dpi_screen() -> None:
    # 1 px = 0.0254/96 m on the screen; 0.5 m of ground on it is 1 : 0.5·96/0.0254
    assert VIEW.denominator() == pytest.approx(1889.76, abs=0.01)


def test_history_goes_back_and_forth() -> None:
    h = ViewHistory()
    views = [VIEW.panned(100 * i, 0) for i in range(3)]
    for v in views:
        h.visit(v)
    h.visit(views[2])  # the same place counts once
    assert h.back() == views[1]
    assert h.back() == views[0]
    assert h.back() is None
    assert h.forward() == views[1]
    h.visit(VIEW.zoomed(2))  # what lay ahead is forgotten
    assert h.forward() is None
    assert h.back() == views[1]
