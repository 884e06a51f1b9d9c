from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from gis.basemaps import opening
from gis.basemaps.inspect import inspect_basemap
from gis.basemaps.picture import bounds_in, picture
from gis.basemaps.tiles import MERCATOR
from gis.crs import transformer
from models.errors import AppError, Refused
from tests.gis.basemaps.making import CRS, X, Y, mercator_tile, png, write_gpkg, write_mbtiles
from tests.gis.basemaps.test_raster import colour_at

LON, LAT = 110.0, 40.6


def place():
    """A place in Web Mercator and in the project's system."""
    return transformer("EPSG:4326", "EPSG:3857").transform(LON, LAT), transformer("EPSG:4326", CRS).transform(LON, LAT)


@pytest.fixture
def mbtiles(tmp_path):
    """A red tile at zoom 15 over the place, a green one north of it, a grey one of zoom 12 under both."""
    (mx, my), _ = place()
    column, row = mercator_tile(15, mx, my)
    coarse = mercator_tile(12, mx, my)
    tiles = {
        (12, *coarse): png((90, 90, 90)), (15, column, row): png((250, 0, 0)), (15, column, row + 1): png((0, 250, 0)),
    }  # fmt: skip
    return write_mbtiles(tmp_path / "底图.mbtiles", tiles, attribution="某单位")


def test_mbtiles_say_levels_and_place(mbtiles):
    b = inspect_basemap(mbtiles)
    assert (b.name, b.kind, b.crs, b.levels, b.attribution) == ("底图", "mbtiles", "EPSG:3857", (12, 15), "某单位")
    assert b.pixel == pytest.approx(2 * MERCATOR / 2**15 / 256)
    assert (b.width, b.height) == (256, 512)


def test_rows_count_from_the_south_and_the_picture_is_warped(mbtiles):
    b = inspect_basemap(mbtiles)
    (mx, my), (x, y) = place()
    box = bounds_in(b, CRS)
    made = picture(b, mbtiles, CRS, box, 300, 600)
    assert made[1] == box
    assert colour_at(made, x, y) == (250, 0, 0, 255)
    size = 2 * MERCATOR / 2**15
    x, y = transformer("EPSG:3857", CRS).transform(mx, my + size)
    assert colour_at(made, x, y) == (0, 250, 0, 255)


def test_from_afar_the_coarse_level_serves(mbtiles):
    b = inspect_basemap(mbtiles)
    _, (x, y) = place()
    made = picture(b, mbtiles, CRS, (x - 20_000, y - 20_000, x + 20_000, y + 20_000), 500, 500)
    assert colour_at(made, x, y)[:3] == (90, 90, 90)


def test_nothing_is_left_beside_and_nothing_written(mbtiles):
    before = mbtiles.read_bytes()
    b = inspect_basemap(mbtiles)
    picture(b, mbtiles, CRS, bounds_in(b, CRS), 100, 100)
    assert mbtiles.read_bytes() == before
    assert [p.name for p in mbtiles.parent.iterdir()] == [mbtiles.name]


def test_geopackage_tiles_in_the_project_system_lie_unwarped(tmp_path):
    path = write_gpkg(tmp_path / "t.gpkg")
    b = inspect_basemap(path)
    assert (b.kind, b.crs, b.table, b.bounds, b.levels) == (
        "geopackage", CRS, "tiles", (X, Y - 64, X + 128, Y), (0, 1),
    )  # fmt: skip
    made = picture(b, path, CRS, (X, Y - 64, X + 128, Y), 128, 64)
    assert made[1] == (X, Y - 64, X + 128, Y)
    assert colour_at(made, X + 10, Y - 10) == (250, 0, 0, 255)
    assert colour_at(made, X + 100, Y - 10) == (0, 250, 0, 255)
    far = picture(b, path, CRS, (X - 64, Y - 128, X + 192, Y), 100, 50)
    assert colour_at(far, X + 10, Y - 10) == (90, 90, 90, 255)


def test_of_several_sets_of_tiles_one_is_named(tmp_path):
    path = write_gpkg(tmp_path / "t.gpkg", ('a"b', "航拍"))
    with pytest.raises(Refused) as error:
        inspect_basemap(path)
    assert (error.value.key, error.value.what.facts["names"]) == ("basemap.which_table", 'a"b, 航拍')
    b = inspect_basemap(path, table='a"b')
    assert colour_at(picture(b, path, CRS, b.bounds, 128, 64), X + 10, Y - 10) == (250, 0, 0, 255)
    with pytest.raises(Refused) as error:
        inspect_basemap(path, table="x")
    assert error.value.key == "basemap.no_table"


def test_tiles_in_an_unknown_system_are_refused_by_its_name(tmp_path):
    with pytest.raises(AppError) as error:
        inspect_basemap(write_gpkg(tmp_path / "t.gpkg", code=999_999))
    assert error.value.key == "basemap.damaged"
    assert "EPSG:999999" in error.value.sentence()


def test_vector_tiles_and_plain_databases_are_refused(tmp_path):
    cases = {
        "basemap.vector_tiles": write_mbtiles(tmp_path / "v.mbtiles", {(0, 0, 0): b"\x1a"}, format="pbf"),
        "basemap.empty": write_mbtiles(tmp_path / "e.mbtiles", {}),
        "basemap.damaged": write_mbtiles(tmp_path / "d.mbtiles", {(0, 0, 0): b"no picture"}),
    }
    plain = tmp_path / "p.db"
    with closing(sqlite3.connect(plain)) as con, con:
        con.execute("CREATE TABLE t (a)")
    cases["basemap.no_tiles"] = plain
    for key, path in cases.items():
        with pytest.raises(AppError) as error:
            inspect_basemap(path)
        assert error.value.key == key


def test_a_damaged_tile_stays_clear_and_the_others_show(mbtiles):
    b = inspect_basemap(mbtiles)
    with closing(sqlite3.connect(mbtiles)) as con, con:
        con.execute("UPDATE tiles SET tile_data = x'00' WHERE zoom_level = 15 AND tile_row = "
                    "(SELECT max(tile_row) FROM tiles WHERE zoom_level = 15)")  # fmt: skip
    _, (x, y) = place()
    box = bounds_in(b, CRS)
    made = picture(b, mbtiles, CRS, box, 300, 600)
    assert colour_at(made, x, y) == (250, 0, 0, 255)
    assert colour_at(made, (box[0] + box[2]) / 2, box[3] - (box[3] - box[1]) * 0.2)[3] == 0


def test_a_tile_that_is_a_bomb_is_not_unpacked(mbtiles, tmp_path):
    (mx, my), _ = place()
    column, row = mercator_tile(15, mx, my)
    path = write_mbtiles(tmp_path / "bomb.mbtiles", {(15, column, row): png((1, 2, 3), 3000)})
    with pytest.raises(AppError) as error:
        inspect_basemap(path)
    assert error.value.key == "basemap.damaged"


def test_a_view_without_end_is_stopped(tmp_path, monkeypatch):
    path = write_mbtiles(tmp_path / "loop.mbtiles", {(3, 0, 0): png((1, 2, 3))})
    monkeypatch.setattr(opening, "_STEPS", 200_000)
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("ALTER TABLE tiles RENAME TO held")
        con.execute("CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                    "SELECT i AS zoom_level, 0 AS tile_column, 0 AS tile_row, x'' AS tile_data FROM n")  # fmt: skip
    with pytest.raises(AppError) as error:
        inspect_basemap(path)
    assert error.value.key == "basemap.damaged"
