"""The lowest point read from noisy heights: what was read may lie between the samples of the rim."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis.rim_minimum import true_minimum
from gis.volume import estimate
from models.estimate import EstimateRequest
from models.terrain import ErrorFigures
from tests.gis.ground import X0, Y0, disc, made, site

ANGLE = np.arange(90) / 90 * 2 * np.pi
RIM = 27 * np.column_stack((np.cos(ANGLE), np.sin(ANGLE)))
AREA = 1800.0


def minimum(level: float | None):
    z = 100 + 0.1 * np.random.default_rng(3).standard_normal(90)
    pull = np.full(90, 0.1 * AREA)
    return z, true_minimum(RIM, z, 0.1, 8.0, area=AREA, pull=pull, ground=0.02 * AREA**2, level=level)


def test_a_level_that_was_read_below_all_samples_is_too_low_by_that_much_more() -> None:
    z, plain = minimum(None)
    _, lower = minimum(float(z.min()) - 0.05)
    assert lower.level_m == pytest.approx(plain.level_m + 0.05, abs=1e-9)
    assert lower.offset_m3 == pytest.approx(plain.offset_m3 + 0.05 * AREA, rel=1e-6)
    assert lower.sigma_m3 == pytest.approx(plain.sigma_m3, rel=1e-6)


def test_the_offset_of_an_estimate_counts_from_its_own_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The spill level is that of the terrain along the outline, below the samples; the interval once forgot it."""
    seen: list[tuple[float, float]] = []

    def watched(xy, z, *rest, level=None, **more):
        seen.append((float(z.min()), level))
        return true_minimum(xy, z, *rest, level=level, **more)

    monkeypatch.setattr("gis.budget.true_minimum", watched)
    noise = np.random.default_rng(2).standard_normal((100, 100)) * 0.1

    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        r = np.hypot(x - X0 - 50, y - Y0 - 50)
        return 100 - 5 * np.maximum(1 - (r / 24) ** 2, 0) + noise

    terrain, path = made(tmp_path, ground, errors=ErrorFigures(0.1, 1.0))
    answer = estimate(site(disc(50.3, 49.6, 27, 180)), terrain, path, EstimateRequest("spill"))
    ((lowest_sample, level),) = set(seen)
    assert level == answer.reference.mean_elevation_m
    assert level < lowest_sample
