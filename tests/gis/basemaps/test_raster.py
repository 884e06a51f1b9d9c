from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from affine import Affine

from gis.basemaps import overviews, raster
from gis.basemaps.inspect import inspect_basemap
from gis.basemaps.opening import kind_of
from gis.basemaps.picture import bounds_in, picture
from gis.crs import transformer
from models.basemap import Basemap
from models.errors import AppError, Cancelled, Missing, Refused, Unreadable
from models.progress import Watch
from tests.gis.basemaps.making import CRS, X, Y, quarters, write_jpeg, write_photo

ALL = (X, Y - 64, X + 64, Y)


def colour_at(made, x, y):
    """RGBA of the picture at a place of the ground."""
    rgba, (x0, y0, x1, y1) = made
    col, row = (x - x0) / (x1 - x0) * rgba.shape[1], (y1 - y) / (y1 - y0) * rgba.shape[0]
    return tuple(int(v) for v in rgba[int(row), int(col)])


def test_a_geotiff_says_all_of_itself(tmp_path):
    b = inspect_basemap(write_photo(tmp_path / "正射.tif"))
    assert (b.name, b.kind, b.crs, b.bounds) == ("正射", "raster", CRS, ALL)
    assert (b.width, b.height, b.bands, b.pixel, b.levels) == (64, 64, 3, 1.0, ())
    assert Basemap.from_json(b.to_json()) == b


def test_the_picture_shows_each_quarter_where_it_lies(tmp_path):
    path = write_photo(tmp_path / "a.tif")
    made = picture(inspect_basemap(path), path, CRS, ALL, 32, 32)
    assert made[1] == ALL
    assert colour_at(made, X + 10, Y - 10) == (250, 0, 0, 255)
    assert colour_at(made, X + 50, Y - 10) == (0, 250, 0, 255)
    assert colour_at(made, X + 10, Y - 50) == (0, 0, 250, 255)
    assert picture(inspect_basemap(path), path, CRS, (X + 900, Y, X + 950, Y + 50), 32, 32) is None


def test_another_system_is_warped_to_where_it_belongs(tmp_path):
    path = write_photo(tmp_path / "utm.tif", crs="EPSG:32649", transform=Affine(1, 0, 417_000, 0, -1, 4_496_000))
    b = inspect_basemap(path)
    move = transformer("EPSG:32649", CRS)
    box = bounds_in(b, CRS)
    made = picture(b, path, CRS, box, 200, 200)
    for (dx, dy), colour in {(16, 16): (250, 0, 0), (48, 16): (0, 250, 0), (16, 48): (0, 0, 250)}.items():
        x, y = move.transform(417_000 + dx, 4_496_000 - dy)
        assert colour_at(made, x, y) == (*colour, 255)


def test_a_rotated_picture_is_turned(tmp_path):
    turned = Affine.translation(X, Y) * Affine.rotation(90) * Affine.scale(1, -1)
    path = write_photo(tmp_path / "turned.tif", transform=turned)
    b = inspect_basemap(path)
    assert b.bounds == pytest.approx((X, Y, X + 64, Y + 64))
    made = picture(b, path, CRS, b.bounds, 128, 128)
    x, y = turned * (16, 16)
    assert colour_at(made, x, y)[:3] == (250, 0, 0)
    x, y = turned * (48, 16)
    assert colour_at(made, x, y)[:3] == (0, 250, 0)


def test_jpeg_with_a_world_file_needs_its_system(tmp_path):
    path = write_jpeg(tmp_path / "照片.jpg")
    with pytest.raises(Refused) as none:
        inspect_basemap(path, project_crs=CRS)
    assert none.value.key == "basemap.no_crs"
    assert inspect_basemap(path, crs=CRS).bounds == ALL
    assert inspect_basemap(path, project_crs=CRS, accept_guess=True).crs == CRS
    made = picture(inspect_basemap(path, crs=CRS), path, CRS, ALL, 64, 64)
    assert colour_at(made, X + 10, Y - 10)[0] > 240
    with pytest.raises(Refused) as lost:
        inspect_basemap(write_jpeg(tmp_path / "b.jpg", world=False), crs=CRS)
    assert (lost.value.key, lost.value.what.facts["names"]) == ("basemap.no_place", "b.jgw, b.jpgw, b.wld")


def test_a_stated_system_must_not_contradict_the_file(tmp_path):
    with pytest.raises(Refused) as error:
        inspect_basemap(write_photo(tmp_path / "a.tif"), crs="EPSG:4547")
    assert error.value.key == "basemap.two_crs"


def test_what_is_missing_stays_clear(tmp_path):
    data = quarters()
    data[:, :8, :8] = 7
    path = write_photo(tmp_path / "nodata.tif", data, nodata=7)
    made = picture(inspect_basemap(path), path, CRS, ALL, 64, 64)
    assert colour_at(made, X + 3, Y - 3) == (0, 0, 0, 0)
    assert colour_at(made, X + 20, Y - 20) == (250, 0, 0, 255)


def test_grey_of_sixteen_bits_is_stretched_and_a_colour_table_is_read(tmp_path):
    ramp = np.tile(np.linspace(500, 1500, 64, dtype=np.uint16), (64, 1))[None]
    path = write_photo(tmp_path / "grey.tif", ramp)
    made = picture(inspect_basemap(path), path, CRS, ALL, 64, 64)
    assert colour_at(made, X + 1, Y - 9)[0] < 5
    assert colour_at(made, X + 63, Y - 9)[0] > 250
    table = np.zeros((1, 64, 64), np.uint8)
    table[0, :, 32:] = 3
    path = write_photo(tmp_path / "table.tif", table)
    with rasterio.open(path, "r+") as out:
        out.write_colormap(1, {0: (10, 20, 30, 255), 3: (200, 100, 50, 255)})
    made = picture(inspect_basemap(path), path, CRS, ALL, 64, 64)
    assert colour_at(made, X + 5, Y - 5) == (10, 20, 30, 255)
    assert colour_at(made, X + 60, Y - 5) == (200, 100, 50, 255)


def big(path, side=1400, **more):
    data = np.repeat(np.repeat(quarters(), side // 64 + 1, 1), side // 64 + 1, 2)[:, :side, :side]
    return write_photo(path, np.ascontiguousarray(data), tiled=True, **more)


def test_overviews_lie_beside_and_the_picture_is_not_written_to(tmp_path, monkeypatch):
    path = big(tmp_path / "big.tif")
    monkeypatch.setattr(overviews, "LARGE", 1_000_000)
    before = path.read_bytes()
    assert overviews.wants_overviews(path)
    told = []
    made = overviews.build_overviews(path, Watch(lambda f, _n: told.append(f)))
    assert made == tmp_path / "big.tif.ovr"
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["big.tif", "big.tif.ovr"]
    assert not overviews.wants_overviews(path)
    with rasterio.open(path) as ds:
        assert ds.overviews(1)[:2] == [2, 4]
        half = ds.read(out_shape=(3, 350, 350))
    assert np.abs(half[:, 40, 40].astype(int) - (250, 0, 0)).max() < 8
    assert told[-1] == 1.0
    with pytest.raises(Refused) as again:
        overviews.build_overviews(path)
    assert again.value.key == "overview.there"


def test_cancelled_overviews_leave_nothing(tmp_path):
    path = big(tmp_path / "big.tif")
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        overviews.build_overviews(path, watch)
    assert [p.name for p in tmp_path.iterdir()] == ["big.tif"]


def test_a_small_picture_needs_none(tmp_path):
    with pytest.raises(Refused) as error:
        overviews.build_overviews(write_photo(tmp_path / "a.tif"))
    assert error.value.key == "overview.small"


def test_a_large_picture_without_overviews_is_thinned_and_can_be_stopped(tmp_path, monkeypatch):
    path = big(tmp_path / "big.tif")
    b = inspect_basemap(path)
    monkeypatch.setattr(raster, "_AT_ONCE", 10_000)
    made = picture(b, path, CRS, b.bounds, 100, 100)
    assert colour_at(made, X + 100, Y - 100) == (250, 0, 0, 255)
    assert colour_at(made, X + 1000, Y - 100) == (0, 250, 0, 255)
    assert picture(b, path, CRS, b.bounds, 100, 100, lambda: True) is None


HOSTILE = {
    "vrt": (b'<VRTDataset rasterXSize="1"><SourceFilename>/etc/passwd</SourceFilename></VRTDataset>', "basemap.format"),
    "wms": (b"<GDAL_WMS><Service><ServerUrl>http://example.org</ServerUrl></Service></GDAL_WMS>", "basemap.format"),
    "text": (b"hello", "basemap.format"),
    "empty": (b"", "basemap.format"),
    "cut tiff": (b"II*\0\x08\0\0\0" + b"\xff" * 40, "basemap.damaged"),
    "cut jpeg": (b"\xff\xd8\xff\xe0" + b"\0" * 30, "basemap.damaged"),
    "bare sqlite": (b"SQLite format 3\0" + b"\0" * 200, "basemap.damaged"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_picture_is_refused_in_words(tmp_path, kind):
    data, key = HOSTILE[kind]
    path = tmp_path / "x.tif"
    path.write_bytes(data)
    with pytest.raises(AppError) as error:
        inspect_basemap(path)
    assert error.value.key == key
    assert error.value.where == str(path)
    assert [p.name for p in tmp_path.iterdir()] == ["x.tif"]


@pytest.mark.parametrize("name", ["https://example.org/a.tif", "/vsicurl/http://x/a.tif", "WMS:http://x"])
def test_nothing_goes_to_the_network(name):
    with pytest.raises(Refused) as error:
        kind_of(__import__("pathlib").Path(name))
    assert error.value.key == "basemap.not_a_file"


def test_helpers_that_point_elsewhere_are_refused(tmp_path):
    path = write_photo(tmp_path / "a.tif")
    (tmp_path / "a.tif.aux.xml").write_text("<PAMDataset><MDI key='OVERVIEW_FILE'>/vsicurl/http://x</MDI></PAMDataset>")
    with pytest.raises(Refused) as error:
        inspect_basemap(path)
    assert error.value.key == "basemap.sidecar"


def test_another_file_in_its_place_and_a_lost_one_are_told(tmp_path):
    path = write_photo(tmp_path / "a.tif")
    b = inspect_basemap(path)
    with pytest.raises(Refused) as error:
        picture(replace(b, width=65), path, CRS, ALL, 32, 32)
    assert error.value.key == "basemap.changed"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(Unreadable):
        picture(b, path, CRS, ALL, 32, 32)
    path.unlink()
    with pytest.raises(Missing):
        picture(b, path, CRS, ALL, 32, 32)
