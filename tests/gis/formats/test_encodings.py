from __future__ import annotations

import pytest

from gis.formats.encodings import choose, codec_named, decode
from models.errors import Refused

WORDS = ["废弃砂坑", "固阳县", "土默特右旗", "白云鄂博矿区"]


@pytest.mark.parametrize(
    ("said", "codec"),
    [
        *[(name, "utf-8") for name in ("UTF-8", "utf8", "65001")],
        *[(name, "gb18030") for name in ("936", "GBK", "cp936", "GB2312", "gb18030", "ANSI 936")],
        ("ISO 88591", "iso8859-1"),
        ("ANSI 1252", "cp1252"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_declarations_are_understood(said, codec):
    assert codec_named(said) == codec


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_chinese_text_shows_its_encoding(codec):
    found = choose([w.encode(codec) for w in WORDS], stated=None, declared="")
    assert (found.codec, found.basis) == (codec, "evidence")
    assert found.sample == WORDS[0]


@pytest.mark.parametrize("word", ["联通", "砂坑", "矿", "编号"])
def test_even_one_word_is_enough(word):
    assert choose([word.encode("gb18030")], stated=None, declared="").codec == "gb18030"
    assert choose([word.encode()], stated=None, declared="").codec == "utf-8"


def test_a_wrong_declaration_is_overruled_and_told():
    found = choose([w.encode("gb18030") for w in WORDS], stated=None, declared="UTF-8")
    assert (found.codec, found.basis, found.overruled) == ("gb18030", "evidence", "UTF-8")
    found = choose([w.encode() for w in WORDS], stated=None, declared="GBK")
    assert (found.codec, found.overruled) == ("utf-8", "GBK")


def test_a_right_declaration_is_believed():
    assert choose([w.encode("gb18030") for w in WORDS], stated=None, declared="936").basis == "declared"


def test_valid_utf_8_is_believed_however_odd_its_characters():
    assert choose(["²".encode()], stated=None, declared="UTF-8").codec == "utf-8"  # in GB18030 it would be 虏


def test_what_the_user_states_wins_and_must_exist():
    assert choose([w.encode() for w in WORDS], stated="gbk", declared="UTF-8").codec == "gb18030"
    with pytest.raises(Refused, match="klingon"):
        choose([], stated="klingon", declared="")


def test_plain_ascii_needs_no_guess():
    assert choose([b"abc", b""], stated=None, declared="").basis == "ascii"


def test_western_text_is_not_made_chinese():
    assert (
        choose(["Möhre Straße".encode("cp1252"), "Düne".encode("cp1252")], stated=None, declared="").codec == "cp1252"
    )


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_character_cut_by_the_width_of_the_column_is_dropped(codec):
    assert decode("废弃砂坑".encode(codec)[:-1], codec) == "废弃砂"
    assert choose(["废弃砂坑".encode(codec)[:-1]], stated=None, declared="").codec == codec


TRADITIONAL = ["點號", "橫坐標", "縱坐標", "廢棄砂坑", "採石場", "界址點", "權屬單位", "包頭市昆都侖區"]


def test_big5_shows_itself():
    found = choose([w.encode("cp950") for w in TRADITIONAL], stated=None, declared="")
    assert (found.codec, found.basis, found.label) == ("cp950", "evidence", "Big5")
    assert found.sample == TRADITIONAL[0]
    assert choose([TRADITIONAL[3].encode("cp950")], stated="Big5", declared="").codec == "cp950"


@pytest.mark.parametrize(
    ("text", "codec"),
    [("每偏", "gb18030"), ("Müller", "utf-8"), ("Ångström", "utf-8"), ("乌拉山", "utf-8"), ("乌拉山", "gb18030")],
)
def test_a_word_whose_bytes_are_valid_in_both(text, codec):
    """Bytes of 每偏 in GB 18030 are those of ÿƫ in UTF-8."""
    assert choose([text.encode(codec)], stated=None, declared="").codec == codec


def test_simplified_texts_are_not_taken_for_big5():
    """Bytes of each are valid in the other. Words of the catalogue of translations, one to five of them at a time."""
    import re

    import polib

    from resources import resource_path

    texts = [
        e.msgstr for f in sorted(resource_path("translations", "zh_CN").glob("*.po")) for e in polib.pofile(str(f))
    ]
    words = sorted({w for t in texts for w in re.findall("[\u4e00-\u9fff]{2,}", t)})
    assert len(words) > 2000
    for start in range(0, len(words) - 5, 5):
        for count in (1, 2, 5):
            values = [w.encode("gb18030") for w in words[start : start + count]]
            assert choose(values, stated=None, declared="").codec == "gb18030", words[start : start + count]
