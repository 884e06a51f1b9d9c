from __future__ import annotations

import numpy as np
import pytest
import shapely

from app.sample import plane

RING = ((0.0, 0.0), (40.0, 3.0), (35.5, 28.0), (18.0, 12.0), (2.0, 30.0))
HOLE = ((10.0, 5.0), (16.0, 5.5), (14.0, 9.0))


@pytest.mark.parametrize("south_up", [False, True])
def test_distance_inside_agrees_with_geos(south_up: bool) -> None:
    us, vs = np.arange(-5, 50, 0.7), np.arange(-5, 40, 0.9)
    if not south_up:
        vs = vs[::-1]
    shape = shapely.Polygon(RING, [HOLE])
    points = shapely.points(*np.meshgrid(us, vs))
    wanted = np.where(shapely.contains(shape, points), np.minimum(shapely.distance(shape.boundary, points), 6.0), 0)
    assert np.allclose(plane.inside_distance(us, vs, (RING, HOLE), 6.0), wanted, atol=1e-4)


def test_distance_to_a_line_and_along_it() -> None:
    us, vs = np.arange(0, 60, 1.3), np.arange(0, 40, 1.1)
    line = ((5.0, 5.0), (30.0, 8.0), (50.0, 30.0))
    shape, points = shapely.LineString(line), shapely.points(*np.meshgrid(us, vs))
    distance, along = plane.line_distance(us, vs, line, 8.0)
    wanted = shapely.distance(shape, points)
    near = wanted < 7.9
    assert np.allclose(distance[near], wanted[near], atol=1e-4)
    assert np.all(distance[~near] >= 7.89)
    on_it = shapely.line_interpolate_point(shape, along[near].astype(float))
    assert np.allclose(shapely.distance(on_it, points[near]), wanted[near], atol=1e-3)


def test_window_in_both_directions() -> None:
    up = np.arange(10.0)
    for axis in (up, up[::-1]):
        part = axis[plane.window(axis, 2.5, 6.0)]
        assert sorted(part) == [3, 4, 5, 6]
    assert plane.window(up, 20, 30).start == plane.window(up, 20, 30).stop


def test_split_gives_both_the_very_same_side() -> None:
    ring = plane.blob((0, 0), (50, 30), 10, ((3, 0.1, 0.2),), 20)
    between = ((-4.0, -10.0), (3.0, 0.0), (-2.0, 11.0))
    one, other = plane.split(ring, 5, 15, between)
    first, second, whole = shapely.Polygon(one), shapely.Polygon(other), shapely.Polygon(ring)
    assert first.is_valid
    assert second.is_valid
    assert first.area + second.area == pytest.approx(whole.area, abs=1e-9)
    assert first.intersection(second).area == 0
    assert set(one) & set(other) == {ring[5], ring[15], *between}


def test_curve_keeps_its_points() -> None:
    points = ((0.0, 0.0), (10.0, 4.0), (20.0, 0.0))
    line = plane.curve(points, 5)
    assert len(line) == 11
    assert set(points) <= set(line)


def test_spiral_goes_down_at_its_grade() -> None:
    ring = plane.blob((0, 0), (100, 100), 0, (), 36, 2.0)
    line = plane.spiral(ring, 0, 1, 12.0, 0.1, lambda down: 5.0 + down)
    radii = [np.hypot(u, v) for u, v in line]
    assert radii[0] == pytest.approx(95, abs=1)
    assert radii[-1] == pytest.approx(100 - 17, abs=1)
    assert shapely.LineString(line).length == pytest.approx(120, rel=0.15)
