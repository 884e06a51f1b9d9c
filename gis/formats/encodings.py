"""Which encoding a table's text is in, by evidence: Chinese shapefiles say nothing, or the wrong thing."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from models.errors import Refused
from models.notices import N_

Basis = Literal["stated", "declared", "evidence", "ascii"]

# Byte 29 of a DBF header (dBASE language driver) where it names a code page; 0x57 and 0x03 are mere defaults.
DBF_LANGUAGE = {
    0x4D: "gb18030",
    0x4E: "cp949",
    0x4F: "cp950",
    0x7A: "gb18030",
    0x7B: "cp932",
    0xC8: "cp1250",
    0xC9: "cp1251",
}

_NAMES = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "936": "gb18030",
    "65001": "utf-8",
    "utf8": "utf-8",
    "hz-gb-2312": "gb18030",
    "ansi 936": "gb18030",
    "big5": "cp950",
    "950": "cp950",
}

_RARE = 0.25
"""What a character of level 2 of GB 2312 counts (砼, 磴): rare in texts, and rarer by chance."""


_LATIN_END = 0x250
_ENOUGH = 10_000
"""Texts beyond ASCII that are looked at."""
_BIG5 = "cp950"
_AHEAD = 0.2
"""By so much Big5 must look more like everyday text than GB18030: bytes of each are valid in the other."""
_LEAST = 4
"""Characters of Big5 below which nothing is said against GB18030."""


@dataclass(frozen=True)
class Choice:
    """The encoding taken (a Python codec), how it was found, and what was declared if that was found wrong."""

    codec: str
    basis: Basis
    overruled: str = ""
    sample: str = ""

    @property
    def label(self) -> str:
        """The name that people know."""
        return label_of(self.codec)


def label_of(codec: str) -> str:
    """The name by which people know a codec."""
    return {"utf-8": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16", _BIG5: "Big5"}.get(codec, codec)


def codec_named(name: str) -> str | None:
    """The Python codec that a declaration means ("936", "GBK", "UTF-8", "ISO 88591"), or None. GBK reads as GB18030."""
    plain = name.strip().strip("\0").lower().replace("_", "-")
    for trial in (
        plain,
        plain.replace("ansi ", "cp"),
        f"cp{plain}" if plain.isdigit() else plain,
        plain.replace("88591", "8859-1").replace(" ", "-"),
    ):
        known = _NAMES.get(trial, trial)
        try:
            found = codecs.lookup(known).name
        except (LookupError, ValueError):
            continue
        return _NAMES.get(found, found)
    return None


def choose(values: Iterable[bytes], *, stated: str | None, declared: str) -> Choice:
    """The encoding of some text values. `stated` by the user wins; `declared` by the file is checked against the bytes.

    Raises Refused for a stated encoding that does not exist.
    """
    if stated:
        codec = codec_named(stated)
        if codec is None:
            raise Refused(
                "encoding.unknown",
                N_("there is no encoding {name}"),
                advice=N_("for instance UTF-8 or GB18030"),
                name=stated,
            )
        return Choice(codec, "stated")
    texts = list(islice((v for v in values if not v.isascii()), _ENOUGH))
    said = codec_named(declared) if declared else None
    if not texts:
        return Choice(said or "utf-8", "declared" if said else "ascii")
    scores = {c: _score(texts, c) for c in ("utf-8", "gb18030", *((said,) if said else ()))}
    if _BIG5 not in scores and _enough_for_big5(texts) and _score(texts, _BIG5) > scores["gb18030"] + _AHEAD:
        scores[_BIG5] = _score(texts, _BIG5)
    best = max(scores, key=lambda c: scores[c])
    sure = said == "utf-8" and scores[said] > 0  # other bytes hardly ever form valid UTF-8: its word is taken then
    share = 1.0 if said == _BIG5 else 0.8  # drawings say ANSI_950 of GB bytes, which read as Big5 quite well
    if said and (sure or scores[said] >= share * scores[best] or scores[best] <= 0):
        return Choice(said, "declared")
    if scores[best] <= 0:  # neither Chinese nor UTF-8: western text
        best = "cp1252"
    return Choice(best, "evidence", declared if said else "", decode(texts[0], best))


def decode(raw: bytes, codec: str) -> str:
    """Text of a value; a character cut off by the column's width is dropped, other bad bytes show as U+FFFD."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as cut:
        if cut.end >= len(raw) and len(raw) - cut.start < 4:
            return raw[: cut.start].decode(codec, "replace")
        return raw.decode(codec, "replace")


def _score(texts: list[bytes], codec: str) -> float:
    """How much the text looks like what people write: share of everyday characters among those beyond ASCII, or -1."""
    try:
        found = Counter(b"\n".join(texts).decode(codec))
    except UnicodeDecodeError:  # a text that is cut off, or not this encoding
        found = Counter("".join([decode(raw, codec) for raw in texts]))
    bad = found["\ufffd"]
    beyond = {c: n for c, n in found.items() if ord(c) > 0x7F}
    total = sum(beyond.values())
    everyday = _everyday_big5 if codec == _BIG5 else _everyday
    good = sum(n * everyday(c) for c, n in beyond.items())
    if not total or bad * 20 > total:
        return -1.0
    if codec == "utf-8" and not bad:
        # Bytes above 0x7F that form valid UTF-8 do so by chance only in a few two-character words of GB 18030. They
        # read as accented letters alone then; words of western languages have plain ones beside them.
        plain = any(c.isascii() and c.isalpha() for c in found)
        chance = not plain and all(ord(c) < _LATIN_END for c in beyond)
        return (0.4 if chance else 0.5) + 0.5 * good / total
    return good / total - bad / total


def _everyday(character: str) -> float:
    if ord(character) < _LATIN_END and character.isalpha():
        return 1.0
    try:
        raw = character.encode("gb2312")
    except UnicodeEncodeError:
        return 0.0
    # Level 1 of GB 2312 holds the 3,755 common characters; rows 1 and 3 punctuation and full-width forms.
    if 0xB0 <= raw[0] <= 0xD7 or raw[0] in (0xA1, 0xA3):
        return 1.0
    return _RARE if raw[0] >= 0xD8 else 0.0


def _enough_for_big5(texts: list[bytes]) -> bool:
    return len({c for raw in texts[:200] for c in decode(raw, _BIG5) if ord(c) > 0x7F}) >= _LEAST


def _everyday_big5(character: str) -> float:
    """Level 1 of Big5 (0xA440-0xC67E) holds the 5,401 common characters; rows from 0xA1 punctuation and signs."""
    try:
        raw = character.encode("big5")
    except UnicodeEncodeError:
        return float(character.isalpha() and ord(character) < _LATIN_END)
    return 1.0 if raw[0] <= 0xC6 else _RARE
