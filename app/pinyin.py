"""Chinese texts found by how they are said: full syllables, their beginnings, or initials, as on a phone's keyboard.

The readings are those of resources/words/pinyin.txt (how it is made: tests/app/pinyin_table.py).
"""

from __future__ import annotations

from functools import cache, lru_cache

from resources import resource_path

_FEWEST = 2
"""Letters: one alone would find nearly every text."""
_WIDE_INITIALS = ("zh", "ch", "sh")


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character → its syllables as they are typed; ü is v, and üe also ue."""
    found: dict[str, tuple[str, ...]] = {}
    for line in resource_path("words", "pinyin.txt").read_text(encoding="utf8").splitlines():
        syllable, _space, characters = line.partition(" ")
        spellings = (syllable, syllable.replace("ve", "ue")) if "ve" in syllable else (syllable,)
        for c in characters:
            found[c] = (*found.get(c, ()), *spellings)
    return found


def heard_at(typed: str, text: str) -> int:
    """Number of the character of `text` where what was typed begins to be its pinyin; -1 if it is not.

    Letters and digits of the text count as they are, marks between characters are passed over: "cassdat" finds
    "CASS .dat", "dem" and "gs" find "按 DEM 估算".
    """
    wanted = typed.casefold().replace("'", "").replace("ü", "v")
    if len(wanted) < _FEWEST or not wanted.isascii() or not wanted.isalnum():
        return -1
    if _beginning(wanted[0]).isdisjoint(text):
        return -1
    said, starts = _said(text)
    return next((at for at in starts.get(wanted[0], ()) if _follows(said, at, wanted)), -1)


@cache
def _beginning(letter: str) -> frozenset[str]:
    """The characters that a letter may begin: most texts are done with at this."""
    return frozenset(c for c, spellings in readings().items() if any(s[0] == letter for s in spellings)) | {
        letter, letter.upper()
    }  # fmt: skip


Said = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=20_000)
def _said(text: str) -> tuple[Said, dict[str, list[int]]]:
    """For each character its syllables, itself if it is a letter or digit, () for a mark; and where letters begin one.

    A text without Chinese is not said: nothing begins in it.
    """
    known = readings()
    said = tuple(known.get(c) or ((c.casefold(),) if c.isascii() and c.isalnum() else ()) for c in text)
    starts: dict[str, list[int]] = {}
    if any(c in known for c in text):
        for at, spellings in enumerate(said):
            for letter in {s[0] for s in spellings}:
                starts.setdefault(letter, []).append(at)
    return said, starts


def _follows(said: Said, at: int, wanted: str) -> bool:
    while at < len(said) and not said[at]:
        at += 1
    if at == len(said):
        return False
    for syllable in said[at]:
        if syllable.startswith(wanted):
            return True
        lengths = {len(syllable), 1, *(2 for wide in _WIDE_INITIALS if syllable.startswith(wide))}
        if any(wanted[:n] == syllable[:n] and _follows(said, at + 1, wanted[n:]) for n in lengths):
            return True
    return False
