"""The offset on stable ground: recovered among outliers, off all sites, off steep ground, removed only if asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.comparison import compare_surveys
from models.comparison import ComparisonRequest
from models.terrain import ErrorFigures
from tests.gis.comparison.making import CONE_M3, Height, heaped, plane, rough, survey
from tests.gis.ground import X0, Y0, box, site

SITE = site(box(100, 95, 205, 200))
OFFSET = 0.35
REMOVE = ComparisonRequest(remove_offset=True)


def raised(base: Height, noise: Height | None = None) -> Height:
    """`base` a third of a metre higher, with a dug field and a new heap outside the site (a sixth of the ground)."""

    def height(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        z = base(x, y) + OFFSET + (noise(x, y) if noise else 0.0)
        return z - 4.0 * ((x < 70) & (y < 90)) + 6.0 * ((x > 240) & (y > 170))

    return height


@pytest.mark.parametrize("after", [{}, {"cell": 1.7, "angle": 25.0}], ids=["same grid", "turned"])
def test_a_known_offset_comes_back_among_outliers(tmp_path: Path, after: dict[str, float]) -> None:
    a = survey(tmp_path, "a", lambda x, y: plane(x, y) + rough(1, 0.05)(x, y))
    b = survey(tmp_path, "b", raised(heaped, rough(2, 0.05)), **after)
    found = compare_surveys(SITE, a, b)
    assert found.offset_m == pytest.approx(OFFSET, abs=0.02)  # a sixth of one-sided outliers pulls the median a little
    assert found.nmad_m == pytest.approx(np.hypot(0.05, 0.05), rel=0.4)
    assert found.stable_cells > 5000


def test_the_offset_stays_in_unless_it_is_to_be_removed(tmp_path: Path) -> None:
    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", raised(heaped))
    left, taken = compare_surveys(SITE, a, b), compare_surveys(SITE, a, b, REMOVE)
    area = 105.0**2
    assert left.offset_m == taken.offset_m == pytest.approx(OFFSET, abs=1e-9)
    assert (left.offset_removed, taken.offset_removed) == (False, True)
    assert left.placed_m3 == pytest.approx(CONE_M3 + OFFSET * area, rel=2e-3)
    assert taken.placed_m3 == pytest.approx(CONE_M3, rel=5e-3)
    assert taken.net_m3 == pytest.approx(left.net_m3 - OFFSET * area, rel=1e-9)
    said = {"progress.offset", "progress.offset_removed"}
    assert {w.key for w in left.warnings} & said == {"progress.offset"}
    assert {w.key for w in taken.warnings} & said == {"progress.offset_removed"}


def test_no_ground_on_any_site_counts(tmp_path: Path) -> None:
    """A neighbour takes up most of the ring and was filled up by 3 m: only its outline tells that this is no offset."""
    neighbour = shapely.difference(box(20, 20, 290, 290), box(90, 85, 215, 210))

    def filled(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return heaped(x, y) + 3.0 * shapely.contains_xy(neighbour, x + X0, y + Y0)

    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", filled)
    assert compare_surveys(SITE, a, b).offset_m == pytest.approx(3.0)
    assert compare_surveys(SITE, a, b, sites=[neighbour]).offset_m == pytest.approx(0.0)


def test_steep_ground_does_not_count(tmp_path: Path) -> None:
    """The later survey lies 1 m too far east: on slopes that looks like 1 m of height."""

    def hills(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 1000 + np.where((x % 60) < 40, 0.9 * (x % 60), 36.0 - 1.8 * ((x % 60) - 40)) * (y > 60)

    a, b = survey(tmp_path, "a", hills), survey(tmp_path, "b", lambda x, y: hills(x - 1.0, y))
    flat = compare_surveys(SITE, a, b)
    assert flat.offset_m == pytest.approx(0, abs=1e-6)
    steep = compare_surveys(SITE, a, b, ComparisonRequest(max_slope_deg=80))
    assert abs(steep.offset_m or 0.0) > 0.5
    assert steep.stable_cells > 1.5 * flat.stable_cells


def test_without_stable_ground_there_is_no_offset_and_nothing_is_removed(tmp_path: Path) -> None:
    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", heaped)
    found = compare_surveys(SITE, a, b, REMOVE, sites=[box(-500, -500, 800, 800)])
    assert (found.offset_m, found.nmad_m, found.offset_removed, found.stable_cells) == (None, None, False, 0)
    assert "progress.no_stable_ground" in {w.key for w in found.warnings}
    assert found.placed_m3 == pytest.approx(CONE_M3, rel=5e-3)


def test_the_ring_widens_where_little_ground_is_left(tmp_path: Path) -> None:
    around = shapely.difference(box(30, 30, 270, 270), box(99, 94, 206, 201))
    a, b = survey(tmp_path, "a", plane, size=900), survey(tmp_path, "b", lambda x, y: heaped(x, y) + 0.2, size=900)
    near, far = compare_surveys(SITE, a, b), compare_surveys(SITE, a, b, sites=[around])
    assert near.stable_within_m is not None
    assert far.stable_within_m is not None
    assert far.stable_within_m > near.stable_within_m
    assert far.offset_m == pytest.approx(0.2)


def test_copied_ground_says_nothing_of_errors(tmp_path: Path) -> None:
    errors = ErrorFigures(0.1, 20.0)
    noise = np.random.default_rng(3).normal(0, 0.1, (300, 300))
    a = survey(tmp_path, "a", lambda x, y: plane(x, y) + noise, errors=errors)
    b = survey(tmp_path, "b", lambda x, y: heaped(x, y) + noise, errors=errors)
    found = compare_surveys(SITE, a, b)
    assert (found.offset_m, found.nmad_m) == (0.0, 0.0)
    assert "progress.copied" in {w.key for w in found.warnings}
    assert found.offset_sigma_m is None
    assert found.interval95.parts["offset_m3"] is None
    assert found.level_of_detection_m == pytest.approx(2 * np.hypot(0.1, 0.1))
    assert found.interval95.net_m3 is not None
    assert found.interval95.net_m3 > 0


def test_outlines_of_other_sites_may_be_invalid_or_missing(tmp_path: Path) -> None:
    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", heaped)
    bow = shapely.Polygon([(X0, Y0), (X0 + 60, Y0 + 60), (X0 + 60, Y0), (X0, Y0 + 60)])
    found = compare_surveys(SITE, a, b, sites=[bow, shapely.Polygon(), box(1e5, 1e5, 2e5, 2e5)])
    assert found.offset_m == pytest.approx(0.0)
