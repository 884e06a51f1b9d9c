"""Features by columns on their way from the child: they read as those by rows do."""

from __future__ import annotations

import pytest

from gis.formats import READERS, WRITERS, bulk, wire
from gis.formats.child import STREAMS
from models.notices import Notice


def test_rows_of_a_block_are_those_of_a_message_by_rows():
    note = Notice("import.unclosed", "a ring was not closed").to_json()
    message = {"kind": "features", "numbers": [11, 13], "names": ["编号", "n"], "columns": [["A", "B"], [1, None]],
               "notes": {1: [note]}}  # fmt: skip
    sent, shapes = wire.unpack(wire.pack(message, [b"x", b""]))
    assert wire.rows(sent) == [[11, {"编号": "A", "n": 1}, ()], [13, {"编号": "B", "n": None}, [note]]]
    assert shapes == [b"x", b""]
    assert wire.rows({"numbers": [1, 2], "names": [], "columns": [], "notes": {}}) == [[1, {}, ()], [2, {}, ()]]


@pytest.mark.parametrize(
    ("values", "codec", "want"),
    [
        (["砂坑", "K1", ""], "gb18030", ["砂坑", "K1", ""]),
        (["坑\x1f一", "坑"], "gb18030", ["坑\x1f一", "坑"]),  # the separator itself
        (["砂坑", "x"], "utf-8", ["砂坑", "x"]),
    ],
)
def test_texts_of_a_column_are_decoded_as_one_by_one(values, codec, want):
    raw = [v.encode(codec).decode("latin-1") for v in values]
    assert bulk._texts(raw, codec) == want == [bulk._plain(v, codec) for v in raw]


def test_a_text_cut_in_the_middle_of_a_character_spoils_no_other():
    cut = "废弃砂坑".encode("gb18030")[:-1].decode("latin-1")
    assert bulk._texts([cut, "K", None], "gb18030") == ["废弃砂", "K", None]
    assert bulk._texts([cut, "K"], "gb18030") == ["废弃砂", "K"]


def test_every_format_stands_in_the_tables_under_its_own_key():
    assert all(key == reader.key for key, reader in READERS.items())
    assert {"shp", "land_txt", "zip"} <= set(READERS)
    assert {k for k, reader in READERS.items() if reader.plan is None} == set(STREAMS) & set(READERS) == {"land_txt"}
    assert {"shp", "land_txt", "xlsx"} <= set(WRITERS)
