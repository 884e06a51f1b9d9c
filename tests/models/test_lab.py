"""Values as laboratories write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refused
from models.lab import check_possible, parse_value
from models.parameters import PARAMETERS


@pytest.mark.parametrize(
    ("raw", "unit", "value", "below", "canonical"),
    [
        ("0.05", "mg/L", 0.05, False, "mg/L"),
        ("<0.05", "mg/L", 0.05, True, "mg/L"),
        ("＜0.05", "毫克/升", 0.05, True, "mg/L"),
        ("≤0.05", "mg/L", 0.05, True, "mg/L"),
        ("<=0.05", "mg/L", 0.05, True, "mg/L"),
        ("0.05L", "mg/L", 0.05, True, "mg/L"),
        ("0.00004 L", "mg/L", 0.00004, True, "mg/L"),
        ("<0.05L", "mg/L", 0.05, True, "mg/L"),
        ("ND", "mg/L", None, True, "mg/L"),
        ("n.d.", "mg/L", None, True, "mg/L"),
        ("未检出", "mg/L", None, True, "mg/L"),
        ("<MDL", "mg/L", None, True, "mg/L"),
        ("ND(0.05)", "mg/L", 0.05, True, "mg/L"),
        ("ND(<0.05)", "mg/L", 0.05, True, "mg/L"),
        ("未检出（检出限0.02）", "mg/L", 0.02, True, "mg/L"),
        ("低于检出限 0.02", "mg/L", 0.02, True, "mg/L"),
        ("5×10⁻³", "mg/L", 0.005, False, "mg/L"),
        ("<5×10⁻⁵", "mg/L", 5e-5, True, "mg/L"),
        ("5x10^-3", "mg/L", 0.005, False, "mg/L"),
        ("1.2×10-3", "mg·L-1", 0.0012, False, "mg/L"),
        ("1.2E-3", "ｍｇ／Ｌ", 0.0012, False, "mg/L"),
        ("１２．５", "mg/L", 12.5, False, "mg/L"),
        ("1,234.5", "mg/kg", 1234.5, False, "mg/kg"),
        ("12.3±0.4", "Bq/kg", 12.3, False, "Bq/kg"),
        ("0.05mg/L", "", 0.05, False, "mg/L"),
        ("0.05 mg/L", "mg/L", 0.05, False, "mg/L"),
        ("3.1", "μg/L", 3.1, False, "µg/L"),
        ("3.1", "ug/l", 3.1, False, "µg/L"),
        ("9.4", "无量纲", 9.4, False, "-"),
        (".5", "%", 0.5, False, "%"),
    ],
)
def test_reads_what_laboratories_write(raw: str, unit: str, value: float | None, below: bool, canonical: str) -> None:
    reading = parse_value(raw, unit)
    assert (reading.value, reading.below, reading.unit) == (value, below, canonical)


@pytest.mark.parametrize(
    ("raw", "unit", "key"),
    [
        ("", "mg/L", "lab.blank"),
        ("—", "mg/L", "lab.blank"),
        ("/", "mg/L", "lab.blank"),
        (">5", "mg/L", "lab.lower_bound"),
        ("约3", "mg/L", "lab.not_a_number"),
        ("abc", "mg/L", "lab.not_a_number"),
        ("=SUM(A1:A3)", "mg/L", "lab.not_a_number"),
        ("1e400", "mg/L", "lab.not_a_number"),
        ("nan", "mg/L", "lab.not_a_number"),
        ("0,05", "mg/L", "lab.comma"),
        ("1.2.3", "mg/L", "lab.rest"),
        ("0.05 µg/L", "mg/L", "lab.rest"),
        ("6~9", "-", "lab.rest"),
        ("5", "ppm", "lab.unit_unknown"),
    ],
)
def test_refuses_what_it_would_have_to_guess(raw: str, unit: str, key: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_value(raw, unit)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("parameter", "raw", "unit", "key"),
    [
        ("pH", "15", "-", "lab.impossible"),
        ("pH", "-0.1", "-", "lab.negative"),
        ("pH", "ND", "-", "lab.ph_missing"),
        ("pH", "<2", "-", "lab.ph_missing"),
        ("pH", "7", "mg/L", "lab.unit_unfit"),
        ("Hg", "-0.1", "mg/L", "lab.negative"),
        ("Hg", "0.1", "", "lab.no_unit"),
        ("Hg", "0.1", "-", "lab.unit_unfit"),
        ("Hg", "0.1", "Bq/L", "lab.unit_unfit"),
        ("organic", "101", "%", "lab.impossible"),
        ("organic", "1100", "g/kg", "lab.impossible"),
        ("Th232", "0.5", "Bq/L", "lab.unit_unfit"),
    ],
)
def test_refuses_what_cannot_be(parameter: str, raw: str, unit: str, key: str) -> None:
    with pytest.raises(Refused) as caught:
        check_possible(PARAMETERS[parameter], parse_value(raw, unit))
    assert caught.value.key == key


@pytest.mark.parametrize(("parameter", "raw", "unit"), [("pH", "14", "-"), ("pH", "0", ""), ("organic", "100", "%")])
def test_takes_the_edge_of_what_can_be(parameter: str, raw: str, unit: str) -> None:
    check_possible(PARAMETERS[parameter], parse_value(raw, unit))


@given(st.floats(1e-9, 1e9), st.sampled_from(["{}", "<{}", "{}L", "ND({})"]), st.booleans())
def test_any_number_comes_back_whatever_its_dress(number: float, dress: str, full_width: bool) -> None:
    text = dress.format(f"{number:.6g}")
    if full_width:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.<"})
    reading = parse_value(text, "mg/L")
    assert reading.value == float(f"{number:.6g}")
    assert reading.below == (dress != "{}")


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        reading = parse_value(text, "mg/L")
    except Refused:
        return
    assert reading.below or reading.value is not None
