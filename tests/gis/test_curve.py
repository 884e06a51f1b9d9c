"""Stage–capacity curve and live levels: against the estimate, against each other, against a cone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gis.curve import elevations, nice_step
from gis.volume import estimate, stage_curve
from models.estimate import EstimateRequest
from tests.gis.ground import X0, Y0, disc, made, site


def rough(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = x - X0 - 50, y - Y0 - 50
    return 90 + 0.02 * u + (u**2 + v**2) / 120 + np.sin(u / 3) * np.cos(v / 4)


OUTLINE = disc(50, 50, 33.3, 90)


@pytest.mark.parametrize("key", ["level", "spill", "rim_mean", "rim_plane", "rim_surface"])
def test_ends_with_the_estimate_and_rises(tmp_path: Path, key: str) -> None:
    terrain, path = made(tmp_path, rough)
    request = EstimateRequest(key, {"level_m": 96.4} if key == "level" else {})
    answer = estimate(site(OUTLINE), terrain, path, request)
    rows = stage_curve(site(OUTLINE), terrain, path, request).rows
    h, a, v = (np.array([getattr(r, n) for r in rows]) for n in ("elevation_m", "area_m2", "volume_m3"))
    assert v[0] == 0
    assert v[-1] == pytest.approx(answer.fill_m3, rel=1e-9)
    assert h[-1] == pytest.approx(answer.reference.max_elevation_m, rel=1e-12)
    assert np.all(np.diff(v) >= 0)
    assert np.all(np.diff(h) > 0)
    assert 50 <= len(rows) <= 130
    # Where a sloping reference ends, the area falls within single steps: trapezoids are coarser there.
    assert np.abs(np.diff(v) - np.diff(h) * (a[1:] + a[:-1]) / 2).sum() < (0.02 if key == "level" else 0.06) * v[-1]


@pytest.mark.parametrize("key", ["spill", "rim_surface"])
def test_slope_of_the_volume_is_the_area(tmp_path: Path, key: str) -> None:
    terrain, path = made(tmp_path, rough)
    rows = stage_curve(site(OUTLINE), terrain, path, EstimateRequest(key), step_m=0.001).rows
    for row, following in list(pairwise(rows))[200:-200:97]:
        slope = (following.volume_m3 - row.volume_m3) / (following.elevation_m - row.elevation_m)
        assert min(row.area_m2, following.area_m2) - 8 <= slope <= max(row.area_m2, following.area_m2) + 8  # 8 cells


def test_a_cone(tmp_path: Path) -> None:
    terrain, path = made(
        tmp_path, lambda x, y: 90 + np.hypot(x - X0 - 50, y - Y0 - 50) / 3, cell=0.5, rows=200, cols=200
    )
    request = EstimateRequest("level", {"level_m": 100.0})
    for row in stage_curve(site(disc(50, 50, 30)), terrain, path, request, step_m=1.0).rows[3:]:
        r = 3 * (row.elevation_m - 90)
        assert row.volume_m3 == pytest.approx(np.pi * r**2 * (row.elevation_m - 90) / 3, rel=2e-2)
        assert row.area_m2 == pytest.approx(np.pi * r**2, rel=3e-2)


def test_steps_are_round() -> None:
    assert [nice_step(s) for s in (1.0, 3.0, 25.0, 100.0, 101.0)] == [0.01, 0.05, 0.5, 1.0, 2.0]
    assert elevations(0.95, 3.2, 1.0).tolist() == [0.95, 1.0, 2.0, 3.0, 3.2]
    assert elevations(1.0, 3.0, 1.0).tolist() == [1.0, 2.0, 3.0]


def test_level_below_the_floor_is_one_empty_row(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, rough)
    rows = stage_curve(site(OUTLINE), terrain, path, EstimateRequest("level", {"level_m": 50.0})).rows
    assert [(r.elevation_m, r.area_m2, r.volume_m3) for r in rows] == [(50.0, 0.0, 0.0)]


def test_a_heap_is_counted_up_from_its_base(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, lambda x, y: 100 + np.maximum(10 - np.hypot(x - X0 - 50, y - Y0 - 50) / 2, 0))
    heap = site(disc(50, 50, 24), fills=False)
    rows = stage_curve(heap, terrain, path, EstimateRequest()).rows
    assert rows[-1].volume_m3 == pytest.approx(estimate(heap, terrain, path, EstimateRequest()).cut_m3, rel=1e-9)
    assert rows[1].area_m2 > rows[-2].area_m2


def test_a_curve_says_what_its_estimate_says_of_the_ground(tmp_path: Path) -> None:
    terrain, path = made(tmp_path, rough, kind="dsm")
    told = stage_curve(site(disc(50, 50, 4)), terrain, path, EstimateRequest("level", {"level_m": 96.0})).warnings
    assert [n.key for n in told] == ["estimate.few_cells", "estimate.datum_unknown", "terrain.dsm"]
