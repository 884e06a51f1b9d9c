from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.china_offset import from_offset, named, suspect, to_offset

M = 111_320.0


def test_the_shift_is_the_published_one():
    # eviltransform's own check: Tiananmen
    lon, lat = to_offset(np.array([116.404]), np.array([39.915]), "GCJ-02")
    assert (lon[0], lat[0]) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(74, 135), st.floats(18.5, 53))
def test_there_and_back_is_the_same_place(lon, lat):
    for offset, metres in (("GCJ-02", 0.01), ("BD-09", 0.5)):
        x, y = from_offset(*to_offset(np.array([lon]), np.array([lat]), offset), offset)
        assert np.hypot((x[0] - lon) * M, (y[0] - lat) * M) < metres


def test_nothing_is_shifted_outside_of_china():
    x, y = from_offset(np.array([10.0]), np.array([50.0]), "GCJ-02")
    assert (x[0], y[0]) == (10.0, 50.0)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("gcj02", "GCJ-02"),
        ("高德地图", "GCJ-02"),
        ("bd-09", "BD-09"),
        ("百度经度", "BD-09"),
        ("EPSG:4490", None),
    ],
)
def test_names_of_consumer_maps_are_known(text, offset):
    assert named(text) == offset


def test_suspicion_needs_china_and_a_reason():
    assert suspect("shp", ["名称"], 109.8, 40.6) is None
    assert suspect("kml", ["名称"], 109.8, 40.6).key == "offset.suspected"
    assert suspect("kml", ["名称"], 9.8, 40.6) is None
    said = suspect("shp", ["百度坐标X"], 109.8, 40.6)
    assert said.key == "offset.said"
    assert "BD-09" in said.render()
    assert 300 < said.facts["metres"] < 700
