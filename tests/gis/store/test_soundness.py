"""The look at open: whole files in small, a sample in large; nothing is ever changed by opening read-only."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from gis.store import Store, blob, soundness
from gis.store.pages import TABLE_LEAF, Pages
from models.errors import Unreadable
from tests.gis.store.making import edit_outside


@pytest.fixture
def closed(store, label, pit):
    store.transact(label, [pit(n, name="坑" * 50) for n in range(400)])
    store.close()
    return store.path


@pytest.fixture
def large(closed, monkeypatch):
    """The same project looked at as a large one is."""
    monkeypatch.setattr(soundness, "WHOLE_BYTES", 0)
    return closed


def state(path):
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in path.parent.iterdir()}


def test_a_large_project_opens_by_a_sample(large):
    with Store.open(large, read_only=True) as store:
        assert store.remarks == ()
        assert not store.changed_outside
        assert store.count("sand_pits") == 400


def test_a_page_of_a_large_project_that_is_gone_is_seen(large):
    whole = large.read_bytes()
    pages = Pages(lambda at, n: whole[at : at + n], len(whole))
    seen = 0
    for number in range(2, pages.count + 1):
        if pages.kind(number) is None:
            continue  # overflow and free pages are the check's business
        large.write_bytes(whole[: (number - 1) * 4096] + bytes(4096) + whole[number * 4096 :])
        with pytest.raises(Unreadable) as caught:
            Store.open(large, read_only=True)
        assert caught.value.key in {"project.damaged", "project.foreign"}
        seen += pages.kind(number) == TABLE_LEAF
    assert seen > 50


def test_the_sample_looks_at_few_pages_of_many(large, monkeypatch):
    monkeypatch.setattr(soundness, "_LEAVES", 10)
    read = []
    page = Pages.page
    monkeypatch.setattr(Pages, "page", lambda self, n: (read.append(n), page(self, n))[1])
    Store.open(large, read_only=True).close()
    assert len(read) < large.stat().st_size / 4096 / 2


@pytest.mark.parametrize("small", [True, False])
def test_what_can_be_repaired_is_said_and_not_refused(closed, monkeypatch, small):
    monkeypatch.setattr(soundness, "WHOLE_BYTES", 10**9 if small else 0)
    edit_outside(closed, "DELETE FROM rtree_sand_pits_geom WHERE id = 7")
    with Store.open(closed, read_only=True) as store:
        assert [n.key for n in store.remarks] == ["rtree.out_of_step"]
    edit_outside(closed, "UPDATE sand_pits SET geom = substr(geom, 1, 60) WHERE fid = 1")
    with Store.open(closed, read_only=True) as store:
        assert {n.key for n in store.remarks} == {"geometry.damaged", "rtree.out_of_step"}


def test_rows_without_outline_are_no_fault_of_the_index(large):
    edit_outside(large, "UPDATE sand_pits SET geom = NULL WHERE fid = 1")
    with Store.open(large, read_only=True) as store:
        assert store.remarks == ()


# Opened read-only, nothing changes: no byte, no time, no file beside


def test_a_wal_full_of_changes_is_read_and_left(closed, folder):
    writer = sqlite3.connect(closed)
    blob.register(writer)
    writer.execute("PRAGMA journal_mode=wal")
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("UPDATE sand_pits SET name = 'in the WAL' WHERE fid = 2")
    writer.commit()
    left = folder / "left"
    left.mkdir()
    for suffix in ("", "-wal"):  # as QGIS leaves it when it dies
        (left / f"a.gpkg{suffix}").write_bytes(Path(f"{closed}{suffix}").read_bytes())
    writer.close()
    before = state(left / "a.gpkg")
    with Store.open(left / "a.gpkg", read_only=True) as store:
        assert store.row("sand_pits", 2)["name"] == "in the WAL"
        assert store.path == left / "a.gpkg"
        assert store.changed_outside
        assert [(d.fid, d.after) for d in store.outside()] == [(2, {"name": "in the WAL"})]
        assert state(left / "a.gpkg") == before
    assert state(left / "a.gpkg") == before
    with Store.open(left / "a.gpkg") as store:
        assert store.row("sand_pits", 2)["name"] == "in the WAL"
    assert sorted(p.name for p in left.iterdir()) == ["a.gpkg"]


def test_a_damaged_file_with_a_wal_is_named_by_its_own_place(closed):
    edit_outside(closed, "PRAGMA journal_mode=wal")
    closed.with_name(closed.name + "-wal").write_bytes(b"no WAL at all")
    whole = closed.read_bytes()
    closed.write_bytes(whole[:4096] + bytes(4096 * 20) + whole[4096 * 21 :])
    with pytest.raises(Unreadable) as caught:
        Store.open(closed, read_only=True)
    assert str(closed) in caught.value.where


def test_a_hot_journal_is_not_played_back(closed, folder):
    con = sqlite3.connect(closed, isolation_level=None)
    con.execute("PRAGMA cache_size=1")
    con.execute("BEGIN")
    con.execute("UPDATE change_log SET label = label || hex(randomblob(2000))")
    left = folder / "left"
    left.mkdir()
    for suffix in ("", "-journal"):
        (left / f"a.gpkg{suffix}").write_bytes(Path(f"{closed}{suffix}").read_bytes())
    con.execute("ROLLBACK")
    con.close()
    before = state(left / "a.gpkg")
    with pytest.raises(Unreadable) as caught:
        Store.open(left / "a.gpkg", read_only=True)
    assert caught.value.key == "project.unfinished"
    assert state(left / "a.gpkg") == before


@pytest.mark.parametrize("wal", [False, True])
def test_a_folder_that_cannot_be_written(closed, wal):
    if wal:
        edit_outside(closed, "PRAGMA journal_mode=wal")
    before = state(closed)
    closed.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    closed.chmod(stat.S_IRUSR)
    try:
        with Store.open(closed, read_only=True) as store:
            assert store.count("sand_pits") == 400
            assert store.check() == []
    finally:
        closed.parent.chmod(stat.S_IRWXU)
        closed.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert state(closed) == before
    assert [p.name for p in closed.parent.iterdir()] == [closed.name]
