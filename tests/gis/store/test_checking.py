"""Each kind of damage is made, found, and named with its table and row."""

from __future__ import annotations

import sqlite3

import pytest
from shapely.geometry import Point, Polygon

from gis.store import Store, blob, estimate_values
from models.changes import Insert
from models.errors import Unreadable
from tests.gis.store.making import edit_outside, made_estimate

BOWTIE = blob.encode(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), 4546)
ONE_PART = blob.encode(Point(1, 1).buffer(1), 4546)
ELSEWHERE = blob.encode(Point(1, 1).buffer(1), 4326)


@pytest.fixture
def sound(store, label, pit):
    """A project with rows in it, on which a test does its damage through a foreign connection."""
    store.transact(label, [pit(n) for n in range(5)] + [Insert("wastes", {"code": "W", "kind": "fly_ash"})])
    store.transact(label, [Insert("lab_values", {"waste": "W", "parameter": "pH", "raw": "7"})])
    store.transact(label, [Insert("estimates", estimate_values(made_estimate(store.site("SK-001"))))])
    store.close()
    return store.path


def found(path):
    with Store.open(path, read_only=True) as store:
        problems = store.check()
    for p in problems:
        assert p.message.render()
        assert p.to_json()["key"] == p.key
    return [(p.key, p.severity, p.table, p.fid) for p in problems]


TREE = "rtree_sand_pits_geom"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], []),
        (["UPDATE sand_pits SET code = NULL WHERE fid = 2"], [("row.incomplete", "error", "sand_pits", 2)]),
        (["UPDATE sand_pits SET uid = '' WHERE fid = 2"], [("row.incomplete", "error", "sand_pits", 2)]),
        (["UPDATE sand_pits SET mineral = 'cheese' WHERE fid = 3"], [("row.odd_value", "warning", "sand_pits", 3)]),
        (
            ["UPDATE sand_pits SET ground_water_m = 'deep' WHERE fid = 3"],
            [("row.odd_value", "warning", "sand_pits", 3)],
        ),
        (["UPDATE sand_pits SET ground_water_m = 9e999 WHERE fid = 3"], [("row.odd_value", "warning", "sand_pits", 3)]),
        ([("UPDATE sand_pits SET geom = ? WHERE fid = 4", (BOWTIE,))], [("geometry.bad", "error", "sand_pits", 4)]),
        ([("UPDATE sand_pits SET geom = ? WHERE fid = 4", (ELSEWHERE,))], [("geometry.bad", "error", "sand_pits", 4)]),
        (
            [("UPDATE sand_pits SET geom = ? WHERE fid = 4", (ONE_PART,))],
            [("geometry.single", "warning", "sand_pits", 4)],
        ),
        ([f"DELETE FROM {TREE} WHERE id = 1"], [("rtree.out_of_step", "error", "sand_pits", None)]),
        ([f"UPDATE {TREE} SET minx = minx - 50 WHERE id = 1"], [("rtree.out_of_step", "error", "sand_pits", None)]),
        ([f"INSERT INTO {TREE} VALUES (99, 0, 1, 0, 1)"], [("rtree.out_of_step", "error", "sand_pits", None)]),
        ([f"DROP TRIGGER {TREE}_insert"], [("rtree.triggers", "error", "sand_pits", None)]),
        (
            ["DROP TABLE " + TREE],
            [("rtree.missing", "error", "sand_pits", None)],
        ),
        (
            ["UPDATE gpkg_ogr_contents SET feature_count = 9 WHERE table_name = 'sand_pits'"],
            [("table.count", "warning", "sand_pits", None)],
        ),
        (["UPDATE estimates SET record = '{'"], [("row.damaged", "error", "estimates", 1)]),
        (["UPDATE estimates SET site_uid = 'gone'"], [("row.orphan", "warning", "estimates", 1)]),
        (["UPDATE lab_values SET waste = 'gone'"], [("row.orphan", "warning", "lab_values", 1)]),
        (
            ["INSERT INTO mine_pits (code, geom) SELECT code, geom FROM sand_pits WHERE fid = 2"],
            [("code.twice", "error", "", None)],
        ),
        (["ALTER TABLE wastes DROP COLUMN remarks"], [("column.missing", "error", "wastes", None)]),
        (["DELETE FROM gpkg_contents WHERE table_name = 'photos'"], [("table.unlisted", "warning", "photos", None)]),
        (
            [
                "CREATE TABLE mine (x)",
                "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('mine', 'attributes')",
            ],
            [("table.foreign", "warning", "mine", None)],
        ),
    ],
)
def test_what_is_wrong_is_named(sound, statements, expected):
    edit_outside(sound, *statements)
    assert found(sound) == expected


def test_a_row_of_another_program_gets_its_uid_code_and_times(sound):
    rows = "SELECT 'QGIS', geom FROM sand_pits WHERE fid < 3"
    edit_outside(
        sound,
        "UPDATE sand_pits SET code = 'SK-X9' WHERE fid = 5",
        f"INSERT INTO sand_pits (name, geom) {rows}",
        f"INSERT INTO mine_pits (name, geom) {rows}",
        "INSERT INTO wastes (code, kind) VALUES ('Q', 'other')",
    )
    assert found(sound) == []
    with Store.open(sound) as store:
        assert [r["code"] for r in store.rows("sand_pits", name="QGIS")] == ["SK-005", "SK-006"]
        assert store.codes("mine_pits") == {"KK-001", "KK-002"}
        for row in (*store.rows("sand_pits", name="QGIS"), *store.rows("wastes", code="Q")):
            assert len(row["uid"]) == 36
            assert row["created_at"].endswith("Z")


def test_many_of_a_kind_are_counted(store, label, pit):
    store.transact(label, [pit(n) for n in range(50)])
    edit_outside(store.path, "UPDATE sand_pits SET status = 'x'")
    problems = store.check()
    assert len(problems) == 21
    assert problems[-1].message.render().startswith("30 more of this kind")


def test_a_broken_page_is_found(sound, label):
    with Store.open(sound) as store:
        store.transact(label, [])
    con = sqlite3.connect(sound)
    page = con.execute("SELECT rootpage FROM sqlite_master WHERE name = 'idx_lab_values_waste'").fetchone()[0]
    con.close()
    whole = sound.read_bytes()
    at = (page - 1) * 4096
    sound.write_bytes(whole[:at] + b"\x0a\x00\x00\x00\x09" + whole[at + 5 :])
    with pytest.raises(Unreadable, match="damaged"):
        Store.open(sound)


def test_wal_mode_turned_on_meanwhile_is_remarked_and_ends_with_us(sound):
    with Store.open(sound) as store:
        con = sqlite3.connect(sound)
        con.execute("PRAGMA journal_mode=wal")
        con.close()
        assert [p.key for p in store.check()] == ["file.journal"]
    assert [p.name for p in sound.parent.iterdir()] == [sound.name]
    assert sound.read_bytes()[18:20] == b"\x01\x01"
