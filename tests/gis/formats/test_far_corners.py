"""A corner that lies nowhere near the others is told in every format, whatever size the slip has."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from gis.formats import read_features
from gis.formats.far_corners import far_corners
from tests.gis.formats.here import no_child

X, Y = 389800.0, 4497400.0


def slipped(east: float, corners: int = 4) -> Polygon:
    """A pit of 100 m with one corner moved east."""
    ring = [list(p) for p in Point(X, Y).buffer(50, quad_segs=corners // 4).exterior.coords[:-1]]
    ring[1][0] += east
    return Polygon(ring)


def told(*shapes):
    return [i for i, _, _ in far_corners(np.array(shapes, dtype=object))]


@pytest.mark.parametrize("corners", [4, 8, 20, 100])
@pytest.mark.parametrize("east", [1e3, 1e4, 1e5, 1e6])
def test_one_digit_too_many_is_told_from_a_kilometre_on(east, corners):
    assert told(box(X, Y, X + 600, Y + 600), slipped(east, corners)) == [1]


@pytest.mark.parametrize(
    "shape",
    [
        box(X, Y, X + 5000, Y + 20),  # a road
        Polygon([(X, Y), (X + 900, Y), (X + 900, Y + 900), (X + 10, Y + 10)]),  # a walk that ends where it began
        Polygon([(X, Y), (X + 900, Y), (X + 450, Y + 700)]),
        MultiPolygon([box(X, Y, X + 100, Y + 100), box(X + 30000, Y, X + 30100, Y + 100)]),
        Point(X, Y).buffer(20000, quad_segs=300),
        Polygon([(0, 0), (800, 0), (800, 600), (0, 600)]),  # a local frame
        Polygon([(0, 5), (800, 5), (800, 600), (20, 600)]),
    ],
)
def test_ordinary_outlines_are_left_alone(shape):
    assert told(shape) == []


def test_the_corner_itself_is_named_in_metres_and_degrees():
    assert (
        next(far_corners(np.array([slipped(1e4)], dtype=object)))[1].render().startswith("a corner at 399800, 4497350")
    )
    degrees = shapely.transform(slipped(1e4), lambda xy: xy / 1e5 + np.array([106, -4]))
    assert "a corner at 109.998, 40.9735" in next(far_corners(np.array([degrees], dtype=object)))[1].render()


def test_a_slip_in_a_land_office_file_is_told(tmp_path):
    ring = [(X, Y), (X, Y + 100), (X + 100, Y + 100), (X + 100, Y), (X, Y)]
    lines = [f"J{i},1,{y:.3f},{37e6 + x + (1e5 if i == 3 else 0):.3f}" for i, (x, y) in enumerate(ring, 1)]
    head = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=37\n[地块坐标]\n5,1.0000,1,坑,面,,,,@\n"
    (tmp_path / "a.txt").write_bytes((head + "\n".join(lines)).encode("gb18030"))
    with no_child():
        came = read_features(tmp_path / "a.txt", target_crs="EPSG:4546")
    assert "import.far_corner" in [n.key for n in came.features[0].notes]


def test_an_outline_far_larger_than_the_others_is_told(tmp_path):
    rings = [f"{X + 200 * i} {Y}, {X + 200 * i} {Y + 80}, {{}} {Y + 80}, {{}} {Y}, {X + 200 * i} {Y}" for i in range(3)]
    wkt = [r.format(*[(4e5 if i == 1 else 100) + X + 200 * i] * 2) for i, r in enumerate(rings)]
    (tmp_path / "a.csv").write_text("wkt\n" + "".join(f'"POLYGON (({w}))"\n' for w in wkt), "utf-8")
    with no_child():
        came = read_features(tmp_path / "a.csv", target_crs="EPSG:4546", crs="EPSG:4546")
    assert [w.render()[:21] for w in came.warnings if w.key == "import.wide"] == ["row 3 is 400 km acros"]


def test_corners_that_are_no_numbers_are_left_to_others():
    ring = np.array([(X, Y), (X + 900, Y), (X + 900, Y + 900), (X, Y + 900), (X, Y)])
    broken = []
    for x in (float("nan"), float("inf"), 1e308):
        ring[2, 0] = x
        with np.errstate(invalid="ignore"):
            broken.append(Polygon(ring))
    assert told(*broken[:2], box(X, Y, X + 900, Y + 900)) == []
    assert told(broken[2]) == [0]
