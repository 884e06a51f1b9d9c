"""The verdict: precedence, classes, what every finding says, and properties that must hold for any values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.verbs.rules import rule_packs
from app.verbs.waste import catalogue
from models.conflict import Conflict
from models.errors import Missing
from models.evaluate import MINIMUM_SET, screen
from models.rule_cases import clean_values, lab_value
from models.screening import Finding, Screening
from models.site_facts import SiteFacts, origin_of
from models.waste import LabValue, Waste

RED_LINE = Conflict("P", "red_lines", "HX-1", "大青山", "red_line", "clear", 0.0, 0.0, 900.0)
SAND = SiteFacts("P", "砂坑", "sand_pits", "sand_pit", 1000.0, 1010.0, conflicts=(RED_LINE,))
COAL = replace(SAND, origin="coal_pit", layer="mine_pits")
ASH = Waste("W", "粉煤灰", "fly_ash")
GANGUE = Waste("W", "煤矸石", "coal_gangue")
TODAY = date(2026, 11, 1)
GOODNESS = {"reject": 0, "cannot_judge": 1, "assess": 2, "accept": 3}


def judge(waste: Waste, values: list[LabValue], site: SiteFacts = COAL) -> Screening:
    return screen(waste, values, site, rule_packs(), catalogue(), today=TODAY)


def finding(made: Screening, rule: str) -> Finding:
    (found,) = [f for f in made.findings if f.rule == rule]
    return found


def without(*parameters: str) -> list[LabValue]:
    return [v for v in clean_values() if v.parameter not in parameters]


def test_the_four_verdicts() -> None:
    assert judge(GANGUE, clean_values()).verdict == "accept"
    assert judge(ASH, clean_values(), SAND).verdict == "assess"
    assert judge(ASH, without("Hg"), SAND).verdict == "cannot_judge"
    assert judge(Waste("W", "", "aluminium_dross"), clean_values(), SAND).verdict == "reject"


def test_worst_sample_decides_not_the_mean() -> None:
    values = [
        *clean_values(),
        *(lab_value("W", f"S{i}", "HJ 557", "F", v, "mg/L") for i, v in enumerate(["1", "11", "2"])),
    ]
    made = judge(ASH, values, SAND)
    found = finding(made, "CL-01-F")
    assert made.waste_class == "II"
    assert (found.value, found.sample, found.limit, found.comparator, found.unit) == (11.0, "S1", 10.0, "<=", "mg/L")
    assert found.message.facts["bad"] == 1
    assert found.message.facts["total"] == 3


def test_one_undetectable_sample_spoils_a_pass() -> None:
    values = [*clean_values(), lab_value("W", "S9", "HJ 557", "Cd", "<0.5", "mg/L")]
    made = judge(ASH, values, SAND)
    assert finding(made, "CL-01-Cd").outcome == "cannot_judge"
    assert made.waste_class is None


def test_an_exceedance_is_stronger_than_a_gap_in_another_sample() -> None:
    values = [
        *clean_values(),
        *(lab_value("W", s, "HJ 557", "Cd", v, "mg/L") for s, v in [("S1", "ND"), ("S2", "0.2")]),
    ]
    assert finding(judge(ASH, values, SAND), "CL-01-Cd").outcome == "does_not_meet"


@pytest.mark.parametrize("parameter", MINIMUM_SET)
def test_any_gap_in_the_minimum_set_is_named_with_its_test(parameter: str) -> None:
    made = judge(GANGUE, [v for v in clean_values() if v.parameter != parameter])
    (found,) = [
        f for f in made.findings if f.consequence == "NEEDS_TEST" and f.rule.startswith("CL-0") and f.rule != "CL-01"
    ]
    assert (made.verdict, made.waste_class, found.parameter, found.method) == (
        "cannot_judge",
        None,
        parameter,
        "HJ 557",
    )


def test_a_reject_stays_whatever_is_missing() -> None:
    made = judge(ASH, [lab_value("W", "S1", "GB/T 11743", "Th232", "1.6", "Bq/g")], SAND)
    assert made.verdict == "reject"
    assert finding(made, "RAD-01").consequence == "REJECT"


def test_every_finding_says_where_it_comes_from() -> None:
    for made in (judge(ASH, clean_values(), SAND), judge(Waste("W", "铝灰", "other"), [], SAND)):
        for f in made.findings:
            assert f.clause
            assert f.document
            assert f.confidence in {"V", "V*", "R", "U", "D"}
            assert f.title
            assert f.message.render()


def test_confidence_is_the_tag_of_the_source() -> None:
    made = judge(ASH, [*clean_values(), lab_value("W", "S1", "HJ/T 299", "Cd", "2", "mg/L")], SAND)
    assert finding(made, "CL-01-Hg").confidence == "V"
    assert finding(made, "HW-14-Cd").confidence == "V*"
    assert finding(made, "SL-01").confidence == "R"


def test_records_round_trip() -> None:
    made = judge(ASH, clean_values(), SAND)
    assert Screening.from_record(made.to_record()) == made


def test_packs_left_out_never_lead_to_accept() -> None:
    for pack in rule_packs():
        made = screen(GANGUE, clean_values(), COAL, [pack], catalogue(), today=TODAY)
        assert made.verdict in {"cannot_judge", "reject"}, pack.id
        assert made.packs == ((pack.id, pack.version),)


def test_no_red_line_in_the_project_is_no_accept() -> None:
    bare = replace(COAL, conflicts=())
    assert judge(GANGUE, clean_values(), bare).verdict == "cannot_judge"
    assert judge(ASH, clean_values(), replace(SAND, conflicts=())).verdict == "assess"


@pytest.mark.parametrize(
    ("relation", "status", "verdict"),
    [
        ("inside", "in_force", "reject"), ("overlaps", "in_force", "reject"), ("overlaps", "", "reject"),
        ("touches", "in_force", "accept"), ("clear", "in_force", "accept"), ("overlaps", "draft", "accept"),
    ],
)  # fmt: skip
def test_relation_to_a_red_line(relation: str, status: str, verdict: str) -> None:
    area = 50.0 if relation in {"inside", "overlaps"} else 0.0
    line = replace(RED_LINE, relation=relation, area_m2=area, share=area / 100, distance_m=0.0, control_status=status)
    assert judge(GANGUE, clean_values(), replace(COAL, conflicts=(line,))).verdict == verdict


def test_one_in_force_outweighs_a_larger_draft() -> None:
    draft = replace(RED_LINE, relation="inside", area_m2=500.0, share=1.0, control_status="draft", code="HX-2")
    real = replace(RED_LINE, relation="overlaps", area_m2=5.0, share=0.01, control_status="in_force")
    assert judge(GANGUE, clean_values(), replace(COAL, conflicts=(draft, real))).verdict == "reject"


def test_class_two_without_water_level_or_floor_cannot_be_judged() -> None:
    values = [*without("pH"), lab_value("W", "S1", "HJ 557", "pH", "10", "-")]
    assert judge(ASH, values, SAND).verdict == "assess"
    for site in (replace(SAND, ground_water_m=None), replace(SAND, pit_floor_m=None)):
        made = judge(ASH, values, site)
        assert (made.verdict, finding(made, "GWD-01").outcome) == ("cannot_judge", "cannot_judge")


def test_class_one_without_water_level_is_asked_for_it_and_goes_on() -> None:
    made = judge(GANGUE, clean_values(), replace(COAL, ground_water_m=None))
    assert made.verdict == "accept"
    assert finding(made, "DB15-04").outcome == "requires"


@pytest.mark.parametrize(
    ("k", "thickness", "outcome"),
    [(1e-5, 0.75, "meets"), (1.1e-5, 0.75, "does_not_meet"), (1e-6, 0.7, "does_not_meet"), (None, 0.75, "requires"),
     (1e-6, None, "requires")],
)  # fmt: skip
def test_natural_base(k: float | None, thickness: float | None, outcome: str) -> None:
    made = judge(GANGUE, clean_values(), replace(COAL, base_permeability_cm_s=k, base_thickness_m=thickness))
    assert finding(made, "LN-01").outcome == outcome
    assert made.verdict == "accept"


def test_unstated_mineral_leaves_the_route_open() -> None:
    made = judge(GANGUE, clean_values(), replace(COAL, origin=""))
    assert (made.verdict, finding(made, "BF-01").outcome) == ("assess", "cannot_judge")


@pytest.mark.parametrize(
    ("layer", "mineral", "origin"),
    [("sand_pits", None, "sand_pit"), ("sand_pits", "coal", "sand_pit"), ("mine_pits", "coal", "coal_pit"),
     ("mine_pits", "iron", "metal_pit"), ("mine_pits", "stone", "other_pit"), ("mine_pits", None, "")],
)  # fmt: skip
def test_origin(layer: str, mineral: str | None, origin: str) -> None:
    assert origin_of(layer, {"mineral": mineral}) == origin


@pytest.mark.parametrize(
    ("day", "outcome"), [("2025-11-15", "meets"), ("2025-10-15", "does_not_meet"), ("", "requires")]
)
def test_old_reports_warn(day: str, outcome: str) -> None:
    made = judge(GANGUE, [replace(v, date=day) for v in clean_values()])
    assert finding(made, "EV-09").outcome == outcome
    assert made.verdict == "accept"


def test_values_of_a_test_that_no_rule_uses_are_named() -> None:
    made = judge(GANGUE, [*clean_values(), lab_value("W", "S1", "HJ/T 300", "Pb", "9", "mg/L")])
    assert made.verdict == "accept"
    assert finding(made, "EV-07").message.facts == {
        **finding(made, "EV-07").message.facts,
        "n": 1,
        "method": "HJ/T 300",
    }


def test_unknown_kind_is_named() -> None:
    with pytest.raises(Missing, match="known kinds"):
        judge(Waste("W", "", "coal_ash"), [])


# Properties. A value is a parameter of the minimum set by its own test, from far below to far above its limit.

LIMITS = {
    "Hg": 0.05,
    "Cd": 0.1,
    "Cr": 1.5,
    "Cr6": 0.5,
    "As": 0.5,
    "Pb": 1.0,
    "Ni": 1.0,
    "Be": 0.005,
    "Ag": 0.5,
    "F": 10.0,
}
SOLIDS = {"organic": ("HJ 761", "%", 5.0), "salts": ("NY/T 1121.16", "%", 5.0), "Th232": ("GB/T 11743", "Bq/g", 1.0)}
KINDS = st.sampled_from(["fly_ash", "coal_gangue", "granulated_slag", "tailings", "fgd_gypsum", "other"])
PITS = st.sampled_from([SAND, COAL, replace(SAND, ground_water_m=1009.5), replace(COAL, ground_water_m=None)])


@st.composite
def measured(draw: st.DrawFn) -> list[LabValue]:
    """A table of values, some missing, some non-detects, some over their limits."""
    values = [v for v in clean_values() if draw(st.integers(0, 20))]
    for key, limit in draw(st.fixed_dictionaries({}, optional={k: st.just(v) for k, v in LIMITS.items()})).items():
        number = f"{limit * draw(st.floats(0.01, 3.0)):.4g}"
        values.append(lab_value("W", "S1", "HJ 557", key, draw(st.sampled_from(["", "<"])) + number, "mg/L"))
    for key, (method, unit, limit) in SOLIDS.items():
        if draw(st.booleans()):
            values.append(lab_value("W", "S1", method, key, f"{limit * draw(st.floats(0.01, 3.0)):.4g}", unit))
    if draw(st.booleans()):
        values.append(lab_value("W", "S1", "HJ 557", "pH", f"{draw(st.floats(1.0, 13.5)):.2f}", "-"))
    return values


EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@EXAMPLES
@given(KINDS, PITS, measured(), st.data())
def test_improving_a_value_never_worsens_the_verdict(
    kind: str, site: SiteFacts, values: list[LabValue], data: st.DataObject
) -> None:
    waste = Waste("W", "", kind)
    before = judge(waste, values, site)
    numbers = [i for i, v in enumerate(values) if v.value is not None and v.parameter != "pH"]
    if not numbers:
        return
    i = data.draw(st.sampled_from(numbers))
    better = replace(values[i], value=(values[i].value or 0.0) * data.draw(st.floats(0.0, 1.0)))
    after = judge(waste, [*values[:i], better, *values[i + 1 :]], site)
    assert GOODNESS[after.verdict] >= GOODNESS[before.verdict]
    assert not (before.waste_class == "I" and after.waste_class != "I")


@EXAMPLES
@given(KINDS, PITS, measured(), st.data())
def test_adding_a_value_only_opens_what_could_not_be_judged(
    kind: str, site: SiteFacts, values: list[LabValue], data: st.DataObject
) -> None:
    waste = Waste("W", "", kind)
    before = judge(waste, values, site)
    after = judge(waste, [*values, data.draw(st.sampled_from(clean_values()))], site)
    if before.verdict == "reject":
        assert after.verdict == "reject"
    if after.verdict == "accept":
        assert before.verdict in {"accept", "cannot_judge"}


SAME = {
    "mg/L": ("µg/L", 1000.0),
    "%": ("g/kg", 10.0),
    "Bq/kg": ("Bq/g", 0.001),
    "Bq/g": ("Bq/kg", 1000.0),
    "Bq/L": ("mBq/L", 1000.0),
}


@EXAMPLES
@given(KINDS, PITS, measured())
def test_units_change_nothing(kind: str, site: SiteFacts, values: list[LabValue]) -> None:
    turned = [
        replace(v, unit=SAME[v.unit][0], value=None if v.value is None else v.value * SAME[v.unit][1])
        if v.unit in SAME
        else v
        for v in values
    ]
    waste = Waste("W", "", kind)
    one, other = judge(waste, values, site), judge(waste, turned, site)
    assert [(f.rule, f.outcome, f.consequence) for f in one.findings] == [
        (f.rule, f.outcome, f.consequence) for f in other.findings
    ]
    assert (one.verdict, one.waste_class) == (other.verdict, other.waste_class)


@EXAMPLES
@given(KINDS, PITS, measured(), st.randoms(use_true_random=False))
def test_the_order_of_values_does_not_matter(
    kind: str, site: SiteFacts, values: list[LabValue], random: object
) -> None:
    mixed = list(values)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    waste = Waste("W", "", kind)
    assert judge(waste, mixed, site).verdict == judge(waste, values, site).verdict


def test_a_date_in_the_future_is_no_fresh_report() -> None:
    made = judge(GANGUE, [replace(v, date="2030-10-15") for v in clean_values()])
    assert (finding(made, "EV-09").outcome, finding(made, "EV-09").message.key) == ("cannot_judge", "screen.future")
    tomorrow = judge(GANGUE, [replace(v, date="2026-11-02") for v in clean_values()])
    assert finding(tomorrow, "EV-09").outcome == "meets"


def test_what_a_test_found_hazardous_is_not_called_free_of_signs() -> None:
    made = judge(ASH, [*clean_values(), lab_value("W", "S1", "HJ/T 299", "Cr", "16", "mg/L")], SAND)
    assert (made.verdict, finding(made, "HW-14-Cr").outcome) == ("reject", "does_not_meet")
    assert (finding(made, "HW-02").outcome, finding(made, "HW-02").message.key) == (
        "not_applicable",
        "screen.hazardous_already",
    )


def test_an_index_names_its_sample() -> None:
    values = [*clean_values(), lab_value("W", "R-7", "GB/T 11743", "Ra226", "900", "Bq/kg")]
    assert finding(judge(ASH, values, SAND), "RAD-06-RA").sample == "R-7"


def test_a_risk_found_not_acceptable_rejects_on_a_listed_route_too() -> None:
    assert judge(GANGUE, clean_values()).verdict == "accept"
    made = judge(GANGUE, clean_values(), replace(COAL, assessment="not_acceptable"))
    assert (made.verdict, finding(made, "BF-02").consequence) == ("reject", "REJECT")
