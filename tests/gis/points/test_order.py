from __future__ import annotations

import numpy as np
import pytest

from gis.points import read_points
from models.errors import Refused
from tests.gis.points.conftest import EAST, HOME, NORTH, plane


def table(write, first, second, *, name="a.csv", head="点号,X,Y,H\n"):
    rows = "".join(
        f"{i},{a:.6f},{b:.6f},{1050 + i % 3}\n" for i, (a, b) in enumerate(zip(first, second, strict=True), 1)
    )
    return write(name, head + rows)


def read(path, **more):
    return read_points(path, target_crs=more.pop("home", HOME), **more)


def test_plausible_order_is_said_with_its_reason(write, places):
    e, n = places.T
    north_first = read(table(write, n, e), crs=HOME)
    east_first = read(table(write, e, n), crs=HOME)
    assert (north_first.order, east_first.order) == ("ne", "en")
    assert np.array_equal(north_first.xy, east_first.xy)
    assert north_first.order_said.render().startswith("the northing stands first (only so do the values lie where")


def test_zone_numbers_tell_easting_and_system(write, places):
    e, n = places.T
    with pytest.raises(Refused, match="EPSG:4525") as refused:
        read(table(write, n, e + 37_000_000))
    assert refused.value.key == "import.no_crs"
    points = read(table(write, n, e + 37_000_000), crs="EPSG:4525")
    assert points.xy == pytest.approx(places, abs=1e-3)
    assert points.order == "ne"


def test_a_zone_number_that_the_stated_system_has_not_is_refused(write, places):
    e, n = places.T
    with pytest.raises(Refused) as refused:
        read(table(write, n, e + 37_000_000), crs=HOME, order="ne")
    assert refused.value.key == "import.unfit_crs"


def test_no_system_stated_is_refused_with_the_guess(write, places):
    e, n = places.T
    with pytest.raises(Refused, match="--crs EPSG:4546"):
        read(table(write, n, e))
    points = read(table(write, n, e), accept_guess=True)
    assert (points.crs, points.crs_basis) == (HOME, "guessed")


def test_numbers_that_fit_both_orders_are_refused_naming_what_to_state(write, places):
    e, n = places.T
    path = table(write, e, n - NORTH + 500_000)
    with pytest.raises(Refused, match="--order en") as refused:
        read(path, crs="EPSG:32637", home="EPSG:32637")
    assert refused.value.key == "points.order_unknown"
    assert read(path, crs="EPSG:32637", home="EPSG:32637", order="en").order == "en"


def test_a_system_that_is_not_chinese(write):
    """Slovenia D96/TM: both coordinates have six digits, only its area of use tells them apart."""
    e, n = 462_000 + np.arange(10.0) ** 2, 101_000 + np.arange(10.0) * 7
    assert read(table(write, n, e), crs="EPSG:3794", home="EPSG:3794").order == "ne"
    assert read(table(write, e, n), crs="EPSG:3794", home="EPSG:3794").order == "en"


def test_degrees_are_refused_unless_stated_and_then_transformed(write):
    from pyproj import Transformer

    e, n = EAST + np.arange(10.0) ** 2, NORTH + np.arange(10.0) * 7
    lon, lat = Transformer.from_crs(4546, 4490, always_xy=True).transform(e, n)
    rows = "".join(f"{a:.9f},{b:.9f},1050\n" for a, b in zip(lat, lon, strict=True))
    path = write("经纬度.csv", "纬度,经度,高程\n" + rows)
    for stated in (None, HOME):
        with pytest.raises(Refused, match="degrees") as refused:
            read(path, crs=stated)
        assert refused.value.key == "points.degrees"
    points = read(path, crs="EPSG:4490")
    assert points.xy == pytest.approx(np.column_stack((e, n)), abs=1e-3)
    assert points.order == "ne"


def test_data_of_another_country_are_refused(write, places):
    e, n = places.T
    with pytest.raises(Refused):
        read(table(write, e, n), crs="EPSG:3794")


def test_a_stray_does_not_decide_order_or_system(write, places):
    e, n = places.T.copy()
    e[0] = n[0] = 0
    assert read(table(write, n, e), crs=HOME).order == "ne"


def test_the_plane_survives_a_change_of_zone(write, places):
    """Points given in the neighbouring 3° zone come back to their places in the project's."""
    from pyproj import Transformer

    e, n = Transformer.from_crs(4546, 4545, always_xy=True).transform(*places.T)
    points = read(table(write, n, e), crs="EPSG:4545")
    assert points.xy == pytest.approx(places, abs=1e-4)
    assert plane(*points.xy.T) == pytest.approx(plane(*places.T), abs=1e-5)
