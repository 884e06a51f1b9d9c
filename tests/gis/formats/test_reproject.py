from __future__ import annotations

import pyproj
import pytest

from gis.formats.reproject import across
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
