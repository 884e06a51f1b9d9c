"""The mark tells whether we wrote last, the seal whether the log is still what we wrote."""

from __future__ import annotations

import shutil
import sqlite3
import sys

import pytest

from gis.store import Store, localcopy, mark, preparing, raw, repairing, snapshots
from gis.store.connection import connect
from models.changes import Insert, Update
from models.errors import Unreadable
from models.notices import Notice


def read(path):
    con = sqlite3.connect(path)
    found = mark.read(con)
    con.close()
    return found


def counter(path):
    return int.from_bytes(path.read_bytes()[24:28], "big")


def test_each_step_marks_its_own_commit(store, label, pit):
    assert read(store.path) is None  # a new project has no step yet
    seals = set()
    for change in (pit(), pit(1), Update("sand_pits", 1, {"name": "x"})):
        store.transact(label, [change])
        made = read(store.path)
        assert (made.counter, made.start, made.step) == (counter(store.path), 0, store.revision)
        seals.add(made.seal)
    store.undo()
    assert read(store.path).counter == counter(store.path)
    assert len(seals | {read(store.path).seal}) == 4
    with store._connections.reading() as con:
        assert mark.seal_holds(con, mark.read(con))


def test_many_rows_at_once_are_sealed_too(store, label, pit):
    store.transact(
        label, [pit(n) for n in range(preparing.WORTHWHILE + 1)] + [Insert("wastes", {"code": "W", "kind": "other"})]
    )
    store.transact(label, [pit(999)])
    with store._connections.reading() as con:
        assert mark.seal_holds(con, mark.read(con))
    store.close()
    with sqlite3.connect(store.path) as con:
        con.execute("UPDATE change_log SET after = replace(after, ':', ': ') WHERE fid = 100")
        assert not mark.seal_holds(con, mark.read(con))
    con.close()


def test_two_programs_in_turn_keep_the_mark(store, label, pit):
    with Store.open(store.path) as other:
        for n in range(4):
            (store, other)[n % 2].transact(label, [pit(n)])
    assert read(store.path).counter == counter(store.path)
    with Store.open(store.path, read_only=True) as again:
        assert not again.changed_outside


@pytest.mark.parametrize(
    "statement",
    ["UPDATE change_log SET label = '{}' WHERE fid = 2", "DELETE FROM change_log WHERE fid = 1",
     "UPDATE change_log SET before_geom = x'00' WHERE fid = 1", "UPDATE change_log SET step = 9 WHERE fid = 2",
     "UPDATE change_log SET user = NULL WHERE fid = 1"],
)  # fmt: skip
def test_any_other_log_breaks_the_seal(store, label, pit, statement):
    store.transact(label, [pit(), pit(1)])
    store.transact(label, [pit(2)])
    store.close()
    con = sqlite3.connect(store.path)
    con.execute(statement)
    con.commit()
    con.close()
    with Store.open(store.path, read_only=True) as opened:  # another program wrote: told, not refused
        assert opened.changed_outside
        assert "log.changed" in {p.key for p in opened.check()}


def test_a_byte_that_changed_without_a_commit_is_damage(store, label, pit):
    store.transact(label, [pit(name="here it stands"), Insert("wastes", {"code": "W", "kind": "fly_ash"})])
    store.close()
    whole = store.path.read_bytes()
    at = whole.index(b"here it stands")
    for place in (at, whole.index(b"here it stands", at + 1)):  # in the row, in the log
        store.path.write_bytes(whole[:place] + b"H" + whole[place + 1 :])
        for read_only in (True, False):
            with pytest.raises(Unreadable) as caught:
                Store.open(store.path, read_only=read_only)
            assert caught.value.key == "project.damaged"
    name = whole.index("九原区 一期".encode())
    store.path.write_bytes(whole[:name] + b"\xe5" + whole[name + 1 :])
    with pytest.raises(Unreadable):
        Store.open(store.path)
    store.path.write_bytes(whole)
    Store.open(store.path).close()


def test_a_project_of_a_program_without_marks_gets_one_with_its_next_step(store, label, pit):
    store.transact(label, [pit()])
    store.close()
    con = sqlite3.connect(store.path)
    con.execute(f"DROP TABLE {mark.TABLE}")
    con.commit()
    con.close()
    with Store.open(store.path) as opened:
        assert opened.changed_outside  # nobody can say
        assert opened.outside() == []
        opened.transact(label, [pit(1)])
        opened.transact(label, [pit(2)])
    with Store.open(store.path, read_only=True) as opened:
        assert not opened.changed_outside
        assert opened.check() == []
    assert (read(store.path).start, read(store.path).step) == (1, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_looking_at_the_bytes_does_not_drop_the_locks_of_sqlite(store, label, pit):
    """POSIX gives up all locks of a process on a file when any descriptor of it is closed."""
    store.transact(label, [pit()])
    probe = "import sqlite3,sys\ncon=sqlite3.connect(sys.argv[1],timeout=0)\ntry:\n con.execute('BEGIN IMMEDIATE');print('free')\nexcept sqlite3.OperationalError:\n print('held')"  # noqa: E501
    import subprocess

    def other():
        return subprocess.run(
            [sys.executable, "-c", probe, store.path], capture_output=True, text=True, check=True
        ).stdout

    with store._connections.writing() as con:
        con.execute("UPDATE project SET name = 'x'")
        with raw.raw_file(store.path) as file:
            assert file.counter() is not None
        Store.open(store.path, read_only=True).close()
        assert other() == "held\n"
    assert other() == "free\n"


def test_descriptors_end_with_their_users(store, label, pit):
    store.transact(label, [pit()])
    Store.open(store.path, read_only=True).close()
    assert len(raw._registry) == 1
    store.close()
    assert raw._registry == {}


def test_a_copied_project_keeps_its_mark(store, folder, label, pit):
    store.transact(label, [pit()])
    store.close()
    shutil.copy(store.path, folder / "copy.gpkg")
    with Store.open(folder / "copy.gpkg", read_only=True) as copy:
        assert not copy.changed_outside
    con = sqlite3.connect(store.path)
    con.execute("VACUUM")
    con.close()
    with Store.open(store.path, read_only=True) as opened:
        assert opened.changed_outside
        assert opened.outside() == []


def _restored(store, folder):
    snapshot = snapshots.take(folder / "snapshots", store.path, Notice("x", "asked for"))
    shutil.copy(snapshot.path, folder / "made.gpkg")


def _kept_before_repair(store, folder):
    repairing.copy_of(store.path, folder / "made.gpkg")


def _written_back(store, folder):
    copy = localcopy.take(folder / "copies", store.path, "1")
    shutil.copy(copy.path, folder / "made.gpkg")


def _saved(store, folder):
    with Store.open(store.path) as again:
        again.save_copy(folder / "made.gpkg")


COPIES = [_restored, _kept_before_repair, _written_back, _saved]


@pytest.mark.parametrize("make", COPIES)
@pytest.mark.parametrize("commits", [1, 2, 3, 4])
def test_a_copy_that_another_program_wrote_to_is_not_damaged(store, folder, label, pit, make, commits):
    """SQLite's backup begins to count at 1: some commits later the number in the mark comes round."""
    for n in range(3):
        store.transact(label, [pit(n)])
    store.close()
    make(store, folder)
    made = folder / "made.gpkg"
    assert read(made).counter == counter(made)
    for n in range(commits):
        con = sqlite3.connect(made)
        con.execute("UPDATE project SET name = ?", (f"name {n}",))
        con.commit()
        con.close()
        with Store.open(made, read_only=True) as opened:
            assert opened.changed_outside
    with Store.open(made) as opened:
        assert opened.rows("project")[0]["name"] == f"name {commits - 1}"


@pytest.mark.parametrize("make", COPIES)
def test_damage_of_a_copy_is_not_taken_for_the_work_of_another_program(store, folder, label, pit, make):
    store.transact(label, [pit()])
    store.transact(label, [Update("sand_pits", 1, {"name": "unmistakable"})])
    store.close()
    make(store, folder)
    made = folder / "made.gpkg"
    made.write_bytes(made.read_bytes().replace(b"unmistakable", b"unmistakeble", 1))
    with pytest.raises(Unreadable, match="damaged"):
        Store.open(made)


def test_a_copy_of_a_project_that_another_program_wrote_to_says_so_too(store, folder, label, pit):
    store.transact(label, [pit()])
    store.close()
    con = connect(store.path, "rw")
    con.execute("UPDATE sand_pits SET name = 'theirs'")
    con.execute("PRAGMA journal_mode=WAL")
    con.close()
    repairing.copy_of(store.path, folder / "made.gpkg")
    with Store.open(folder / "made.gpkg", read_only=True) as opened:
        assert opened.changed_outside
        assert [d.name for d in opened.outside()] == [opened.rows("sand_pits")[0]["code"]]
