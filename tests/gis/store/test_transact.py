from __future__ import annotations

import getpass
import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon, box

from gis.store import Store, screening_values, values
from models.changes import ChangeSet, Delete, Insert, Update
from models.errors import Missing, Refused, Unwritable
from models.notices import Notice
from tests.gis.store.making import made_screening


def log(store):
    with sqlite3.connect(store.path) as con:
        con.row_factory = sqlite3.Row
        rows = [dict(r) for r in con.execute("SELECT * FROM change_log ORDER BY fid")]
    con.close()
    return rows


def in_step(store):
    """SQLite's own check of the R-trees, and counts and extents."""
    assert store.check() == []


# What a step makes


def test_an_insert_makes_uid_code_and_times(store, label, pit):
    changed = store.transact(label, [pit(name="坑"), pit(1)])
    assert changed == ChangeSet(1, label, {"sand_pits": (1, 2)})
    assert changed.tables == {"sand_pits"}
    first, second = store.rows("sand_pits")
    assert (first["code"], second["code"], first["name"], second["name"]) == ("SK-001", "SK-002", "坑", None)
    assert first["uid"] != second["uid"]
    assert first["created_at"] == first["updated_at"]
    assert datetime.fromisoformat(first["created_at"]).utcoffset() == timedelta(0)
    assert store.revision == 1
    in_step(store)


def test_the_log_says_who_what_when(store, label, pit):
    store.transact(label, [pit(name="a")])
    store.transact(label, [Update("sand_pits", 1, {"name": "b"})])
    store.transact(label, [Delete("sand_pits", 1)])
    made, changed, gone = log(store)
    assert [r["op"] for r in (made, changed, gone)] == ["insert", "update", "delete"]
    assert [r["step"] for r in (made, changed, gone)] == [1, 2, 3]
    assert {r["user"] for r in (made, changed, gone)} == {getpass.getuser()}
    assert len({r["row_uid"] for r in (made, changed, gone)}) == 1
    assert Notice.from_json(json.loads(made["label"])) == label
    assert json.loads(changed["before"])["name"] == "a"
    assert json.loads(changed["after"])["name"] == "b"
    assert set(json.loads(changed["after"])) == {"name", "updated_at"}
    assert changed["after_geom"] is None
    assert made["after_geom"] == gone["before_geom"]
    assert made["before"] is gone["after"] is None
    assert abs(datetime.fromisoformat(made["at"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_update_changes_what_it_names_and_no_more(store, label, pit):
    store.transact(label, [pit(name="a", remarks="kept")])
    before = store.row("sand_pits", 1)
    time.sleep(0.002)
    store.transact(label, [Update("sand_pits", 1, {"name": "b"})])
    after = store.row("sand_pits", 1)
    assert after == {**before, "name": "b", "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]


def test_what_changes_nothing_makes_no_step(store, label, pit):
    store.transact(label, [pit(name="a", ground_water_m=5)])
    same = store.transact(
        label, [Update("sand_pits", 1, {"name": "a", "ground_water_m": "5", "geometry": pit().values["geometry"]})]
    )
    assert same == ChangeSet(1, label, {})
    assert store.transact(label, []) == ChangeSet(1, label, {})
    assert store.revision == 1


def test_numbering_goes_on_over_all_site_layers(store, label, pit):
    store.transact(label, [pit(code="SK-009"), pit(1, code="SK-012", layer="mine_pits"), pit(2, code="SK-X7"), pit(3)])
    assert store.codes("sand_pits") == {"SK-009", "SK-X7", "SK-013"}
    assert store.next_code("sand_pits") == "SK-014"
    assert store.next_code("mine_pits") == "KK-001"
    assert store.next_code("red_lines") == "HX-001"


def test_all_or_nothing(store, label, pit):
    store.transact(label, [pit(code="A")])
    for bad, error in [
        ([pit(1), pit(2, code="A")], Refused),
        ([pit(1), Update("sand_pits", 99, {"name": "x"})], Missing),
        ([pit(1), Delete("sand_pits", 99)], Missing),
        ([Delete("sand_pits", 1), pit(1, colour="red")], Missing),
        ([Delete("sand_pits", 1), Delete("sand_pits", 1)], Missing),
        ([*(pit(n) for n in range(500)), pit(1, code="A")], Refused),
    ]:
        with pytest.raises(error):
            store.transact(label, bad)
        assert store.codes("sand_pits") == {"A"}
        assert store.revision == 1
    in_step(store)
    assert [p.name for p in store.path.parent.iterdir()] == [store.path.name]


def test_an_interruption_inside_leaves_nothing(store, label, pit, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("gis.store.steps.Step.finish", stop)
    with pytest.raises(KeyboardInterrupt):
        store.transact(label, [pit()])
    monkeypatch.undo()
    assert store.count("sand_pits") == 0
    store.transact(label, [pit()])
    assert store.count("sand_pits") == 1


def test_spatial_index_follows_every_edit(store, label, pit):
    store.transact(label, [pit(n) for n in range(6)])
    store.transact(label, [Update("sand_pits", 2, {"geometry": box(700_000, 5_000_000, 700_010, 5_000_010)})])
    store.transact(label, [Delete("sand_pits", 3)])
    in_step(store)
    far = store.read("sand_pits", bbox=(699_000, 4_999_000, 701_000, 5_001_000))
    assert list(far.index) == [2]
    with sqlite3.connect(store.path) as con:
        assert con.execute("SELECT rtreecheck('rtree_sand_pits_geom')").fetchone()[0] == "ok"
        extent = con.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name='sand_pits'")
        assert extent.fetchone() == (500_000, 4_500_000, 700_010, 5_000_010)
    con.close()
    store.transact(label, [Delete("sand_pits", 2)])
    with sqlite3.connect(store.path) as con:
        extent = con.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name='sand_pits'")
        assert extent.fetchone() == pytest.approx((500_000, 4_500_000, 501_100, 4_500_100), abs=1)
    con.close()
    store.transact(label, [Delete("sand_pits", fid) for fid in (1, 4, 5, 6)])
    in_step(store)


def test_ten_thousand_features_in_one_step(store, label):
    corners = [(500_000 + i % 100 * 300, 4_500_000 + i // 100 * 300) for i in range(10_000)]
    angle = np.linspace(0, 2 * np.pi, 21)[:-1]
    ring = 100 * np.column_stack([np.cos(angle), np.sin(angle)])
    changes = [Insert("sand_pits", {"name": f"坑 {i}", "geometry": Polygon(ring + c)}) for i, c in enumerate(corners)]
    start = time.perf_counter()
    store.transact(label, changes)
    assert time.perf_counter() - start < 8  # about 1.5 s alone on two old cores; the machine may be busy
    in_step(store)
    start = time.perf_counter()
    near = store.read("sand_pits", bbox=(500_000, 4_500_000, 500_650, 4_500_650))
    assert time.perf_counter() - start < 1
    assert len(near) == 9
    # After the fast way, the triggers are back.
    store.transact(label, [Delete("sand_pits", 1), Update("sand_pits", 2, {"geometry": Polygon(ring)})])
    in_step(store)


# Faults of the disk


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (sqlite3.SQLITE_FULL, "project.disk_full"),
        (sqlite3.SQLITE_READONLY, "project.not_writable"),
        (sqlite3.SQLITE_IOERR_WRITE, "project.disk_error"),
        (sqlite3.SQLITE_CANTOPEN, "project.not_writable"),
        (sqlite3.SQLITE_BUSY, "project.in_use"),
    ],
)
def test_what_sqlite_says_becomes_what_to_do(store, label, pit, monkeypatch, code, key):
    def fail(*_):
        error = sqlite3.OperationalError("raw text of the library")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr("gis.store.steps.Step.finish", fail)
    with pytest.raises(Unwritable) as caught:
        store.transact(label, [pit()])
    assert caught.value.key == key
    assert caught.value.advice.text
    assert "raw text" not in str(caught.value)
    monkeypatch.undo()
    assert store.count("sand_pits") == 0
    store.transact(label, [pit()])


def test_a_full_disk_for_real(store, label, pit):
    """SQLite itself runs out of pages half-way: nothing is kept, and the project works on."""
    store.transact(label, [pit()])
    with store._connections.writing() as con:
        pages = con.execute("PRAGMA page_count").fetchone()[0]
        con.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(Unwritable) as caught:
        store.transact(label, [pit(n) for n in range(1, 2000)])
    assert caught.value.key == "project.disk_full"
    assert store.count("sand_pits") == 1
    assert store.check() == []
    with store._connections.writing() as con:
        con.execute("PRAGMA max_page_count=1000000")
    store.transact(label, [pit(1)])
    with Store.open(store.path, read_only=True) as again:
        assert again.count("sand_pits") == 2


# Rows that belong to rows


def test_what_belongs_to_a_site_goes_and_comes_back_with_it(store, label, pit):
    store.transact(label, [pit(code="A"), Insert("wastes", {"code": "W", "kind": "fly_ash"})])
    uid = store.site("A").uid
    store.transact(label, [
        Insert("screenings", screening_values(made_screening("W", "A"), uid)),
        Insert("photos", {"layer": "sand_pits", "row_uid": uid, "path": "a.jpg"}),
    ])  # fmt: skip
    changed = store.transact(label, [Delete("sand_pits", 1)])
    assert changed.tables == {"sand_pits", "screenings", "photos"}
    assert store.count("screenings") == store.count("photos") == 0
    store.undo()
    assert store.count("screenings") == store.count("photos") == 1
    assert store.check() == []


def test_a_renamed_waste_takes_its_samples_along(store, label):
    store.transact(label, [
        Insert("wastes", {"code": "W", "kind": "fly_ash"}),
        Insert("samples", {"waste": "W", "code": "S1"}),
        Insert("lab_values", {"waste": "W", "sample": "S1", "parameter": "pH", "raw": "7"}),
    ])  # fmt: skip
    store.transact(label, [Update("wastes", 1, {"code": "V"})])
    assert store.rows("samples")[0]["waste"] == "V"
    assert [v.raw for v in store.lab_values("V")] == ["7"]
    assert store.check() == []


def test_bounds_of_shapely_agree_with_the_file(store, label, pit):
    store.transact(label, [pit(n) for n in range(3)])
    assert tuple(store.read("sand_pits").total_bounds) == (500_000, 4_500_000, 500_500, 4_500_100)


def test_a_time_before_the_clock_began():
    assert values.utc_text(datetime(1901, 1, 1, tzinfo=UTC)) == "1901-01-01T00:00:00.000Z"


def test_shapely_is_not_asked_for_more_than_it_has(store, label):
    donut = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    parts = shapely.union_all([donut, box(200, 0, 300, 100)])
    store.transact(label, [Insert("sand_pits", {"geometry": parts})])
    assert store.site("SK-001").outline.equals_exact(parts, 0)
