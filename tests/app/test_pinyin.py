"""Commands and sites are found by pinyin; the table of readings knows every character that the program shows."""

from __future__ import annotations

import pytest

from app.i18n import _catalogue
from app.pinyin import heard_at, readings
from resources import resource_path
from tests.app.pinyin_table import characters, table, text


@pytest.mark.parametrize(
    ("typed", "shown", "at"),
    [
        ("gusuan", "估算此场地", 0),
        ("gs", "估算此场地", 0),
        ("gusu", "估算此场地", 0),
        ("gsuan", "估算此场地", 0),
        ("GUSUAN", "估算此场地", 0),
        ("cd", "估算此场地", 3),
        ("chd", "估算此场地", 3),
        ("changdi", "估算此场地", 3),
        ("sgd", "估算此场地", -1),
        ("g", "估算此场地", -1),
        ("slw", "SK-001 石柳湾一号砂坑", 7),
        ("sk001shi", "SK-001 石柳湾一号砂坑", 0),
        ("drdem", "导入 DEM…", 0),
        ("xi'an", "西安80", 0),
        ("xian", "先看数据", 0),
        ("changdu", "长度", 0),
        ("zhongliang", "重量", 0),
        ("lv", "绿地", 0),
        ("lue", "省略", 1),
        ("lve", "省略", 1),
        ("sheet", "审批图件", -1),
        ("gusuan", "Estimate this site", -1),
        ("te", "Estimate this site", -1),
    ],
)
def test_where_a_text_is_heard(typed: str, shown: str, at: int) -> None:
    assert heard_at(typed, shown) == at


def test_every_character_of_the_translations_has_a_reading() -> None:
    shown = {c for words in _catalogue("zh_CN").values() for c in words if "一" <= c <= "鿿"}
    assert len(shown) > 1000
    assert shown - set(readings()) == set()


def test_the_table_is_in_order_and_says_nothing_twice() -> None:
    lines = [line.split(" ") for line in resource_path("words", "pinyin.txt").read_text(encoding="utf8").splitlines()]
    assert [s for s, _c in lines] == sorted({s for s, _c in lines})
    assert all(list(c) == sorted(set(c)) for _s, c in lines)
    assert all(s.isascii() and s.isalpha() for s, _c in lines)
    assert len(set("".join(c for _s, c in lines))) >= 6763  # GB 2312


def test_the_table_is_what_its_maker_makes() -> None:
    pytest.importorskip("pypinyin", reason="only who makes the table anew needs it")
    assert set("".join(table().values())) == characters()
    assert resource_path("words", "pinyin.txt").read_text(encoding="utf8") == text(table())
