from __future__ import annotations

import math

import numpy as np
import pyproj
import pytest
from pyproj.transformer import Transformer

from gis.datum_shift import DatumShift, Plane, find
from models.errors import Refused

XIAN, BEIJING, HOME = pyproj.CRS.from_epsg(2382), pyproj.CRS.from_epsg(2434), pyproj.CRS.from_epsg(4546)
SEVEN = (100.0, -50.0, 20.0, 0.5, -0.3, 1.1, 2.5)
X, Y = 389800.0, 4497400.0


def shift(kind="seven", source="EPSG:4610", target="EPSG:4490", values=SEVEN, **more):
    return DatumShift("a", kind, source, target, values, **more)


def bursa(lon, lat, values, sign):
    """Bursa-Wolf written out (EPSG guidance note 7-2, 2.4.3.3), at the ellipsoid; lon, lat in degrees of CGCS2000."""
    dx, dy, dz, rx, ry, rz, ppm = values
    rx, ry, rz = (sign * math.radians(r / 3600) for r in (rx, ry, rz))
    to_xyz = Transformer.from_pipeline("+proj=cart +a=6378140 +rf=298.257")
    x, y, z = to_xyz.transform(math.radians(lon), math.radians(lat), 0.0, radians=True)
    m = 1 + ppm * 1e-6
    a = (dx + m * (x - rz * y + ry * z), dy + m * (rz * x + y - rx * z), dz + m * (-ry * x + rx * y + z))
    back = Transformer.from_pipeline("+proj=cart +a=6378137 +rf=298.257222101")
    lon, lat, _ = back.transform(*a, direction="INVERSE", radians=True)
    return math.degrees(lon), math.degrees(lat)


@pytest.mark.parametrize(("convention", "sign"), [("position_vector", 1), ("coordinate_frame", -1)])
def test_seven_parameters_are_the_formula_of_the_book_in_either_sense(convention, sign):
    degrees = Transformer.from_crs(2382, 4610, always_xy=True).transform(X, Y)
    expected = Transformer.from_crs(4490, 4546, always_xy=True).transform(*bursa(*degrees, SEVEN, sign))
    got = shift(convention=convention).way(XIAN, HOME).transform(np.array([X]), np.array([Y]))
    assert (got[0][0], got[1][0]) == pytest.approx(expected, abs=1e-3)


def test_three_parameters_are_seven_without_turn_and_scale():
    a = shift("three", values=SEVEN[:3]).way(XIAN, HOME).transform(np.array([X]), np.array([Y]))
    b = shift(values=(*SEVEN[:3], 0, 0, 0, 0)).way(XIAN, HOME).transform(np.array([X]), np.array([Y]))
    assert a[0][0] == pytest.approx(b[0][0], abs=1e-6)
    assert a[1][0] == pytest.approx(b[1][0], abs=1e-6)


def test_four_parameters_turn_north_and_east_as_written():
    plane = Plane(10.0, 20.0, 3600.0, 1000.0)  # one degree, a thousandth
    x, y = plane.transform(np.array([200.0]), np.array([100.0]))
    cos, sin = 1.001 * math.cos(math.radians(1)), 1.001 * math.sin(math.radians(1))
    assert y[0] == pytest.approx(10 + 100 * cos - 200 * sin)
    assert x[0] == pytest.approx(20 + 100 * sin + 200 * cos)


def test_four_parameters_hold_for_data_with_the_zone_number_too():
    four = shift("four", "EPSG:2382", "EPSG:4546", (-5.0, 40.0, 0.0, 0.0))
    numbered = pyproj.CRS.from_epsg(2361)
    x, y = four.way(numbered, HOME).transform(np.array([37e6 + X]), np.array([Y]))
    assert (x[0], y[0]) == pytest.approx((X + 40, Y - 5), abs=1e-6)


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"values": SEVEN[:3]}, "shift.count"),
        ({"values": (*SEVEN[:6], math.nan)}, "shift.count"),
        ({"kind": "five"}, "shift.kind"),
        ({"convention": "neither"}, "shift.kind"),
        ({"target": "EPSG:4326"}, "shift.target"),
        ({"source": "Nowhere"}, "crs.unknown"),
        ({"kind": "four", "values": (0.0, 0.0, 0.0, 0.0)}, "shift.plane"),
    ],
)
def test_what_is_no_set_of_parameters_is_refused(wrong, key):
    with pytest.raises(Refused) as caught:
        shift(**wrong).check()
    assert caught.value.key == key


def test_parameters_that_throw_data_out_of_the_county_are_refused():
    assert 50 < shift().moved_m(XIAN, X, Y) < 400
    with pytest.raises(Refused, match="no datum of China"):
        shift(values=(100.0, -50.0, 20.0, 500.0, 0.0, 0.0, 0.0)).moved_m(XIAN, X, Y)


def test_only_parameters_of_the_same_datum_are_found_and_never_one_of_several():
    a, b = shift(), DatumShift("b", "three", "EPSG:4610", "EPSG:4490", SEVEN[:3])
    assert find([a], XIAN) == a
    assert find([a], BEIJING) is None
    assert find([a, b], XIAN, "b") == b
    with pytest.raises(Refused, match="several parameters"):
        find([a, b], XIAN)
    with pytest.raises(Refused, match="no parameters “c”"):
        find([a, b], XIAN, "c")


def test_what_is_kept_comes_back_the_same():
    one = shift(origin="某测绘院 2019")
    assert DatumShift.from_json(one.to_json()) == one
    with pytest.raises(Refused):
        DatumShift.from_json({"name": "a"})
