"""Values of fields as foreign formats hold them."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d[\d.]*(?:e[+-]?\d+)?", re.IGNORECASE)


def plain_value(value: Any) -> Any:
    """A cell of a data frame as a plain text, number, truth value or None."""
    if value is None:
        return None
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime | date):
        return None if value != value else value.isoformat()  # noqa: PLR0124 - NaT alone is unequal to itself
    if value != value:  # noqa: PLR0124
        return None
    return value


def legal(text: str) -> tuple[str, bool]:
    """(text without what XML 1.0 cannot hold, whether anything went); a carriage return becomes a line feed."""
    kept = _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return kept, kept != text


def guarded(text: str) -> str:
    """A text that no spreadsheet runs as a formula: one that might be gets an apostrophe before it."""
    bare = text.lstrip(" ")
    if bare.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return "'" + text if text.startswith("'") else text
