"""To which outline the rows of a table belong: by a column that says so, or all to one."""

from __future__ import annotations

from gis.formats.columns import groups
from gis.formats.table import Table
from gis.formats.table_cells import cell_at, number_of
from gis.formats.table_gaps import filled_down, in_blocks
from models.errors import Refused
from models.notices import N_, Notice


def grouped(table: Table) -> tuple[int | None, list[tuple[str, list[int]]]]:
    """(column, [(site, positions of its rows)]): the first column by whose values sites of three corners come about.

    Without such a column all rows are one outline, where there are enough.
    """
    rows = table.rows
    named = groups(table.columns)
    for at in named:
        filled = filled_down([cell_at(cells, at) for _, cells in rows])
        if filled is not None and filled[1]:
            merged: dict[str, list[int]] = {}
            for i, value in enumerate(filled[0]):
                merged.setdefault(value, []).append(i)
            text = N_("{count} empty cells in column {name} were counted to the value above them (merged cells)")
            table.warnings.append(Notice("table.merged", text, count=filled[1], name=table.columns.head[at]))
            return at, list(merged.items())
        sites: dict[str, list[int]] = {}
        for i, (_, cells) in enumerate(rows):
            value = cell_at(cells, at)
            if value is not None and str(value).strip():
                sites.setdefault(str(value).strip(), []).append(i)
        # Totals and remarks below the table have no place and do not count.
        placed = [len(v) for v in sites.values() if len(v) >= 3 or any(_has_place(table, i) for i in v)]
        if placed and sum(n >= 3 for n in placed) * 2 > len(placed):
            return at, list(sites.items())
    if len(rows) >= 3 and not named:
        return None, [("", list(range(len(rows))))]
    return None, []


def _has_place(table: Table, row: int) -> bool:
    return all(number_of(cell_at(table.rows[row][1], at)) is not None for at in table.columns.pair or ())


def refuse_unnamed(table: Table) -> None:
    """Raises Refused where a column whose name says nothing parts the rows into outlines, as it seems."""
    columns = table.columns
    others = {*(columns.pair or ()), columns.order, columns.ring, columns.part, columns.crs, columns.height}
    for at, name in enumerate(columns.head):
        values = [] if at in others else [str(cell_at(cells, at) or "").strip() for _, cells in table.rows]
        if values and in_blocks(values):
            raise Refused(
                "table.unnamed_group",
                N_("the values of column {at} ({name}) part its rows into outlines, and its name does not say so"),
                where=table.where,
                advice=N_("name it 编号 if each of its values is an outline of its own; else leave the column out"),
                at=at + 1,
                name=name,
            )
