from __future__ import annotations

import pytest
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, box

from gis.overlay import Control, ControlIndex, overlay
from models.site import Site

PIT = MultiPolygon([box(0, 0, 100, 100)])
SITE = Site(uid="u", code="SK-001", name="", layer="sand_pits", outline=PIT, crs="EPSG:4546", fills=True)


def ask(shape, search_m=500.0):
    return overlay(SITE, [("red_lines", "HX-001", "北红线", "red_line", shape)], search_m)[0]


@pytest.mark.parametrize(
    ("shape", "relation", "area", "share", "distance"),
    [
        (box(80, 0, 200, 100), "overlaps", 2000.0, 0.2, 0.0),
        (box(-50, -50, 200, 200), "inside", 10_000.0, 1.0, 0.0),
        (box(40, 40, 60, 60), "overlaps", 400.0, 0.04, 0.0),
        (box(100, 0, 200, 100), "touches", 0.0, 0.0, 0.0),
        (box(100, 100, 200, 200), "touches", 0.0, 0.0, 0.0),
        (box(130, 140, 200, 200), "clear", 0.0, 0.0, 50.0),
        (box(100.25, 0, 200, 100), "clear", 0.0, 0.0, 0.25),
    ],
)
def test_figures_known_by_hand(shape, relation, area, share, distance):
    found = ask(shape)
    assert found.relation == relation
    assert found.area_m2 == pytest.approx(area, abs=1e-9)
    assert found.share == pytest.approx(share, abs=1e-12)
    assert found.distance_m == pytest.approx(distance, abs=1e-12)


def test_a_strip_below_the_millimetre_is_touching_not_overlap():
    assert ask(box(99.9995, 0, 200, 100)).relation == "touches"
    assert ask(box(99.99, 0, 200, 100)).relation == "overlaps"


def test_the_nearest_of_each_kind_is_listed_however_far_and_the_rest_within_the_radius():
    far, farther = box(5000, 0, 5100, 100), box(9000, 0, 9100, 100)
    controls = [
        ("red_lines", "HX-001", "", "red_line", far),
        ("red_lines", "HX-002", "", "red_line", farther),
        ("control_areas", "KZ-001", "", "water_source_1", farther),
        ("control_areas", "KZ-002", "", "wetland", translate(box(0, 0, 10, 10), 150, 0)),
        ("control_areas", "KZ-003", "", "wetland", translate(box(0, 0, 10, 10), 160, 0)),
    ]
    found = {c.code: c.distance_m for c in overlay(SITE, controls)}
    assert found == {"HX-001": 4900.0, "KZ-001": 8900.0, "KZ-002": 50.0, "KZ-003": 60.0}


def test_conflicts_come_first_largest_before_smaller():
    controls = [
        ("red_lines", "A", "", "red_line", box(90, 0, 200, 100)),
        ("red_lines", "B", "", "red_line", box(0, 0, 50, 100)),
        ("red_lines", "C", "", "red_line", box(130, 0, 200, 100)),
    ]
    assert [c.code for c in overlay(SITE, controls)] == ["B", "A", "C"]


def test_holes_in_a_control_area_are_free_ground():
    ring = box(-100, -100, 200, 200).difference(box(-10, -10, 110, 110))
    assert ask(ring).relation == "clear"
    assert ask(ring).distance_m == pytest.approx(10)


def test_no_controls_no_answer_and_empty_ones_are_passed_over():
    assert overlay(SITE, []) == []
    assert ControlIndex([Control("red_lines", "x", "", "red_line", MultiPolygon())]).against(SITE) == []


def test_the_answer_is_the_contract_s_dictionary():
    data = ask(box(80, 0, 200, 100)).to_json()
    assert {"site", "layer", "code", "name", "kind", "relation", "area_m2", "share", "distance_m"} <= set(data)
    assert data["site"] == "SK-001"
    assert data["name"] == "北红线"
