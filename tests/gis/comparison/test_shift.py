"""Volumes of surveys that lie aside of each other: left in and told, taken off if asked, and in the interval."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gis.comparison import Survey, compare_surveys, difference_grid
from models.comparison import ComparisonRequest, SurveyComparison
from models.terrain import ErrorFigures
from tests.gis.comparison.making import (
    CONE_M3,
    HALF_FILL_M3,
    aside,
    both,
    half_filled,
    heaped,
    pit_in_hills,
    plane,
    rough,
    survey,
)
from tests.gis.error_fields import drawn_on_grid
from tests.gis.ground import box, site

SITE = site(box(100, 95, 205, 200))
EAST, NORTH = 0.8, -0.6
LEFT, OFF = ComparisonRequest(), ComparisonRequest(remove_shift=True)
BOTH = ComparisonRequest(remove_offset=True, remove_shift=True)
STATED = {"errors": ErrorFigures(0.02, 5.0)}
SLOW = pytest.mark.skipif("HUITIAN_SLOW" not in os.environ, reason="takes minutes; set HUITIAN_SLOW=1")


def notices(found: SurveyComparison) -> dict[str, str]:
    return {w.key: w.render() for w in found.warnings}


@pytest.fixture
def surveys(tmp_path: Path) -> tuple[Survey, Survey]:
    """A pit in hills, half filled, 1 m to the south-east in the later survey, on another grid."""
    a = survey(tmp_path, "a", both(pit_in_hills, rough(1, 0.02)), **STATED)
    after = both(aside(half_filled, EAST, NORTH), rough(2, 0.02))
    return a, survey(tmp_path, "b", after, cell=0.8, shift=(0.3, 0.1), **STATED)


def test_left_in_it_is_told_and_counts(surveys: tuple[Survey, Survey]) -> None:
    found, off = compare_surveys(SITE, *surveys), compare_surveys(SITE, *surveys, OFF)
    assert found.shift is not None
    assert (found.shift.significant, found.shift.removed, found.shift_taken_m) == (True, False, (0.0, 0.0))
    told = notices(found)["progress.shift"]
    assert "1.0" in told
    assert "south-east" in told
    change = found.shift.change_m3
    assert change is not None
    assert off.placed_m3 - found.placed_m3 == pytest.approx(change.placed_m3, abs=2)
    assert off.removed_m3 - found.removed_m3 == pytest.approx(change.removed_m3, abs=2)
    assert abs(change.removed_m3) > 100  # the walls that did not change
    # What is wrong stays within the interval, which the shift makes up.
    sure = found.interval95
    assert abs(found.placed_m3 - HALF_FILL_M3) < (sure.placed_m3 or 0)
    assert found.removed_m3 < (sure.removed_m3 or 0)
    assert sure.parts["shift_m3"] == pytest.approx(abs(change.net_m3), rel=0.1)
    rest = 2 * np.sqrt(sum((v or 0) ** 2 for k, v in sure.parts.items() if k != "shift_m3"))
    assert (sure.net_m3 or 0) > 2 * rest


def test_taken_off_the_volume_is_that_of_the_fill(surveys: tuple[Survey, Survey]) -> None:
    found = compare_surveys(SITE, *surveys, OFF)
    left = compare_surveys(SITE, *surveys)
    assert found.shift is not None
    assert found.shift.removed
    assert found.shift_taken_m == (pytest.approx(EAST, abs=0.03), pytest.approx(NORTH, abs=0.03))
    assert "progress.shift_removed" in notices(found)
    assert "progress.shift" not in notices(found)
    sure = found.interval95
    assert found.placed_m3 == pytest.approx(HALF_FILL_M3, abs=sure.placed_m3)
    assert found.net_m3 == pytest.approx(HALF_FILL_M3, abs=sure.net_m3)
    assert (sure.net_m3 or 0) < (left.interval95.net_m3 or 0) / 3
    assert found.nmad_m == pytest.approx(found.shift.nmad_m, abs=0.005)
    assert (found.nmad_m or 1) < 0.3 * (left.nmad_m or 0)
    assert (found.level_of_detection_m or 1) < 0.5 * (left.level_of_detection_m or 0)
    assert found.after is not None
    assert found.after.resampled
    assert "progress.scatter" not in notices(
        left
    )  # slopes scatter for the shift's sake: that is not the heights' error


def test_the_heights_alone_say_nothing_of_it(surveys: tuple[Survey, Survey]) -> None:
    """Only the offset removed: the walls stay wrong, and their volume is in the interval of placed and removed."""
    found = compare_surveys(SITE, *surveys, ComparisonRequest(remove_offset=True))
    assert found.removed_m3 > 150
    assert found.removed_m3 < (found.interval95.removed_m3 or 0)


def test_the_picture_is_that_of_the_figures(surveys: tuple[Survey, Survey]) -> None:
    found = compare_surveys(SITE, *surveys, BOTH)
    grid = difference_grid(SITE, *surveys, offset_m=found.offset_taken_m, shift_m=found.shift_taken_m)
    placed = np.nansum(np.where(grid.inside, np.maximum(grid.difference, 0), 0)) * 0.8**2
    assert placed == pytest.approx(found.placed_m3, rel=0.01)
    off = difference_grid(SITE, *surveys)
    assert np.nanstd(off.difference[:10]) > 3 * np.nanstd(grid.difference[:10])


def test_a_record_with_a_shift_reads_back(surveys: tuple[Survey, Survey]) -> None:
    found = compare_surveys(SITE, *surveys)
    assert SurveyComparison.from_record(found.to_record()) == found
    shift = found.to_json()["shift"]
    assert (shift["known"], shift["removed"], shift["significant"]) == ("whole", False, True)
    assert set(shift["change_m3"]) == {"placed_m3", "removed_m3", "net_m3"}
    old = {k: v for k, v in found.to_record().items() if k != "shift"}
    assert SurveyComparison.from_record(old).shift is None


def test_where_it_is_not_known_that_is_said_and_nothing_is_taken_off(tmp_path: Path) -> None:
    a = survey(tmp_path, "a", both(plane, rough(1, 0.02)), **STATED)
    b = survey(tmp_path, "b", both(heaped, rough(2, 0.02)), **STATED)
    left, asked = compare_surveys(SITE, a, b), compare_surveys(SITE, a, b, OFF)
    assert left.placed_m3 == asked.placed_m3
    assert left.shift is not None
    assert left.shift.known == "none"
    assert asked.shift_taken_m == (0.0, 0.0)
    assert left.interval95.parts["shift_m3"] is None
    assert "progress.shift_not_removed" in notices(asked)
    assert "progress.shift_not_removed" not in notices(left)
    told = notices(left)["progress.shift_unknown"]
    assert "flat" in told
    # One metre moves the cone's flanks by a third of a metre over half of its foot.
    assert left.shift.metre_m3 is not None
    assert left.shift.metre_m3.removed_m3 > 200


def test_along_one_direction_only_that_is_taken_off(tmp_path: Path) -> None:
    def ridges(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 1000 + 3 * np.sin(x / 23) + 0 * y

    def filled(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return ridges(x, y) + heaped(x, y) - plane(x, y)

    a = survey(tmp_path, "a", both(ridges, rough(1, 0.02)), **STATED)
    b = survey(tmp_path, "b", both(aside(filled, EAST, 0.0), rough(2, 0.02)), **STATED)
    found = compare_surveys(SITE, a, b, BOTH)
    assert found.shift is not None
    assert (found.shift.known, found.shift.removed) == ("line", True)
    assert "progress.shift_line" in notices(found)
    assert found.net_m3 == pytest.approx(CONE_M3, abs=found.interval95.net_m3)
    assert found.shift_taken_m == (pytest.approx(EAST, abs=0.03), pytest.approx(0, abs=0.03))


def surveyed(folder: Path, reach: float, sigma: float, seed: int, runs: int) -> Iterator[tuple[Survey, Survey]]:
    """Pairs of surveys of the half filled pit with correlated errors, each lying somewhere aside and off in height."""
    fields, random = drawn_on_grid(300, reach, seed), np.random.default_rng(seed)
    errors = {"errors": ErrorFigures(sigma, reach)}
    for _ in range(runs):
        east, north, up = *random.normal(0, 1, 2), random.normal(0, 0.1)
        a = survey(folder, "a", lambda x, y: pit_in_hills(x, y) + sigma * next(fields), **errors)
        after = both(aside(half_filled, east, north), lambda _x, _y, up=up: up + sigma * next(fields))
        yield a, survey(folder, "b", after, **errors)


def scores(folder: Path, request: ComparisonRequest, case: tuple[float, float, int, int]) -> np.ndarray:
    """(runs, 3): errors of placed, removed and net in their half widths."""
    out = []
    for a, b in surveyed(folder, *case):
        found = compare_surveys(SITE, a, b, request)
        sure = found.interval95
        errors = found.placed_m3 - HALF_FILL_M3, found.removed_m3, found.net_m3 - HALF_FILL_M3
        halves = sure.placed_m3, sure.removed_m3, sure.net_m3
        # Where nothing sank at all (the later survey lies high) there is nothing to be unsure of.
        out.append([e / h if h else (0.0 if e == 0 else np.inf) for e, h in zip(errors, halves, strict=True)])
    return np.array(out)


@pytest.mark.parametrize("request_", [LEFT, BOTH], ids=["left in", "taken off"])
def test_the_interval_holds_the_truth(tmp_path: Path, request_: ComparisonRequest) -> None:
    found = scores(tmp_path, request_, (10.0, 0.05, 1, 8))
    assert (np.abs(found) <= 1).mean() >= 0.95
    assert 0.15 < np.sqrt((found[:, 2] ** 2).mean()) < 0.75  # half a half width is one standard deviation


@SLOW
@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [(5.0, 0.1, 2, 60), (30.0, 0.1, 3, 60), (80.0, 0.05, 4, 60)], ids=lambda c: f"L{c[0]:g}"
)
@pytest.mark.parametrize("request_", [LEFT, BOTH], ids=["left in", "taken off"])
def test_the_interval_holds_the_truth_over_many_surveys(
    tmp_path: Path, request_: ComparisonRequest, case: tuple[float, float, int, int]
) -> None:
    found = scores(tmp_path, request_, case)
    assert ((np.abs(found) <= 1).mean(axis=0) >= 0.93).all()
