"""Drawings that other programs read: one version, one code page, a text style with Chinese.

AutoCAD 2004 with texts in GBK: GDAL and QGIS take the UTF-8 of later versions for Latin-1 and show Chinese as rubbish,
and the older CAD that land surveyors still run (CASS 7 to 9) opens nothing later.
"""

from __future__ import annotations

from typing import Any

VERSION, ENCODING = "R2004", "gbk"
FONT_FILE, FONT_FAMILY = "simsun.ttc", "SimSun"
"""On every Windows, and what AutoCAD and CASS show Chinese with; a font that only this program has would be boxes."""
# SimSun draws what GBK has: these signs have a plain form, others are written by their number.
_PLAIN = str.maketrans({"\u2212": "-", "\u00b2": "2", "\u00b3": "3", "\u2009": " ", "\u00a0": " ", "\u2013": "-"})
_BOX = "\u25a1"


def new_document() -> Any:
    """An empty drawing in metres."""
    import ezdxf

    document = ezdxf.new(VERSION, units=6)
    document.encoding = ENCODING
    return document


def add_style(document: Any, name: str, width: float = 1.0) -> None:
    """A text style in SimSun, by its file and by its family (AutoCAD goes by the family where both are told)."""
    style = document.styles.add(name, font=FONT_FILE, dxfattribs={"width": width})
    style.set_extended_font_data(FONT_FAMILY)


def fit(text: str) -> str:
    r"""A text as a drawing can hold it: no control marks, signs outside GBK as `\U+XXXX` or, beyond that, a box."""
    words = "".join(map(_sign, text.translate(_PLAIN)))
    # A caret begins a code for a control mark in DXF, two per cent signs one for a sign.
    return words.replace("^", "^ ").replace("%%", "% %")


def _sign(char: str) -> str:
    try:
        char.encode(ENCODING)
    except UnicodeEncodeError:
        return f"\\U+{ord(char):04X}" if ord(char) < 0x10000 and not 0xD800 <= ord(char) < 0xE000 else _BOX
    return char if char.isprintable() else " "
