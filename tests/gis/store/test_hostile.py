"""Files made to mislead, to crash or to hang: each is refused with a clear word, or works; never longer than 5 s."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import shapely
from shapely.geometry import box

from gis.store import Store, estimate_values
from models.changes import Insert, Update
from models.errors import AppError, Unreadable
from tests.gis.store.making import edit_outside, made_estimate

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT.parent / "shared" / "data" / "gpkg_samples"
NASTY = [
    'a"b',
    "a'b; DROP TABLE sand_pits; --",
    "行\n换",
    "\u202egnp.exe",
    "a`b]c[",
    "%s {x} \\",
    "  ",
    "select",
    "e\u0301\U0001f4a3",
    "n" * 900,
]


@pytest.fixture(autouse=True)
def limit():
    """No case may hang: the alarm ends the test."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_):
        raise TimeoutError("longer than the limit")

    old = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, old)


@pytest.fixture
def closed(store, label, pit):
    """A project with some rows, closed."""
    store.transact(label, [pit(n, name=f"坑{n}") for n in range(5)])
    store.transact(label, [Insert("estimates", estimate_values(made_estimate(store.site("SK-001"))))])
    store.close()
    return store.path


def refused(path):
    """The key of the refusal, the same for reading and writing; the file is not touched and nothing lies beside it."""
    before, names = path.read_bytes(), sorted(p.name for p in path.parent.iterdir())
    keys = set()
    for read_only in (True, False):
        with pytest.raises(AppError) as caught:
            Store.open(path, read_only=read_only)
        keys.add(caught.value.key)
        assert caught.value.what.render()
        assert path.read_bytes() == before
        assert sorted(p.name for p in path.parent.iterdir()) == names
    assert len(keys) == 1
    return keys.pop()


# Not whole, or something else


def test_truncated_at_each_512_bytes(closed, folder):
    whole = closed.read_bytes()
    copy = folder / "cut.gpkg"
    for size in range(0, len(whole), 512):
        copy.write_bytes(whole[:size])
        with pytest.raises(Unreadable) as caught:
            Store.open(copy, read_only=True)
        assert caught.value.key in {"project.empty", "project.not_a_project", "project.truncated"}
        assert caught.value.advice.text


@pytest.mark.parametrize(
    "content",
    [
        random.Random(1).randbytes(100_000),
        b"PK\x03\x04" + bytes(5000),
        b"%PDF-1.7\n" + b"x" * 5000,
        b"II*\x00" + bytes(5000),
        b"SQLite format 3\x00" + random.Random(2).randbytes(8176),
        b"SQLite format 3\x00" + bytes(52) + b"GPKG" + random.Random(3).randbytes(8176),
        b"<html>" * 500,
    ],
    ids=["encrypted", "zip", "pdf", "tif", "random pages", "random with our id", "html"],
)
def test_other_files_under_our_name(folder, content):
    path = folder / "a.gpkg"
    path.write_bytes(content)
    assert refused(path).startswith("project.")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("name", sorted(p.name for p in SAMPLES.glob("*.gpkg")) if SAMPLES.is_dir() else [])
def test_geopackages_of_others(folder, name):
    path = folder / name
    shutil.copy(SAMPLES / name, path)
    assert refused(path) in {"project.foreign", "project.not_a_project", "project.damaged"}


def test_a_database_without_our_identifier(closed):
    con = sqlite3.connect(closed)
    con.execute("PRAGMA application_id = 7")
    con.close()
    assert refused(closed) == "project.not_a_project"


# Smuggled in


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP TABLE photos", "CREATE VIEW photos AS SELECT 1 AS fid"],
        ["DROP TABLE photos", "CREATE VIRTUAL TABLE photos USING fts4(uid, layer, row_uid)"],
        ["DROP TABLE photos"],
    ],
)
def test_a_view_or_a_virtual_table_is_no_table(closed, statements):
    edit_outside(closed, *statements)
    with pytest.raises(Unreadable) as caught:
        Store.open(closed, read_only=True)
    assert caught.value.key == "project.table_missing"


def test_a_trigger_that_writes_elsewhere_is_named_and_what_it_does_is_told(closed, label):
    edit_outside(closed, "CREATE TRIGGER spy AFTER UPDATE ON sand_pits BEGIN UPDATE project SET name = 'taken'; "
                 "UPDATE sand_pits SET remarks = 'taken' WHERE fid = 5; END")  # fmt: skip
    with Store.open(closed) as store:
        store.transact(label, [Update("sand_pits", 1, {"name": "x"})])
    with Store.open(closed) as store:  # no damage: a program wrote, and not as we did
        assert store.changed_outside
        assert [(p.key, p.table) for p in store.check()] == [("trigger.foreign", "sand_pits")]
        assert [(d.fid, d.after) for d in store.outside()] == [(5, {"remarks": "taken"})]


def test_a_computed_column_in_place_of_ours_is_named(closed):
    edit_outside(closed, "ALTER TABLE sand_pits DROP COLUMN remarks",
         "ALTER TABLE sand_pits ADD COLUMN remarks TEXT GENERATED ALWAYS AS ('x') VIRTUAL")  # fmt: skip
    with Store.open(closed, read_only=True) as store:
        assert ("column.generated", "sand_pits") in {(p.key, p.table) for p in store.check()}


def test_views_of_others_stay_and_are_named(closed):
    edit_outside(closed, "CREATE VIEW big AS SELECT * FROM sand_pits WHERE fid > 2")
    with Store.open(closed) as store:
        assert [p.key for p in store.check()] == ["view.foreign"]


# Names


def test_hostile_names_of_tables_columns_and_layers(closed, label, pit):
    quoted = ['"' + n.replace('"', '""') + '"' for n in NASTY]
    edit_outside(
        closed,
        *(f"CREATE TABLE {q} ({q} TEXT)" for q in quoted),
        *(f"INSERT INTO {q} VALUES ('kept')" for q in quoted),
        *(f"ALTER TABLE sand_pits ADD COLUMN {q} TEXT DEFAULT 'own'" for q in quoted),
        *(("INSERT INTO gpkg_contents (table_name, data_type) VALUES (?, 'attributes')", (n,)) for n in NASTY),
        ("UPDATE sand_pits SET name = ?, code = ? WHERE fid = 1", (NASTY[1], NASTY[0])),
    )
    with Store.open(closed) as store:
        assert set(store.foreign().tables) == set(NASTY)
        assert {c.removeprefix("sand_pits.") for c in store.foreign().columns} == set(NASTY)
        found = store.check()
        assert {p.table for p in found if p.key == "table.foreign"} == set(NASTY)
        assert all(p.message.render() for p in found)
        store.adopt(label)
        store.transact(label, [pit(9), Update("sand_pits", 2, {"name": "x"})])
        store.undo()
        assert all(store.row("sand_pits", 1)[n] == "own" for n in NASTY)
        assert store.rows("sand_pits")[0]["name"] == NASTY[1]
        assert len(store.read("sand_pits")) == 5


def test_a_thousand_columns_of_another_program(closed, label, pit):
    edit_outside(closed, *(f'ALTER TABLE sand_pits ADD COLUMN "c{n}" REAL' for n in range(1000)))
    with Store.open(closed) as store:
        store.transact(label, [pit(9), Update("sand_pits", 1, {"name": "x"})])
        store.undo()
        assert len(store.row("sand_pits", 1)) > 1000
        assert store.check() == []


def test_many_foreign_tables(closed):
    edit_outside(closed, *(f'CREATE TABLE "t{n}" (x)' for n in range(1500)))
    with Store.open(closed, read_only=True) as store:
        assert len(store.foreign().tables) == 1500


# Values


def far(value):
    ring = struct.pack("<II", 1, 5) + struct.pack("<10d", *[value] * 10)
    multi = b"\x01" + struct.pack("<II", 6, 1) + b"\x01" + struct.pack("<I", 3) + ring
    return struct.pack("<2sBBi", b"GP", 0, 1, 4546) + multi


@pytest.mark.parametrize("value", [1e308, -1e308, float("nan"), float("inf"), 5e-324])
def test_coordinates_that_are_no_place(closed, label, value):
    edit_outside(closed, ("UPDATE sand_pits SET geom = ? WHERE fid = 2", (far(value),)))
    with Store.open(closed) as store:
        assert ("geometry.bad", 2) in {(p.key, p.fid) for p in store.check()}
        for use in (store.sites, lambda: store.read("sand_pits"), lambda: store.table("sand_pits")):
            if value != value:  # a ring of which no point equals any is no ring
                with pytest.raises(Unreadable, match="row 2"):
                    use()
            else:
                assert len(use()) == 5
        store.transact(label, [Update("sand_pits", 2, {"geometry": box(500_000, 4_500_000, 500_009, 4_500_009)})])
        store.undo()
        store.adopt(label)
        store.undo()


_ABSURD = """
import struct, sys
from pathlib import Path
from gis.store import Store
from models.errors import AppError
with Store.open(Path(sys.argv[1]), read_only=True) as store:
    found = [(p.key, p.fid) for p in store.check()]
    assert ("geometry.bad", 2) in found or ("geometry.bad", None) in found, found
    try:
        store.sites()
    except AppError as error:
        assert error.key == "geometry.damaged", error.key
    print("done", [n.key for n in store.remarks])
"""


@pytest.mark.parametrize(
    "body",
    [
        b"\x01" + struct.pack("<II", 6, 2**32 - 1),
        b"\x01" + struct.pack("<II", 3, 2**31) + struct.pack("<I", 2**31),
        b"\x01" + struct.pack("<III", 3, 1, 2**32 - 1),
        (b"\x01" + struct.pack("<II", 7, 1)) * 20_000 + b"\x01" + struct.pack("<I2d", 1, 0, 0),
        b"\x01" + struct.pack("<I", 4_000_000_000),
        b"",
        b"\x02\x03",
    ],
    ids=["parts", "rings", "points", "nested", "kind", "nothing", "order"],
)
@pytest.mark.parametrize("head", [1, 0x0F, 0xFF])
def test_geometries_with_absurd_counts_end_in_a_word(closed, body, head):
    made = struct.pack("<2sBBi", b"GP", 0, head, 4546) + body
    edit_outside(closed, f"DROP TRIGGER {TREE}_update1", ("UPDATE sand_pits SET geom = ? WHERE fid = 2", (made,)))
    done = subprocess.run(
        [sys.executable, "-c", _ABSURD, closed], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-800:]
    assert done.stdout.startswith("done")


TREE = "rtree_sand_pits_geom"


@pytest.mark.parametrize(
    "record",
    [
        "[" * 100_000 + "]" * 100_000,
        "[" * 1500 + "]" * 1500,
        '{"a":' * 900 + "1" + "}" * 900,
        "1" * 100_000,
        '"' + "x" * 5_000_000 + '"',
    ],
    ids=["deep", "between the limits", "nested", "digits", "long"],
)  # fmt: skip
def test_documents_made_to_burst(closed, record):
    edit_outside(
        closed, ("UPDATE estimates SET record = ?", (record,)), ("UPDATE project SET settings = ?", ("[" * 50_000,))
    )
    with pytest.raises(AppError):
        Store.open(closed, read_only=True)
    edit_outside(closed, "UPDATE project SET settings = NULL")
    with Store.open(closed, read_only=True) as store:
        assert ("row.damaged", "estimates", 1) in {(p.key, p.table, p.fid) for p in store.check()}
        with pytest.raises(Unreadable):
            store.estimates()


def test_texts_that_are_no_utf8(closed):
    edit_outside(closed, "UPDATE sand_pits SET name = CAST(x'ff00fe41' AS TEXT) WHERE fid = 2")
    with Store.open(closed, read_only=True) as store, pytest.raises(AppError):
        store.sites()


def test_numbers_and_blobs_where_texts_are_declared(closed, label):
    edit_outside(closed, "UPDATE sand_pits SET name = 7, remarks = x'00ff', surveyed_on = 3.5 WHERE fid = 2",
         "UPDATE sand_pits SET geom = 'no geometry' WHERE fid = 3")  # fmt: skip
    with Store.open(closed) as store:
        assert store.check()
        assert store.adopt(label) is not None
        store.undo()
        assert shapely.get_num_geometries(store.read("sand_pits", codes=["SK-003"]).geometry.iloc[0]) == 1
