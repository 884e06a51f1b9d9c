"""The packs that the program brings: they agree, name their sources, never show recalled figures as verified."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.verbs.rules import rule_packs
from app.verbs.waste import catalogue
from models.checks import CHECKS
from models.evaluate import MINIMUM_SET
from models.rules import Pack, Rule

RULES = [(p, r) for p in rule_packs() for r in p.rules]
DATA = Path(__file__).parents[1] / "data" / "rules"


def test_the_packs_of_the_first_trip_are_there() -> None:
    wanted = {"gb_18599_2020", "gb_8978_1996", "gb_5085", "hazardous_list", "radioactivity", "site_law"}
    assert wanted <= {p.id for p in rule_packs()}


@pytest.mark.parametrize(("pack", "rule"), RULES, ids=lambda x: x.id)
def test_every_rule_is_whole(pack: Pack, rule: Rule) -> None:
    assert rule.check in CHECKS
    assert rule.clause
    assert rule.source
    assert re.search(r"[\u4e00-\u9fff]|pH", rule.title_zh)
    for name in (*rule.kinds, *rule.exempt_kinds, *rule.missing_kinds, *(k for r in rule.routes for k in r.kinds)):
        groups = {f"@{g}" for kind in catalogue().values() for g in kind.groups}
        assert name in catalogue() or name in groups
    if "recalled" in rule.source and rule.source.startswith("screening-rules"):
        assert rule.confidence in {"R", "U", "D"}


def test_the_minimum_set_is_asked_for() -> None:
    asked = {p for _, r in RULES if r.consequence == "CLASS_II" and r.missing == "NEEDS_TEST" for p in r.parameters}
    assert asked == set(MINIMUM_SET)


def test_ids_are_unique_over_all_packs() -> None:
    ids = [r.id for _, r in RULES]
    assert len(ids) == len(set(ids))


def test_leach_tests_are_kept_apart() -> None:
    for _, rule in RULES:
        if rule.consequence == "CLASS_II" and rule.check == "limit":
            assert rule.medium == "HJ 557"
        if rule.group == "gb_5085" and rule.check == "limit":
            assert rule.medium in {"HJ/T 299", "corrosivity"}
        assert "HJ/T 300" not in (rule.medium, rule.doubt_medium)


def test_every_limit_has_cases() -> None:
    text = "\n".join(p.read_text(encoding="utf8") for p in DATA.glob("*.csv"))
    tested = set(re.findall(r"(?<=,)[A-Z0-9]+-[A-Za-z0-9_-]+(?=,)", text))
    limits = {r.id for _, r in RULES if r.check in {"limit", "clearance", "overlap"} and r.consequence != "WARN"}
    assert limits - tested == set()
