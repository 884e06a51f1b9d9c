"""Units and their conversion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refused
from models.lab_units import UNITS, convert, plain_number, read_unit


@pytest.mark.parametrize(
    ("value", "unit", "target", "wanted"),
    [
        (50, "µg/L", "mg/L", 0.05),
        (0.00005, "g/L", "mg/L", 0.05),
        (2, "%", "mg/kg", 20000),
        (20, "g/kg", "%", 2),
        (20, "‰", "%", 2),
        (1000, "Bq/kg", "Bq/g", 1),
        (1, "kBq/kg", "Bq/g", 1),
        (1000, "Bq/m3", "Bq/L", 1),
        (1000, "mBq/L", "Bq/L", 1),
    ],
)
def test_converts(value: float, unit: str, target: str, wanted: float) -> None:
    assert convert(value, unit, target) == wanted


@pytest.mark.parametrize(("unit", "target"), [("mg/kg", "mg/L"), ("Bq/kg", "Bq/L"), ("%", "mg/L"), ("-", "mg/L")])
def test_kinds_of_quantity_do_not_mix(unit: str, target: str) -> None:
    with pytest.raises(Refused):
        convert(1.0, unit, target)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("mg/l", "mg/L"), ("MG/L", "mg/L"), ("ｍｇ／Ｌ", "mg/L"), ("mg·L⁻¹", "mg/L"), ("mg·L-1", "mg/L"),
        ("ug/L", "µg/L"), ("μg/L", "µg/L"), ("µg/L", "µg/L"), ("mg/kg（干基）", "mg/kg"), ("％", "%"),
        ("贝可/千克", "Bq/kg"), ("bq/KG", "Bq/kg"), ("无量纲", "-"), ("", ""), (" mg / L ", "mg/L"),
    ],
)  # fmt: skip
def test_reads_units(text: str, unit: str) -> None:
    assert read_unit(text) == unit


@pytest.mark.parametrize("text", ["ppm", "mg", "mol/L", "L", "mg/", "克"])
def test_unknown_units_are_not_guessed(text: str) -> None:
    assert read_unit(text) is None


@given(st.floats(1e-9, 1e9), st.sampled_from(sorted(UNITS)), st.data())
def test_there_and_back(value: float, unit: str, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from([u for u in UNITS if UNITS[u] == UNITS[unit]]))
    assert convert(convert(value, unit, target), target, unit) == pytest.approx(value, rel=1e-11)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00004, "0.00004"),
        (1200.0, "1200"),
        (0.05, "0.05"),
        (0.0, "0"),
        (12.5, "12.5"),
        (1e-12, "1e-12"),
        (100000.0, "100000"),
    ],
)
def test_numbers_as_laboratories_print_them(value: float, text: str) -> None:
    assert plain_number(value) == text
