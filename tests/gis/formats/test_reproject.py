from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from gis.formats.reproject import across, strays
from models.errors import Refused

BAOTOU = (109.8, 40.6, 109.9, 40.7)


def crs(code):
    return pyproj.CRS.from_user_input(code)


def test_the_same_system_needs_no_way():
    assert across(crs(4546), crs(4546), (389800, 4497400, 389900, 4497500), "f") == (None, [])


def test_zone_with_and_without_number_differ_by_the_number_alone():
    way, _ = across(crs(4525), crs(4546), (37389800, 4497400, 37389900, 4497500), "f")
    assert way.transform(37389800, 4497400) == pytest.approx((389800, 4497400), abs=1e-6)


def test_wgs_84_is_taken_as_equal_and_said():
    way, notices = across(crs(4326), crs(4546), BAOTOU, "f")
    exact = pyproj.Transformer.from_crs(4490, 4546, always_xy=True).transform(109.8, 40.6)
    assert way.transform(109.8, 40.6) == pytest.approx(exact, abs=0.001)
    assert [n.key for n in notices] == ["crs.reprojected", "crs.same_datum"]


@pytest.mark.parametrize("old", [2363, 2383, 2431, 2411, 4610, 4214])
def test_old_datums_are_never_taken_for_cgcs2000(old):
    with pytest.raises(Refused, match="another datum"):
        across(crs(old), crs(4546), BAOTOU if crs(old).is_geographic else (500000, 4500000, 500100, 4500100), "f")


def test_one_that_stands_alone_is_a_stray_and_a_scattered_inventory_is_none():
    near = [shapely.Point(389_500 + 25 * i, 4_497_270) for i in range(5)]
    assert strays([*near, shapely.Point(389_500, 4_497_270 + 60_000)]) == [(5, pytest.approx(60_000, rel=0.01))]
    rng = np.random.default_rng(1)
    scattered = shapely.points(rng.uniform(0, 150_000, (40, 2)) + np.array([300_000, 4_400_000]))
    assert strays(scattered) == []
    assert strays([near[0], shapely.Point(389_500, 4_600_000)]) == []
