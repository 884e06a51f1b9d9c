from __future__ import annotations

import numpy as np
import pytest

from gis.points.tin import measure
from gis.points.validate import cross_validate
from gis.points.vet import outlying
from tests.gis.points.conftest import plane
from tests.gis.points.test_tin import scatter


def check(xy, z, line=None):
    n = len(z)
    line = np.full(n, -1) if line is None else line
    return cross_validate(xy, z, line, np.ones(n, np.bool_), np.arange(n), 5 * measure(xy).reach_m)


def test_an_exact_plane_has_no_error_and_so_no_figure():
    xy = scatter(500)
    result = check(xy, plane(*xy.T))
    assert result.rmse_m < 1e-9
    assert result.sigma_z_m is None


@pytest.mark.parametrize("n", [3000, 210_000])
def test_known_noise_is_found(n):
    """Independent noise σ on a plane: between σ√(4/3) and σ√(3/2).

    A left-out point differs by its own noise and by the mean of three others, with weights whose squares sum to 1/2 on
    average over a triangle and to 1/3 in its middle.
    """
    sigma = 0.10
    xy = scatter(n, size=300)
    result = check(xy, plane(*xy.T) + np.random.default_rng(5).normal(0, sigma, n))
    assert sigma * (4 / 3) ** 0.5 * 0.96 < result.rmse_m < sigma * 1.5**0.5 * 1.04
    assert result.nmad_m == pytest.approx(result.rmse_m, rel=0.05)
    assert abs(result.bias_m) < 4 * result.rmse_m / result.count**0.5
    assert result.sigma_z_m == pytest.approx(result.rmse_m, abs=1e-3)


def test_it_is_the_same_every_time():
    xy = scatter(800)
    z = plane(*xy.T) + np.random.default_rng(5).normal(0, 0.1, 800)
    assert check(xy, z) == check(xy, z)


def test_lines_leave_whole():
    """Contours of a slope, each with 200 vertices of one height: leaving single vertices out would find no error."""
    along = np.linspace(0, 100, 200)
    xy = np.concatenate([np.column_stack((along, np.full(200, 5.0 * k))) for k in range(20)])
    z = np.repeat(1000 + np.arange(20) ** 2 * 0.1, 200)
    result = check(xy, z, np.repeat(np.arange(20), 200))
    assert result.by_line
    assert result.rmse_m == pytest.approx(0.1, rel=0.35)  # halfway between neighbours of a parabola: 0.1 m above it


def test_a_line_with_a_wrong_height_is_named():
    along = np.linspace(0, 100, 100)
    xy = np.concatenate([np.column_stack((along, np.full(100, 5.0 * k))) for k in range(30)])
    heights = 1000.0 + np.arange(30)
    heights[12] += 50
    line = np.repeat(np.arange(30), 100)
    result = cross_validate(xy, np.repeat(heights, 100), line, np.ones(3000, np.bool_), line + 1, 40.0)
    assert result.odd_lines is not None
    assert 13 in result.odd_lines.rows


def test_blunders_are_outliers_and_rims_are_not():
    """A pit with a sharp rim and steep walls, noise of 3 cm, five spikes of 5 m: only the spikes are found."""
    rng = np.random.default_rng(2)
    xy = scatter(4000)
    d = np.hypot(*(xy - xy.mean(axis=0)).T)
    z = 1050 - np.clip(20 * (1 - (d - 20) / 15), 0, 20) + rng.normal(0, 0.03, 4000)
    spikes = np.array([10, 500, 1500, 2500, 3999])
    z[spikes] += 5 * np.array([1, -1, 1, -1, 1])
    found = np.flatnonzero(outlying(xy, z, np.ones(4000, np.bool_)))
    assert set(spikes) <= set(found)
    assert len(found) - len(spikes) <= 8


def test_exact_ground_has_no_outliers():
    xy = scatter(1000)
    assert not outlying(xy, plane(*xy.T), np.ones(1000, np.bool_)).any()
