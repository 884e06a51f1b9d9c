"""Why other programs say something else: of the stored estimate, of another request, and after a change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.i18n import Translator
from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from app.verbs.why import why
from gis.convention_words import WORDS
from models.changes import Update
from models.errors import Missing
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.app.conftest import GROUND_M, pit_outline


@pytest.fixture
def project(project_file: Path, dem_file: Path, add_site: Callable[..., None]):
    add_site("SK-001")
    with Project.open(project_file) as opened:
        add_terrain(opened, dem_file, name="t")
        yield opened


def test_of_the_stored_estimate(project: Project) -> None:
    request = EstimateRequest("level", {"level_m": GROUND_M - 1})
    (kept,) = estimate(project, ["SK-001"], request=request).estimates
    report = why(project, "SK-001")
    assert (report.site, report.terrain, report.reference) == ("SK-001", "t", "level")
    assert report.fill_m3 == kept.fill_m3
    assert report.notices == ()
    rows = {r.key: r for r in report.rows}
    for check in kept.checks:
        assert rows[check.method].fill_m3 == check.fill_m3
    assert len(project.store.estimates(["SK-001"])) == 1
    document = report.to_json(Translator("zh_CN"))
    assert set(document) == {"site", "terrain", "reference", "over", "fill_m3", "conventions", "warnings"}
    for row in document["conventions"]:
        assert set(row) == {"key", "rule", "fill_m3", "difference_m3", "difference_percent", "reason"}
        assert row["difference_m3"] == pytest.approx(row["fill_m3"] - report.fill_m3)
        assert any("\u4e00" <= c <= "\u9fff" for c in row["reason"])


def test_without_one_the_default_and_of_another_request(project: Project) -> None:
    assert why(project, "SK-001").reference == "spill"
    report = why(project, "SK-001", request=EstimateRequest("rim_mean"))
    assert report.reference == "rim_mean"
    assert {"lowest_vertex", "vertex_mean"} <= {r.key for r in report.rows}


def test_a_stale_estimate_is_said(project: Project) -> None:
    estimate(project, ["SK-001"], request=EstimateRequest("spill"))
    outline = pit_outline(pit_outline().bounds[0] - 28, pit_outline().bounds[3] + 30)
    project.store.transact(Notice("t", "t"), [Update("sand_pits", 1, {"geometry": outline})])
    assert [n.key for n in why(project, "SK-001").notices] == ["why.stale"]


def test_a_site_that_is_not_there(project: Project) -> None:
    with pytest.raises(Missing):
        why(project, "nobody")
    with pytest.raises(Missing):
        why(project, "SK-001", terrain="nothing")


def test_every_convention_has_words() -> None:
    assert all(len(rule) < len(reason) for rule, reason in WORDS.values())
