"""Many rows in one go leave exactly what the same rows one by one leave."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from gis.store import Store, blob, many, packing, preparing
from gis.store.step_log import to_text
from models.changes import Delete, Insert, Update
from models.errors import Refused
from models.notices import Notice

LABEL = Notice("t", "it's {n}", n=1)
N = 300


def some(n=N, **values):
    rng = np.random.default_rng(5)
    return [
        Insert("sand_pits", {
            "name": f'坑 "{i}"\n\\' if i % 3 else None, "ground_water_m": float(rng.normal(1000, 50)),
            "status": "planned", "surveyed_on": "2026-01-05" if i % 2 else None,
            "geometry": box(x, y, x + 9.5, y + 7), **values,
        })
        for i, (x, y) in enumerate(rng.uniform(4e5, 5e5, (n, 2)))
    ]  # fmt: skip


def file_says(path, sql):
    with sqlite3.connect(path) as con:
        found = con.execute(sql).fetchall()
    con.close()
    return found


def timeless(rows):
    """Times replaced, wherever they stand."""
    return [[re.sub(r"20..-..-..T[\d:.]+Z", "now", c) if isinstance(c, str) else c for c in row] for row in rows]


def test_as_one_by_one(folder, monkeypatch):
    said = {}
    for name, least in (("many", preparing.WORTHWHILE), ("single", 10**9)):
        monkeypatch.setattr(preparing, "WORTHWHILE", least)
        with Store.create(folder / f"{name}.gpkg", crs="EPSG:4546", name=name) as store:
            few, lot = some(3), some()
            for n, insert in enumerate([*few, *lot]):
                insert.values["uid"] = str(uuid.UUID(int=n, version=4))
            store.transact(LABEL, [*few, Delete("sand_pits", 2)])
            store.transact(LABEL, [*lot, Update("sand_pits", 1, {"name": "x"})])
            assert store.check() == []
            path = store.path
        log = file_says(path, "SELECT * FROM change_log ORDER BY fid")
        said[name] = [
            timeless(file_says(path, "SELECT * FROM sand_pits ORDER BY fid")),
            [[json.loads(c) if isinstance(c, str) and c[:1] == "{" else c for c in row] for row in timeless(log)],
            file_says(path, "SELECT * FROM gpkg_ogr_contents ORDER BY 1"),
            file_says(path, "SELECT table_name, min_x, min_y, max_x, max_y FROM gpkg_contents ORDER BY 1"),
            sorted(file_says(path, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")),
        ]
    for one, other in zip(said["many"], said["single"], strict=True):
        assert one == other


def test_the_log_text_is_json_of_the_row():
    columns = {"uid": ["a"], "code": ["\"'\\\u2028\x7f中"], "n": [1], "x": [0.1], "no": [None]}
    (text,) = many._texts(columns)
    assert text == to_text({k: v[0] for k, v in columns.items() if v[0] is not None})


def test_uids_are_version_4_and_differ():
    made = many.new_uids(5000)
    assert len(set(made)) == 5000
    assert made == sorted(made)
    assert {(uuid.UUID(u).version, uuid.UUID(u).variant) for u in made} == {(4, uuid.RFC_4122)}


@pytest.mark.parametrize("where", ["twice in the batch", "in the layer", "in another layer"])
def test_a_taken_code_is_named_and_nothing_is_kept(store, pit, where):
    store.transact(LABEL, [pit(code="A"), pit(1, layer="mine_pits", code="B")])
    codes = {"twice in the batch": ["X", "X"], "in the layer": ["A", "Y"], "in another layer": ["B", "Y"]}[where]
    before = store.path.read_bytes()
    with pytest.raises(Refused) as caught:
        store.transact(LABEL, [*some(), *(c for code in codes for c in some(1, code=code)), *some(N)])
    assert caught.value.key == "field.taken"
    assert caught.value.what.facts["value"] == codes[0]
    assert store.path.read_bytes() == before
    store.transact(LABEL, some())
    assert store.check() == []


def test_rows_without_geometry_too(store):
    store.transact(LABEL, [Insert("samples", {"waste": "W", "code": str(i)}) for i in range(N)])
    store.transact(LABEL, [Insert("samples", {"waste": "W", "code": str(i)}) for i in range(3)])
    assert len(store.rows("samples")) == N + 3
    assert {p.key for p in store.check()} <= {"row.orphan"}
    store.undo()
    store.undo()
    assert store.count("samples") == 0
    assert file_says(store.path, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'samples'") == [(0,)]


@pytest.mark.parametrize("count", [1, 51, 52, 1936, 2300, 6000])
def test_a_packed_tree_is_a_sound_tree(count):
    rng = np.random.default_rng(count)
    corner = rng.uniform(4e5, 4.5e6, (count, 2))
    size = rng.uniform(0, 90, (count, 2))
    boxes = [(i + 10, x, x + w, y, y + h) for i, ((x, y), (w, h)) in enumerate(zip(corner, size, strict=True))]
    con = sqlite3.connect(":memory:")
    con.execute("CREATE VIRTUAL TABLE t USING rtree(id, minx, maxx, miny, maxy)")
    con.execute("INSERT INTO t VALUES (1, 0, 1, 0, 1)")
    assert packing.pack(con, "t", boxes)
    assert con.execute("SELECT rtreecheck('t')").fetchone() == ("ok",)
    assert con.execute("SELECT count(*) FROM t").fetchone() == (count + 1,)
    for fid, x0, x1, y0, y1 in boxes[:: max(1, count // 50)]:  # a 32-bit box that holds the 64-bit one, and barely
        low_x, high_x, low_y, high_y = con.execute(
            "SELECT minx, maxx, miny, maxy FROM t WHERE id = ?", (fid,)
        ).fetchone()
        assert low_x <= x0 <= low_x + 0.5
        assert high_x - 0.5 <= x1 <= high_x
        assert low_y <= y0 <= low_y + 0.5
        assert high_y - 0.5 <= y1 <= high_y
    low, high = 1e6, 2.5e6
    window = (low, high, low, high)
    found = con.execute("SELECT id FROM t WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?", window)
    wanted = {
        b[0] for b in boxes if b[2] >= window[0] and b[1] <= window[1] and b[4] >= window[2] and b[3] <= window[3]
    }
    assert wanted <= {r[0] for r in found}
    con.execute("INSERT INTO t VALUES (2, 5, 6, 5, 6)")  # and SQLite works on with it
    con.execute("DELETE FROM t WHERE id >= 10 AND id % 2")
    assert con.execute("SELECT rtreecheck('t')").fetchone() == ("ok",)
    con.execute("DELETE FROM t")
    assert con.execute("SELECT rtreecheck('t')").fetchone() == ("ok",)
    con.close()


def test_a_tree_with_more_than_comes_is_left_to_sqlite():
    con = sqlite3.connect(":memory:")
    con.execute("CREATE VIRTUAL TABLE t USING rtree(id, minx, maxx, miny, maxy)")
    con.executemany("INSERT INTO t VALUES (?, 0, 1, 0, 1)", [(i,) for i in range(9)])
    assert not packing.pack(con, "t", [(100, 0, 1, 0, 1)])
    assert not packing.pack(con, "t", [(1, 0, 1, 0, 1)] * 20)
    assert con.execute("SELECT count(*) FROM t").fetchone() == (9,)
    con.close()


def test_boxes_are_found_after_a_large_import_and_edits(store, pit):
    store.transact(LABEL, some(5000))
    shape = store.read("sand_pits").geometry
    b = (420_000, 420_000, 440_000, 440_000)
    found = store.read("sand_pits", bbox=b)
    assert set(found.index) == set(shape[shapely.intersects(shape.values, box(*b))].index)
    store.transact(LABEL, [Update("sand_pits", 7, {"geometry": box(1, 1, 2, 2)}), Delete("sand_pits", 8), *some(400)])
    assert list(store.read("sand_pits", bbox=(0, 0, 3, 3)).index) == [7]
    assert store.check() == []
    assert blob.decode(bytes(file_says(store.path, "SELECT geom FROM sand_pits WHERE fid = 7")[0][0])).area == 1
