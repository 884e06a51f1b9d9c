"""Projects of older programs: brought up to date on a copy, verified, swapped; or read as they are."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from gis.store import Store, creating, files, migrations, opening, schema, upgrading
from gis.store.schema import SCHEMA_VERSION
from models.errors import AppError, Unreadable, Unwritable

OLD = Path(__file__).parents[2] / "data" / "old"
SAMPLES = sorted(OLD.glob("version-*.gpkg"))


def names(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.fixture(params=SAMPLES, ids=lambda p: p.stem)
def old_file(request, folder):
    return Path(shutil.copy(request.param, folder / "旧 项目.gpkg"))


@pytest.fixture
def newer(monkeypatch):
    """A program whose schema is one version ahead of this one's; returns a way to set its migration."""

    def step(con):
        con.execute("ALTER TABLE sand_pits ADD COLUMN rim_note TEXT")
        con.execute("CREATE TABLE rim_notes (fid INTEGER PRIMARY KEY, text TEXT)")

    known = dict(migrations.MIGRATIONS)
    for module in (creating, migrations, opening, schema):
        monkeypatch.setattr(module, "SCHEMA_VERSION", SCHEMA_VERSION + 1)

    def use(function):
        monkeypatch.setattr(migrations, "MIGRATIONS", {**known, SCHEMA_VERSION: function})

    use(step)
    return use


def rows_of(path):
    with closing(sqlite3.connect(path)) as con:
        return {k: v[1:] for k, v in upgrading.content(con).items()}


def test_there_is_a_sample_of_every_version():
    numbers = {int(p.stem.removeprefix("version-")) for p in SAMPLES}
    assert numbers >= set(range(1, SCHEMA_VERSION)) | {1}


def test_every_old_file_opens_whole_and_can_be_worked_on(old_file, pit, label):
    before = rows_of(old_file)
    with Store.open(old_file) as store:
        assert store.project()["schema_version"] == SCHEMA_VERSION
        assert store.check() == []
        assert (len(store.sites()), len(store.wastes()), len(store.estimates())) == (3, 2, 1)
        assert store.revision == 10
        store.undo()
        store.undo()
        store.transact(label, [pit(9)])
        assert store.check() == []
    assert before.keys() <= rows_of(old_file).keys()
    assert names(old_file.parent) == [old_file.name]


def test_a_migration_runs_on_a_copy_and_is_swapped(old_file, newer):
    before, whole = rows_of(old_file), old_file.read_bytes()
    snapshots = []
    with Store.open(old_file, before_migration=lambda p: snapshots.append(p.read_bytes())) as store:
        assert store.project()["schema_version"] == SCHEMA_VERSION + 1
        assert "rim_note" in store.rows("sand_pits")[0]
        assert store.revision == 10
    assert snapshots == [whole]
    after = rows_of(old_file)
    assert {k: after[k][0] for k in before} == {k: before[k][0] for k in before}
    assert names(old_file.parent) == [old_file.name]
    with Store.open(old_file, before_migration=pytest.fail) as store:  # once is enough
        assert store.undo_label()


def test_reading_an_old_file_changes_no_byte(old_file, newer, label, pit, tmp_path_factory, monkeypatch):
    temporary = tmp_path_factory.mktemp("own")  # what others leave in the common one is not looked at
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = old_file.read_bytes()
    with Store.open(old_file, read_only=True) as store:
        assert [n.key for n in store.notices] == ["project.older"]
        assert store.path == old_file
        assert store.project()["schema_version"] == SCHEMA_VERSION + 1
        assert "rim_note" in store.rows("sand_pits")[0]
        assert store.terrain_path(store.terrains()[0]) == (old_file.parent / "地形.tif").resolve()
        with pytest.raises(Unwritable):
            store.transact(label, [pit()])
        assert names(old_file.parent) == [old_file.name]
    assert old_file.read_bytes() == before
    assert names(temporary) == []


def _fails(con):
    con.execute("ALTER TABLE sand_pits ADD COLUMN half_way TEXT")
    raise RuntimeError("bad step")


BAD_STEPS = {
    "loses_a_row": "DELETE FROM wastes WHERE fid = 1",
    "changes_a_value": "UPDATE sand_pits SET name = 'x' WHERE fid = 1",
    "drops_a_table": "DROP TABLE photos",
    "rewrites_the_log": "UPDATE change_log SET label = '{}' WHERE fid = 1",
    "is_no_sql": "ALTER TABLE nothing ADD COLUMN a",
}


@pytest.mark.parametrize("statement", BAD_STEPS.values(), ids=BAD_STEPS)
def test_a_migration_that_goes_wrong_leaves_the_file_byte_for_byte(old_file, newer, statement):
    before = old_file.read_bytes()
    newer(lambda con: con.execute(statement))
    for read_only in (False, True):
        with pytest.raises(AppError) as caught:
            Store.open(old_file, read_only=read_only)
        assert isinstance(caught.value, Unreadable | Unwritable)
        assert caught.value.advice.render()
        assert old_file.read_bytes() == before
        assert names(old_file.parent) == [old_file.name]


def test_a_step_may_change_the_tables_that_it_names(old_file, newer, monkeypatch):
    newer(lambda con: con.execute("UPDATE sand_pits SET remarks = 'v2'"))
    monkeypatch.setattr(migrations, "TOUCHED", {SCHEMA_VERSION: frozenset({"sand_pits"})})
    with Store.open(old_file) as store:
        assert store.rows("sand_pits")[0]["remarks"] == "v2"


def test_an_unexpected_error_in_a_step_leaves_the_file_byte_for_byte(old_file, newer):
    before = old_file.read_bytes()
    newer(_fails)
    with pytest.raises(RuntimeError):
        Store.open(old_file)
    assert old_file.read_bytes() == before
    assert names(old_file.parent) == [old_file.name]


def test_no_snapshot_no_migration(old_file, newer):
    before = old_file.read_bytes()

    def full(path):
        raise Unwritable("x", "no room")

    with pytest.raises(Unwritable, match="no room"):
        Store.open(old_file, before_migration=full)
    assert old_file.read_bytes() == before


def test_a_file_that_changes_before_the_swap_is_not_overwritten(old_file, newer, monkeypatch):
    flush = files.flush
    with closing(sqlite3.connect(old_file)) as con:
        (version,) = con.execute("SELECT schema_version FROM project").fetchone()

    def edited_meanwhile(path):
        with closing(sqlite3.connect(old_file)) as con:
            con.execute("UPDATE project SET name = 'theirs'")
            con.commit()
        flush(path)

    monkeypatch.setattr(files, "flush", edited_meanwhile)
    with pytest.raises(Unwritable) as caught:
        Store.open(old_file)
    assert caught.value.key == "project.in_use"
    with closing(sqlite3.connect(old_file)) as con:
        assert con.execute("SELECT name, schema_version FROM project").fetchone() == ("theirs", version)


def test_what_a_killed_migration_left_is_swept_away(old_file, newer):
    stray = files.draft_beside(old_file)
    for suffix in ("", "-journal"):
        Path(f"{stray}{suffix}").write_bytes(b"half")
    other = old_file.with_name(".not ours.part")
    other.write_bytes(b"kept")
    Store.open(old_file).close()
    assert names(old_file.parent) == sorted([other.name, old_file.name])


def test_an_old_file_with_a_journal_left_behind(old_file, newer):
    Path(f"{old_file}-journal").write_bytes(b"")
    with Store.open(old_file) as store:
        assert store.check() is not None
    assert names(old_file.parent) == [old_file.name]


def test_permissions_of_the_file_are_kept(old_file, newer):
    if os.name == "nt":
        pytest.skip("Windows keeps them otherwise")
    old_file.chmod(0o640)
    Store.open(old_file).close()
    assert old_file.stat().st_mode & 0o777 == 0o640
