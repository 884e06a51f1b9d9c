"""Tilts and bends in differences on stable ground: against what was put in, and how often chance passes for one."""

from __future__ import annotations

import os

import numpy as np
import pytest

from gis.comparison.tilt import Tilt, Trend, fit_tilt
from models.terrain import ErrorFigures
from tests.gis.error_fields import drawn_on_grid

N, LAG = 300, 3
UNSTATED = ErrorFigures(), ErrorFigures()
SLOW = pytest.mark.skipif("HUITIAN_SLOW" not in os.environ, reason="takes minutes; set HUITIAN_SLOW=1")


def ring(inner: float = 60.0) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Places (m) about a site in the middle of 300 m, and their rows and columns."""
    cols, rows = np.meshgrid(np.arange(0, N, LAG), np.arange(0, N, LAG))
    keep = np.hypot(cols - 150, rows - 150) > inner
    return np.column_stack((cols[keep], rows[keep])).astype(float), (rows[keep], cols[keep])


XY, AT = ring()
U, V = ((XY - 150) / 150).T
MIDDLE = np.array([[150.0, 150.0]])


def fields(reach: float, seed: int):
    if reach > 0:
        return drawn_on_grid(N, reach, seed)
    random = np.random.default_rng(seed)
    return (random.standard_normal((N, N)) for _ in iter(int, 1))


def stated(sigma: float, reach: float | None) -> tuple[ErrorFigures, ErrorFigures]:
    one = ErrorFigures(sigma / 2**0.5, reach)
    return one, one


def fitted(d: np.ndarray, errors=UNSTATED, slopes: np.ndarray | None = None) -> Tilt:
    return fit_tilt(XY, d, np.zeros((2, d.size)) if slopes is None else slopes, 1.0, errors)


def sigma_at(tilt: Tilt, xy: np.ndarray) -> float:
    return float(np.sqrt(sum(p.at(xy)[0] ** 2 for p in tilt.spread)))


def noise(sigma: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, sigma, len(XY))


def test_a_plane_comes_back() -> None:
    found = fitted(0.3 + 0.12 * U - 0.05 * V + noise(0.02))
    assert found.kind == "tilt"
    off = np.array([[0.0, 150.0], [300.0, 150.0], [150.0, 0.0], [150.0, 300.0]])
    z = found.trend.at(off)
    assert z[1] - z[0] == pytest.approx(0.24, abs=0.01)
    assert z[3] - z[2] == pytest.approx(-0.10, abs=0.01)
    assert found.trend.at(XY).mean() == pytest.approx(0, abs=1e-12)
    assert found.nmad_m == pytest.approx(0.02, rel=0.05)


def test_a_bowl_comes_back_where_there_is_no_stable_ground() -> None:
    """A dish of 0.2 m to the edge, seen from the ring: the middle lies below the ring's mean by that of u² + v²."""
    found = fitted(0.2 * (U**2 + V**2) + 0.03 * U + noise(0.02))
    assert found.kind == "bowl"
    assert found.trend.at(MIDDLE)[0] == pytest.approx(-(0.2 * (U**2 + V**2) + 0.03 * U).mean(), abs=0.01)
    x, y = 150 + 30 * np.cos(np.arange(8.0)), 150 + 30 * np.sin(np.arange(8.0))
    true = 0.2 * (((x - 150) / 150) ** 2 + ((y - 150) / 150) ** 2) + 0.03 * (x - 150) / 150
    z = found.trend.at(np.column_stack((x, y))) - found.trend.at(MIDDLE)
    assert z == pytest.approx(true, abs=0.01)


def test_its_error_is_that_of_least_squares_for_noise_without_correlation() -> None:
    """σ² (XᵀX)⁻¹, by another route; Student's factor and the greatest of several blocks lie above it."""
    found = fitted(0.1 * U + noise(0.05))
    design = np.column_stack((np.ones_like(U), U, V))
    place = np.array([[300.0, 150.0]])
    row = np.array([0.0, 1.0 - U.mean(), -V.mean()])
    plain = 0.05 * np.sqrt(row @ np.linalg.inv(design.T @ design) @ row)
    assert plain < sigma_at(found, place) < 2.2 * plain


def test_a_third_of_the_ground_that_was_dug_bends_nothing() -> None:
    dug = np.where((XY[:, 0] > 220) & (XY[:, 1] > 60), -3.0, 0.0)
    assert 0.15 < (dug < 0).mean() < 0.35
    assert fitted(dug + noise(0.05)).kind == "none"
    tilted = fitted(dug + 0.1 * U + noise(0.02))
    assert tilted.kind in ("tilt", "bowl")
    assert tilted.trend.at(MIDDLE)[0] == pytest.approx(-0.1 * U[dug == 0].mean(), abs=0.005)


def test_a_shift_in_a_valley_is_no_tilt() -> None:
    """In a valley the slope grows evenly: half a metre aside looks like a tilt, as the slopes show."""
    slopes = np.stack((0.1 * U, 0 * U))
    assert fitted(-0.5 * slopes[0] + noise(0.02)).kind == "tilt"
    assert fitted(-0.5 * slopes[0] + noise(0.02), slopes=slopes).kind == "none"


def test_what_is_not_worth_a_word() -> None:
    assert fitted(0.002 * U + noise(1e-4)).kind == "none"


def test_too_few_blocks_say_nothing() -> None:
    xy = np.column_stack((np.arange(120.0) % 4, np.arange(120.0) % 3))
    found = fit_tilt(xy, np.random.default_rng(0).normal(0, 1, 120), np.zeros((2, 120)), 1.0, stated(0.1, 5.0))
    assert (found.kind, found.why) == ("none", "patchy")


def test_sums_of_trends() -> None:
    one, other = (Trend(np.zeros(2), 10.0, np.arange(5.0) * k, 0.3 * k) for k in (1, 2))
    assert one.plus(other, -0.5).at(XY) == pytest.approx(0, abs=1e-9)


def alarms(reach: float, errors: tuple[ErrorFigures, ErrorFigures], runs: int, seed: int) -> int:
    draw = fields(reach, seed)
    return sum(fitted(0.05 * next(draw)[AT] + noise(1e-3, k), errors).kind != "none" for k in range(runs))


@pytest.mark.parametrize("reach", [0.0, 5.0, 30.0])
def test_chance_passes_for_a_tilt_about_as_often_as_it_should(reach: float) -> None:
    """Once in 22 times: of 40 there are 2, and more than 6 in one of 100 such tests."""
    assert alarms(reach, stated(0.05, reach or 1.0), 40, 3) <= 6


@SLOW
@pytest.mark.slow
@pytest.mark.parametrize(("reach", "known", "share"), [
    (0.0, True, 0.0455), (5.0, True, 0.0455), (15.0, True, 0.0455), (30.0, True, 0.0455), (80.0, True, 0.0455),
    (5.0, False, 0.0455), (15.0, False, 0.06), (30.0, False, 0.16),
])  # fmt: skip
def test_how_often_chance_passes_over_many(reach: float, known: bool, share: float) -> None:
    """Blocks alone, where no ranges are stated, tell long errors from a tilt less well, as docs say."""
    runs = 200
    found = alarms(reach, stated(0.05, reach or 1.0) if known else UNSTATED, runs, 5)
    assert found <= share * runs + 2.5 * np.sqrt(share * runs), found


@pytest.mark.parametrize("reach", [0.0, 15.0])
def test_the_error_of_the_middle_is_as_large_as_it_is_said(reach: float) -> None:
    """A bend in correlated noise, 16 times: misses in standard deviations at the place where there is no ground."""
    draw, off = fields(reach, 11), []
    for k in range(16):
        true = 0.15 * (U**2 + V**2)
        found = fitted(0.05 * next(draw)[AT] + true + noise(1e-3, k), stated(0.05, reach or 1.0))
        assert found.kind == "bowl"
        off.append((found.trend.at(MIDDLE)[0] + true.mean()) / sigma_at(found, MIDDLE))
    assert 0.4 < np.sqrt(np.mean(np.square(off))) < 1.4
