from __future__ import annotations

import pytest
import shapely

from app.project import Project
from app.verbs.absences import absences, control_states, state_absence, withdraw_absence
from app.verbs.screen import screen, site_facts
from app.verbs.settings import set_project
from app.verbs.waste import add_waste
from models.changes import Insert, Update
from models.errors import Missing, Refused
from models.notices import Notice

_SAID = {"source": "包自然资函〔2026〕12号", "stated_by": "自然资源局", "stated_on": "2026-03-01"}
_EDIT = Notice("t", "edit")


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "a.gpkg", crs="EPSG:4546") as made:
        ground = shapely.MultiPolygon([shapely.box(417000, 4496000, 417100, 4496100)])
        made.store.transact(_EDIT, [Insert("sand_pits", {"code": "SK-001", "geometry": ground})])
        add_waste(made, "W", kind="fly_ash")
        yield made


def findings(project, rule):
    (answer,) = screen(project, store=False)
    return [f for f in answer.findings if f.rule == rule]


def test_a_statement_answers_the_rule_and_undo_takes_it_back(project):
    (open_,) = findings(project, "SL-01-FARM")
    assert open_.outcome == "requires"
    state_absence(project, "permanent_basic_farmland", **_SAID)
    (answered,) = findings(project, "SL-01-FARM")
    assert answered.outcome == "meets"
    assert "包自然资函〔2026〕12号, 自然资源局, 2026-03-01" in answered.message.render(str)
    project.store.undo()
    assert findings(project, "SL-01-FARM") == [open_]


def test_the_red_line_too(project):
    (blocked,) = findings(project, "SL-01")
    assert (blocked.outcome, blocked.consequence) == ("requires", "REQUIRE")  # an assessment is due for ash anyway
    state_absence(project, "red_line", **_SAID)
    (free,) = findings(project, "SL-01")
    assert free.outcome == "meets"


def test_a_rule_of_two_kinds_needs_both(project):
    state_absence(project, "water_source_1", **_SAID)
    assert findings(project, "SL-03")[0].outcome == "requires"
    state_absence(project, "water_source_2", **_SAID)
    assert findings(project, "SL-03")[0].outcome == "meets"


def test_an_area_on_the_map_outweighs_what_was_stated(project):
    state_absence(project, "river_range", **_SAID)
    river = shapely.MultiPolygon([shapely.box(417050, 4496000, 417200, 4496100)])
    project.store.transact(_EDIT, [Insert("control_areas", {"code": "KZ-1", "kind": "river_range", "geometry": river})])
    (found,) = findings(project, "SI-03")
    assert found.outcome == "does_not_meet"
    state = next(s for s in control_states(project) if s.kind == "river_range")
    assert state.areas == 1
    assert state.absence is not None


def test_what_is_refused(project):
    for change, key in (
        ({"source": " "}, "absence.source"),
        ({"stated_by": ""}, "absence.by"),
        ({"stated_on": "gestern"}, "absence.date"),
        ({"stated_on": "2999-01-01"}, "absence.future"),
    ):
        with pytest.raises(Refused) as caught:
            state_absence(project, "wetland", **{**_SAID, **change})
        assert caught.value.key == key
    with pytest.raises(Missing):
        state_absence(project, "moon", **_SAID)
    with pytest.raises(Missing):
        withdraw_absence(project, "wetland")
    line = shapely.MultiPolygon([shapely.box(0, 0, 10, 10)])
    project.store.transact(_EDIT, [Insert("red_lines", {"code": "HX-1", "geometry": line})])
    with pytest.raises(Refused, match="1 such areas"):
        state_absence(project, "red_line", **_SAID)
    assert absences(project) == {}


def test_withdrawn_and_kept_apart_from_other_settings(project):
    set_project(project, {"office": "x"})
    state_absence(project, "wetland", **_SAID)
    state_absence(project, "urban_boundary", **_SAID)
    with pytest.raises(Refused):
        set_project(project, {"absent_controls": "{}"})
    withdraw_absence(project, "wetland")
    assert list(absences(project)) == ["urban_boundary"]
    withdraw_absence(project, "urban_boundary")
    assert project.store.project()["settings"] == {"office": "x"}


def test_what_another_program_spoilt_says_nothing(project):
    fid = project.store.rows("project")[0]["fid"]
    for spoilt in ("x", {"wetland": 3}, {"wetland": {**_SAID, "source": ""}}, {"moon": _SAID}):
        project.store.transact(_EDIT, [Update("project", fid, {"settings": {"absent_controls": spoilt}})])
        assert absences(project) == {}
    assert site_facts(project, project.store.sites())[project.store.site("SK-001").uid].absences == ()
