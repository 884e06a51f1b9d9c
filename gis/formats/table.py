"""Tables as they stand in a file: the row that names the columns, the rows below it, and what a cell says."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from gis.formats.angles import joined
from gis.formats.base import LIMITS
from gis.formats.breath import breathe
from gis.formats.columns import Columns, find
from gis.formats.table_guess import guessed
from gis.formats.table_heads import are_units, complete, notes_below, refuse_blocks, with_units, words_of
from gis.formats.table_zones import with_zones
from models.errors import Refused
from models.notices import N_, Notice

Cells = tuple[int, list[Any]]
"""Number of the row in its file, from 1, and its cells."""

_HEAD_ROWS = 30
"""Rows among which the one with the names is looked for."""
_GUESS_ROWS = 300
"""Rows by whose values columns without names are told."""


@dataclass
class Table:
    """A table as it stands there, and what its head says of its columns."""

    where: str
    columns: Columns
    rows: list[Cells]
    encoding: str | None = None
    warnings: list[Notice] = field(default_factory=list)
    said: str = ""
    """What titles, headings, notes and a column of zone numbers say of the coordinate system."""


def read_table(
    rows: Iterable[Cells], where: str, encoding: str | None, *, title: str = "", hidden: Collection[int] = ()
) -> Table:
    """Head and rows; `title` is the name of the sheet, `hidden` are its hidden columns, from 0.

    Raises Refused: no row names columns of shapes or coordinates, too many rows, or coordinates that cannot be meant.
    """
    head: Columns | None = None
    above: list[Cells] = []
    warnings: list[Notice] = []
    kept: list[Cells] = []
    for number, cells in rows:
        if number % 2000 == 0:
            breathe()
        if all(c is None or str(c).strip() == "" for c in cells):
            continue
        if head is None:
            found = find(cells) if number <= _HEAD_ROWS else None
            if found is not None and (found.shape is not None or found.pair is not None or found.corners):
                head = complete(cells, _texts(above), warnings, hidden)
                continue
            above.append((number, cells))
            if len(above) < _GUESS_ROWS:
                continue
            head, above, kept = _without_head(above, warnings)
            if head is None:
                break
            continue
        if not kept and are_units(cells):
            head = with_units(head, cells)
            continue
        kept.append((number, cells))
        if len(kept) > LIMITS.features:
            text = N_("the file has {count} features; at most {most} are read at once")
            raise Refused("import.too_many_features", text, where=where, count=len(kept), most=LIMITS.features)
    if head is None:
        head, above, kept = _without_head(above, warnings)
    if head is None:
        raise Refused(
            "table.no_columns",
            N_("no row names columns of coordinates or of shapes"),
            where=where,
            advice=N_("put names above the columns: 编号, 点号, 东, 北 (one row a vertex), or X1, Y1, X2, Y2 … "
                      "(one row a site), or WKT"),
        )  # fmt: skip
    if not kept:
        raise Refused("table.empty", N_("there is no row below the names of the columns"), where=where)
    refuse_blocks(head, where)
    joined(head, kept, where)
    said = words_of(head, _texts(above), [title, *notes_below(head, kept)])
    zones, told = with_zones(head, kept)
    return Table(where, head, kept, encoding, [*warnings, *told], f"{said} {zones}".strip())


def _texts(above: list[Cells]) -> list[list[Any]]:
    return [cells for _, cells in above]


def _without_head(rows: list[Cells], warnings: list[Notice]) -> tuple[Columns | None, list[Cells], list[Cells]]:
    """(columns by the values, rows above the first one of values, the rest); no columns where values do not tell."""
    found = guessed(_texts(rows))
    if found is None:
        return None, rows, []
    names, first, remark = found
    warnings.append(remark)
    return find(names), rows[:first], rows[first:]
