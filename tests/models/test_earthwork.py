"""When two methods agree: within 2 %, or within a millimetre over the site."""

from __future__ import annotations

import pytest

from models.earthwork import agree


@pytest.mark.parametrize(
    ("own", "other", "area", "answer"),
    [
        (1000.0, 1019.9, 100.0, True),
        (1000.0, 980.1, 100.0, True),
        (1000.0, 1020.2, 100.0, False),
        (5.0, 0.0, 5001.0, True),  # next to nothing: less than a millimetre
        (5.0, 0.0, 4999.0, False),
        (0.0, 0.0, 100.0, True),
        (0.0, 0.2, 100.0, False),
    ],
)
def test_agreement_is_by_share_or_by_a_millimetre(own: float, other: float, area: float, answer: bool) -> None:
    assert agree(own, other, area) is answer
