from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from gis.formats import WRITERS, read_features, write_features
from models.errors import Missing, Refused, Unwritable
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

HOME = "EPSG:4546"
X, Y = HERE


@pytest.fixture
def layer():
    island = Polygon(box(X, Y, X + 100, Y + 100).exterior, [box(X + 40, Y + 40, X + 60, Y + 60).exterior])
    return gpd.GeoDataFrame(
        {"code": ["SK-001", "SK-002"], "name": ["=1+1 甲坑", None], "base_permeability_cm_s": [1e-7, None],
         "base_thickness_m": [2.5, 3.0], "remarks": ["行一", "第二行"]},
        geometry=[MultiPolygon([island]), MultiPolygon([box(X + a, Y, X + a + 10, Y + 10) for a in (200, 300)])],
        crs=HOME,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "suffix", "encoding", "off"),
    [
        ("gpkg", ".gpkg", "UTF-8", 0.0),
        ("shp", ".shp", "UTF-8", 0.0),
        ("shp", ".shp", "GB18030", 0.0),
        ("geojson", ".geojson", "UTF-8", 0.0005),
        ("kml", ".kml", "UTF-8", 0.0005),
        ("dxf", ".dxf", "UTF-8", 0.0),
        ("csv", ".csv", "UTF-8", 0.0),
        ("csv_points", ".csv", "GB18030", 0.0),
        ("xlsx", ".xlsx", "UTF-8", 0.0),
        ("xlsx_points", ".xlsx", "UTF-8", 0.0),
    ],
)
def test_what_goes_out_comes_back(folder, layer, key, suffix, encoding, off):
    path = folder / f"导出 层{suffix}"
    write_features(layer, path, key, "sand_pits", encoding=encoding)
    with no_child():
        came = read_features(path, target_crs=HOME, prefer="sand_pits", crs=HOME if key == "dxf" else None)
    for feature, shape in zip(came.features, layer.geometry, strict=True):
        assert feature.geometry.hausdorff_distance(shape) <= off
        assert abs(feature.geometry.area - shape.area) <= max(off * shape.length, 1e-6)
    first = came.features[0].fields
    assert first["code"] == "SK-001"
    assert first["name"] == "=1+1 甲坑"
    assert float(first[next(k for k in first if k.startswith("base_perm"))]) == pytest.approx(1e-7)
    assert came.features[1].fields.get("name") in (None, "")
    assert came.features[1].fields["remarks"] == "第二行"
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in folder.glob("导出 层.*"))


def test_a_geopackage_is_version_1_3_in_the_project_s_system(folder, layer):
    write_features(layer, folder / "a.gpkg", "gpkg", "sand_pits")
    with closing(sqlite3.connect(folder / "a.gpkg")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (10300,)
        assert db.execute("SELECT srs_id FROM gpkg_contents WHERE table_name='sand_pits'").fetchone() == (4546,)


def test_geojson_is_rfc_7946(folder, layer):
    notices = write_features(layer, folder / "a.geojson", "geojson", "sand_pits")
    document = json.loads((folder / "a.geojson").read_text(encoding="utf-8"))
    assert "crs" not in document
    ring = document["features"][0]["geometry"]["coordinates"][0][0]
    assert shapely.is_ccw(shapely.LinearRing(ring))
    assert all(109 < x < 111 and 40 < y < 41 for x, y in ring)
    assert all(len(str(v).partition(".")[2]) <= 9 for point in ring for v in point)
    assert [n.key for n in notices] == ["geojson.degrees"]


def test_a_shapefile_tells_its_shortened_names_and_says_its_encoding(folder, layer):
    notices = write_features(layer, folder / "a.shp", "shp", "sand_pits", encoding="GB18030")
    assert "base_permeability_cm_s → base_perme" in notices[0].render()
    assert (folder / "a.cpg").read_text() == "GB18030"
    assert "第二行".encode("gb18030") in (folder / "a.dbf").read_bytes()


def test_long_texts_are_cut_between_characters_and_told(folder, layer):
    layer["remarks"] = ["坑" * 200, "短"]
    notices = write_features(layer, folder / "a.shp", "shp", "sand_pits")
    assert any("1 texts in remarks" in n.render() for n in notices)
    assert read_features(folder / "a.shp", target_crs=HOME).features[0].fields["remarks"] == "坑" * 84


def test_nothing_is_overwritten_unasked_and_stale_parts_go(folder, layer):
    path = folder / "a.shp"
    write_features(layer, path, "shp", "x")
    (folder / "a.qix").write_bytes(b"stale index")
    (folder / "b.txt").write_text("mine")
    with pytest.raises(Refused, match="there already"):
        write_features(layer, path, "shp", "x")
    write_features(layer.iloc[:1], path, "shp", "x", overwrite=True)
    assert len(read_features(path, target_crs=HOME).features) == 1
    assert not (folder / "a.qix").exists()
    assert (folder / "b.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("key", "name", "kind", "words"),
    [
        ("dwg", "a.dwg", Missing, "no format dwg"),
        ("shp", "a.gpkg", Refused, "must end in .shp"),
        ("geojson", "a.shp", Refused, "must end in .geojson"),
        ("gpkg", "no/such/a.gpkg", Missing, "no such folder"),
        ("gpkg", "sub", Refused, "folder"),
    ],
)
def test_bad_targets_are_refused(folder, layer, key, name, kind, words):
    (folder / "sub").mkdir()
    with pytest.raises(kind, match=words):
        write_features(layer, folder / name, key, "x")
    assert [p.name for p in folder.iterdir()] == ["sub"]


def test_an_encoding_a_format_lacks_is_refused(folder, layer):
    with pytest.raises(Refused, match="GeoJSON is not written in GB18030"):
        write_features(layer, folder / "a.geojson", "geojson", "x", encoding="GB18030")


@pytest.mark.parametrize("at", ["write", "mkdir", "replace"])
def test_a_failure_at_any_step_leaves_the_old_file_and_nothing_else(folder, layer, monkeypatch, at):
    path = folder / "a.geojson"
    write_features(layer, path, "geojson", "x")
    old = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    if at == "write":
        monkeypatch.setattr("geopandas.GeoDataFrame.to_file", fail)
    elif at == "mkdir":
        monkeypatch.setattr("pathlib.Path.mkdir", fail)
    else:
        monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(Unwritable, match="cannot be written"):
        write_features(layer, path, "geojson", "x", overwrite=True)
    monkeypatch.undo()
    assert path.read_bytes() == old
    assert [p.name for p in folder.iterdir()] == ["a.geojson"]


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf", "Co", "Cn")),
    min_size=1,
    max_size=20,
)
corners = st.tuples(
    st.integers(0, 50_000_000), st.integers(0, 50_000_000), st.integers(1, 10_000_000), st.integers(1, 10_000_000)
)


@pytest.mark.parametrize("key", [k for k in WRITERS if k not in {"geojson", "kml", "land_txt"}])
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(texts, corners), min_size=1, max_size=20))
def test_any_text_and_any_millimetre_survive(folder, key, rows):
    shapes = [
        MultiPolygon(
            [box(*(round(v, 3) for v in (X + a / 1000, Y + b / 1000, X + (a + w) / 1000, Y + (b + h) / 1000)))]
        )
        for _, (a, b, w, h) in rows  # the double that is nearest to each millimetre: what a text of it reads as
    ]
    codes = [f"P{i}" for i in range(len(rows))]
    frame = gpd.GeoDataFrame({"code": codes, "name": [t for t, _ in rows]}, geometry=shapes, crs=HOME)
    path = folder / f"p{WRITERS[key].suffix}"
    write_features(frame, path, key, "p", overwrite=True)
    with no_child():
        came = read_features(path, target_crs=HOME, prefer="sand_pits", crs=HOME if key == "dxf" else None)
    assert [f.fields["name"] for f in came.features] == list(frame["name"])
    assert all(f.geometry.equals(s) for f, s in zip(came.features, shapes, strict=True))
