"""What is to be monitored stands on the sheet of monitoring points, with the clause; that nothing is known is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.i18n import translator
from app.package.build import build_content
from app.package.duties import monitoring_duties
from app.package.sheet import SheetRequest
from app.project import Project
from app.verbs.screen import screen
from tests.app.package.dossier.world import make_world


@pytest.fixture
def project(tmp_path: Path):
    with Project.open(make_world(tmp_path)) as opened:
        yield opened


def test_without_a_screening_the_sheet_says_so(project: Project) -> None:
    duties = build_content(project, SheetRequest("SK-001", kind="monitoring")).duties
    assert [d.key for d in duties] == ["sheet.duties_unknown"]
    assert build_content(project, SheetRequest("SK-001", kind="present_state")).duties == ()


def test_the_duties_of_a_screening_stand_on_the_sheet(project: Project) -> None:
    screen(project, ["FA-1"], ["SK-001"])
    duties = build_content(project, SheetRequest("SK-001", kind="monitoring")).duties
    words = [d.render(translator("zh_CN")) for d in duties]
    assert "监测要求：地下水监测井：上游、下游、可能影响区各不少于1口（GB 18599-2020 10.3.2 a）" in words
    assert len(words) == len(set(words))
    assert not any("防渗衬层：" in w or "待复垦" in w for w in words)


def test_other_requirements_are_no_duties_of_monitoring(project: Project) -> None:
    screen(project, ["FA-1"], ["SK-001"])
    (answer,) = project.store.screenings(site="SK-001")
    others = tuple(f for f in answer.findings if not f.rule.startswith("MO-") and f.rule not in {"BF-03", "DB15-08"})
    assert any(f.outcome == "requires" for f in others)
    left = monitoring_duties([replace(answer, findings=others)])
    assert [d.key for d in left] == ["sheet.duties_none"]
