"""Cell coverage against geometry itself (shapely), against exactextract, and against its own tiling."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from gis import coverage_runs
from gis.coverage import Edges, coverage, covered, row_sums
from gis.tiling import tiles

SIZE = 14


def by_geometry(polygon: BaseGeometry, rows: int = SIZE, cols: int = SIZE) -> np.ndarray:
    i, j = np.mgrid[0:rows, 0:cols]
    cells = shapely.box(j, i, j + 1, i + 1)
    return np.asarray(shapely.area(shapely.intersection(cells, polygon)))


def random_polygon(seed: int) -> BaseGeometry:
    """A ragged star: a third with corners on grid points, some with a hole, a second part, or past the border."""
    rng = np.random.default_rng(seed)
    n, reach = int(rng.integers(3, 24)), float(rng.choice([0.3, 2, 5, 9, 40]))
    t = np.sort(rng.uniform(0, 2 * np.pi, n))
    r = reach * rng.uniform(0.2, 1, n)
    x, y = rng.uniform(-2, SIZE + 2, 2)
    points = np.column_stack((x + r * np.cos(t), y + r * np.sin(t)))
    if seed % 3 == 0:
        points = np.round(points)
    shape = shapely.make_valid(shapely.Polygon(points))
    shape = shapely.union_all(
        [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"] or [shapely.box(1, 1, 4, 3)]
    )
    if seed % 4 == 0:
        inner = shapely.Point(shape.representative_point()).buffer(reach / 6, quad_segs=3)
        shape = shape.difference(inner)
    if seed % 5 == 0:
        shape = shape.union(shapely.box(3, 9, 7.5, 12.25))
    return shape


@pytest.mark.parametrize("seed", range(200))
def test_equals_the_area_of_each_cells_intersection(seed: int) -> None:
    shape = random_polygon(seed)
    if shape.is_empty:
        pytest.skip("the draw has no area")
    assert np.abs(coverage(shape, 0, SIZE, 0, SIZE) - by_geometry(shape)).max() < 1e-9


@pytest.mark.parametrize("seed", range(1, 40))
def test_weighted_sum_equals_exactextract(seed: int) -> None:
    shape = random_polygon(seed)
    if not shape.intersects(shapely.box(0, 0, SIZE, SIZE)):
        pytest.skip("the draw misses the grid")
    values = np.random.default_rng(seed).uniform(1, 2, (SIZE, SIZE))
    upright = shapely.transform(shape, lambda p: np.column_stack((p[:, 0], SIZE - p[:, 1])))
    source = NumPyRasterSource(values, xmin=0, ymin=0, xmax=SIZE, ymax=SIZE)
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(upright)}
    theirs = exact_extract(source, [feature], ["sum"])[0]["properties"]["sum"] or 0.0
    ours = float((coverage(shape, 0, SIZE, 0, SIZE) * values).sum())
    # exactextract keeps shares as float32, so a touched cell may be off by 6e-8.
    assert ours == pytest.approx(theirs, rel=1e-7, abs=1e-6)


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_tiles_make_up_the_whole(seed: int, rows: int, cols: int) -> None:
    shape = random_polygon(seed)
    edges = Edges.of(shape)
    whole = coverage(shape, 0, SIZE, 0, SIZE)
    put = np.zeros((SIZE, SIZE))
    for t in tiles(edges, (0, SIZE, 0, SIZE), rows=rows, cols=cols):
        put[t.row0 : t.row1, t.col0 : t.col1] = t.share
    assert np.abs(put - whole).max() < 1e-10


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_rows_add_up_to_the_area(seed: int) -> None:
    shape = random_polygon(seed)
    edges = Edges.of(shape)
    row0, row1, col0, col1 = edges.bounds
    assert row_sums(edges, row0, row1).sum() == pytest.approx(shape.area, abs=1e-9)
    assert np.allclose(row_sums(edges, row0, row1), coverage(shape, row0, row1, col0, col1).sum(axis=1), atol=1e-9)


def test_a_window_without_an_edge_is_one_run_a_row_or_none() -> None:
    edges = Edges.of(shapely.box(-50, -50, 50, 50).difference(shapely.box(10, 10, 20, 20)))
    found = covered(edges, -5, 5, -5, 5)
    whole = found.whole
    assert found.part.row.size == 0
    assert whole.row.tolist() == list(range(10))
    assert (set(whole.start), set(whole.stop), set(whole.share)) == ({0}, {10}, {1.0})
    for window in ((12, 18, 12, 18), (60, 70, 0, 10), (0, 10, -80, -60), (0, 10, 60, 80)):
        none = covered(edges, *window)
        assert none.whole.row.size == none.part.row.size == 0


def test_one_row_with_very_many_pieces_is_summed_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = random_polygon(11)
    whole = coverage(shape, 0, SIZE, 0, SIZE)
    monkeypatch.setattr(coverage_runs, "_FEW", 2)
    assert np.array_equal(coverage(shape, 0, SIZE, 0, SIZE), whole)


def test_a_level_edge_through_a_window_is_seen() -> None:
    share = coverage(shapely.box(0, 0, 10, 2.25), 1, 4, 3, 6)
    assert np.array_equal(share, np.repeat([[1.0], [0.25], [0.0]], 3, axis=1))


def test_direction_and_start_of_rings_do_not_matter() -> None:
    ring = np.array([[1.2, 1.1], [9.7, 2.3], [8.1, 9.9], [2.5, 7.7]])
    hole = np.array([[4.0, 4.0], [6.0, 4.0], [5.0, 6.0]])
    ways = [
        shapely.Polygon(np.roll(ring, k, axis=0)[::d], [np.roll(hole, k, axis=0)[::-d]])
        for k in range(3)
        for d in (1, -1)
    ]
    first = coverage(ways[0], 0, SIZE, 0, SIZE)
    assert all(np.abs(coverage(w, 0, SIZE, 0, SIZE) - first).max() < 1e-14 for w in ways)


def test_far_from_the_grids_corner_no_digits_are_lost() -> None:
    shape = shapely.transform(random_polygon(7), lambda p: p + 100_000)
    near = coverage(random_polygon(7), 0, SIZE, 0, SIZE)
    assert np.abs(coverage(shape, 100_000, 100_000 + SIZE, 100_000, 100_000 + SIZE) - near).max() < 1e-9
