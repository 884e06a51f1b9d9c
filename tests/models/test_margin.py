"""Margins to a limit, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.notices import Notice
from models.screening import Finding

F = Finding("A", "meets", 7.0, "mg/L", 10.0, "<=", "S1", "4", "DOC", "V", None, Notice("x", "x"))


@pytest.mark.parametrize(
    ("value", "limit", "comparator", "expected"),
    [
        (7.0, 10.0, "<=", 0.3),
        (10.0, 10.0, "<=", 0.0),
        (12.5, 10.0, "<", -0.25),
        (3.0, 1.5, ">=", 1.0),
        (0.75, 1.5, ">=", -0.5),
        (8.5, "6-9", "between", 0.5 / 1.5),
        (7.5, "6-9", "between", 1.0),
        (9.6, "6-9", "between", -0.4),
        ("<0.05", 10.0, "<=", None),
        (None, 10.0, "<=", None),
        (7.0, None, None, None),
        (7.0, "not detectable", "not_detected", None),
        (7.0, 0.0, ">=", None),
    ],
)
def test_margin(value: object, limit: object, comparator: str | None, expected: float | None) -> None:
    found = replace(F, value=value, limit=limit, comparator=comparator).margin
    assert found == (None if expected is None else pytest.approx(expected))
