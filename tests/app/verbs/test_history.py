"""What happened to a feature, earlier states brought back, the log for an audit, the project's own settings."""

from __future__ import annotations

import csv
import sqlite3
from datetime import datetime

import pytest
import shapely

from app.i18n import translator
from app.project import Project
from app.verbs import history
from app.verbs.edit import set_fields
from app.verbs.settings import set_project
from models.changes import Delete, Insert, Update
from models.errors import Missing, Refused
from models.notices import Notice
from tests.app.conftest import pit_outline

CHINESE = translator("zh_CN")
LABEL = Notice("t", "edit")


@pytest.fixture
def project(project_file, add_site):
    """One pit with a past: made (1), two fields (2), outline (3), a waste with samples (4), the waste deleted (5)."""
    add_site("SK-1")
    with Project.open(project_file) as opened:
        set_fields(opened, "SK-1", {"ground_water_m": "3.2", "status": "planned"})
        small = shapely.MultiPolygon([shapely.box(0, 0, 10, 10)])
        opened.store.transact(LABEL, [Update("sand_pits", 1, {"geometry": small})])
        rows = [Insert("wastes", {"code": "W", "kind": "other"}), Insert("samples", {"waste": "W", "code": "S"})]
        opened.store.transact(LABEL, rows)
        opened.store.transact(LABEL, [Delete("wastes", 1)])
        yield opened


def test_the_history_of_a_feature_says_who_when_what(project):
    moved, fields, made = history.feature_history(project, "SK-1")
    assert [c.entry.step for c in (moved, fields, made)] == [3, 2, 1]
    outline = moved.to_json()["outline"]
    assert (outline["before"]["area_m2"], outline["after"]["area_m2"]) == (pit_outline().area, 100.0)
    assert outline["area_change_m2"] == 100.0 - pit_outline().area
    assert (outline["before"]["vertices"], outline["after"]["vertices"]) == (4, 4)
    assert shapely.from_wkt(outline["before"]["wkt"]).equals(pit_outline())
    said = {f["field"]: f for f in fields.to_json(CHINESE)["fields"]}
    assert said.keys() == {"ground_water_m", "status"}
    assert (said["status"]["old_words"], said["status"]["new_words"], said["status"]["label"]) == (
        "—",
        "拟回填",
        "状态",
    )
    assert (said["ground_water_m"]["new"], said["ground_water_m"]["unit"]) == (3.2, "m")
    assert fields.to_json()["outline"] is None
    assert datetime.fromisoformat(fields.to_json()["at"]).utcoffset() is not None
    assert made.to_json()["op"] == "insert"


def test_a_step_and_the_list_of_steps(project):
    assert [c.code for c in history.step_changes(project, 2)] == ["SK-1"]
    assert [(s.step, s.rows) for s in history.steps(project, 2)] == [(5, 2), (4, 2)]
    with pytest.raises(Missing):
        history.step_changes(project, 99)


def test_an_earlier_outline_comes_back_and_can_be_undone(project):
    history.restore(project, "SK-1", 2, outline=True)
    site = project.store.site("SK-1")
    assert site.outline.equals(pit_outline())
    assert site.fields["ground_water_m"] == 3.2
    assert project.store.undo_label().render(CHINESE) == "恢复到第 2 步之后的状态（砂坑 SK-1）"
    project.store.undo()
    assert project.store.site("SK-1").outline.area == 100


def test_fields_alone_or_the_whole_row(project):
    history.restore(project, "SK-1", 1, fields=["status"])
    site = project.store.site("SK-1")
    assert (site.fields["status"], site.fields["ground_water_m"], site.outline.area) == (None, 3.2, 100)
    history.restore(project, "SK-1", 1)
    site = project.store.site("SK-1")
    assert (site.fields["ground_water_m"], site.outline.area) == (None, pit_outline().area)
    for step, fields, key in ((1, None, "history.same"), (1, ["nope"], "field.unknown"), (99, None, "history.no_step")):
        with pytest.raises((Refused, Missing)) as caught:
            history.restore(project, "SK-1", step, fields=fields)
        assert caught.value.key == key


def test_what_was_deleted_is_found_and_comes_back_with_what_belonged_to_it(project):
    assert [(c.code, c.entry.table) for c in history.deleted_features(project)] == [("W", "wastes")]
    uid = history.deleted_features(project)[0].entry.uid
    assert [c.entry.op for c in history.feature_history(project, "W")] == ["delete", "insert"]
    history.restore(project, "W", 4)
    assert project.store.rows("wastes", code="W")[0]["uid"] == uid
    assert [r["code"] for r in project.store.rows("samples", waste="W")] == ["S"]
    assert project.store.check() == []
    assert history.deleted_features(project) == []
    project.store.undo()
    assert project.store.count("samples") == 0
    with pytest.raises(Refused) as caught:
        history.restore(project, "W", 5)
    assert caught.value.key == "history.no_row"
    with pytest.raises(Missing):
        history.restore(project, "never", 1)


def test_a_restored_code_that_is_taken_meanwhile_is_refused(project):
    project.store.transact(LABEL, [Insert("wastes", {"code": "W", "kind": "other"})])
    project.store.transact(LABEL, [Delete("sand_pits", 1)])
    values = {"code": "SK-1", "geometry": pit_outline()}
    project.store.transact(LABEL, [Insert("mine_pits", values)])
    project.store.transact(LABEL, [Delete("mine_pits", 1), Insert("sand_pits", {**values, "code": "SK-2"})])
    assert history.feature_history(project, "SK-1")[0].entry.table == "mine_pits"  # the last one that had the code
    project.store.undo()
    before = project.store.revision
    with pytest.raises(Refused):
        history.restore(project, "SK-1", 1)
    assert project.store.revision == before


def test_a_renamed_feature_is_found_by_its_old_code(project):
    set_fields(project, "SK-1", {"code": "NEW"})
    assert history.feature_history(project, "SK-1")[0].entry.step == 6
    assert len(history.feature_history(project, "NEW")) == 4


def test_the_log_is_a_table_that_excel_cannot_run(project, tmp_path):
    set_fields(project, "SK-1", {"name": '=HYPERLINK("http://x")', "remarks": "-3.5", "district": "@cmd"})
    project.store.undo()
    out = tmp_path / "审计.csv"
    lines = history.export_log(project, out, translate=CHINESE)
    data = out.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert len(rows) == lines
    assert (head[0], head[2], head[3], head[5]) == ("步骤", "对应步骤", "时间", "操作内容")
    cells = [cell for row in rows for cell in row]
    assert '\'=HYPERLINK("http://x")' in cells
    assert "'@cmd" in cells
    assert "-3.5" in cells
    assert not [c for c in cells if c.startswith(("=", "+", "@"))]
    assert {r[0] for r in rows} == {"1", "2", "3", "4", "5", "6", "7"}
    assert {r[2] for r in rows} == {"", "6"}  # the undo is in it, with the step that it turned
    assert all(datetime.fromisoformat(r[3]).utcoffset() is not None for r in rows)
    with pytest.raises(Refused):
        history.export_log(project, out)
    for wrong, error in ((project.path, Refused), (tmp_path / "no" / "a.csv", Missing)):
        with pytest.raises(error):
            history.export_log(project, wrong)
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_undo_and_redo_by_so_many_steps(project):
    done = history.turn(project, 2)
    assert len(done) == 2
    assert project.store.site("SK-1").outline.area == 100
    assert len(history.turn(project, 99, back=False)) == 2
    assert len(history.turn(project, 99)) == 5
    with pytest.raises(Refused) as caught:
        history.turn(project)
    assert caught.value.key == "undo.nothing"


def test_the_projects_name_and_settings_are_steps_too(project):
    change = set_project(project, {"name": " 二期 ", "office": "包头", "depth": "3.5"})
    assert change.label.render(CHINESE) == "修改项目设置：名称 试验 → 二期、office — → 包头、depth — → 3.5"
    assert project.store.project()["name"] == "二期"
    assert project.store.project()["settings"] == {"office": "包头", "depth": 3.5}
    set_project(project, {"depth": ""})
    assert project.store.project()["settings"] == {"office": "包头"}
    history.turn(project, 2)
    assert (project.store.project()["name"], project.store.project()["settings"]) == ("试验", {})
    revision = project.store.revision
    set_project(project, {"name": "试验"})
    assert project.store.revision == revision
    for key in ("crs", "made_up", "working_copy", "uid", "X y"):
        with pytest.raises(Refused):
            set_project(project, {key: "1"})
    with pytest.raises(Refused):
        set_project(project, {"name": " "})


def test_a_log_that_another_program_scribbled_in_is_still_shown(project):
    with sqlite3.connect(project.path) as con:
        con.execute("UPDATE change_log SET label = 'no {json' WHERE step = 2")
    con.close()
    assert history.feature_history(project, "SK-1")[1].to_json()["label"] == "no {json"
