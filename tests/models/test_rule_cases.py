"""Truth tables: at, below and above every limit, with and without each exemption (tests/data/rules/*.csv)."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.verbs import rules
from models.errors import Refused
from models.rule_cases import run_case

TABLES = sorted((Path(__file__).parents[1] / "data" / "rules").glob("*.csv"))


@pytest.mark.parametrize("table", TABLES, ids=lambda p: p.stem)
def test_table(table: Path) -> None:
    results = rules.test_file(table, rules.rule_packs())
    assert len(results) > 10
    assert [r for r in results if not r.passed] == []


def test_a_wrong_expectation_fails() -> None:
    row = {
        "method": "HJ 557",
        "parameter": "Hg",
        "value": "0.06",
        "unit": "mg/L",
        "rule": "CL-01-Hg",
        "outcome": "meets",
    }
    result = run_case(row, 2, rules.rule_packs(), rules.catalogue())
    assert not result.passed
    assert result.got == "outcome does_not_meet"


@pytest.mark.parametrize("row", [{"kind": "fly_ash"}, {"outcome": "meets"}, {"colour": "red", "verdict": "accept"}])
def test_a_case_that_says_nothing_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(Refused):
        run_case(row, 2, rules.rule_packs(), rules.catalogue())


def test_a_case_that_cannot_be_read_fails_with_its_reason() -> None:
    row = {"method": "HJ 557", "parameter": "Hg", "value": "0.06", "unit": "", "verdict": "assess"}
    result = run_case(row, 2, rules.rule_packs(), rules.catalogue())
    assert (result.passed, result.got) == (False, "lab.no_unit")
