"""Data far from the project: the distance against the ellipsoid, the cause named only where it explains the place."""

from __future__ import annotations

import pyproj
import pytest

from gis.far_away import FAR_M, beyond_remark, far_remark

HOME = pyproj.CRS("EPSG:4546")
SITES = (417_000.0, 4_496_000.0, 418_000.0, 4_497_000.0)
GEOD = pyproj.Geod(ellps="GRS80")


def moved(box, source, target):
    x0, y0, x1, y1 = pyproj.Transformer.from_crs(source, target, always_xy=True).transform_bounds(*box)
    return (x0, y0, x1, y1)


def test_near_data_and_an_empty_project_say_nothing():
    x0, y0, x1, y1 = SITES
    assert far_remark(SITES, HOME, HOME, [SITES]) is None
    assert far_remark((x1 + FAR_M - 1, y0, x1 + FAR_M + 500, y1), HOME, HOME, [SITES]) is None
    assert far_remark((x0 + 9e5, y0, x1 + 9e5, y1), HOME, HOME, []) is None
    assert far_remark((x1 + FAR_M + 1, y0, x1 + FAR_M + 500, y1), HOME, HOME, [SITES]).key == "import.far"


@pytest.mark.parametrize("code", ["EPSG:4545", "EPSG:4547", "EPSG:4548"])
def test_a_wrong_zone_is_named_with_the_distance_on_the_ellipsoid(code):
    # The sites' numbers in the zone `code`, but the file says the project's zone.
    numbers = moved(SITES, HOME, code)
    said = far_remark(numbers, HOME, HOME, [SITES])
    assert (said.key, said.facts["code"]) == ("zone.wrong", code)
    degrees = pyproj.Transformer.from_crs(HOME, 4490, always_xy=True)
    edge = (min(max((numbers[0] + numbers[2]) / 2, SITES[0]), SITES[2]), (SITES[1] + SITES[3]) / 2)
    a, b = degrees.transform(*edge), degrees.transform((numbers[0] + numbers[2]) / 2, (numbers[1] + numbers[3]) / 2)
    assert said.facts["km"] == pytest.approx(GEOD.inv(*a, *b)[2] / 1000, rel=0.01)
    assert said.facts["wind"].text == ("east" if code == "EPSG:4545" else "west")


def test_a_file_that_claims_the_zone_beside_is_told_with_the_project_s_own():
    said = far_remark(moved(SITES, "EPSG:4547", HOME), pyproj.CRS("EPSG:4547"), HOME, [SITES])
    assert (said.key, said.facts["code"]) == ("zone.wrong", "EPSG:4546")


def test_a_drone_s_utm_zone_is_held_against_the_zones_of_utm():
    said = far_remark(
        moved(SITES, "EPSG:32648", HOME), pyproj.CRS("EPSG:32648"), HOME, [moved(SITES, "EPSG:32649", HOME)]
    )
    assert (said.key, said.facts["code"]) == ("zone.wrong", "EPSG:32649")


def test_exchanged_axes_degrees_and_local_numbers_are_told_apart():
    turned = (SITES[1], SITES[0], SITES[3], SITES[2])
    assert far_remark(turned, HOME, HOME, [SITES]).key == "axes.wrong"
    assert far_remark((110.01, 40.6, 110.02, 40.61), HOME, HOME, [SITES]).key == "degrees.as_metres"
    assert far_remark((1000.0, 2000.0, 3000.0, 5000.0), HOME, HOME, [SITES]).key == "far.local"


def test_one_thing_of_the_project_is_enough_to_be_near_to():
    away = (SITES[0], SITES[1] - 900_000, SITES[2], SITES[3] - 900_000)
    between = (SITES[0], SITES[1] - 450_000, SITES[2], SITES[3] - 450_000)
    assert far_remark(away, HOME, HOME, [SITES, away]) is None
    # One box around both would hold what lies in the emptiness between them.
    assert far_remark(between, HOME, HOME, [SITES, away]).facts["km"] == pytest.approx(450, rel=0.01)


def test_the_other_side_of_the_globe_has_a_distance_too():
    said = beyond_remark(-122.2, 46.2, HOME, [SITES])
    assert said.facts["km"] == pytest.approx(9_300, rel=0.05)  # Baotou - Mount St. Helens
