"""Groundwater and soil of a site are judged by their own standards and never mixed with the waste's values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.i18n import translator
from app.verbs.rules import rule_packs
from app.verbs.waste import catalogue
from models.conflict import Conflict
from models.evaluate import screen
from models.methods import site_medium
from models.rule_cases import CASE_DAY, clean_values, lab_value
from models.screening import Screening
from models.site_facts import SiteFacts
from models.waste import LabValue, Waste

RED_LINE = Conflict("P", "red_lines", "HX-1", "", "red_line", "clear", 0.0, 0.0, 5000.0)
SITE = SiteFacts("P", "", "sand_pits", "sand_pit", 1000.0, 1010.0, conflicts=(RED_LINE,))


def judged(*values: LabValue, land_use: str = "", waste_values: list[LabValue] | None = None) -> Screening:
    site = replace(SITE, values=values, land_use_after=land_use)
    own = clean_values() if waste_values is None else waste_values
    return screen(Waste("W", "", "fly_ash"), own, site, rule_packs(), catalogue(), today=CASE_DAY)


def outcome(answer: Screening, rule: str) -> str:
    return next((f.outcome for f in answer.findings if f.rule == rule), "none")


@pytest.mark.parametrize(
    ("method", "kind", "medium"),
    [
        ("GB/T 14848-2017", "leachate", "groundwater"),
        ("地下水 HJ 700", "leachate", "groundwater"),
        ("HJ 700", "leachate", "groundwater"),
        ("HJ 803", "content", "soil"),
        ("土壤 pH HJ 962", "ph", "soil"),
        ("地下水 pH", "ph", "groundwater"),
        ("HJ 1147", "ph", "unknown"),
        ("土壤和地下水", "ph", "unknown"),
    ],
)
def test_what_a_value_of_a_site_belongs_to(method: str, kind: str, medium: str) -> None:
    assert site_medium(method, kind) == medium


def test_groundwater_over_class_iii_is_told_and_does_not_change_the_class() -> None:
    over = judged(lab_value("P", "JC-1", "地下水", "F", "1.4", "mg/L"))
    assert outcome(over, "GW-F") == "does_not_meet"
    assert over.waste_class == "I"
    assert over.verdict == judged().verdict == "assess"


def test_soil_needs_the_land_use_and_the_ph_of_the_same_sample() -> None:
    cadmium = lab_value("P", "T-1", "HJ 803", "Cd", "0.5", "mg/kg")
    ph, other = (lab_value("P", s, "土壤", "pH", "6.0", "-") for s in ("T-1", "T-2"))
    assert outcome(judged(cadmium, ph, land_use="dry_farmland"), "SO-15618-Cd-2") == "does_not_meet"
    assert outcome(judged(cadmium, ph, land_use="construction"), "SO-15618-Cd-2") == "none"
    assert outcome(judged(cadmium, other, land_use="dry_farmland"), "SO-15618-Cd-2") == "cannot_judge"
    assert outcome(judged(cadmium, ph, land_use="construction"), "SO-36600-Cd-I") == "meets"


def test_values_of_the_site_do_not_stand_in_for_those_of_the_waste() -> None:
    water = [lab_value("P", "JC-1", "地下水", p, "0.0001", "mg/L") for p in ("Hg", "Cd", "As", "Pb")]
    assert judged(*water, waste_values=[]).verdict == judged(waste_values=[]).verdict == "cannot_judge"
    thorium = lab_value("P", "T-1", "土壤 GB/T 11743", "Th232", "5000", "Bq/kg")
    assert outcome(judged(thorium), "RAD-01") == outcome(judged(), "RAD-01")


def test_a_waste_measured_by_a_method_for_soil_is_still_a_waste() -> None:
    hot = lab_value("W", "S9", "土壤中放射性核素的γ能谱分析方法 GB/T 11743", "Th232", "1001", "Bq/kg")
    assert outcome(judged(waste_values=[*clean_values(), hot]), "RAD-01") == "does_not_meet"


def test_what_has_no_symbol_is_named_in_the_readers_language() -> None:
    """Soak expansion and water-soluble salts have no symbol: their keys are for files, not for people."""
    answer = screen(Waste("W", "", "steel_slag"), [], SITE, rule_packs(), catalogue(), today=CASE_DAY)
    said = {f.rule: f.message.render(translator("zh_CN")) for f in answer.findings}
    assert "expansion" not in said["ST-01"]
    assert "浸水膨胀率" in said["ST-01"].partition("：")[2]
    english = {f.rule: f.message.render() for f in answer.findings}
    assert "measure soak expansion" in english["ST-01"]
    lists = [w for w in said.values() if "salts" in w or "hardness" in w]
    assert not lists
