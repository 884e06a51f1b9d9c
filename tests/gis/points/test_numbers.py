from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.points.numbers import is_blank, parse_number

_WIDE = str.maketrans("0123456789.-+", "０１２３４５６７８９．－＋")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("417000.25", 417000.25),
        (" 417000.25 ", 417000.25),
        ("４１７０００．２５", 417000.25),
        ("4,497,400.5", 4497400.5),
        ("417000,5", 417000.5),
        ("1050.2m", 1050.2),
        ("1050.2 米", 1050.2),
        ("－3.5", -3.5),
        ("−3.5", -3.5),
        ("4.4974E+06", 4497400.0),
        (".5", 0.5),
        ("5.", 5.0),
        (7, 7.0),
        (7.25, 7.25),
        ("1,234,567", 1234567.0),
    ],
)
def test_numbers_as_people_write_them(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e999",
        "1_000",
        "417,000",
        "12:30",
        "2024-05-01",
        "K1",
        "0x10",
        "1.2.3",
        "--1",
        None,
        True,
        float("nan"),
        float("inf"),
        10**400,
        "9" * 80,
        b"5",
        "1 000",
        "１，０００，",
    ],
)
def test_what_is_no_number_or_may_be_two(text):
    assert parse_number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9), st.integers(0, 6))
def test_any_number_comes_back_in_any_dress(value, digits):
    text = f"{value:.{digits}f}"
    for dress in (text, text.translate(_WIDE), f" {text} ", f"{text}m"):
        assert parse_number(dress) == float(text)
    if abs(value) >= 1000 and digits:
        assert parse_number(f"{value:,.{digits}f}") == float(text)


@given(st.text(max_size=80) | st.binary(max_size=20) | st.floats() | st.integers())
def test_nothing_but_a_finite_number_or_none_comes_out(anything):
    value = parse_number(anything)
    assert value is None or math.isfinite(value)


def test_signs_of_a_missing_value():
    assert all(is_blank(v) for v in (None, "", "  ", "-", "——", "/", "\\", "无"))
    assert not any(is_blank(v) for v in ("0", 0, 0.0, "-1", "x"))
