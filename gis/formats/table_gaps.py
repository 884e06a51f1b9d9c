"""What spreadsheets do to tables of corners: merged cells leave blanks, and narrow columns round coordinates away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from models.errors import Refused
from models.notices import N_

_SCIENTIFIC = re.compile(r"\s*[+-]?\d(?:\.(\d*))?[eE]\+?(\d{1,2})\s*")


def filled_down(values: Sequence[Any]) -> tuple[list[str], int] | None:
    """(each row's value, how many were blank) where every value stands once, above the blanks that belong to it.

    So a column looks whose cells were merged for each site; a site may also have its value in each of its rows. None
    for any other column: there a blank is a gap.
    """
    said = [str(v).strip() if v is not None else "" for v in values]
    given = [v for v in said if v]
    if not given or not said[0]:
        return None
    once = len(set(given)) == len(given) and len(said) >= 3 * len(given)
    if not once and not _in_blocks(said):
        return None
    made: list[str] = []
    for value in said:
        made.append(value or made[-1])
    return made, len(said) - len(given)


def _in_blocks(said: list[str]) -> bool:
    """Whether each value has one block of rows, with it at the top alone (of three rows at least) or in each row."""
    blocks: list[tuple[str, int, int]] = []  # value, rows with it, rows in all
    for value in said:
        if value and (not blocks or value != blocks[-1][0]):
            blocks.append((value, 1, 1))
        else:
            name, given, rows = blocks[-1]
            blocks[-1] = (name, given + bool(value), rows + 1)
    names = [name for name, _, _ in blocks]
    return len(set(names)) == len(names) and all(g == n or (g == 1 and n > 2) for _, g, n in blocks)


def in_blocks(said: Sequence[str]) -> bool:
    """Whether two values or more stand in one block of at least three rows each, none of them blank."""
    starts = [i for i, v in enumerate(said) if i == 0 or v != said[i - 1]]
    sizes = [b - a for a, b in zip(starts, [*starts[1:], len(said)], strict=True)]
    values = [said[i] for i in starts]
    return len(starts) > 1 and all(values) and len(set(values)) == len(values) and min(sizes) >= 3


def check_rounded(rows: Sequence[tuple[int, list[Any]]], columns: Sequence[int], where: str) -> None:
    """Raises Refused for a coordinate like 4.50E+06, which a spreadsheet has rounded to kilometres."""
    for number, cells in rows:
        for at in columns:
            cell = cells[at] if at < len(cells) else None
            if not isinstance(cell, str) or "e" not in cell.casefold():
                continue
            found = _SCIENTIFIC.fullmatch(cell)
            if found is not None and int(found[2]) > 1 and len(found[1] or "") < int(found[2]):
                raise Refused(
                    "table.rounded",
                    N_("row {row}: the coordinate {said} is rounded, its last digits are lost"),
                    where=where,
                    advice=N_("give the columns a number format with three decimals in the spreadsheet and save again"),
                    row=number,
                    said=cell.strip()[:40],
                )
