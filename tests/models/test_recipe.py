"""Fills of several wastes: shares, density, class, the strictest verdict, and rules about company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.verbs.rules import rule_packs
from app.verbs.waste import catalogue
from models.errors import Refused
from models.recipe import (
    Recipe,
    RecipePart,
    check_recipe,
    company,
    recipe_class,
    recipe_density,
    strictest,
)

VERDICTS = ("reject", "cannot_judge", "assess", "accept")


def recipe(*parts: tuple[str, float], laying: str = "mixed", **more: object) -> Recipe:
    return Recipe("方案", "SK-1", laying, tuple(RecipePart(w, s) for w, s in parts), **more)


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        (recipe(("A", 0.6), ("B", 0.5)), "recipe.shares"),
        (recipe(("A", 0.6), ("B", 0.3)), "recipe.shares"),
        (recipe(("A", 1.5), ("B", -0.5)), "recipe.share"),
        (recipe(("A", 1.0), ("B", 0.0)), "recipe.share"),
        (recipe(("A", float("nan")), ("B", 0.5)), "recipe.share"),
        (recipe(("A", 1.0)), "recipe.parts"),
        (recipe(("A", 0.5), ("A", 0.5)), "recipe.twice"),
        (recipe(("A", 0.5), ("B", 0.5), laying="heaps"), "recipe.laying"),
        (recipe(("A", 0.5), ("B", 0.5), density_t_m3=20.0), "recipe.density"),
    ],
)
def test_what_is_refused(bad: Recipe, key: str) -> None:
    with pytest.raises(Refused) as caught:
        check_recipe(bad)
    assert caught.value.key == key


def test_layers_may_come_again_and_the_plain_form_comes_back() -> None:
    fine = recipe(("A", 0.3), ("B", 0.4), ("A", 0.3), laying="layers")
    check_recipe(fine)
    assert Recipe.from_json(fine.to_json()) == fine


def test_density_of_the_whole() -> None:
    # 1/ρ = 0.6/1.2 + 0.4/1.6 = 0.75
    assert recipe_density(recipe(("A", 0.6), ("B", 0.4)), {"A": 1.2, "B": 1.6}) == pytest.approx(4 / 3)
    layered = recipe(("A", 0.3), ("B", 0.4), ("A", 0.3), laying="layers")
    assert recipe_density(layered, {"A": 1.2, "B": 1.6}) == pytest.approx(4 / 3)
    assert recipe_density(recipe(("A", 0.6), ("B", 0.4)), {"A": 1.2, "B": None}) is None
    assert recipe_density(recipe(("A", 0.6), ("B", 0.4), density_t_m3=1.5), {}) == 1.5


@given(st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=6))
def test_company_never_makes_a_verdict_better(verdicts: list[str]) -> None:
    assert all(VERDICTS.index(strictest(verdicts)) <= VERDICTS.index(v) for v in verdicts)
    assert strictest(verdicts) in verdicts


def test_one_part_of_class_two_makes_the_fill_class_two() -> None:
    assert recipe_class(["I", "I"]) == "I"
    assert recipe_class(["I", "II", None]) == "II"
    assert recipe_class(["I", None]) is None


def test_rules_about_company_name_the_pair_and_ask_how_it_is_laid() -> None:
    kinds = {"G": catalogue()["fgd_gypsum"], "F": catalogue()["fly_ash"], "S": catalogue()["steel_slag"]}

    def said(*wastes: str, laying: str = "mixed") -> set[str]:
        made = recipe(*((w, 1 / len(wastes)) for w in wastes), laying=laying)
        return {f.rule for f in company(made, kinds, rule_packs())}

    assert said("G", "F") == {"EN-05", "BF-04-MIX", "MX-02"}
    assert said("F", "S") == {"EN-05", "BF-04-MIX", "MX-01"}
    assert said("G", "S", laying="layers") == {"EN-05", "BF-04-MIX", "MX-01", "MX-02"}
    assert said("G", "S", laying="zones") == {"BF-04-MIX"}
    (pair,) = [f for f in company(recipe(("F", 0.5), ("G", 0.5)), kinds, rule_packs()) if f.rule == "MX-02"]
    assert (pair.message.facts["one"], pair.message.facts["other"], pair.confidence) == ("G", "F", "D")
