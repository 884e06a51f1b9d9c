"""The map of change: which colour a change takes, classes, and what stands on the page."""

from __future__ import annotations

import numpy as np
import pytest

from app.package.change_map import Classes, classes_of
from gis.comparison import DifferenceGrid


def grid(values: np.ndarray) -> DifferenceGrid:
    return DifferenceGrid(values.astype(np.float32), (0.0, 0.0, 1.0, 1.0), np.ones(values.shape, np.bool_))


def test_fill_is_blue_cut_is_red_and_noise_is_grey() -> None:
    classes = Classes(0.1, (0.5, 1.0))
    picture = classes.picture(np.array([[2.0, 0.3, 0.05, -0.05, -0.3, -2.0, np.nan]], np.float32))[0].astype(int)
    for k in (0, 1):
        assert picture[k][2] > picture[k][0] + 40  # blue over red
    for k in (4, 5):
        assert picture[k][0] > picture[k][2] + 40
    for k in (2, 3):
        assert max(picture[k][:3]) - min(picture[k][:3]) < 12
    assert picture[6][3] == 0
    assert sum(picture[0][:3]) < sum(picture[1][:3])  # more is darker
    assert sum(picture[5][:3]) < sum(picture[4][:3])


@pytest.mark.parametrize(("reach", "detection"), [(0.03, None), (1.7, 0.2), (9.0, 8.0), (240.0, 2.8), (0.0, None)])
def test_classes_are_round_and_hold_the_change(reach: float, detection: float | None) -> None:
    classes = classes_of(grid(np.linspace(-reach, reach, 400).reshape(20, 20)), detection)
    assert classes.limits_m == tuple(sorted(classes.limits_m))
    assert 1 <= len(classes.limits_m) <= 4
    assert classes.limits_m[0] > classes.none_m
    assert classes.limits_m[-1] >= 0.97 * reach
    step = classes.limits_m[-1] / 4
    assert round(step / 10 ** np.floor(np.log10(step)), 6) in {1.0, 2.0, 2.5, 5.0}


def test_without_any_change_there_is_still_a_legend() -> None:
    classes = classes_of(grid(np.full((3, 3), np.nan)), None)
    assert classes.limits_m
    assert (classes.picture(np.full((2, 2), np.nan, np.float32))[..., 3] == 0).all()
