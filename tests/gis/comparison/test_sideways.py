"""The sideways shift on stable ground: found within its own error on any grid, not told where it cannot be known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.comparison import compare_surveys
from gis.comparison.sideways import fit_shift
from models.comparison import ComparisonRequest, SidewaysShift
from models.terrain import ErrorFigures
from tests.gis.comparison.making import Height, aside, both, heaped, hills, plane, rough, survey
from tests.gis.error_fields import drawn_on_grid
from tests.gis.ground import box, site

SITE = site(box(100, 95, 205, 200))
EAST, NORTH = 0.8, -0.6
STATED = {"errors": ErrorFigures(0.05, 5.0)}
GRIDS = {
    "same": ({}, {}),
    "finer_after": ({"cell": 2.5}, {"cell": 1.0, "shift": (0.37, -0.21)}),
    "coarser_after": ({"cell": 1.0}, {"cell": 2.0, "shift": (0.37, -0.21)}),
    "turned_both": ({"cell": 1.0, "angle": -33.0}, {"cell": 1.5, "angle": 71.0}),
    "other_zone": ({"crs": "EPSG:4545"}, {"cell": 1.5}),
    "finer_in_degrees": ({"cell": 2.0}, {"cell": 1.0, "crs": "EPSG:4490"}),
    "coarser_in_degrees": ({"cell": 2.0, "crs": "EPSG:4490"}, {"cell": 1.0}),
}


def found(tmp_path: Path, before: Height, after: Height, **more: object) -> SidewaysShift:
    a, b = survey(tmp_path, "a", before, **STATED, **more), survey(tmp_path, "b", after, **STATED, **more)
    shift = compare_surveys(SITE, a, b).shift
    assert shift is not None
    return shift


def ridges(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Slopes to the east and west only."""
    return 1000 + 3 * np.sin(x / 23) + 0 * y


@pytest.mark.parametrize("grids", GRIDS.values(), ids=GRIDS.keys())
def test_a_known_shift_comes_back_within_its_own_error(
    tmp_path: Path, grids: tuple[dict[str, object], dict[str, object]]
) -> None:
    a = survey(tmp_path, "a", both(hills, rough(1, 0.05)), **grids[0], **STATED)
    b = survey(tmp_path, "b", both(aside(hills, EAST, NORTH), rough(2, 0.05)), **grids[1], **STATED)
    shift = compare_surveys(SITE, a, b).shift
    assert shift is not None
    assert (shift.known, shift.why, shift.significant, shift.removed) == ("whole", "", True, False)
    assert shift.sigma_east_m is not None
    assert shift.sigma_north_m is not None
    assert 0.001 < shift.sigma_east_m < 0.08
    assert 0.001 < shift.sigma_north_m < 0.08
    assert shift.east_m == pytest.approx(EAST, abs=2.5 * shift.sigma_east_m)
    assert shift.north_m == pytest.approx(NORTH, abs=2.5 * shift.sigma_north_m)
    assert shift.length_m == pytest.approx(1.0, abs=0.15)
    assert shift.bearing_deg == pytest.approx(126.9, abs=8)
    assert 0.035 < (shift.nmad_m or 0) < 0.08  # 0.07, less where one survey was interpolated


def test_surveys_that_change_places_turn_it_round(tmp_path: Path) -> None:
    a = survey(tmp_path, "a", both(hills, rough(1, 0.05)), **STATED)
    b = survey(tmp_path, "b", both(aside(hills, EAST, NORTH), rough(2, 0.05)), **STATED)
    there, back = compare_surveys(SITE, a, b).shift, compare_surveys(SITE, b, a).shift
    assert there is not None
    assert back is not None
    assert (back.east_m or 0) == pytest.approx(-(there.east_m or 0), abs=0.03)
    assert (back.north_m or 0) == pytest.approx(-(there.north_m or 0), abs=0.03)


def test_without_noise_it_is_exact_also_over_several_cells(tmp_path: Path) -> None:
    for east, north in ((0.3, 0.2), (4.0, -3.0)):
        shift = found(tmp_path, hills, aside(hills, east, north))
        assert (shift.east_m, shift.north_m) == (pytest.approx(east, abs=0.01), pytest.approx(north, abs=0.01))


def test_no_shift_is_found_where_there_is_none(tmp_path: Path) -> None:
    shift = found(tmp_path, both(hills, rough(1, 0.05)), both(hills, rough(2, 0.05)))
    assert shift.known == "whole"
    assert not shift.significant
    assert shift.length_m == pytest.approx(0, abs=0.05)


def test_ground_that_changed_does_not_matter(tmp_path: Path) -> None:
    """A sixth of the ground was dug up or built on in the meantime, all of it towards two corners."""

    def changed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return hills(x, y) - 4.0 * ((x < 70) & (y < 90)) + 6.0 * ((x > 240) & (y > 170)) + 0.35

    shift = found(tmp_path, both(hills, rough(1, 0.05)), both(aside(changed, EAST, NORTH), rough(2, 0.05)))
    assert shift.east_m == pytest.approx(EAST, abs=2.5 * (shift.sigma_east_m or 0))
    assert shift.north_m == pytest.approx(NORTH, abs=2.5 * (shift.sigma_north_m or 0))
    assert (shift.sigma_north_m or 1) < 0.05


def test_noise_as_great_as_the_slopes_does_not_make_it_smaller(tmp_path: Path) -> None:
    """Slopes of 2.5 %, and noise of 0.1 m a cell: a fit on the slopes of one survey finds a tenth of the shift."""

    def gentle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 1000 + 0.2 * (hills(x, y) - 1000)

    shift = found(tmp_path, both(gentle, rough(3, 0.1)), both(aside(gentle, EAST, NORTH), rough(4, 0.1)))
    assert shift.known == "whole"
    assert shift.east_m == pytest.approx(EAST, abs=2.5 * (shift.sigma_east_m or 0))
    assert shift.north_m == pytest.approx(NORTH, abs=2.5 * (shift.sigma_north_m or 0))
    assert (shift.sigma_east_m or 1) < 0.2


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("ground", [plane, lambda x, y: 1000 + 0 * x * y], ids=["even slope", "flat"])
def test_flat_ground_and_even_slopes_say_nothing(tmp_path: Path, ground: Height, noise: float) -> None:
    """On an even slope a shift and an offset look the same."""
    after = both(aside(ground, EAST, NORTH), heaped, lambda x, y: 0.2 - plane(x, y), rough(2, noise))
    shift = found(tmp_path, both(ground, rough(1, noise)), after)
    assert (shift.known, shift.why, shift.east_m, shift.significant) == ("none", "flat", None, False)
    assert shift.metre_m3 is not None


def test_slopes_one_way_tell_one_direction(tmp_path: Path) -> None:
    shift = found(tmp_path, both(ridges, rough(1, 0.05)), both(aside(ridges, EAST, NORTH), rough(2, 0.05)))
    assert (shift.known, shift.why) == ("line", "one_way")
    assert shift.line_deg == pytest.approx(90, abs=2)
    assert shift.east_m == pytest.approx(EAST, abs=0.05)
    assert shift.north_m == pytest.approx(0, abs=0.05)
    assert shift.metre_m3 is not None


def test_too_few_places_and_copied_heights_say_nothing(tmp_path: Path) -> None:
    a, b = survey(tmp_path, "a", hills), survey(tmp_path, "b", both(hills, lambda x, y: 3.0 * (x > 290)))
    none = compare_surveys(SITE, a, b, sites=[box(-500, -500, 800, 800)]).shift
    assert none is not None
    assert (none.known, none.why) == ("none", "few")
    copied = compare_surveys(SITE, a, b).shift
    assert copied is not None
    assert (copied.known, copied.why, copied.metre_m3) == ("none", "copied", None)


def test_two_other_grounds_have_no_shift(tmp_path: Path) -> None:
    def other(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 1000 + 3 * np.sin(y / 17) + 2.5 * np.cos(x / 21)

    assert found(tmp_path, hills, other).known != "whole"


def test_of_a_few_slopes_in_one_place_it_is_not_told_sure(tmp_path: Path) -> None:
    """One mound: the jackknife that leaves it out has nothing left."""

    def mound(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 1000 + 2 * np.exp(-((x - 60) ** 2 + (y - 150) ** 2) / 2 / 6**2)

    shift = found(tmp_path, both(mound, rough(1, 0.05)), both(aside(mound, EAST, NORTH), rough(2, 0.05)))
    assert shift.known != "whole"


@pytest.mark.parametrize(("cell", "known"), [(1.0, True), (4.0, True), (20.0, False)])
def test_crosses_that_reach_beyond_the_terrain_do_not_count(tmp_path: Path, cell: float, known: bool) -> None:
    """A terrain of 100 m about a site of 40 m: of cells of 20 m no cross is whole."""
    a = survey(tmp_path, "a", hills, size=100, cell=cell, **STATED)
    b = survey(tmp_path, "b", aside(hills, EAST, NORTH), size=100, **STATED)
    shift = compare_surveys(site(box(130, 130, 170, 170)), a, b).shift
    assert shift is not None
    assert (shift.known == "whole") is known
    if known:
        assert shift.east_m == pytest.approx(EAST, abs=max(0.05 * cell, 0.02))


@pytest.mark.parametrize("reach", [3.0, 25.0])
def test_the_standard_error_is_the_scatter_of_many_surveys(reach: float) -> None:
    """Errors that hang together over `reach`: shifts of 12 pairs of surveys, each in its own standard errors."""
    n, sigma = 150, 0.05
    fields, random = drawn_on_grid(n, reach, 5), np.random.default_rng(6)
    x, y = np.meshgrid(np.arange(n) + 0.5, np.arange(n) + 0.5)
    col, row = (v[10:-10:2, 10:-10:2].ravel() for v in (x, y))
    errors = (ErrorFigures(sigma, reach),) * 2
    scores = []
    for _ in range(12):
        move = random.uniform(-1.5, 1.5, 2)
        first, second = (hills(x * 2, y * 2) + sigma * next(fields), hills((x - move[0]) * 2, (y - move[1]) * 2))
        second = second + sigma * next(fields) + 0.2

        def heights(
            move_m: np.ndarray, arms: list[float], *, both: bool, first: np.ndarray = first, second: np.ndarray = second
        ) -> tuple[np.ndarray, np.ndarray]:
            return (
                np.stack([_crosses(first, col, row, a) for a in arms]) if both else np.empty(0),
                np.stack([_crosses(second, col + move_m[0], row + move_m[1], a) for a in arms]),
            )

        got = fit_shift(heights, np.column_stack((col, row)), 1.0, errors)
        assert len(got.axes) == 2
        off = got.move_m - move
        scores.append(float(off @ np.linalg.inv(got.covariance) @ off) / 2)
    assert 0.25 < np.mean(scores) < 1.7  # 1 is exact, less is on the safe side


def _crosses(z: np.ndarray, col: np.ndarray, row: np.ndarray, arm: float) -> np.ndarray:
    """Heights (5, n), bilinear, by another library."""
    from scipy.ndimage import map_coordinates

    c = np.concatenate((col, col - arm, col + arm, col, col))
    r = np.concatenate((row, row, row, row - arm, row + arm))
    return np.asarray(map_coordinates(z, [r - 0.5, c - 0.5], order=1, mode="nearest")).reshape(5, -1)


def test_steeper_ground_may_be_asked_for(tmp_path: Path) -> None:
    """Flat ground with banks of 30° that face every way: only with them the shift is known."""

    def banks(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 1000 + 0.577 * (np.abs((x % 40) - 20) + np.abs((y % 50) - 25))

    a = survey(tmp_path, "a", both(banks, rough(1, 0.02)), **STATED)
    b = survey(tmp_path, "b", both(aside(banks, EAST, NORTH), rough(2, 0.02)), **STATED)
    steep = compare_surveys(SITE, a, b, ComparisonRequest(max_slope_deg=60)).shift
    assert steep is not None
    assert (steep.east_m, steep.north_m) == (pytest.approx(EAST, abs=0.05), pytest.approx(NORTH, abs=0.05))
    assert compare_surveys(SITE, a, b).shift != steep


def test_a_project_in_another_zone_has_its_own_north(tmp_path: Path) -> None:
    """The zone's north is turned by 2° against that of the terrains' here: the shift is told in the project's."""
    from pyproj import Transformer

    a = survey(tmp_path, "a", both(hills, rough(1, 0.02)), **STATED)
    b = survey(tmp_path, "b", both(aside(hills, 3.0, 0.0), rough(2, 0.02)), **STATED)
    move = Transformer.from_crs("EPSG:4546", "EPSG:4545", always_xy=True)
    outline = shapely.transform(SITE.outline, lambda p: np.column_stack(move.transform(p[:, 0], p[:, 1])))
    shift = compare_surveys(site(outline, crs="EPSG:4545"), a, b).shift
    there = np.subtract(*(move.transform(500_150 + e, 4_500_150) for e in (3.0, 0.0)))
    assert shift is not None
    assert abs(there[1]) > 0.05
    assert (shift.east_m, shift.north_m) == (pytest.approx(there[0], abs=0.02), pytest.approx(there[1], abs=0.02))
