"""The independent methods together: real ground, terrains in other systems, what is flagged and what cannot be had."""

from __future__ import annotations

from pathlib import Path

import fiona
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from gis.checks import METHODS, second_methods
from gis.gridmethod import grid_volumes
from gis.job import open_job
from gis.raster import inspect_dem
from gis.volume import estimate
from models.errors import Refused
from models.estimate import Estimate, EstimateRequest, SecondMethod
from models.site import Site
from tests.gis.ground import X0, Y0, disc, heights, made, site, terrain, write

LEVEL = EstimateRequest("level", {"level_m": 100.0, "vertical_datum": "d"})


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = x - X0 - 50, y - Y0 - 50
    return 93 + (u**2 + 1.5 * v**2 + 0.3 * u * v) / 120 + 0.8 * np.sin(u / 5) * np.cos(v / 7)


OUTLINE = disc(50, 50, 31.3, 60)


def differences(answer: Estimate) -> dict[str, float]:
    assert [c.method for c in answer.checks] == list(METHODS)
    assert answer.check == answer.checks[0]
    assert all(c.difference_percent is not None for c in answer.checks)
    return {c.method: c.difference_percent or 0.0 for c in answer.checks}


@pytest.mark.parametrize("key", ["level", "spill", "rim_mean", "rim_plane", "rim_surface"])
def test_methods_agree_on_a_bowl(tmp_path: Path, key: str) -> None:
    ground, path = made(tmp_path, bowl)
    request = LEVEL if key == "level" else EstimateRequest(key)
    apart = differences(estimate(site(OUTLINE), ground, path, request))
    assert max(abs(v) for v in apart.values()) < 2
    assert abs(apart["tin"]) < 0.5


@pytest.mark.parametrize("angle", [17.0, -60.0])
def test_a_turned_terrain(tmp_path: Path, angle: float) -> None:
    from rasterio.transform import Affine

    a, b, _, d, e, _ = tuple(Affine.rotation(angle) * Affine.scale(0.5, -0.5))[:6]
    transform = Affine(a, b, X0 + 50 - 150 * (a + b), d, e, Y0 + 50 - 150 * (d + e))
    path = write(tmp_path / "turned.tif", heights(bowl, transform, 300, 300), transform)
    apart = differences(estimate(site(OUTLINE), terrain(path), path, LEVEL))
    assert max(abs(v) for v in apart.values()) < 1


def test_an_outline_in_another_system_than_the_terrain(tmp_path: Path) -> None:
    """The squares lie in the project's own system; the scale factors of both are taken out."""
    from gis.crs import parse_crs, reproject

    ground, path = made(tmp_path, bowl)
    moved = reproject(OUTLINE, parse_crs("EPSG:4546"), parse_crs("EPSG:32649"), 0.01)
    apart = differences(estimate(site(moved, crs="EPSG:32649"), ground, path, LEVEL))
    assert max(abs(v) for v in apart.values()) < 1


def test_a_terrain_in_degrees(shared_data: Path) -> None:
    path = shared_data / "jacksboro" / "jacksboro_fault_3arcsec.tif"
    box = shapely.box(740_000, 4_045_000, 746_000, 4_050_000)
    answer = estimate(
        Site("u", "J", "", "mine_pits", box, "EPSG:26916", True),
        inspect_dem(path),
        path,
        EstimateRequest("level", {"level_m": 900.0}),
    )
    assert max(abs(v) for v in differences(answer).values()) < 1


def test_an_outline_in_degrees_has_a_tin_and_no_squares(tmp_path: Path) -> None:
    from gis.crs import parse_crs, reproject

    ground, path = made(tmp_path, bowl)
    moved = reproject(OUTLINE, parse_crs("EPSG:4546"), parse_crs("EPSG:4490"), 1e-7)
    answer = estimate(site(moved, crs="EPSG:4490"), ground, path, LEVEL)
    assert [c.fill_m3 is None for c in answer.checks] == [False, True, True]
    with open_job(site(moved, crs="EPSG:4490"), ground, path, LEVEL) as job, pytest.raises(Refused) as caught:
        grid_volumes(job, job.reference())
    assert caught.value.key == "earthwork.no_metres"


def test_what_is_more_than_two_per_cent_apart_is_flagged(tmp_path: Path) -> None:
    """Sharp ridges between the sections and the corners of squares: the figures differ, and the estimate says so."""
    ground, path = made(tmp_path, lambda x, y: 97 - 2.9 * np.cos(np.pi * (x - X0)) + 0 * y, cell=0.25, rows=400,
                        cols=400)  # fmt: skip
    answer = estimate(site(shapely.box(X0 + 10, Y0 + 10, X0 + 90, Y0 + 90)), ground, path, LEVEL)
    keys = {w.key for w in answer.warnings}
    flagged = {k for k, v in differences(answer).items() if abs(v) > 2}
    assert "grid" in flagged
    expected = {"tin": "estimate.check_differs"} | {k: f"estimate.check_differs_{k}" for k in ("grid", "sections")}
    assert {expected[k] for k in flagged} == {k for k in keys if k.startswith("estimate.check_differs")}
    text = next(w for w in answer.warnings if w.key == "estimate.check_differs_grid").render()
    assert "grid method (every 2 m)" in text


def test_a_sliver_of_a_per_cent_of_nothing_is_not_flagged(tmp_path: Path) -> None:
    ground, path = made(tmp_path, lambda x, y: np.full(x.shape, 99.9999) + 0 * y)
    answer = estimate(site(OUTLINE), ground, path, LEVEL)
    assert not [w for w in answer.warnings if w.key.startswith("estimate.check_differs")]


def test_within_one_cell_a_method_may_have_no_figure(tmp_path: Path) -> None:
    ground, path = made(tmp_path, bowl)
    tiny = shapely.box(X0 + 50.1, Y0 + 50.1, X0 + 50.6, Y0 + 50.6)
    with open_job(site(tiny), ground, path, LEVEL) as job:
        found = second_methods(job, job.reference(), 1.0)
    assert [c.method for c in found] == list(METHODS)
    assert all(c.fill_m3 is None or np.isfinite(c.fill_m3) for c in found)


def test_without_a_volume_there_is_no_per_cent(tmp_path: Path) -> None:
    ground, path = made(tmp_path, bowl)
    answer = estimate(site(OUTLINE), ground, path, EstimateRequest("level", {"level_m": 50.0}))
    assert [c.difference_percent for c in answer.checks] == [None] * 3
    assert [c.fill_m3 for c in answer.checks] == pytest.approx([0.0] * 3)


def test_only_the_figures(tmp_path: Path) -> None:
    ground, path = made(tmp_path, bowl)
    answer = estimate(site(OUTLINE), ground, path, LEVEL, beside=False)
    assert answer.checks == ()
    assert answer.check == SecondMethod("tin", None, None)


@pytest.mark.parametrize("code", ["D1", "D2"])
@pytest.mark.parametrize("key", ["level", "spill", "rim_surface"])
def test_lidar_pits(shared_data: Path, code: str, key: str) -> None:
    folder = shared_data / "lidar_pits_1m"
    with fiona.open(folder / "outlines.gpkg", layer="pits") as rows:
        outline = next(shape(r["geometry"]) for r in rows if r["properties"]["code"] == code)
    pit = Site("u", code, "", "mine_pits", outline, "EPSG:26915", True)
    path = folder / "pits_1m.tif"
    parameters = {"level_m": 390.5} if key == "level" else {}
    apart = differences(estimate(pit, inspect_dem(path), path, EstimateRequest(key, parameters)))
    assert max(abs(v) for v in apart.values()) < 0.6


@pytest.mark.parametrize("key", ["rim_surface", "rim_plane"])
def test_crater(shared_data: Path, key: str) -> None:
    """An open bowl 1.5 km across, 10 m cells."""
    folder = shared_data / "msh_crater"
    with fiona.open(folder / "outlines.gpkg", layer="areas") as rows:
        outline = next(shape(r["geometry"]) for r in rows if r["properties"]["code"] == "dome_area")
    pit = Site("u", "dome", "", "mine_pits", outline, "EPSG:26910", True)
    path = folder / "msh_2000-09-25_10m.tif"
    apart = differences(estimate(pit, inspect_dem(path), path, EstimateRequest(key)))
    assert max(abs(v) for v in apart.values()) < 0.5
