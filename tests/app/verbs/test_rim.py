"""Rim edits as verbs and as commands: made, listed, taken back; estimates that use them; what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely

from app.cli import main
from app.project import Project
from app.verbs.estimate import curve, estimate
from app.verbs.rim import Where, add_rim_edit, remove_rim_edits, rim_edits
from app.verbs.terrain import add_terrain
from models.changes import Update
from models.errors import Missing, Refused
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.app.conftest import GROUND_M, SIZE, TOP, X0, Y0

MIDDLE = SIZE / 2
SOUTH = (X0 + MIDDLE, Y0 - MIDDLE - TOP / 2)
EDITED = EstimateRequest(reference="edited_rim")


@pytest.fixture
def project(project_file: Path, dem_file: Path, add_site: Callable[..., None]) -> Iterator[Project]:
    add_site("SK-001")
    with Project.open(project_file) as opened:
        add_terrain(opened, dem_file, name="测区", vertical_datum="1985国家高程基准")
        yield opened


def test_added_listed_and_taken_back_as_steps(project: Project) -> None:
    row = add_rim_edit(project, "SK-001", "raise", Where(middle=SOUTH, length_m=20.0), value_m=0.8, remarks="筑堤")
    assert (row.number, row.edit.action, row.edit.value_m, row.edit.remarks) == (1, "raise", 0.8, "筑堤")
    assert row.edit.length_m == pytest.approx(20)
    assert {row.edit.y1, row.edit.y2} == {SOUTH[1]}
    west, east = (SOUTH[0] - 5, SOUTH[1] + 0.4), (SOUTH[0] + 5, SOUTH[1] - 0.4)
    between = add_rim_edit(project, "SK-001", "leave_out", Where(first=west, second=east))
    assert between.edit.length_m == pytest.approx(10)
    assert between.edit.y1 == SOUTH[1], "places near the outline are put on it"
    assert [r.number for r in rim_edits(project, "SK-001")] == [1, 2]
    gone = remove_rim_edits(project, "SK-001", [1])
    assert [r.edit.action for r in gone] == ["raise"]
    assert [r.edit.action for r in rim_edits(project, "SK-001")] == ["leave_out"]
    project.store.undo()
    assert [r.edit.action for r in rim_edits(project, "SK-001")] == ["raise", "leave_out"]
    assert "SK-001" in project.store.undo_label().render()
    assert len(remove_rim_edits(project, "SK-001", None)) == 2
    assert remove_rim_edits(project, "SK-001", None) == []


@pytest.mark.parametrize(
    ("where", "value", "key"),
    [
        (Where(middle=(X0, Y0), length_m=5.0), 1.0, "rim.far"),
        (Where(middle=SOUTH), 1.0, "rim.no_stretch"),
        (Where(first=SOUTH), 1.0, "rim.no_stretch"),
        (Where(first=SOUTH, second=SOUTH), 1.0, "rim.one_place"),
        (Where(middle=SOUTH, length_m=5.0), None, "rim.value"),
        (Where(middle=SOUTH, length_m=5.0), -1.0, "rim.value"),
    ],
)
def test_bad_edits_are_refused_and_nothing_is_kept(project: Project, where: Where, value, key: str) -> None:
    revision = project.store.revision
    with pytest.raises(Refused) as caught:
        add_rim_edit(project, "SK-001", "raise", where, value_m=value)
    assert caught.value.key == key
    assert project.store.revision == revision


def test_not_the_whole_rim_and_no_unknown_number(project: Project) -> None:
    with pytest.raises(Refused) as caught:
        add_rim_edit(project, "SK-001", "leave_out", Where(middle=SOUTH, length_m=1e6))
    assert caught.value.key == "rim.all_left_out"
    add_rim_edit(project, "SK-001", "leave_out", Where(middle=SOUTH, length_m=5.0))
    with pytest.raises(Missing):
        remove_rim_edits(project, "SK-001", [1, 2])
    assert len(rim_edits(project, "SK-001")) == 1
    with pytest.raises(Missing):
        rim_edits(project, "SK-009")


def test_an_estimate_copies_the_edits_and_keeps_its_figure(project: Project) -> None:
    """Raised all round by 1 m: the spill level plus 1 m. Later edits do not change what was stored."""
    plain = estimate(project, ["SK-001"], request=EstimateRequest("spill"), store=False).estimates[0]
    add_rim_edit(project, "SK-001", "raise", Where(middle=SOUTH, length_m=1e6), value_m=1.0)
    first = estimate(project, ["SK-001"], request=EDITED).estimates[0]
    level = plain.reference.mean_elevation_m + 1
    assert first.reference.mean_elevation_m == pytest.approx(level, abs=1e-9)
    at_level = EstimateRequest("level", {"level_m": level})
    same = estimate(project, ["SK-001"], request=at_level, store=False).estimates[0]
    assert first.fill_m3 == pytest.approx(same.fill_m3, rel=1e-9)
    assert first.request.parameters["rim_edits"][0]["action"] == "raise"
    add_rim_edit(project, "SK-001", "set", Where(middle=SOUTH, length_m=5.0), value_m=GROUND_M - 5)
    kept = project.store.estimates(["SK-001"])[-1]
    again = estimate(project, ["SK-001"], request=kept.request, store=False).estimates[0]
    assert (again.fill_m3, again.alternatives) == (first.fill_m3, first.alternatives)
    anew = estimate(project, ["SK-001"], request=EDITED, store=False).estimates[0]
    assert anew.reference.mean_elevation_m == pytest.approx(GROUND_M - 5)
    assert curve(project, "SK-001", request=kept.request).rows[-1].volume_m3 == pytest.approx(first.fill_m3, rel=1e-9)


def test_every_estimate_shows_the_edited_rim_beside(project: Project) -> None:
    plain = estimate(project, ["SK-001"], request=EstimateRequest(), store=False).estimates[0]
    assert "edited_rim" not in {a.key for a in plain.alternatives}
    add_rim_edit(project, "SK-001", "set", Where(middle=SOUTH, length_m=5.0), value_m=GROUND_M - 4)
    both = estimate(project, ["SK-001"], request=EstimateRequest(), store=False).estimates[0]
    beside = {a.key: a.fill_m3 for a in both.alternatives}
    assert 0 < beside["edited_rim"] < 0.6 * both.fill_m3


def test_after_another_outline_the_list_and_the_estimate_say_so(project: Project) -> None:
    add_rim_edit(project, "SK-001", "raise", Where(middle=SOUTH, length_m=6.0), value_m=1.0)
    add_rim_edit(
        project, "SK-001", "raise", Where(middle=(X0 + MIDDLE, Y0 - MIDDLE + TOP / 2), length_m=6.0), value_m=1.0
    )
    fid = int(project.store.rows("sand_pits", code="SK-001")[0]["fid"])
    half = shapely.box(X0 + MIDDLE - 30, Y0 - MIDDLE - 5, X0 + MIDDLE + 30, Y0 - MIDDLE + 30)
    project.store.transact(Notice("t", "t"), [Update("sand_pits", fid, {"geometry": half})])
    assert [r.stretch is None for r in rim_edits(project, "SK-001")] == [True, False]
    answer = estimate(project, ["SK-001"], request=EDITED, store=False).estimates[0]
    assert "rim_edits.some_lost" in {w.key for w in answer.warnings}


def test_commands(project: Project, project_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project.close()

    def run(*words: str, want: int = 0) -> str:
        assert main(["--lang", "en", "rim", words[0], str(project_file), "--site", "SK-001", *words[1:]]) == want
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return err if want else out

    at = f"{SOUTH[0]},{SOUTH[1]}"
    added = json.loads(run("raise", "--by", "0.5", "--at", at, "--length", "12", "--json"))
    assert added["added"]["number"] == 1
    assert added["edits"][0]["length_now_m"] == pytest.approx(12)
    assert "edit 2" in run("lower", "--by", "0.25", "--at", at, "--length", "4")
    ends = f"{SOUTH[0] - 3},{SOUTH[1]}", f"{SOUTH[0] + 3}，{SOUTH[1]}"
    assert "234.0 m" in run("leave-out", "--from", ends[0], "--to", ends[1], "--other-way", "--remarks", "道路")
    run("set", "--level", "1049.5", "--from", ends[0], "--to", ends[1])
    listed = json.loads(run("list", "--json"))["edits"]
    assert [e["action"] for e in listed] == ["raise", "lower", "leave_out", "set"]
    assert all(e["on_outline"] for e in listed)
    assert "道路" in run("list")
    assert "2 left" in run("remove", "1", "3")
    assert json.loads(run("remove", "--all", "--json"))["edits"] == []
    assert "no edits" in run("list")
    assert run("raise", "--by", "1", "--at", "here", "--length", "3", want=1).startswith("error: a place is given as")
    assert "--from and --to" in run("leave-out", want=1)
    run("remove", want=2)
