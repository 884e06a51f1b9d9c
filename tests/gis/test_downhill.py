"""Flow paths on ground whose flow lines are known."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from gis.downhill import descend

Height = Callable[[float, float], float]


def ground(f: Height, size: int = 201, cell: float = 1.0, dy: float | None = None) -> Callable[[int, int], float]:
    """f(x east, y south) at cell centres, NaN beyond `size` cells."""

    def height(row: int, col: int) -> float:
        inside = 0 <= row < size and 0 <= col < size
        return f((col + 0.5) * cell, (row + 0.5) * (dy or cell)) if inside else math.nan

    return height


@pytest.mark.parametrize("azimuth", [0, 10, 22.5, 33, 45, 71, 100, 160, 205, 250, 299, 340])
def test_on_a_plane_it_is_the_line_of_steepest_fall(azimuth: float) -> None:
    ux, uy = math.cos(math.radians(azimuth)), math.sin(math.radians(azimuth))
    found = descend(ground(lambda x, y: 100 - 0.03 * (ux * x + uy * y)), (100, 100))
    assert found.end == "edge"
    away = found.cells[:, ::-1] - 100
    assert np.abs(away[:, 0] * uy - away[:, 1] * ux).max() <= 1.0  # cells off the line, however long it is
    along = away @ (ux, uy)
    assert np.all(np.diff(along) > 0)
    assert along[-1] >= 99
    assert np.all(np.diff(found.z) < 0)


def test_cells_that_are_not_square_do_not_turn_it() -> None:
    ux, uy = math.cos(math.radians(30)), math.sin(math.radians(30))
    plane = ground(lambda x, y: 100 - 0.03 * (ux * x + uy * y), cell=1.0, dy=2.5)
    found = descend(plane, (100, 100), (1.0, 2.5))
    away = (found.cells[:, ::-1] - 100) * (1.0, 2.5)
    assert np.abs(away[:, 0] * uy - away[:, 1] * ux).max() <= 2.5


@pytest.mark.parametrize("bearing", [15, 120, 260])
def test_from_a_cone_it_runs_straight_away_from_the_top(bearing: float) -> None:
    cone = ground(lambda x, y: 50 - 0.1 * math.hypot(x - 100.5, y - 100.5))
    t = math.radians(bearing)
    start = (round(100 + 12 * math.sin(t)), round(100 + 12 * math.cos(t)))
    found = descend(cone, start)
    first = found.cells[0] - 100
    last = found.cells[-1] - 100
    turned = math.atan2(*last) - math.atan2(*first)
    assert abs(math.remainder(turned, 2 * math.pi)) < 1.5 / 12  # a cell at the start's distance
    assert found.ponded_m == 0


def test_a_valley_is_followed_around_its_bend() -> None:
    # A circular valley of radius 60 about the corner, falling with the angle: the path must stay on its floor.
    def valley(x: float, y: float) -> float:
        r, angle = math.hypot(x, y), math.atan2(y, x)
        return 100 + 0.2 * abs(r - 60) - 8 * angle

    found = descend(ground(valley, 120), (0, 60))
    radius = np.hypot(found.cells[:, 0] + 0.5, found.cells[:, 1] + 0.5)
    assert np.abs(radius - 60).max() < 1.5
    assert found.end == "edge"
    assert found.cells[-1][1] == 0


def hollow(x: float, y: float) -> float:
    """A slope to the east with a bowl of 3 m at (100, 100): its lowest lip is the eastern one."""
    r = math.hypot(x - 100, y - 100)
    return 50 - 0.02 * x - max(0.0, 3 * (1 - r / 20))


def test_a_hollow_fills_and_runs_over_at_its_lowest_lip() -> None:
    found = descend(ground(hollow), (100, 60))
    assert found.end == "edge"
    assert found.cells[-1][1] == 200
    # On the axis the bowl's floor lies at 50 - 0.02*100 - 3, its eastern lip at 50 - 0.02*120.
    assert found.ponded_m == pytest.approx((50 - 2.4) - (50 - 2 - 3), abs=0.15)
    lip = found.cells[np.argmin(np.abs(found.cells[:, 1] - 120))]
    assert abs(lip[0] - 100) <= 2


def test_two_hollows_with_one_lip_between_them_do_not_go_round_and_round() -> None:
    def twins(x: float, y: float) -> float:
        west, east = (max(0.0, 4 * (1 - math.hypot(x - c, y - 100) / 25)) for c in (80, 120))
        return 50 - 0.01 * y - max(west, east)

    found = descend(ground(twins), (100, 62))
    assert found.end == "edge"
    assert found.cells[-1][0] == 200
    assert len({tuple(c) for c in found.cells.tolist()}) == len(found.cells)


def test_flat_ground_is_crossed_the_short_way_out() -> None:
    found = descend(ground(lambda x, y: 10.0 if x < 120 else 10 - 0.1 * (x - 120)), (100, 100))
    assert found.end == "edge"
    assert found.ponded_m == 0
    assert len(found.cells) < 140


def test_what_bounds_a_path() -> None:
    bowl = ground(lambda x, y: 0.05 * math.hypot(x - 100.5, y - 100.5))
    stuck = descend(bowl, (100, 20), most_cells=3000)
    assert stuck.end == "hollow"
    assert stuck.cells[-1].tolist() == [100, 100]  # shown down to the bottom, not to where the search gave up
    far = descend(ground(lambda x, y: -0.1 * x), (100, 20), reach_m=50)
    assert far.end == "limit"
    assert far.cells[-1][1] == 71
    walled = descend(lambda r, c: 5.0 if (r, c) == (3, 3) else math.inf, (3, 3))
    assert walled.end == "hollow"
    assert walled.cells.tolist() == [[3, 3]]


def test_a_wall_is_gone_around() -> None:
    def walled(row: int, col: int) -> float:
        if col == 110 and 80 <= row <= 115:
            return math.inf
        return ground(lambda x, y: 100 - 0.1 * x)(row, col)

    found = descend(walled, (100, 100))
    assert found.end == "edge"
    assert found.cells[-1][1] == 200
    past = found.cells[found.cells[:, 1] == 110]
    assert past[0][0] in (79, 116)
    assert past[0][0] == 116  # the nearer end
