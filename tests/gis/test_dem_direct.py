"""Large windows of plain TIFFs read past GDAL's cache: the same numbers, whatever the layout of the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.windows import Window

from gis.coverage import Edges, coverage
from gis.dem import opening
from gis.dem.file import Dem
from gis.dem.inspection import inspect_dem
from gis.placing import place
from gis.store.places import Place
from gis.sums import Layering, accumulate
from gis.surfaces.base import Plane
from models.errors import Unreadable
from tests.gis.ground import X0, Y0, grid_transform, site

RNG = np.random.default_rng(5)
Z = RNG.normal(100, 5, (300, 340)).astype(np.float32)
PROFILE = {"driver": "GTiff", "width": 340, "height": 300, "count": 1, "dtype": "float32", "crs": "EPSG:4546"}
LAYOUTS = {
    "tiles": {"tiled": True, "blockxsize": 128, "blockysize": 64},
    "strips": {"blockysize": 7},
    "other end first": {"tiled": True, "blockxsize": 128, "blockysize": 128, "endianness": "BIG"},
    "nodata": {"tiled": True, "blockxsize": 128, "blockysize": 128, "nodata": -9999.0},
    "deflated": {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"},
}


def written(path: Path, **layout) -> Path:
    with rasterio.open(path, "w", **PROFILE, transform=grid_transform(rows=300), **layout) as ds:
        ds.write(Z, 1)
    return path


def windows(n: int = 12):
    for _ in range(n):
        (a, b), (c, d) = np.sort(RNG.integers(0, 301, 2)), np.sort(RNG.integers(0, 341, 2))
        if a < b and c < d:
            yield int(a), int(b), int(c), int(d)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_files_own_numbers(tmp_path: Path, layout: dict) -> None:
    path = written(tmp_path / "z.tif", **layout)
    with Dem(path, inspect_dem(path)) as dem:
        for a, b, c, d in windows():
            raw = dem.read_raw(a, b, c, d)
            assert raw is not None
            assert raw.dtype == np.float32
            assert np.array_equal(raw, Z[a:b, c:d])
        assert dem.read_raw(-1, 5, 0, 5) is None
        assert dem.read_raw(0, 301, 0, 5) is None
        assert (dem._packed is not None) == ("compress" in layout)
        assert dem._direct is not dem._ds
        assert (dem._plain is not None) == (layout in (LAYOUTS["tiles"], LAYOUTS["nodata"]))


def test_tiles_that_are_not_as_in_memory_are_left_to_gdal(tmp_path: Path) -> None:
    path = written(tmp_path / "z.tif", **LAYOUTS["tiles"], nbits=16)
    with rasterio.open(path) as ds:
        halves = ds.read(1)
    assert not np.array_equal(halves, Z)
    with Dem(path, inspect_dem(path)) as dem:
        raw = dem.read_raw(10, 200, 5, 300)
        assert raw is not None
        assert np.array_equal(raw, halves[10:200, 5:300])


def test_blocks_that_were_never_written(tmp_path: Path) -> None:
    path, own = tmp_path / "sparse.tif", {"tiled": True, "blockxsize": 128, "blockysize": 128, "SPARSE_OK": True}
    with rasterio.open(path, "w", **PROFILE, transform=grid_transform(rows=300), nodata=-1.0, **own) as ds:
        ds.write(Z[:128, :128], 1, window=Window(0, 0, 128, 128))
    with Dem(path, inspect_dem(path)) as dem:
        whole = dem.read(0, 300, 0, 340)
        assert np.isnan(whole[:, 128:]).all()
        raw = dem.read_raw(0, 300, 0, 340)
        assert raw is not None
        dem.clear(raw)
        assert np.array_equal(raw, whole, equal_nan=True)


def test_not_where_numbers_are_no_metres_or_a_mask_counts(tmp_path: Path) -> None:
    whole = tmp_path / "i.tif"
    with rasterio.open(whole, "w", **{**PROFILE, "dtype": "int16"}, transform=grid_transform(rows=300)) as ds:
        ds.write(Z.astype(np.int16), 1)
    with Dem(whole, inspect_dem(whole)) as dem:
        assert dem.read_raw(0, 9, 0, 9) is None
    feet = written(tmp_path / "ft.tif")
    with Dem(feet, inspect_dem(feet, z_unit="ft")) as dem:
        assert dem.read_raw(0, 9, 0, 9) is None
    plain = written(tmp_path / "z.tif")
    with Dem(plain, inspect_dem(plain)) as dem:
        dem.patch(2, 2, np.full((3, 3), 1.0))
        assert dem.read_raw(0, 9, 0, 9) is None
        dem.unpatch()
        assert dem.read_raw(0, 9, 0, 9) is not None


def test_in_whole_tiles_on_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "z.tif", **LAYOUTS["tiles"])
    monkeypatch.setattr("gis.store.places.place_of", lambda _: Place("network", "nfs4"))
    assert opening.open_direct(path) is None


def test_a_file_that_was_cut_short(tmp_path: Path) -> None:
    path = written(tmp_path / "z.tif", **LAYOUTS["tiles"])
    record, body = inspect_dem(path), path.read_bytes()
    path.write_bytes(body[: len(body) // 2])
    with Dem(path, record) as dem, pytest.raises(Unreadable):
        dem.read_raw(0, 300, 0, 340)


@pytest.mark.parametrize("nodata", [None, 103.0, float("nan")])
def test_sums_leave_out_what_is_missing(tmp_path: Path, nodata: float | None) -> None:
    z = Z.copy()
    z[40:60, 50:70] = np.nan if nodata is None else nodata
    path = tmp_path / "z.tif"
    with rasterio.open(path, "w", **PROFILE, transform=grid_transform(rows=300), nodata=nodata) as ds:
        ds.write(z, 1)
    corners = np.array([(10.3, 20.2), (300.7, 15.1), (280.2, 290.9), (30.4, 250.5)])
    outline = site(shapely.Polygon(corners + np.array((X0, Y0))))
    with Dem(path, inspect_dem(path)) as dem:
        placed = place(outline, dem.grid)
        ground, (sums,) = accumulate(dem, placed, [[Plane(101.0)]], Layering())
        share = coverage(Edges.of(placed.parts[0].polygon), 0, 300, 0, 340)
        area = placed.row_areas(0, 1)[0]
    missing = np.isnan(z) if nodata is None or np.isnan(nodata) else z == np.float32(nodata)
    depth = np.where(missing, 0, np.maximum(101.0 - z.astype(np.float64), 0))
    assert sums.total("fill") == pytest.approx(float((share * depth).sum()) * area, rel=1e-12)
    assert ground.covered_m2 == pytest.approx(float((share * ~missing).sum()) * area, rel=1e-12)
    assert ground.hole is not None
    row, col = int(ground.hole[1]), int(ground.hole[0])
    assert missing[row, col]
