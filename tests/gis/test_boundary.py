"""Boundary points: order, numbers, sides (screening-rules.md 11.2 and the worked example of 11.3)."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.boundary import boundary_points, outward, points_together, rings_of
from models.errors import Refused

E, N = 389800.0, 4497400.0
OUTER = [(E, N), (E + 300, N), (E + 300, N + 200), (E, N + 200)]
HOLE = [(E + 100, N + 80), (E + 160, N + 80), (E + 160, N + 140), (E + 100, N + 140)]


def places(points):
    return [(p.number, p.ring, p.x_north, p.y_east) for p in points]


def test_the_worked_example_of_the_rules() -> None:
    got = places(boundary_points(shapely.Polygon(OUTER, [HOLE])))
    assert got == [
        ("J1", 1, 4497600.0, 389800.0), ("J2", 1, 4497600.0, 390100.0), ("J3", 1, 4497400.0, 390100.0),
        ("J4", 1, 4497400.0, 389800.0), ("J5", 2, 4497540.0, 389900.0), ("J6", 2, 4497480.0, 389900.0),
        ("J7", 2, 4497480.0, 389960.0), ("J8", 2, 4497540.0, 389960.0),
    ]  # fmt: skip


@given(turn=st.integers(0, 3), back=st.booleans(), hole_turn=st.integers(0, 3), hole_back=st.booleans())
def test_order_of_the_file_does_not_matter(turn: int, back: bool, hole_turn: int, hole_back: bool) -> None:
    def turned(ring, by, reverse):
        ring = ring[by:] + ring[:by]
        return ring[::-1] if reverse else ring

    polygon = shapely.Polygon(turned(OUTER, turn, back), [turned(HOLE, hole_turn, hole_back)])
    assert boundary_points(polygon) == boundary_points(shapely.Polygon(OUTER, [HOLE]))


def test_sides_close_each_ring() -> None:
    points = boundary_points(shapely.Polygon(OUTER, [HOLE]))
    assert [p.side_m for p in points] == [300, 200, 300, 200, 60, 60, 60, 60]
    assert sum(p.side_m for p in points) == shapely.Polygon(OUTER, [HOLE]).length


def test_parts_go_from_the_north_west_and_numbers_run_on() -> None:
    east, west = shapely.box(500, 0, 510, 10), shapely.box(0, 0, 10, 10)
    points = boundary_points(shapely.MultiPolygon([east, west]))
    assert [p.number for p in points] == [f"J{i}" for i in range(1, 9)]
    assert [p.part for p in points] == [1] * 4 + [2] * 4
    assert points[0].y_east == 0
    assert points[4].y_east == 500
    assert [len(r) for r in rings_of(points)] == [4, 4]


def test_points_on_one_millimetre_are_one_and_heights_are_left_out() -> None:
    ring = [(0, 0, 5.0), (10, 0, 5.0), (10.0002, 0.0002, 5.0), (10, 10, 5.0), (0, 10, 5.0)]
    points = boundary_points(shapely.Polygon(ring))
    assert places(points) == [("J1", 1, 10, 0), ("J2", 1, 10, 10), ("J3", 1, 0, 10), ("J4", 1, 0, 0)]


def test_a_corner_cut_at_45_degrees_starts_at_its_northern_end() -> None:
    points = boundary_points(shapely.Polygon([(0, 0), (10, 0), (10, 10), (4, 10), (0, 6)]))
    assert (points[0].x_north, points[0].y_east) == (10, 4)


def test_clockwise_outer_ring_and_anticlockwise_hole() -> None:
    star = shapely.Point(E, N).buffer(100, 5).difference(shapely.Point(E + 10, N).buffer(20, 3))
    for ring in rings_of(boundary_points(star)):
        xy = np.array([(p.y_east - E, p.x_north - N) for p in ring])
        area = 0.5 * np.sum(xy[:, 0] * np.roll(xy[:, 1], -1) - np.roll(xy[:, 0], -1) * xy[:, 1])
        assert (area < 0) == (ring[0].ring == 1)


def test_outward_leaves_the_ground_of_the_site() -> None:
    polygon = shapely.Polygon(OUTER, [HOLE])
    for ring in rings_of(boundary_points(polygon)):
        for i, p in enumerate(ring):
            dx, dy = outward(ring, i)
            assert not polygon.contains(shapely.Point(p.y_east + dx, p.x_north + dy))
            assert polygon.contains(shapely.Point(p.y_east - dx, p.x_north - dy))


def test_a_line_has_no_boundary_points() -> None:
    with pytest.raises(Refused, match="no area"):
        boundary_points(shapely.LineString([(0, 0), (1, 1)]))


def test_neighbours_share_the_numbers_of_shared_points() -> None:
    west, east = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    together = points_together({"W": west, "E": east})
    names = {k: {(p.x_north, p.y_east): p.number for p in v} for k, v in together.items()}
    assert names["W"] == {(10, 0): "J1", (10, 10): "J2", (0, 10): "J3", (0, 0): "J4"}
    assert names["E"] == {(10, 10): "J2", (10, 20): "J5", (0, 20): "J6", (0, 10): "J3"}
    alone = {k: boundary_points(v) for k, v in (("W", west), ("E", east))}
    for key, points in together.items():
        assert [(p.x_north, p.y_east, p.side_m) for p in points] == [
            (p.x_north, p.y_east, p.side_m) for p in alone[key]
        ]
