"""Rule packs: what is read, and what is refused at which line."""

from __future__ import annotations

import pytest

from models.errors import Refused
from models.rule_agreement import check_agreement
from models.rule_packs import parse_pack
from models.rules import Route

GOOD = """[pack]
id = "local"
version = "1"
title = "local"
title_zh = "本地"
document = "DOC 1"
source = "me"

[[rule]]
id = "A-1"
title = "mercury"
title_zh = "汞"
scope = "W"
step = 3
check = "limit"
parameters = ["Hg"]
medium = "HJ 557"
unit = "mg/L"
comparator = "<="
limit = 0.05
consequence = "CLASS_II"
clause = "4"
confidence = "V"
source = "S1"
"""
SECOND = GOOD[GOOD.index("[[rule]]") :].replace("A-1", "A-2")


def test_reads_a_pack() -> None:
    pack = parse_pack(GOOD, "local.toml")
    rule = pack.rules[0]
    assert (pack.id, pack.version, rule.id, rule.limit, rule.document, rule.line) == (
        "local",
        "1",
        "A-1",
        0.05,
        "DOC 1",
        9,
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('clause = "4"\n', "", 9, "clause is missing"),
        ('confidence = "V"\n', "", 9, "confidence is missing"),
        ('source = "S1"\n', "", 9, "source is missing"),
        ('clause = "4"', 'clause = ""', 22, "clause is missing"),
        ('confidence = "V"', 'confidence = "sure"', 23, "must be one of"),
        ('consequence = "CLASS_II"', 'consequence = "CLASS_III"', 21, "must be one of"),
        ('unit = "mg/L"', 'unit = "mg/kg"', 18, "no unit for a value of HJ 557"),
        ('unit = "mg/L"', 'unit = "Bq/L"', 18, "no unit for Hg"),
        ('unit = "mg/L"', 'unit = "ppm"', 18, "must be one of"),
        ('parameters = ["Hg"]', 'parameters = ["Xx"]', 16, "not a known parameter"),
        ('parameters = ["Hg"]', 'parameters = "Hg"', 16, "list of words"),
        ('medium = "HJ 557"', 'medium = "HJ 558"', 17, "must be one of"),
        ("limit = 0.05", 'limit = "0.05"', 20, "must be a number"),
        ("limit = 0.05", "limit = true", 20, "must be a number"),
        ("limit = 0.05\n", "", 9, "must be a number"),
        ("limit = 0.05", "limit = 0.05\nlimti = 1", 21, "not a field"),
        ('comparator = "<="', 'comparator = "=<"', 19, "must be one of"),
        ('comparator = "<="', 'comparator = "between"', 20, "two numbers"),
        ('comparator = "<="', 'comparator = "not_detected"', 20, "no limit"),
        ("step = 3", "step = 12", 14, "whole number"),
        ('title = "mercury"', 'title = "mer{cury}"', 11, "without braces"),
        ('check = "limit"', 'check = "guess"', 15, "must be one of"),
        ('id = "local"\n', "", 1, "id is missing"),
        ('source = "me"', 'source = "me"\ncolour = "red"', 8, "not a field"),
    ],
)
def test_refuses_with_the_line(old: str, new: str, line: int, words: str) -> None:
    text = GOOD.replace(old, new, 1)
    with pytest.raises(Refused) as caught:
        parse_pack(text, "local.toml")
    assert caught.value.where.split()[0] == f"local.toml:{line}"
    assert words in str(caught.value)


def test_range_limits() -> None:
    text = GOOD.replace('["Hg"]', '["pH"]').replace('unit = "mg/L"', 'unit = "-"')
    rule = parse_pack(text.replace('"<="', '"between"').replace("0.05", "[6, 9]"), "p.toml").rules[0]
    assert rule.limit == (6.0, 9.0)
    with pytest.raises(Refused, match="two numbers"):
        parse_pack(text.replace('"<="', '"between"').replace("0.05", "[9, 6]"), "p.toml")


def test_one_id_twice_is_refused() -> None:
    with pytest.raises(Refused, match="A-1 stands twice"):
        parse_pack(GOOD + SECOND.replace("A-2", "A-1").replace('["Hg"]', '["Cd"]'), "p.toml")


@pytest.mark.parametrize("limit", ["0.05", "0.1"])
def test_two_limits_for_one_case_are_refused(limit: str) -> None:
    with pytest.raises(Refused, match="A-2 and local A-1 set limits for the same case") as caught:
        parse_pack(GOOD + SECOND.replace("0.05", limit), "p.toml")
    assert caught.value.where.startswith(f"p.toml:{len(GOOD.splitlines()) + 1}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["Hg"]', '["Cd"]'),
        ('"HJ 557"', '"HJ/T 299"'),
        ('consequence = "CLASS_II"', 'consequence = "WARN"'),
        ('comparator = "<="', 'comparator = ">="'),
    ],
)
def test_another_case_is_no_contradiction(old: str, new: str) -> None:
    assert len(parse_pack(GOOD + SECOND.replace(old, new), "p.toml").rules) == 2


def test_kinds_tell_cases_apart() -> None:
    one = GOOD.replace('medium = "HJ 557"', 'medium = "HJ 557"\nkinds = ["fly_ash"]')
    other = SECOND.replace('medium = "HJ 557"', 'medium = "HJ 557"\nkinds = ["steel_slag"]')
    assert len(parse_pack(one + other, "p.toml").rules) == 2
    with pytest.raises(Refused, match="same case"):
        parse_pack(one + SECOND, "p.toml")


def test_packs_may_not_contradict_each_other() -> None:
    one = parse_pack(GOOD, "a.toml")
    other = parse_pack(GOOD.replace('id = "local"', 'id = "other"').replace("0.05", "0.1"), "b.toml")
    with pytest.raises(Refused, match="same case"):
        check_agreement([one, other])


@pytest.mark.parametrize("text", ["", "a = 1", "[[rule]]\nid = 'x'", "[pack]\nid = 3", GOOD[: GOOD.index("[[rule]]")]])
def test_what_is_no_pack(text: str) -> None:
    with pytest.raises(Refused):
        parse_pack(text, "p.toml")


def test_routes() -> None:
    text = GOOD[: GOOD.index("parameters")].replace('"limit"', '"route"') + (
        'routes = [\n  { kinds = ["fly_ash"], origins = ["coal_goaf"] },\n]\n'
        'consequence = "INFO"\nclause = "8.1"\nconfidence = "V"\nsource = "S1"\n'
    )
    assert parse_pack(text, "p.toml").rules[0].routes == (Route(("fly_ash",), ("coal_goaf",)),)
    with pytest.raises(Refused, match="needs kinds and origins"):
        parse_pack(text.replace("origins", "origin"), "p.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[5.0, 25.0]", "[25.0, 5.0]", "rising"),
        ("[5.0, 25.0]", "[5.0]", "one number of samples more"),
        ("counts = [2, 3, 4]", "counts = [2, 3]", "as many"),
        ("counts = [2, 3, 4]", "counts = [2, 2, 4]", "rising"),
        ("ph = [6.5, 7.5]", "ph = [7.5, 6.5]", "two numbers"),
    ],
)
def test_tables_of_samples_and_bands_of_ph(old: str, new: str, words: str) -> None:
    head = GOOD[: GOOD.index("[[rule]]")]
    common = 'title = "t"\ntitle_zh = "试"\nscope = "W"\nstep = 1\nconsequence = "REQUIRE"\nclause = "1"\n'
    common += 'confidence = "R"\nsource = "S1"\n'
    text = (
        head + '[[rule]]\nid = "A"\ncheck = "sample_count"\ngroup = "g"\nmasses = [5.0, 25.0]\nsamples = [5, 8, 13]\n'
    )
    text += common + '\n[[rule]]\nid = "B"\ncheck = "exceedance_count"\ngroup = "g"\nsamples = [5, 8, 13]\n'
    text += "counts = [2, 3, 4]\n" + common
    text += '\n[[rule]]\nid = "C"\ncheck = "limit"\nparameters = ["Cd"]\nmedium = "soil"\nunit = "mg/kg"\n'
    text += 'comparator = "<="\nlimit = 0.3\nph = [6.5, 7.5]\n' + common
    assert [r.check for r in parse_pack(text, "f").rules] == ["sample_count", "exceedance_count", "limit"]
    assert old in text
    with pytest.raises(Refused, match=words):
        parse_pack(text.replace(old, new), "f")


def test_bands_of_ph_and_land_uses_tell_limits_apart() -> None:
    one = SECOND.replace('"HJ 557"', '"soil"').replace('"mg/L"', '"mg/kg"').replace('"CLASS_II"', '"WARN"')
    head = GOOD[: GOOD.index("[[rule]]")]
    low, high = (one.replace("A-2", i) + f"ph = {b}\n" for i, b in (("A", "[0.0, 6.5]"), ("B", "[6.5, 14.0]")))
    parse_pack(head + low + "\n" + high, "f")
    with pytest.raises(Refused, match="same case"):
        parse_pack(head + low + "\n" + high.replace("[6.5", "[6.0"), "f")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('medium = "HJ 557"', 'medium = "solid"', "no unit for a value of solid"),
        ("limit = 0.05", "limit = -0.05", "cannot be"),
        ('parameters = ["Hg"]', 'parameters = ["pH"]', "no unit for pH"),
        ('source = "me"', 'source = "me"\nin_force = "2026-13-40"', "must be a date"),
    ],
)
def test_a_unit_that_the_medium_cannot_have_and_values_that_cannot_be(old: str, new: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        parse_pack(GOOD.replace(old, new, 1), "local.toml")


def test_a_ph_beyond_14_is_a_slip() -> None:
    text = GOOD.replace('["Hg"]', '["pH"]').replace("mg/L", "-").replace("0.05", "15")
    with pytest.raises(Refused, match="cannot be"):
        parse_pack(text, "local.toml")
