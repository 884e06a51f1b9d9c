"""The covariance of a shift: from few blocks, from many, from one that holds all, and from stated errors."""

from __future__ import annotations

import numpy as np
import pytest

from gis.comparison.interval import Errors
from gis.comparison.sideways_error import Influence, covariance
from models.terrain import ErrorFigures
from tests.gis.error_fields import drawn_at

NOTHING = Errors(ErrorFigures(), ErrorFigures(), 0.1)


def lattice(n: int) -> np.ndarray:
    """Places one metre apart, n to a side."""
    x, y = np.meshgrid(np.arange(n) + 0.5, np.arange(n) + 0.5)
    return np.column_stack((x.ravel(), y.ravel()))


def influence(xy: np.ndarray, slope: np.ndarray, rest: np.ndarray) -> Influence:
    """That of ordinary least squares."""
    return Influence(xy, slope, rest, slope[:, :, None] * slope[:, None, :])


def test_independent_errors_give_what_least_squares_give() -> None:
    """σ² (GᵀG)⁻¹, within what a jackknife over blocks of chance sizes can tell, and not less."""
    random = np.random.default_rng(1)
    xy, sigma = lattice(80), 0.1
    slope = random.normal(0, 0.1, (len(xy), 2)) * (1.0, 0.3)
    found = covariance(influence(xy, slope, random.normal(0, sigma, len(xy))), NOTHING, 1.0)
    assert found is not None
    plain = sigma**2 * np.linalg.inv(slope.T @ slope)
    assert np.diag(found) == pytest.approx(1.7 * np.diag(plain), rel=0.65)
    assert (np.diag(found) > 0.8 * np.diag(plain)).all()


def test_errors_that_hang_together_count_as_the_blocks_that_they_are() -> None:
    """The same errors and slopes on blocks of 8 × 8 places: 64 places tell as much as one."""
    random = np.random.default_rng(2)
    xy = lattice(80)
    at = np.floor(xy / 8).astype(int) @ (1, 10)
    slope, rest = random.normal(0, 0.1, (100, 2))[at], random.normal(0, 0.1, 100)[at]
    found = covariance(influence(xy, slope, rest), NOTHING, 1.0)
    assert found is not None
    naive = 0.1**2 * np.linalg.inv(slope.T @ slope)
    assert (np.diag(found) > 30 * np.diag(naive)).all()
    assert (np.diag(found) < 200 * np.diag(naive)).all()


def test_one_block_that_holds_all_slope_leaves_nothing_sure() -> None:
    random = np.random.default_rng(3)
    xy = lattice(80)
    inside = (xy < 8).all(axis=1)
    slope = np.where(inside[:, None], random.normal(0, 0.1, (len(xy), 2)), 0.0)
    rest = random.normal(0, 0.1, len(xy))
    found = covariance(influence(xy, slope, rest), NOTHING, 1.0)
    assert found is None or np.diag(found).min() > 25 * 0.1**2 * np.linalg.inv(slope.T @ slope).max()


def test_too_few_blocks_or_no_slope_are_not_known() -> None:
    xy, random = lattice(80), np.random.default_rng(4)
    slope, rest = random.normal(0, 0.1, (len(xy), 2)), random.normal(0, 0.1, len(xy))
    assert covariance(influence(xy, slope, rest), NOTHING, 20.0) is None  # the least block is half of the ground
    assert covariance(influence(xy, 0 * slope, rest), NOTHING, 1.0) is None


@pytest.mark.parametrize("range_m", [40.0, 150.0])
def test_stated_errors_that_reach_farther_than_blocks_count(range_m: float) -> None:
    """Against fields drawn by Cholesky's factor: the scatter of what least squares make of 2,000 of them."""
    xy = lattice(24) * 3
    wave = np.column_stack((np.sin(xy[:, 0] / 7), np.cos(xy[:, 1] / 9)))
    slope = 0.1 * (wave - wave.mean(axis=0))
    errors = Errors(ErrorFigures(0.1, range_m), ErrorFigures(0.2, range_m), None)
    sigma = float(np.hypot(0.1, 0.2))
    fields = sigma * drawn_at(xy, range_m, 2_000, seed=5)
    truth = np.cov((fields @ slope @ np.linalg.inv(slope.T @ slope)).T)
    found = covariance(influence(xy, slope, 0 * fields[0]), errors, 1.0)
    assert found is not None
    assert found == pytest.approx(truth, rel=0.15, abs=0.05 * np.trace(truth))
    noisy = covariance(influence(xy, slope, fields[0]), errors, 1.0)
    assert noisy is not None
    assert np.linalg.eigvalsh(noisy - 0.95 * found).min() > -1e-6 * np.trace(found)  # nowhere smaller
