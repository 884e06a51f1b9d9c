"""What every command shares: opening the project, JSON on stdout, progress on a terminal, tables for people."""

from __future__ import annotations

import json
import math
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.i18n import _
from models.progress import Watch

ProjectPath = Annotated[
    Path, typer.Argument(metavar="PROJECT", help="the project file (.gpkg)", show_default=False, readable=False)
]
Json = Annotated[bool, typer.Option("--json", help="print one JSON document on stdout and nothing else")]
Sites = Annotated[list[str] | None, typer.Option("--site", metavar="CODE", help="code of a site; may be repeated")]
All = Annotated[bool, typer.Option("--all", help="every site of the project")]


def codes_of(sites: list[str] | None, everything: bool) -> list[str] | None:
    """The codes asked for, None for all; wrong usage if neither or both were said."""
    if bool(sites) == everything:
        raise typer.BadParameter(_("say either --all or --site CODE"))
    return None if everything else sites


def print_json(document: Any) -> None:
    """One JSON document; numbers that are not finite become null."""
    json.dump(_finite(document), sys.stdout, ensure_ascii=False, allow_nan=False, indent=1, default=str)
    sys.stdout.write("\n")


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if hasattr(value, "item") and getattr(value, "shape", None) == ():  # a NumPy scalar
        return _finite(value.item())
    return value


@contextmanager
def progress() -> Iterator[Watch]:
    """A watch that draws one line on stderr, and only on a terminal."""
    if not sys.stderr.isatty():
        yield Watch()
        return

    def show(fraction: float, note: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{fraction * 100:3.0f} % {note[:60]}")
        sys.stderr.flush()

    try:
        yield Watch(show)
    finally:
        sys.stderr.write("\r\x1b[2K")


def say(text: str) -> None:
    """One line for a person."""
    sys.stdout.write(text + "\n")


def remark(text: str) -> None:
    """A warning, on stderr so that stdout stays what was asked for."""
    sys.stderr.write(_("warning: {text}").format(text=text) + "\n")


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A plain table; columns whose numbers are in `right` are right-aligned."""
    clean = [[" ".join(str(c).split()) for c in row] for row in rows]
    widths = [max(width(r[i]) for r in [list(heads), *clean]) for i in range(len(heads))]
    for row in [list(heads), ["-" * w for w in widths], *clean]:
        cells = [
            " " * (w - width(c)) + c if i in right else c + " " * (w - width(c))
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())
