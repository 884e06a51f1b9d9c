"""Mended packs: what an edit changes, what it leaves, what is refused."""

from __future__ import annotations

import pytest

from models.errors import Missing, Refused
from models.pack_edits import differences, edited, next_version, versioned, with_rules
from models.rule_packs import parse_pack

TEXT = """# a comment that people wrote
[pack]
id = "local"
version = "1.0"
title = "local"
title_zh = "本地"
document = "DOC 1"
source = "me"

[[rule]]
id = "A-1"  # keep me
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
MORE = TEXT[TEXT.index("[[rule]]") :].replace("A-1", "A-2").replace('"Hg"', '"Cd"')


def test_an_edit_changes_one_value_and_leaves_comments_and_order() -> None:
    made = edited(TEXT, "A-1", {"limit": "0.02", "source": "S9", "confidence": "V*"}, "local.toml")
    assert made.splitlines()[0] == "# a comment that people wrote"
    assert "# keep me" in made
    changed = [(a, b) for a, b in zip(TEXT.splitlines(), made.splitlines(), strict=True) if a != b]
    assert changed == [
        ("limit = 0.05", "limit = 0.02"),
        ('confidence = "V"', 'confidence = "V*"'),
        ('source = "S1"', 'source = "S9"'),
    ]


def test_a_number_changed_without_saying_how_sure_is_no_longer_verified() -> None:
    assert parse_pack(edited(TEXT, "A-1", {"limit": "0.02"}, "f"), "f").rules[0].confidence == "U"
    assert parse_pack(edited(TEXT, "A-1", {"note": "seen"}, "f"), "f").rules[0].confidence == "V"


def test_a_range_a_list_and_a_field_taken_out() -> None:
    made = edited(TEXT, "A-1", {"comparator": "between", "limit": "0.01-0.5", "kinds": "fly_ash，bottom_ash"}, "f")
    rule = parse_pack(made, "f").rules[0]
    assert (rule.limit, rule.kinds) == ((0.01, 0.5), ("fly_ash", "bottom_ash"))
    assert parse_pack(edited(made, "A-1", {"kinds": ""}, "f"), "f").rules[0].kinds == ()


def test_a_range_of_small_numbers() -> None:
    made = edited(TEXT, "A-1", {"comparator": "between", "limit": "1e-05-0.75"}, "f")
    assert parse_pack(made, "f").rules[0].limit == (1e-5, 0.75)
    assert parse_pack(edited(TEXT, "A-1", {"limit": "1E-7"}, "f"), "f").rules[0].limit == 1e-7


@pytest.mark.parametrize(
    ("rule", "values", "error", "key"),
    [
        ("A-9", {"limit": "1"}, Missing, "rules.unknown_rule"),
        ("A-1", {"limit": "0,05 mg/L"}, Refused, "rules.no_number"),
        ("A-1", {"limit": ""}, Refused, "rules.bad"),
        ("A-1", {"unit": "furlong"}, Refused, "rules.bad"),
        ("A-1", {"unit": "Bq/kg"}, Refused, "rules.bad"),
        ("A-1", {"confidence": "sure"}, Refused, "rules.bad"),
        ("A-1", {"colour": "red"}, Refused, "rules.bad"),
        ("A-1", {"id": "B-1"}, Refused, "rules.fixed"),
        ("A-1", {"source": "a {brace}"}, Refused, "rules.bad"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused(rule: str, values: dict[str, str], error: type, key: str) -> None:
    with pytest.raises(error) as caught:
        edited(TEXT, rule, values, "local.toml")
    assert caught.value.key == key


def test_rules_are_added_behind_the_others_and_only_rules() -> None:
    made = parse_pack(with_rules(TEXT, MORE, "more.toml"), "f")
    assert [r.id for r in made.rules] == ["A-1", "A-2"]
    for bad, key in ((TEXT, "rules.no_rule"), ("", "rules.no_rule"), ("[[rule]", "toml.syntax")):
        with pytest.raises(Refused) as caught:
            with_rules(TEXT, bad, "more.toml")
        assert caught.value.key == key
    with pytest.raises(Refused) as caught:
        with_rules(TEXT, TEXT[TEXT.index("[[rule]]") :].replace("A-1", "A-3"), "more.toml")
    assert caught.value.key == "rules.contradiction"


def test_differences_name_rule_and_field_and_forget_lines() -> None:
    shipped = parse_pack(TEXT, "f")
    moved = parse_pack("# one more line\n" + TEXT, "f")
    assert differences(shipped, moved) == ()
    own = parse_pack(with_rules(edited(TEXT, "A-1", {"limit": "0.02"}, "f"), MORE, "f"), "f")
    told = {(d.kind, d.rule, d.field, d.shipped, d.own) for d in differences(shipped, own)}
    assert told == {
        ("changed", "A-1", "limit", 0.05, 0.02),
        ("changed", "A-1", "confidence", "V", "U"),
        ("added", "A-2", "", None, None),
    }
    assert [(d.kind, d.rule) for d in differences(own, shipped) if d.kind != "changed"] == [("removed", "A-2")]
    assert [d.kind for d in differences(None, own)] == ["added", "added"]


def test_versions_count_on_and_never_come_twice() -> None:
    assert next_version("1.0", []) == "1.0+1"
    assert next_version("1.0", ["1.0+1", "1.0+2"]) == "1.0+3"
    assert next_version("1.0+4", ["1.0+5"]) == "1.0+6"
    assert parse_pack(versioned(TEXT, "1.0+1", "f"), "f").version == "1.0+1"
