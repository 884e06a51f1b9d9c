"""Beside QGIS and GDAL: what they did is told, adopted as a step that can be undone, and what is theirs is kept."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys

import pytest
import shapely
from shapely.geometry import box

from gis.store import Store, blob, estimate_values
from gis.store.rescuing import rescue_file
from models.changes import Delete, Insert, Update
from models.errors import Cancelled, Unreadable
from models.notices import Notice
from models.progress import Watch
from tests.gis.store.making import edit_outside, made_estimate

ADOPTED = Notice("store.adopted", "adopted from another program")
needs_gdal = pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="no GDAL programs")


@pytest.fixture
def closed(store, label, pit):
    """Five pits, changed and one of them deleted and brought back, an estimate, a waste with a value; closed."""
    store.transact(label, [pit(n, name=f"坑{n}", mineral="coal") for n in range(5)])
    store.transact(label, [Insert("estimates", estimate_values(made_estimate(store.site("SK-001"))))])
    store.transact(label, [Insert("wastes", {"code": "W", "kind": "fly_ash", "annual_t": 5})])
    store.transact(label, [Update("sand_pits", 2, {"name": "b", "ground_water_m": 1000}), Delete("sand_pits", 4)])
    store.undo()
    store.redo()
    store.undo()
    store.close()
    return store.path


def shape(x, side=50):
    return blob.encode(shapely.MultiPolygon([box(x, 4_500_000, x + side, 4_500_000 + side)]), 4546)


def told(store):
    return [(d.table, d.fid, d.op, sorted(d.after)) for d in store.outside()]


def test_our_own_work_leaves_no_gap(closed):
    with Store.open(closed) as store:
        assert not store.changed_outside
        assert store.outside() == []
        assert store.adopt(ADOPTED) is None
        assert store.revision == 7


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE sand_pits SET name = 'q' WHERE fid = 1", ("sand_pits", 1, "update", ["name"])),
        ("UPDATE sand_pits SET mineral = NULL WHERE fid = 5", ("sand_pits", 5, "update", ["mineral"])),
        (("UPDATE sand_pits SET geom = ? WHERE fid = 1", (shape(1),)), ("sand_pits", 1, "update", ["geom"])),
        ("UPDATE sand_pits SET geom = NULL WHERE fid = 1", ("sand_pits", 1, "update", ["geom"])),
        ("DELETE FROM sand_pits WHERE fid = 3", ("sand_pits", 3, "delete", [])),
        ("UPDATE wastes SET annual_t = 6", ("wastes", 1, "update", ["annual_t"])),
        ("UPDATE estimates SET fill_m3 = 1", ("estimates", 1, "update", ["fill_m3"])),
    ],
)
def test_each_kind_of_change_is_told(closed, statement, expected):
    edit_outside(closed, statement)
    with Store.open(closed, read_only=True) as store:
        assert store.changed_outside
        assert told(store) == [expected]


def test_what_qgis_does_is_adopted_and_can_be_undone(closed, label, pit):
    edit_outside(
        closed,
        ("UPDATE sand_pits SET geom = ?, remarks = '移动' WHERE fid = 1", (shape(7),)),
        ("INSERT INTO sand_pits (name, geom) VALUES ('新', ?)", (shape(900_000),)),
        "DELETE FROM sand_pits WHERE fid = 3",
        "UPDATE sand_pits SET uid = NULL, code = NULL WHERE fid = 5",
    )
    with Store.open(closed) as store:
        before = {r["fid"]: r for r in store.rows("sand_pits")}
        made, found = store.adopt(ADOPTED)
        assert (made.revision, made.label) == (8, ADOPTED)
        assert {(d.fid, d.op) for d in found} == {(1, "update"), (3, "delete"), (5, "update"), (6, "insert")}
        assert store.outside() == []
        assert store.check() == []
        new = store.row("sand_pits", 6)
        assert len(new["uid"]) == 36
        assert new["code"] == "SK-006"
        assert new["created_at"]
        assert before[1]["remarks"] == store.row("sand_pits", 1)["remarks"] == "移动"
        assert store.row("sand_pits", 5)["uid"]
        assert store.row("sand_pits", 5)["code"]
        assert store.undo_label() == ADOPTED
        store.undo()
        assert store.codes("sand_pits") == {f"SK-00{n}" for n in range(1, 6)}
        assert store.row("sand_pits", 1)["remarks"] is None
        assert store.check() == []
        assert store.outside() == []
        store.redo()
        assert store.codes("sand_pits") == {"SK-001", "SK-002", "SK-004", store.row("sand_pits", 5)["code"], "SK-006"}
        store.transact(label, [pit(9)])
        while store.undo():
            pass
        assert store.count("sand_pits") == 0
        assert store.check() == []
    with Store.open(closed, read_only=True) as store:
        assert not store.changed_outside


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sand_pits SET geom = NULL WHERE fid = 1",
        "UPDATE sand_pits SET geom = 'POINT (1 2)' WHERE fid = 1",
        "UPDATE sand_pits SET geom = x'' WHERE fid = 1",
        "UPDATE sand_pits SET geom = 7 WHERE fid = 1",
        "UPDATE sand_pits SET mineral = x'00ff', name = 9e999, remarks = 1.5 WHERE fid = 1",
        "UPDATE sand_pits SET ground_water_m = 'deep', base_permeability_cm_s = -9e999 WHERE fid = 1",
        "UPDATE sand_pits SET mineral = char(0, 10) WHERE fid = 1",
        "UPDATE sand_pits SET code = 17, uid = 18 WHERE fid = 1",
    ],
)
def test_what_was_adopted_is_known_from_then_on(closed, statement, label):
    """Whatever another program wrote: the next open finds no change, and takes it for no damage."""
    edit_outside(closed, statement)
    with Store.open(closed) as store:
        assert store.adopt(ADOPTED) is not None
    with Store.open(closed) as store:
        assert not store.changed_outside
        assert store.outside() == []
        store.transact(label, [Update("sand_pits", 2, {"name": "ours"})])
        store.undo()
        store.undo()
    with Store.open(closed) as store:
        assert store.outside() == []


@pytest.mark.parametrize("statement", ['RENAME COLUMN mineral TO "矿种"', "DROP COLUMN remarks"])
def test_a_column_that_another_program_took_away_is_named(closed, statement, tmp_path):
    edit_outside(closed, f"ALTER TABLE sand_pits {statement}")
    before = closed.read_bytes()
    with pytest.raises(Unreadable, match=r"column (mineral|remarks) of sand pits") as caught:
        Store.open(closed)
    assert caught.value.key == "project.column_missing"
    assert closed.read_bytes() == before
    rescue_file(closed, tmp_path / "rescued.gpkg", program_version="1", translate=str)
    with Store.open(tmp_path / "rescued.gpkg", read_only=True) as rescued:
        assert {r["code"] for r in rescued.rows("sand_pits")} >= {"SK-001", "SK-005"}


@pytest.mark.parametrize("more", [(), ("ALTER TABLE sand_pits ADD COLUMN theirs TEXT DEFAULT 'x'",)])
def test_rescue_puts_no_value_into_the_column_of_a_dropped_one(closed, more, tmp_path):
    with Store.open(closed, read_only=True) as store:
        was = [{k: r[k] for k in r if k != "mineral"} for r in store.rows("sand_pits")]
    edit_outside(closed, "ALTER TABLE sand_pits DROP COLUMN mineral", *more)
    rescue_file(closed, tmp_path / "rescued.gpkg", program_version="1", translate=str)
    with Store.open(tmp_path / "rescued.gpkg", read_only=True) as rescued:
        assert [{k: r[k] for k in w} for w, r in zip(was, rescued.rows("sand_pits"), strict=True)] == was


def test_rescue_of_a_project_with_changed_settings_tells_of_no_other_program(closed, label, tmp_path):
    with Store.open(closed) as store:
        store.transact(label, [Update("project", 1, {"name": "new"})])
    rescue_file(closed, tmp_path / "rescued.gpkg", program_version="1", translate=str)
    with Store.open(tmp_path / "rescued.gpkg", read_only=True) as rescued:
        assert rescued.outside() == []


def test_rescue_knows_an_outline_that_another_program_took_away(closed, tmp_path):
    edit_outside(closed, "UPDATE sand_pits SET geom = NULL WHERE fid = 1")
    with Store.open(closed) as store:
        store.adopt(ADOPTED)
    made = rescue_file(closed, tmp_path / "rescued.gpkg", program_version="1", translate=str)
    assert made.salvage.tables["sand_pits"].from_log == set()
    with Store.open(tmp_path / "rescued.gpkg", read_only=True) as rescued:
        assert rescued.outside() == []


def test_a_uid_is_not_lost_to_another_program(closed):
    with Store.open(closed, read_only=True) as store:
        uid = store.row("sand_pits", 1)["uid"]
    edit_outside(
        closed, "UPDATE sand_pits SET uid = 'mine' WHERE fid = 1", "UPDATE sand_pits SET uid = '' WHERE fid = 2"
    )
    with Store.open(closed) as store:
        store.adopt(ADOPTED)
        assert store.row("sand_pits", 1)["uid"] == uid
        assert len(store.row("sand_pits", 2)["uid"]) == 36
        assert store.check() == []


def test_what_is_not_ours_survives_edits_and_undo(closed, label):
    edit_outside(
        closed,
        "ALTER TABLE sand_pits ADD COLUMN own TEXT",
        "UPDATE sand_pits SET own = 'theirs'",
        "CREATE TABLE theirs (id INTEGER PRIMARY KEY, t TEXT)",
        "INSERT INTO theirs VALUES (1, 'kept')",
        "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('theirs', 'attributes')",
        "INSERT INTO layer_styles (f_table_name, f_geometry_column, styleName, styleQML, useAsDefault) "
        "VALUES ('sand_pits', 'geom', 'mine', '<qgis/>', 0)",
        "DELETE FROM gpkg_data_column_constraints WHERE constraint_name = 'sand_pits_mineral' AND value = 'coal'",
    )
    with Store.open(closed) as store:
        found = store.foreign()
        assert (found.tables, found.columns, found.styles) == (
            ("theirs",),
            ("sand_pits.own",),
            ("sand_pits: mine",),
        )
        assert store.outside() == []
        assert [p.key for p in store.check()] == ["table.foreign", "choices.changed"]
        store.transact(label, [Update("sand_pits", 1, {"name": "z"}), Delete("sand_pits", 2)])
        store.undo()
        assert {r["own"] for r in store.rows("sand_pits")} == {"theirs"}
    con = sqlite3.connect(closed)
    assert con.execute("SELECT * FROM theirs").fetchall() == [(1, "kept")]
    assert con.execute("SELECT count(*) FROM layer_styles WHERE styleName = 'mine'").fetchone()[0] == 1
    con.close()


def test_comparing_can_be_stopped_and_then_nothing_is_adopted(closed):
    edit_outside(closed, "UPDATE sand_pits SET name = 'q'")
    watch = Watch()
    watch.cancel()
    with Store.open(closed) as store:
        with pytest.raises(Cancelled):
            store.adopt(ADOPTED, watch)
        assert store.revision == 7
        assert store.changed_outside


_APPEND = """
import sys, geopandas, shapely
frame = geopandas.GeoDataFrame({"name": ["外来"]}, geometry=[shapely.box(7e5, 4.5e6, 7e5 + 9, 4.5e6 + 9)], crs=4546)
frame.to_file(sys.argv[1], layer="sand_pits", engine="pyogrio", mode="a")
"""


def test_pyogrio_appends_a_row(closed):
    done = subprocess.run(
        [sys.executable, "-c", _APPEND, closed], capture_output=True, text=True, check=False, timeout=90
    )
    assert done.returncode == 0, done.stderr[-500:]
    with Store.open(closed) as store:
        _, found = store.adopt(ADOPTED)
        assert [(d.table, d.op, d.name) for d in found] == [("sand_pits", "insert", "SK-006")]
        assert store.site("SK-006").name == "外来"
        assert [p.key for p in store.check()] == ["geometry.single"]


@needs_gdal
def test_gdal_edits_through_our_triggers(closed, label):
    for sql in (
        "UPDATE sand_pits SET name = 'GDAL' WHERE fid = 5",
        "DELETE FROM sand_pits WHERE fid = 3",
        "ALTER TABLE sand_pits ADD COLUMN mine TEXT",
    ):
        subprocess.run(["ogrinfo", closed, "-sql", sql], check=True, capture_output=True, timeout=60)
    with Store.open(closed) as store:
        assert told(store) == [("sand_pits", 3, "delete", []), ("sand_pits", 5, "update", ["name"])]
        store.adopt(ADOPTED)
        store.undo()
        assert store.row("sand_pits", 5)["name"] == "坑4"
        assert store.count("sand_pits") == 5
        assert store.check() == []
    out = subprocess.run(["ogrinfo", "-al", "-so", closed], check=True, capture_output=True, text=True, timeout=60)
    assert (out.stderr, "Warning" in out.stdout) == ("", False)


_QGIS = """
import json, os, sys
from qgis.core import QgsApplication, QgsFeature, QgsField, QgsGeometry, QgsVectorLayer
from qgis.PyQt.QtCore import QVariant
app = QgsApplication([], False)
QgsApplication.setPrefixPath("/usr", True)
app.initQgis()
layer = QgsVectorLayer(sys.argv[1] + "|layername=sand_pits", "pits", "ogr")
field = layer.fields().indexOf
said = {"valid": layer.isValid(), "crs": layer.crs().authid()}
said["widget"] = layer.editorWidgetSetup(field("mineral")).type()
layer.startEditing()
layer.moveVertex(500010, 4500020, 1, 0)
new = QgsFeature(layer.fields())
new.setGeometry(QgsGeometry.fromWkt("MultiPolygon(((510000 4500000,510100 4500000,510100 4500100,510000 4500000)))"))
new.setAttribute("name", "QGIS")
layer.addFeature(new)
layer.changeAttributeValue(2, field("remarks"), "改")
layer.deleteFeature(3)
said["committed"] = layer.commitChanges()
layer.startEditing()
layer.addAttribute(QgsField("own", QVariant.String))
layer.commitChanges()
layer.startEditing()
layer.changeAttributeValue(2, layer.fields().indexOf("own"), "theirs")
layer.commitChanges()
layer.saveStyleToDatabase("mine", "", False, "")
print(json.dumps(said), flush=True)
os._exit(0)  # dies with the file open: WAL mode stays on
"""


def _has_qgis():
    try:
        done = subprocess.run(["/usr/bin/python3", "-c", "import qgis.core"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


@pytest.mark.skipif(not _has_qgis(), reason="no QGIS")
def test_the_real_qgis(closed, label):
    done = subprocess.run(
        ["/usr/bin/python3", "-c", _QGIS, closed], capture_output=True, text=True, check=True, timeout=120,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(closed.parent), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    said = json.loads(done.stdout.splitlines()[-1])
    assert said == {"valid": True, "crs": "EPSG:4546", "widget": "ValueMap", "committed": True}
    assert closed.read_bytes()[18] == 2  # QGIS left WAL mode on
    with Store.open(closed) as store:
        assert store.foreign().columns == ("sand_pits.own",)
        assert store.foreign().styles == ("sand_pits: mine",)
        _, found = store.adopt(ADOPTED)
        assert [(d.fid, d.op, sorted(d.after) if d.op == "update" else []) for d in found] == [
            (1, "update", ["geom"]),
            (2, "update", ["remarks"]),
            (3, "delete", []),
            (6, "insert", []),
        ]
        assert store.row("sand_pits", 6)["code"] == "SK-006"
        assert store.check() == []
        store.undo()
        assert store.row("sand_pits", 2)["own"] == "theirs"
        assert store.codes("sand_pits") == {f"SK-00{n}" for n in range(1, 6)}
    assert closed.read_bytes()[18] == 1
    assert sorted(p.name for p in closed.parent.iterdir() if p.suffix.startswith(".gpkg")) == [closed.name]
