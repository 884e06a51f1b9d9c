"""HJ 298: how many samples a mass needs, and how many exceedances make a batch hazardous."""

from __future__ import annotations

import pytest

from app.verbs.rules import rule_packs
from app.verbs.waste import catalogue
from models.conflict import Conflict
from models.evaluate import screen
from models.rule_cases import CASE_DAY, clean_values, lab_value
from models.screening import Screening
from models.site_facts import SiteFacts
from models.waste import Waste

RED_LINE = Conflict("P", "red_lines", "HX-1", "", "red_line", "clear", 0.0, 0.0, 5000.0)
SITE = SiteFacts("P", "", "sand_pits", "sand_pit", 1000.0, 1010.0, conflicts=(RED_LINE,))


def judged(copper: list[str], *, stock_t: float | None = None, annual_t: float | None = None) -> Screening:
    waste = Waste("W", "", "fly_ash", stock_t=stock_t, annual_t=annual_t)
    values = clean_values() + [lab_value("W", f"S{i}", "HJ/T 299", "Cu", v, "mg/L") for i, v in enumerate(copper, 1)]
    return screen(waste, values, SITE, rule_packs(), catalogue(), today=CASE_DAY)


def finding(answer: Screening, rule: str):
    return next(f for f in answer.findings if f.rule == rule)


# Mass (t) and least number of samples: both ends of every row of table 1.
@pytest.mark.parametrize(
    ("mass", "due"),
    [(0.1, 5), (5, 5), (5.1, 8), (25, 8), (26, 13), (50, 13), (51, 20), (90, 20), (91, 32), (150, 32), (151, 50),
     (500, 50), (501, 80), (1000, 80), (1001, 100), (2e7, 100)],
)  # fmt: skip
def test_the_number_of_samples_for_a_mass(mass: float, due: int) -> None:
    few = finding(judged(["1"] * (due - 1), stock_t=mass), "HW-31")
    assert (few.outcome, few.limit, few.consequence) == ("requires", due, "REQUIRE")
    assert finding(judged(["1"] * due, stock_t=mass), "HW-31").outcome == "meets"


def test_the_mass_is_the_stock_or_a_month_s_output_whichever_is_larger() -> None:
    assert finding(judged(["1"], annual_t=60), "HW-31").limit == 5
    assert finding(judged(["1"], annual_t=12_000), "HW-31").limit == 80
    assert finding(judged(["1"], annual_t=12_000, stock_t=1001), "HW-31").limit == 100
    unknown = finding(judged(["1"]), "HW-31")
    assert unknown.outcome == "requires"
    assert "mass" in unknown.message.render()


def test_no_test_of_the_group_no_word_of_its_number() -> None:
    assert not [f for f in judged([], stock_t=10).findings if f.rule == "HW-31"]


# Samples taken, and the number of exceeding ones that makes the batch hazardous.
@pytest.mark.parametrize(("mass", "total", "count"), [(5, 5, 2), (25, 8, 3), (50, 13, 4), (90, 20, 6), (150, 32, 8),
                                                      (500, 50, 11), (1000, 80, 15), (5000, 100, 22), (25, 12, 3),
                                                      (5000, 130, 22)])  # fmt: skip
def test_the_count_decides_where_there_are_enough_samples(mass: float, total: int, count: int) -> None:
    below = judged(["101"] * (count - 1) + ["1"] * (total - count + 1), stock_t=mass)
    cleared = finding(below, "HW-14-Cu")
    assert (cleared.outcome, cleared.consequence, cleared.confidence) == ("requires", "WARN", "R")
    assert below.verdict == "assess"
    at = judged(["101"] * count + ["1"] * (total - count), stock_t=mass)
    assert (finding(at, "HW-14-Cu").outcome, at.verdict) == ("does_not_meet", "reject")


def test_any_exceedance_decides_with_too_few_samples_or_an_unknown_mass() -> None:
    assert judged(["101"] + ["1"] * 98, stock_t=5000).verdict == "reject"
    assert judged(["101"] + ["1"] * 99).verdict == "reject"
    assert judged(["101"] + ["1"] * 99, stock_t=5000).verdict == "assess"


def test_a_doubtful_sample_counts_as_exceeding() -> None:
    clear = ["101"] + ["1"] * 4
    assert judged(clear, stock_t=5).verdict == "assess"
    doubtful = ["101", "<120"] + ["1"] * 3
    assert judged(doubtful, stock_t=5).verdict == "reject"


def test_other_limits_know_no_count() -> None:
    values = [lab_value("W", f"S{i}", "HJ 557", "F", "11" if i == 1 else "1", "mg/L") for i in range(1, 101)]
    waste = Waste("W", "", "fly_ash", stock_t=5000)
    answer = screen(waste, clean_values() + values, SITE, rule_packs(), catalogue(), today=CASE_DAY)
    assert answer.waste_class == "II"
