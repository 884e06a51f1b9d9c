"""Hatches of a drawing: their boundaries are outlines, unless a line draws the same one."""

from __future__ import annotations

import ezdxf
import pytest
import shapely

from gis.formats import read_features
from tests.gis.formats.here import no_child

X, Y = 389_800.0, 4_497_400.0
SHELL = [(X, Y), (X + 100, Y), (X + 100, Y + 80), (X, Y + 80)]
HOLE = [(X + 20, Y + 20), (X + 40, Y + 20), (X + 40, Y + 40), (X + 20, Y + 40)]


@pytest.fixture(autouse=True)
def here():
    with no_child():
        yield


def drawing(path, draw):
    made = ezdxf.new("R2010")
    draw(made.modelspace())
    made.saveas(path)
    return read_features(path, target_crs="EPSG:4546", crs="EPSG:4546", prefer="sand_pits")


def said(came):
    return {w.key: w for w in came.warnings}


def test_a_hatch_with_an_island_is_an_outline_with_a_hole(tmp_path):
    def draw(space):
        hatch = space.add_hatch(dxfattribs={"layer": "坑"})
        hatch.paths.add_polyline_path(SHELL, is_closed=True, flags=1)
        hatch.paths.add_polyline_path(HOLE, is_closed=True, flags=16)
        hatch.paths.add_polyline_path([(x + 1e4, y) for x, y in SHELL], is_closed=True, flags=8)  # around a text

    (feature,) = drawing(tmp_path / "a.dxf", draw).features
    assert feature.geometry.equals(shapely.Polygon(SHELL, [HOLE]))


def test_a_hatch_bounded_by_arcs_keeps_to_the_stated_tolerance(tmp_path):
    def draw(space):
        edges = space.add_hatch(dxfattribs={"layer": "坑"}).paths.add_edge_path()
        edges.add_arc((X, Y), 50, 0, 360)

    (feature,) = drawing(tmp_path / "a.dxf", draw).features
    away = shapely.hausdorff_distance(feature.geometry.exterior, shapely.Point(X, Y).buffer(50, 512).exterior)
    assert away <= 0.015


def test_a_hatch_that_fills_a_drawn_outline_comes_once_and_is_counted(tmp_path):
    def draw(space):
        space.add_lwpolyline(SHELL, close=True, dxfattribs={"layer": "坑"})
        hatch = space.add_hatch(dxfattribs={"layer": "填充"})
        hatch.paths.add_polyline_path(SHELL, is_closed=True)

    came = drawing(tmp_path / "a.dxf", draw)
    assert [f.fields["layer"] for f in came.features] == ["坑"]
    assert said(came)["dxf.hatches_same"].facts["count"] == 1
    assert [n for n, _ in came.sublayers] == ["坑"]
