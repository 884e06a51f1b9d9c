"""The interval: the double integral against known values, against drawn error fields, and its honesty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.uncertainty import mean_correlation, points_in, spherical, terrain_sigma
from gis.volume import estimate
from models.catalogue import Default
from models.estimate import Estimate, EstimateRequest
from models.terrain import ErrorFigures
from tests.gis.ground import X0, Y0, box, disc, made, site


def rolstad(u: float) -> float:
    """Rolstad, Haug & Denby (2009): σ²_mean/σ² of a disc of radius R = u·L_c by their closed approximation."""
    return 1 - u + u**3 / 5 if u <= 1 else 1 / (5 * u * u)


@pytest.mark.parametrize(("u", "above"), [(0.1, 1.02), (0.3, 1.08), (1.0, 1.16), (2.0, 1.07), (10.0, 1.01)])
def test_disc_against_the_closed_approximation(u: float, above: float) -> None:
    """volumes.md section 5 states by how much the approximation's σ exceeds the double integral's."""
    ours = mean_correlation(shapely.Point(0, 0).buffer(100, quad_segs=64), 100 / u)
    assert np.sqrt(rolstad(u) / ours) == pytest.approx(above, abs=0.02)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(0, 0, 100, 100),
        shapely.box(0, 0, 400, 12),
        shapely.box(0, 0, 90, 90).difference(shapely.box(20, 20, 80, 80)),
    ],
    ids=["square", "long", "ring"],
)
@pytest.mark.parametrize("range_m", [8.0, 60.0, 500.0])
def test_double_integral_against_a_fine_grid(shape, range_m: float) -> None:
    """Against the sum over all pairs of a fine grid of cells (autocorrelation by FFT)."""
    x0, y0, x1, y1 = shape.bounds
    step = 1.0
    x, y = np.meshgrid(np.arange(x0 + step / 2, x1, step), np.arange(y0 + step / 2, y1, step))
    inside = shapely.contains_xy(shape, x, y).astype(float)
    rows, cols = inside.shape
    size = (2 * rows, 2 * cols)
    pairs = np.fft.irfft2(np.abs(np.fft.rfft2(inside, size)) ** 2, size)
    lag_y, lag_x = np.fft.fftfreq(size[0], 1 / size[0]), np.fft.fftfreq(size[1], 1 / size[1])
    correlation = spherical(np.hypot(lag_y[:, None], lag_x[None, :]) * step, range_m)
    exact = float((pairs * correlation).sum() / inside.sum() ** 2)
    assert np.sqrt(mean_correlation(shape, range_m) / exact) == pytest.approx(1, abs=0.025)


def test_points_are_inside_and_the_same_each_time() -> None:
    shape = disc(0, 0, 50).difference(disc(0, 0, 20))
    one, two = points_in(shape, 1000), points_in(shape, 1000)
    assert np.array_equal(one, two)
    assert 900 < len(one) < 1100
    assert shapely.contains_xy(shape, *one.T).all()


def fields(count: int, n: int, range_m: float, sigma: float, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Error fields with spherical covariance on n × n cells of 1 m, by circulant embedding (negative power cut)."""
    lag = np.minimum(np.arange(2 * n), 2 * n - np.arange(2 * n))
    power = np.maximum(np.fft.fft2(spherical(np.hypot(lag[:, None], lag[None, :]), range_m)).real, 0)
    root = sigma * np.sqrt(power / power.size)
    for _ in range(count // 2):  # the real and the imaginary part are independent fields
        both = np.fft.fft2(root * (rng.normal(size=root.shape) + 1j * rng.normal(size=root.shape)))[:n, :n]
        yield both.real
        yield both.imag


@pytest.mark.parametrize(
    ("shape", "range_m"), [(disc(50, 50, 30), 20.0), (box(5, 45, 95, 55), 25.0), (disc(50, 50, 30), 180.0)]
)
def test_drawn_error_fields_spread_as_the_formula_says(shape, range_m: float) -> None:
    from gis.coverage import coverage

    pixel = shapely.transform(shape, lambda p: np.column_stack((p[:, 0] - X0, 100 - (p[:, 1] - Y0))))
    weight = coverage(pixel, 0, 100, 0, 100)
    rng = np.random.default_rng(5)
    volumes = [float((weight * f).sum()) for f in fields(500, 100, range_m, 0.2, rng)]
    assert np.std(volumes) == pytest.approx(terrain_sigma(shape, 0.2, range_m), rel=0.1)


def cone(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 90 + np.minimum(np.hypot(x - X0 - 50, y - Y0 - 50) / 3, 10.0)


def answer(tmp_path: Path, errors: ErrorFigures, key: str = "level", request: dict | None = None, **more) -> Estimate:
    terrain, path = made(tmp_path, cone, errors=errors)
    parameters = {"level_m": 100.0} if key == "level" else {}
    return estimate(site(disc(50, 50, 29)), terrain, path, EstimateRequest(key, parameters, **(request or {})), **more)


def test_nothing_stated_is_not_quantified(tmp_path: Path) -> None:
    got = answer(tmp_path, ErrorFigures())
    assert (got.interval95.fill_m3, got.interval95.tonnage_t) == (None, None)
    assert all(v is None for v in got.interval95.parts.values())
    assert "estimate.no_sigma" in {w.key for w in got.warnings}


def test_parts_add_in_quadrature(tmp_path: Path) -> None:
    got = answer(tmp_path, ErrorFigures(0.2, 15.0, 0.3, "stated"), "spill")
    parts = got.interval95.parts
    known = [parts[k] for k in ("terrain_m3", "reference_m3", "outline_m3")]
    assert got.interval95.fill_m3 == pytest.approx(2 * np.sqrt(sum(v * v for v in known)))
    assert parts["terrain_m3"] == pytest.approx(terrain_sigma(disc(50, 50, 29), 0.2, 15.0), rel=0.02)
    assert parts["reference_m3"] > 0


def test_a_range_that_is_not_stated_is_the_upper_bound(tmp_path: Path) -> None:
    open_range = answer(tmp_path, ErrorFigures(0.2, None, 0.3, "stated"))
    stated = answer(tmp_path, ErrorFigures(0.2, 15.0, 0.3, "stated"))
    assert open_range.interval95.parts["terrain_m3"] == pytest.approx(0.2 * np.pi * 29**2, rel=1e-6)
    assert open_range.interval95.fill_m3 > stated.interval95.fill_m3
    assert "estimate.no_range" in {w.key for w in open_range.warnings}


def test_outline_is_perimeter_times_depth_at_the_rim(tmp_path: Path) -> None:
    got = answer(tmp_path, ErrorFigures(0.2, 15.0, 0.3, "stated"))
    depth = 10 - 29 / 3
    assert got.interval95.parts["outline_m3"] == pytest.approx(2 * np.pi * 29 * depth * 0.3, rel=0.03)
    membrane = answer(tmp_path, ErrorFigures(0.2, 15.0, 0.3, "stated"), "rim_surface")
    assert membrane.interval95.parts["outline_m3"] == 0


def test_tonnage_needs_the_densitys_error(tmp_path: Path) -> None:
    errors = ErrorFigures(0.2, 15.0, 0.1, "stated")
    bare = answer(tmp_path, errors, request={"density_t_m3": 1.2})
    assert bare.interval95.tonnage_t is None
    catalogue = answer(tmp_path, errors, density=Default(1.2, 1.0, 1.4, "R", "handbook"))
    share = 0.4 / 4 / 1.2
    assert catalogue.interval95.parts["density_share"] == pytest.approx(share)
    sigma = np.hypot(catalogue.interval95.fill_m3 / 2 * 1.2, catalogue.waste_m3 * 1.2 * share)
    assert catalogue.interval95.tonnage_t == pytest.approx(2 * sigma)


def test_a_coarse_public_dem_on_a_shallow_pit_is_no_estimate(tmp_path: Path) -> None:
    terrain, path = made(
        tmp_path,
        lambda x, y: 97 + 0 * x,
        cell=30.0,
        rows=20,
        cols=20,
        errors=ErrorFigures(4.0, 200.0, 10.0, "default:srtm_30m"),
    )
    got = estimate(site(disc(300, 300, 60)), terrain, path, EstimateRequest("level", {"level_m": 100.0}))
    assert {"estimate.too_uncertain", "estimate.few_cells"} <= {w.key for w in got.warnings}
    assert got.warnings[0].key == "estimate.too_uncertain"


def test_rim_references_share_the_terrains_error(tmp_path: Path) -> None:
    """An error that is one all over the site moves rim and floor alike: the rim adds nothing to it."""
    wide = answer(tmp_path, ErrorFigures(0.2, 5000.0, 0.0, "stated"), "rim_mean")
    assert wide.interval95.parts["reference_m3"] == pytest.approx(0, abs=1e-9)
    near = answer(tmp_path, ErrorFigures(0.2, 4.0, 0.0, "stated"), "rim_mean")
    assert near.interval95.parts["reference_m3"] > 0
