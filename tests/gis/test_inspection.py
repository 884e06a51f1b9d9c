"""Registering terrains: what is read of a file, and what is refused with which reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from gis.dem import asking
from gis.dem.probe import probe
from gis.raster import Dem, inspect_dem
from models.errors import AppError, Cancelled, Missing, Refused, Unreadable
from models.progress import Watch
from models.terrain import Terrain
from tests.gis.ground import CRS, grid_transform, write

Z = np.linspace(1000, 1100, 400, dtype=np.float32).reshape(20, 20)
T = grid_transform(rows=20)


@pytest.fixture
def child() -> None:
    """Ask for it to run the probe where it belongs, in a child process."""


@pytest.fixture(autouse=True)
def _no_child(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe runs in this process but where a test asks for the child: one costs half a second each."""
    if "child" not in request.fixturenames:
        answer = lambda _self, path, nodata, _watch: (probe(path, nodata), "0" * 64)  # noqa: E731
        monkeypatch.setattr(asking.Prober, "ask", answer)


def refusal(path: Path, **more) -> AppError:
    with pytest.raises(AppError) as caught:
        inspect_dem(path, **more)
    assert caught.value.advice.text
    return caught.value


def test_a_plain_file(tmp_path: Path, child: None) -> None:
    path = write(tmp_path / "地形 一.tif", Z, T, nodata=-9999)
    record = inspect_dem(path, kind="dsm", vertical_datum="1985", source="lidar", range_m=40.0)
    assert (record.name, record.crs, record.width, record.height, record.nodata) == ("地形 一", CRS, 20, 20, -9999)
    assert record.cell_m == pytest.approx(1.0)
    assert (record.errors.sigma_z_m, record.errors.range_m, record.errors.basis) == (0.15, 40.0, "stated;default:lidar")
    assert len(record.sha256) == 64
    assert Terrain.from_json(record.to_json()) == record
    with Dem(path, record) as dem:
        assert np.allclose(dem.read(0, 20, 0, 20), Z)


def test_ascii_grid_and_imagine(tmp_path: Path) -> None:
    text = "ncols 3\nnrows 2\nxllcorner 500000\nyllcorner 4500000\ncellsize 5\nNODATA_value -9999\n1 2 3\n4 -9999 6\n"
    asc = tmp_path / "a.asc"
    asc.write_text(text)
    assert refusal(asc).key == "terrain.no_crs"
    record = inspect_dem(asc, crs=CRS)
    assert (record.width, record.height, record.cell_m, record.nodata) == (3, 2, pytest.approx(5.0), -9999)
    with rasterio.open(
        tmp_path / "i.img", "w", driver="HFA", height=20, width=20, count=1, dtype="float32", crs=CRS, transform=T
    ) as ds:
        ds.write(Z, 1)
    record = inspect_dem(tmp_path / "i.img", crs=CRS)
    assert record.width == 20


def test_no_crs_says_what_the_numbers_look_like(tmp_path: Path) -> None:
    zone = write(tmp_path / "z.tif", Z, Affine.translation(37_500_000, 4_500_000) * Affine.scale(1, -1), None)
    error = refusal(zone)
    assert error.key == "terrain.no_crs"
    assert "EPSG:4525" in str(error)
    assert "--crs" in str(error)
    degrees = write(tmp_path / "d.tif", Z, Affine.translation(110, 41) * Affine.scale(0.001, -0.001), None)
    assert "degrees" in str(refusal(degrees))
    assert inspect_dem(zone, crs="EPSG:4525").crs == "EPSG:4525"


def test_coordinate_systems_that_cannot_be(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", Z, T)
    assert refusal(path, crs="EPSG:4547").key == "terrain.two_crs"
    assert refusal(path, crs="EPSG:99999").key == "crs.unknown"
    mercator = write(tmp_path / "m.tif", Z, T, "EPSG:3857")
    assert refusal(mercator).key == "terrain.web_mercator"
    named = write(tmp_path / "n.tif", Z, T, None)
    assert refusal(named, crs="EPSG:3857").key == "terrain.web_mercator"
    assert refusal(named, crs="EPSG:4490").key == "terrain.not_degrees"
    small = write(tmp_path / "s.tif", Z, Affine.translation(110, 41) * Affine.scale(0.001, -0.001), None)
    assert refusal(small, crs=CRS).key == "terrain.degrees"
    assert inspect_dem(small, crs="EPSG:4490").cell_m == pytest.approx(97, abs=2)


def test_grids_that_are_turned_south_up_or_sheared(tmp_path: Path) -> None:
    assert inspect_dem(write(tmp_path / "t.tif", Z, grid_transform(angle=30, rows=20))).cell_m == pytest.approx(1)
    assert inspect_dem(write(tmp_path / "u.tif", Z, grid_transform(south_up=True))).transform[4] > 0
    sheared = T * Affine.shear(10)
    assert refusal(write(tmp_path / "s.tif", Z, sheared)).key == "terrain.sheared"
    turned = Affine.translation(110, 41) * Affine.rotation(20) * Affine.scale(0.001, -0.001)
    assert refusal(write(tmp_path / "d.tif", Z, turned, "EPSG:4490")).key == "terrain.rotated_degrees"


def test_no_georeference(tmp_path: Path) -> None:
    path = tmp_path / "n.tif"
    with rasterio.open(path, "w", driver="GTiff", height=20, width=20, count=1, dtype="float32") as ds:
        ds.write(Z, 1)
    assert refusal(path, crs=CRS).key == "terrain.no_georeference"


@pytest.mark.parametrize("value", [-9999, -32767])
def test_undeclared_stand_ins_are_refused_and_can_be_stated(tmp_path: Path, value: float) -> None:
    z = Z.copy()
    z[3, 4:9] = value
    path = write(tmp_path / "u.tif", z, T)
    error = refusal(path)
    assert error.key == "terrain.undeclared_nodata"
    assert f"--nodata {value:g}" in str(error)
    record = inspect_dem(path, nodata=value)
    with Dem(path, record) as dem:
        assert np.isnan(dem.read(0, 20, 0, 20)).sum() == 5


def test_undeclared_zeros_are_noted(tmp_path: Path) -> None:
    z = Z.copy()
    z[:, 15:] = 0
    path = write(tmp_path / "z.tif", z, T)
    assert {w.key for w in inspect_dem(path).warnings} == {"terrain.suspicious_low"}
    assert inspect_dem(path, nodata=0).warnings == ()
    sea = write(tmp_path / "sea.tif", np.where(Z < 1040, 0, (Z - 1030) / 10).astype(np.float32), T)
    assert inspect_dem(sea).warnings == ()


def test_impossible_heights(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "h.tif", Z * 100, T)).key == "terrain.impossible_heights"
    assert refusal(write(tmp_path / "l.tif", Z - 2000, T)).key == "terrain.impossible_heights"
    assert refusal(write(tmp_path / "n.tif", np.full((9, 9), np.nan, np.float32), T)).key == "terrain.empty"
    assert (
        refusal(write(tmp_path / "e.tif", np.full((9, 9), -9999, np.float32), T, nodata=-9999)).key == "terrain.empty"
    )


@pytest.mark.parametrize(("unit", "factor"), [("ft", 0.3048), ("US survey foot", 1200 / 3937), ("", 1.0)])
def test_units_of_the_band(tmp_path: Path, unit: str, factor: float) -> None:
    path = write(tmp_path / "u.tif", Z, T, unit=unit, scale=0.5, offset=10.0)
    record = inspect_dem(path)
    with Dem(path, record) as dem:
        assert np.allclose(dem.read(0, 20, 0, 20), (Z * 0.5 + 10) * factor)
    assert ("terrain.converted" in {w.key for w in record.warnings}) == (factor != 1)


def test_units_of_the_coordinate_system(tmp_path: Path) -> None:
    feet = write(tmp_path / "c.tif", Z, T, "EPSG:26915+6360")  # NAVD88 height (ftUS)
    record = inspect_dem(feet)
    assert record.z_scale == pytest.approx(1200 / 3937)
    assert "NAVD88" in (record.vertical_datum or "")
    assert refusal(write(tmp_path / "x.tif", Z, T, "EPSG:26915+6360", unit="m")).key == "terrain.two_units"
    wide = write(tmp_path / "w.tif", Z, Affine.translation(1_000_000, 200_000) * Affine.scale(10, -10), "EPSG:2263")
    record = inspect_dem(wide)
    assert record.cell_m == pytest.approx(10 * 1200 / 3937)
    assert "terrain.unit_silent" in {w.key for w in record.warnings}
    assert inspect_dem(wide, z_unit="us-ft").z_scale == pytest.approx(1200 / 3937)
    assert refusal(wide, z_unit="cubits").key == "terrain.unit"


def test_what_is_no_terrain(tmp_path: Path) -> None:
    assert isinstance(refusal(tmp_path / "absent.tif"), Missing)
    assert refusal(Path("/vsicurl/http://example.org/a.tif")).key == "terrain.not_a_file"
    assert refusal(Path("GTIFF_DIR:1:a.tif")).key == "terrain.not_a_file"
    vrt = tmp_path / "v.vrt"
    vrt.write_text('<VRTDataset rasterXSize="2" rasterYSize="2"></VRTDataset>')
    assert refusal(vrt).key == "terrain.vrt"
    disguised = tmp_path / "v.tif"
    disguised.write_text('<VRTDataset rasterXSize="2" rasterYSize="2"></VRTDataset>')
    assert refusal(disguised).key == "terrain.vrt"
    (tmp_path / "t.tif").write_text("not a raster")
    assert refusal(tmp_path / "t.tif").key == "terrain.format"
    photo = np.zeros((3, 8, 8), np.uint8)
    with rasterio.open(
        tmp_path / "p.tif", "w", driver="GTiff", height=8, width=8, count=3, dtype="uint8", crs=CRS, transform=T
    ) as ds:
        ds.write(photo)
    assert refusal(tmp_path / "p.tif").key == "terrain.picture"


def test_a_child_that_dies_or_falls_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: None) -> None:
    path = write(tmp_path / "a.tif", Z, T)
    monkeypatch.setattr(asking, "_BOOT", "import os; os.abort()")
    with pytest.raises(Unreadable) as caught:
        ask(path)
    assert caught.value.key == "terrain.damaged"
    monkeypatch.setattr(asking, "_BOOT", "import time; time.sleep(60)")
    monkeypatch.setattr(asking, "_SILENCE_S", 0.3)
    with pytest.raises(Unreadable) as caught:
        ask(path)
    assert caught.value.key == "terrain.hangs"


def ask(path: Path) -> object:
    with asking.Prober() as prober:
        return prober.ask(path, None, Watch())


def test_one_child_answers_for_many_and_a_bad_file_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: None
) -> None:
    good, bad = write(tmp_path / "a.tif", Z, T), tmp_path / "b.tif"
    bad.write_bytes(good.read_bytes()[:300])
    started: list[object] = []
    start = asking._start
    monkeypatch.setattr(asking, "_start", lambda: started.append(start()) or started[-1])
    with asking.Prober() as prober:
        first = prober.ask(good, None, Watch())
        assert prober.ask(good, None, Watch()) == first
        assert len(started) == 1
        with pytest.raises(Unreadable):
            prober.ask(bad, None, Watch())
        assert prober.ask(good, None, Watch()) == first
    assert len(started) == 2
    assert all(child.poll() is not None for child in started)  # type: ignore[attr-defined]


def test_a_helper_file_must_not_point_elsewhere(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", Z, T)
    side = tmp_path / "a.tif.aux.xml"
    side.write_text(
        '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsicurl/http://x/y</MDI></Metadata></PAMDataset>'
    )
    assert refusal(path).key == "terrain.sidecar"
    side.unlink()
    (tmp_path / "a.tif.ovr").write_text("<VRTDataset/>")
    assert refusal(path).key == "terrain.sidecar"


def test_a_damaged_file(tmp_path: Path, child: None) -> None:
    path = write(tmp_path / "a.tif", np.tile(Z, (20, 20)), T, compress="deflate")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert isinstance(refusal(path), Unreadable)
    spoilt = bytearray(whole)
    spoilt[5000:5400] = b"\x00" * 400
    path.write_bytes(bytes(spoilt))
    assert isinstance(refusal(path), Unreadable)


def test_registering_can_be_stopped(tmp_path: Path, child: None) -> None:
    path = write(tmp_path / "a.tif", Z, T)
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        inspect_dem(path, watch=watch)


def test_wrong_error_figures(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", Z, T)
    assert refusal(path, source="guesswork").key == "terrain.unknown_source"
    assert refusal(path, sigma_z_m=-1.0).key == "terrain.bad_error"
    assert inspect_dem(path, sigma_z_m=0.2).errors.basis == "stated"


def test_broken_files_end_in_a_message(shared_data: Path, child: None) -> None:
    files = sorted((shared_data / "broken_rasters").iterdir())
    assert len(files) == 8
    for path in files:
        assert isinstance(refusal(path, crs=CRS), Refused | Unreadable)


def test_odd_files(shared_data: Path) -> None:
    odd = shared_data / "odd_rasters"
    assert refusal(odd / "all-nodata.tif").key == "terrain.empty"
    assert inspect_dem(odd / "rotated.tif", crs=CRS).cell_m == pytest.approx(np.sqrt(200))
    assert inspect_dem(odd / "float_nan.tif", crs=CRS).nodata is None
    assert inspect_dem(odd / "float_raster_with_nodata.tif").nodata is not None
