"""The reader's language: English in the code, Chinese in resources/translations/zh_CN, one .po a subject."""

from __future__ import annotations

import locale
import os
import tomllib
from functools import cache
from typing import Any

import polib

from resources import resource_path

LANGUAGES = ("zh_CN", "en")
LANGUAGE_NAMES = {"zh_CN": "简体中文", "en": "English"}
DOCUMENT_LANGUAGE = "zh_CN"
"""The language of what leaves the program (sheets, the file's labels) unless another is asked for."""
_current = "en"


@cache
def _catalogue(language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in sorted(resource_path("translations", language).glob("*.po")):
        for entry in polib.pofile(str(path)):  # type: ignore[no-untyped-call]
            if entry.msgstr and not entry.obsolete and not entry.fuzzy:
                words[entry.msgid] = entry.msgstr
    return words


@cache
def _data_words(language: str) -> dict[str, str]:
    """What data files say in both languages: the texts of each pair of keys like ``title`` and ``title_zh``."""
    words: dict[str, str] = {}
    if language != "zh_CN":
        return words
    for folder in ("rules", "wastes"):
        for path in sorted(resource_path(folder).glob("*.toml")):
            _pairs(tomllib.loads(path.read_text(encoding="utf8")), words)
    return words


def learn_words(data: Any) -> None:
    """Take over the texts in both languages of a data file that came later: a rule pack of the project at hand."""
    _pairs(data, _data_words("zh_CN"))


def _pairs(node: Any, words: dict[str, str]) -> None:
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _pairs(value, words)
    if isinstance(node, dict):
        words.update({node[k]: node[k + "_zh"] for k in node if node.get(k + "_zh")})


def translator(language: str) -> Translator:
    """A gettext-like function for one language; texts without a translation come back as they are."""
    return Translator(language)


class Translator:
    """Callable template → template in `language`. Sheets keep their own, apart from the window's language."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(language)
        self.language = language

    def __call__(self, text: str) -> str:
        """The template in this language."""
        if self.language == "en":
            return text
        return _catalogue(self.language).get(text) or _data_words(self.language).get(text, text)


def set_language(language: str) -> None:
    """The language of `_` from now on."""
    global _current  # noqa: PLW0603 - one reader per process
    if language not in LANGUAGES:
        raise ValueError(language)
    _current = language


def current_language() -> str:
    """The language that `_` translates to."""
    return _current


def system_language() -> str:
    """HUITIAN_LANG if set, else Chinese where the system speaks Chinese, else English."""
    wish = os.environ.get("HUITIAN_LANG", "")
    if wish in LANGUAGES:
        return wish
    names = [os.environ.get(k, "") for k in ("LC_ALL", "LC_MESSAGES", "LANG")]
    if not any(names):
        names = [locale.getlocale()[0] or ""]
    first = next((n for n in names if n), "")
    return "zh_CN" if first.lower().startswith(("zh", "chinese")) else "en"


def _(text: str) -> str:
    """`text` (an English template) in the current language."""
    return Translator(_current)(text)
