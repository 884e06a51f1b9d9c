"""Names of files and folders made of what people call things: harmless on every system, readable, never doubled."""

from __future__ import annotations

import re
import unicodedata

_BAD = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$", re.IGNORECASE)
_MOST_BYTES = 80
_KEPT = {"L", "N", "M"}


def safe_name(text: str, taken: set[str] | None = None) -> str:
    """`text` as one part of a path: no separators, signs or marks that a system forbids, at most 80 bytes.

    A name that is in `taken` (case folded) gets a number; the result is added to it.
    """
    kept = []
    for c in unicodedata.normalize("NFC", text):
        if c in " ._-()（）#+=~" or unicodedata.category(c)[0] in _KEPT:
            kept.append(c)
        elif not kept or kept[-1] != "_":
            kept.append("_")
    base = _BAD.sub("_", "".join(kept)).strip(" .~_-=+#") or "_"
    base = _cut(base, _MOST_BYTES)
    if _DEVICES.match(base):
        base = f"_{base}"
    name, number = base, 1
    while taken is not None and name.casefold() in taken:
        number += 1
        tail = f"_{number}"
        name = _cut(base, _MOST_BYTES - len(tail)) + tail
    if taken is not None:
        taken.add(name.casefold())
    return name


def _cut(text: str, most: int) -> str:
    """The first `most` bytes of the text in UTF-8, whole characters only, not ending in a space or dot."""
    return text.encode("utf8")[:most].decode("utf8", "ignore").rstrip(" .")
