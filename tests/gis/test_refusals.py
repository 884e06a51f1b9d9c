"""What an estimate refuses, and what it says of a terrain that does not quite fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from gis.raster import inspect_dem
from gis.volume import depth_grid, estimate, live_levels, stage_curve
from models.errors import AppError, Cancelled, Refused
from models.estimate import EstimateRequest
from models.progress import Watch
from models.terrain import ErrorFigures
from tests.gis.ground import X0, Y0, box, disc, grid_transform, made, site, terrain, write

LEVEL = EstimateRequest("level", {"level_m": 100.0})


def refusal(outline, record, path: Path, request: EstimateRequest = LEVEL) -> AppError:
    with pytest.raises(AppError) as caught:
        estimate(site(outline), record, path, request)
    assert caught.value.where == "P1"
    assert caught.value.advice.text
    return caught.value


def flat(tmp_path: Path, hole=None, **more):
    z = np.full((100, 100), 90.0)
    if hole is not None:
        z[hole] = np.nan
    path = write(tmp_path / "f.tif", z, grid_transform())
    return terrain(path, **more), path


def test_a_terrain_elsewhere(tmp_path: Path) -> None:
    record, path = flat(tmp_path)
    assert refusal(box(500, 500, 550, 550), record, path).key == "terrain.no_overlap"


def test_an_outline_past_the_edge(tmp_path: Path) -> None:
    record, path = flat(tmp_path)
    error = refusal(box(50, 40, 110, 60), record, path)
    assert error.key == "terrain.not_covered"
    assert error.what.facts["share"] == pytest.approx(50 / 60)
    assert error.what.facts["x"] > X0 + 100
    just = estimate(site(box(50, 40, 100.1, 60)), record, path, LEVEL)
    assert just.covered_share == pytest.approx(50 / 50.1)
    assert "terrain.small_gap" in {w.key for w in just.warnings}


@pytest.mark.parametrize("key", ["level", "spill", "rim_surface"])
def test_a_hole_inside(tmp_path: Path, key: str) -> None:
    record, path = flat(tmp_path, np.s_[45:52, 40:60])
    error = refusal(box(20, 20, 80, 80), record, path, EstimateRequest(key, {"level_m": 100.0}))
    assert error.key == "terrain.not_covered"
    assert error.what.facts["share"] == pytest.approx(1 - 140 / 3600)
    assert X0 + 40 < error.what.facts["x"] < X0 + 60
    assert Y0 + 48 < error.what.facts["y"] < Y0 + 55
    for job in (stage_curve, live_levels):
        with pytest.raises(Refused):
            job(site(box(20, 20, 80, 80)), record, path, *([LEVEL] if job is stage_curve else []))


def test_a_hole_on_the_rim(tmp_path: Path) -> None:
    record, path = flat(tmp_path, np.s_[20:40, 19:21])
    error = refusal(box(20, 20, 80, 80), record, path, EstimateRequest("spill"))
    assert error.key in {"terrain.not_covered", "terrain.rim_gap"}


def test_holes_are_interpolated_if_asked(tmp_path: Path) -> None:
    """On a saddle the membrane over a hole gives back what was cut out; past the raster's edge it stays level."""

    def saddle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 90 + 0.002 * (x - X0 - 50) * (y - Y0 - 50)

    whole, path = made(tmp_path, saddle)
    asked = EstimateRequest("level", {"level_m": 100.0}, interpolate_holes=True)
    full = estimate(site(box(20, 20, 80, 80)), whole, path, LEVEL)
    same = estimate(site(box(20, 20, 80, 80)), whole, path, asked)
    assert same.fill_m3 == full.fill_m3
    assert not any(w.key == "terrain.interpolated" for w in same.warnings)
    with rasterio.open(path, "r+") as ds:
        z = ds.read(1)
        z[45:52, 40:60] = z[30, 30] = np.nan
        ds.write(z, 1)
    patched = estimate(site(box(20, 20, 80, 80)), whole, path, asked)
    assert patched.covered_share == 1
    assert patched.fill_m3 == pytest.approx(full.fill_m3, rel=1e-9)
    assert patched.request.interpolate_holes
    notice = next(w for w in patched.warnings if w.key == "terrain.interpolated")
    assert notice.facts["share"] == pytest.approx(141 / 3600)
    beyond = estimate(site(box(60, 30, 104, 70)), whole, path, asked)
    assert beyond.covered_share == 1
    assert beyond.fill_m3 == pytest.approx(10 * 44 * 40, rel=0.02)
    assert not any(w.key == "terrain.rim_interpolated" for w in patched.warnings), "the hole lies inside"
    (rim,) = [w for w in beyond.warnings if w.key == "terrain.rim_interpolated"]
    assert rim.facts["share"] == pytest.approx((40 + 2 * 4) / 168, abs=0.02)
    assert refusal(box(60, 30, 140, 70), whole, path, asked).key == "terrain.hole_too_large"


@pytest.mark.parametrize("fills", [True, False])
def test_a_small_gap_in_the_deepest_place_says_what_it_may_hold(tmp_path: Path, fills: bool) -> None:
    """0.4 % of the area, but 1.2 % of the volume, four times the interval: the share alone would not warn."""

    def body(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        d = 12 * np.clip(1 - np.hypot(x - X0 - 50, y - Y0 - 50) / 28, 0, None)
        return 90 - d if fills else 90 + d

    figures = {"errors": ErrorFigures(0.02, 5.0, 0.01)}
    whole, path = made(tmp_path, body, **figures)
    request, outline = EstimateRequest("level", {"level_m": 90.0}), site(box(20, 20, 80, 80), fills=fills)
    full = estimate(outline, whole, path, request)
    assert not any(w.key == "terrain.left_out" for w in full.warnings)
    with rasterio.open(path, "r+") as ds:
        z = ds.read(1)
        z[48:52, 48:52] = np.nan
        ds.write(z, 1)
    holed = estimate(outline, whole, path, request)
    lost = (full.fill_m3 - holed.fill_m3) if fills else (full.cut_m3 - holed.cut_m3)
    (told,) = [w for w in holed.warnings if w.key == "terrain.left_out"]
    assert told.facts["volume"] == pytest.approx(lost, rel=0.1)
    assert lost > 2 * (holed.interval95.fill_m3 or 0.0)
    assert ("deepest" if fills else "highest") in told.text


def test_outlines_that_are_none(tmp_path: Path) -> None:
    record, path = flat(tmp_path)
    bow_tie = shapely.Polygon([(X0 + 10, Y0 + 10), (X0 + 40, Y0 + 40), (X0 + 40, Y0 + 10), (X0 + 10, Y0 + 40)])
    assert refusal(bow_tie, record, path).key == "site.invalid"
    assert refusal(shapely.Polygon(), record, path).key == "site.no_area"
    assert refusal(shapely.LineString([(X0, Y0), (X0 + 9, Y0 + 9)]), record, path).key == "site.no_area"


def test_suspected_cells_inside_are_refused_and_outside_are_not(tmp_path: Path) -> None:
    z = np.full((100, 100), 90.0, np.float32)
    z[:, 80:] = 0
    path = write(tmp_path / "z.tif", z, grid_transform())
    record = inspect_dem(path)
    assert refusal(box(60, 20, 90, 50), record, path).key == "terrain.suspicious_inside"
    assert estimate(site(box(10, 20, 60, 50)), record, path, LEVEL).fill_m3 == pytest.approx(50 * 30 * 10)


def test_a_flat_floor_of_a_steep_pit_is_ground(tmp_path: Path) -> None:
    z = np.full((100, 100), 90.0, np.float32)
    z[30:60, 30:60] = 44.5  # a lake that the surveyor made level
    path = write(tmp_path / "z.tif", z, grid_transform())
    record = inspect_dem(path)
    made = estimate(site(box(20, 20, 70, 70)), record, path, LEVEL)
    assert made.fill_m3 == pytest.approx(50 * 50 * 10 + 30 * 30 * 45.5)
    assert "terrain.suspicious_low" in {n.key for n in made.warnings}  # told all the same


def test_numbers_out_of_range(tmp_path: Path) -> None:
    record, path = flat(tmp_path)
    for more in (
        {"cover_m": -1.0},
        {"density_t_m3": 0.0},
        {"moisture": -0.1},
        {"base_m": 1e6},
        {"cover_m": float("nan")},
    ):
        assert (
            refusal(box(20, 20, 40, 40), record, path, EstimateRequest("level", {"level_m": 100.0}, **more)).key
            == "estimate.parameter"
        )


def test_few_cells_are_counted(tmp_path: Path) -> None:
    record, path = flat(tmp_path)
    small = estimate(site(box(20, 20, 26, 29)), record, path, LEVEL)
    notice = next(w for w in small.warnings if w.key == "estimate.few_cells")
    assert notice.facts["cells"] == 54
    assert notice.facts["width"] == pytest.approx(6, rel=0.02)
    assert "estimate.few_cells" not in {
        w.key for w in estimate(site(box(20, 20, 60, 35)), record, path, LEVEL).warnings
    }
    within_one = estimate(site(box(20.2, 20.3, 20.9, 20.8)), record, path, EstimateRequest("rim_surface"))
    assert within_one.footprint_m2 == pytest.approx(0.35)


def test_a_narrow_part_beside_a_wide_one_is_told_as_a_part(tmp_path: Path) -> None:
    """A strip 3 m wide makes nothing of the volume of a pit of 1,600 m² doubtful but its own."""
    record, path = flat(tmp_path)
    parts = shapely.MultiPolygon([box(20, 20, 60, 60), box(70, 20, 73, 60)])
    answer = estimate(site(parts), record, path, LEVEL)
    (told,) = [w for w in answer.warnings if w.key == "estimate.few_cells"]
    assert (told.facts["narrow"], told.facts["parts"], told.facts["cells"]) == (1, 2, 120)
    assert told.facts["share"] == pytest.approx(120 / 1720)
    assert "1 of the 2 parts" in told.render()


def test_a_part_off_the_terrain_is_refused_however_small(tmp_path: Path) -> None:
    """0.4 % of the area may be missing, but not a pit of its own, of which nothing is known."""
    record, path = flat(tmp_path)
    parts = shapely.MultiPolygon([box(10, 10, 90, 90), box(110, 20, 115, 25)])
    error = refusal(parts, record, path)
    assert error.key == "terrain.part_not_covered"
    assert X0 + 110 <= error.what.facts["x"] <= X0 + 115
    assert estimate(site(parts.geoms[0]), record, path, LEVEL).fill_m3 == pytest.approx(64_000)


def test_datums_and_surface_models_are_spoken_of(tmp_path: Path) -> None:
    record, path = flat(tmp_path, kind="dsm", vertical_datum=None)
    keys = {w.key for w in estimate(site(box(20, 20, 60, 60)), record, path, LEVEL).warnings}
    assert {"estimate.datum_unknown", "terrain.dsm"} <= keys
    record, path = flat(tmp_path, vertical_datum="1985")
    for datum, key in (("ellipsoid", "estimate.datums_differ"), ("1985", None)):
        request = EstimateRequest("level", {"level_m": 100.0, "vertical_datum": datum})
        keys = {w.key for w in estimate(site(box(20, 20, 60, 60)), record, path, request).warnings}
        assert (key in keys) if key else not any(k.startswith("estimate.datum") for k in keys)
    rim = estimate(site(box(20, 20, 60, 60)), record, path, EstimateRequest("spill"))
    assert not any(w.key.startswith("estimate.datum") for w in rim.warnings)


def test_an_estimate_can_be_stopped(tmp_path: Path) -> None:
    record, path = flat(tmp_path)
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        estimate(site(disc(50, 50, 30)), record, path, LEVEL, watch=watch)


def test_depths_for_the_map(tmp_path: Path) -> None:
    record, path = made(tmp_path, lambda x, y: 90 + 0.01 * (x - X0))
    grid = depth_grid(site(box(20.5, 30, 60, 70.5)), record, path, LEVEL)
    assert grid.extent == (X0 + 20, Y0 + 30, X0 + 60, Y0 + 71)
    assert grid.depth.shape == grid.ground.shape == grid.reference.shape == (41, 40)
    x = X0 + 20.5 + np.arange(40)
    inside = np.isfinite(grid.depth)
    assert np.allclose(grid.depth[20][inside[20]], (10 - 0.01 * (x - X0))[inside[20]], atol=1e-4)
    assert np.isfinite(grid.ground).all()
    coarse = depth_grid(site(box(20.5, 30, 60, 70.5)), record, path, LEVEL, max_cells=100)
    assert coarse.depth.size <= 200
