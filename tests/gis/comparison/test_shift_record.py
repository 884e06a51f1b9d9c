"""The shift as it is told: east and north of the project, in words, and when it is worth a word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gis.comparison.displaced import ShiftEffect
from gis.comparison.shift_record import shift_notices, shift_record
from gis.comparison.sideways import Sideways
from models.comparison import SidewaysShift, SurveyComparison, VolumeChange, VolumeInterval95

NORTH_UP = np.array([[1.0, 0.0], [0.0, -1.0]])  # east along columns, north up the rows
TURNED = np.array([[0.0, -1.0], [-1.0, 0.0]])  # columns run south, rows run west
CHANGE, METRE = VolumeChange(-120.0, -80.0, -40.0), VolumeChange(300.0, 310.0, 20.0)
ANSWER = SurveyComparison(1000.0, 500.0, 500.0, 0.0, 0.1, 1.0, VolumeInterval95(None, None, None), ())


def sideways(along: float, down: float, sigma: tuple[float, float] = (0.1, 0.1)) -> Sideways:
    return Sideways("", np.array([along, down]), np.eye(2), np.array(sigma), np.zeros(2), 0.05)


def told(shift: SidewaysShift, *, asked: bool = False, answer: SurveyComparison = ANSWER) -> dict[str, str]:
    return {n.key: n.render() for n in shift_notices(replace(answer, shift=shift), asked=asked)}


@pytest.mark.parametrize(
    ("compass", "east", "north", "bearing"), [(NORTH_UP, 3.0, -4.0, 143.13), (TURNED, -4.0, -3.0, 233.13)]
)
def test_east_and_north_are_the_projects(compass: np.ndarray, east: float, north: float, bearing: float) -> None:
    found = shift_record(sideways(3.0, 4.0, (0.1, 0.2)), ShiftEffect(CHANGE), compass, 1.0, removed=False)
    assert (found.east_m, found.north_m, found.length_m) == pytest.approx((east, north, 5.0))
    assert found.bearing_deg == pytest.approx(bearing, abs=0.01)
    errors = (0.1, 0.2) if compass is NORTH_UP else (0.2, 0.1)
    assert (found.sigma_east_m, found.sigma_north_m) == pytest.approx(errors)
    assert (found.known, found.line_deg, found.change_m3) == ("whole", None, CHANGE)


@pytest.mark.parametrize(
    ("along", "cell_m", "significant"),
    [(0.30, 1.0, True), (0.24, 1.0, False), (0.0, 1.0, False), (0.30, 20.0, False)],
    ids=["three sigma", "2.4 sigma", "none", "a hundredth of a cell"],
)
def test_what_its_error_explains_is_not_significant(along: float, cell_m: float, significant: bool) -> None:
    found = shift_record(sideways(along, 0.0), ShiftEffect(CHANGE), NORTH_UP, cell_m, removed=False)
    assert found.significant is significant
    assert bool(told(found)) is significant


def test_along_one_line() -> None:
    line = Sideways("one_way", np.array([0.0, 0.5]), np.array([[0.0, 1.0]]), np.array([0.1]), np.zeros(2), 0.05)
    found = shift_record(line, ShiftEffect(CHANGE, None, METRE), NORTH_UP, 1.0, removed=False)
    assert (found.known, found.north_m, found.significant) == ("line", -0.5, True)
    assert found.line_deg == pytest.approx(0, abs=1e-9)
    assert set(told(found)) == {"progress.shift", "progress.shift_line"}
    small = replace(found, metre_m3=VolumeChange(2.0, 2.0, 0.0))
    assert set(told(small)) == {"progress.shift"}
    assert set(told(replace(small, removed=True), asked=True)) == {"progress.shift_removed", "progress.shift_line"}


@pytest.mark.parametrize("why", ["few", "copied", "flat", "unsure", "unsettled"])
def test_each_reason_has_its_words(why: str) -> None:
    found = shift_record(Sideways(why), ShiftEffect(metre=METRE), NORTH_UP, 1.0, removed=False)  # type: ignore[arg-type]
    assert (found.known, found.why, found.east_m) == ("none", why, None)
    (text,) = told(found).values()
    assert "300 m³" in text
    assert "not in the interval" in text
    assert set(told(found, asked=True)) == {"progress.shift_not_removed", "progress.shift_unknown"}
    assert told(replace(found, metre_m3=VolumeChange(5.0, 5.0, 0.0))) == {}  # of 1 500 m³: not worth a word
    assert told(replace(found, metre_m3=None)) == {}


def test_the_words_say_how_far_which_way_and_what_it_does() -> None:
    found = shift_record(sideways(0.8, 0.6), ShiftEffect(CHANGE), NORTH_UP, 1.0, removed=False)
    (text,) = told(found).values()
    for words in ("1.00 m", "south-east", "(127°)", "-120 m³", "-80 m³", "not removed"):
        assert words in text
    (text,) = told(replace(found, removed=True), asked=True).values()
    assert "taken off" in text
    north = shift_record(sideways(-0.001, -1.0), ShiftEffect(CHANGE), NORTH_UP, 1.0, removed=False)
    assert "to the north (0°)" in next(iter(told(north).values()))
