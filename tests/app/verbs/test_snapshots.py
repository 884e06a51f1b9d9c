"""Snapshots as a person meets them: listed, compared, brought back; and a copy saved elsewhere."""

from __future__ import annotations

import json

import pytest

from app.cli import main
from app.keeping import folder_of
from app.project import Project
from app.verbs import snapshots as verbs
from app.verbs.estimate import estimate
from app.verbs.local_copy import find_copy, local_copies, work_on_copy, write_back
from app.verbs.save_copy import save_copy
from app.verbs.terrain import add_terrain, terrain_file
from gis.store import lock
from models.changes import Delete, Update
from models.errors import Missing, Refused, Unreadable, Unwritable
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.app.conftest import PIT_M3, pit_outline

EDIT = Notice("test.edit", "edit")


@pytest.fixture
def estimated(project_file, add_site, dem_file):
    add_site("SK-1")
    add_site("SK-2")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file)
        estimate(project, ["SK-1"], request=EstimateRequest())
    return project_file


def test_compare_tells_counts_codes_and_totals(estimated, add_site):
    with Project.open(estimated) as project:
        taken = verbs.take_snapshot(project)
        project.store.transact(EDIT, [Update("sand_pits", 1, {"name": "x"}), Delete("sand_pits", 2)])
        estimate(project, ["SK-1"], request=EstimateRequest("level", {"level_m": 1045.0}))
    add_site("SK-9", pit_outline(), layer="mine_pits")
    with Project.open(estimated, read_only=True) as project:
        found = verbs.compare_snapshot(project, verbs.find_snapshot(estimated, "last"))
    assert found.snapshot == taken
    assert found.counts["sand_pits"] == (2, 1)
    assert found.counts["estimates"] == (1, 2)
    assert found.layers["sand_pits"] == verbs.LayerDifference((), ("SK-2",), ("SK-1",))
    assert found.layers["mine_pits"] == verbs.LayerDifference(("SK-9",), (), ())
    then, now = found.totals["pits_fill_m3"]
    assert then == pytest.approx(PIT_M3, rel=0.05)  # 1 m cells on a steep slope
    assert now < then
    assert json.loads(json.dumps(found.to_json()))["revision"]["then"] == taken.revision


def test_restore_takes_a_snapshot_first_and_undo_takes_it_back(estimated):
    with Project.open(estimated) as project:
        taken = verbs.take_snapshot(project)
        project.store.transact(EDIT, [Delete("sand_pits", 1), Delete("sand_pits", 2)])
        assert project.store.estimates() == []
        done = verbs.restore_snapshot(project, taken)
        assert (len(project.store.sites()), len(project.store.estimates())) == (2, 1)
        assert done.before.revision == done.change.revision - 1
        assert "revision" in project.store.undo_label().render()
        project.store.undo()
        assert project.store.sites() == []
        project.store.redo()
        assert len(project.store.sites()) == 2
        assert project.store.check() == []


def test_no_room_for_the_snapshot_before_means_no_restore(estimated, monkeypatch, tmp_path):
    with Project.open(estimated) as project:
        taken = verbs.take_snapshot(project)
        rename = [Update("sand_pits", 1, {"name": "x"})]
        project.store.transact(EDIT, rename)
        blocked = tmp_path / "a file"
        blocked.write_bytes(b"")
        monkeypatch.setenv("HUITIAN_SNAPSHOTS", str(blocked))
        with pytest.raises(Unwritable):
            verbs.restore_snapshot(project, taken)
        assert project.store.row("sand_pits", 1)["name"] == "x"


def test_a_damaged_snapshot_is_not_restored(estimated):
    with Project.open(estimated) as project:
        taken = verbs.take_snapshot(project)
        body = bytearray(taken.path.read_bytes())
        body[4096 * 3 : 4096 * 9] = b"\xa5" * 4096 * 6
        taken.path.write_bytes(body)
        project.store.transact(EDIT, [Update("sand_pits", 1, {"name": "x"})])
        with pytest.raises(Unreadable):
            verbs.restore_snapshot(project, taken)
        assert project.store.row("sand_pits", 1)["name"] == "x"


def test_to_a_new_file_also_when_the_project_is_damaged_or_gone(estimated, tmp_path):
    with Project.open(estimated) as project:
        verbs.take_snapshot(project)
    for number, body in enumerate((b"nothing of a database", None)):
        if body is None:
            estimated.unlink()
        else:
            estimated.write_bytes(body)
        (only,) = verbs.list_snapshots(estimated)
        out = verbs.restore_to(only, tmp_path / f"rescued {number}.gpkg")
        with Project.open(out) as project:
            assert len(project.store.sites()) == 2
            assert project.store.check() == []
        with pytest.raises(Refused):
            verbs.restore_to(only, out)
    with pytest.raises(Missing):
        verbs.list_snapshots(tmp_path / "never seen.gpkg")


def test_a_copy_elsewhere_finds_its_terrains(estimated, dem_file, tmp_path):
    target = tmp_path / "a" / "b" / "c" / "d" / "e" / "副本.gpkg"
    target.parent.mkdir(parents=True)
    with Project.open(estimated) as project:
        pending = [Update("sand_pits", 1, {"name": "not saved"})]
        made = save_copy(project, target, pending=pending, label=EDIT)
        assert project.store.row("sand_pits", 1)["name"] == "SK-1 号"
    with Project.open(made, read_only=True) as copy:
        assert terrain_file(copy, copy.store.terrains()[0]) == dem_file.resolve()
        assert copy.store.row("sand_pits", 1)["name"] == "not saved"
        assert copy.store.undo_label() == EDIT
        assert copy.store.check() == []


def test_a_local_copy_works_with_the_terrains_of_its_origin(estimated, dem_file):
    copy = work_on_copy(estimated)
    with Project.open(copy.path) as project:
        assert terrain_file(project, project.store.terrains()[0]) == dem_file.resolve()
        project.store.transact(EDIT, [Update("sand_pits", 1, {"name": "x"})])
    with Project.open(estimated) as project:  # after a crash: the work in the copy is not forgotten
        assert [n.key for n in project.notices] == ["copy.waiting"]
    assert work_on_copy(estimated).path == copy.path
    opened = Project.open(copy.path)
    held = find_copy(opened.path)
    opened.close()
    assert write_back(held)
    assert local_copies() == []
    with pytest.raises(Missing):
        find_copy(estimated)
    with Project.open(estimated, read_only=True) as project:
        assert project.store.row("sand_pits", 1)["name"] == "x"
    assert not lock.lock_file(estimated).exists()


# The commands


def run(capsys, *line):
    code = main([str(x) for x in line])
    out, err = capsys.readouterr()
    return code, out, err


def test_commands(estimated, capsys, tmp_path):
    code, out, _ = run(capsys, "snapshots", estimated, "take", "--json")
    made = json.loads(out)
    assert code == 0
    run(capsys, "set", estimated, "SK-1", "name=x")
    code, out, _ = run(capsys, "snapshots", estimated, "--json")
    assert [s["id"] for s in json.loads(out)["snapshots"]] == [made["id"]]
    code, out, _ = run(capsys, "snapshots", estimated, "show", "last", "--json")
    assert json.loads(out)["layers"]["sand_pits"] == 2
    code, out, _ = run(capsys, "snapshots", estimated, "compare", made["id"], "--json")
    assert json.loads(out)["layers"]["sand_pits"]["changed"] == ["SK-1"]
    code, out, _ = run(capsys, "snapshots", estimated, "restore", made["id"], "--json")
    assert code == 0
    assert json.loads(out)["rows"] == 1
    code, out, _ = run(capsys, "snapshots", estimated, "restore", "last", "--out", tmp_path / "new.gpkg", "--json")
    assert json.loads(out)["path"] == str(tmp_path / "new.gpkg")
    code, out, _ = run(capsys, "snapshots", estimated, "thin", "--json")
    assert json.loads(out) == {"deleted": []}
    for line in (["list"], ["show", "last"], ["compare", "last"], ["take"], ["thin"], ["restore", "last"]):
        code, out, err = run(capsys, "snapshots", estimated, *line)
        assert (code, bool(out), err) == (0, True, "")


def test_commands_refuse(estimated, capsys, tmp_path):
    assert run(capsys, "snapshots", estimated, "show")[0] == 2
    assert run(capsys, "snapshots", estimated, "list", "--out", "x")[0] == 2
    code, _, err = run(capsys, "snapshots", estimated, "restore", "none")
    assert (code, err.startswith("error: ")) == (1, True)
    assert run(capsys, "snapshots", tmp_path / "none.gpkg")[0] == 1
    assert run(capsys, "local-copy", estimated, "back")[0] == 1


def test_the_lock_command(estimated, capsys):
    assert json.loads(run(capsys, "lock", estimated, "--json")[1]) == {"held": False, "taken_over": False}
    text = '{"user": "王工", "host": "PC-7", "computer": "x", "pid": 1, "mark": "m", "since": "", "path": "/x"}'
    lock.lock_file(estimated).write_text(text, encoding="utf8")
    answer = json.loads(run(capsys, "lock", estimated, "--json")[1])
    assert (answer["held"], answer["host"], answer["state"]) == (True, "PC-7", "elsewhere")
    assert "王工" in run(capsys, "lock", estimated)[1]
    code, _, err = run(capsys, "set", estimated, "SK-1", "name=x")
    assert code == 1
    assert "--take-over" in err
    assert run(capsys, "lock", estimated, "--take-over")[0] == 0
    assert run(capsys, "set", estimated, "SK-1", "name=x")[0] == 0


def test_the_local_copy_command(estimated, capsys):
    taken = json.loads(run(capsys, "local-copy", estimated, "take", "--json")[1])
    run(capsys, "set", taken["path"], "SK-1", "name=x")
    found = json.loads(run(capsys, "local-copy", estimated, "--json")[1])
    assert (found["place"], found["copies"][0]["changed"]) == ("local", True)
    assert "warning: " in run(capsys, "set", estimated, "SK-2", "name=")[2]
    assert run(capsys, "local-copy", estimated, "drop")[0] == 2
    assert run(capsys, "local-copy", estimated, "back")[0] == 1  # SK-2 was changed meanwhile
    assert run(capsys, "local-copy", estimated, "drop", "--discard")[0] == 0
    assert json.loads(run(capsys, "local-copy", estimated, "--json")[1])["copies"] == []
    assert folder_of("../../x").name == "x"
