"""GDAL reads what we write and writes what we read; always in another process or on a closed file (DESIGN.md D2)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from shapely.geometry import Point

from gis.store import Store
from layers.registry import LAYERS
from layers.style import FillStyle
from models.changes import Delete, Insert, Update

needs_gdal = pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="no GDAL programs")


@pytest.fixture
def used(store, label, pit):
    """A closed project that has been edited, with rows in many tables."""
    store.transact(
        label, [pit(n, name="坑", mineral="coal", surveyed_on="2024-05-01", ground_water_m=1000.5) for n in range(300)]
    )
    store.transact(
        label, [Insert("observations", {"geometry": Point(1, 2), "kind": "well", "observed_at": "2024-05-01T10:00"})]
    )
    store.transact(label, [Insert("wastes", {"code": "W", "kind": "fly_ash", "annual_t": 5})])
    store.transact(label, [Insert("samples", {"waste": "W", "code": "S", "date": "2024-05-01", "cma": True})])
    store.transact(
        label, [Insert("lab_values", {"waste": "W", "parameter": "pH", "raw": "<7", "below": True, "row": 2})]
    )
    store.transact(label, [Update("sand_pits", 1, {"name": "b"}), Delete("sand_pits", 2)])
    store.undo()
    store.close()
    return store.path


def ogr(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@needs_gdal
def test_ogrinfo_has_nothing_to_remark(used):
    out = ogr("ogrinfo", "-al", used)
    assert "Warning" not in out
    for key in LAYERS:
        assert f"Layer name: {key}" in out
    summary = ogr("ogrinfo", "-so", used, "sand_pits")
    assert "Feature Count: 300" in summary
    assert "Extent: (500000.000000, 4500000.000000) - (559900.000000, 4500100.000000)" in summary
    assert 'ID["EPSG",4546]' in summary
    assert "mineral: String (0.0), domain name=sand_pits_mineral" in summary


@needs_gdal
def test_value_lists_reach_other_programs(used):
    domain = ogr("ogrinfo", "-fielddomain", "sand_pits_mineral", used)
    assert "coal: coal" in domain
    limits = ogr("ogrinfo", "-fielddomain", "sand_pits_ground_water_m", used)
    assert "9000" in limits


@needs_gdal
def test_gdal_appends_and_we_go_on(used, folder, label, pit):
    more = folder / "more.geojson"
    ring = [[111.0, 40.6], [111.01, 40.6], [111.01, 40.61], [111.0, 40.61], [111.0, 40.6]]
    features = [
        {
            "type": "Feature",
            "properties": {"code": "Q-1", "name": "外来"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
    ]
    more.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    ogr("ogr2ogr", "-append", "-t_srs", "EPSG:4546", "-nln", "sand_pits", "-nlt", "MULTIPOLYGON", used, more)
    with Store.open(used) as store:
        assert store.check() == []
        new = store.site("Q-1")
        assert (new.name, len(new.uid)) == ("外来", 36)
        store.transact(label, [Update("sand_pits", 301, {"name": "x"}), pit(500)])
        store.undo()
        assert store.site("Q-1").name == "外来"
        assert store.check() == []
    assert "Feature Count: 301" in ogr("ogrinfo", "-so", used, "sand_pits")


@needs_gdal
def test_gdal_edits_with_our_triggers(used):
    ogr("ogrinfo", used, "-sql", "UPDATE sand_pits SET name = 'GDAL' WHERE fid = 5")
    ogr("ogrinfo", used, "-sql", "DELETE FROM sand_pits WHERE fid = 6")
    with Store.open(used) as store:
        assert store.row("sand_pits", 5)["name"] == "GDAL"
        assert store.count("sand_pits") == 299
        assert store.check() == []


_READ = """
import sys, pyogrio
frame = pyogrio.read_dataframe(sys.argv[1], layer="sand_pits", bbox=(500000, 4500000, 500350, 4500050))
assert frame.crs.to_epsg() == 4546, frame.crs
assert sorted(frame.code) == ["SK-001", "SK-002"], list(frame.code)
assert frame.geometry.geom_type.eq("MultiPolygon").all()
info = pyogrio.read_info(sys.argv[1], layer="sand_pits")
assert info["features"] == 300, info
"""


def test_pyogrio_reads_it(used):
    done = subprocess.run([sys.executable, "-c", _READ, used], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_styles_for_qgis(store):
    with store._connections.reading() as con:
        rows = con.execute("SELECT f_table_name, useAsDefault, styleQML, styleSLD FROM layer_styles").fetchall()
    assert {r[0] for r in rows} == set(LAYERS)
    for key, default, qml, sld in rows:
        assert default == 1
        tree = ET.fromstring(qml)  # noqa: S314 - our own text
        symbols = tree.findall("renderer-v2/symbols/symbol")
        assert len(symbols) == (
            1 + len(LAYERS[key].field_named(LAYERS[key].style_by).choices) if LAYERS[key].style_by else 1
        )
        assert {f.get("name") for f in tree.findall("fieldConfiguration/field")} == {f.name for f in LAYERS[key].fields}
        red, green, blue = (int(LAYERS[key].style.line.color[i : i + 2], 16) for i in (1, 3, 5))
        assert f"{red},{green},{blue},255" in qml
        fill = LAYERS[key].style.fill
        if isinstance(fill, FillStyle):
            assert fill.color in sld
        ET.fromstring(sld)  # noqa: S314 - our own text


def test_other_programs_show_the_readers_language(folder):
    def chinese(text):
        return {"code": "编号", "coal": "煤"}.get(text, text)

    with (
        Store.create(folder / "a.gpkg", crs="EPSG:4546", name="a", translate=chinese) as store,
        store._connections.reading() as con,
    ):
        title = con.execute("SELECT title FROM gpkg_data_columns WHERE table_name='sand_pits' AND column_name='code'")
        assert title.fetchone()[0] == "编号"
        words = con.execute("SELECT description FROM gpkg_data_column_constraints WHERE value = 'coal'").fetchall()
        assert {w[0] for w in words} == {"煤"}
        assert (
            'name="煤"' in con.execute("SELECT styleQML FROM layer_styles WHERE styleName = 'sand_pits'").fetchone()[0]
        )
