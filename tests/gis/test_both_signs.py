"""Pits, stockpiles and sites that are both: fill and cut stand apart; each part has its own rim."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.volume import estimate
from models.estimate import Estimate, EstimateRequest
from tests.gis.ground import X0, Y0, box, disc, made, site

PIT, HEAP = disc(28, 50, 20), disc(72, 50, 20)
R, H = 15.0, 6.0


def both(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Level ground at 100 m with a paraboloid pit (6 m deep, 15 m radius) and the same as a heap."""
    bowl = lambda u: H * np.clip(1 - (np.hypot(x - X0 - u, y - Y0 - 50) / R) ** 2, 0, None)  # noqa: E731
    return 100 - bowl(28) + bowl(72)


PARABOLOID = 0.5 * np.pi * R**2 * H


def answer(tmp_path: Path, outline, key: str, *, fills: bool = True, **parameters) -> Estimate:
    terrain, path = made(tmp_path, both, cell=0.5, rows=200, cols=200)
    return estimate(site(outline, fills=fills), terrain, path, EstimateRequest(key, parameters))


@pytest.mark.parametrize("key", ["spill", "rim_mean", "rim_plane", "rim_surface"])
def test_a_pit_is_fill_and_a_heap_is_cut(tmp_path: Path, key: str) -> None:
    pit = answer(tmp_path, PIT, key)
    heap = answer(tmp_path, HEAP, key, fills=False)
    assert pit.fill_m3 == pytest.approx(PARABOLOID, rel=2e-3)
    assert pit.cut_m3 == pytest.approx(0, abs=1e-6)
    assert heap.cut_m3 == pytest.approx(PARABOLOID, rel=2e-3)
    assert heap.fill_m3 == pytest.approx(0, abs=1e-6)
    assert heap.waste_m3 == pytest.approx(heap.cut_m3)


@pytest.mark.parametrize("parts", [shapely.MultiPolygon([PIT, HEAP]), box(5, 25, 95, 75)], ids=["parts", "one"])
def test_a_mixed_site_keeps_them_apart(tmp_path: Path, parts) -> None:
    """A pit and a heap under one code: neither hides the other in a net figure."""
    mixed = answer(tmp_path, parts, "level", level_m=100.0)
    assert mixed.fill_m3 == pytest.approx(PARABOLOID, rel=2e-3)
    assert mixed.cut_m3 == pytest.approx(PARABOLOID, rel=2e-3)
    assert mixed.net_m3 == pytest.approx(0, abs=1e-3 * PARABOLOID)
    assert mixed.flooded_m2 == pytest.approx(np.pi * R**2, rel=0.02)
    assert mixed.mean_depth_m == pytest.approx(H / 2, rel=0.02)
    heap = answer(tmp_path, parts, "level", fills=False, level_m=100.0)
    assert (heap.fill_m3, heap.cut_m3) == (mixed.fill_m3, mixed.cut_m3)
    assert heap.check.fill_m3 == pytest.approx(PARABOLOID, rel=0.01)


def test_parts_with_different_rims_spill_each_at_its_own(tmp_path: Path) -> None:
    """Two pits on terraces of 100 m and 112 m: one level for both would drown the one or leave the other empty."""

    def terraces(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        dig = 5.0 * ((np.abs(y - Y0 - 50) < 10) & ((np.abs(x - X0 - 25) < 10) | (np.abs(x - X0 - 75) < 10)))
        return np.where(x < X0 + 50, 100.0, 112.0) - dig

    terrain, path = made(tmp_path, terraces)
    parts = shapely.MultiPolygon([box(10, 35, 40, 65), box(60, 35, 90, 65)])
    together = estimate(site(parts), terrain, path, EstimateRequest("spill"))
    assert together.fill_m3 == pytest.approx(2 * 5 * 20 * 20)
    assert [p["level_m"] for p in together.reference.parameters["parts"]] == [100.0, 112.0]
    assert together.reference.min_elevation_m == 100.0
    assert together.reference.max_elevation_m == 112.0
    singles = [estimate(site(p), terrain, path, EstimateRequest("spill")).fill_m3 for p in parts.geoms]
    assert together.fill_m3 == pytest.approx(sum(singles), rel=1e-9)


def test_the_level_that_was_given_stands_beside_a_graded_plane(tmp_path: Path) -> None:
    """Every surface that the request has the parameters for is shown; one that cannot be built says why."""
    graded = answer(tmp_path, PIT, "graded", level_m=100.0, fall_percent=1.0, azimuth_deg=0.0)
    beside = {a.key: a for a in graded.alternatives}
    assert set(beside) == {"spill", "level", "rim_mean", "rim_plane", "rim_surface"}
    assert beside["level"].fill_m3 == pytest.approx(PARABOLOID, rel=2e-3)
    lost = answer(tmp_path, PIT, "spill", terrain="gone")
    row = next(a for a in lost.alternatives if a.key == "dem")
    assert row.fill_m3 is None
    assert row.reason is not None
    assert row.reason.key == "surface.no_terrain"


def test_records_of_before_the_reasons_still_load(tmp_path: Path) -> None:
    record = answer(tmp_path, PIT, "spill").to_record()
    for row in record["alternatives"]:
        del row["reason"]
    kept = Estimate.from_record(record)
    assert all(a.reason is None for a in kept.alternatives)
