"""Repairs: each is counted, structure is made anew from the rows, rows are mended in one step that can be undone."""

from __future__ import annotations

import sqlite3

import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from app.verbs.check import check_file
from app.verbs.repair import repair_project
from gis.store import Store, blob
from gis.store.repairing import copy_of
from models.changes import Insert
from models.errors import Unreadable, Unwritable
from tests.gis.store.making import edit_outside

TREE = "rtree_sand_pits_geom"


@pytest.fixture
def closed(store, label, pit):
    store.transact(label, [pit(n) for n in range(5)] + [Insert("wastes", {"code": "W", "kind": "fly_ash"})])
    store.transact(label, [Insert("lab_values", {"waste": "W", "parameter": "pH", "raw": "7"})])
    store.close()
    return store.path


def repaired(path):
    """What was done, with its counts; afterwards the file is sound."""
    before = path.read_bytes()
    report = repair_project(path)
    found = {r.key.removeprefix("repair."): r.count for r in report.repairs}
    assert all(str(r.count) in r.message.render() for r in report.repairs)
    assert sorted(p.name for p in path.parent.iterdir()) == sorted([path.name, report.backup.rpartition("/")[2]])
    if before[18:20] == b"\x01\x01":
        with Store.open(report.backup, read_only=True) as kept, Store.open(path, read_only=True) as now:
            assert kept.count("change_log") <= now.count("change_log")
    return found, {p.key for p in report.left}


def boxes(path):
    con = sqlite3.connect(path)
    found = con.execute(f"SELECT id, minx, maxx, miny, maxy FROM {TREE} ORDER BY id").fetchall()
    con.close()
    return found


@pytest.mark.parametrize(
    ("statements", "done"),
    [
        ([], {}),
        ([f"DELETE FROM {TREE} WHERE id = 1"], {"rtree": 1}),
        ([f"UPDATE {TREE} SET minx = minx - 50 WHERE id = 2"], {"rtree": 1}),
        ([f"INSERT INTO {TREE} VALUES (99, 0, 1, 0, 1)"], {"rtree": 1}),
        ([f"DROP TABLE {TREE}"], {"rtree": 1}),
        ([f"UPDATE {TREE}_node SET data = x'00'"], {"rtree": 1}),
        ([f"DROP TRIGGER {TREE}_insert", "DROP TRIGGER huitian_wastes_naming"], {"trigger": 2}),
        (["DROP INDEX idx_lab_values_waste"], {"index": 1}),
        (["DELETE FROM gpkg_contents WHERE table_name = 'photos'"], {"listed": 1}),
        (["UPDATE gpkg_ogr_contents SET feature_count = 9 WHERE table_name IN ('sand_pits', 'wastes')"], {"count": 2}),
        (["UPDATE gpkg_contents SET max_x = 0 WHERE table_name = 'sand_pits'"], {"extent": 1}),
        (["PRAGMA journal_mode=wal"], {"journal": 1}),
    ],
)
def test_structure_is_made_anew(closed, statements, done):
    sound = boxes(closed)
    edit_outside(closed, *statements)
    assert repaired(closed) == (done, set())
    assert boxes(closed) == sound
    assert check_file(closed).problems == ()
    with Store.open(closed, read_only=True) as store:
        assert (store.revision, store.count("sand_pits")) == (2, 5)  # no row and no step
    assert repaired_again(closed) == {}


def repaired_again(path):
    for p in path.parent.iterdir():
        if "before-repair" in p.name:
            p.unlink()
    return repaired(path)[0]


def test_a_trigger_that_was_altered_is_made_as_ours(closed):
    name = "trigger_insert_feature_count_sand_pits"
    edit_outside(closed, f"DROP TRIGGER {name}",
         f"CREATE TRIGGER {name} AFTER INSERT ON sand_pits BEGIN DELETE FROM wastes; END")  # fmt: skip
    assert {p.key for p in check_file(closed).problems} == {"trigger.changed"}
    assert repaired(closed)[0] == {"trigger": 1}
    assert check_file(closed).problems == ()


def test_an_index_that_does_not_match_its_rows_is_rebuilt(closed):
    con = sqlite3.connect(closed)
    page = con.execute("SELECT rootpage FROM sqlite_master WHERE name = 'idx_lab_values_waste'").fetchone()[0]
    con.close()
    whole = bytearray(closed.read_bytes())
    at = whole.index(b"W", (page - 1) * 4096 + 4000)
    whole[at] = ord("X")
    closed.write_bytes(whole)
    with pytest.raises(Unreadable):
        Store.open(closed)
    report = repair_project(closed)
    assert [(r.key, r.count) for r in report.repairs] == [("repair.reindex", 1)]
    assert check_file(closed).problems == ()


def test_rows_are_mended_in_one_step_that_can_be_undone(closed, label):
    one = blob.encode(Point(510_000, 4_500_000).buffer(50), 4546)
    elsewhere = blob.encode(shapely.MultiPolygon([box(500_000, 4_500_000, 500_050, 4_500_050)]), 4326)
    edit_outside(
        closed,
        ("UPDATE sand_pits SET geom = ? WHERE fid = 1", (one,)),
        ("UPDATE sand_pits SET geom = ? WHERE fid = 2", (elsewhere,)),
        "DROP TRIGGER huitian_sand_pits_naming",
        ("INSERT INTO sand_pits (name, geom) VALUES ('new', ?)", (one,)),
    )
    done, left = repaired(closed)
    assert done == {"trigger": 1, "adopted": 3, "geometry.wrapped": 2, "geometry.marked": 1, "extent": 1}
    assert left == set()
    with Store.open(closed) as store:
        assert store.row("sand_pits", 6)["code"] == "SK-006"
        assert store.check() == []
        shape = store.site("SK-001").outline
        assert shape.geom_type == "MultiPolygon"
        assert shape.equals(blob.decode(one))
        store.undo()
        assert store.site("SK-001").outline.geom_type == "Polygon"


def test_what_only_a_person_can_decide_is_left_and_named(closed):
    bowtie = blob.encode(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), 4546)
    edit_outside(
        closed,
        ("UPDATE sand_pits SET geom = ? WHERE fid = 1", (bowtie,)),
        "UPDATE sand_pits SET mineral = 'cheese' WHERE fid = 2",
        "INSERT INTO mine_pits (code, geom) SELECT code, geom FROM sand_pits WHERE fid = 3",
        "UPDATE lab_values SET waste = 'gone'",
    )
    done, left = repaired(closed)
    assert set(done) <= {"adopted", "geometry.wrapped", "extent"}
    assert {"geometry.bad", "row.odd_value", "code.twice", "row.orphan"} <= left
    with Store.open(closed, read_only=True) as store:
        assert store.rows("lab_values")[0]["waste"] == "gone"
        assert store.rows("sand_pits", fid=2)[0]["mineral"] == "cheese"


def test_broken_pages_are_no_matter_of_repair(closed):
    whole = closed.read_bytes()
    closed.write_bytes(whole[: 60 * 4096] + bytes(4096 * 30) + whole[90 * 4096 :])
    before = closed.read_bytes()
    with pytest.raises(Unreadable) as caught:
        repair_project(closed)
    assert "rescue" in caught.value.advice.text
    assert closed.read_bytes() == before
    assert [p.name for p in closed.parent.iterdir()] == [closed.name]


def test_a_backup_that_fails_stops_the_repair(closed):
    edit_outside(closed, f"DELETE FROM {TREE} WHERE id = 1")
    before = closed.read_bytes()

    def fails(path):
        raise Unwritable("project.disk_full", "no room", where=str(path))

    with pytest.raises(Unwritable):
        repair_project(closed, backup=fails)
    assert closed.read_bytes() == before


def test_a_copy_is_whole_or_not_there(closed, folder, monkeypatch):
    made = copy_of(closed, folder / "copy.gpkg")
    with Store.open(made, read_only=True) as copy:
        assert (copy.count("sand_pits"), copy.outside(), copy.check()) == (5, [], [])
    made.unlink()

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", fails)
    with pytest.raises(OSError, match="space"):
        copy_of(closed, folder / "copy.gpkg")
    assert [p.name for p in folder.iterdir()] == [closed.name]
