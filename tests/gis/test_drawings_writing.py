"""Texts of drawings: what GBK has as it is, the rest so that other programs show it or a box."""

from __future__ import annotations

from pathlib import Path

import ezdxf
import fiona
import pytest
from ezdxf.lldxf.encoding import decode_dxf_unicode

from gis.drawings.writing import FONT_FAMILY, add_style, fit, new_document


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("石柳湾一号砂坑（示例）", "石柳湾一号砂坑（示例）"),
        ("−3.5 m³", "-3.5 m3"),
        ("1\u2009234", "1 234"),
        ("a^J%%d", "a^ J% %d"),
        ("甲\n乙\x00", "甲 乙 "),
        ("café ø", "café \\U+00F8"),
        ("坑😀", "坑□"),
    ],
)
def test_signs_that_drawings_hold(text: str, written: str) -> None:
    assert fit(text) == written
    written.encode("gbk")


def test_ezdxf_and_gdal_read_the_same_chinese(tmp_path: Path) -> None:
    document = new_document()
    add_style(document, "HZ")
    document.layers.add("填方区")
    document.modelspace().add_text(fit("石柳湾 ø"), dxfattribs={"layer": "填方区", "style": "HZ"})
    path = tmp_path / "图.dxf"
    document.saveas(path)
    back = ezdxf.readfile(path)
    (text,) = back.modelspace()
    assert (decode_dxf_unicode(text.dxf.text), text.dxf.layer) == ("石柳湾 ø", "填方区")
    assert back.styles.get("HZ").get_extended_font_data()[0] == FONT_FAMILY
    with fiona.open(path) as source:
        (read,) = (f["properties"] for f in source)
    assert (decode_dxf_unicode(read["Text"]), read["Layer"]) == ("石柳湾 ø", "填方区")
