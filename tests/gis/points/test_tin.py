from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.points.breaklines import densify, step_for
from gis.points.geotiff import nice_cell, plan_grid
from gis.points.mesh import LEVEL, WIDE
from gis.points.tin import Tin, measure
from models.errors import Refused
from tests.gis.points.conftest import EAST, NORTH, plane


def scatter(n, size=100.0, seed=3):
    return np.random.default_rng(seed).uniform(0, size, (n, 2)) + np.array([EAST, NORTH])


def cells(left, top, cell, count):
    """Centres of the cells of a square block."""
    at = (np.arange(count) + 0.5) * cell
    return np.meshgrid(left + at, top - at)


def compare(a, b):
    """Two tins on the same ground: the same cells have heights, and the same heights."""
    for x0 in (0, 30, 60):
        (p, kind), (q, other) = (t.block(EAST + x0, NORTH + x0 + 40, 0.25, 160, 160) for t in (a, b))
        assert np.array_equal(np.isnan(p), np.isnan(q))
        assert np.nanmax(np.abs(p - q)) < 1e-9
        assert np.array_equal(kind, other)


def test_a_plane_comes_back_to_a_nanometre():
    xy = scatter(3000)
    tin = Tin(xy, plane(*xy.T), 50)
    z, kind = tin.block(EAST + 5, NORTH + 95, 0.5, 180, 180)
    x, y = cells(EAST + 5, NORTH + 95, 0.5, 180)
    assert np.abs(z - plane(x, y)).max() < 1e-9
    assert not kind.any()
    places = scatter(500, seed=9)
    back = tin.at(places)
    assert np.isfinite(back).mean() > 0.95
    assert np.nanmax(np.abs(back - plane(*places.T))) < 1e-9


def test_blocks_and_places_agree():
    """Two ways to find the triangle: stretches of rows, and a tree of polygons. Points on the centres of cells too."""
    for xy in (scatter(700), np.floor(scatter(700)) + 0.5):
        z = np.random.default_rng(1).normal(1000, 30, len(xy))
        _, one = np.unique(xy, axis=0, return_index=True)
        tin = Tin(xy[one], z[one], 25.0)
        laid, _ = tin.block(EAST - 10, NORTH + 110, 1.0, 120, 120)
        x, y = cells(EAST - 10, NORTH + 110, 1.0, 120)
        at = tin.at(np.column_stack((x.ravel(), y.ravel()))).reshape(x.shape)
        assert (np.isnan(laid) != np.isnan(at)).sum() <= 2  # a centre on the hull's very edge
        assert np.nanmax(np.abs(laid - at)) < 1e-6


def test_a_block_does_not_depend_on_its_neighbours():
    xy = scatter(400)
    tin = Tin(xy, np.random.default_rng(1).normal(1000, 3, 400), 30.0)
    whole, _ = tin.block(EAST, NORTH + 100, 1.0, 100, 100)
    piece, _ = tin.block(EAST + 40, NORTH + 60, 1.0, 30, 20)
    assert np.allclose(whole[40:70, 40:60], piece, rtol=0, atol=1e-9, equal_nan=True)


@settings(max_examples=25, deadline=None)
@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-400, 8000), st.integers(0, 2**31))
def test_any_plane_through_any_points(a, b, level, seed):
    xy = scatter(60, seed=seed)
    places = scatter(200, seed=seed + 1)
    z = Tin(xy, level + (xy - [EAST, NORTH]) @ [a, b], 500).at(places)
    known = np.isfinite(z)
    assert known.any()
    assert np.abs(z - level - (places - [EAST, NORTH]) @ [a, b])[known].max() < 1e-9


def test_heights_of_the_points_come_back_and_lie_within_their_neighbours():
    xy = scatter(500)
    z = np.random.default_rng(1).normal(1000, 30, 500)
    tin = Tin(xy, z, 100)
    back = tin.at(xy)
    assert back == pytest.approx(z, abs=1e-7)
    between, _ = tin.block(EAST, NORTH + 100, 1.0, 100, 100)
    assert z.min() - 1e-9 <= np.nanmin(between) <= np.nanmax(between) <= z.max() + 1e-9


def bumpy(xy):
    """Heights that show every triangle that is another one."""
    return 1000 + 5 * np.sin(xy[:, 0]) * np.cos(xy[:, 1])


@pytest.mark.parametrize("max_edge", [2.0, 6.0, 20.0])
def test_parts_give_the_triangles_of_the_whole(max_edge):
    """Also with gaps in the points: a lake in the middle, a bay open to the border, a stray in the lake."""
    xy = scatter(4000)
    rest = xy - [EAST, NORTH]
    lake, bay = np.hypot(*(rest - 50).T) < 15, (rest[:, 0] > 70) & (np.abs(rest[:, 1] - 80) < 10)
    xy = np.concatenate((xy[~lake & ~bay], [[EAST + 50, NORTH + 51]]))
    whole, parts = Tin(xy, bumpy(xy), max_edge), Tin(xy, bumpy(xy), max_edge, whole=600)
    compare(whole, parts)
    assert parts.extent() == whole.extent()
    assert parts.unused == whole.unused


def test_a_gap_inside_is_spanned_and_marked_and_a_bay_is_not():
    xy = scatter(4000)
    rest = xy - [EAST, NORTH]
    lake, bay = np.hypot(*(rest - 40).T) < 15, (rest > 70).all(axis=1)
    xy = xy[~lake & ~bay]
    for tin in (Tin(xy, plane(*xy.T), 8.0), Tin(xy, plane(*xy.T), 8.0, whole=600)):
        (z,), (kind,) = tin.block(EAST + 39.5, NORTH + 40.5, 1.0, 1, 1)
        assert z == pytest.approx(plane(EAST + 40, NORTH + 40), abs=1e-9)
        assert kind == WIDE
        corner, _ = tin.block(EAST + 89.5, NORTH + 90.5, 1.0, 1, 1)
        assert np.isnan(corner).all()


def test_level_triangles_are_marked():
    tin = Tin(np.array([[0.0, 0], [10, 0], [0, 10], [12, 12]]), np.array([5.0, 5, 5, 7]), 100)
    _, kind = tin.block(0, 10, 1.0, 10, 10)
    assert (kind == LEVEL).sum() in (45, 55)  # half the square, without or with the diagonal


def test_strays_bring_no_ground():
    xy = scatter(1000)
    tin = Tin(np.concatenate((xy, [[0.0, 0.0], [EAST + 900, NORTH]])), np.full(1002, 1000.0), 20.0)
    x0, y0, x1, y1 = tin.extent()
    assert x0 >= EAST
    assert y0 >= NORTH
    assert max(x1 - EAST, y1 - NORTH) <= 100
    assert tin.unused == 2


def test_measures_of_a_lattice():
    """Squares of 2 m: every triangle is half a square, its longest edge 2√2 m. One stray changes nothing."""
    x, y = np.meshgrid(np.arange(0.0, 101, 2), np.arange(0.0, 101, 2))
    xy = np.column_stack((x.ravel(), y.ravel()))
    for points in (xy, np.concatenate((xy, [[-1e6, 0.0]]))):
        mesh = measure(points)
        assert [mesh.size_m, mesh.reach_m, mesh.triangle_m] == pytest.approx([8**0.5] * 3, rel=1e-6)


@pytest.mark.parametrize("n", [3, 50, 250_000])
def test_points_on_a_line_span_no_ground(n):
    t = np.linspace(0, 100, n)
    with pytest.raises(Refused) as refused:
        measure(np.column_stack((EAST + t, NORTH + 2 * t)))
    assert refused.value.key == "points.collinear"


@given(st.floats(1e-3, 1e5))
def test_cells_are_nice_and_not_larger_than_asked(length):
    cell = nice_cell(length)
    assert cell <= length * (1 + 1e-9) < 2.5 * cell * (1 + 1e-8)
    assert f"{cell:e}"[0] in "125"


def test_a_cell_not_stated_grows_and_a_stated_one_is_refused():
    box = (EAST, NORTH, EAST + 50_000, NORTH + 50_000)
    plan = plan_grid(box, 1.0, stated=False, where="")
    assert plan.cell == 10.0
    assert plan.width * plan.height <= 25_500_000
    with pytest.raises(Refused, match="million"):
        plan_grid(box, 1.0, stated=True, where="")
    for bad in (0.0, -1.0, float("nan"), 1e-9):
        with pytest.raises(Refused):
            plan_grid(box, bad, stated=True, where="")


def test_the_grid_lies_on_multiples_of_the_cell_and_covers_all():
    plan = plan_grid((EAST + 0.3, NORTH + 0.4, EAST + 9.7, NORTH + 9.2), 2.0, stated=True, where="")
    assert (plan.left, plan.top, plan.width, plan.height) == (EAST, NORTH + 10, 5, 5)


def test_lines_are_made_dense_without_moving_them():
    xy = np.array([[0.0, 0], [10, 0], [10, 10], [50, 50], [60, 50], [99, 99]])
    z = np.array([1.0, 2, 3, 7, 7, 5])
    line = np.array([0, 0, 0, 1, 1, -1])
    dense = densify(xy, z, line, 3.0)
    assert np.array_equal(dense.xy[dense.vertex], xy)
    assert np.array_equal(dense.z[dense.vertex], z)
    on = dense.line == 0
    assert np.hypot(*np.diff(dense.xy[on], axis=0).T).max() <= 3.0
    assert dense.z[on] == pytest.approx(1 + dense.xy[on].sum(axis=1) / 10)
    assert (dense.line == -1).sum() == 1


def test_steps_along_lines():
    xy = np.column_stack((np.arange(0, 1001.0, 100), np.zeros(11)))
    line = np.zeros(11, np.int64)
    assert step_for(xy, line, None) == 10.0
    assert step_for(xy, line, 2.0) == 2.0
