"""Volumes with the later survey sampled aside, against closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis.comparison.displaced import Trial, displaced_volumes, shift_effect
from gis.comparison.pair import open_pair
from gis.comparison.sideways import Sideways
from gis.placing import place
from tests.gis.comparison.making import Height, plane, survey
from tests.gis.ground import box, site

SITE = site(box(100, 100, 200, 200))
AREA_M2 = 100.0**2


def groove(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Two even slopes of 30 % that meet in the site's middle."""
    return 1000 + 0.3 * np.abs(x - 150) + 0 * y


def volumes(tmp_path: Path, before: Height, after: Height, trials: list[Trial], **more: int) -> np.ndarray:
    a, b = survey(tmp_path, "a", before), survey(tmp_path, "b", after, cell=0.5)
    with open_pair(a, b) as pair:
        return displaced_volumes(pair, place(SITE, pair.grid), trials, **more)


@pytest.mark.parametrize("most", [250_000, 3_000])
def test_an_even_slope_taken_aside(tmp_path: Path, most: int) -> None:
    """The net change is area times slope times shift; rows count downwards, so the second part is to the south."""
    moves = [(0.0, 0.0), (2.0, 0.0), (0.0, 2.0), (-1.0, 3.0)]
    found = volumes(tmp_path, plane, plane, [Trial(np.array(m), 0.1) for m in moves], most=most)
    net = [AREA_M2 * (0.05 * e + 0.03 * s - 0.1) for e, s in moves]
    assert found[:, 2] == pytest.approx(net, abs=1e-3 * AREA_M2)
    assert found[:, 0] - found[:, 1] == pytest.approx(found[:, 2])


@pytest.mark.parametrize("aside", [0.8, -0.8])
def test_unchanged_walls_are_placed_on_one_side_and_removed_on_the_other(tmp_path: Path, aside: float) -> None:
    """Half the site rises by 0.3 times the shift, the other half sinks by that; in the middle they meet."""
    found = volumes(tmp_path, groove, groove, [Trial(np.array([aside, 0.0]), 0.0)])[0]
    each = 0.3 * 0.8 * (AREA_M2 / 2 - 100 * 0.8 / 2) + 0.3 * 100 * 0.8**2 / 4
    assert found[:2] == pytest.approx([each, each], rel=0.01)
    assert found[2] == pytest.approx(0, abs=20)  # cells round the groove's bottom off


def effect(tmp_path: Path, shift: Sideways, **how: bool) -> tuple[object, ...]:
    a, b = survey(tmp_path, "a", groove), survey(tmp_path, "b", groove)
    with open_pair(a, b) as pair:
        found = shift_effect(pair, place(SITE, pair.grid), shift, (0.0, 0.0), **how)
    return found.change, found.sigma, found.metre


def test_what_is_left_in_counts_whole_and_what_is_taken_off_by_its_error(tmp_path: Path) -> None:
    shift = Sideways("", np.array([0.8, 0.0]), np.eye(2), np.array([0.1, 0.1]), np.zeros(2), 0.05)
    change, left, metre = effect(tmp_path, shift, offset_removed=False, removed=False)
    each = 0.3 * 0.8 * AREA_M2 / 2
    assert metre is None
    assert change.placed_m3 == pytest.approx(each, rel=0.02)  # here the surveys agree: taking it off makes the error
    assert left.placed_m3 == pytest.approx(np.hypot(each, each / 8), rel=0.02)
    taken = effect(tmp_path, shift, offset_removed=False, removed=True)[1]
    assert taken.placed_m3 == pytest.approx(each / 8, rel=0.03)
    assert taken.removed_m3 == pytest.approx(each / 8, rel=0.03)
    assert taken.net_m3 == pytest.approx(0, abs=5)


def test_of_what_is_not_known_one_metre_is_told(tmp_path: Path) -> None:
    change, sigma, metre = effect(tmp_path, Sideways("flat"), offset_removed=False, removed=False)
    assert (change, sigma) == (None, None)
    assert metre.placed_m3 == pytest.approx(0.3 * AREA_M2 / 2, rel=0.02)
    line = Sideways("one_way", np.zeros(2), np.array([[1.0, 0.0]]), np.array([0.1]))
    across = effect(tmp_path, line, offset_removed=False, removed=False)[2]
    assert across.placed_m3 == pytest.approx(0, abs=1)


def test_an_offset_that_is_removed_follows_the_shift(tmp_path: Path) -> None:
    """On an even slope a shift makes an offset and nothing else: with that removed nothing is left to be unsure."""
    shift = Sideways("", np.array([0.8, 0.0]), np.eye(2), np.array([0.1, 0.1]), np.array([0.05, 0.03]), 0.05)
    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", plane)
    with open_pair(a, b) as pair:
        placed = place(SITE, pair.grid)
        found = [
            shift_effect(pair, placed, shift, (0.0, 0.04), offset_removed=on, removed=True).sigma
            for on in (True, False)
        ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].net_m3 == pytest.approx(0, abs=0.01 * AREA_M2 * 0.1 * 0.05)
    assert found[1].net_m3 == pytest.approx(AREA_M2 * 0.1 * np.hypot(0.05, 0.03), rel=0.01)
