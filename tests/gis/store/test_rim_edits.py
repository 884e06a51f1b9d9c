"""Rim edits in the file: they go with their site, undo like any row, and come to files of the first schema."""

from __future__ import annotations

import gzip
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from gis.store import Store, rim_edit_values
from gis.store.schema import SCHEMA_VERSION
from models.changes import Delete, Insert, Update
from models.errors import Refused
from models.rim_edit import RimEdit

EDIT = RimEdit("raise", 500_010.0, 4_500_000.0, 500_020.0, 4_500_000.0, 10.0, 0.5, "筑堤")
OLD = Path(__file__).resolve().parents[2] / "data" / "store" / "project-v1.gpkg.gz"


@pytest.fixture
def edited(store: Store, pit, label) -> Store:
    """A project with one pit whose rim has two edits."""
    store.transact(label, [pit(code="SK-001"), pit(1, code="SK-002")])
    site = store.site("SK-001")
    lower = RimEdit("leave_out", 500_040.0, 4_500_000.0, 500_050.0, 4_500_000.0, 10.0)
    store.transact(label, [Insert("rim_edits", rim_edit_values(e, site)) for e in (EDIT, lower)])
    return store


def test_they_come_back_in_their_order(edited: Store) -> None:
    uid = edited.site("SK-001").uid
    found = edited.rim_edits(uid)
    assert [e.action for _, _, e in found] == ["raise", "leave_out"]
    first = found[0][2]
    assert first.uid
    assert replace(first, uid="") == EDIT
    assert edited.rim_edits(edited.site("SK-002").uid) == []
    assert [u for _, u, _ in edited.rim_edits()] == [uid, uid]
    assert edited.check() == []


def test_they_go_with_their_site_and_come_back_with_it(edited: Store, label) -> None:
    fid = int(edited.rows("sand_pits", code="SK-001")[0]["fid"])
    before = edited.rim_edits()
    edited.transact(label, [Delete("sand_pits", fid)])
    assert edited.rim_edits() == []
    edited.undo()
    assert edited.rim_edits() == before
    edited.undo()
    assert edited.rim_edits() == []
    edited.redo()
    assert edited.rim_edits() == before


def test_another_outline_leaves_them(edited: Store, label) -> None:
    fid = int(edited.rows("sand_pits", code="SK-001")[0]["fid"])
    smaller = shapely.box(500_000, 4_500_000, 500_050, 4_500_090)
    edited.transact(label, [Update("sand_pits", fid, {"geometry": smaller})])
    assert len(edited.rim_edits()) == 2


@pytest.mark.parametrize("wrong", [{"action": "dig"}, {"x1": None}, {"length_m": -1.0}, {"site_uid": ""}])
def test_values_are_checked(edited: Store, label, wrong: dict) -> None:
    values = rim_edit_values(EDIT, edited.site("SK-001")) | wrong
    with pytest.raises(Refused):
        edited.transact(label, [Insert("rim_edits", values)])
    assert len(edited.rim_edits()) == 2


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A project that the program wrote before there were rim edits."""
    path = tmp_path / "旧工程.gpkg"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    return path


def test_a_file_of_the_first_schema_gets_the_table(old: Path, label) -> None:
    with Store.open(old) as store:
        assert store.project()["schema_version"] == SCHEMA_VERSION
        site = store.site("SK-001")
        store.transact(label, [Insert("rim_edits", rim_edit_values(EDIT, site))])
        assert len(store.rim_edits(site.uid)) == 1
        assert store.check() == []
    with Store.open(old) as again:
        assert len(again.rim_edits()) == 1


def test_a_file_of_the_first_schema_that_is_only_read_is_sound_and_has_none(old: Path) -> None:
    bytes_ = old.read_bytes()
    with Store.open(old, read_only=True) as store:
        assert store.rim_edits() == []
        assert store.check() == []
        assert store.site("SK-001").name == "一号坑"
    assert old.read_bytes() == bytes_


def test_the_migration_can_be_run_twice(old: Path) -> None:
    from gis.store.migrations import to_2_rim_edits

    con = sqlite3.connect(old)
    for _ in range(2):
        to_2_rim_edits(con)
    assert con.execute("SELECT count(*) FROM gpkg_contents WHERE table_name = 'rim_edits'").fetchone() == (1,)
    con.close()
