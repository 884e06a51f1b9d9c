"""Every text that a person may read has its Chinese: collected from the code, looked up in the catalogues."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("app", "gis", "layers", "models")
CATALOGUES = sorted((ROOT / "resources" / "translations" / "zh_CN").glob("*.po"))
_PLACEHOLDER = re.compile(r"\{(\w+)[^}]*\}")


@cache
def marked_texts() -> dict[str, str]:
    """Every literal inside N_() or _(), with the place where it stands."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("N_", "_")):
                    continue
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
                        found.setdefault(argument.value, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


@cache
def chinese() -> dict[str, str]:
    """All catalogues: msgid → msgstr."""
    return {e.msgid: e.msgstr for path in CATALOGUES for e in polib.pofile(str(path)) if e.msgstr and not e.fuzzy}


def test_every_marked_text_has_its_chinese() -> None:
    words = chinese()
    missing = [f"{place}: {text}" for text, place in marked_texts().items() if text not in words]
    assert not missing, "\n".join(missing)


def test_translations_use_the_same_placeholders() -> None:
    wrong = [
        (text, translated)
        for text, translated in chinese().items()
        if set(_PLACEHOLDER.findall(text)) != set(_PLACEHOLDER.findall(translated))
    ]
    assert not wrong


def test_one_text_one_translation() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for path in CATALOGUES:
        for entry in polib.pofile(str(path)):
            other = seen.setdefault(entry.msgid, (entry.msgstr, path.name))
            assert other[0] == entry.msgstr, f"{entry.msgid!r} differs in {other[1]} and {path.name}"


@cache
def texts_of_data() -> str:
    """The tables among the resources, whose words the catalogues hold too."""
    return " ".join(p.read_text(encoding="utf8") for p in (ROOT / "resources").rglob("*.toml"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.stem)
def test_catalogues_hold_no_text_that_the_code_lost(path: Path) -> None:
    used, data = marked_texts(), texts_of_data()
    stale = [e.msgid for e in polib.pofile(str(path)) if e.msgid not in used and e.msgid not in data]
    assert not stale


if __name__ == "__main__":  # lists what is still to be translated, for the person who does it
    known = chinese()
    for text, place in marked_texts().items():
        if text not in known:
            print(f"{place}\t{text!r}")  # noqa: T201
