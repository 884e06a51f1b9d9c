"""A rescue takes out what can be read, says what could not be, and makes a sound project of it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from app.cli import main
from app.verbs.check import check_file
from app.verbs.rescue import rescue_project
from gis.store import Store
from gis.store.pages import TABLE_LEAF, Pages
from models.changes import Delete, Insert
from models.errors import AppError, Cancelled, Missing, Refused, Unreadable
from models.notices import Notice
from models.progress import Watch
from tests.faults.corruption import PAGE, content, make_project

LABEL = Notice("test", "change")


@pytest.fixture
def sound(tmp_path):
    make_project(tmp_path / "项目 一.gpkg")
    return tmp_path / "项目 一.gpkg"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "新 项目.gpkg"


def rows(path):
    with Store.open(path, read_only=True) as store:
        return content(store, log=False)


def pages_of(path, *names):
    """The leaf pages of these tables, from the whole file."""
    whole = path.read_bytes()
    con = sqlite3.connect(path)
    roots = dict(con.execute("SELECT name, rootpage FROM sqlite_master"))
    con.close()
    pages = Pages(lambda at, n: whole[at : at + n], len(whole))
    return [n for name in names for n in pages.tree(roots[name]).leaves if pages.kind(n) == TABLE_LEAF]


def zero(path, *pages):
    whole = bytearray(path.read_bytes())
    for n in pages:
        whole[(n - 1) * PAGE : n * PAGE] = bytes(PAGE)
    path.write_bytes(whole)


def table(report, name):
    return next(t for t in report.tables if t.table == name)


def test_a_sound_project_comes_out_as_it_was(sound, out):
    report = rescue_project(sound, out)
    assert report.complete
    assert report.history_kept
    assert (report.left, report.stray) == ((), 0)
    assert rows(out) == rows(sound)
    with Store.open(sound, read_only=True) as old, Store.open(out) as new:
        assert new.undo_label() == old.undo_label()
        assert not new.changed_outside
        while new.undo():
            pass
        assert new.count("sand_pits") == 0
        assert new.check() == []


def test_rows_of_lost_pages_come_from_the_change_log(sound, out):
    expected, damaged = rows(sound), sound.read_bytes()
    zero(sound, *pages_of(sound, "sand_pits", "red_lines", "wastes"))
    with pytest.raises(AppError):
        Store.open(sound)
    damaged = sound.read_bytes()
    report = rescue_project(sound, out)
    assert sound.read_bytes() == damaged
    assert report.complete
    assert table(report, "sand_pits").rows == len(table(report, "sand_pits").from_log) == 29
    assert rows(out) == expected


def test_without_its_log_the_rows_come_from_their_pages_and_history_is_kept_to_read(sound, out):
    expected = rows(sound)
    zero(sound, *pages_of(sound, "change_log")[:2])
    report = rescue_project(sound, out)
    assert not report.history_kept
    assert rows(out) == expected
    with Store.open(out) as store:
        assert store.undo_label() is None  # nothing is half undone
        store.transact(LABEL, [Delete("sand_pits", 1)])
        store.undo()
        assert store.undo() is None
        assert store.check() == []
    con = sqlite3.connect(out)
    assert con.execute("SELECT count(*) FROM rescued_log").fetchone()[0] > 10
    con.close()


def test_what_is_lost_is_named_by_its_code(sound, out):
    lost = pages_of(sound, "sand_pits")[0]
    whole = sound.read_bytes()
    pages = Pages(lambda at, n: whole[at : at + n], len(whole))
    fids = {c.rowid for c in pages.rows(lost)[0]}
    zero(sound, lost, *pages_of(sound, "change_log"))
    report = rescue_project(sound, out)
    assert not report.complete
    names = table(report, "sand_pits").lost
    assert set(names) == {f"SK-{n:03d}" for n in fids}
    assert table(report, "sand_pits").rows == 29 - len(fids)
    assert check_file(out).ok
    document = json.loads(json.dumps(report.to_json()))
    assert next(t for t in document["tables"] if t["table"] == "sand_pits")["lost_count"] == len(fids)


def test_without_its_first_page_a_project_is_still_found(sound, out):
    expected = rows(sound)
    zero(sound, 1)
    report = rescue_project(sound, out)
    assert rows(out) == expected
    assert report.history_kept or table(report, "sand_pits").rows == 29


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_was_cut_off(sound, out, share):
    whole = sound.read_bytes()
    sound.write_bytes(whole[: int(len(whole) * share)])
    try:
        report = rescue_project(sound, out)
    except Unreadable as error:
        assert (error.key, out.exists()) == ("rescue.nothing", False)  # noqa: PT017 - one of two good ends
        return
    assert check_file(out).ok
    assert sum(t.rows for t in report.tables) > 0


def test_changes_in_a_wal_are_taken_along(sound, out, tmp_path):
    con = sqlite3.connect(sound)
    con.execute("PRAGMA journal_mode=wal")
    con.execute("PRAGMA wal_autocheckpoint=0")
    con.execute("UPDATE wastes SET name = 'in the WAL'")
    con.commit()
    left = tmp_path / "left" / "a.gpkg"
    left.parent.mkdir()
    for suffix in ("", "-wal"):
        Path(f"{left}{suffix}").write_bytes(Path(f"{sound}{suffix}").read_bytes())
    con.close()
    rescue_project(left, out)
    with Store.open(out) as store:
        assert store.rows("wastes")[0]["name"] == "in the WAL"
        assert store.changed_outside
        assert [(d.table, d.after) for d in store.outside()] == [("wastes", {"name": "in the WAL"})]
    assert sorted(p.name for p in left.parent.iterdir()) == ["a.gpkg", "a.gpkg-wal"]


def test_what_is_not_ours_comes_along(sound, out):
    con = sqlite3.connect(sound)
    con.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("MinX", "MaxX", "MinY", "MaxY"):
        con.create_function(f"ST_{name}", 1, lambda _: 0.0)
    con.execute('ALTER TABLE sand_pits ADD COLUMN "it""s mine" TEXT')
    con.execute('UPDATE sand_pits SET "it""s mine" = \'theirs\'')
    con.execute('CREATE TABLE "their table" (id INTEGER PRIMARY KEY, t TEXT, b BLOB)')
    con.execute("INSERT INTO \"their table\" VALUES (7, '好', x'0102')")
    con.execute("INSERT INTO layer_styles (f_table_name, styleName, styleQML) VALUES ('sand_pits', 'mine', '<qgis/>')")
    con.commit()
    con.close()
    zero(sound, pages_of(sound, "wastes")[0])
    report = rescue_project(sound, out)
    assert report.foreign_tables == ("their table",)
    with Store.open(out, read_only=True) as store:
        assert {r['it"s mine'] for r in store.rows("sand_pits")} == {"theirs"}
        assert store.foreign().styles == ("sand_pits: mine",)
    con = sqlite3.connect(out)
    assert con.execute('SELECT * FROM "their table"').fetchall() == [(7, "好", b"\x01\x02")]
    con.close()


def test_records_that_cannot_be_read_are_set_aside(sound, out):
    con = sqlite3.connect(sound)
    con.execute("UPDATE estimates SET record = '{}' WHERE fid = 2")
    con.commit()
    con.close()
    report = rescue_project(sound, out)
    assert table(report, "estimates").set_aside == ("#2",)
    assert not report.complete
    assert report.left == ()
    with Store.open(out, read_only=True) as store:
        assert store.count("estimates") == 7


@pytest.mark.parametrize("content", [b"", b"no database", bytes(100_000), b"SQLite format 3\x00" + bytes(9000)])
def test_where_nothing_is_nothing_is_made(tmp_path, out, content):
    path = tmp_path / "a.gpkg"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        rescue_project(path, out)
    assert caught.value.key == "rescue.nothing"
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]


def test_nothing_is_overwritten_and_nothing_left_when_stopped(sound, out):
    with pytest.raises(Missing):
        rescue_project(sound.with_name("none.gpkg"), out)
    with pytest.raises(Refused):
        rescue_project(sound, sound)
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        rescue_project(sound, out, watch)
    assert [p.name for p in sound.parent.iterdir()] == [sound.name]


def test_the_commands(sound, out, capsys):
    zero(sound, pages_of(sound, "sand_pits")[0])
    assert main(["--lang", "en", "check", str(sound), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert document["problems"][0]["key"] == "file.damaged"
    assert main(["--lang", "en", "check", str(sound), "--repair"]) == 1
    assert "rescue" in capsys.readouterr().err
    assert main(["--lang", "en", "rescue", str(sound), "--out", str(out)]) == 0
    assert "nothing was lost" in capsys.readouterr().out
    assert main(["--lang", "en", "check", str(out), "--quick"]) == 0
    capsys.readouterr()
    con = sqlite3.connect(out)
    con.execute("DELETE FROM rtree_sand_pits_geom WHERE id = 1")
    con.commit()
    con.close()
    assert main(["--lang", "en", "check", str(out), "--repair", "--json"]) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert [r["key"] for r in document["repair"]["repairs"]] == ["repair.rtree"]
    assert Path(document["repair"]["backup"]).exists()
    assert "out of step" in said.err or said.err == ""


def test_a_new_project_without_rows_is_nothing_to_rescue(tmp_path, out):
    with Store.create(tmp_path / "empty.gpkg", crs="EPSG:4546", name="x"):
        pass
    with pytest.raises(Unreadable):
        rescue_project(tmp_path / "empty.gpkg", out)


def test_insert_after_a_rescue_does_not_take_old_numbers(sound, out):
    with Store.open(sound) as store:
        store.transact(LABEL, [Insert("wastes", {"code": "X", "kind": "other"})])
        store.transact(LABEL, [Delete("wastes", 2)])
    rescue_project(sound, out)
    with Store.open(out) as store:
        store.transact(LABEL, [Insert("wastes", {"code": "Y", "kind": "other"})])
        assert store.rows("wastes", code="Y")[0]["fid"] == 3
