"""Templates of sheets: a user's own are found and go first; what they cannot say is told with the file and the word."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.package.compose import compose
from app.package.drawing_settings import drawing_settings
from app.package.template import kind_names, sheet_kind
from models.errors import Missing, Refused, Unreadable
from tests.app.package import synthetic

GOOD = """
number = "77"
map = ["contours", "site"]
column = ["legend", "notes"]
scales = [750]
[title]
en = "Own sheet"
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUITIAN_HOME", str(tmp_path))
    folder = tmp_path / "sheets"
    folder.mkdir()
    return folder


def test_a_template_of_the_user_is_listed_and_drawn(own: Path) -> None:
    (own / "mine.toml").write_text(GOOD, encoding="utf8")
    assert "mine" in kind_names()
    assert "mine" in kind_names("site")
    with drawing_settings():
        pages, _ = compose(synthetic.content(kind="mine", terrain=None))
        pages[0].check()
    texts = [t.text for t in pages[0].texts]
    assert any("Own sheet" in t for t in texts)
    assert any(t.endswith("SK-012-77") for t in texts)


def test_it_goes_before_the_programs_own_of_that_name(own: Path) -> None:
    (own / "present_state.toml").write_text(GOOD, encoding="utf8")
    assert sheet_kind("present_state").number == "77"


def test_a_template_is_given_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "看.toml"
    path.write_text(GOOD, encoding="utf8")
    assert sheet_kind(str(path)).scales == (750,)
    with pytest.raises(Missing, match="no such template"):
        sheet_kind(str(tmp_path / "none.toml"))


def test_a_changed_file_is_read_again(own: Path) -> None:
    path = own / "mine.toml"
    path.write_text(GOOD, encoding="utf8")
    assert sheet_kind("mine").number == "77"
    path.write_text(GOOD.replace("77", "78 b"), encoding="utf8")
    assert sheet_kind("mine").number == "78 b"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"contours"', '"roads"', r"roads.*\(map\).*terrain"),
        ('"legend"', '"advert"', r"advert.*\(column\).*boundary_table"),
        ("number", "colour = 3\nnumber", "colour"),
        ('"77"', "77", "number = 77"),
        ("[750]", "[50]", "scales"),
        ("[750]", '["750"]', "whole numbers"),
        ('map = ["contours", "site"]', "map = []", "list of what is drawn"),
        ("number", 'body = "film"\nnumber', "film.*curve, map, sections"),
        ("number", "margin = -3\nnumber", "margin"),
        ('en = "Own sheet"', 'zh_CN = "图"', "en at least"),
    ],
)
def test_what_a_template_cannot_say_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf8")
    with pytest.raises(Refused, match=said) as caught:
        sheet_kind(str(path))
    assert caught.value.where == str(path)


@pytest.mark.parametrize("data", [b"number = ", b"\xff\xfe\x00", b'number = "1"\nnumber = "2"', b"#" * 300_000])
def test_a_file_that_is_no_template_is_told(own: Path, data: bytes) -> None:
    (own / "broken.toml").write_bytes(data)
    with pytest.raises(Unreadable, match=r"broken\.toml"):
        sheet_kind("broken")
    assert "present_state" in kind_names("site")  # the others can still be used


@pytest.mark.parametrize("key", ["layout", "../rules/x", "", "a/b", "..\\x"])
def test_no_other_file_is_taken_for_a_template(key: str) -> None:
    with pytest.raises(Missing, match="no sheet kind"):
        sheet_kind(key)
