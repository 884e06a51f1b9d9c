"""Volumes between two surveys against closed forms, on grids that have nothing in common, and what must not matter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.comparison import compare_surveys
from gis.comparison.pair import open_pair
from gis.comparison.sums import sum_change
from gis.placing import place
from models.comparison import SurveyComparison
from models.errors import Refused
from models.terrain import ErrorFigures
from tests.gis.comparison.making import CONE_M3, heaped, plane, survey
from tests.gis.ground import box, disc, site

SITE = site(box(100, 95, 205, 200))
GRIDS = {
    "same": ({}, {}),
    "finer_after": ({"cell": 2.5}, {"cell": 1.0, "shift": (0.37, -0.21)}),
    "coarser_after": ({"cell": 1.0}, {"cell": 2.0, "shift": (0.37, -0.21)}),
    "turned_before": ({"cell": 2.0, "angle": 17.0}, {"cell": 1.0}),
    "turned_both": ({"cell": 1.0, "angle": -33.0}, {"cell": 1.5, "angle": 71.0}),
    "other_zone": ({"crs": "EPSG:4545"}, {"cell": 1.5}),
    "finer_in_degrees": ({"cell": 2.0}, {"cell": 1.0, "crs": "EPSG:4490"}),
    "coarser_in_degrees": ({"cell": 3.0, "crs": "EPSG:4490"}, {"cell": 1.0}),
}


@pytest.mark.parametrize("grids", GRIDS.values(), ids=GRIDS.keys())
def test_a_cone_put_on_a_plane(tmp_path: Path, grids: tuple[dict[str, object], dict[str, object]]) -> None:
    before, after = survey(tmp_path, "a", plane, **grids[0]), survey(tmp_path, "b", heaped, **grids[1])
    found = compare_surveys(SITE, before, after)
    # A cone of linear sides: cells round off its tip and its foot by (cell / radius)², both ways of interpolating too.
    assert found.placed_m3 == pytest.approx(CONE_M3, rel=0.006)
    assert found.removed_m3 == pytest.approx(0, abs=1)
    assert found.net_m3 == pytest.approx(found.placed_m3 - found.removed_m3, abs=1e-9)
    assert found.footprint_m2 == pytest.approx(105.0**2, rel=2e-4)
    assert found.covered_share == 1.0
    assert found.offset_m == pytest.approx(0, abs=2e-3)
    assert found.highest_rise_m == pytest.approx(10, abs=0.7)


def test_a_box_is_exact_also_through_the_middle_of_cells(tmp_path: Path) -> None:
    def step(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return plane(x, y) + 3.0 * ((x > 120) & (x < 180) & (y > 120) & (y < 170)) - 2.0 * (x < 110)

    before, after = survey(tmp_path, "a", plane), survey(tmp_path, "b", step)
    found = compare_surveys(site(box(100.25, 100, 200, 200)), before, after)
    assert found.placed_m3 == pytest.approx(3.0 * 60 * 50, rel=1e-9)
    assert found.removed_m3 == pytest.approx(2.0 * 9.75 * 100, rel=1e-9)
    assert (found.raised_m2, found.lowered_m2) == (pytest.approx(3000), pytest.approx(975))
    assert (found.highest_rise_m, found.deepest_drop_m) == (pytest.approx(3), pytest.approx(2))


def test_linear_ground_comes_through_any_grid_without_error(tmp_path: Path) -> None:
    def higher(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return plane(x, y) + 0.5 + 0.01 * (x - 150)

    before = survey(tmp_path, "a", plane, cell=2.3, angle=12.0)
    after = survey(tmp_path, "b", higher, cell=1.1, shift=(0.3, 0.4))
    found = compare_surveys(site(disc(150, 150, 40)), before, after)
    assert found.net_m3 == pytest.approx(0.5 * np.pi * 40**2, rel=1e-3)


@pytest.mark.parametrize("grids", [GRIDS[k] for k in ("same", "finer_after", "turned_both")])
def test_surveys_that_change_places_change_signs(
    tmp_path: Path, grids: tuple[dict[str, object], dict[str, object]]
) -> None:
    errors = {"errors": ErrorFigures(0.1, 20.0)}
    a, b = survey(tmp_path, "a", plane, **grids[0], **errors), survey(tmp_path, "b", heaped, **grids[1], **errors)
    there, back = compare_surveys(SITE, a, b), compare_surveys(SITE, b, a)
    assert (there.placed_m3, there.removed_m3) == (back.removed_m3, back.placed_m3)
    assert there.net_m3 == -back.net_m3
    assert there.offset_m == pytest.approx(-(back.offset_m or 0.0), abs=1e-12)
    assert there.interval95.net_m3 == pytest.approx(back.interval95.net_m3)
    assert there.below_detection_m3 is not None
    assert back.below_detection_m3 is not None
    assert there.below_detection_m3.placed_m3 == back.below_detection_m3.removed_m3


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(105, 195), lift=st.floats(-500, 500))
def test_parts_add_up_and_a_common_height_does_not_matter(tmp_path: Path, cut: float, lift: float) -> None:
    before, after = survey(tmp_path, "a", plane, cell=2.0), survey(tmp_path, "b", heaped, cell=3.0, angle=9.0)
    whole = compare_surveys(SITE, before, after)
    pieces = [compare_surveys(site(box(*b)), before, after) for b in ((100, 95, cut, 200), (cut, 95, 205, 200))]
    assert sum(p.placed_m3 for p in pieces) == pytest.approx(whole.placed_m3, rel=1e-9)
    assert sum(p.footprint_m2 for p in pieces) == pytest.approx(whole.footprint_m2, rel=1e-9)
    moved = compare_surveys(
        SITE,
        survey(tmp_path, "c", lambda x, y: plane(x, y) + lift, cell=2.0),
        survey(tmp_path, "d", lambda x, y: heaped(x, y) + lift, cell=3.0, angle=9.0),
    )
    assert moved.placed_m3 == pytest.approx(whole.placed_m3, rel=1e-7)


def test_a_site_of_several_parts_with_a_hole(tmp_path: Path) -> None:
    before, after = survey(tmp_path, "a", plane), survey(tmp_path, "b", heaped, cell=1.5)
    ring = shapely.difference(box(110, 110, 190, 190), disc(150, 150, 10))
    one = compare_surveys(site(ring), before, after)
    two = compare_surveys(site(shapely.MultiPolygon([ring, box(210, 210, 240, 240)])), before, after)
    assert one.placed_m3 == pytest.approx(two.placed_m3, rel=1e-9)
    assert two.footprint_m2 == pytest.approx(one.footprint_m2 + 900, rel=1e-9)
    core = CONE_M3 - (np.pi * 100 * (20 / 3) + np.pi * 100 * (10 / 3) / 3)  # without the cone's middle, 10 m about
    assert one.placed_m3 == pytest.approx(core, rel=0.01)


def test_the_same_whatever_the_blocks(tmp_path: Path) -> None:
    before, after = survey(tmp_path, "a", plane, cell=0.7), survey(tmp_path, "b", heaped, cell=2.0, angle=9.0)
    with open_pair(before, after) as pair:
        placed = place(SITE, pair.grid)
        answers = [sum_change(pair, placed, offset_m=0.1, detection_m=0.2, tile_rows=n) for n in (7, 64, 256)]
    for name in ("placed", "removed", "placed_below", "removed_below", "raised", "lowered"):
        assert len({a.total(name) for a in answers}) == 1
    places = [sorted(map(tuple, a.raised.array().tolist())) for a in answers]
    assert places[0] == places[1] == places[2]
    assert 4000 < len(places[0]) < 6000


def test_less_than_the_whole_outline_is_refused_by_the_survey_that_falls_short(tmp_path: Path) -> None:
    whole = survey(tmp_path, "whole", plane)
    holed = survey(tmp_path, "holed", heaped, cell=2.0, holes=(slice(70, 75), slice(70, 75)))
    small = survey(tmp_path, "small", heaped, cell=0.5, size=90)
    for other, name in ((holed, "holed"), (small, "small")):
        for pair in ((whole, other), (other, whole)):
            with pytest.raises(Refused) as caught:
                compare_surveys(SITE, *pair)
            assert caught.value.key == "terrain.not_covered"
            assert caught.value.where == f"P1, {name}"
    beyond = site(box(250, 250, 400, 300))
    with pytest.raises(Refused, match="covers only"):
        compare_surveys(beyond, whole, survey(tmp_path, "b", heaped))


def test_a_small_hole_in_each_is_left_out_and_said(tmp_path: Path) -> None:
    a = survey(tmp_path, "a", plane, holes=(slice(150, 153), slice(150, 153)))
    b = survey(tmp_path, "b", heaped, holes=(slice(110, 113), slice(120, 123)))
    found = compare_surveys(SITE, a, b)
    assert found.covered_share == pytest.approx(1 - 18 / 105**2)
    assert found.before is not None
    assert found.before.covered_share == pytest.approx(1 - 9 / 105**2)
    assert "terrain.small_gap" in keys(found)


def test_which_survey_was_interpolated_is_said(tmp_path: Path) -> None:
    found = compare_surveys(SITE, survey(tmp_path, "a", plane, cell=2.5), survey(tmp_path, "b", heaped))
    assert found.before is not None
    assert found.after is not None
    assert (found.before.resampled, found.after.resampled) == (True, False)
    assert "progress.resampled" in keys(found)
    same = compare_surveys(SITE, survey(tmp_path, "c", plane), survey(tmp_path, "d", heaped, shift=(3.0, -2.0)))
    assert "progress.resampled" not in keys(same)  # grids that are whole cells apart are one grid


def test_a_record_reads_back(tmp_path: Path) -> None:
    found = compare_surveys(SITE, survey(tmp_path, "a", plane), survey(tmp_path, "b", heaped))
    assert SurveyComparison.from_record(found.to_record()) == found
    assert found.to_json()["warnings"] == [w.render() for w in found.warnings]


def test_few_cells_are_said(tmp_path: Path) -> None:
    found = compare_surveys(
        site(box(130, 130, 170, 170)), survey(tmp_path, "a", plane, cell=6.0), survey(tmp_path, "b", heaped)
    )
    assert "progress.few_cells" in keys(found)


def keys(found: SurveyComparison) -> set[str]:
    return {w.key for w in found.warnings}
