from __future__ import annotations

import sqlite3

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from gis.store import Store, blob
from models.changes import Delete, Insert, Update
from models.errors import AppError, Refused
from models.notices import Notice


def everything(store):
    """All rows of the layer as they lie in the file."""
    with sqlite3.connect(store.path) as con:
        rows = con.execute("SELECT * FROM sand_pits ORDER BY fid").fetchall()
    con.close()
    return rows


def hurry(store):
    """No waiting for the disk: these tests are about what is written, not when."""
    store._connections._writer.execute("PRAGMA synchronous=OFF")


def test_nothing_to_undo_in_a_new_project(store):
    assert store.undo() is None
    assert store.redo() is None
    assert store.undo_label() is None
    assert store.redo_label() is None


def test_undo_and_redo_put_back_exactly_what_was_there(store, pit):
    states = [everything(store)]
    steps = [
        [pit(name="a"), pit(1)],
        [Update("sand_pits", 1, {"name": "b", "geometry": box(0, 0, 1, 1)}), Delete("sand_pits", 2)],
        [pit(2), Update("sand_pits", 1, {"ground_water_m": 3.5})],
        [Delete("sand_pits", 1), Delete("sand_pits", 3)],
    ]
    for n, changes in enumerate(steps):
        store.transact(Notice("n", "step {n}", n=n), changes)
        states.append(everything(store))
    for n in (3, 2, 1, 0):
        assert store.undo_label() == Notice("n", "step {n}", n=n)
        done = store.undo()
        assert done.label.render() == f"undo: step {n}"
        assert everything(store) == states[n]
        assert store.check() == []
    assert store.undo() is None
    for n in range(4):
        assert store.redo_label() == Notice("n", "step {n}", n=n)
        assert store.redo().fids.keys() == {"sand_pits"}
        assert everything(store) == states[n + 1]
    assert store.redo() is None
    assert store.revision == 12
    assert store.check() == []


def test_it_survives_a_restart(store, label, pit):
    store.transact(label, [pit(name="a")])
    before = everything(store)
    store.transact(label, [Update("sand_pits", 1, {"name": "b"})])
    store.close()
    with Store.open(store.path) as again:
        again.undo()
        assert everything(again) == before
        again.close()
    with Store.open(store.path) as again:
        assert again.redo_label() == label
        again.redo()
        assert again.site("SK-001").name == "b"


def test_a_new_change_clears_redo(store, label, pit):
    store.transact(label, [pit()])
    store.transact(label, [pit(1)])
    store.undo()
    store.transact(Notice("new", "new"), [pit(2)])
    assert store.redo_label() is None
    assert store.redo() is None
    store.undo()
    store.undo()
    assert store.count("sand_pits") == 0
    assert store.redo_label() == Notice("test.change", "change {code}", code="SK-001")


def test_an_import_is_one_step(store, label, pit):
    store.transact(label, [pit(n) for n in range(500)])
    before = everything(store)
    assert len(store.undo().fids["sand_pits"]) == 500
    assert store.count("sand_pits") == 0
    store.redo()
    assert everything(store) == before
    assert store.check() == []


def test_two_hundred_steps_back_and_forth(store, label, pit):
    hurry(store)
    store.transact(label, [pit(name="0")])
    for n in range(1, 201):
        store.transact(label, [Update("sand_pits", 1, {"name": str(n)})])
    for _ in range(200):
        store.undo()
    assert store.row("sand_pits", 1)["name"] == "0"
    for _ in range(200):
        store.redo()
    assert store.row("sand_pits", 1)["name"] == "200"
    assert store.redo() is None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE sand_pits SET name = 'QGIS'", "UPDATE sand_pits SET remarks = 'QGIS'", "DELETE FROM sand_pits"],
)
def test_another_programs_edit_is_not_overwritten(store, label, pit, statement):
    store.transact(label, [pit(name="a"), pit(1, name="b")])
    store.transact(label, [Update("sand_pits", 1, {"name": "c"})])
    store.close()
    con = sqlite3.connect(store.path)
    blob.register(con)
    con.execute(statement)
    con.commit()
    con.close()
    with Store.open(store.path) as again:
        before = everything(again)
        if "remarks" in statement:
            again.undo()  # the name's step does not touch the remarks; the insert's would
            before = everything(again)
        with pytest.raises(Refused) as caught:
            again.undo()
        assert caught.value.key == "undo.changed_outside"
        assert everything(again) == before


def test_a_taken_row_number_is_not_overwritten(store, label, pit):
    store.transact(label, [pit()])
    store.transact(label, [Delete("sand_pits", 1)])
    with sqlite3.connect(store.path) as con:
        blob.register(con)
        con.execute("INSERT INTO sand_pits (fid, code) VALUES (1, 'QGIS')")
    con.close()
    with pytest.raises(Refused):
        store.undo()
    assert store.codes("sand_pits") == {"QGIS"}


def test_columns_of_other_programs_come_back_too(store, label, pit):
    store.transact(label, [pit()])
    store.close()
    with sqlite3.connect(store.path) as con:
        blob.register(con)
        con.execute('ALTER TABLE sand_pits ADD COLUMN "照片 ""1""" BLOB')
        con.execute("ALTER TABLE sand_pits ADD COLUMN depth REAL DEFAULT 3")
        con.execute('UPDATE sand_pits SET "照片 ""1""" = ?, depth = 7', (b"\x00\xff",))
    con.close()
    with Store.open(store.path) as again:
        before = everything(again)
        again.transact(label, [Delete("sand_pits", 1)])
        again.undo()
        assert everything(again) == before
        assert again.row("sand_pits", 1)["depth"] == 7
        assert again.read("sand_pits")["depth"].tolist() == [7]
        again.transact(label, [Insert("sand_pits", {"geometry": box(0, 0, 1, 1)})])
        again.undo()
        assert everything(again) == before


def test_a_project_without_journal_history_of_a_table_it_never_had(store, label, pit, monkeypatch):
    store.transact(label, [pit()])
    monkeypatch.setattr("gis.store.steps.Step.finish", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.undo()
    monkeypatch.undo()
    assert store.count("sand_pits") == 1
    assert store.undo() is not None
    assert store.count("sand_pits") == 0


edits = st.lists(
    st.tuples(st.sampled_from(["insert", "update", "move", "delete", "undo", "redo"]), st.integers(0, 5)), max_size=25
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_any_mixture_agrees_with_a_list_of_states(tmp_path_factory, pit, script):
    """A plain list of states, as an undo stack is explained in books, against the change log."""
    path = tmp_path_factory.mktemp("mix") / "a.gpkg"
    with Store.create(path, crs="EPSG:4546", name="a") as store:
        hurry(store)
        states, at = [everything(store)], 0
        for n, (what, which) in enumerate(script):
            if what == "undo":
                at -= store.undo() is not None
            elif what == "redo":
                at += store.redo() is not None
            else:
                revision = store.revision
                try:
                    store.transact(Notice("n", "{n}", n=n), _change(store, what, which, n, pit))
                except AppError:
                    assert everything(store) == states[at]
                    continue
                if store.revision > revision:
                    states, at = [*states[: at + 1], everything(store)], at + 1
            assert everything(store) == states[at]
        assert store.check() == []


def _change(store, what, which, n, pit):
    fids = [r["fid"] for r in store.rows("sand_pits")]
    fid = fids[which % len(fids)] if fids else 99
    if what == "insert":
        return [pit(n), pit(n + 50, name=str(n))]
    if what == "update":
        return [Update("sand_pits", fid, {"name": str(which)})]
    if what == "move":
        return [Update("sand_pits", fid, {"geometry": shapely.affinity.translate(pit().values["geometry"], n, which)})]
    return [Delete("sand_pits", fid)]


def test_a_long_log_is_read_once(store, label, pit):
    """100 000 steps, as a project has after years: the stacks are read at the first look and carried on then."""
    store.transact(label, [pit(name="0")])
    store.transact(label, [Update("sand_pits", 1, {"name": "1"})])
    with sqlite3.connect(store.path) as con:
        rows = [(n, "undo" if n % 10 == 9 else "do", n - 1 if n % 10 == 9 else None) for n in range(3, 100_003)]
        con.executemany(
            "INSERT INTO change_log (step, kind, target, label, table_name, row_fid, op) "
            'VALUES (?, ?, ?, \'{"key": "k", "text": "k", "facts": {}}\', \'wastes\', 1, \'update\')',
            rows,
        )
    con.close()
    with Store.open(store.path) as again:
        assert again.undo_label().key == "k"
        asked = []
        reader = again._connections._local.reader
        reader.set_trace_callback(asked.append)
        assert again.undo_label().key == "k"
        reader.set_trace_callback(None)
        assert any("step > 100002" in sql for sql in asked)
        assert len(again._stacks.done) == 2 + 100_000 - 2 * 10_000
