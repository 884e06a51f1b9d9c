"""Sums of a spherical correlation: against closed radial forms, product quadrature, and lines done by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.polynomial.legendre import leggauss
from scipy import integrate
from shapely import affinity

from gis.correlation import cross_sum, line_sum, region_of, spherical
from gis.uncertainty import mean_correlation

TO_ONE_PERCENT = 0.01  # of σ, so 0.02 of a variance; what is measured is far below


def disc_exactly(radius: float, range_m: float) -> float:
    """Mean correlation in a disc: ∫ p(s) ρ(s) ds with the density of distances (disc line picking, closed)."""

    def integrand(s: float) -> float:
        t = s / radius
        density = 4 * t / np.pi * np.arccos(t / 2) - 2 * t * t / np.pi * np.sqrt(1 - t * t / 4)
        return float(density / radius * spherical(s, range_m))

    return float(integrate.quad(integrand, 0, min(2 * radius, range_m), limit=400)[0])


def rectangle_exactly(a: float, b: float, range_m: float) -> float:
    """Mean correlation in a × b: ∫∫ 4(a-x)(b-y)/(ab)² ρ dx dy over the quarter plane, Gauss-Legendre 500 × 500."""
    t, w = leggauss(500)
    x, y = min(a, range_m) * (t + 1) / 2, min(b, range_m) * (t + 1) / 2
    weights = np.outer(w, w) * min(a, range_m) * min(b, range_m) / 4
    lag = np.hypot(x[:, None], y[None, :])
    return float((weights * 4 * (a - x)[:, None] * (b - y)[None, :] / (a * b) ** 2 * spherical(lag, range_m)).sum())


@pytest.mark.parametrize("across", [0.02, 0.3, 1.0, 2.0, 5.0, 10.0, 40.0])
def test_disc(across: float) -> None:
    shape = shapely.Point(3e5, 4e6).buffer(50, quad_segs=256)
    got = mean_correlation(shape, 100 / across)
    assert np.sqrt(got / disc_exactly(50, 100 / across)) == pytest.approx(1, abs=0.3 * TO_ONE_PERCENT)


@pytest.mark.parametrize("turn", [0.0, 33.0])
@pytest.mark.parametrize("sides", [(60.0, 60.0), (300.0, 60.0), (800.0, 20.0)])
@pytest.mark.parametrize("range_m", [6.0, 20.0, 60.0, 200.0, 3000.0])
def test_rectangle_however_it_lies(sides: tuple[float, float], range_m: float, turn: float) -> None:
    shape = affinity.rotate(shapely.box(0, 0, *sides), turn)
    exact = rectangle_exactly(*sides, range_m)
    assert np.sqrt(mean_correlation(shape, range_m) / exact) == pytest.approx(1, abs=0.6 * TO_ONE_PERCENT)


def test_errors_that_hang_together_far_are_right_in_what_is_left() -> None:
    """Ground and rim cancel there: 1 - ρ must be right, not only ρ."""
    shape, range_m = shapely.box(0, 0, 60, 60), 6000.0
    left = 1 - mean_correlation(shape, range_m)
    assert left == pytest.approx(1 - rectangle_exactly(60, 60, range_m), rel=2e-3)


def test_region_has_the_area_of_the_shape_and_gives_places_back() -> None:
    shape = affinity.rotate(shapely.box(0, 0, 90, 40), 20).difference(shapely.Point(45, 20).buffer(9))
    region = region_of(shape)
    assert region.area_m2 == pytest.approx(shape.area, rel=1e-9)
    at = region.weight.ravel() @ region.places() / region.area_m2
    assert at == pytest.approx([shape.centroid.x, shape.centroid.y], abs=1e-6 * 90)
    x, y = region.places()[region.weight.ravel() > 0.99 * region.step_m**2].T
    assert shapely.contains_xy(shape.buffer(region.step_m), x, y).all()


@pytest.mark.parametrize("range_m", [10.0, 80.0, 400.0])
def test_potential_of_a_disc_at_its_middle_and_edge(range_m: float) -> None:
    """∫ρ from the middle is radial; from the edge the disc is seen under an angle 2 arccos(s/2R)."""
    radius = 50.0
    region = region_of(shapely.Point(0, 0).buffer(radius, quad_segs=256))
    got = region.at(region.potential(range_m), np.array([[0.0, 0.0], [0.0, radius]]))
    middle = integrate.quad(lambda s: 2 * np.pi * s * spherical(s, range_m), 0, min(radius, range_m))[0]
    edge = integrate.quad(
        lambda s: 2 * np.arccos(s / 2 / radius) * s * spherical(s, range_m), 0, min(2 * radius, range_m)
    )[0]
    assert got == pytest.approx([middle, edge], rel=0.02)


@pytest.mark.parametrize("pieces", [20, 90, 400])
@pytest.mark.parametrize("range_m", [3.0, 30.0, 300.0])
def test_a_straight_line_in_pieces(pieces: int, range_m: float) -> None:
    """∬ρ along a line of length l: 2 ∫ (l - h) ρ(h) dh."""
    length = 100.0
    x = (np.arange(pieces) + 0.5) * length / pieces
    places, weight = np.column_stack((x, 0 * x)), np.full(pieces, length / pieces)
    exact = 2 * integrate.quad(lambda h: (length - h) * spherical(h, range_m), 0, min(length, range_m))[0]
    assert line_sum(places, weight, weight, range_m) == pytest.approx(exact, rel=0.015)


def test_sums_of_points_are_plain_sums() -> None:
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0]])
    rho = float(spherical(5.0, 8.0))
    assert cross_sum(a, np.array([2.0, 1.0]), b, np.array([3.0]), 8.0) == pytest.approx(3 * (2 + rho))
    assert line_sum(a, np.array([2.0, 1.0]), np.zeros(2), 8.0) == pytest.approx(5 + 4 * rho)
