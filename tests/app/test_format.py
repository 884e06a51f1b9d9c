import math

import pytest

from app import format as fmt


@pytest.mark.parametrize(
    ("value", "half", "per", "text"),
    [
        (843_271.4, 31_415.9, 1e4, "84 ± 3"),
        (843_271.4, 21_415.9, 1e4, "84.3 ± 2.1"),
        (969_000.0, 80_000.0, 1e4, "97 ± 8"),
        (1316.6, 12.4, 1.0, "1 317 ± 12"),
        (0.0, 0.0, 1.0, "0.0 ± 0.0"),
        (0.0, 4e-12, 1e4, "0.00000000 ± 0.00000000"),
        (5.0, None, 1.0, "5.00"),
        (None, 3.0, 1.0, "—"),
    ],
)
def test_no_more_digits_than_the_interval_allows(value: float, half: float, per: float, text: str) -> None:
    assert fmt.plus_minus(value, half, per=per).replace(fmt.THIN_SPACE, " ") == text


def test_thousands_negative_and_missing() -> None:
    assert fmt.number(-1234567.85, 1) == "\u22121\u2009234\u2009567.9"
    assert fmt.number(-0.001, 1) == "0.0"
    assert fmt.number(math.nan) == fmt.number(None) == "—"


def test_trade_units() -> None:
    assert fmt.mu(10_000) == "15.0"
    assert fmt.hectares(56_400) == "5.6400"
    assert fmt.wan_m3(843_271) == "84.33"
