"""Fills kept in the project and judged on the sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.project import Project
from app.sample.build import build_sample
from app.verbs.recipe import drop_recipe, judge_recipe, keep_recipe, recipe_named, recipes
from app.verbs.screen import screen
from models.changes import Insert
from models.errors import Missing, Refused
from models.notices import Notice
from models.recipe import Recipe, RecipePart


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sample(tmp_path_factory.mktemp("示例 配方"))


def fill(*parts: tuple[str, float], name: str = "甲 方案", site: str = "SK-001") -> Recipe:
    return Recipe(name, site, "mixed", tuple(RecipePart(w, s) for w, s in parts))


def test_shares_are_kept_for_the_tonnage_and_the_verdict_is_the_strictest(sample: Path) -> None:
    with Project.open(sample) as project:
        keep_recipe(project, fill(("FA-01", 0.6), ("GY-01", 0.4)))
        answer = judge_recipe(project, recipe_named(project, "甲 方案"))
        alone = {s.waste: s.verdict for s in screen(project, ["FA-01", "GY-01"], ["SK-001"], store=False)}
        assert {s.waste: s.verdict for s in answer.screenings} == alone
        estimate = project.store.estimates(["SK-001"])[-1]
        assert answer.tonnage_t == pytest.approx(estimate.waste_m3 * answer.density_t_m3)
        assert answer.parts_t == pytest.approx({"FA-01": 0.6 * answer.tonnage_t, "GY-01": 0.4 * answer.tonnage_t})
        banned = judge_recipe(project, fill(("FA-01", 0.95), ("AD-01", 0.05)))
        assert banned.verdict == "reject"


def test_a_recipe_is_replaced_by_name_undone_and_removed(sample: Path) -> None:
    with Project.open(sample) as project:
        keep_recipe(project, fill(("FA-01", 0.6), ("GY-01", 0.4), name="乙"))
        keep_recipe(project, fill(("FA-01", 0.5), ("GY-01", 0.5), name="乙"))
        assert [p.share for p in recipe_named(project, "乙").parts] == [0.5, 0.5]
        project.store.undo()
        assert [p.share for p in recipe_named(project, "乙").parts] == [0.6, 0.4]
        drop_recipe(project, "乙")
        assert "乙" not in [r.name for r in recipes(project)]
        with pytest.raises(Missing):
            recipe_named(project, "乙")


def test_what_is_refused_changes_nothing(sample: Path) -> None:
    with Project.open(sample) as project:
        project.store.transact(Notice("t", "plan"), [Insert("scenarios", {"name": "计划", "kind": "plan"})])
        revision = project.store.revision
        for bad, error in (
            (fill(("FA-01", 0.6), ("GY-01", 0.3)), Refused),
            (fill(("FA-01", 0.6), ("NOPE", 0.4)), Missing),
            (fill(("FA-01", 0.6), ("GY-01", 0.4), site="XX"), Missing),
            (fill(("FA-01", 0.6), ("GY-01", 0.4), site="DC-001"), (Refused, Missing)),
            (fill(("FA-01", 0.6), ("GY-01", 0.4), name="计划"), Refused),
        ):
            with pytest.raises(error):
                keep_recipe(project, bad)
        assert project.store.revision == revision
