"""Texts for paper: cleaned, measured, wrapped, and never a box for a missing glyph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.package.fonts import MM_PER_PT, font_path, plain, require_glyphs, shorten, width_mm, wrap
from models.errors import Refused


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("$x_1^2$ \\alpha", "$x_1^2$ \\alpha"),
        ("one\r\ntwo\tthree", "one two three"),
        ("1\u2009051\u202f300", "1 051 300"),
        ("a\u202eb\u200bc\x00", "abc"),
        ("坑😀", "坑[U+1F600]"),
        ("  砂坑  4 号 ", "砂坑 4 号"),
        ("❤\ufe0f", "[U+2764]"),
    ],
)
def test_plain(raw: str, clean: str) -> None:
    assert plain(raw) == clean
    require_glyphs(plain(raw), where="here")


@pytest.mark.parametrize("char", ["𠮷", "ع", "ᠮ"])
def test_a_letter_without_glyph_is_named(char: str) -> None:
    with pytest.raises(Refused) as caught:
        require_glyphs(plain(f"甲{char}乙"), where="title")
    assert caught.value.key == "sheet.missing_glyph"
    assert f"{char} (U+{ord(char):04X})" in str(caught.value)
    assert "甲" not in str(caught.value.what.facts["characters"])


@given(st.text(max_size=60))
def test_plain_gives_one_line_that_stays(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert not set(once) & set("\n\r\t\u2028\u202e\x00")


def test_width_is_that_of_the_font_file() -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    for text in ("4503012.345", "乌兰计4号砂坑", "37"):
        drawn = TextPath((0, 0), text, size=100, prop=FontProperties(fname=str(font_path()))).get_extents()
        assert width_mm(text, 100) / MM_PER_PT == pytest.approx(drawn.width, abs=14)  # side bearings


def test_shorten_fits_and_says_so() -> None:
    short = shorten("很长的名字" * 20, 50, 8.5)
    assert short.endswith("…")
    assert 44 < width_mm(short, 8.5) <= 50
    assert shorten("短", 50, 8.5) == "短"


@given(st.text(alphabet="甲乙，。（ab c1.5", max_size=80), st.floats(6, 60))
def test_wrapped_lines_fit_and_keep_every_character(text: str, room: float) -> None:
    lines = wrap(plain(text), room, 8.5)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())
    assert all(width_mm(line, 8.5) <= room + 1e-6 for line in lines)


def test_wrap_breaks_chinese_anywhere_but_not_before_marks() -> None:
    lines = wrap("坐标系为二〇〇〇国家大地坐标系，高程基准为一九八五", 45.5, 8.5)
    assert len(lines) > 1
    assert not any(line.startswith("，") for line in lines)
    assert wrap("central meridian 111", 20, 8.5)[0] == "central"
