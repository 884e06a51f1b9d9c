"""Listing, showing, validating and testing rule packs."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.i18n import set_language
from app.verbs import rules
from models.errors import Missing, Refused, Unreadable
from resources import resource_path


def test_shows_a_pack_as_a_document() -> None:
    document = rules.show_pack(rules.chosen_packs(["gb_18599_2020"])[0])
    ph = next(r for r in document["rules"] if r["id"] == "CL-02")
    assert (document["version"], ph["limit"], ph["clause"], ph["confidence"], ph["parameter"]) == (
        "1.1",
        "6-9",
        "3.6, 3.7",
        "V",
        "pH",
    )


def test_shows_it_in_chinese() -> None:
    set_language("zh_CN")
    try:
        assert rules.show_pack(rules.chosen_packs(["site_law"])[0])["rules"][0]["title"] == "生态保护红线"
    finally:
        set_language("en")


def test_unknown_pack_names_the_known() -> None:
    with pytest.raises(Missing, match="gb_18599_2020"):
        rules.chosen_packs(["gb_1"])


def test_validates_the_shipped_packs_and_refuses_a_broken_copy(tmp_path: Path) -> None:
    source = resource_path("rules", "gb_8978_1996.toml")
    assert len(rules.validate_file(source).rules) == 55
    broken = tmp_path / "我的 规则.toml"
    broken.write_text(source.read_text(encoding="utf8").replace('unit = "mg/L"', 'unit = "mg"', 1), encoding="utf8")
    with pytest.raises(Refused, match=r"我的 规则.toml:\d+ CL-01-Hg"):
        rules.validate_file(broken)


def test_files_that_are_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        rules.validate_file(tmp_path / "no.toml")
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable):
        rules.validate_file(bad)


def test_runs_a_table_of_cases(tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("kind,site,verdict\ncoal_gangue,coal_pit,accept\nfly_ash,sand_pit,accept\n", encoding="utf-8-sig")
    good, bad = rules.test_file(table, rules.rule_packs())
    assert (good.row, good.passed, bad.row, bad.passed, bad.got) == (2, True, 3, False, "verdict assess")


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("kind,verdict\n", encoding="utf8")
    with pytest.raises(Refused, match="no cases"):
        rules.test_file(table, rules.rule_packs())


@pytest.mark.parametrize(
    ("pack", "old", "new", "words"),
    [
        ("practice", '"steel_slag"', '"stal_slag"', "stal_slag is none of the kinds"),
        ("practice", '"@gypsum"', '"@gipsum"', "@gipsum is none of the kinds"),
        ("site_law", '"river_range"', '"rivers"', "rivers is none of the controls"),
        ("site_law", '"dry_farmland"', '"farm"', "farm is none of the land_uses"),
        ("gb_18599_2020", '"coal_goaf"]', '"goaf"]', "goaf is none of the origins"),
        ("gb_18599_2020", 'classes = ["II"]', 'classes = ["2"]', "2 is none of the classes"),
        ("practice", "limit = 2.0", "limit = nan", "limit must be a number"),
        ("practice", "limit = 2.0", "limit = inf", "limit must be a number"),
        ("gb_18599_2020", "limit = [6.0, 9.0]", "limit = [nan, 9.0]", "limit must be two numbers"),
    ],
)
def test_a_name_or_limit_that_could_never_be_met_is_refused(
    tmp_path: Path, pack: str, old: str, new: str, words: str
) -> None:
    text = resource_path("rules", f"{pack}.toml").read_text(encoding="utf8")
    assert old in text
    path = tmp_path / "p.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf8")
    with pytest.raises(Refused, match=words) as caught:
        rules.validate_file(path)
    assert caught.value.where.startswith("p.toml:")
