from __future__ import annotations

from itertools import pairwise

import pytest

from layers.classes import depth_colour, depth_colours, depth_limits
from layers.style import CUT_DEPTH_STOPS, FILL_DEPTH_STOPS


@pytest.mark.parametrize(
    ("deepest", "wanted"),
    [
        (7.0, [0, 1, 2, 3, 4, 5, 6, 7]),
        (12.1, [0, 2, 4, 6, 8, 10, 12, 14]),
        (17.0, [0, 2.5, 5, 7.5, 10, 12.5, 15, 17.5]),
        (0.3, None),
    ],
)
def test_limits_are_round_and_few(deepest, wanted):
    limits = depth_limits(deepest)
    assert wanted is None or limits == wanted
    assert limits[-2] < deepest <= limits[-1]
    assert len(limits) <= 8


@pytest.mark.parametrize("nothing", [0.0, -3.0, float("nan"), float("inf")])
def test_of_nothing_there_are_none(nothing):
    assert depth_limits(nothing) == []


def test_classes_run_from_light_to_dark():
    for fill, stops in ((True, FILL_DEPTH_STOPS), (False, CUT_DEPTH_STOPS)):
        colours = depth_colours(7, fill=fill)
        assert (colours[0], colours[-1]) == (stops[0][1], stops[-1][1])
        light = [sum(int(c[i : i + 2], 16) * w for i, w in ((1, 0.3), (3, 0.59), (5, 0.11))) for c in colours]
        assert all(a - b > 12 for a, b in pairwise(light))  # told apart in grey too
        assert depth_colours(1, fill=fill) == [depth_colour(0.5, fill=fill)]
