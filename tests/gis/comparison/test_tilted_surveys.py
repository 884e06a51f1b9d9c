"""Volumes of surveys that are tilted or bent against each other: told, in the interval, taken off if asked."""

from __future__ import annotations

import os
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

OUTLINE = box(110, 110, 190, 190)
SITE = site(OUTLINE)
STATED = {"errors": ErrorFigures(0.02, 5.0)}
LEFT, OFF = ComparisonRequest(), ComparisonRequest(remove_tilt=True)
BOTH = ComparisonRequest(remove_offset=True, remove_tilt=True)
SLOW = pytest.mark.skipif("HUITIAN_SLOW" not in os.environ, reason="takes minutes; set HUITIAN_SLOW=1")


def tilted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """0.2 m per 100 m to the east, 0 in the middle."""
    return 0.002 * (x - 150) + 0 * y


def dished(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """0.45 m higher at 150 m from the middle than there."""
    return 0.45 * ((x - 150) ** 2 + (y - 150) ** 2) / 150**2


def notices(found: SurveyComparison) -> dict[str, str]:
    return {w.key: w.render() for w in found.warnings}


def surveys(folder: Path, bend, before=plane, after=heaped, **grid) -> tuple[Survey, Survey]:
    a = survey(folder, "a", both(before, rough(1, 0.02)), **STATED)
    return a, survey(folder, "b", both(after, bend, rough(2, 0.02)), **STATED, **grid)


def test_without_a_tilt_nothing_is_said(tmp_path: Path) -> None:
    pair = surveys(tmp_path, lambda x, y: 0 * x)
    found, asked = compare_surveys(SITE, *pair), compare_surveys(SITE, *pair, OFF)
    assert found.tilt.kind == "none"
    assert "tilt_m3" not in found.interval95.parts
    assert not [k for k in notices(found) if "tilt" in k]
    assert asked.placed_m3 == found.placed_m3
    assert "progress.no_tilt" in notices(asked)


def test_a_tilt_is_told_left_in_and_counts(tmp_path: Path) -> None:
    """Over a square about the middle a tilt nets nothing: half of it is placed, half removed, on level ground."""
    pair = surveys(tmp_path, tilted)
    found, off = compare_surveys(SITE, *pair), compare_surveys(SITE, *pair, OFF)
    tilt = found.tilt
    assert (tilt.kind, tilt.removed) == ("tilt", False)
    assert tilt.per_100_m == pytest.approx(0.2, abs=0.01)
    assert tilt.bearing_deg == pytest.approx(90, abs=3)
    assert (tilt.lowest_m, tilt.highest_m) == (pytest.approx(-0.08, abs=0.01), pytest.approx(0.08, abs=0.01))
    told = notices(found)["progress.tilt"]
    assert "to the east" in told
    assert "was not removed" in told
    assert off.placed_m3 - found.placed_m3 == pytest.approx(tilt.change_m3.placed_m3, abs=2)
    assert off.removed_m3 - found.removed_m3 == pytest.approx(tilt.change_m3.removed_m3, abs=2)
    assert tilt.change_m3.removed_m3 < -30
    sure = found.interval95
    assert sure.parts["tilt_m3"] == pytest.approx(np.hypot(tilt.change_m3.net_m3, off.tilt.sigma_m3.net_m3), rel=0.1)
    assert sure.removed_m3 > 2 * abs(tilt.change_m3.removed_m3)
    assert off.nmad_m == pytest.approx(0.02 * 2**0.5, rel=0.05)
    assert found.nmad_m > 2 * off.nmad_m
    assert "progress.scatter" not in notices(found), "the tilt is no scatter: it counts by itself"


def test_a_bowl_moves_the_net_by_what_it_is_over_the_site(tmp_path: Path) -> None:
    """∬ of the dish over the square, less its mean over stable ground times the area, by hand."""
    pair = surveys(tmp_path, dished)
    left, off = compare_surveys(SITE, *pair, ComparisonRequest(remove_offset=True)), compare_surveys(SITE, *pair, BOTH)
    side = 80.0
    dish = 0.45 / 150**2 * (side**4 / 6)
    # the offset that was taken off is the median of the dish in the ring
    assert left.net_m3 == pytest.approx(CONE_M3 + dish - left.offset_m * side**2, abs=25)
    assert left.net_m3 < CONE_M3 - 300
    assert abs(left.net_m3 - CONE_M3) < left.interval95.net_m3
    assert left.tilt.kind == "bowl"
    assert "domed or dished" in notices(left)["progress.tilt"]
    assert off.net_m3 == pytest.approx(CONE_M3, abs=off.interval95.net_m3)
    assert off.interval95.net_m3 < 0.35 * left.interval95.net_m3
    assert off.net_m3 - left.net_m3 == pytest.approx(left.tilt.change_m3.net_m3, abs=3)
    assert "progress.tilt_removed" in notices(off)
    assert off.tilt_taken == off.tilt


def test_the_record_says_what_was_fitted(tmp_path: Path) -> None:
    found = compare_surveys(SITE, *surveys(tmp_path, dished))
    tilt = found.tilt
    assert tilt.east_east == pytest.approx(0.45 / 150**2, rel=0.05)
    assert tilt.north_north == pytest.approx(0.45 / 150**2, rel=0.05)
    assert abs(tilt.east_north) < 0.05 * tilt.east_east
    assert SurveyComparison.from_record(found.to_record()) == found
    assert found.to_json()["tilt"]["kind"] == "bowl"
    old = {k: v for k, v in found.to_record().items() if k != "tilt"}
    assert SurveyComparison.from_record(old).tilt is None


GRIDS = [{"cell": 0.8, "shift": (0.3, 0.1)}, {"cell": 0.9, "angle": 30.0}, {"cell": 0.9, "crs": "EPSG:4490"}]


@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_the_picture_and_the_figures_on_any_grid(tmp_path: Path, grid: dict) -> None:
    """The finer grid is summed over: turned, in degrees, aside; the record in east and north is the same."""
    pair = surveys(tmp_path, both(dished, tilted), **grid)
    found = compare_surveys(SITE, *pair, BOTH)
    assert found.net_m3 == pytest.approx(CONE_M3, abs=found.interval95.net_m3)
    assert found.tilt.east == pytest.approx(0.002, rel=0.1)
    assert abs(found.tilt.north) < 3e-4
    assert found.tilt.east_east == pytest.approx(2e-5, rel=0.12)
    picture = difference_grid(SITE, *pair, offset_m=found.offset_taken_m, tilt=found.tilt_taken, margin_m=80)
    outside = picture.difference[:20, :]
    assert np.nanmean(outside) == pytest.approx(0, abs=0.01)
    cell = (picture.extent[2] - picture.extent[0]) / picture.difference.shape[1]
    net = np.nansum(np.where(picture.inside, picture.difference, 0)) * cell**2
    assert net == pytest.approx(found.net_m3, abs=0.03 * CONE_M3)
    plain = difference_grid(SITE, *pair, margin_m=80)
    assert np.nanmean(plain.difference[:20, :]) > 0.2


def test_with_a_sideways_shift_both_are_told_apart(tmp_path: Path) -> None:
    pair = surveys(tmp_path, tilted, pit_in_hills, aside(half_filled, 0.8, -0.6))
    asked = ComparisonRequest(remove_offset=True, remove_shift=True, remove_tilt=True)
    found = compare_surveys(SITE, *pair, asked)
    assert found.shift_taken_m == (pytest.approx(0.8, abs=0.04), pytest.approx(-0.6, abs=0.04))
    assert found.tilt.kind == "tilt"
    assert found.tilt.east == pytest.approx(0.002, abs=2e-4)
    assert found.net_m3 == pytest.approx(HALF_FILL_M3, abs=found.interval95.net_m3)
    assert found.placed_m3 == pytest.approx(HALF_FILL_M3, abs=found.interval95.placed_m3)
    left = compare_surveys(SITE, *pair, ComparisonRequest(remove_offset=True))
    assert left.shift.significant
    assert {"progress.shift", "progress.tilt"} <= set(notices(left))


def test_where_nothing_is_known_of_it(tmp_path: Path) -> None:
    """Copied heights: said only where it was asked for."""
    a = survey(tmp_path, "a", plane, **STATED)
    b = survey(tmp_path, "b", heaped, **STATED)
    left, asked = compare_surveys(SITE, a, b), compare_surveys(SITE, a, b, OFF)
    assert (left.tilt.kind, left.tilt.why) == (None, "copied")
    assert not [k for k in notices(left) if "tilt" in k]
    assert "copied" in notices(asked)["progress.tilt_not_removed"]


def scores(folder: Path, request: ComparisonRequest, reach: float, seed: int, runs: int, size: float) -> np.ndarray:
    """(runs, 2): errors of the net in half widths, and whether a tilt was found; one of random size is put in."""
    draw, random, errors = (
        drawn_on_grid(300, reach, seed),
        np.random.default_rng(seed),
        {"errors": ErrorFigures(0.05, reach)},
    )
    out = []
    for _ in range(runs):
        p = random.normal(0, size, 5)

        def bend(x: np.ndarray, y: np.ndarray, p=p) -> np.ndarray:
            u, v = (x - 150) / 150, (y - 150) / 150
            return p[0] * u + p[1] * v + p[2] * u * u + p[3] * u * v + p[4] * v * v

        a = survey(folder, "a", lambda x, y: plane(x, y) + 0.05 * next(draw), **errors)
        b = survey(folder, "b", lambda x, y, bend=bend: heaped(x, y) + bend(x, y) + 0.05 * next(draw), **errors)
        found = compare_surveys(SITE, a, b, request)
        out.append(((found.net_m3 - CONE_M3) / found.interval95.net_m3, found.tilt.kind != "none"))
    return np.array(out)


OFFSET = ComparisonRequest(remove_offset=True)


@pytest.mark.parametrize("request_", [OFFSET, BOTH], ids=["left in", "taken off"])
def test_the_interval_holds_the_truth(tmp_path: Path, request_: ComparisonRequest) -> None:
    found = scores(tmp_path, request_, 10.0, 1, 8, 0.15)
    assert (np.abs(found[:, 0]) <= 1).mean() >= 0.9


@SLOW
@pytest.mark.slow
@pytest.mark.parametrize("size", [0.0, 0.03, 0.15])
@pytest.mark.parametrize("reach", [5.0, 30.0])
@pytest.mark.parametrize("request_", [OFFSET, BOTH], ids=["left in", "taken off"])
def test_the_interval_holds_the_truth_over_many(
    tmp_path: Path, request_: ComparisonRequest, reach: float, size: float
) -> None:
    """Also where the tilt is so weak that it is not always found."""
    found = scores(tmp_path, request_, reach, 2, 40, size)
    assert (np.abs(found[:, 0]) <= 1).mean() >= 0.9
