"""All rules at one look."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.i18n import translator
from app.project import Project
from app.verbs.rule_edits import edit_rule, pack_of, reset_pack
from app.verbs.rule_shelf import SLOT_FILLS, shelf, slot_values
from app.verbs.rules import rule_packs
from models.pack_edits import differences


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "规则 架.gpkg", crs="EPSG:4546") as made:
        yield made


def test_every_shipped_rule_stands_there_as_shipped(project: Project) -> None:
    found = shelf(project)
    assert len(found.lines) == sum(len(p.rules) for p in rule_packs())
    assert {line.standing for line in found.lines} == {"shipped"}
    assert [p.id for p in found.packs] == [p.id for p in rule_packs()]
    assert {line.rule.id for line in found.lines if line.open} >= {"DB15-01", "BT-06"}
    ph = next(line for line in found.lines if line.rule.id == "CL-01-F")
    assert ph.fields == ("limit", "unit", "confidence", "source", "clause", "note")


def test_mended_rules_and_their_history(project: Project) -> None:
    edit_rule(project, "gb_8978_1996", "CL-01-F", {"limit": "5"}, "why")
    found = shelf(project)
    (line,) = (line for line in found.lines if line.standing != "shipped")
    assert (line.rule.limit, line.shipped.limit, line.standing) == (5.0, 10.0, "mended")
    state = found.states["gb_8978_1996"]
    assert (state.version, state.shipped_version) == ("1.0+1", "1.0")
    assert [v.why for v in state.history] == ["why"]
    reset_pack(project, "gb_8978_1996", "back")
    assert {line.standing for line in shelf(project).lines} == {"shipped"}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("limit", {"parameters": "TOC", "medium": "solid", "comparator": "<=", "limit": "5", "unit": "%",
                   "consequence": "REJECT", "note": " "}),
        ("listed", {"words": "粉煤灰", "consequence": "REJECT"}),
        ("duty", {"title": "每月巡查一次"}),
    ],
)  # fmt: skip
def test_a_slot_becomes_any_kind_of_rule(project: Project, kind: str, given: dict[str, str]) -> None:
    assert set(SLOT_FILLS[kind]) >= set(given) - {"note"}
    values = slot_values(kind, given)
    assert "note" not in values
    edit_rule(project, "inner_mongolia", "DB15-02", values, "read")
    rule = pack_of(project, "inner_mongolia").rule("DB15-02")
    assert (rule.check, rule.confidence) == (kind, "U")


def test_new_words_of_a_clause_are_not_hidden_by_the_old_chinese(project: Project) -> None:
    before = pack_of(project, "gb_8978_1996")
    edit_rule(project, "gb_8978_1996", "CL-01-F", {"clause": "表5"}, "renumbered")
    after = pack_of(project, "gb_8978_1996")
    assert (after.rule("CL-01-F").clause, after.rule("CL-01-F").clause_zh) == ("表5", "表5")
    assert {d.field for d in differences(before, after)} == {"clause", "confidence"}


def test_chinese_of_a_document_outlives_a_mended_pack(project: Project) -> None:
    say = translator("zh_CN")
    edit_rule(project, "gb_8978_1996", "CL-01-F", {"limit": "5"}, "why")
    rule = pack_of(project, "gb_8978_1996").rule("CL-01-F")
    assert (say(rule.document), say(rule.clause)) == (rule.document_zh or rule.document, rule.clause_zh)
