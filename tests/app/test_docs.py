"""What the documents name is there: commands with their options, linked files and headings, paths of the source."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

import run
from app.cli import cli

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDE = ROOT / "docs" / "用户指南.md"
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
OPTION = re.compile(r"(?<![\w-])--[a-z](?:[a-z0-9-]*[a-z0-9])?(?![\w-])")
SOURCE = re.compile(r"(?:app|gis|models|layers|resources|tests|docs)/[\w./*\u4e00-\u9fff-]*")
WORD = re.compile(r"[a-z][a-z-]*")
CALLS = (("python3", "run.py", "cli"), ("huitian",))
NOT_OURS = {"--user"}
"""Options of other programs that the documents name."""
MOST_BYTES = 400_000


@cache
def commands() -> dict[tuple[str, ...], Any]:
    """Every command by its words."""
    found: dict[tuple[str, ...], Any] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        found[words] = command
        for name, sub in getattr(command, "commands", {}).items():
            walk(sub, (*words, name))

    walk(typer.main.get_command(cli), ())
    return found


@cache
def options(words: tuple[str, ...]) -> frozenset[str]:
    """The options of a command."""
    params = commands()[words].params
    return frozenset({"--help"} | {o for p in params for o in (*p.opts, *p.secondary_opts) if o.startswith("--")})


@cache
def every_option() -> frozenset[str]:
    """Those of all commands, and those that run.py names itself."""
    return frozenset(set().union(*map(options, commands()))) | frozenset(OPTION.findall(run.USAGE)) | NOT_OURS


def command_of(words: list[str]) -> tuple[str, ...] | None:
    """The longest command that the words begin with; None if there is none."""
    size = max((n for n in (1, 2) if tuple(words[:n]) in commands()), default=0)
    return tuple(words[:size]) if size else None


def wrong_call(arguments: list[str]) -> str:
    """Why the command line would not take these words, values and their kinds too; "" if it would."""
    words = command_of(arguments)
    if words is None:
        return "" if arguments[:1] in ([], ["--help"]) else "no such command"
    try:
        commands()[words].make_context(" ".join(words), arguments[len(words) :])
    except Exception as error:  # typer carries a click of its own, whose classes it does not export
        if hasattr(error, "exit_code") and not hasattr(error, "format_message"):
            return ""  # --help
        if not hasattr(error, "format_message"):
            raise
        return str(error.format_message())
    return ""


def wrong_mention(text: str) -> str:
    """Why words in running text are no command of ours, or name an option that it does not have; "" if all is well."""
    words = text.split()
    for start in CALLS:
        if tuple(words[: len(start)]) == start:
            words = words[len(start) :]
            if words and WORD.fullmatch(words[0]) and command_of(words) is None:
                return "no such command"
    known = command_of(words)
    if known is not None and hasattr(commands()[known[:1]], "commands"):
        named = words[1:] if "|" in words else words[1:2]
        for name in filter(WORD.fullmatch, named):
            if (known[0], name) not in commands():
                return f"{known[0]} has no {name}"
        if len(named) != 1:
            return ""
    allowed = every_option() if known is None else options(known)
    return ", ".join(sorted(set(OPTION.findall(text)) - allowed))


def calls(text: str) -> Iterator[list[str]]:
    """The words after `huitian` or `run.py cli` of each line of the code blocks."""
    for block in FENCE.findall(text):
        for line in block.splitlines()[1:-1]:
            for start in CALLS:
                if tuple(line.split()[: len(start)]) == start:
                    yield shlex.split(line, comments=True)[len(start) :]


def headings(text: str) -> set[str]:
    """The anchors that GitHub gives the headings."""
    found = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in found}


def missing_targets(text: str, folder: Path) -> list[str]:
    """Links that lead nowhere."""
    wrong = []
    for target in LINK.findall(text):
        if target.startswith(("http://", "https://")):
            continue
        name, _sharp, anchor = target.partition("#")
        file = (folder / name).resolve()
        there = not name or (file.exists() and file.is_relative_to(ROOT))
        if not there or (anchor and anchor not in headings(file.read_text(encoding="utf8") if name else text)):
            wrong.append(target)
    return wrong


def missing_sources(text: str) -> list[str]:
    """Paths of the source, in code style, that are not there."""
    paths = {p for code in INLINE.findall(FENCE.sub("", text)) if (p := SOURCE.fullmatch(code.split(" ")[0]))}
    return sorted(p[0] for p in paths if not any(ROOT.glob(p[0].rstrip("/"))))


def of_documents(look: Callable[[Path, str], Any]) -> dict[str, Any]:
    """What `look` finds wrong, by document."""
    found = {str(d.relative_to(ROOT)): look(d, d.read_text(encoding="utf8")) for d in DOCUMENTS}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_calls_in_code_blocks_would_be_taken() -> None:
    assert of_documents(lambda _d, text: {" ".join(c): why for c in calls(text) if (why := wrong_call(c))}) == {}


def test_commands_and_options_in_the_text_exist() -> None:
    def look(_document: Path, text: str) -> dict[str, str]:
        return {code: why for code in INLINE.findall(FENCE.sub("", text)) if (why := wrong_mention(code))}

    assert of_documents(look) == {}


def test_what_run_py_is_asked_for_exists() -> None:
    known = set(re.findall(r"^  ([a-z]+)", run.USAGE, re.MULTILINE))
    assert of_documents(lambda _d, text: set(re.findall(r"run\.py ([a-z]+)", text)) - known) == {}


def test_links_and_named_files_exist() -> None:
    assert of_documents(lambda document, text: missing_targets(text, document.parent) + missing_sources(text)) == {}


def test_the_guide_names_every_command() -> None:
    guide = GUIDE.read_text(encoding="utf8")
    listed = set(INLINE.findall(guide[guide.rindex("\n## ") :]))
    assert {words[0] for words in commands() if len(words) == 1} - listed == set()


def test_no_document_is_left_alone() -> None:
    """Each page but the entries is linked from another one, or its folder is."""
    linked = {
        (d.parent / t.partition("#")[0]).resolve()
        for d in DOCUMENTS
        for t in LINK.findall(d.read_text(encoding="utf8"))
        if not t.startswith("http")
    }
    pages = [d for d in DOCUMENTS if d.parent != ROOT]
    assert [p.name for p in pages if p not in linked and p.parent not in linked] == []


def test_pictures_are_shown_and_small() -> None:
    texts = "".join(d.read_text(encoding="utf8") for d in DOCUMENTS)
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.name in texts
        assert picture.stat().st_size < MOST_BYTES


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    lines = ("huitian estimat a.gpkg --all", "huitian sheet a.gpkg --oot x.pdf", "huitian undo a.gpkg --steps two # no")
    text = "\n".join(("```", *lines, "```\n"))
    assert [bool(wrong_call(c)) for c in calls(text)] == [True, True, True]
    assert not wrong_call(["undo", "a.gpkg", "--steps", "2"])
    assert wrong_mention("photo show")
    assert wrong_mention("basemap add | lost")
    assert wrong_mention("estimate --alll")
    assert wrong_mention("--no-such-option")
    assert not wrong_mention("estimate --all --workers N")
    assert not wrong_mention("samples")
    assert missing_targets("[a](no.md) [b](#none) [c](#here)\n# Here\n", tmp_path) == ["no.md", "#none"]
    assert missing_sources("`app/cli.py` `app/clip.py` `app/gui/*_commands.py` `gis/nothing/*.py`") == [
        "app/clip.py", "gis/nothing/*.py",
    ]  # fmt: skip
