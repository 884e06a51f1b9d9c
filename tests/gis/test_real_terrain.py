"""Real terrains beside the repository, against the figures of their README. Skips where they are absent."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import fiona
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from gis.coverage import Edges
from gis.raster import Dem, inspect_dem
from gis.volume import estimate
from models.estimate import EstimateRequest
from models.site import Site
from models.terrain import Terrain


def outlines(path: Path, layer: str, crs: str, key: str = "code") -> dict[str, Site]:
    with fiona.open(path, layer=layer) as rows:
        found = {str(r["properties"][key]): shape(r["geometry"]) for r in rows}
    return {code: Site("u", code, "", "mine_pits", g, crs, True) for code, g in found.items()}


@pytest.fixture(scope="module")
def lidar(shared_data: Path) -> tuple[Terrain, Path, dict[str, Site]]:
    path = shared_data / "lidar_pits_1m" / "pits_1m.tif"
    sites = outlines(shared_data / "lidar_pits_1m" / "outlines.gpkg", "pits", "EPSG:26915")
    return inspect_dem(path, sigma_z_m=0.15), path, sites


@pytest.mark.parametrize(
    ("code", "area", "fractions", "tin", "deepest"),
    [("D1", 766.7, 1316.6, 1314.0, 3.92), ("D2", 1028.9, 2040.4, 2037.8, 4.07)],
)
def test_lidar_pits_at_a_level(lidar, code: str, area: float, fractions: float, tin: float, deepest: float) -> None:
    """README's figures are in grid units; UTM's k² at the site is taken out of ours (0.08 %)."""
    terrain, path, sites = lidar
    answer = estimate(sites[code], terrain, path, EstimateRequest("level", {"level_m": 390.5}))
    k2 = answer.scale_factor**2
    assert k2 == pytest.approx(0.99936, abs=1e-4)
    assert answer.footprint_m2 * k2 == pytest.approx(area, abs=0.05)
    assert answer.fill_m3 * k2 == pytest.approx(fractions, abs=0.1)
    assert answer.fill_m3 == pytest.approx(fractions, rel=0.003)
    assert answer.check.fill_m3 == pytest.approx(tin, rel=0.002)
    assert answer.max_depth_m == pytest.approx(deepest, abs=0.005)


@pytest.mark.parametrize(("code", "fill"), [("D1", 1310.1), ("D2", 2026.6)])
def test_lidar_pits_under_a_plane_through_the_rim(lidar, code: str, fill: float) -> None:
    terrain, path, sites = lidar
    assert estimate(sites[code], terrain, path, EstimateRequest("rim_plane")).fill_m3 == pytest.approx(fill, rel=0.003)


def test_lidar_pits_by_every_surface(lidar) -> None:
    """The pits' outlines are a contour: every surface through the rim gives nearly the same; spill is below."""
    terrain, path, sites = lidar
    for site in sites.values():
        answer = estimate(site, terrain, path, EstimateRequest("rim_surface"))
        beside = {a.key: a.fill_m3 for a in answer.alternatives}
        assert beside["rim_mean"] == pytest.approx(answer.fill_m3, rel=0.005)
        assert beside["rim_plane"] == pytest.approx(answer.fill_m3, rel=0.005)
        assert beside["spill"] < answer.fill_m3
        assert abs(answer.check.difference_percent or 9) < 0.5


@pytest.mark.parametrize(
    ("date", "fill", "cut"),
    [("2004-10-04", 5_578_351, 84_700), ("2005-01-03", 37_359_169, 170_013), ("2005-12-15", 79_257_130, 236_568)],
)
def test_crater_later_minus_before(shared_data: Path, date: str, fill: float, cut: float) -> None:
    """The whole grid, cells times 100 m²: readings of two files on one grid."""
    folder = shared_data / "msh_crater"
    z = []
    for name in ("2000-09-25", date):
        path = folder / f"msh_{name}_10m.tif"
        record = inspect_dem(path)
        with Dem(path, record) as dem:
            z.append(dem.read(0, record.height, 0, record.width))
    change = z[1] - z[0]
    assert math.fsum(np.nansum(np.maximum(change, 0), axis=1)) * 100 == pytest.approx(fill, rel=1e-5)
    assert math.fsum(np.nansum(np.maximum(-change, 0), axis=1)) * 100 == pytest.approx(cut, rel=1e-4)


def test_crater_as_a_heap_over_its_floor(shared_data: Path) -> None:
    """An open bowl, 10 m cells: the area is the outline's, and the TIN agrees."""
    path = shared_data / "msh_crater" / "msh_2000-09-25_10m.tif"
    site = outlines(shared_data / "msh_crater" / "outlines.gpkg", "areas", "EPSG:26910")["dome_area"]
    answer = estimate(site, inspect_dem(path), path, EstimateRequest("rim_surface"))
    assert answer.covered_share == 1
    assert abs(answer.check.difference_percent or 9) < 2
    assert answer.footprint_m2 == pytest.approx(site.outline.area / answer.scale_factor**2, rel=1e-9)


def test_gullies_are_told_to_hold_few_cells(shared_data: Path) -> None:
    """Published volumes lie between membranes over the gully's edge and over the hull of the untouched ground around.

    With 95 and 21 cells inside, that is as near as it gets.
    """
    folder = shared_data / "lavaka_gullies"
    with (folder / "published_volumes.csv").open(encoding="utf8") as file:
        text = file.read()
    path = folder / "dem_30m.tif"
    terrain = inspect_dem(path)
    gullies = outlines(folder / "lavaka.gpkg", "lavaka", "EPSG:32739", "id")
    rings = outlines(folder / "lavaka.gpkg", "pre_erosion_surface", "EPSG:32739", "id")
    for code, published in (("120", 1_865_907), ("116", 181_446)):
        assert code in text
        edge = estimate(gullies[code], terrain, path, EstimateRequest("rim_surface"))
        hull = replace(rings[code], outline=shapely.convex_hull(rings[code].outline))
        around = estimate(hull, terrain, path, EstimateRequest("rim_surface"))
        assert "estimate.few_cells" in {w.key for w in edge.warnings}
        assert edge.fill_m3 < published < around.fill_m3


def test_landslide_deposit_and_loss(shared_data: Path) -> None:
    """The measured difference of heights: 224 valid cells, all the rest missing."""
    path = shared_data / "landslide_2021" / "landslide_dod_10m.tif"
    record = inspect_dem(path, crs="EPSG:26910")
    with Dem(path, record) as dem:
        d = dem.read(0, record.height, 0, record.width)
    assert np.isfinite(d).sum() == 224
    assert np.nansum(np.maximum(d, 0)) * 100 == pytest.approx(22_542.8, abs=0.1)
    assert np.nansum(np.maximum(-d, 0)) * 100 == pytest.approx(26_406.6, abs=0.1)


def test_nodata_that_is_zero(shared_data: Path) -> None:
    path = shared_data / "west_bijou_gully" / "west_bijou_gully_3m.asc"
    record = inspect_dem(path, crs="EPSG:26913")
    with Dem(path, record) as dem:
        z = dem.read(0, record.height, 0, record.width)
    assert np.isnan(z).sum() == 2739
    assert np.nanmin(z) > 1000


def test_degrees(shared_data: Path) -> None:
    """Whole metres in degrees: a rectangle drawn in UTM has its UTM area over k², to the terrain's last cell."""
    path = shared_data / "jacksboro" / "jacksboro_fault_3arcsec.tif"
    record = inspect_dem(path)
    box = shapely.box(740_000, 4_045_000, 746_000, 4_050_000)
    site = Site("u", "J", "", "mine_pits", box, "EPSG:26916", True)
    answer = estimate(site, record, path, EstimateRequest("level", {"level_m": 900.0}))
    from gis.crs import parse_crs, scale_factor

    k = scale_factor(parse_crs("EPSG:26916"), 743_000, 4_047_500)
    assert answer.footprint_m2 == pytest.approx(box.area / k**2, rel=3e-6)
    assert answer.covered_share == 1
    assert answer.check.fill_m3 == pytest.approx(answer.fill_m3, rel=0.02)


def test_a_rotated_grid_measures_like_its_unrotated_outline(shared_data: Path) -> None:
    path = shared_data / "odd_rasters" / "rotated.tif"
    record = inspect_dem(path, crs="EPSG:4546")
    with Dem(path, record) as dem:
        grid = dem.grid
        x, y = grid.to_world([2.3, 7.9, 7.9, 2.3], [3.1, 3.1, 12.4, 12.4])
        pixel = shapely.box(2.3, 3.1, 7.9, 12.4)
        values = dem.read(0, record.height, 0, record.width)
    from gis.coverage import coverage

    share = coverage(Edges.of(pixel), 0, record.height, 0, record.width)
    level = float(values.max()) + 1
    site = Site("u", "R", "", "mine_pits", shapely.Polygon(np.column_stack((x, y))), "EPSG:4546", True)
    answer = estimate(site, record, path, EstimateRequest("level", {"level_m": level}))
    expected = float((share * (level - values)).sum()) * 200 / answer.scale_factor**2
    assert answer.fill_m3 == pytest.approx(expected, rel=1e-9)


def test_a_national_system(shared_data: Path) -> None:
    path = shared_data / "slovenia_lidar_1m" / "tm1_564_146_1m.tif"
    record = inspect_dem(path)
    site = Site("u", "S", "", "mine_pits", shapely.box(564_200, 146_300, 564_700, 146_900), "EPSG:3794", True)
    answer = estimate(site, record, path, EstimateRequest("spill"))
    assert answer.footprint_m2 == pytest.approx(500 * 600 / answer.scale_factor**2, rel=1e-9)
    assert answer.scale_factor == pytest.approx(0.9999, abs=3e-4)
