"""Sentences that commands and window share."""

from __future__ import annotations

from dataclasses import replace

from app.i18n import set_language
from app.sentences import shift_text, tilt_text
from models.comparison import SidewaysShift, SurveyTilt

WHOLE = SidewaysShift("whole", "", 0.8, -0.6, 0.03, 0.04)


def test_a_sideways_shift() -> None:
    assert shift_text(None) == shift_text(SidewaysShift("none", "flat")) == "not known"
    assert shift_text(WHOLE) == "1.00 ± 0.10 m to the south-east (127°) (left in)"
    line = SidewaysShift("line", "one_way", 0.0, 1.0, 0.0, 0.05, line_deg=0.0, removed=True)
    assert shift_text(line) == "1.00 ± 0.10 m to the north (0°), known only along 0° (taken off)"


TILT = SurveyTilt("tilt", "", 0.0, 0.0, 0.0, 0.0012, 0.0, lowest_m=-0.06, highest_m=0.06)


def test_a_tilt_or_bend() -> None:
    assert tilt_text(None) == tilt_text(SurveyTilt(None, "few")) == "not known"
    assert tilt_text(SurveyTilt("none")) == "none beyond the errors"
    over = "−0.060 to +0.060 m over the site"
    assert tilt_text(TILT) == f"0.120 m per 100 m to the east (90°), {over} (left in)"
    assert tilt_text(replace(TILT, kind="bowl", removed=True)) == f"bent, {over} (taken off)"


def test_a_sideways_shift_in_chinese() -> None:
    set_language("zh_CN")
    try:
        assert shift_text(WHOLE) == "东南方向 1.00 ± 0.10 m，方位 127° (未扣除)"
    finally:
        set_language("en")
