"""A copy elsewhere, when the project itself can no longer be written."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from gis.store import Store, soundness
from models.changes import Update
from models.errors import Missing, Refused, Unreadable, Unwritable
from models.notices import Notice

_TAKES = """
import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
"""


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_copy_is_the_project_with_its_history(store, folder, label, pit):
    store.transact(label, [pit(n) for n in range(5)])
    store.transact(label, [Update("sand_pits", 1, {"name": "x"})])
    made = store.save_copy(folder / "副本.gpkg")
    with Store.open(made) as copy:
        assert copy.check() == []
        assert (copy.revision, copy.undo_label()) == (2, label)
        assert copy.rows("sand_pits") == store.rows("sand_pits")
        copy.undo()
    assert store.row("sand_pits", 1)["name"] == "x"
    assert names(folder) == sorted([made.name, store.path.name])


def test_pending_edits_are_in_the_copy_and_not_in_the_file(store, folder, label, pit):
    store.transact(label, [pit()])
    pending = [Update("sand_pits", 1, {"name": "held back"}), pit(1)]
    made = store.save_copy(folder / "b.gpkg", pending=pending, label=Notice("t", "moved {code}", code="SK-001"))
    with Store.open(made, read_only=True) as copy:
        assert [r["name"] for r in copy.rows("sand_pits")] == ["held back", None]
        assert copy.undo_label() == Notice("t", "moved {code}", code="SK-001")
        assert copy.check() == []
    assert store.count("sand_pits") == 1


def test_what_does_not_fit_leaves_no_copy(store, folder, label):
    with pytest.raises(Missing):
        store.save_copy(folder / "b.gpkg", pending=[Update("sand_pits", 99, {"name": "x"})])
    (folder / "taken.gpkg").write_bytes(b"mine")
    with pytest.raises(Refused) as caught:
        store.save_copy(folder / "taken.gpkg")
    assert caught.value.key == "project.exists"
    with pytest.raises(Refused):
        store.save_copy(store.path)
    with pytest.raises(Missing):
        store.save_copy(folder / "none" / "b.gpkg")
    assert (folder / "taken.gpkg").read_bytes() == b"mine"
    assert names(folder) == sorted(["taken.gpkg", store.path.name])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("step", ["fsync", "link"])
def test_a_disk_that_fails_leaves_no_copy(store, folder, monkeypatch, number, step):
    def fails(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fails)
    monkeypatch.setattr("pathlib.Path.rename", fails)
    with pytest.raises(Unwritable) as caught:
        store.save_copy(folder / "b.gpkg")
    assert caught.value.advice.render()
    assert names(folder) == [store.path.name]


def test_from_a_project_opened_read_only(store, folder, label, pit):
    store.transact(label, [pit()])
    store.close()
    with Store.open(store.path, read_only=True) as opened:
        made = opened.save_copy(folder / "b.gpkg", pending=[pit(1)])
    with Store.open(made, read_only=True) as copy:
        assert copy.count("sand_pits") == 2


def test_while_other_threads_read_and_write(store, folder, label, pit):
    store.transact(label, [pit(n) for n in range(200)])
    stop = threading.Event()

    def work():
        n = 200
        while not stop.is_set():
            store.transact(label, [pit(n), pit(n + 1)])
            n += 2

    thread = threading.Thread(target=work)
    thread.start()
    try:
        made = [store.save_copy(folder / f"copy{i}.gpkg") for i in range(3)]
    finally:
        stop.set()
        thread.join()
    for path in made:
        with Store.open(path, read_only=True) as copy:
            assert copy.check() == []
            assert copy.count("sand_pits") % 2 == 0


# The file itself is gone or cannot be written


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file go")
@pytest.mark.parametrize("how", ["folder renamed", "file renamed", "file unlinked", "file replaced"])
def test_a_file_that_went_away_takes_no_edit_and_can_be_saved_elsewhere(store, folder, tmp_path, label, pit, how):
    store.transact(label, [pit()])
    if how == "folder renamed":
        folder.rename(tmp_path / "away")
    elif how == "file renamed":
        store.path.rename(folder / "other.gpkg")
    elif how == "file unlinked":
        store.path.unlink()
    else:
        copy = shutil.copy(store.path, folder / "other.gpkg")
        Path(copy).replace(store.path)
    for write in (lambda: store.transact(label, [pit(1)]), store.undo):
        with pytest.raises(Unwritable) as caught:
            write()
        assert caught.value.key == "project.moved"
    made = store.save_copy(tmp_path / "rescued.gpkg", pending=[pit(1)])
    with Store.open(made, read_only=True) as opened:
        assert opened.count("sand_pits") == 2
        assert opened.check() == []
    store.close()
    if how == "folder renamed":
        assert names(tmp_path / "away") == [store.path.name]


def test_a_drive_that_comes_back_is_worked_on_again(store, folder, tmp_path, label, pit):
    if sys.platform == "win32":
        pytest.skip("Windows does not let an open file go")
    folder.rename(tmp_path / "away")
    with pytest.raises(Unwritable):
        store.transact(label, [pit()])
    (tmp_path / "away").rename(folder)
    store.transact(label, [pit()])
    assert store.check() == []


def test_a_refused_commit_leaves_the_store_usable(store, folder, label, pit):
    store.transact(label, [pit()])
    with store._connections.writing() as con:
        pages = con.execute("PRAGMA page_count").fetchone()[0]
    store._connections._writer.execute(f"PRAGMA max_page_count={pages}")
    many = [pit(n) for n in range(1, 2000)]
    with pytest.raises(Unwritable) as caught:
        store.transact(label, many)
    assert caught.value.key == "project.disk_full"
    assert store.count("sand_pits") == 1
    assert names(folder) == [store.path.name]
    made = store.save_copy(folder / "b.gpkg", pending=many, label=label)
    store._connections._writer.execute("PRAGMA max_page_count=1073741823")
    store.transact(label, many)
    with Store.open(made, read_only=True) as copy:
        assert copy.codes("sand_pits") == store.codes("sand_pits")


def test_a_damaged_project_is_not_copied_as_if_sound(store, folder, label, pit, monkeypatch):
    store.transact(label, [pit(n) for n in range(600)])
    store.close()
    with closing(sqlite3.connect(store.path)) as con:
        root = con.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sand_pits'").fetchone()[0]
    with store.path.open("rb+") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)
    # As if it broke only after it was opened.
    monkeypatch.setattr(soundness, "check_pages", lambda con, path: None)
    monkeypatch.setattr(soundness, "look", lambda con, path: soundness.FirstLook(False, ()))
    with Store.open(store.path) as opened, pytest.raises(Unreadable) as caught:
        opened.save_copy(folder / "b.gpkg")
    assert caught.value.key == "project.damaged"
    assert names(folder) == [store.path.name]


def test_a_second_open_in_this_process_does_not_take_our_locks_away(store, label, pit):
    with store._connections.writing() as con:
        con.execute("UPDATE project SET name = name")
        with Store.open(store.path, read_only=True) as other:
            other.count("sand_pits")
        child = subprocess.run(
            [sys.executable, "-c", _TAKES, str(store.path)], capture_output=True, text=True, check=False
        )  # fmt: skip
    assert "database is locked" in child.stderr
