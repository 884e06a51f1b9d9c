"""What an estimate warns of, and what it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import CRS
from rasterio.transform import from_origin

from gis.crs import same_crs
from gis.raster import inspect_dem
from gis.volume import estimate
from models.errors import Refused
from models.estimate import EstimateRequest
from tests.gis.ground import X0, Y0, box, made, site


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A round bowl 5 m deep, 20 m in radius, in ground that falls 2 % to the east."""
    x, y = x - X0, y - Y0
    depth = 5.0 * np.clip(1 - ((x - 50) ** 2 + (y - 50) ** 2) / 400.0, 0, None)
    return np.asarray(100.0 - 0.02 * x - depth)


def keys(path: Path, reference: str, **parameters: float) -> set[str]:
    terrain, dem = made(path, bowl)
    answer = estimate(site(box(25, 25, 75, 75)), terrain, dem, EstimateRequest(reference, parameters))
    return {n.key for n in answer.warnings}


def test_a_large_volume_above_the_rim_is_told_in_ten_thousands(tmp_path: Path) -> None:
    terrain, dem = made(tmp_path, bowl)
    asked = EstimateRequest("level", {"level_m": 105.0})
    answer = estimate(site(box(25, 25, 75, 75)), terrain, dem, asked)
    (told,) = [n for n in answer.warnings if n.key == "estimate.above_rim"]
    spill = next(a.fill_m3 for a in answer.alternatives if a.key == "spill")
    assert told.facts["wan"] == pytest.approx((answer.fill_m3 - spill) / 10_000)


def test_a_level_above_the_lowest_rim_needs_a_bank(tmp_path: Path) -> None:
    assert "estimate.above_rim" in keys(tmp_path, "level", level_m=105.0)


@pytest.mark.parametrize("level", [98.0, 98.5])
def test_a_level_below_the_rim_does_not(tmp_path: Path, level: float) -> None:
    assert "estimate.above_rim" not in keys(tmp_path, "level", level_m=level)


def test_other_surfaces_are_no_levels(tmp_path: Path) -> None:
    assert "estimate.above_rim" not in keys(tmp_path, "rim_surface")


def test_next_to_nothing_is_no_difference_between_methods(tmp_path: Path) -> None:
    terrain, dem = made(tmp_path, lambda x, y: 100.0 - 0.02 * x + 0.03 * y)
    answer = estimate(site(box(25.3, 25.4, 75.1, 75.2)), terrain, dem, EstimateRequest("rim_surface"))
    assert answer.fill_m3 < 1e-3 * answer.footprint_m2
    assert "estimate.check_differs" not in {n.key for n in answer.warnings}


@pytest.mark.parametrize("code", [4546, 4525, 32649, 4490])
def test_an_esri_prj_is_the_system_it_means(tmp_path: Path, code: int) -> None:
    wkt = CRS.from_epsg(code).to_wkt("WKT1_ESRI")
    assert same_crs(CRS.from_wkt(wkt), CRS.from_epsg(code))
    assert not same_crs(CRS.from_wkt(wkt), CRS.from_epsg(4547))


def test_an_esri_prj_beside_an_ascii_grid_and_the_same_system_stated(tmp_path: Path) -> None:
    path = tmp_path / "q.asc"
    rows = "\n".join(" ".join(["1050.5"] * 12) for _ in range(12))
    path.write_text(f"ncols 12\nnrows 12\nxllcorner 417000\nyllcorner 4496000\ncellsize 1\n{rows}\n")
    path.with_suffix(".prj").write_text(CRS.from_epsg(4546).to_wkt("WKT1_ESRI"))
    assert inspect_dem(path, crs="EPSG:4546").crs == "EPSG:4546"
    with pytest.raises(Refused, match="was stated"):
        inspect_dem(path, crs="EPSG:4547")


@pytest.mark.parametrize("wrong", [{"sigma_z_m": 0.0}, {"sigma_z_m": 0.1, "range_m": 0.0}, {"sigma_z_m": -1.0}])
def test_no_survey_is_perfect(tmp_path: Path, wrong: dict[str, float]) -> None:
    path = tmp_path / "t.tif"
    profile = {"driver": "GTiff", "width": 12, "height": 12, "count": 1, "dtype": "float32", "crs": "EPSG:4546"}
    with rasterio.open(path, "w", transform=from_origin(417_000, 4_496_000, 1, 1), **profile) as target:
        target.write(np.full((12, 12), 1050.0, "float32"), 1)
    with pytest.raises(Refused, match="length in metres"):
        inspect_dem(path, **wrong)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("reference", ["rim_surface", "rim_plane"])
def test_ground_that_is_the_reference_is_not_land_released(tmp_path: Path, dtype: str, reference: str) -> None:
    """A bowl in a plane: outside the bowl ground and reference are one, up to rounding."""
    terrain, dem = made(tmp_path, lambda x, y: bowl(x, y).astype(dtype))
    answer = estimate(site(box(25, 25, 75, 75)), terrain, dem, EstimateRequest(reference))
    assert answer.land_released_m2 == pytest.approx(np.pi * 400.0, rel=0.01)
    assert answer.mean_depth_m == pytest.approx(2.5, rel=0.01)


def test_a_short_stretch_of_rim_beyond_the_terrain_is_told(tmp_path: Path) -> None:
    """A strip 2 m wide leaves the terrain by 0.2 m: hardly any area, but the lowest place of the rim may lie there."""
    terrain, path = made(tmp_path, lambda x, y: 100 + 0.01 * (x - X0), rows=200, cols=200)
    outline = box(60, 40, 160, 170).union(box(-0.2, 99, 70, 101))
    answer = estimate(site(outline), terrain, path, EstimateRequest("rim_mean"), beside=False)
    found = {n.key: n for n in answer.warnings}
    assert "less than 0.01 %" in found["terrain.small_gap"].render()
    assert found["terrain.rim_unseen"].facts["share"] == pytest.approx(2.4 / outline.length, abs=2e-3)
    at_level = estimate(site(outline), terrain, path, EstimateRequest("level", {"level_m": 101.0}), beside=False)
    assert "terrain.rim_unseen" not in {n.key for n in at_level.warnings}


@pytest.mark.parametrize(("level", "said"), [(99_999.0, "at most 10000"), (-5000.0, "at least -1000")])
def test_a_level_that_is_no_elevation_is_named_with_its_bound(tmp_path: Path, level: float, said: str) -> None:
    terrain, path = made(tmp_path, lambda x, y: 100 + 0 * x)
    with pytest.raises(Refused, match=said):
        estimate(site(box(20, 20, 80, 80)), terrain, path, EstimateRequest("level", {"level_m": level}))


@pytest.mark.parametrize(
    ("level", "key"),
    [(104.0, None), (119.0, None), (125.0, "estimate.far_surface"), (99.0 / 0.3048, "estimate.surface_feet")],
)
def test_a_level_far_above_all_the_ground_is_told_first(tmp_path: Path, level: float, key: str | None) -> None:
    """An open bowl 6 m deep: a level in feet, or of another height datum, gives a sum like any other."""
    terrain, dem = made(tmp_path, bowl)
    answer = estimate(site(box(25, 25, 75, 75)), terrain, dem, EstimateRequest("level", {"level_m": level}))
    said = [n.key for n in answer.warnings if n.key in {"estimate.far_surface", "estimate.surface_feet"}]
    assert said == ([key] if key else [])
    if key:
        assert answer.warnings[0].key == key
    if key == "estimate.far_surface":
        assert answer.warnings[0].facts["gap"] == pytest.approx(25.5, abs=0.6)


def test_a_base_far_below_a_heap_is_told(tmp_path: Path) -> None:
    terrain, dem = made(tmp_path, lambda x, y: 200 - bowl(x, y))
    for level, told in ((95.0, False), (60.0, True)):
        answer = estimate(
            site(box(25, 25, 75, 75), fills=False), terrain, dem, EstimateRequest("level", {"level_m": level})
        )
        assert ("estimate.far_surface" in {n.key for n in answer.warnings}) == told


def test_other_heights_of_a_wall_are_no_distance(tmp_path: Path) -> None:
    """A quarry in a slope of 100 m: a level 50 m above its floor is below its upper edge."""
    terrain, dem = made(tmp_path, lambda x, y: 100.0 + (x - X0))
    answer = estimate(site(box(25, 25, 75, 75)), terrain, dem, EstimateRequest("level", {"level_m": 215.0}))
    assert "estimate.far_surface" not in {n.key for n in answer.warnings}
