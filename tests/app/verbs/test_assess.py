"""Risk assessments on record decide the pairs they are about, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from app.project import Project
from app.verbs.assess import assessments, record_assessment
from app.verbs.screen import screen
from app.verbs.waste import add_waste
from gis.store import lab_row
from models.changes import Delete, Insert
from models.errors import Missing, Refused
from models.notices import Notice
from models.rule_cases import clean_values

GOOD = {"assessed_by": "某环评公司", "assessed_on": "2026-10-20", "report": "报告 2026-7", "conditions": "先做防渗"}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "评估.gpkg", crs="EPSG:4546") as made:
        for n, code in enumerate(("SK-1", "SK-2")):
            x = 500000 + 1000 * n
            pit = {"code": code, "geometry": shapely.box(x, 4500000, x + 100, 4500100)}
            made.store.transact(Notice("t", "pit"), [Insert("sand_pits", pit)])
        line = {"code": "HX-1", "geometry": shapely.box(400000, 4500000, 400100, 4500100)}
        made.store.transact(Notice("t", "line"), [Insert("red_lines", line)])
        for code in ("FA-1", "FA-2"):
            add_waste(made, code, kind="fly_ash")
            made.store.transact(Notice("t", "v"), [Insert("lab_values", lab_row(v)) for v in clean_values(code)])
        yield made


def verdicts(project: Project) -> dict[tuple[str, str], str]:
    return {(a.waste, a.site): a.verdict for a in screen(project, store=False)}


def test_an_acceptable_outcome_opens_its_pair_only(project: Project) -> None:
    before = verdicts(project)
    assert set(before.values()) == {"assess"}
    record_assessment(project, "SK-1", "FA-1", "acceptable", **GOOD)
    after = verdicts(project)
    assert after == before | {("FA-1", "SK-1"): "accept"}
    answer = next(a for a in screen(project, store=False) if (a.waste, a.site) == ("FA-1", "SK-1"))
    said = next(f.message.render() for f in answer.findings if f.rule == "BF-02")
    assert "某环评公司, 2026-10-20, 报告 2026-7, 先做防渗" in said


def test_the_last_entry_counts_and_that_of_the_waste_before_that_of_the_site(project: Project) -> None:
    record_assessment(project, "SK-1", "", "acceptable", **GOOD)
    record_assessment(project, "SK-1", "FA-2", "acceptable", **GOOD)
    record_assessment(project, "SK-1", "FA-2", "not_acceptable", **GOOD)
    found = verdicts(project)
    assert (found["FA-1", "SK-1"], found["FA-2", "SK-1"], found["FA-2", "SK-2"]) == ("accept", "reject", "assess")
    assert len(assessments(project)) == 3
    project.store.undo()
    assert verdicts(project)["FA-2", "SK-1"] == "accept"


def test_they_go_with_their_site(project: Project) -> None:
    record_assessment(project, "SK-1", "", "acceptable", **GOOD)
    fid = project.store.rows("sand_pits", code="SK-1")[0]["fid"]
    project.store.transact(Notice("t", "delete"), [Delete("sand_pits", fid)])
    assert assessments(project) == []
    assert not project.store.check()


@pytest.mark.parametrize(
    ("site", "waste", "outcome", "change", "error", "key"),
    [
        ("SK-9", "", "acceptable", {}, Missing, ""),
        ("SK-1", "XX", "acceptable", {}, Missing, ""),
        ("SK-1", "", "fine", {}, Refused, "assess.outcome"),
        ("SK-1", "", "acceptable", {"assessed_by": " "}, Refused, "assess.nobody"),
        ("SK-1", "", "acceptable", {"assessed_on": "20 Oct"}, Refused, "assess.date"),
        ("SK-1", "", "acceptable", {"assessed_on": "2999-01-01"}, Refused, "assess.future"),
    ],
)
def test_what_is_refused(
    project: Project, site: str, waste: str, outcome: str, change: dict[str, str], error: type, key: str
) -> None:
    revision = project.store.revision
    with pytest.raises(error) as caught:
        record_assessment(project, site, waste, outcome, **(GOOD | change))
    assert caught.value.key == key or not key
    assert project.store.revision == revision
