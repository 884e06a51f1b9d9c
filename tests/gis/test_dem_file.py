"""Reading heights: windows, places, patches, displays; units, masks and every way a grid may lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from gis.dem import display
from gis.raster import Dem
from models.errors import Missing, Refused, Unreadable
from tests.gis.ground import X0, Y0, grid_transform, heights, made, terrain, write


def slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 100 + 0.3 * (x - X0) - 0.2 * (y - Y0)


def test_windows_reach_past_the_edge(tmp_path: Path) -> None:
    record, path = made(tmp_path, slope, rows=20, cols=30)
    with Dem(path, record) as dem:
        whole = dem.read(0, 20, 0, 30)
        wide = dem.read(-3, 23, -2, 33)
        assert np.array_equal(wide[3:23, 2:32], whole)
        assert np.isnan(wide).sum() == wide.size - whole.size
        assert np.isnan(dem.read(50, 60, 0, 5)).all()
        assert dem.bounds == (X0, Y0, X0 + 30, Y0 + 20)


def test_missing_cells(tmp_path: Path) -> None:
    z = np.full((6, 6), 10.0, np.float32)
    z[1, 1], z[2, 3], z[4, 4], z[5, 0] = -9999, np.nan, np.inf, -3.4028235e38
    transform = grid_transform(rows=6)
    path = write(tmp_path / "m.tif", z, transform, nodata=-9999)
    with Dem(path, terrain(path)) as dem:
        got = dem.read(0, 6, 0, 6)
        assert np.isnan(got[[1, 2, 4, 5], [1, 3, 4, 0]]).all()
        assert np.isfinite(got).sum() == 32
        # Beside a hole the cells that are there decide; inside it there is nothing.
        x, y = dem.grid.to_world([2.1, 1.5], [1.5, 1.5])
        got = dem.sample(x, y)
        assert got[0] == 10
        assert np.isnan(got[1])


def test_stated_nodata_counts_beside_the_declared_one(tmp_path: Path) -> None:
    z = np.array([[1.0, -9999, 0]], np.float32)
    path = write(tmp_path / "m.tif", z, grid_transform(rows=1), nodata=-9999)
    with Dem(path, replace(terrain(path), nodata=0.0)) as dem:
        assert np.isfinite(dem.read(0, 1, 0, 3)).tolist() == [[True, False, False]]


def test_integers_scale_offset_and_feet(tmp_path: Path) -> None:
    z = np.array([[1000, 2000, 0]], np.uint16)
    path = write(tmp_path / "i.tif", z, grid_transform(rows=1), nodata=0)
    with Dem(path, replace(terrain(path), z_scale=0.1 * 0.3048, z_offset=50 * 0.3048)) as dem:
        assert dem.read(0, 1, 0, 2).tolist() == [pytest.approx([150 * 0.3048, 250 * 0.3048])]
        assert np.isnan(dem.read(0, 1, 2, 3)).all()


def test_an_internal_mask_is_obeyed(tmp_path: Path) -> None:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = write(tmp_path / "k.tif", np.full((4, 4), 7.0, np.float32), grid_transform(rows=4))
        with rasterio.open(path, "r+") as ds:
            ds.write_mask(np.array([[0, 255, 255, 255]] * 4, np.uint8))
    with Dem(path, terrain(path)) as dem:
        assert np.isnan(dem.read(0, 4, 0, 4)[:, 0]).all()
        assert np.isfinite(dem.read(0, 4, 1, 4)).all()


def test_patches_fill_only_what_is_missing(tmp_path: Path) -> None:
    z = np.full((5, 5), 10.0)
    z[2, 2] = -1
    path = write(tmp_path / "p.tif", z, grid_transform(rows=5), nodata=-1)
    with Dem(path, terrain(path)) as dem:
        dem.patch(1, 1, np.full((3, 6), 20.0))
        got = dem.read(0, 5, 0, 7)
        assert got[2, 2] == 20
        assert got[1, 1] == 10
        assert (got[1:4, 5:7] == 20).all()
        assert np.isnan(got[0, 5])
        assert dem.sample_pixels([6.0], [2.5])[0] == 20


@pytest.mark.parametrize("grid", [{}, {"south_up": True}, {"dx": 2.0}], ids=str)
def test_overviews_are_north_up_and_in_place(tmp_path: Path, grid: dict) -> None:
    record, path = made(tmp_path, slope, rows=400, cols=300, **grid)
    with Dem(path, record) as dem:
        z, (x0, y0, x1, y1) = dem.overview(dem.bounds, 60, 80)
        assert z.shape == (80, 60)
        assert (x0, y0, x1, y1) == pytest.approx(dem.bounds)
        x, y = np.meshgrid(x0 + (np.arange(60) + 0.5) * (x1 - x0) / 60, y1 - (np.arange(80) + 0.5) * (y1 - y0) / 80)
        assert np.abs(z - slope(x, y)).max() < 0.3 * (x1 - x0) / 60 + 0.2 * (y1 - y0) / 80
        part, extent = dem.overview((X0 + 100, Y0 + 200, X0 + 130, Y0 + 220), 1000, 1000)
        assert extent == pytest.approx((X0 + 100, Y0 + 200, X0 + 130, Y0 + 220))
        assert part.dtype == np.float32
        assert dem.overview((0, 0, 1, 1), 10, 10)[0].size == 0


@pytest.mark.parametrize("way", ["picked", "coarse picture", "overviews in the file", "strips"])
def test_large_terrains_are_thinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    record, path = made(tmp_path, slope, rows=1000, cols=900, name=way[:4])
    if way != "strips":
        z = heights(slope, grid_transform(rows=1000), 1000, 900)
        write(path, z, grid_transform(rows=1000), tiled=True, blockxsize=128, blockysize=128)
    if way == "overviews in the file":
        with rasterio.open(path, "r+") as ds:
            ds.build_overviews([2, 4, 8])
    if way != "picked":
        monkeypatch.setattr(display, "_SMALL", 1000)
        monkeypatch.setattr(display, "_BASE_SIDE", 400 if way == "coarse picture" else 2048)
    with Dem(path, record) as dem:
        assert dem.has_overviews == (way == "overviews in the file")
        for _ in range(2):
            z, (x0, _, _, y1) = dem.overview(dem.bounds, 90, 100)
            assert z.shape == (100, 90)
            x, y = np.meshgrid(x0 + (np.arange(90) + 0.5) * 10, y1 - (np.arange(100) + 0.5) * 10)
            # The overviews in the file were picked by GDAL, up to half a picture cell aside.
            reach = 11 if way == "overviews in the file" else 6
            assert np.abs(z - slope(x, y)).max() < (0.3 + 0.2) * reach
        z, extent = dem.overview((X0 + 13, Y0 + 27, X0 + 513, Y0 + 827), 71, 111)
        assert z.shape == (115, 72)
        x, y = np.meshgrid(extent[0] + (np.arange(72) + 0.5) * 7, extent[3] - (np.arange(115) + 0.5) * 7)
        assert np.abs(z - slope(x, y)).max() < (0.3 + 0.2) * (11 if way == "overviews in the file" else 5)


def test_a_turned_grid_is_shown_upright(tmp_path: Path) -> None:
    record, path = made(tmp_path, slope, rows=200, cols=200, angle=30.0)
    with Dem(path, record) as dem:
        z, (x0, y0, x1, y1) = dem.overview(dem.bounds, 150, 150)
        x, y = np.meshgrid(x0 + (np.arange(150) + 0.5) * (x1 - x0) / 150, y1 - (np.arange(150) + 0.5) * (y1 - y0) / 150)
        seen = np.isfinite(z)
        assert 0.4 < seen.mean() < 0.75
        assert np.abs(z - slope(x, y))[seen].max() < 2


def test_a_file_that_is_gone_or_another(tmp_path: Path) -> None:
    record, path = made(tmp_path, slope, rows=20, cols=30)
    with pytest.raises(Missing):
        Dem(tmp_path / "no.tif", record)
    write(path, np.zeros((10, 10)), grid_transform(rows=10))
    with pytest.raises(Refused) as caught:
        Dem(path, record)
    assert caught.value.key == "terrain.changed"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises((Unreadable, Refused)):
        Dem(path, record)


def test_cells_in_degrees(tmp_path: Path) -> None:
    """Ground area of cells against pyproj's geodesics; the poles and the equator differ by what they must."""
    from pyproj import Geod

    from gis.dem.grid import Grid

    step = 1 / 1200
    grid = Grid(100, 100, (step, 0.0, 110.0, 0.0, -step, 41.0), "EPSG:4490")
    area = grid.row_areas(30, 32)
    lat = [41 - 30 * step, 41 - 31 * step]
    exact = abs(
        Geod(ellps="GRS80").polygon_area_perimeter([110, 110 + step, 110 + step, 110], [lat[0]] * 2 + [lat[1]] * 2)[0]
    )
    assert area[0] == pytest.approx(exact, rel=1e-7)
    assert area[1] > area[0]
    dx, dy = grid.steps_m(30.5)
    assert dx * dy == pytest.approx(area[0], rel=1e-6)
