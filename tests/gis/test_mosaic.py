"""Several tiles as one terrain: where they lie, what overlaps say, what is refused, and figures over seams."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from gis.dem import display, mosaic, tiles
from gis.dem.file import Dem
from gis.raster import inspect_dem
from gis.volume import estimate
from models.errors import Missing, Refused, Unreadable
from models.estimate import EstimateRequest
from models.terrain import Terrain
from tests.gis.ground import CRS, X0, Y0, box, disc, grid_transform, heights, site, write

ROWS = COLS = 100
OPTIONS: dict[str, Any] = {
    "crs": None, "kind": "dtm", "vertical_datum": "d", "source": None, "sigma_z_m": 0.1, "range_m": 20.0,
    "sigma_xy_m": 0.1, "surveyed_on": None, "nodata": None, "z_unit": None,
}  # fmt: skip


def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A pit 12 m deep in waves of ground: no two cells alike."""
    r = np.hypot(x - X0 - 50, y - Y0 - 50)
    return 1000 + 0.02 * (x - X0) + np.sin(x / 7) * np.cos(y / 5) - 12 * np.exp(-((r / 22) ** 2))


def cut(
    folder: Path, whole: np.ndarray, transform: Affine, windows: dict[str, tuple[int, int, int, int]], **more: Any
) -> list[Path]:
    """Tiles of a grid: name → (row0, row1, col0, col1)."""
    folder.mkdir(exist_ok=True)
    return [
        write(folder / f"{name}.tif", whole[r0:r1, c0:c1], transform * Affine.translation(c0, r0), **more)
        for name, (r0, r1, c0, c1) in windows.items()
    ]


QUARTERS = {"一": (0, 37, 0, 53), "二": (0, 37, 53, 100), "三": (37, 100, 0, 53), "四": (37, 100, 53, 100)}
GRIDS = {"north-up": {}, "turned": {"angle": 30.0}, "south-up": {"south_up": True}, "oblong": {"dx": 2.0}}


def joined(files: list[Path], **changes: Any) -> tuple[Terrain, Path]:
    record = mosaic.inspect_tiles(files, name="m", **OPTIONS | changes)
    return record, Path(record.path)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS.keys())
def test_tiles_are_the_whole_to_the_last_digit(tmp_path: Path, grid: dict[str, Any]) -> None:
    """Windows, samples, pictures and every figure of an estimate are those of the merged file."""
    transform = grid_transform(rows=ROWS, **grid)
    z = heights(bowl, transform, ROWS, COLS).astype(np.float32)
    one = inspect_dem(write(tmp_path / "whole.tif", z, transform), name="m", **OPTIONS)
    record, folder = joined(cut(tmp_path / "瓦 片", z, transform, QUARTERS))
    assert (record.width, record.height, record.transform, record.cell_m) == (
        COLS, ROWS, one.transform, one.cell_m,
    )  # fmt: skip
    with Dem(folder, record) as many, Dem(tmp_path / "whole.tif", one) as single:
        assert np.array_equal(many.read(-3, 103, -2, 99), single.read(-3, 103, -2, 99), equal_nan=True)
        rng = np.random.default_rng(3)
        c, r = rng.uniform(-1, 101, (2, 2000))
        assert np.array_equal(many.sample_pixels(c, r), single.sample_pixels(c, r), equal_nan=True)
        for size in ((100, 100), (31, 17)):
            a, b = many.overview(many.bounds, *size), single.overview(single.bounds, *size)
            assert a[1] == b[1]
            assert np.array_equal(a[0], b[0], equal_nan=True)
    x, y = transform * (53, 37)  # a corner of all four
    outline = shapely.Point(x, y).buffer(24)
    for key in ("spill", "rim_surface", "rim_plane", "level"):
        request = EstimateRequest(key, {"level_m": 1001.0})
        left = estimate(site(outline), record, folder, request)
        right = estimate(site(outline), one, tmp_path / "whole.tif", request)
        gone = {"terrain", "computed_at", "request"}
        assert {k: v for k, v in asdict(left).items() if k not in gone} == {
            k: v for k, v in asdict(right).items() if k not in gone
        }
        assert left.fill_m3 + left.cut_m3 > 100
        assert left.terrain.sha256 == mosaic.tiles_sha256(record.tiles)


def test_real_ground_over_seams(tmp_path: Path, shared_data: Path) -> None:
    source = next((shared_data / "slovenia_lidar_1m").glob("*.tif"))
    with rasterio.open(source) as ds:
        z, transform, crs = ds.read(1), ds.transform, ds.crs
    windows = {f"{r}_{c}": (r, min(r + 170, 1000), c, min(c + 230, 1000)) for r in range(0, 1000, 170)
               for c in range(0, 1000, 230)}  # fmt: skip
    files = cut(tmp_path / "t", z, transform, windows, crs=crs, tiled=True, blockxsize=64, blockysize=64)
    record, folder = joined(files)
    one = inspect_dem(source, name="m", **OPTIONS)
    x, y = transform * (460, 510)
    outline = shapely.Point(x, y).buffer(140)
    request = EstimateRequest("rim_surface")
    left = estimate(site(outline, crs=record.crs), record, folder, request)
    right = estimate(site(outline, crs=record.crs), one, source, request)
    assert (left.fill_m3, left.cut_m3, left.interval95, left.check) == (
        right.fill_m3, right.cut_m3, right.interval95, right.check,
    )  # fmt: skip
    assert left.fill_m3 > 10_000


def test_gaps_are_missing_and_overlaps_go_to_the_first(tmp_path: Path) -> None:
    z = np.full((60, 60), 50.0, np.float32)
    transform = grid_transform(rows=60)
    a, b = cut(tmp_path, z, transform, {"a": (0, 30, 0, 30), "b": (25, 60, 25, 60)})
    with rasterio.open(b, "r+") as ds:
        other = ds.read(1) + np.float32(2)
        other[10:] = 50
        ds.write(other, 1)
    with rasterio.open(a, "r+") as ds:
        own = ds.read(1)
        own[28, 28] = np.nan
        ds.write(own, 1)
    record, folder = joined([a, b])
    notice = next(n for n in record.warnings if n.key == "terrain.tiles_differ")
    assert notice.facts["cells"] == 24
    assert notice.facts["median"] == notice.facts["most"] == pytest.approx(2)
    assert notice.facts["share"] == pytest.approx(100)
    with Dem(folder, record) as dem:
        got = dem.read(0, 60, 0, 60)
    assert np.isnan(got[:25, 30:]).all()
    assert np.isnan(got[30:, :25]).all()
    assert (got[25:30, 25:30] == 50).sum() == 24
    assert got[28, 28] == 52  # the next one fills the gap of the first
    swapped, folder = joined([b, a])
    with Dem(folder, swapped) as dem:
        assert (dem.read(25, 30, 25, 30) == 52).all()
    assert swapped.sha256 != record.sha256
    even, _ = joined(cut(tmp_path / "even", z, transform, {"a": (0, 30, 0, 60), "b": (29, 60, 0, 60)}))
    assert not even.warnings


def test_tiles_with_their_own_units_and_missing_values(tmp_path: Path) -> None:
    """Centimetres as integers beside metres as floats, each with its own stand-in for missing."""
    t = grid_transform(rows=20)
    left = np.full((20, 10), 12_345, np.int32)
    left[3, 3] = -1
    a = write(tmp_path / "a.tif", left, t, nodata=-1, scale=0.01, offset=0.0)
    right = np.full((20, 10), 123.5, np.float32)
    right[4, 4] = -9999
    b = write(tmp_path / "b.tif", right, t * Affine.translation(10, 0), nodata=-9999)
    record, folder = joined([a, b])
    assert (record.z_scale, record.nodata) == (1.0, None)
    with Dem(folder, record) as dem:
        z = dem.read(0, 20, 0, 20)
    assert np.isnan(z[[3, 4], [3, 14]]).all()
    assert np.isnan(z).sum() == 2
    assert z[0, 0] == pytest.approx(123.45)
    assert z[0, 19] == 123.5
    assert Terrain.from_json(record.to_json()) == record


def test_what_does_not_fit_is_refused_with_the_numbers(tmp_path: Path) -> None:
    z, t = np.full((20, 20), 100.0, np.float32), grid_transform(rows=20)
    a = write(tmp_path / "a.tif", z, t)
    beside = t * Affine.translation(20, 0)
    cases = {
        "terrain.tile_shift": (beside * Affine.translation(0.3, 0), CRS),
        "terrain.tile_cell": (beside * Affine.scale(2, 2), CRS),
        "terrain.tile_crs": (beside, "EPSG:4547"),
    }
    for key, (where, crs) in cases.items():
        b = write(tmp_path / f"{key}.tif", z, where, crs)
        with pytest.raises(Refused) as caught:
            joined([a, b])
        assert caught.value.key == key
        assert caught.value.where == str(b.resolve())
        assert caught.value.advice.text
    assert caught.value.what.facts["tile"] == "terrain.tile_crs.tif"
    south = write(tmp_path / "south.tif", z, Affine(1, 0, X0 + 20, 0, 1, Y0))
    turned = write(tmp_path / "turned.tif", z, beside * Affine.rotation(1))
    for b in (south, turned):
        with pytest.raises(Refused) as caught:
            joined([a, b])
        assert caught.value.key == "terrain.tile_cell"
    far = write(tmp_path / "far.tif", z, t * Affine.translation(1e7, 1e7))
    with pytest.raises(Refused) as caught:
        joined([a, far])
    assert caught.value.key == "terrain.tiles_apart"


def test_a_hair_off_the_grid_is_told(tmp_path: Path) -> None:
    z, t = np.full((20, 20), 100.0, np.float32), grid_transform(rows=20)
    a = write(tmp_path / "a.tif", z, t)
    b = write(tmp_path / "b.tif", z, t * Affine.translation(20.004, 0))
    record, folder = joined([a, b])
    assert record.width == 40
    notice = next(n for n in record.warnings if n.key == "terrain.tile_nudged")
    assert notice.facts["off"] == pytest.approx(0.004, rel=1e-3)
    with Dem(folder, record) as dem:
        assert np.isfinite(dem.read(0, 20, 0, 40)).all()


@pytest.mark.parametrize("value", [-9999.0, -32767.0])
def test_an_undeclared_stand_in_in_any_tile_is_refused(tmp_path: Path, value: float) -> None:
    z, t = np.full((20, 20), 100.0, np.float32), grid_transform(rows=20)
    a = write(tmp_path / "a.tif", z, t)
    z[5:9, 5:9] = value
    b = write(tmp_path / "b.tif", z, t * Affine.translation(20, 0))
    with pytest.raises(Refused) as caught:
        joined([a, b])
    assert caught.value.key == "terrain.undeclared_nodata"
    assert caught.value.where == str(b)
    record, folder = joined([a, b], nodata=value)
    with Dem(folder, record) as dem:
        assert np.isnan(dem.read(0, 20, 0, 40)).sum() == 16


def test_zeros_of_a_whole_tile_are_suspected_beside_the_others(tmp_path: Path) -> None:
    z, t = np.full((20, 20), 1000.0, np.float32), grid_transform(rows=20)
    a = write(tmp_path / "a.tif", z, t)
    b = write(tmp_path / "b.tif", np.zeros_like(z), t * Affine.translation(20, 0))
    record, folder = joined([a, b])
    assert next(n for n in record.warnings if n.key == "terrain.suspicious_low").facts["count"] == 400
    with pytest.raises(Refused) as caught:
        estimate(site(box(10, 5, 30, 15)), record, folder, EstimateRequest("level", {"level_m": 1001.0}))
    assert caught.value.key == "terrain.suspicious_inside"
    assert estimate(site(box(2, 5, 18, 15)), record, folder, EstimateRequest("level", {"level_m": 1001.0})).fill_m3 > 0


def test_an_empty_tile_is_left_out(tmp_path: Path) -> None:
    z, t = np.full((20, 20), 1000.0, np.float32), grid_transform(rows=20)
    a = write(tmp_path / "a.tif", z, t)
    b = write(tmp_path / "b.tif", np.full_like(z, np.nan), t * Affine.translation(20, 0))
    record, _ = joined([b, a])
    assert len(record.tiles) == 1
    assert "terrain.empty_tiles" in {n.key for n in record.warnings}
    with pytest.raises(Refused) as caught:
        joined([b, write(tmp_path / "c.tif", np.full_like(z, np.nan), t)])
    assert caught.value.key == "terrain.empty"


def test_a_tile_that_is_gone_or_another_is_named(tmp_path: Path) -> None:
    z, t = np.full((20, 20), 1000.0, np.float32), grid_transform(rows=20)
    a = write(tmp_path / "a.tif", z, t)
    b = write(tmp_path / "b.tif", z, t * Affine.translation(20, 0))
    record, folder = joined([a, b])
    write(b, z[:10], t * Affine.translation(20, 0))
    with Dem(folder, record) as dem, pytest.raises(Refused) as changed:
        dem.read(0, 20, 0, 40)
    assert changed.value.where.endswith("b.tif")
    b.unlink()
    with Dem(folder, record) as dem:
        assert np.isfinite(dem.read(0, 20, 0, 20)).all()
        with pytest.raises(Missing) as gone:
            dem.read(0, 20, 0, 40)
    assert gone.value.where.endswith("b.tif")


def test_few_files_are_open_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    z, t = np.arange(3600.0, dtype=np.float32).reshape(60, 60), grid_transform(rows=60)
    windows = {f"{r}-{c}": (r, r + 10, c, c + 10) for r in range(0, 60, 10) for c in range(0, 60, 10)}
    record, folder = joined(cut(tmp_path / "t", z, t, windows))
    monkeypatch.setattr(tiles, "OPEN_FILES", 3)
    with Dem(folder, record) as dem:
        assert np.array_equal(dem.read(0, 60, 0, 60), z)
        assert dem.tiles is not None
        assert len(dem.tiles._open) == 3
        assert np.array_equal(dem.read(7, 9, 3, 5), z[7:9, 3:5])
        assert len(dem.tiles._open) == 3


def test_two_mosaics_of_one_folder_have_their_own_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_SMALL", 10)
    monkeypatch.setattr(display, "_BASE_SIDE", 4)
    z, t = np.full((20, 20), 100.0, np.float32), grid_transform(rows=20)
    a, b, c, d = (
        write(tmp_path / f"{n}.tif", z + i, t * Affine.translation(20 * (i % 2), 0)) for i, n in enumerate("abcd")
    )
    for files, low in (([a, b], 100), ([c, d], 102)):
        record, folder = joined(files)
        with Dem(folder, record) as dem:
            picture, _ = dem.overview(dem.bounds, 4, 2)
        assert picture.min() == low


def test_a_vrt_is_refused_as_a_tile(tmp_path: Path) -> None:
    a = write(tmp_path / "a.tif", np.full((20, 20), 100.0, np.float32), grid_transform(rows=20))
    vrt = tmp_path / "v.vrt"
    vrt.write_text('<VRTDataset rasterXSize="20" rasterYSize="20"></VRTDataset>')
    with pytest.raises(Refused) as caught:
        joined([a, vrt])
    assert caught.value.key == "terrain.vrt"


def test_hash_of_the_tiles_as_they_are(tmp_path: Path) -> None:
    from models.progress import Watch

    z, t = np.full((20, 20), 1000.0, np.float32), grid_transform(rows=20)
    files = cut(tmp_path / "t", z, t, {"a": (0, 20, 0, 10), "b": (0, 20, 10, 20)})
    record, folder = joined(files)
    assert mosaic.sha256_now(folder, record, Watch()) == record.sha256
    write(files[1], z[:, :10] + 1, t * Affine.translation(10, 0))
    assert mosaic.sha256_now(folder, record, Watch()) != record.sha256
    files[1].unlink()
    with pytest.raises((Unreadable, OSError)):
        mosaic.sha256_now(folder, record, Watch())


def test_one_file_keeps_its_record(tmp_path: Path) -> None:
    """No new keys for terrains of one file: a project stays readable for the program before."""
    path = write(tmp_path / "a.tif", np.full((20, 20), 100.0, np.float32), grid_transform(rows=20))
    plain = inspect_dem(path, name="m", **OPTIONS).to_json()
    assert not {"tiles", "making"} & set(plain)
    assert Terrain.from_json(plain).tiles == ()


def test_a_pit_on_tiles_has_its_closed_form(tmp_path: Path) -> None:
    """A paraboloid pit over four tiles: ½πr²h."""
    t = grid_transform(0.25, rows=240)
    z = heights(lambda x, y: 100 + 8 * np.minimum((np.hypot(x - X0 - 30, y - Y0 - 30) / 20) ** 2 - 1, 0), t, 240, 240)
    windows = {"a": (0, 111, 0, 129), "b": (0, 111, 129, 240), "c": (111, 240, 0, 129), "d": (111, 240, 129, 240)}
    record, folder = joined(cut(tmp_path / "t", z, t, windows))
    made = estimate(site(disc(30, 30, 20)), record, folder, EstimateRequest("level", {"level_m": 100.0}))
    assert made.fill_m3 == pytest.approx(0.5 * np.pi * 400 * 8, rel=2e-4)
    assert replace(record, tiles=()).tiles == ()


def test_two_surveys_of_one_place_are_told_from_tiles(tmp_path: Path) -> None:
    z = np.full((60, 60), 50.0, np.float32)
    a, b = cut(tmp_path, z, grid_transform(rows=60), {"a": (0, 60, 0, 60), "b": (0, 60, 5, 60)})
    with rasterio.open(b, "r+") as ds:
        later = ds.read(1)
        later[20:30, 20:30] += 7.5
        ds.write(later, 1)
    record, _folder = joined([a, b])
    notice = next(n for n in record.warnings if n.key.startswith("terrain.t"))
    assert notice.key == "terrain.two_surveys"
    assert notice.facts["most"] == pytest.approx(7.5)
