"""Edited stretches of the rim on the backfill design: marked, explained, told; and told when they changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.i18n import Translator
from app.package.build import build_content
from app.package.rim_marks import rim_marks
from app.package.sheet import SheetRequest, compose
from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.rim import Where, add_rim_edit
from app.verbs.terrain import add_terrain
from models.estimate import EstimateRequest
from tests.app.conftest import GROUND_M, SIZE, TOP, X0, Y0

SOUTH = (X0 + SIZE / 2, Y0 - SIZE / 2 - TOP / 2)
NORTH = (X0 + SIZE / 2, Y0 - SIZE / 2 + TOP / 2)


@pytest.fixture
def project(project_file: Path, dem_file: Path, add_site: Callable[..., None]) -> Iterator[Project]:
    """A pit with two edits of its rim and an estimate by the edited rim."""
    add_site("SK-001")
    with Project.open(project_file) as opened:
        add_terrain(opened, dem_file, name="测区", vertical_datum="1985国家高程基准", source="lidar")
        add_rim_edit(opened, "SK-001", "leave_out", Where(middle=SOUTH, length_m=8.0), remarks="道路")
        add_rim_edit(opened, "SK-001", "raise", Where(middle=NORTH, length_m=12.0), value_m=0.5)
        yield opened


def content_of(project: Project, kind: str = "backfill_design"):
    return build_content(project, SheetRequest("SK-001", kind, "zh_CN"))


def test_stretches_are_drawn_explained_and_told(project: Project) -> None:
    estimate(project, ["SK-001"], request=EstimateRequest("edited_rim"))
    content = content_of(project)
    assert [(m.number, m.action) for m in content.rim_edits] == [("R1", "leave_out"), ("R2", "raise")]
    assert [round(m.line.length, 6) for m in content.rim_edits] == [8, 12]
    told = next(n for n in content.notes if n.key == "sheet.rim_edits").render(Translator("zh_CN"))
    assert "R1 段长 8.0 m，剔除不计 (道路)" in told
    assert "R2 段长 12.0 m，抬高 0.50 m" in told
    assert "溢出高程" in told, "which surface was laid over the edited rim"
    pages, _ = compose(content)
    texts = [t.text for page in pages for t in page.texts]
    assert {"R1", "R2", "坑沿人工剔除段", "坑沿人工抬高段"} <= set(texts)
    for page in pages:
        page.check()


def test_figures_by_another_surface_say_that_they_do_not_use_them(project: Project) -> None:
    estimate(project, ["SK-001"], request=EstimateRequest("spill"))
    content = content_of(project)
    assert len(content.rim_edits) == 2
    told = next(n for n in content.notes if n.key == "sheet.rim_edits").render()
    assert "only the figure by the edited rim" in told
    assert any("edited" in label and value for label, value in content.alternatives)


def test_edits_since_the_estimate_are_told(project: Project) -> None:
    estimate(project, ["SK-001"], request=EstimateRequest("edited_rim"))
    assert "sheet.rim_edits_stale" not in {n.key for n in content_of(project).notes}
    add_rim_edit(project, "SK-001", "set", Where(middle=SOUTH, length_m=4.0), value_m=GROUND_M)
    content = content_of(project)
    assert "sheet.rim_edits_stale" in {n.key for n in content.notes}
    assert len(content.rim_edits) == 2, "the sheet shows what its figures rest on"


def test_sheets_without_figures_have_no_marks(project: Project) -> None:
    estimate(project, ["SK-001"], request=EstimateRequest("edited_rim"))
    assert content_of(project, "present_state").rim_edits == ()
    assert rim_marks(project, project.store.site("SK-001"), None, Translator("en")) == ((), ())
