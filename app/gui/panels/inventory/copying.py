"""Rows of the inventory for a spreadsheet: numbers arrive as numbers, texts as texts, and nothing as a formula.

Two forms go to the clipboard. HTML says of each cell what it is (Excel, WPS and LibreOffice prefer it): a code like
0012 or 3-1 keeps its look. Plain text has tabs; there an apostrophe stops what would be a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from app.gui.panels.inventory.columns import Column, column_title, verdict_text
from app.gui.panels.inventory.lines import Line
from app.verbs.csv_out import safe_cell

Cell = float | str | None


def cells_of(line: Line, columns: Sequence[Column]) -> list[Cell]:
    """What stands in the cells: numbers with all their digits, their intervals behind them, words for the rest."""
    made: list[Cell] = []
    for c in columns:
        value: Any = c.sort(line) if c.right else verdict_text(line.verdicts) if c.key == "verdicts" else c.show(line)
        made.append(_cell(value))
        if c.half is not None:
            made.append(_cell(c.half(line)))
    return made


def _cell(value: Any) -> Cell:
    return round(value, 6) if isinstance(value, float) else " ".join(str(value).split()) if value else None


def as_tsv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Tabs and lines, headings first."""
    out = ["\t".join(heads)]
    out += ["\t".join(repr(c) if isinstance(c, float) else safe_cell(c) for c in row) for row in rows]
    return "\n".join(out) + "\n"


def as_html(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table whose cells say whether they are a number or a text (`mso-number-format` Excel and WPS, `sdnum` Calc)."""
    out = ['<html><head><meta charset="utf-8"></head><body><table>']
    out.append("<tr>" + "".join(f"<th>{escape(h)}</th>" for h in heads) + "</tr>")
    out += ["<tr>" + "".join(map(_html_cell, row)) + "</tr>" for row in rows]
    out.append("</table></body></html>")
    return "\n".join(out)


def _html_cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return f'<td align="right" x:num="{cell!r}" sdval="{cell!r}">{cell!r}</td>'
    text = escape(cell or "")
    return f"""<td sdnum="0;0;@" style='mso-number-format:"\\@"'>{text}</td>"""


def headings(columns: Sequence[Column]) -> list[str]:
    """Headings with their units; a column of half widths follows each figure that has an interval."""
    made: list[str] = []
    for c in columns:
        made.append(column_title(c))
        if c.half is not None:
            made.append(f"± {column_title(c)}")
    return made
