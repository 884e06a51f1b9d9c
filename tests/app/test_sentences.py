"""Sentences that commands and window share."""

from __future__ import annotations

from app.i18n import set_language
from app.sentences import shift_text
from models.comparison import SidewaysShift

WHOLE = SidewaysShift("whole", "", 0.8, -0.6, 0.03, 0.04)


def test_a_sideways_shift() -> None:
    assert shift_text(None) == shift_text(SidewaysShift("none", "flat")) == "not known"
    assert shift_text(WHOLE) == "1.00 ± 0.10 m to the south-east (127°) (left in)"
    line = SidewaysShift("line", "one_way", 0.0, 1.0, 0.0, 0.05, line_deg=0.0, removed=True)
    assert shift_text(line) == "1.00 ± 0.10 m to the north (0°), known only along 0° (taken off)"


def test_a_sideways_shift_in_chinese() -> None:
    set_language("zh_CN")
    try:
        assert shift_text(WHOLE) == "东南方向 1.00 ± 0.10 m，方位 127° (未扣除)"
    finally:
        set_language("en")
