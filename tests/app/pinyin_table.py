"""``python -m tests.app.pinyin_table``: writes resources/words/pinyin.txt anew.

It needs pypinyin, which the program does not.

One line a syllable: the syllable as it is typed (ü is v), then the characters that are read so. All of GB 2312, and
what the translations use beyond it. A character stands in several lines where several readings are usual: its first
one, and each that at least one in twenty of the words of pypinyin's dictionary gives it.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from app.i18n import _catalogue
from resources import resource_path

_USUAL, _FEW = 0.05, 5


def characters() -> set[str]:
    """Every Chinese character the table has to know."""
    found = {bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)}
    return {c for text in (*found, *_catalogue("zh_CN").values()) for c in text if "一" <= c <= "鿿"}


def table() -> dict[str, str]:
    """Syllable → its characters, both in order. Raises ImportError without pypinyin."""
    from pypinyin import Style, pinyin
    from pypinyin.contrib.tone_convert import to_normal
    from pypinyin.phrases_dict import phrases_dict

    wanted = characters()
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    for word, syllables in phrases_dict.items():
        if len(word) == len(syllables):
            for c, said in zip(word, syllables, strict=True):
                heard[c][_typed(to_normal(said[0]))] += 1
    made: dict[str, set[str]] = defaultdict(set)
    for c in wanted:
        known = [_typed(s) for s in pinyin(c, style=Style.NORMAL, heteronym=True)[0]]
        times = sum(heard[c].values())
        usual = {s for s, n in heard[c].items() if n >= max(_FEW, _USUAL * times)}
        for syllable in {known[0], *(usual & set(known))}:
            made[syllable].add(c)
    return {s: "".join(sorted(made[s])) for s in sorted(made)}


def _typed(syllable: str) -> str:
    return syllable.replace("ü", "v")


def text(found: dict[str, str]) -> str:
    """The file."""
    return "".join(f"{syllable} {characters_}\n" for syllable, characters_ in found.items())


def main() -> int:
    """Write it."""
    path = resource_path("words", "pinyin.txt")
    path.write_text(text(table()), encoding="utf8")
    sys.stdout.write(f"{path}: {path.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
