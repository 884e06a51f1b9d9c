"""Rows brought back to an earlier state, as one step."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from gis.store import Store
from gis.store.tables import TABLES
from models.changes import Delete, Insert, Update
from models.errors import Refused, Unwritable
from models.notices import Notice

OLD = Path(__file__).parents[2] / "data" / "old" / "version-1.gpkg"
BACK = Notice("test.restore", "restore")


def content(store):
    """All rows of our tables but the log, with outlines."""
    found = {}
    with closing(sqlite3.connect(store.path)) as con:
        for key in TABLES:
            if key != "change_log":
                found[key] = con.execute(f'SELECT * FROM "{key}" ORDER BY fid').fetchall()
    return found


@pytest.fixture
def kept(store, folder, label, pit):
    """A project with some rows, and a copy of it as it is now."""
    store.transact(label, [pit(n, name=str(n)) for n in range(6)])
    store.transact(
        label, [Insert("wastes", {"code": "W1", "kind": "other"}), Insert("wastes", {"code": "W2", "kind": "other"})]
    )
    return store.save_copy(folder / "snapshot.gpkg")


def test_rows_added_changed_and_deleted_come_back_as_one_step(store, kept, label, pit):
    then = content(store)
    store.transact(
        label, [pit(10), Delete("sand_pits", 2), Update("sand_pits", 1, {"name": "x", "geometry": box(0, 0, 9, 9)})]
    )
    store.transact(label, [Update("project", 1, {"name": "renamed", "settings": {"a": 1}}), Delete("wastes", 1)])
    now = content(store)
    changed = store.restore(kept, BACK)
    assert changed.label == BACK
    assert changed.revision == 5
    assert content(store) == then
    assert store.check() == []
    assert store.undo_label() == BACK
    store.undo()
    assert content(store) == now
    store.redo()
    assert content(store) == then
    assert store.check() == []


def test_codes_that_changed_hands_do_not_stand_in_each_others_way(store, kept, label):
    swap = [
        Update("sand_pits", 1, {"code": "T"}),
        Update("sand_pits", 2, {"code": "SK-001"}),
        Update("sand_pits", 1, {"code": "SK-002"}),
    ]
    then = content(store)
    for change in swap:
        store.transact(label, [change])
    store.transact(label, [Update("sand_pits", 3, {"code": "SK-900"}), Update("sand_pits", 4, {"code": "SK-003"})])
    store.restore(kept, BACK)
    assert content(store) == then
    store.undo()
    assert store.row("sand_pits", 1)["code"] == "SK-002"
    assert store.check() == []


def test_nothing_changed_makes_no_step(store, kept):
    assert store.restore(kept, BACK).fids == {}
    assert store.revision == 2


def test_another_project_or_crs_is_refused(store, folder, kept, tmp_path, label):
    with Store.create(tmp_path / "other.gpkg", crs="EPSG:4546", name="other") as other:
        pass
    with pytest.raises(Refused) as caught:
        store.restore(other.path, BACK)
    assert caught.value.key == "restore.another"
    with closing(sqlite3.connect(kept)) as con:
        con.execute("UPDATE project SET crs = 'EPSG:4547'")
        con.commit()
    with pytest.raises(Refused) as caught:
        store.restore(kept, BACK)
    assert caught.value.key == "restore.crs"
    assert store.revision == 2


def test_read_only_is_read_only(store, kept):
    store.close()
    with Store.open(store.path, read_only=True) as opened, pytest.raises(Unwritable):
        opened.restore(kept, BACK)


def test_columns_of_other_programs_that_came_later_keep_their_values(store, kept, label):
    store.close()
    with closing(sqlite3.connect(store.path)) as con:
        con.execute("ALTER TABLE wastes ADD COLUMN theirs TEXT")
        con.execute("UPDATE wastes SET theirs = 'kept'")
        con.commit()
    with Store.open(store.path) as opened:
        opened.transact(label, [Update("wastes", 1, {"name": "x"}), Update("wastes", 2, {"code": "W9"})])
        opened.restore(kept, BACK)
        assert [(r["code"], r["name"], r["theirs"]) for r in opened.rows("wastes")] == [
            ("W1", None, "kept"),
            ("W2", None, "kept"),
        ]
        opened.undo()
        assert [r["theirs"] for r in opened.rows("wastes")] == ["kept", "kept"]


_EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(0, 30)),
        st.tuples(st.just("rename"), st.integers(1, 12), st.integers(0, 9)),
        st.tuples(st.just("recode"), st.integers(1, 12), st.sampled_from(["SK-001", "SK-003", "A", "B", "C"])),
        st.tuples(st.just("move"), st.integers(1, 12), st.integers(0, 30)),
        st.tuples(st.just("delete"), st.integers(1, 12)),
        st.tuples(st.just("undo")),
        st.tuples(st.just("redo")),
    ),
    max_size=12,
)


def _edit(store, edit, label):
    kind, *facts = edit
    if kind in {"undo", "redo"}:
        getattr(store, kind)()
        return
    made = {
        "insert": lambda n: Insert("sand_pits", {"geometry": box(n, 0, n + 1, 1)}),
        "rename": lambda fid, n: Update("sand_pits", fid, {"name": str(n)}),
        "recode": lambda fid, code: Update("sand_pits", fid, {"code": code}),
        "move": lambda fid, n: Update("sand_pits", fid, {"geometry": box(n, 5, n + 1, 6)}),
        "delete": lambda fid: Delete("sand_pits", fid),
    }[kind](*facts)
    with suppress(LookupError, ValueError):  # no such row, or the code is taken: nothing happened
        store.transact(label, [made])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_EDITS, then=_EDITS)
def test_any_two_states_of_a_project_are_connected(folder, label, first, then):
    path = folder / "r.gpkg"
    path.unlink(missing_ok=True)
    (folder / "s.gpkg").unlink(missing_ok=True)
    with Store.create(path, crs="EPSG:4546", name="r") as store:
        for edit in first:
            _edit(store, edit, label)
        kept, early = store.save_copy(folder / "s.gpkg"), content(store)
        for edit in then:
            _edit(store, edit, label)
        late = content(store)
        changed = store.restore(kept, BACK)
        assert content(store) == early
        assert store.check() == []
        if changed.fids:
            store.undo()
            assert content(store) == late
            assert store.check() == []


def test_a_snapshot_of_an_older_version_is_restored(folder, label):
    path, snapshot = (shutil.copy(OLD, folder / name) for name in ("work.gpkg", "snapshot.gpkg"))
    with Store.open(path) as opened:
        then = content(opened)
        opened.transact(label, [Delete("sand_pits", 1)])
        opened.restore(snapshot, BACK)
        assert content(opened) == then
