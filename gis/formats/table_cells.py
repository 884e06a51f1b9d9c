"""What stands in a cell of a table: numbers as people write them, texts, nothing."""

from __future__ import annotations

import re
from typing import Any

from gis.formats.angles import angle_in

_NAMED = re.compile(r"\s*[XYxyＸＹ]\s*[=:：＝]")
"""X=4497400.000, as programs copy coordinates."""

GUESSED = "table.guessed"
"""Key of the remark on a table whose columns were told by their values alone."""


def number_of(cell: Any) -> float | None:
    """A coordinate as people write it, also degrees, minutes and seconds."""
    from gis.points.numbers import parse_number

    number = parse_number(cell)
    if number is not None or not isinstance(cell, str):
        return number
    named = _NAMED.match(cell)
    return parse_number(cell[named.end() :]) if named else angle_in(cell)


def text_cell(value: Any) -> Any:
    """A cell's value; the apostrophe that keeps a spreadsheet from running a text as formula is no part of it."""
    if isinstance(value, str):
        value = value.strip()
        if value[:1] == "'" and value[1:].lstrip(" ")[:1] in {
            "=",
            "+",
            "-",
            "@",
            "'",
            "＝",
            "＋",
            "－",
            "＠",
            "\t",
            "\r",
        }:
            return value[1:]
    return value


def cell_at(cells: list[Any], at: int | None) -> Any:
    """The value in a column; None where there is no such column, or the row ends before it."""
    return None if at is None or at >= len(cells) else cells[at]


def is_empty(cell: Any) -> bool:
    """Whether nothing but blanks stands in a cell."""
    return cell is None or str(cell).strip() == ""
