"""The interval: the double integral against known values, its parts, and its honesty."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.uncertainty import half_width, mean_correlation, spherical, terrain_sigma
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
    assert np.sqrt(mean_correlation(shape, range_m) / exact) == pytest.approx(1, abs=0.01)


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
    known = {k: v for k, v in parts.items() if k.endswith("_m3")}
    assert set(known) == {"terrain_m3", "reference_m3", "bias_m3", "outline_m3", "offset_m3"}
    assert got.interval95.fill_m3 == pytest.approx(2 * np.sqrt(sum(v * v for v in known.values())))
    shares = got.interval95.shares
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["outline_m3"] == pytest.approx((2 * parts["outline_m3"] / got.interval95.fill_m3) ** 2)
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


def test_a_rim_moves_with_the_outline(tmp_path: Path) -> None:
    """In the slope of the cone a rim 0.3 m further out is 0.1 m higher, and so is the reference over all its area."""
    errors = ErrorFigures(0.2, 15.0, 0.3, "stated")
    for key, near in (("rim_surface", 0.03), ("rim_mean", 0.03), ("spill", 0.08)):  # the spill floods less
        found = answer(tmp_path, errors, key).interval95.parts["outline_m3"]
        assert found == pytest.approx(np.pi * 29**2 * 0.3 / 3, rel=near), key
    exact = [answer_at(tmp_path, r, "rim_mean") for r in (28.7, 29.3)]
    assert (exact[1] - exact[0]) / 2 == pytest.approx(np.pi * 29**2 * 0.3 / 3, rel=0.01)


def answer_at(tmp_path: Path, radius: float, key: str) -> float:
    terrain, path = made(tmp_path, cone)
    return estimate(site(disc(50, 50, radius)), terrain, path, EstimateRequest(key)).fill_m3


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
    assert got.fill_m3 > 30_000
    assert "too coarse or too uncertain" in got.warnings[0].render(), "33 000 m³ are not next to nothing"


def test_half_width_keeps_its_level_whatever_the_offset() -> None:
    assert half_width(3.0) == 6.0
    assert half_width(3.0, 100.0) == pytest.approx(100 + 1.6901 * 3, abs=1e-3)  # one-sided 95.45 %
    errors = np.random.default_rng(0).normal(2.0, 3.0, 200_000)
    assert np.mean(np.abs(errors) <= half_width(3.0, 2.0)) == pytest.approx(0.9545, abs=0.002)
    assert half_width(0.0, -5.0) == 5.0
    for sigma in (1e-3, 1e-8, 1e-13, 1e-17):
        assert half_width(sigma, 400.0) == pytest.approx(400 + 1.6901 * sigma, abs=1e-4 * sigma + 1e-9)


def test_bias_counts_where_the_reference_comes_from_elsewhere(tmp_path: Path) -> None:
    errors = ErrorFigures(0.2, 15.0, 0.3, "stated", bias_m=0.1)
    level = answer(tmp_path, errors).interval95.parts["bias_m3"]
    assert level == pytest.approx(0.1 * np.pi * 29**2, rel=1e-3)
    assert answer(tmp_path, errors, "rim_mean").interval95.parts["bias_m3"] == 0
    silent = answer(tmp_path, ErrorFigures(0.2, 15.0, 0.3, "stated"))
    assert silent.interval95.parts["bias_m3"] is None
    assert "estimate.no_bias" in {w.key for w in silent.warnings}


def test_layers_that_do_not_move_take_their_ground_out_of_the_tonnage(tmp_path: Path) -> None:
    """Cover and base of 4 m in all on a cone 10 m deep: waste stands only where it is deeper, (6/10)² of the ground."""
    errors, layers = ErrorFigures(0.2, 5_000.0, 1e-6, "stated"), {"cover_m": 3.0, "base_m": 1.0}
    terrain, path = made(tmp_path, cone, errors=errors)
    request = EstimateRequest("level", {"level_m": 100.0}, **layers, density_t_m3=1.3, density_sigma=1e-9)
    got = estimate(site(disc(50, 50, 32)), terrain, path, request)
    assert got.waste_m3 == pytest.approx(np.pi * 18**2 * 6 / 3, rel=0.01)
    assert got.interval95.fill_m3 == pytest.approx(2 * 0.2 * np.pi * 30**2, rel=0.02)
    assert got.interval95.waste_m3 == pytest.approx(2 * 0.2 * np.pi * 18**2, rel=0.02)
    assert got.interval95.tonnage_t == pytest.approx(1.3 * got.interval95.waste_m3, rel=1e-6)


def test_only_the_flooded_ground_counts(tmp_path: Path) -> None:
    """A small pit in a wide outline: what lies dry does not make the fill uncertain."""
    errors = ErrorFigures(0.2, 5_000.0, 1e-6, "stated")
    terrain, path = made(tmp_path, cone, errors=errors)
    got = estimate(site(box(2, 2, 98, 98)), terrain, path, EstimateRequest("level", {"level_m": 95.0}))
    assert got.interval95.parts["terrain_m3"] == pytest.approx(0.2 * np.pi * 15**2, rel=0.02)


def test_rim_references_share_the_terrains_error(tmp_path: Path) -> None:
    """An error that is one all over the site moves rim and floor alike: the rim adds nothing to it."""
    wide = answer(tmp_path, ErrorFigures(0.2, 5000.0, 0.0, "stated"), "rim_mean")
    assert wide.interval95.parts["reference_m3"] == pytest.approx(0, abs=1e-9)
    assert wide.interval95.parts["terrain_m3"] < 0.05 * 0.2 * np.pi * 29**2
    near = answer(tmp_path, ErrorFigures(0.2, 4.0, 0.0, "stated"), "rim_mean")
    assert near.interval95.parts["reference_m3"] > 0


def test_next_to_nothing_is_not_told_in_per_cent(tmp_path: Path) -> None:
    """An outline on a slope holds litres: "± 43415 %" told nobody that there is no pit."""
    errors = ErrorFigures(0.5, 30.0, 0.1, "stated")
    terrain, path = made(tmp_path, lambda x, y: 97 + 0.05 * (x - X0), cell=1.0, rows=100, cols=100, errors=errors)
    got = estimate(site(disc(50, 50, 30)), terrain, path, EstimateRequest("spill", {}))
    (said,) = [w for w in got.warnings if w.key == "estimate.too_uncertain"]
    assert said.facts["half"] > 2 * said.facts["body"]
    assert "next to nothing" in said.render()
    assert "%" not in said.render()
    assert got.standing == "too_uncertain"


def test_a_stated_density_may_bring_its_error(tmp_path: Path) -> None:
    """Without it the estimate says that there is no interval of the tonnage; with it mass and volume go in squares."""
    errors = ErrorFigures(0.2, 15.0, 0.1, "stated")
    bare = answer(tmp_path, errors, request={"density_t_m3": 1.2})
    assert "estimate.no_density_sigma" in {n.key for n in bare.warnings}
    known = answer(tmp_path, errors, request={"density_t_m3": 1.2, "density_sigma": 0.05})
    assert "estimate.no_density_sigma" not in {n.key for n in known.warnings}
    sigma = np.hypot(known.interval95.fill_m3 / 2 * 1.2, known.waste_m3 * 1.2 * 0.05)
    assert known.interval95.tonnage_t == pytest.approx(2 * sigma)
