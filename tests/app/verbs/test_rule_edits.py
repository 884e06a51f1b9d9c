"""Packs of a project: mended, added, taken over, put back; verdicts follow and old ones stay readable."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from app.project import Project
from app.verbs import rule_edits as edits
from app.verbs.rules import rule_packs, shipped_text
from app.verbs.screen import screen
from app.verbs.waste import add_waste
from models.changes import Insert
from models.errors import Missing, Refused
from models.notices import Notice

FLUORIDE = "CL-01-F"


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "规则 项目.gpkg", crs="EPSG:4546") as made:
        pit = {"code": "SK-1", "name": "砂坑", "geometry": shapely.box(500000, 4500000, 500100, 4500100)}
        made.store.transact(Notice("t", "pit"), [Insert("sand_pits", pit)])
        add_waste(made, "FA-1", kind="fly_ash")
        value = {"waste": "FA-1", "sample": "S1", "date": "2026-10-01", "method": "HJ 557", "parameter": "F"}
        value |= {"raw": "8", "value": 8.0, "below": False, "unit": "mg/L"}
        made.store.transact(Notice("t", "value"), [Insert("lab_values", value)])
        yield made


def outcome(project: Project, rule: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    (answer,) = screen(project, store=True)
    return next(f.outcome for f in answer.findings if f.rule == rule), answer.packs


def test_a_mended_limit_changes_the_verdict_and_names_its_version(project: Project) -> None:
    assert outcome(project, FLUORIDE)[0] == "meets"
    edits.edit_rule(project, "gb_8978_1996", FLUORIDE, {"limit": "5"}, "local notice 12/2026")
    said, packs = outcome(project, FLUORIDE)
    assert said == "does_not_meet"
    assert ("gb_8978_1996", "1.0+1") in packs
    kept = project.store.screenings(latest=False)
    old, new = (dict(s.packs)["gb_8978_1996"] for s in kept)
    assert (old, new) == ("1.0", "1.0+1")
    assert edits.pack_of(project, "gb_8978_1996", old).rule(FLUORIDE).limit == 10.0
    assert edits.pack_of(project, "gb_8978_1996", new).rule(FLUORIDE).limit == 5.0


def test_what_is_recalled_or_local_is_never_shown_as_verified(project: Project) -> None:
    edits.edit_rule(project, "gb_8978_1996", FLUORIDE, {"limit": "5"}, "local notice")
    rule = edits.pack_of(project, "gb_8978_1996").rule(FLUORIDE)
    assert (rule.confidence, rule.source) == ("U", "project: local notice")
    state = edits.pack_state(project, "gb_8978_1996")
    assert {(d.rule, d.field) for d in state.differences} == {(FLUORIDE, f) for f in ("limit", "confidence", "source")}
    (version,) = state.history
    assert version.why == "local notice"
    assert version.edited_at


def test_undo_takes_the_edit_back_and_reset_keeps_the_history(project: Project) -> None:
    edits.edit_rule(project, "gb_8978_1996", FLUORIDE, {"limit": "5"}, "x")
    project.store.undo()
    assert edits.pack_of(project, "gb_8978_1996").version == "1.0"
    project.store.redo()
    edits.edit_rule(project, "gb_8978_1996", FLUORIDE, {"limit": "6"}, "y")
    assert edits.reset_pack(project, "gb_8978_1996", "z") is not None
    assert edits.reset_pack(project, "gb_8978_1996", "z") is None
    assert edits.reset_pack(project, "site_law", "z") is None
    assert edits.pack_of(project, "gb_8978_1996").rule(FLUORIDE).limit == 10.0
    assert [v.version for v in edits.kept_versions(project)] == ["1.0+1", "1.0+2", "1.0+2"]
    assert edits.pack_of(project, "gb_8978_1996", "1.0+1").rule(FLUORIDE).limit == 5.0
    edits.edit_rule(project, "gb_8978_1996", FLUORIDE, {"limit": "7"}, "again")
    assert edits.pack_of(project, "gb_8978_1996").version == "1.0+3"


def test_a_local_pack_is_taken_over_and_judged(project: Project, tmp_path: Path) -> None:
    text = shipped_text("practice")
    rule = text[text.index('[[rule]]\nid = "ST-02"') :].split("[[rule]]\n")[1]
    head = text[text.index("[pack]") : text.index("[[rule]]")].replace('id = "practice"', 'id = "banner"')
    rule = rule.replace("ST-02", "QX-1").replace('["coal_gangue"]', '["fly_ash"]').replace('"U"', '"V*"')
    file = tmp_path / "旗县 规则.toml"
    file.write_text(head + "[[rule]]\n" + rule, encoding="utf8")
    edits.adopt_pack(project, file, "district notice")
    assert outcome(project, "QX-1")[0] == "requires"
    assert edits.pack_state(project, "banner").shipped_version is None
    edits.reset_pack(project, "banner", "withdrawn")
    with pytest.raises(Missing):
        edits.pack_of(project, "banner")
    assert len(edits.project_packs(project)) == len(rule_packs())


def test_a_contradiction_with_another_pack_is_refused_and_nothing_kept(project: Project, tmp_path: Path) -> None:
    text = shipped_text("gb_8978_1996")
    start = text.index(f'[[rule]]\nid = "{FLUORIDE}"')
    rule = text[start:].split("\n[[rule]]")[0].replace(FLUORIDE, "X-F")
    (tmp_path / "more.toml").write_text(rule, encoding="utf8")
    before = project.store.revision
    with pytest.raises(Refused) as caught:
        edits.add_rules(project, "inner_mongolia", tmp_path / "more.toml", "x")
    assert caught.value.key == "rules.contradiction"
    for values, why, key in (({"limit": "5"}, " ", "rules.no_reason"), ({}, "x", "rules.nothing")):
        with pytest.raises(Refused) as caught:
            edits.edit_rule(project, "gb_8978_1996", FLUORIDE, values, why)
        assert caught.value.key == key
    hg = edits.pack_of(project, "gb_8978_1996").rule("CL-01-Hg")
    same = {"limit": "0.05", "confidence": "V", "source": hg.source}
    with pytest.raises(Refused) as caught:
        edits.edit_rule(project, "gb_8978_1996", "CL-01-Hg", same, "x")
    assert caught.value.key == "rules.same"
    with pytest.raises(Missing):
        edits.edit_rule(project, "nothing", "A", {"limit": "5"}, "x")
    assert project.store.revision == before


@pytest.mark.parametrize("confidence", ["V", "V*"])
def test_verified_needs_the_document(project: Project, confidence: str) -> None:
    with pytest.raises(Refused, match="the document it was read in"):
        edits.edit_rule(project, "gb_14848_2017", "GW-Al", {"confidence": confidence}, "I remember it")
    made = {"confidence": confidence, "source": "GB/T 14848-2017, read in print"}
    edits.edit_rule(project, "gb_14848_2017", "GW-Al", made, "read")
    rule = edits.pack_of(project, "gb_14848_2017").rule("GW-Al")
    assert rule is not None
    assert (rule.confidence, rule.source) == (confidence, "GB/T 14848-2017, read in print")


def test_a_group_and_one_of_its_kinds_are_one_case(project: Project, tmp_path: Path) -> None:
    rule = """[[rule]]
id = "{id}"
title = "molybdenum"
title_zh = "钼"
scope = "W"
step = 3
check = "limit"
kinds = ["{kind}"]
parameters = ["Mo"]
medium = "HJ 557"
unit = "mg/L"
comparator = "<="
limit = {limit}
consequence = "WARN"
clause = "1"
confidence = "U"
source = "local"
"""
    more = tmp_path / "more.toml"
    more.write_text(
        rule.format(id="M-1", kind="@slag", limit=0.1) + rule.format(id="M-2", kind="steel_slag", limit=0.2), "utf8"
    )
    with pytest.raises(Refused) as caught:
        edits.add_rules(project, "practice", more, "x")
    assert caught.value.key == "rules.contradiction"
    more.write_text(
        rule.format(id="M-1", kind="@slag", limit=0.1) + rule.format(id="M-2", kind="fly_ash", limit=0.2), "utf8"
    )
    edits.add_rules(project, "practice", more, "x")
    assert edits.pack_of(project, "practice").rule("M-2") is not None
