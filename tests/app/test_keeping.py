"""An open project: held against others, snapshots before risky work and in the course of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import keeping
from app.keeping import folder_of
from app.project import Project
from app.verbs.import_ import import_features
from gis.store import lock, snapshots
from gis.store.snapshots import listed
from models.changes import Delete, Insert, Update
from models.errors import Refused, Unwritable
from models.notices import Notice
from tests.app.conftest import pit_outline

ROOT = Path(__file__).resolve().parents[2]
OLD = ROOT / "tests" / "data" / "old" / "version-1.gpkg"
WHY = Notice("test", "risky work")
EDIT = Notice("test.edit", "edit")


def kept(project):
    return listed(folder_of(project.store.uid))


def rename(project, name):
    project.store.transact(EDIT, [Update("sand_pits", 1, {"name": name})])


def test_a_project_is_held_while_it_is_open_for_writing(project_file):
    beside = lock.lock_file(project_file)
    with Project.open(project_file), Project.open(project_file):  # one program may open it twice
        assert beside.exists()
    assert not beside.exists()
    with Project.open(project_file, read_only=True):
        assert not beside.exists()
    with Project.create(project_file.with_name("b.gpkg"), crs="EPSG:4546") as made:
        assert lock.lock_file(made.path).exists()
    assert sorted(p.name for p in project_file.parent.iterdir()) == ["b.gpkg", project_file.name]


def test_what_cannot_be_opened_is_not_held(project_file, tmp_path):
    photo = tmp_path / "photo.gpkg"
    photo.write_bytes(b"\xff\xd8" * 500)
    for path in (photo, tmp_path / "none.gpkg"):
        with pytest.raises((OSError, LookupError)):
            Project.open(path)
        assert not lock.lock_file(path).exists()


def test_a_second_program_refuses_to_write_and_may_read(project_file, add_site):
    add_site("SK-1")
    line = [sys.executable, "-m", "app", "set", str(project_file), "SK-1", "name=x"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Project.open(project_file):
        refused = subprocess.run(line, capture_output=True, text=True, check=False, env=env, cwd=ROOT)
        read = subprocess.run(
            [*line[:3], "info", str(project_file)], capture_output=True, check=False, env=env, cwd=ROOT
        )
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: ")
    assert "open for editing" in refused.stderr
    assert read.returncode == 0
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=env, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_locked_elsewhere_opens_read_only_if_asked(project_file, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.0)
    text = '{"user": "王工", "host": "PC-7", "computer": "x", "pid": 1, "mark": "m", "since": "", "path": "/x"}'
    lock.lock_file(project_file).write_text(text, encoding="utf8")
    with pytest.raises(Unwritable):
        Project.open(project_file)
    with Project.open(project_file, or_read_only=True) as project:
        assert project.store.read_only
        assert [n.key for n in project.notices] == ["project.locked"]
        assert "PC-7" in project.notices[0].render()
        assert project.before_risky(WHY) is None
    with Project.open(project_file, take_over=True) as project:
        assert [n.key for n in project.notices] == ["project.lock_taken"]
    assert not lock.lock_file(project_file).exists()


def test_who_lost_the_lock_writes_nothing_more(project_file, add_site):
    add_site("SK-1")
    with Project.open(project_file) as project:
        text = (
            lock.lock_file(project_file).read_text(encoding="utf8").replace(project.store._lock.holder.mark, "theirs")
        )
        lock.lock_file(project_file).write_text(text, encoding="utf8")
        with pytest.raises(Unwritable) as caught:
            rename(project, "x")
        assert caught.value.key == "project.lock_lost"
        assert project.store.row("sand_pits", 1)["name"] == "SK-1 号"
    assert lock.lock_file(project_file).exists()


# Snapshots


def test_before_risky_work_once_for_each_state(project_file, add_site):
    with Project.open(project_file) as project:
        assert project.before_risky(WHY) is None  # there is nothing to lose yet
    add_site("SK-1")
    with Project.open(project_file) as project:
        first = project.before_risky(WHY)
        assert project.before_risky(WHY) == first
        assert [s.reason for s in kept(project)] == [WHY]
        rename(project, "x")
        second = project.before_risky(WHY)
        assert [s.revision for s in kept(project)] == [1, 2] == [first.revision, second.revision]


def test_importing_and_deleting_many_take_one(project_file, add_site, tmp_path):
    import geopandas as gpd

    for n in range(12):
        add_site(f"SK-{n}", pit_outline())
    file = tmp_path / "more.geojson"
    gpd.GeoDataFrame({"code": ["A"]}, geometry=[pit_outline()], crs="EPSG:4546").to_file(file)
    with Project.open(project_file) as project:
        project.store.transact(EDIT, [Delete("sand_pits", n) for n in (1, 2)])
        assert kept(project) == []
        import_features(project, file, layer="mine_pits", crs="EPSG:4546", dry_run=True)
        assert kept(project) == []
        import_features(project, file, layer="mine_pits", crs="EPSG:4546")
        assert [s.reason.key for s in kept(project)] == ["snapshot.import"]
        project.store.transact(EDIT, [Delete("sand_pits", n) for n in range(3, 13)])
        last = kept(project)[-1]
        assert last.reason.facts["what"] == EDIT
        assert last.revision == project.store.revision - 1


def test_a_snapshot_that_fails_is_said_and_the_work_goes_on(project_file, add_site, monkeypatch, tmp_path):
    add_site("SK-1")
    blocked = tmp_path / "a file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("HUITIAN_SNAPSHOTS", str(blocked))
    told = []
    monkeypatch.setattr(Project, "on_notice", told.append)
    with Project.open(project_file) as project:
        assert project.before_risky(WHY) is None
        rename(project, "x")
        assert [n.key for n in project.notices] == [n.key for n in told] == ["snapshot.failed"]
        assert project.store.row("sand_pits", 1)["name"] == "x"


def test_in_the_course_of_work_at_most_every_ten_minutes(project_file, add_site, monkeypatch):
    add_site("SK-1")
    with Project.open(project_file) as project:
        rename(project, "a")
        project.keeper.close()
        assert kept(project) == []  # the project is younger than that
    monkeypatch.setattr(keeping, "EVERY_SECONDS", 0.0)
    with Project.open(project_file) as project:
        rename(project, "b")
        project.keeper.close()
        (only,) = kept(project)
        assert (only.revision, only.reason.key) == (3, "snapshot.regular")
    monkeypatch.setattr(keeping, "EVERY_SECONDS", 600.0)
    with Project.open(project_file) as project:
        for name in "cdef":
            rename(project, name)
        project.keeper.close()
        assert kept(project) == [only]
    path = only.path
    old = datetime.now(UTC) - timedelta(minutes=11)
    moved = path.with_name(f"{old:%Y%m%dT%H%M%S}.000Z-r3.gpkg")
    path.with_suffix(".json").rename(moved.with_suffix(".json"))
    path.rename(moved)
    with Project.open(project_file) as project:
        rename(project, "g")
        project.keeper.close()
        assert [s.revision for s in kept(project)] == [3, 8]
    assert not [t for t in threading.enumerate() if t.name == "huitian-snapshot"]


def test_a_clock_that_was_put_back_does_not_stop_snapshots(project_file, add_site):
    add_site("SK-1")
    with Project.open(project_file) as project:
        future = datetime.now(UTC) + timedelta(days=3000)
        snapshots.take(folder_of(project.store.uid), project.path, WHY, now=future)
        project.store.transact(EDIT, [Update("project", 1, {"name": "x"})])
        project.keeper.close()
        assert len(kept(project)) == 1  # the project is young, and the future one tells nothing
        project.before_risky(WHY)
        assert len(kept(project)) == 2


def test_an_old_project_is_kept_as_it_was_before_it_is_brought_up_to_date(tmp_path, monkeypatch):
    from gis.store import creating, migrations, opening, schema

    path = Path(shutil.copy(OLD, tmp_path / "old.gpkg"))
    whole = path.read_bytes()
    version = schema.SCHEMA_VERSION
    for module in (creating, migrations, opening, schema):
        monkeypatch.setattr(module, "SCHEMA_VERSION", version + 1)
    steps = {**migrations.MIGRATIONS, version: lambda con: con.execute("CREATE TABLE more (x)")}
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    blocked = tmp_path / "a file"
    blocked.write_bytes(b"")
    with monkeypatch.context() as patch:
        patch.setenv("HUITIAN_SNAPSHOTS", str(blocked))
        with pytest.raises(Unwritable):
            Project.open(path)
        assert path.read_bytes() == whole
        assert sorted(p.name for p in tmp_path.iterdir()) == ["a file", "old.gpkg"]
    with Project.open(path) as project:
        assert project.store.project()["schema_version"] == version + 1
        (snapshot,) = kept(project)
        assert snapshot.reason.key == "snapshot.migration"
    with closing(sqlite3.connect(snapshot.path)) as old:
        assert old.execute("SELECT schema_version FROM project").fetchone() == (1,)
        assert old.execute("SELECT max(step) FROM change_log").fetchone() == (10,)


def test_a_newer_project_opens_read_only_with_a_word(tmp_path):
    path = Path(shutil.copy(OLD, tmp_path / "new.gpkg"))
    Project.open(path).close()
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("UPDATE project SET schema_version = schema_version + 1")
    with pytest.raises(Refused):
        Project.open(path)
    with Project.open(path, or_read_only=True) as project:
        assert [n.key for n in project.notices] == ["project.newer"]
        with pytest.raises(Unwritable):
            project.store.transact(EDIT, [Insert("wastes", {"code": "x", "kind": "other"})])
