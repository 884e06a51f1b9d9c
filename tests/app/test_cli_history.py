"""undo, redo, history, restore, log, project, copy-out, merge as a user runs them."""

from __future__ import annotations

import csv
import json

import pytest

from app.cli import main
from tests.app.conftest import pit_outline


@pytest.fixture
def run(capsys):
    """Run a command in this process; the JSON document or what it said."""

    def call(*arguments, want=0):
        code = main(["--lang", "en", *(str(a) for a in arguments)])
        out, err = capsys.readouterr()
        assert code == want, err
        assert "unexpected" not in err
        return json.loads(out) if "--json" in arguments else out + err

    return call


@pytest.fixture
def project(project_file, add_site):
    add_site("SK-1")
    add_site("SK-2", pit_outline(417_500.0))
    return project_file


def test_undo_redo_and_history(run, project):
    run("set", project, "SK-1", "ground_water_m=3.2")
    said = run("set", project, "SK-1", "ground_water_m=4")
    assert said == "change highest groundwater elevation 3.2 → 4.0 (sand pit SK-1)\n"
    assert "undo: change" in run("undo", project)
    answer = run("redo", project, "--json")
    assert answer["done"] == ["redo: change highest groundwater elevation 3.2 → 4.0 (sand pit SK-1)"]
    assert answer["redo"] is None
    assert len(run("undo", project, "--steps", "2", "--json")["done"]) == 2
    assert [s["step"] for s in run("history", project, "--json")["steps"]] == [8, 7, 6, 5, 4, 3, 2, 1]
    entries = run("history", project, "--site", "SK-1", "--json")["entries"]
    assert entries[0]["kind"] == "undo"
    assert entries[-1]["outline"]["after"]["area_m2"] == pit_outline().area
    assert "highest groundwater elevation: 4.0 → 3.2 m" in run("history", project, "--site", "SK-1")
    assert run("history", project, "--step", "1", "--json")["entries"][0]["code"] == "SK-1"
    assert "nothing to undo" in run("undo", project, "--steps", "9") + run("undo", project, want=1)
    run("history", project, "--site", "no", want=1)
    run("history", project, "--site", "SK-1", "--deleted", want=2)
    run("redo", project, "--steps", "0", want=2)


def test_restore_log_and_project(run, project, tmp_path):
    run("set", project, "SK-1", "ground_water_m=3.2", "name=乙")
    assert run("restore", project, "SK-1", "--step", "1", "--fields", "name", "--json")["step"] == 4
    assert "restore sand pit SK-1" in run("restore", project, "SK-1", "--step", "1")
    run("restore", project, "SK-1", "--step", "1", want=1)
    assert "change the project: name 试验 → 三期" in run("project", project, "name=三期", "office=包头")
    assert run("project", project, "--json")["settings"] == {"office": "包头"}
    run("project", project, "crs=EPSG:4326", want=1)
    run("project", project, "nonsense", want=2)
    out = tmp_path / "log.csv"
    lines = run("log", project, "--out", out, "--json")["lines"]
    assert lines == len(list(csv.reader(out.read_text("utf-8-sig").splitlines()))) - 1
    run("log", project, "--out", out, want=1)
    run("log", project, "--out", out, "--overwrite")


def test_a_copy_goes_out_and_comes_back(run, project, tmp_path):
    copy = tmp_path / "外业.gpkg"
    assert run("copy-out", project, "--out", copy, "--json")["revision"] == 2
    run("copy-out", project, "--out", copy, want=1)
    run("set", project, "SK-1", "ground_water_m=1", "name=office")
    run("set", copy, "SK-1", "ground_water_m=2", "name=field", "remarks=new")
    before = project.read_bytes()
    trial = run("merge", project, copy, "--dry-run", "--json")
    assert project.read_bytes() == before
    assert [c["conflict"] for c in trial["conflicts"]] == ["sand_pits/SK-1/ground_water_m", "sand_pits/SK-1/name"]
    assert (trial["undecided"], trial["revision"]) == (2, None)
    assert [s["label"].split()[0] for s in trial["log"]] == ["change"]
    error = run("merge", project, copy, want=1)
    assert "2 conflicts are not decided" in error
    assert project.read_bytes() == before

    table = tmp_path / "冲突.csv"
    run("merge", project, copy, "--dry-run", "--conflicts", table)
    head, *rows = csv.reader(table.read_text("utf-8-sig").splitlines())
    rows = [[*r[:-1], "theirs" if "name" in r[0] else ""] for r in rows]
    with table.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([head, *rows])
    answer = run("merge", project, copy, "--resolve", table, "--take", "mine", "--json")
    assert answer["changed"] == {"sand_pits": ["SK-1"]}
    row = run("history", project, "--site", "SK-1", "--json")["entries"][0]
    assert {f["field"]: f["new"] for f in row["fields"]} == {"name": "field", "remarks": "new"}
    assert [o["label"].split()[0] for o in row["origin"]] == ["change"]
    assert "in the copy" in run("history", project, "--site", "SK-1")
    assert "nothing new" in run("merge", project, copy)
    assert run("check", project, "--json")["ok"]
    run("undo", project)
    run("merge", project, copy, "--take", "sand_pits/SK-1/name=mine", "--take", "theirs")
    assert run("history", project, "--site", "SK-1", "--json")["entries"][0]["fields"][0]["new"] == 2.0


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('[{"conflict": "sand_pits/SK-1/name", "take": "mine"}]', 0),
        ('{"sand_pits/SK-1/name": "theirs"}', 0),
        ("conflict,take\nsand_pits/SK-1/name,mine\n", 0),
        ("冲突,采用\nsand_pits/SK-1/name,副本\n", 0),
        ("conflict,take\nsand_pits/SK-1/name,perhaps\n", 1),
        ("a,b\n1,2\n", 1),
        ("[1", 1),
        ("conflict,take\n", 1),
    ],
)
def test_files_of_decisions(run, project, tmp_path, text, want):
    copy, decisions = tmp_path / "c.gpkg", tmp_path / "d.txt"
    run("copy-out", project, "--out", copy)
    for path, name in ((project, "a"), (copy, "b")):
        run("set", path, "SK-1", f"name={name}")
    decisions.write_text(text, encoding="utf-8-sig")
    run("merge", project, copy, "--resolve", decisions, want=want)


def test_what_merge_refuses(run, project, tmp_path):
    other = tmp_path / "o.gpkg"
    run("new", other, "--crs", "EPSG:4546")
    assert "no copy of the project" in run("merge", project, other, want=1)
    assert "the open project itself" in run("merge", project, project, want=1)
    run("merge", project, tmp_path / "none.gpkg", want=1)
    run("merge", project, other, "--take", "nobody", want=2)
    run("merge", project, other, "--resolve", tmp_path / "none.csv", want=1)
