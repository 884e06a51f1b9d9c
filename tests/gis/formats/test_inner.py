"""Outlines of a drawing inside others: told with both names, or cut out as holes on request."""

from __future__ import annotations

import shapely

from gis.formats import inner
from gis.formats.base import IncomingFeature
from tests.gis.formats.making import HERE, made_raw

X, Y = HERE


def square(side, dx=0.0):
    return shapely.box(X - side + dx, Y - side, X + side + dx, Y + side)


def drawing(*shapes, layers=None, key="dxf"):
    layers = layers or ["坑"] * len(shapes)
    return made_raw([*shapes], "EPSG:4546", key=key, layer=layers)


def test_a_ring_in_a_ring_is_named_with_the_one_around_it_and_the_third_is_an_outline_again():
    raw = drawing(square(10), square(100), square(50), square(5, dx=300))
    found = inner.found_in(raw)
    assert [(i.hole, i.around) for i in found] == [(2, 1)]
    (said,) = inner.told(raw, found)
    assert "row 3 lies inside row 2" in said.render()
    made = inner.cut_out(raw, found)
    assert [f.row for f in made.features] == [1, 2, 4]
    assert made.features[1].geometry.area == 200**2 - 100**2
    assert "rows 3" in made.features[1].notes[0].render()
    assert raw.features[1].geometry.area == 200**2


def test_other_layers_other_formats_and_the_same_outline_twice_are_none():
    assert inner.found_in(drawing(square(100), square(50), layers=["红线", "坑"])) == []
    assert inner.found_in(drawing(square(100), square(50), key="shp")) == []
    assert inner.found_in(drawing(square(100), square(100))) == []


def test_outlines_that_cross_themselves_points_and_missing_ones_are_left_alone():
    tie = shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])
    raw = drawing(square(100), tie, shapely.Point(X, Y))
    raw.features.append(IncomingFeature(4, {"layer": "坑"}, None))
    assert inner.found_in(raw) == []
    assert inner.cut_out(raw, []) is raw
