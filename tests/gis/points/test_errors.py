"""Survey and interpolation error together: nothing counted twice, nothing that cross-validation cannot see left out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gis.points.errors import combined, semivariance
from gis.points.tin import Tin
from gis.points.validate import CrossValidation, cross_validate
from models.terrain import ERROR_DEFAULTS, ErrorFigures


def check(rmse: float, count: int = 1000) -> CrossValidation:
    return CrossValidation(count, 0, 0.0, rmse, rmse, False, 10)


def test_without_a_stated_survey_the_rmse_is_the_figure() -> None:
    got = combined(ErrorFigures(), check(0.12), 4.0, 1.0)
    assert got == ErrorFigures(0.12, 4.0, None, "cross-validation")


def test_without_a_cross_validation_the_survey_is_the_figure() -> None:
    survey = ERROR_DEFAULTS["total_station"]
    assert combined(survey, check(0.12, 5), 4.0, 1.0) == survey


@pytest.mark.parametrize(("rmse", "total"), [(0.03, 0.05), (0.05, 0.05), (0.13, 0.13)])
def test_points_with_errors_of_their_own_are_not_counted_twice(rmse: float, total: float) -> None:
    """Neighbours farther apart than the errors reach: cross-validation saw all of them."""
    got = combined(ErrorFigures(0.05, 3.0, 0.02, "stated"), check(rmse), 4.0, 1.0)
    assert got.sigma_z_m == pytest.approx(total)
    assert (got.sigma_xy_m, got.basis) == (0.02, "stated;cross-validation")


def test_errors_that_neighbours_share_add_in_quadrature() -> None:
    got = combined(ErrorFigures(0.15, 1e6, None, "stated"), check(0.08), 1.0, 1.0)
    assert got.sigma_z_m == pytest.approx(math.hypot(0.15, 0.08), abs=1e-3)
    unknown = combined(ErrorFigures(0.15, None, None, "stated"), check(0.08), 1.0, 1.0)
    assert (unknown.sigma_z_m, unknown.range_m) == (got.sigma_z_m, None)


def test_the_range_keeps_the_sum_over_large_sites() -> None:
    """σ² L² of the whole is the sum of both parts' (what the mean over a site much larger than L depends on)."""
    survey = ErrorFigures(0.15, 50.0, None, "stated")
    got = combined(survey, check(0.3), 5.0, 1.0)
    extra = 0.3**2 - semivariance(0.15, 50.0, 5.0)
    assert got.sigma_z_m is not None
    assert got.range_m is not None
    assert got.sigma_z_m**2 == pytest.approx(0.15**2 + extra, rel=0.01)
    assert got.sigma_z_m**2 * got.range_m**2 == pytest.approx(0.15**2 * 50**2 + extra * 5**2, rel=0.02)


def test_a_known_world_gives_its_own_error() -> None:
    """Points with noise of 5 cm and a shared error of 20 cm over 200 m, on rough ground: the figure is the true error.

    The survey is stated as it is: 0.206 m in all. What is said of the TIN must not lie below the TIN's true RMSE, nor
    more than a fifth above it.
    """
    rng = np.random.default_rng(8)
    side, truth, said = 300.0, [], []
    for _ in range(4):
        k = rng.normal(size=(40, 2)) / 60
        phase, size = rng.uniform(0, 2 * np.pi, 40), rng.normal(0, 0.2 / np.sqrt(20), 40)
        rough = rng.uniform(0, 2 * np.pi, 2)

        def shared(xy, k=k, phase=phase, size=size):
            return (size * np.cos(xy @ k.T + phase)).sum(axis=1)

        def ground(xy, rough=rough):
            return 1000 + 0.6 * np.sin(xy[:, 0] / 6 + rough[0]) * np.cos(xy[:, 1] / 7 + rough[1])

        xy = rng.uniform(0, side, (3000, 2))
        z = ground(xy) + shared(xy) + rng.normal(0, 0.05, len(xy))
        none, all_ = np.full(len(xy), -1), np.ones(len(xy), np.bool_)
        found = cross_validate(xy, z, none, all_, np.arange(len(xy)), 40.0)
        figures = combined(ErrorFigures(0.206, 200.0, None, "stated"), found, 5.5, 1.0)
        places = rng.uniform(30, side - 30, (4000, 2))
        truth.append(np.mean((Tin(xy, z, 40.0).at(places) - ground(places)) ** 2))
        said.append(figures.sigma_z_m**2)
    ratio = np.sqrt(np.mean(said) / np.mean(truth))
    assert 1.0 <= ratio < 1.2
