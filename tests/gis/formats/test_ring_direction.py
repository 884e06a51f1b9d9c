"""Rings of shapefiles: the direction says what is a hole."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from gis.formats import bulk, parsing, read_features
from gis.formats.ring_direction import holes_again
from gis.topology import clean_polygons
from tests.gis.formats.here import no_child

X, Y = 417_000.0, 4_496_000.0


def ring(x, y, side, *, clockwise):
    made = shapely.box(X + x, Y + y, X + x + side, Y + y + side, ccw=not clockwise)
    return made.exterior


def test_a_hole_outside_its_shell_adds_nothing(tmp_path):
    """Written by hand as a shapefile of one record with two rings; 200 m square, a hole of 60 m beside it."""
    path = tmp_path / "坑.shp"
    both = shapely.MultiPolygon(
        [shapely.Polygon(ring(0, 0, 200, clockwise=True)), shapely.Polygon(ring(300, 0, 60, clockwise=True))]
    )
    frame = shapely.to_wkb([both])
    pyogrio.raw.write(path, np.array(frame, object), [np.array(["K"], object)], ["code"], geometry_type="MultiPolygon",
                      crs="EPSG:4546", driver="ESRI Shapefile")  # fmt: skip
    body = bytearray(path.read_bytes())
    at = 100 + 8 + 44 + 2 * 4  # header, record head, shape head, two part numbers
    points = np.frombuffer(bytes(body[at:]), "<f8").reshape(-1, 2).copy()
    second = 5
    points[second:] = points[second:][::-1]
    body[at:] = points.tobytes()
    path.write_bytes(body)
    with no_child():
        (feature,) = read_features(path, target_crs="EPSG:4546").features
    (cleaned,) = clean_polygons([feature.geometry])
    assert cleaned.geometry.area == pytest.approx(200 * 200)
    assert cleaned.rule == "hole_outside"


def test_parts_that_all_run_the_same_way_stay():
    for clockwise in (True, False):
        both = shapely.MultiPolygon([shapely.Polygon(ring(x, 0, 50, clockwise=clockwise)) for x in (0, 100)])
        (made,) = holes_again(np.array([both], object))
        assert made.equals(both)
        assert shapely.get_num_geometries(made) == 2


def test_single_parts_missing_ones_and_points_are_left_alone():
    shapes = [shapely.box(0, 0, 1, 1), None, shapely.Point(0, 0), shapely.MultiPolygon()]
    assert [*holes_again(np.array(shapes, object))] == shapes


def test_the_rule_holds_for_files_that_are_read_feature_by_feature_too(tmp_path, monkeypatch):
    two = shapely.MultiPolygon([shapely.box(X, Y, X + 200, Y + 200), shapely.box(X + 300, Y, X + 360, Y + 60)])
    path = tmp_path / "a.shp"
    gpd.GeoDataFrame({"code": ["K"]}, geometry=[two], crs="EPSG:4546").to_file(path, engine="pyogrio")
    turned = []
    monkeypatch.setattr(bulk, "head", lambda *_a: None)
    monkeypatch.setattr(parsing, "holes_again", lambda shapes: turned.append(len(shapes)) or shapes)
    with no_child():
        read_features(path, target_crs="EPSG:4546")
    assert turned == [1]
