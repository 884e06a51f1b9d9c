"""What other programs make of the same volume: against GDAL's own burning, counted by hand, and README's figures."""

from __future__ import annotations

from pathlib import Path

import fiona
import numpy as np
import pytest
import rasterio
import shapely
import shapely.affinity
from rasterio.features import geometry_mask
from rasterio.transform import Affine
from shapely.geometry import shape

from gis.conventions import conventions
from gis.raster import inspect_dem
from gis.volume import estimate
from models.earthwork import Convention
from models.estimate import EstimateRequest
from models.site import Site
from tests.gis.ground import X0, Y0, box, disc, heights, made, site, write

LEVEL = EstimateRequest("level", {"level_m": 100.0})


def rows(tmp_path: Path, f, outline, request: EstimateRequest = LEVEL, *, fills: bool = True, **grid):
    terrain, path = made(tmp_path, f, **grid)
    key, own, found = conventions(site(outline, fills=fills), terrain, path, request)
    assert key == (request.reference or "spill")
    answer = estimate(site(outline, fills=fills), terrain, path, request, beside=False)
    assert own == (answer.fill_m3 if fills else answer.cut_m3)
    return own, {r.key: r for r in found}, answer, path


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = x - X0 - 50, y - Y0 - 50
    return 93 + (u**2 + 1.5 * v**2 + 0.3 * u * v) / 120 + 0.8 * np.sin(u / 5) * np.cos(v / 7)


OUTLINE = disc(50.3, 49.1, 31.3, 60)


@pytest.mark.parametrize(
    "grid", [{}, {"south_up": True}, {"dx": 1.3}, {"cell": 0.7, "rows": 160, "cols": 160}], ids=str
)
def test_cells_are_those_that_gdal_burns(tmp_path: Path, grid: dict) -> None:
    """What rasterstats and QGIS's clip count is what geometry_mask leaves, in map coordinates, all at once."""
    hole = OUTLINE.difference(disc(48, 53, 6.2, 24))
    _, found, answer, path = rows(tmp_path, bowl, hole, **grid)
    with rasterio.open(path) as ds:
        z, transform = ds.read(1), ds.transform
    cell = abs(transform.determinant) / answer.scale_factor**2
    for key, touched in (("cell_centre", False), ("all_touched", True)):
        inside = geometry_mask([hole], z.shape, transform, all_touched=touched, invert=True)
        assert found[key].fill_m3 == pytest.approx(np.maximum(100 - z[inside], 0).sum() * cell, rel=1e-12)
    assert not {"as_printed", "planar"} & set(found)  # on the central meridian the plane's areas are the ground's


def test_cell_centres_counted_by_a_second_way(tmp_path: Path) -> None:
    _, found, answer, path = rows(tmp_path, bowl, OUTLINE)
    with rasterio.open(path) as ds:
        z = ds.read(1)
        x, y = ds.xy(*np.indices(z.shape).reshape(2, -1))
    inside = shapely.contains_xy(OUTLINE, x, y)
    expected = np.maximum(100 - z.ravel()[inside], 0).sum() / answer.scale_factor**2
    assert found["cell_centre"].fill_m3 == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("angle", [0, 33])
def test_a_cell_between_two_parts_counts_once(tmp_path: Path, angle: float) -> None:
    """The tools burn all parts at once: what was counted twice here was 6.6 % too much in two parts 0.3 cells apart."""
    parts = [box(20.2, 30.4, 49.1, 70.3), box(50.3, 33, 74.6, 66.1)]
    outline = shapely.affinity.rotate(shapely.MultiPolygon(parts), angle, origin=(X0 + 50, Y0 + 50))
    _, found, answer, path = rows(tmp_path, bowl, outline, cell=4.0, rows=25, cols=25)
    with rasterio.open(path) as ds:
        z, transform = ds.read(1), ds.transform
    for key, touched in (("cell_centre", False), ("all_touched", True)):
        inside = geometry_mask([outline], z.shape, transform, all_touched=touched, invert=True)
        expected = np.maximum(100 - z[inside], 0).sum() * 16 / answer.scale_factor**2
        assert found[key].fill_m3 == pytest.approx(expected, rel=1e-12)


def test_a_clip_to_the_extent_drops_the_cells_that_it_cuts(tmp_path: Path) -> None:
    """A disc of 3.9 cells radius: of 8 × 8 cells that it touches 6 × 6 are left."""
    own, found, answer, path = rows(tmp_path, bowl, disc(50, 50, 19.5, 60), cell=5.0, rows=20, cols=20)
    with rasterio.open(path) as ds:
        z, transform = ds.read(1), ds.transform
    inside = geometry_mask([disc(50, 50, 19.5, 60)], z.shape, transform, invert=True)
    inside[:7], inside[13:], inside[:, :7], inside[:, 13:] = False, False, False, False
    assert found["clipped"].fill_m3 == pytest.approx(np.maximum(100 - z[inside], 0).sum() * 25, rel=1e-9)
    assert found["clipped"].fill_m3 < 0.9 * own
    # An outline along the cells' edges loses nothing.
    _, found, _, _ = rows(tmp_path, bowl, box(30, 30, 70, 70), cell=5.0, rows=20, cols=20)
    assert found["clipped"].fill_m3 == pytest.approx(found["cell_centre"].fill_m3 * answer.scale_factor**2)


@pytest.mark.parametrize(("flip", "rows_left", "columns_left"), [((1, 1), 8, 6), ((-1, -1), 6, 8), ((-1, 1), 8, 8)])
def test_a_clip_of_a_flipped_grid_keeps_the_cells_that_it_cuts(
    tmp_path: Path, flip: tuple[int, int], rows_left: int, columns_left: int
) -> None:
    """What gdalwarp 3.6 leaves of the same disc where rows run northward, columns westward, or both (as run)."""
    outline = disc(50, 50, 19.5, 60)
    transform = Affine.translation(X0 + 50 - 50 * flip[0], Y0 + 50 - 50 * flip[1]) * Affine.scale(
        5 * flip[0], 5 * flip[1]
    )
    path = write(tmp_path / "flipped.tif", heights(bowl, transform, 20, 20).astype("float32"), transform)
    _, _, found = conventions(site(outline), inspect_dem(path), path, LEVEL)
    with rasterio.open(path) as ds:
        z = ds.read(1).astype(float)
    kept = np.zeros(z.shape, bool)
    kept[10 - rows_left // 2 : 10 + rows_left // 2, 10 - columns_left // 2 : 10 + columns_left // 2] = True
    kept &= geometry_mask([outline], z.shape, transform, invert=True)
    clipped = next(r for r in found if r.key == "clipped")
    assert clipped.fill_m3 == pytest.approx(np.maximum(100 - z[kept], 0).sum() * 25, rel=1e-9)


def test_a_turned_grid_is_said_to_be_resampled_by_others(tmp_path: Path) -> None:
    """Away from the central meridian, where areas of the plane differ: QGIS does not print what GDAL burns there."""
    transform = Affine.translation(X0 + 90_000, Y0) * Affine.rotation(23) * Affine.scale(1, -1)
    z = heights(lambda x, y: 98.5 + np.sin(x / 9) + np.cos(y / 7), transform, 100, 100)
    path = write(tmp_path / "turned.tif", z.astype("float32"), transform)
    outline = shapely.affinity.translate(disc(66, -27, 20), 90_000, 0)
    _, _, found = conventions(site(outline), inspect_dem(path), path, LEVEL)
    values = {r.key: r for r in found}
    assert not {"as_printed", "clipped"} & set(values)
    with rasterio.open(path) as ds:
        z = ds.read(1).astype(float)
    inside = geometry_mask([outline], z.shape, transform, invert=True)
    assert values["as_burnt"].fill_m3 == pytest.approx(np.maximum(100 - z[inside], 0).sum(), rel=1e-12)
    assert values["as_burnt"].fill_m3 > 0


def test_a_grid_in_degrees_as_other_tools_take_it(tmp_path: Path) -> None:
    """A box 3 m deep at 40° N: cells of 0.0001° hold 3·n·1e-8 degree²·m; 111 320 m a degree is 1/cos 40° too much."""
    transform = Affine.translation(110.0, 40.005) * Affine.scale(1e-4, -1e-4)
    path = write(tmp_path / "degrees.tif", np.full((100, 100), 97.0), transform, "EPSG:4490")
    outline = shapely.box(110.002, 39.998, 110.007, 40.002)
    _, own, found = conventions(site(outline, crs="EPSG:4490"), inspect_dem(path), path, LEVEL)
    values = {r.key: r for r in found}
    assert values["square_degrees"].fill_m3 == pytest.approx(3 * 50 * 40 * 1e-8, rel=1e-9)
    assert "6e-05" in values["square_degrees"].reason.render()
    assert "degree²·m" in values["square_degrees"].rule.render()
    assert values["equator_metres"].fill_m3 == pytest.approx(3 * 0.005 * 0.004 * 111_320**2, rel=1e-9)
    # a degree of latitude at 40° N is 111 035 m on the ellipsoid, one of longitude 85 394 m (tables of WGS 84)
    assert values["equator_metres"].fill_m3 / own == pytest.approx(111_320**2 / (111_035 * 85_394), rel=1e-4)
    keys = [r.key for r in found]
    assert keys.index("square_degrees") == keys.index("cell_centre") + 1
    assert not {"as_printed", "clipped", "planar"} & set(keys)


def test_metres_have_no_line_of_degrees(tmp_path: Path) -> None:
    _, found, _, _ = rows(tmp_path, bowl, OUTLINE)
    assert not {"square_degrees", "equator_metres"} & set(found)


def test_bands_of_rows_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = []
    for band in (7, 64, 512):
        monkeypatch.setattr("gis.burnt_cells._BAND_ROWS", band)
        _, found, _, _ = rows(tmp_path, bowl, OUTLINE)
        values.append((found["cell_centre"].fill_m3, found["all_touched"].fill_m3))
    assert values[0] == pytest.approx(values[1], rel=1e-13)
    assert values[0] == pytest.approx(values[2], rel=1e-13)


def test_four_cells_by_hand(tmp_path: Path) -> None:
    """A box over parts of four cells of 10 m, all 5 m deep: 1.44 cells by area, 1 by centres, 4 by touch."""
    own, found, answer, _ = rows(
        tmp_path, lambda x, y: np.full(x.shape, 95.0), box(26, 32, 38, 44), cell=10.0, rows=10, cols=10
    )
    k2 = answer.scale_factor**2
    assert own * k2 == pytest.approx(12 * 12 * 5)
    assert found["cell_centre"].fill_m3 * k2 == pytest.approx(500)  # the centre at 35, 35
    assert found["all_touched"].fill_m3 * k2 == pytest.approx(4 * 500)
    assert found["all_touched"].difference_percent == pytest.approx(100 * (2000 / 720 - 1))
    assert found["all_touched"].difference_m3 * k2 == pytest.approx(1280)


def slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A floor at 90 in ground that dips to 99 in the middle of the southern rim and stands at 100 elsewhere."""
    rim = 100 - np.clip(1 - np.abs(x - X0 - 50) / 20, 0, 1)
    inside = (np.abs(x - X0 - 50) < 28) & (np.abs(y - Y0 - 50) < 28)
    return np.where(inside, 90.0, np.where(y < Y0 + 50, rim, 100.0))


def test_lowest_vertex_misses_the_dip_between_vertices(tmp_path: Path) -> None:
    own, found, answer, _ = rows(tmp_path, slope, box(20, 20, 80, 80), EstimateRequest("spill"))
    assert answer.reference.mean_elevation_m == pytest.approx(99.0, abs=0.05)
    k2 = answer.scale_factor**2
    assert found["lowest_vertex"].fill_m3 * k2 == pytest.approx(56**2 * 10 + _shelf(100.0), rel=1e-6)
    assert found["vertex_mean"].fill_m3 == pytest.approx(found["lowest_vertex"].fill_m3)
    assert found["lowest_vertex"].difference_m3 > 0
    assert own < found["lowest_vertex"].fill_m3


def _shelf(level: float) -> float:
    """Volume of the dip on the berm of 2 m between floor and southern rim, filled to `level`, on cells of 1 m."""
    x = np.arange(20, 80) + 0.5
    return float(2 * np.maximum(level - (100 - np.clip(1 - np.abs(x - 50) / 20, 0, 1)), 0).sum())


def test_a_given_level_has_no_vertices(tmp_path: Path) -> None:
    _, found, _, _ = rows(tmp_path, bowl, OUTLINE)
    assert not {"lowest_vertex", "vertex_mean", "one_level", "outer_ring"} & set(found)


def test_islands_filled_too(tmp_path: Path) -> None:
    ring = box(20, 20, 80, 80).difference(box(40, 40, 60, 60))
    own, found, answer, _ = rows(tmp_path, lambda x, y: np.full(x.shape, 95.0), ring)
    k2 = answer.scale_factor**2
    assert own * k2 == pytest.approx(3200 * 5)
    assert found["outer_ring"].fill_m3 * k2 == pytest.approx(3600 * 5)
    assert found["outer_ring"].difference_percent == pytest.approx(12.5)


def test_net_takes_off_what_stands_above(tmp_path: Path) -> None:
    own, found, answer, _ = rows(tmp_path, lambda x, y: np.where(x < X0 + 50, 95.0, 101.0), box(20, 20, 80, 80))
    k2 = answer.scale_factor**2
    assert own * k2 == pytest.approx(1800 * 5)
    assert found["net"].fill_m3 * k2 == pytest.approx(1800 * 5 - 1800)
    assert "net" not in rows(tmp_path, lambda x, y: np.full(x.shape, 95.0), box(20, 20, 80, 80))[1]


def test_one_level_for_several_parts(tmp_path: Path) -> None:
    def steps(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        low = np.where(x < X0 + 50, 100.0, 97.0)
        deep = (np.abs(y - Y0 - 50) < 15) & ((np.abs(x - X0 - 25) < 15) | (np.abs(x - X0 - 75) < 15))
        return np.where(deep, 90.0, low)

    outline = shapely.MultiPolygon([box(8, 33, 42, 67), box(58, 33, 92, 67)])
    own, found, answer, _ = rows(tmp_path, steps, outline, EstimateRequest("spill"))
    k2 = answer.scale_factor**2
    assert own * k2 == pytest.approx(900 * (10 + 7))
    assert found["one_level"].fill_m3 * k2 == pytest.approx(900 * (7 + 7))
    assert found["lowest_vertex"].fill_m3 == pytest.approx(own)


def test_a_heap_is_counted_above_its_base(tmp_path: Path) -> None:
    own, found, answer, path = rows(
        tmp_path, lambda x, y: 200 - bowl(x, y), OUTLINE, EstimateRequest("level", {"level_m": 100.0}), fills=False
    )
    with rasterio.open(path) as ds:
        z, transform = ds.read(1), ds.transform
    inside = geometry_mask([OUTLINE], z.shape, transform, invert=True)
    assert found["cell_centre"].fill_m3 == pytest.approx(np.maximum(z[inside] - 100, 0).sum() / answer.scale_factor**2)
    assert found["net"].fill_m3 == pytest.approx(answer.cut_m3 - answer.fill_m3)
    assert own == answer.cut_m3


def test_every_row_says_who_and_why(tmp_path: Path) -> None:
    _, found, _, _ = rows(tmp_path, bowl, OUTLINE, EstimateRequest("spill"))
    assert {"tin", "grid", "sections", "cell_centre", "all_touched", "lowest_vertex"} <= set(found)
    for row in found.values():
        assert isinstance(row, Convention)
        assert len(row.reason.render()) > 40
        assert row.rule.render() != row.reason.render()


@pytest.mark.parametrize(
    ("code", "centre", "fractions", "clipped", "touched"),
    [("D1", 1317.7, 1316.6, 1316.5482, 1317.650), ("D2", 2041.7, 2040.4, 2040.2868, 2041.880)],
)
def test_lidar_pits_as_others_print_them(
    shared_data: Path, code: str, centre: float, fractions: float, clipped: float, touched: float
) -> None:
    """The README's column of cell centres, in areas of the plane, to the last digit given.

    As run: `clipped` by QGIS 3.22 and GDAL 3.6 (clip, raster surface volume), `touched` by rasterio.mask and SAGA.
    """
    folder = shared_data / "lidar_pits_1m"
    with fiona.open(folder / "outlines.gpkg", layer="pits") as source:
        outline = next(shape(r["geometry"]) for r in source if r["properties"]["code"] == code)
    pit = Site("u", code, "", "mine_pits", outline, "EPSG:26915", True)
    path = folder / "pits_1m.tif"
    request = EstimateRequest("level", {"level_m": 390.5})
    _, own, found = conventions(pit, inspect_dem(path), path, request)
    values = {r.key: r.fill_m3 for r in found}
    assert round(values["as_printed"], 1) == centre
    assert round(values["planar"], 1) == fractions
    assert values["clipped"] == pytest.approx(clipped, abs=1e-3)
    assert values["all_touched"] * values["planar"] / own == pytest.approx(touched, abs=1e-3)
    with rasterio.open(path) as ds:
        z = ds.read(1).astype(float)
        inside = geometry_mask([outline], z.shape, ds.transform, invert=True)
    assert values["as_printed"] == pytest.approx(np.maximum(390.5 - z[inside], 0).sum(), rel=1e-9)
