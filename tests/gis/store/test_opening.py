from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
import time

import pytest

from gis.store import Store, creating
from gis.store.schema import SCHEMA_VERSION
from models.errors import AppError, Missing, Refused, Unreadable, Unwritable


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def edit(path, *statements):
    with sqlite3.connect(path) as con:
        for statement in statements:
            con.execute(statement)
    con.close()


# Create


def test_a_new_project_says_what_it_is(store):
    facts = store.project()
    assert (facts["name"], facts["crs"], facts["schema_version"]) == ("九原区 一期", "EPSG:4546", SCHEMA_VERSION)
    assert facts["settings"] == {}
    assert (store.crs, store.revision, store.read_only) == ("EPSG:4546", 0, False)
    assert store.sites() == []
    assert store.check() == []


def test_it_is_a_geopackage_1_3_and_nothing_lies_beside_it(store):
    with sqlite3.connect(store.path) as con:
        assert con.execute("PRAGMA application_id").fetchone()[0] == 0x47504B47
        assert con.execute("PRAGMA user_version").fetchone()[0] == 10300
        assert con.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        rows = con.execute("SELECT srs_id, organization FROM gpkg_spatial_ref_sys ORDER BY 1").fetchall()
    con.close()
    assert rows == [(-1, "NONE"), (0, "NONE"), (4326, "EPSG"), (4546, "EPSG")]
    assert names(store.path.parent) == ["九原区 一期.gpkg"]


def test_settings_and_version_are_kept(folder):
    with Store.create(
        folder / "a.gpkg", crs="EPSG:32650", name="", settings={"made_up": True}, program_version="9.1"
    ) as s:
        assert s.project()["settings"] == {"made_up": True}
        assert s.project()["program_version"] == "9.1"
        assert s.project()["name"] == ""


@pytest.mark.parametrize(
    ("crs", "key"),
    [
        ("EPSG:3857", "crs.web_mercator"),
        ("EPSG:3785", "crs.web_mercator"),  # the same on a sphere, withdrawn
        ("ESRI:102100", "crs.web_mercator"),
        ("EPSG:4326", "crs.not_projected"),
        ("EPSG:4490", "crs.not_projected"),
        ("EPSG:4978", "crs.not_projected"),
        ("EPSG:2249", "crs.not_metres"),  # Massachusetts, US feet
        ("EPSG:9518", "crs.not_projected"),  # compound
        ("EPSG:999999", "crs.unknown"),
        ("", "crs.unknown"),
        ("nonsense", "crs.unknown"),
        ("+proj=tmerc +lon_0=110.123 +ellps=GRS80", "crs.no_code"),
    ],
)
def test_unfit_coordinate_systems_are_refused_and_leave_nothing(folder, crs, key):
    with pytest.raises(Refused) as caught:
        Store.create(folder / "a.gpkg", crs=crs, name="a")
    assert caught.value.key == key
    assert names(folder) == []


def test_an_existing_file_is_never_touched(folder):
    path = folder / "a.gpkg"
    path.write_bytes(b"mine")
    with pytest.raises(Refused) as caught:
        Store.create(path, crs="EPSG:4546", name="a")
    assert caught.value.key == "project.exists"
    assert path.read_bytes() == b"mine"
    assert names(folder) == ["a.gpkg"]


def test_a_file_that_appears_while_we_write_is_not_overwritten(folder, monkeypatch):
    path = folder / "a.gpkg"
    monkeypatch.setattr(creating, "check_place", lambda p: p.write_bytes(b"mine"))
    with pytest.raises(Refused):
        Store.create(path, crs="EPSG:4546", name="a")
    assert path.read_bytes() == b"mine"
    assert names(folder) == ["a.gpkg"]


def test_a_disk_without_hard_links_is_served(folder, monkeypatch):
    def no_links(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    with Store.create(folder / "a.gpkg", crs="EPSG:4546", name="a") as made:
        assert made.revision == 0
    assert names(folder) == ["a.gpkg"]


def test_other_places_that_cannot_be(folder, monkeypatch):
    with pytest.raises(Missing):
        Store.create(folder / "none" / "a.gpkg", crs="EPSG:4546", name="a")
    with pytest.raises(Refused, match=r"a\.sqlite\.gpkg"):
        Store.create(folder / "a.sqlite", crs="EPSG:4546", name="a")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(Unwritable) as caught:
        Store.create(folder / "a.gpkg", crs="EPSG:4546", name="a")
    assert caught.value.key == "project.folder_not_writable"


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_failing_disk_leaves_nothing(folder, monkeypatch, step):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", fails)
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else ("pathlib.Path.rename",)), fails)
    with pytest.raises(Unwritable):
        Store.create(folder / "a.gpkg", crs="EPSG:4546", name="a")
    assert names(folder) == []


# Open


def test_opening_is_fast(store):
    store.close()
    best = min(_seconds(store.path) for _ in range(3))
    assert best < 0.2


def _seconds(path):
    start = time.perf_counter()
    Store.open(path).close()
    return time.perf_counter() - start


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "project.empty"),
        (b"SQLite", "project.not_a_project"),
        (b"PK\x03\x04" + b"x" * 5000, "project.not_a_project"),
        (b"SQLite format 3\x00" + b"\xff" * 4080, "project.not_a_project"),
    ],
)
def test_files_that_are_no_project(folder, content, key):
    path = folder / "a.gpkg"
    path.write_bytes(content)
    for read_only in (False, True):
        with pytest.raises(Unreadable) as caught:
            Store.open(path, read_only=read_only)
        assert caught.value.key == key
    assert path.read_bytes() == content


def test_absent_files_and_folders(folder):
    with pytest.raises(Missing):
        Store.open(folder / "none.gpkg")
    with pytest.raises(Unreadable):
        Store.open(folder)
    assert names(folder) == []


def test_a_truncated_file_is_named_as_such(store, label, pit):
    store.transact(label, [pit(n) for n in range(300)])
    store.close()
    whole = store.path.read_bytes()
    for share in (0.1, 0.5, 0.999):
        store.path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(Unreadable) as caught:
            Store.open(store.path)
        assert caught.value.key == "project.truncated"


def test_a_geopackage_of_somebody_else(folder):
    path = folder / "qgis.gpkg"
    edit(path, "PRAGMA application_id=1196444487", "CREATE TABLE gpkg_contents (table_name TEXT)")
    with pytest.raises(Unreadable) as caught:
        Store.open(path)
    assert caught.value.key == "project.foreign"


def test_a_project_of_a_newer_program_is_read_but_not_written(store, label, pit):
    store.transact(label, [pit()])
    store.close()
    edit(
        store.path, "UPDATE project SET schema_version = 99, program_version = '7.0'", "CREATE TABLE of_the_future (x)"
    )
    before = store.path.read_bytes()
    with pytest.raises(Refused, match=r"7\.0") as caught:
        Store.open(store.path)
    assert caught.value.key == "project.newer"
    with Store.open(store.path, read_only=True) as opened:
        assert [n.key for n in opened.notices] == ["project.newer"]
        assert "7.0" in opened.notices[0].render()
        assert len(opened.read("sand_pits")) == 1
        with pytest.raises(Unwritable):
            opened.transact(label, [pit(1)])
    assert store.path.read_bytes() == before
    assert names(store.path.parent) == [store.path.name]


def test_a_newer_project_without_what_we_read_is_refused_for_reading_too(store):
    store.close()
    edit(store.path, "UPDATE project SET schema_version = 99", "ALTER TABLE sand_pits RENAME COLUMN remarks TO notes")
    for read_only in (False, True):
        with pytest.raises(Refused) as caught:
            Store.open(store.path, read_only=read_only)
        assert caught.value.key == "project.newer"


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE sand_pits", "DELETE FROM project", "UPDATE project SET schema_version = 'x'", "DROP TABLE project"],
)
def test_a_project_without_its_tables_is_not_opened_as_if_sound(store, statement):
    store.close()
    triggers = [f"DROP TRIGGER trigger_delete_feature_count_{t}" for t in ("sand_pits", "project")]
    edit(store.path, *triggers, "DROP TRIGGER rtree_sand_pits_geom_delete", statement)
    with pytest.raises(Unreadable):
        Store.open(store.path)


def test_every_page_overwritten_in_turn_never_crashes(store, label, pit):
    store.transact(label, [pit(n) for n in range(20)])
    store.close()
    whole = store.path.read_bytes()
    for start in range(0, len(whole), 4096):
        store.path.write_bytes(whole[:start] + b"\xa5" * 4096 + whole[start + 4096 :])
        try:
            with Store.open(store.path, read_only=True) as opened:
                found = opened.check()
                rows = opened.rows("sand_pits")
        except AppError:
            continue
        assert found or len(rows) == 20


def test_read_only_changes_no_byte(store, label, pit):
    store.transact(label, [pit()])
    store.close()
    before, when = store.path.read_bytes(), store.path.stat().st_mtime_ns
    with Store.open(store.path, read_only=True) as opened:
        assert opened.read_only
        assert len(opened.read("sand_pits")) == 1
        assert opened.check() == []
        assert opened.undo_label() == label
        for write in (opened.undo, opened.redo, lambda: opened.transact(label, [pit(1)])):
            with pytest.raises(Unwritable) as caught:
                write()
            assert caught.value.key == "project.read_only"
    assert store.path.read_bytes() == before
    assert store.path.stat().st_mtime_ns == when
    assert names(store.path.parent) == [store.path.name]


def test_a_file_left_in_wal_mode(store, label, pit):
    store.transact(label, [pit()])
    store.close()
    con = sqlite3.connect(store.path)
    con.execute("PRAGMA journal_mode=wal")
    con.close()
    before = store.path.read_bytes()
    with Store.open(store.path, read_only=True) as opened:
        assert opened.count("sand_pits") == 1
        assert names(store.path.parent) == [store.path.name]
    assert store.path.read_bytes() == before
    with Store.open(store.path) as opened:
        opened.transact(label, [pit(1)])
    assert names(store.path.parent) == [store.path.name]
    assert store.path.read_bytes()[18:20] == b"\x01\x01"


def test_a_wal_with_content_is_not_lost(store, folder, label):
    store.close()
    con = sqlite3.connect(store.path)
    con.execute("PRAGMA journal_mode=wal")
    con.execute("UPDATE project SET name = 'from the WAL'")
    con.commit()
    copy = folder / "copied.gpkg"
    shutil.copy(store.path, copy)
    shutil.copy(f"{store.path}-wal", f"{copy}-wal")
    con.close()
    with Store.open(copy) as opened:
        assert opened.project()["name"] == "from the WAL"
    assert f"{copy.name}-wal" not in names(folder)


def test_no_write_permission(store, monkeypatch):
    store.close()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(Unwritable) as caught:
        Store.open(store.path)
    assert caught.value.key == "project.not_writable"
    with Store.open(store.path, read_only=True) as opened:
        assert opened.revision == 0


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_read_only_folder_of_the_system(store):
    store.close()
    store.path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(Unwritable):
            Store.open(store.path)
        with pytest.raises(Unwritable):
            Store.create(store.path.parent / "b.gpkg", crs="EPSG:4546", name="b")
    finally:
        store.path.parent.chmod(stat.S_IRWXU)


def test_closed_is_closed(store, label, pit):
    store.close()
    store.close()
    for use in (store.sites, lambda: store.revision, lambda: store.transact(label, [pit()])):
        with pytest.raises(Unreadable) as caught:
            use()
        assert caught.value.key == "project.closed"
