"""The budget's rules that no single reference surface shows: references from elsewhere, several parts, silence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.budget import interval
from gis.job import open_job
from gis.surfaces import OwnErrors
from gis.surfaces.base import Plane
from gis.uncertainty import terrain_sigma
from gis.volume import estimate
from models.estimate import EstimateRequest, Interval95
from models.terrain import ErrorFigures
from tests.gis.ground import X0, box, disc, made, site

LEVEL = EstimateRequest("level", {"level_m": 100.0})


@dataclass(frozen=True)
class Elsewhere(Plane):
    """A plane that stands for a second terrain or a design: it has errors of its own."""

    own_errors: OwnErrors | None = None


def with_reference(tmp_path: Path, own: OwnErrors | None, errors: ErrorFigures) -> Interval95:
    terrain, path = made(tmp_path, lambda x, y: 95 + 0 * x, errors=errors)
    square = site(box(20, 20, 80, 80))
    answer = estimate(square, terrain, path, LEVEL)
    with open_job(square, terrain, path, LEVEL) as job:
        return interval(job, [Elsewhere(100.0, own_errors=own)], answer, None)


def test_a_second_terrain_brings_its_own_errors(tmp_path: Path) -> None:
    errors, own = ErrorFigures(0.1, 20.0, 0.3, "stated", 0.07), OwnErrors(0.2, 60.0, 0.05)
    found = with_reference(tmp_path, own, errors)
    square = box(20, 20, 80, 80)
    assert found.parts["terrain_m3"] == pytest.approx(terrain_sigma(square, 0.1, 20.0), rel=1e-3)
    assert found.parts["reference_m3"] == pytest.approx(terrain_sigma(square, 0.2, 60.0), rel=1e-3)
    assert found.parts["bias_m3"] == pytest.approx(0.05 * 3600)  # that of the offset, in the place of the terrain's
    assert found.parts["outline_m3"] == pytest.approx(240 * 5 * 0.3, rel=1e-6)
    assert found.fill_m3 == pytest.approx(2 * np.sqrt(sum(v * v for k, v in found.parts.items() if v and "m3" in k)))


def test_a_second_terrain_of_unknown_error_is_not_quantified(tmp_path: Path) -> None:
    found = with_reference(tmp_path, OwnErrors(None, None, 0.05), ErrorFigures(0.1, 20.0, 0.3, "stated"))
    assert (found.fill_m3, found.tonnage_t, found.waste_m3, found.offset_m3) == (None, None, None, None)
    assert found.parts["reference_m3"] is None
    assert found.parts["terrain_m3"]


def test_a_design_is_exact_but_for_the_terrains_bias(tmp_path: Path) -> None:
    found = with_reference(tmp_path, None, ErrorFigures(0.1, 20.0, 0.3, "stated", 0.07))
    assert found.parts["reference_m3"] == 0
    assert found.parts["bias_m3"] == pytest.approx(0.07 * 3600)


def bowls(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x - 500_000, y - 4_500_000
    pits = [np.clip(1 - np.hypot(x - c, y - 50) / 20, 0, None) for c in (25, 75)]
    return np.asarray(100 - 6 * (pits[0] + pits[1]))


@pytest.mark.parametrize("range_m", [5.0, 40.0, 4_000.0])
def test_parts_whose_errors_hang_together_add_up_and_others_by_squares(tmp_path: Path, range_m: float) -> None:
    errors = ErrorFigures(0.1, range_m, 1e-6, "stated", 1e-6)
    terrain, path = made(tmp_path, bowls, errors=errors)
    left, right = disc(25, 50, 19), disc(75, 50, 19)
    both = estimate(site(shapely.MultiPolygon([left, right])), terrain, path, LEVEL).interval95
    one = estimate(site(left), terrain, path, LEVEL).interval95
    assert both.parts["terrain_m3"] is not None
    assert one.parts["terrain_m3"] is not None
    ratio = both.parts["terrain_m3"] / one.parts["terrain_m3"]
    assert 2**0.5 - 0.01 <= ratio <= 2.01
    assert ratio == pytest.approx({5.0: 2**0.5, 4_000.0: 2.0}.get(range_m, ratio), rel=0.01)


@pytest.mark.parametrize("key", ["spill", "rim_mean", "rim_plane", "rim_surface"])
def test_every_rim_reference_loses_what_is_the_same_everywhere(tmp_path: Path, key: str) -> None:
    def of(range_m: float) -> float:
        terrain, path = made(tmp_path, bowls, errors=ErrorFigures(0.1, range_m, 1e-6, "stated"))
        found = estimate(site(disc(25, 50, 22)), terrain, path, EstimateRequest(key)).interval95.fill_m3
        assert found is not None
        return found

    found = [of(r) for r in (60.0, 200.0, 1_000.0, 10_000.0, 1e6)]
    assert (np.diff(found) < 0).all()
    assert found[-1] < 0.15 * found[0]


def test_an_interval_is_the_same_to_the_last_digit_each_time(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, bowls, errors=ErrorFigures(0.1, 30.0, 0.1, "stated"))
    request = EstimateRequest("spill", density_t_m3=1.2, density_sigma=0.05, cover_m=0.5)
    answers = [estimate(site(disc(25, 50, 22)), terrain, path, request).interval95 for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]


def test_nothing_to_fill_is_plus_minus_nothing_but_said(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, lambda x, y: 95 + 0 * x, errors=ErrorFigures(0.1, 30.0, 0.1, "stated"))
    found = estimate(site(box(20, 20, 80, 80)), terrain, path, EstimateRequest("level", {"level_m": 90.0}))
    assert found.fill_m3 == 0
    assert found.interval95.fill_m3 == 0
    assert "estimate.below_floor" in {w.key for w in found.warnings}


@pytest.mark.parametrize("below", [0.0, 0.05, 0.3])
def test_nothing_to_fill_within_the_noise_is_not_quantified(tmp_path: Path, below: float) -> None:
    terrain, path = made(tmp_path, lambda x, y: 95 + 0 * x, errors=ErrorFigures(0.1, 30.0, 0.1, "stated"))
    found = estimate(site(box(20, 20, 80, 80)), terrain, path, EstimateRequest("level", {"level_m": 95.0 - below}))
    assert found.fill_m3 == 0
    assert found.interval95.fill_m3 is None
    assert "estimate.empty" in {w.key for w in found.warnings}
    heap = estimate(site(box(20, 20, 80, 80), fills=False), terrain, path, EstimateRequest("rim_surface"))
    assert heap.cut_m3 == 0
    assert heap.interval95.fill_m3 is None


@pytest.mark.parametrize("key", ["spill", "lowest"])
def test_an_open_slope_has_nothing_to_fill_and_no_interval_of_zero(tmp_path: Path, key: str) -> None:
    terrain, path = made(tmp_path, lambda x, y: 95 + 0.1 * x, errors=ErrorFigures(0.1, 30.0, 0.1, "stated"))
    slope = site(box(20, 20, 80, 80))
    found = estimate(slope, terrain, path, EstimateRequest(key, density_t_m3=1.2, density_sigma=0.05))
    assert found.fill_m3 == 0
    assert (found.interval95.fill_m3, found.interval95.tonnage_t) == (None, None)
    assert {"estimate.empty", "estimate.below_floor"} <= {w.key for w in found.warnings}
    assert "estimate.no_reference_sigma" not in {w.key for w in found.warnings}


def test_records_of_before_still_load() -> None:
    old = {"fill_m3": 1.0, "tonnage_t": None, "parts": {"terrain_m3": 0.5}}
    assert Interval95(**old).shares == {}
    assert ErrorFigures(sigma_z_m=0.1, range_m=3.0, sigma_xy_m=None, basis="stated").bias_m is None


def test_what_is_cut_has_an_interval_of_its_own(tmp_path: Path) -> None:
    """The cut of a pit is the heap of the same outline over the same surface, errors and all; what is none has none."""
    terrain, path = made(tmp_path, lambda x, y: 95 + 0.05 * (x - X0), errors=ErrorFigures(0.1, 30.0, 0.2, "stated"))
    terrain = replace(terrain, errors=replace(terrain.errors, bias_m=0.02))
    ground = box(20, 20, 80, 80)
    for request in (EstimateRequest("level", {"level_m": 97.0}), EstimateRequest("rim_mean")):
        pit = estimate(site(ground), terrain, path, request)
        heap = estimate(site(ground, fills=False), terrain, path, request)
        assert pit.cut_m3 == heap.cut_m3 > 100
        assert pit.interval95.other_m3 == pytest.approx(heap.interval95.fill_m3, rel=0.02)
        assert heap.interval95.other_m3 == pytest.approx(pit.interval95.fill_m3, rel=0.02)
    full = estimate(site(ground), terrain, path, EstimateRequest("level", {"level_m": 120.0}))
    assert (full.cut_m3, full.interval95.other_m3) == (0, None)
