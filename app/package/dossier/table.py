"""A table of the package as plain values: the same rows stand in the workbook, the report and the GeoPackage."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app import format as fmt
from app.i18n import Translator

Value = str | float | int | None
_TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff")
Kind = Literal["text", "number", "plain"]


@dataclass(frozen=True)
class Column:
    """One column. `head` and `unit` are English msgids; `kind` "plain" is a number without marks between thousands.

    `decimals` is to what a number is rounded, everywhere. `wide` is the width in a workbook in characters.
    """

    head: str
    unit: str = ""
    kind: Kind = "text"
    decimals: int = 0
    wide: float = 12.0

    def title(self, say: Translator) -> str:
        """The heading with its unit, in the language of `say`."""
        words = say(self.head)
        return f"{words} ({say(self.unit)})" if self.unit else words

    def text(self, value: Value) -> str:
        """A value of this column as it is printed."""
        if value is None or value == "":
            return fmt.NO_VALUE
        if isinstance(value, str):
            return value
        return f"{value:.{self.decimals}f}" if self.kind == "plain" else fmt.number(value, self.decimals)


@dataclass(frozen=True)
class Table:
    """`title` is in the reader's language, as are texts in `rows`; numbers are rounded as their column says.

    `total` is a last row of sums, with None where nothing is to be added up.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None
    note: str = ""

    def texts(self, say: Translator) -> tuple[list[str], list[list[str]]]:
        """Headings and all rows as they are printed, the total last."""
        rows = [*self.rows, *([self.total] if self.total else [])]
        body = [[c.text(v) if v is not None or row is not self.total else "" for c, v in zip(self.columns, row,
        strict=True)]
                for row in rows]  # fmt: skip
        return [c.title(say) for c in self.columns], body


def table(
    key: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Value]],
    *,
    sums: Sequence[int] = (),
    total_word: str = "",
    note: str = "",
) -> Table:
    """A table with its numbers rounded; `sums` are the columns that a last row adds up (of the rounded values)."""
    rounded = tuple(tuple(_rounded(v, c) for v, c in zip(row, columns, strict=True)) for row in rows)
    total: tuple[Value, ...] | None = None
    if sums and rounded:
        cells: list[Value] = [None] * len(columns)
        cells[0] = total_word
        for i in sums:
            cells[i] = _rounded(sum(v for r in rounded if isinstance(v := r[i], int | float)), columns[i])
        total = tuple(cells)
    return Table(key, title, tuple(columns), rounded, total, note)


def one_line(text: str) -> str:
    """`text` without line ends, control marks and marks that turn the direction of text; all else stays as it is."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) != "Cs" and c not in _TURNS).split())


def _rounded(value: Value, column: Column) -> Value:
    if value is None or isinstance(value, str) or column.kind == "text":
        return value
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        return None
    return round(float(value), column.decimals) if column.decimals else round(value)
