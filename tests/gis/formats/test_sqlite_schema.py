"""Databases of very many tables are refused before SQLite reads its schema; formats that only look like another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import ezdxf
import geopandas as gpd
import pytest
import shapely

from gis.drawings import contents
from gis.formats import LIMITS, geopackage, kml, read_features
from gis.formats.sqlite_schema import schema_entries
from models.errors import Refused
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

HOME = "EPSG:4546"
X, Y = HERE


@pytest.fixture(autouse=True)
def here():
    with no_child():
        yield


@pytest.fixture
def package(tmp_path):
    shape = shapely.box(X, Y, X + 10, Y + 10)
    gpd.GeoDataFrame({"code": ["A"]}, geometry=[shape], crs=HOME).to_file(tmp_path / "a.gpkg", layer="a")
    return tmp_path / "a.gpkg"


def entries(path):
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def test_entries_are_counted_from_the_pages_as_sqlite_counts_them(package, tmp_path):
    assert schema_entries(package, 10_000) == entries(package)
    many = tmp_path / "many.db"
    with closing(sqlite3.connect(many)) as db:
        db.execute("PRAGMA page_size = 512")
        for n in range(300):
            db.execute(f"CREATE TABLE t{n} (a, b)")
        db.commit()
    assert schema_entries(many, 10_000) == entries(many) == 300
    assert schema_entries(many, 50) > 50


@pytest.mark.parametrize("body", [b"", b"SQLite format 3\0", b"SQLite format 3\0\x10\0" + bytes(4078)])
def test_what_is_no_tree_of_pages_has_none(tmp_path, body):
    (tmp_path / "x").write_bytes(body)
    assert schema_entries(tmp_path / "x", 10) == 0


def test_a_page_that_names_itself_ends_the_walk(package):
    body = bytearray(package.read_bytes())
    body[100] = 5
    body[103:105] = (0).to_bytes(2, "big")
    body[108:112] = (1).to_bytes(4, "big")
    package.write_bytes(body)
    assert schema_entries(package, 10) == 0


def test_too_many_tables_and_too_many_layers_are_refused_with_their_number(package, monkeypatch):
    with closing(sqlite3.connect(package)) as db:
        row = db.execute("SELECT data_type, srs_id FROM gpkg_contents").fetchone()
        db.executemany("INSERT INTO gpkg_contents (table_name, identifier, data_type, srs_id) VALUES (?, ?, ?, ?)",
                       [(f"t{n}", f"t{n}", *row) for n in range(1000)])  # fmt: skip
        db.commit()
    with pytest.raises(Refused, match="1001 layers; at most 1000"):
        read_features(package, target_crs=HOME)
    monkeypatch.setattr(geopackage, "_MOST_THINGS", 5)
    with pytest.raises(Refused, match="more than 5 tables"):
        read_features(package, target_crs=HOME)


def test_what_only_looks_like_geojson_is_called_by_its_name(tmp_path):
    (tmp_path / "a.json").write_text('{"type": "Topology", "objects": {}, "arcs": []}')
    with pytest.raises(Refused, match="TopoJSON") as told:
        read_features(tmp_path / "a.json", target_crs=HOME)
    assert "shapefile" in told.value.advice.render()


def test_a_heic_photo_is_called_that_whatever_its_ending_alone_or_among_others(tmp_path):
    body = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
    folder = tmp_path / "photos"
    folder.mkdir()
    for path in (tmp_path / "a.jpg", folder / "IMG_1.HEIC"):
        path.write_bytes(body)
    with pytest.raises(Refused, match="HEIC") as told:
        read_features(tmp_path / "a.jpg", target_crs=HOME)
    assert "JPEG" in told.value.advice.render()
    came = read_features(folder, target_crs=HOME)
    assert [(s.code, s.reason.key) for s in came.skipped] == [("IMG_1.HEIC", "photos.heic")]


def test_a_drawing_and_a_kml_of_very_many_layers_are_refused_while_they_are_read(tmp_path, monkeypatch):
    few = replace(LIMITS, sublayers=3)
    monkeypatch.setattr(contents, "LIMITS", few)
    monkeypatch.setattr(kml, "LIMITS", few)
    made = ezdxf.new()
    for n in range(4):
        made.modelspace().add_lwpolyline(
            [(X, Y + n), (X + 9, Y), (X, Y + 9)], close=True, dxfattribs={"layer": f"L{n}"}
        )
    made.saveas(tmp_path / "a.dxf")
    place = "<Placemark><Point><coordinates>109,40</coordinates></Point></Placemark>"
    folders = "".join(f"<Folder><name>{n}</name>{place}</Folder>" for n in range(4))
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>'
    (tmp_path / "a.kml").write_text(text)
    for name in ("a.dxf", "a.kml"):
        with pytest.raises(Refused, match="more than 3 layers"):
            read_features(tmp_path / name, target_crs=HOME, crs=HOME)
