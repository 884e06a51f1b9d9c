from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from gis.topology import GRID_M, RING_LIMIT, clean_polygon, explain_invalid, snap
from models.errors import Refused

SQUARE = box(500000, 4500000, 500100, 4500100)
BOW_TIE = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])


def test_a_sound_outline_comes_back_as_it_was():
    cleaned = clean_polygon(SQUARE)
    assert cleaned.repaired is None
    assert cleaned.geometry.geom_type == "MultiPolygon"
    assert list(cleaned.geometry.geoms[0].exterior.coords) == list(SQUARE.exterior.coords)
    assert (cleaned.area_before, cleaned.area_after) == (10_000.0, 10_000.0)


def test_a_bow_tie_is_refused_with_its_place_and_both_areas():
    with pytest.raises(Refused) as caught:
        clean_polygon(BOW_TIE)
    assert caught.value.key == "topology.ambiguous"
    assert "50.000, 50.000" in caught.value.sentence()
    assert "5000.0" in caught.value.sentence()


def test_a_small_crossing_is_repaired_and_told():
    crossed = Polygon([(0, 0), (10, 0), (10, 10), (0.5, 10), (-0.1, 10.5), (0, 10.6), (0, 10)])
    cleaned = clean_polygon(crossed)
    assert cleaned.geometry.is_valid
    assert "crosses itself" in cleaned.repaired.render()
    assert cleaned.area_before == pytest.approx(crossed.area)
    assert 0 < cleaned.area_after - cleaned.area_before < RING_LIMIT * cleaned.area_after


def test_a_zero_width_spike_goes_without_changing_the_area():
    spiked = Polygon([(0, 0), (10, 0), (10, 10), (20, 10), (10, 10), (0, 10)])
    cleaned = clean_polygon(spiked)
    assert cleaned.repaired is not None
    assert cleaned.geometry.bounds == (0, 0, 10, 10)
    assert cleaned.area_after == pytest.approx(100)


def test_a_hole_outside_the_outline_goes_and_adds_no_ground():
    cleaned = clean_polygon(Polygon(box(0, 0, 10, 10).exterior, [[(20, 20), (22, 20), (22, 22)]]))
    assert cleaned.area_after == pytest.approx(100)
    assert "hole lies outside" in cleaned.repaired.render()


def test_a_hole_across_the_edge_takes_only_what_lies_inside():
    cleaned = clean_polygon(Polygon(box(0, 0, 10, 10).exterior, [box(8, 4, 12, 6).exterior]))
    assert cleaned.area_after == pytest.approx(96)


def test_overlapping_parts_are_one_ground():
    cleaned = clean_polygon(MultiPolygon([box(0, 0, 10, 10), box(5, 5, 15, 15)]))
    assert (cleaned.area_before, cleaned.area_after) == (200, 175)
    assert cleaned.repaired is not None


def test_a_large_part_inside_another_may_be_a_hole_and_is_refused():
    with pytest.raises(Refused, match="hole"):
        clean_polygon(MultiPolygon([box(0, 0, 10, 10), box(2, 2, 8, 8)]))


@pytest.mark.parametrize(
    ("geometry", "key"),
    [
        (None, "topology.empty"),
        (Polygon(), "topology.empty"),
        (LineString([(0, 0), (1, 1)]), "topology.no_polygon"),
        (Point(1, 2), "topology.no_polygon"),
        (Polygon([(0, 0), (10, 0), (5, 0)]), "topology.no_area"),
        (LineString([(0, 0), (math.inf, 0)]), "topology.not_finite"),
        (box(0, 0, 1e-4, 1e-4), "topology.no_area"),
    ],
)
def test_what_encloses_nothing_is_refused(geometry, key):
    with pytest.raises(Refused) as caught:
        clean_polygon(geometry)
    assert caught.value.key == key


def test_the_polygons_of_a_collection_are_taken():
    cleaned = clean_polygon(GeometryCollection([SQUARE, LineString([(0, 0), (1, 1)])]))
    assert cleaned.area_after == pytest.approx(10_000)


def test_heights_go_and_coordinates_are_millimetres():
    cleaned = clean_polygon(Polygon([(0, 0, 7), (10.00049, 0, 7), (10, 9.99951, 7)]))
    assert not cleaned.geometry.has_z
    assert (10.0, 0.0) in cleaned.geometry.geoms[0].exterior.coords
    assert (10.0, 10.0) in cleaned.geometry.geoms[0].exterior.coords


def test_snapping_never_makes_an_outline_invalid():
    needle = Polygon([(0, 0), (10, 0), (10, 5), (5.0004, 0.0004), (0, 5)])  # its tip rounds onto the base
    assert needle.is_valid
    assert snap(needle).is_valid


def test_explain_says_nothing_of_a_sound_outline_and_names_the_place_of_a_fault():
    assert explain_invalid(SQUARE) is None
    assert explain_invalid(BOW_TIE).render() == "the boundary crosses itself at 50.000, 50.000"


coordinate = st.floats(-1000, 1000, allow_nan=False).map(lambda v: round(v, 2))
rings = st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=12)


@settings(max_examples=300, deadline=None)
@given(rings, st.lists(rings, max_size=2))
def test_any_ring_ends_sound_or_refused(shell, holes):
    drawn = Polygon(shell, holes)
    try:
        cleaned = clean_polygon(drawn)
    except Refused:
        return
    result = cleaned.geometry
    assert result.is_valid
    assert not result.is_empty
    assert result.geom_type == "MultiPolygon"
    # Nothing is where no boundary was: every vertex lies on the drawn lines, to the grid.
    lines = shapely.union_all([LineString([*ring, ring[0]]) for ring in (shell, *holes)])
    assert shapely.get_coordinates(result).shape[0] > 3
    assert max(lines.distance(Point(p)) for p in shapely.get_coordinates(result)) <= 2 * GRID_M
    # An outline that came sound keeps its area to the grid; one that did not says so.
    if drawn.is_valid:
        assert cleaned.rule in ("", "points_twice")
        assert abs(cleaned.area_after - drawn.area) <= GRID_M * drawn.length + 1e-6
    else:
        assert cleaned.repaired is not None
    # What comes out can go in again unchanged.
    again = clean_polygon(result)
    assert again.repaired is None
    assert again.geometry.equals(result)
