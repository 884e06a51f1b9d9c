"""Kept screenings against those of today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from app.project import Project
from app.verbs.assess import record_assessment
from app.verbs.rule_edits import edit_rule
from app.verbs.screen import screen
from app.verbs.stale import freshness
from app.verbs.waste import add_waste
from models.changes import Insert
from models.errors import Missing
from models.notices import Notice
from models.screening import Screening


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "过时 项目.gpkg", crs="EPSG:4546") as made:
        pit = {"code": "SK-1", "name": "砂坑", "geometry": shapely.box(500000, 4500000, 500100, 4500100)}
        made.store.transact(Notice("t", "pit"), [Insert("sand_pits", pit)])
        add_waste(made, "FA-1", kind="fly_ash")
        lab(made, "F", 8.0)
        yield made


def lab(project: Project, parameter: str, number: float) -> None:
    value = {"waste": "FA-1", "sample": "S1", "date": "2026-10-01", "method": "HJ 557", "parameter": parameter}
    value |= {"raw": f"{number:g}", "value": number, "below": False, "unit": "mg/L"}
    project.store.transact(Notice("t", "value"), [Insert("lab_values", value)])


def kept(project: Project) -> Screening:
    screen(project)
    return project.store.screenings()[-1]


def test_an_unchanged_project_is_fresh(project: Project) -> None:
    found = freshness(project, kept(project))
    assert not found.stale
    assert (found.packs, found.rules) == ((), ())


def test_rules_data_and_assessments_make_it_stale(project: Project) -> None:
    old = kept(project)
    edit_rule(project, "gb_8978_1996", "CL-01-F", {"limit": "5"}, "x")
    found = freshness(project, old)
    assert found.packs == (("gb_8978_1996", "1.0", "1.0+1"),)
    assert "CL-01-F" in found.rules
    assert found.now.waste_class == "II"
    project.store.undo()
    assert not freshness(project, old).stale
    lab(project, "Pb", 0.2)
    found = freshness(project, old)
    assert found.packs == ()
    assert "CL-01-Pb" in found.rules
    project.store.undo()
    record_assessment(project, "SK-1", "FA-1", "not_acceptable", assessed_by="x", assessed_on="2026-10-01")
    found = freshness(project, old)
    assert found.stale
    assert found.now.verdict == "reject"


def test_a_report_that_grew_older_is_not_stale_until_it_expires(project: Project) -> None:
    old = kept(project)
    aged = [f for f in old.findings if f.unit == "months"]
    assert aged
    younger = replace(old, findings=tuple(replace(f, value=0.1) if f in aged else f for f in old.findings))
    assert not freshness(project, younger).stale
    expired = replace(
        old, findings=tuple(replace(f, outcome="does_not_meet") if f in aged else f for f in old.findings)
    )
    assert freshness(project, expired).rules == (aged[0].rule,)


def test_a_waste_that_is_gone_is_said(project: Project) -> None:
    with pytest.raises(Missing):
        freshness(project, replace(kept(project), waste="XX"))
