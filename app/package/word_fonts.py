"""Fonts in Word documents."""

from __future__ import annotations

from typing import Any


def name_fonts(properties: Any, font: str, latin: str = "") -> None:
    """Name the font of run properties for Chinese and for Latin letters: Word takes another one otherwise."""
    from docx.oxml.ns import qn

    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = properties.makeelement(qn("w:rFonts"), {})
        properties.insert(0, fonts)
    for key in list(fonts.attrib):
        if key.endswith("Theme"):
            del fonts.attrib[key]
    western = latin or font
    for key, name in (("w:ascii", western), ("w:hAnsi", western), ("w:eastAsia", font), ("w:cs", western)):
        fonts.set(qn(key), name)
