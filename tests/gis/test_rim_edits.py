"""Stretches of outlines: from places, both ways round, and found again on outlines that changed."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.rim_edits import about, between, find, rings_of, tolerance
from models.errors import Refused
from models.rim_edit import RimEdit

BOX = shapely.box(0, 0, 100, 60)
ISLAND = shapely.box(40, 20, 60, 40)
RING = BOX.difference(ISLAND)


def kept(stretch) -> RimEdit:
    """The edit that would be stored of a stretch."""
    (x1, y1), (x2, y2) = stretch.ends
    return RimEdit("leave_out", x1, y1, x2, y2, stretch.length)


def test_rings_run_counter_clockwise_whatever_the_outline() -> None:
    turned = shapely.Polygon(shapely.get_coordinates(BOX)[::-1])
    for outline in (BOX, turned, RING, shapely.MultiPolygon([BOX, shapely.box(200, 0, 210, 10)])):
        assert all(shapely.LinearRing(r.line).is_ccw for r in rings_of(outline))
    assert [(r.part, r.number) for r in rings_of(RING)] == [(0, 0), (0, 1)]


def test_the_shorter_way_and_the_other() -> None:
    a, b = (20.0, 0.0), (50.0, 0.0)
    short, long = (between(BOX, a, b, "P", other_way=way) for way in (False, True))
    assert short.length == pytest.approx(30)
    assert long.length == pytest.approx(320 - 30)
    assert short.line.equals(shapely.LineString([(20, 0), (50, 0)]))
    assert shapely.union(short.line, long.line).length == pytest.approx(320)
    assert between(BOX, b, a, "P", other_way=False).ends == short.ends


def test_round_a_corner_and_over_the_first_vertex() -> None:
    stretch = about(BOX, (100.0, 0.0), 30.0, "P")
    assert stretch.line.equals(shapely.LineString([(85, 0), (100, 0), (100, 15)]))
    for corner in shapely.get_coordinates(BOX):
        line = about(BOX, tuple(corner), 10.0, "P").line
        assert line.length == pytest.approx(10)
        assert line.distance(shapely.Point(corner)) == pytest.approx(0, abs=1e-9)


def test_at_most_the_whole_ring() -> None:
    whole = about(BOX, (50.0, 0.0), 1000.0, "P")
    assert whole.whole
    assert whole.length == pytest.approx(320)
    assert kept(whole).whole_ring
    assert find(BOX, kept(whole)).whole
    assert about(RING, (50.0, 20.0), 1000.0, "P").length == pytest.approx(80)


@given(
    start=st.floats(0, 1), length=st.floats(0.01, 0.99), roll=st.integers(0, 11), turned=st.booleans(),
    wave=st.floats(0, 0.3),
)  # fmt: skip
def test_found_again_however_the_outline_is_written(start, length, roll, turned, wave) -> None:
    """The same stretch on the same ring with another first vertex and the other sense of rotation."""
    t = np.arange(12) / 12 * 2 * np.pi
    r = 50 * (1 + wave * np.cos(3 * t))
    points = np.column_stack((r * np.cos(t), r * np.sin(t)))
    outline = shapely.Polygon(points)
    perimeter = outline.length
    ring = rings_of(outline)[0]
    middle = ring.place(start * perimeter)
    stretch = about(outline, middle, length * perimeter, "P")
    other = shapely.Polygon(np.roll(points[::-1] if turned else points, roll, axis=0))
    again = find(other, kept(stretch))
    assert again is not None
    assert again.length == pytest.approx(stretch.length, abs=1e-6)
    assert again.line.hausdorff_distance(stretch.line) < 1e-6
    ends = between(outline, *stretch.ends, "P", other_way=length > 0.5)
    assert ends.length == pytest.approx(stretch.length, abs=1e-6) or math.isclose(length, 0.5, abs_tol=1e-6)


def test_small_changes_of_the_outline_are_followed_and_large_ones_are_not() -> None:
    edit = kept(about(BOX, (50.0, 0.0), 20.0, "P"))
    near = find(shapely.box(0, 1.0, 100, 60), edit)
    assert near is not None
    assert near.line.equals(shapely.LineString([(40, 1), (60, 1)]))
    assert find(shapely.box(0, 10.0, 100, 60), edit) is None
    bulge = shapely.union(BOX, shapely.box(45, -40, 55, 0))
    assert find(bulge, edit) is None, "the way between the ends has become four times as long"
    assert find(shapely.MultiPolygon(), edit) is None


@pytest.mark.parametrize(
    ("place", "key"), [((50.0, 10.0), "rim.far"), ((float("nan"), 0.0), "rim.place"), ((1e9, 0.0), "rim.far")]
)
def test_places_must_lie_near_the_outline(place, key: str) -> None:
    with pytest.raises(Refused) as caught:
        about(BOX, place, 10.0, "P")
    assert caught.value.key == key
    if place[0] == 50.0:
        assert "50.00, 0.00" in str(caught.value), "the nearest place is named"


def test_what_is_no_stretch() -> None:
    cases = {
        "rim.rings": lambda: between(RING, (50.0, 0.0), (50.0, 20.0), "P", other_way=False),
        "rim.one_place": lambda: between(BOX, (50.0, 0.0), (50.0, 0.0), "P", other_way=False),
        "rim.length": lambda: about(BOX, (50.0, 0.0), -1.0, "P"),
    }
    for key, act in cases.items():
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.key == key


def test_tolerance_follows_the_outline() -> None:
    assert tolerance(shapely.box(0, 0, 10, 10)) == 2.0
    assert tolerance(shapely.box(0, 0, 500, 500)) == 10.0
    assert tolerance(shapely.box(0, 0, 5000, 5000)) == 25.0
