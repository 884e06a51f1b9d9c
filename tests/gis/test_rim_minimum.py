"""The lowest point read from noisy heights: what rim it is taken for, how exactly it is drawn, what it counts from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis.correlation import Region, spherical
from gis.flooded import Depths
from gis.rim_minimum import Minimum, true_minimum
from gis.uncertainty import half_width
from gis.volume import estimate
from models.estimate import EstimateRequest
from models.terrain import ErrorFigures
from tests.gis.ground import X0, Y0, disc, made, site

ANGLE = np.arange(90) / 90 * 2 * np.pi
RIM = 27 * np.column_stack((np.cos(ANGLE), np.sin(ANGLE)))
AREA = 1800.0
REACH = 20.0
CORRELATION = spherical(np.hypot(*(RIM[:, None] - RIM[None]).transpose(2, 0, 1)), REACH) + 1e-9 * np.eye(90)


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


def surveyed(seed: int, fall: float = 0.0) -> tuple[np.ndarray, Minimum]:
    """Readings (σ 0.1 m, range 20 m) of a rim that falls `fall` m from end to end; the ground under the fill exact."""
    noise = np.linalg.cholesky(CORRELATION) @ np.random.default_rng(seed).standard_normal(90)
    z = fall / 54 * RIM[:, 0] + 0.1 * noise
    return z, true_minimum(RIM, z, 0.1, REACH, area=AREA, pull=np.zeros(90), ground=0.0)


@pytest.mark.parametrize("seed", [90, 459, 598, 757, 1267])
def test_a_level_rim_that_seems_to_fall_by_chance_is_still_level(seed: int) -> None:
    """A plane is better by more than 4 in 1 of 55 level rims (these are such), by more than 6 in 1 of 400."""
    z, found = surveyed(seed)
    assert AREA * -float(z.min()) <= half_width(found.sigma_m3, found.offset_m3)


def test_what_is_linear_in_the_errors_is_drawn_without_error() -> None:
    """Level ground and no bank: mean and variance are those of universal kriging. Plain draws were off by 4 %."""
    some = np.arange(0, 90, 2)  # few enough that every sample is a node
    xy, c = RIM[some], 0.01 * CORRELATION[np.ix_(some, some)]
    pull = spherical(np.hypot(*(xy - (10, 4)).T), REACH)  # all the ground's error is that of one place
    z = np.linalg.cholesky(c) @ np.random.default_rng(1).standard_normal(45)
    found = true_minimum(xy, z, 0.1, REACH, area=AREA, pull=pull * AREA, ground=AREA**2)
    inverse, one, cross = np.linalg.inv(c), np.ones(45), 0.01 * pull
    mean = one @ inverse @ z / (one @ inverse @ one)
    offset = mean - z.min() + cross @ inverse @ (z - mean)
    rest = 1 - cross @ inverse @ one
    variance = 0.01 - cross @ inverse @ cross + rest**2 / (one @ inverse @ one)
    assert found.offset_m3 == pytest.approx(AREA * offset, rel=1e-3)
    assert found.sigma_m3 == pytest.approx(AREA * np.sqrt(variance), rel=1e-3)


def test_the_fall_of_a_plane_is_not_read_too_great() -> None:
    """Against a plane's posterior by 400,000 independent draws: flat in the fall, not in the slope."""
    z, found = surveyed(0, fall=0.4)
    design = np.column_stack((np.ones(90), RIM))
    inverse = np.linalg.inv(0.01 * CORRELATION)
    covariance = np.linalg.inv(design.T @ inverse @ design)
    draws = np.random.default_rng(1).multivariate_normal(covariance @ design.T @ inverse @ z, covariance, 400_000)
    fall = np.hypot(*draws[:, 1:].T)
    level = draws[:, 0] - 27 * fall - z.min()
    flat, matched = level.mean(), np.average(level, weights=1 / fall)
    assert matched - flat > 0.01  # the case tells the two apart
    assert found.level_m == pytest.approx(matched, abs=0.25 * (matched - flat))


def test_a_level_rim_is_not_drawn_down_by_its_low_samples() -> None:
    """Its height by samples chosen blindly: the mean of 40 surveys is the truth. Low ones among them made it -0.017."""
    angle = np.arange(400) / 400 * 2 * np.pi
    xy = 64 * np.column_stack((np.cos(angle), np.sin(angle)))
    found = []
    for seed in range(40):
        z = 0.1 * np.random.default_rng(seed).standard_normal(400)
        level = true_minimum(xy, z, 0.1, 1.0, area=AREA, pull=np.zeros(400), ground=0.0).level_m
        found.append(level + float(z.min()))
    assert np.mean(found) == pytest.approx(0.0, abs=3 * 0.1 / np.sqrt(80 * 40))


def test_on_the_bank_of_a_spill_only_the_grounds_noise_adds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """u·σ²/2 with u = π·40²/2 m² for each metre (a paraboloid 2 m deep); the level's error is drawn."""
    monkeypatch.setattr("gis.budget.true_minimum", lambda xy, *_, **__: Minimum(0.0, 0.0, 1.0, np.ones(len(xy))))

    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 100 - 2 * np.maximum(1 - (np.hypot(x - X0 - 50, y - Y0 - 50) / 40) ** 2, 0)

    terrain, path = made(tmp_path, ground, errors=ErrorFigures(0.1, 20.0))
    answer = estimate(site(disc(50, 50, 44, 180)), terrain, path, EstimateRequest("spill"))
    assert answer.interval95.offset_m3 == pytest.approx(-np.pi * 40**2 / 2 * 0.1**2 / 2, rel=0.1)


def test_an_outline_along_a_contour_rises_with_the_whole_bank_not_with_one_noisy_reading(tmp_path: Path) -> None:
    """Outline within the side of a paraboloid: σ_xy · A · slope, over five surveys; one reading scatters."""
    parts, want = [], []
    for seed in range(5):
        noise = 0.1 * np.random.default_rng(seed).standard_normal((100, 100))

        def ground(x: np.ndarray, y: np.ndarray, noise: np.ndarray = noise) -> np.ndarray:
            return 100 - 2 * np.maximum(1 - (np.hypot(x - X0 - 50, y - Y0 - 50) / 40) ** 2, 0) + noise

        terrain, path = made(tmp_path, ground, errors=ErrorFigures(0.1, 2.0, 0.3))
        answer = estimate(site(disc(50, 50, 36, 180)), terrain, path, EstimateRequest("spill"))
        parts.append(answer.interval95.parts["outline_m3"])
        want.append(0.3 * answer.flooded_m2 * 2 * 2 * 36 / 40**2)
    assert parts == pytest.approx(want, rel=0.2)


def test_noise_about_a_base_below_the_ground_counts_where_it_dips_under_it() -> None:
    """Level ground 0.2 m above a heap's base, noise of 0.1 m: all but 0.00085 m of its depth in the mean is true."""
    d = 0.2 + 0.1 * np.random.default_rng(4).standard_normal((300, 300))
    region = Depths(Region(np.zeros(2), np.eye(2), 1.0, np.ones_like(d)), d)
    lost = float(np.maximum(-d, 0).sum())
    assert lost == pytest.approx(0.00085 * d.size, rel=0.1)
    assert region.shore(0.1, sunk=True) == pytest.approx(lost * 1.156, rel=0.1)
    assert region.shore(0.1) > 20 * lost
