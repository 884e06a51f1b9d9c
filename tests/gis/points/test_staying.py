"""Which lines stay in place while heights are left out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from shapely.geometry import LineString, Point

from gis.points import make_ground, read_points
from gis.points.staying import staying_lines
from tests.gis.points.conftest import EAST, HOME, NORTH
from tests.gis.points.pits import BENCHES, FRUSTUM, survey


def lines(heights, count=20):
    """Level lines beside each other, of `count` vertices."""
    along = np.linspace(0, 100, count)
    xy = np.concatenate([np.column_stack((along, np.full(count, 5.0 * k))) for k in range(len(heights))])
    return xy, np.repeat(np.asarray(heights, float), count), np.repeat(np.arange(len(heights)), count)


def and_points(made, count):
    xy, z, line = made
    strewn = np.random.default_rng(1).uniform(0, 100, (count, 2))
    return np.vstack((xy, strewn)), np.append(z, np.full(count, z.mean())), np.append(line, np.full(count, -1))


def test_crest_and_toe_stay_where_points_are_the_survey():
    assert list(staying_lines(*survey(FRUSTUM, 150, 0))) == [0, 1]
    assert list(staying_lines(*survey(BENCHES, 150, 0))) == [0, 1, 2, 3]


def test_contours_leave_though_there_are_some_spot_heights():
    made = lines(1000 + 2.0 * np.arange(30))
    assert len(staying_lines(*made)) == 0
    assert len(staying_lines(*and_points(made, 25))) == 0


def test_what_is_no_contour_stays_among_contours():
    heights = [*(1000 + 2.0 * np.arange(30)), 1013.37, 1021.04]
    xy, z, line = lines(heights)
    ridge = np.column_stack((np.linspace(0, 100, 20), np.linspace(0, 100, 20)))
    xy, z, line = np.vstack((xy, ridge)), np.append(z, np.linspace(1000, 1060, 20)), np.append(line, np.full(20, 32))
    assert list(staying_lines(xy, z, line)) == [30, 31, 32]


def test_profiles_leave_and_a_few_lines_stay():
    rng = np.random.default_rng(3)
    for count, stay in ((15, 0), (6, 6)):
        xy, z, line = lines(np.zeros(count))
        assert len(staying_lines(xy, z + rng.normal(1000, 3, len(z)), line)) == stay


def test_pieces_of_one_line_count_as_one():
    """A crest of 40 pieces that share their ends, and 30 points: one line."""
    turn = np.linspace(0, 2 * np.pi, 41)
    ring = 30 * np.column_stack((np.cos(turn), np.sin(turn)))
    ring[-1] = ring[0]
    xy = np.stack((ring[:-1], ring[1:]), axis=1).reshape(-1, 2)
    made = xy, np.full(80, 1000.37), np.repeat(np.arange(40), 2)
    assert len(staying_lines(*and_points(made, 30))) == 40


def test_no_lines_no_answer():
    xy = np.random.default_rng(1).uniform(0, 10, (30, 2))
    assert len(staying_lines(xy, np.ones(30), np.full(30, -1))) == 0


def drawing(folder, pit, count, seed, noise=0.0, only_lines=False):
    """Points and crests in one layer, as a drawing has them."""
    xy, z, line = survey(pit, count, seed, noise)
    xy, z = xy + np.array([EAST, NORTH]), z + 950
    shapes = [] if only_lines else [Point(*p, h) for p, h in zip(xy[line < 0], z[line < 0], strict=True)]
    shapes += [LineString(np.column_stack((xy[line == i], z[line == i]))) for i in range(line.max() + 1)]
    path = folder / "测点与坎线.geojson"
    gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=HOME).to_file(path, driver="GeoJSON")
    return read_points(path, target_crs=HOME, crs=HOME)


@pytest.mark.parametrize("pit", [FRUSTUM, BENCHES], ids=["frustum", "benches"])
def test_one_drawing_of_points_and_breaklines_knows_how_sure_it_is(tmp_path, pit):
    """The error of left-out heights is that of the ground between the points, not the depth of the pit."""
    out = tmp_path / "地形.tif"
    ground = make_ground(drawing(tmp_path, pit, 700, 3, noise=0.05), out, crs=HOME, cell=0.5)
    check = ground.validation
    assert not check.by_line
    assert check.stayed == len(pit.edges())
    assert check.count > 500
    assert 0.05 < check.rmse_m < 0.09  # σ √(4/3) … σ √(3/2), see test_validate.py; walls with the lines a little more
    assert check.sigma_z_m is not None
    said = [n.key for n in ground.notes]
    assert "points.stayed" in said
    assert "points.corner_lines" in said
    with rasterio.open(out) as dem:
        z = dem.read(1, masked=True).astype(float)
    assert float((1050 - z).sum()) * 0.25 == pytest.approx(pit.volume(), rel=0.004)


def test_crest_and_toe_alone_give_no_error_figure(tmp_path):
    """Two lines: without one of them there is no pit. Better no figure than the depth of the pit."""
    out = tmp_path / "地形.tif"
    ground = make_ground(drawing(tmp_path, FRUSTUM, 5, 3, only_lines=True), out, crs=HOME, cell=0.5, max_edge=80)
    assert ground.validation.sigma_z_m is None
    assert "points.no_sigma" in [n.key for n in ground.notices]


def test_open_corners_are_told_with_their_place(tmp_path):
    xy, _, line = survey(FRUSTUM, 700, 2)
    points = drawing(tmp_path, FRUSTUM, 700, 2)
    points.keep(points.line < 1)
    ground = make_ground(points, tmp_path / "地形.tif", crs=HOME, cell=0.5)
    assert len(ground.open_corners) >= 3
    assert "points.open_corners" in [n.key for n in ground.notices]
    corners = xy[line == 0] + np.array([EAST, NORTH])
    assert np.hypot(*(corners - ground.open_corners[0]).T).min() < 1e-6
