"""Names of test methods."""

from __future__ import annotations

import pytest

from models.methods import read_method


@pytest.mark.parametrize(
    ("text", "medium"),
    [
        ("HJ 557", "HJ 557"), ("HJ557-2010", "HJ 557"), ("ＨＪ５５７", "HJ 557"), ("hj-557", "HJ 557"),
        ("HJ557—2010；HJ 781-2016", "HJ 557"), ("水平振荡法", "HJ 557"), ("HJ 557; GB/T 15555.12", "HJ 557"),
        ("HJ/T 299-2007", "HJ/T 299"), ("HJ299", "HJ/T 299"), ("硫酸硝酸法", "HJ/T 299"),
        ("GB 5086.2-1997 水平振荡法", "GB 5086.2"), ("HJ/T 300", "HJ/T 300"), ("醋酸缓冲溶液法", "HJ/T 300"),
        ("GB/T 15555.12-1995", "corrosivity"), ("GB 15555.12", "corrosivity"),
        ("HJ 761-2015", "solid"), ("NY/T1121.16-2006", "solid"), ("γ能谱", "solid"), ("GB/T 11743-2013", "solid"),
        ("HJ 557 / HJ/T 299", "ambiguous"), ("HJ 766-2015", "unknown"), ("", "unknown"), ("HJ 5570", "unknown"),
        ("GB/T 15555.4", "unknown"), ("HJ 2990", "unknown"),
    ],
)  # fmt: skip
def test_medium(text: str, medium: str) -> None:
    assert read_method(text).medium == medium


def test_keeps_the_analytical_method() -> None:
    assert read_method("HJ 557-2010, HJ 766-2015").keys == ("HJ 557", "HJ 766")
