"""Numbers as people write them in tables of points: full-width digits, thousands, decimal commas, a unit behind."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_UNIT = re.compile(r"\s*(?:m|米)$", re.IGNORECASE)
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "\u00a0": "", "\u3000": "", "'": ""})
_LONGEST = 64


def parse_number(value: Any) -> float | None:
    """The finite number that a cell holds, or None: "４１７０００．５", "4,497,400.25", "417000,5", "1050.2 m".

    One comma between up to three and exactly three digits ("417,000") is thousands or decimals: nobody can tell, so it
    is None. "389800,000" can only be decimals.
    NaN, infinities, dates and truth values are no numbers.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _finite(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip()
    if _PLAIN.fullmatch(text) is None or not text.isascii():
        text = _plain(text)
        if _PLAIN.fullmatch(text) is None:
            return None
    return _finite(float(text))


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    text = _UNIT.sub("", text)
    if "," not in text:
        return text
    if _THOUSANDS.fullmatch(text) and ("." in text or text.count(",") > 1):
        return text.replace(",", "")
    comma = _DECIMAL_COMMA.fullmatch(text)
    unsure = comma is None or (len(comma[2]) == 3 and len(comma[1].lstrip("+-")) <= 3)
    return text if comma is None or unsure else f"{comma[1]}.{comma[2]}"


def _finite(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        return None
    return number if math.isfinite(number) else None


def is_blank(value: Any) -> bool:
    """True for an empty cell and for the signs that people put where a value is missing."""
    return value is None or (isinstance(value, str) and value.strip().strip("-—–/\\*无") == "")
