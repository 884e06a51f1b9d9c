"""A hundred thousand layers: read where few of them hold anything, refused soon where many do."""

from __future__ import annotations

import sqlite3

import geopandas as gpd
import pytest
import shapely

from gis.formats import read_features
from gis.points import read_points
from models.errors import Refused
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
E, N = 389800.0, 4497400.0
MANY = 100_000


def drawing(path, used, height=1050.0):
    """A drawing with that many layers in its table, and an outline in each of the first `used`."""
    with path.open("w", encoding="gb18030") as file:
        file.write(
            "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$INSUNITS\n70\n6\n0\nENDSEC\n0\nSECTION\n2\nTABLES\n"
        )
        file.write(f"0\nTABLE\n2\nLAYER\n70\n{MANY}\n")
        for i in range(MANY):
            file.write(
                f"0\nLAYER\n100\nAcDbSymbolTableRecord\n100\nAcDbLayerTableRecord\n2\n砂坑{i}\n70\n0\n62\n7\n6\nCONTINUOUS\n"
            )
        file.write("0\nENDTAB\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n")
        for i in range(used):
            x, y = E + 30 * (i % 300), N + 30 * (i // 300)
            file.write(f"0\nLWPOLYLINE\n100\nAcDbEntity\n8\n砂坑{i}\n100\nAcDbPolyline\n90\n4\n70\n1\n38\n{height}\n")
            for dx, dy in ((0, 0), (20, 0), (20, 20), (0, 20)):
                file.write(f"10\n{x + dx}\n20\n{y + dy}\n")
        file.write("0\nENDSEC\n0\nEOF\n")
    return path


def test_a_drawing_with_outlines_in_one_of_them(folder):
    path = drawing(folder / "a.dxf", 1)
    with no_child():
        came = read_features(path, target_crs=HOME, crs=HOME)
    assert came.sublayer == "砂坑0"
    assert [f.geometry.area for f in came.features] == [400.0]


def test_a_drawing_with_outlines_in_all_of_them_is_refused(folder):
    path = drawing(folder / "a.dxf", MANY)
    with no_child(), pytest.raises(Refused) as caught:
        read_features(path, target_crs=HOME, crs=HOME)
    assert caught.value.key == "import.too_many_layers"
    assert "of their own" in caught.value.sentence()
    with pytest.raises(Refused) as heights:
        read_points(path, target_crs=HOME, crs=HOME)
    assert str(heights.value)


def test_a_geopackage(folder):
    """Its schema alone would take SQLite minutes: the tables are counted on its pages."""
    path = folder / "a.gpkg"
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(E, N, E + 9, N + 9)], crs=HOME)
    frame.to_file(path, layer="l0", engine="pyogrio")
    with sqlite3.connect(path) as db:
        kind, name, table, root, sql = db.execute("SELECT * FROM sqlite_master WHERE name = 'l0'").fetchone()
        db.execute("PRAGMA writable_schema = ON")
        rows = ((kind, f"l{i}", f"l{i}", root, sql.replace(f'"{name}"', f'"l{i}"')) for i in range(1, MANY))
        db.executemany("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", rows)
    assert table == "l0"
    with no_child(), pytest.raises(Refused) as caught:
        read_features(path, target_crs=HOME)
    assert caught.value.key == "gpkg.too_many_tables"
