"""Needs from findings, and gaps ranked by what they open."""

from __future__ import annotations

from dataclasses import replace

from models.matrix import Cell, Need, gaps_of, matrix_of, needs_of
from models.notices import Notice
from models.rules import Rule
from models.screening import Finding

RULE = Rule("A", "t", "题", "W", 3, "limit", "CLASS_II", "4", "DOC", "V", "S1")
SITE_RULE = replace(RULE, id="S", scope="S")
FINDING = Finding("A", "cannot_judge", None, None, None, None, None, "4", "DOC", "V", "NEEDS_TEST", Notice("x", "x"))
RULES = {"A": RULE, "B": replace(RULE, id="B"), "S": SITE_RULE}


def need(kind: str, rule: str = "") -> Need:
    return Need(kind, rule or kind, Notice("n", rule or kind))


def cell(waste: str, site: str, mass: float | None, *needs: Need, verdict: str = "assess") -> Cell:
    return Cell(waste, site, verdict, None, mass, mass, needs)


def test_needs_tell_tests_surveys_assessment_and_liner_apart() -> None:
    findings = [
        FINDING,
        replace(FINDING, rule="S"),
        replace(FINDING, rule="B", outcome="requires", consequence="NEEDS_RA"),
        replace(FINDING, rule="C", outcome="does_not_meet", consequence="NEEDS_RA"),
        replace(FINDING, rule="D", outcome="requires", consequence="NEEDS_LINER"),
        replace(FINDING, rule="E", outcome="meets"),
        replace(FINDING, rule="F", outcome="requires", consequence="REQUIRE"),
    ]
    needs = needs_of(reversed(findings), RULES)
    assert [(n.kind, n.key[1]) for n in needs] == [
        ("test", "A"),
        ("survey", "S"),
        ("assessment", "assessment"),
        ("liner", "liner"),
    ]


def test_an_acceptable_assessment_on_record_answers_for_the_liner() -> None:
    rules = {**RULES, "BF-02": replace(RULE, id="BF-02", check="assessment")}
    liner = replace(FINDING, rule="D", outcome="requires", consequence="NEEDS_LINER")
    on_record = replace(FINDING, rule="BF-02", outcome="meets", consequence=None)
    assert [n.kind for n in needs_of([FINDING, liner, on_record], rules)] == ["test"]
    assert [n.kind for n in needs_of([FINDING, liner], rules)] == ["test", "liner"]


def test_pits_with_the_same_needs_make_one_gap_and_the_largest_comes_first() -> None:
    test, survey, ra = need("test", "A"), need("survey", "S"), need("assessment")
    cells = [
        cell("W1", "P1", 10.0, test, ra),
        cell("W1", "P2", 30.0, ra, test),
        cell("W1", "P3", 5.0, test, survey, ra),
        cell("W2", "P1", 100.0, ra),
        cell("W2", "P2", None, ra),
        cell("W2", "P3", 7.0, verdict="accept"),
        cell("W2", "P4", 999.0, verdict="reject"),
    ]
    gaps = gaps_of(cells)
    assert [(g.waste, g.sites, g.capacity_t, g.unknown_sites) for g in gaps] == [
        ("W2", ("P1", "P2"), 100.0, 1),
        ("W1", ("P1", "P2"), 40.0, 0),
        ("W1", ("P3",), 5.0, 0),
    ]
    assert [n.rule for n in gaps[1].tests] == ["A"]
    # Every pair that is neither open nor rejected is in exactly one gap.
    inside = [(g.waste, s) for g in gaps for s in g.sites]
    assert sorted(inside) == sorted((c.waste, c.site) for c in cells if c.needs)


def test_the_plain_form() -> None:
    made = matrix_of(["W"], ["P", "Q"], [cell("W", "P", 1.0, verdict="accept"), cell("W", "Q", 2.0, need("liner"))])
    assert made.cell("W", "Q").needs[0].kind == "liner"
    plain = made.to_json()
    assert plain["gaps"][0]["needs"] == [
        {"kind": "liner", "rule": "liner", "what": "liner", "parameter": None, "method": None}
    ]
    assert plain["cells"][0]["verdict"] == "accept"
