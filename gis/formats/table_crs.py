"""The coordinate system that a table names row by row: in a column, or before its shapes (SRID=4546;POLYGON …)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from gis.formats.table import Table
from gis.formats.table_cells import cell_at
from models.notices import N_, Notice


@dataclass(frozen=True)
class Systems:
    """`main` is the system of most rows that name one, "" where none does; `odd` the rows that name another."""

    main: str = ""
    odd: dict[int, Notice] = field(default_factory=dict)
    """Position among the rows → reason to leave it out."""


def systems_of(table: Table, before: Mapping[int, str] | None = None) -> Systems:
    """What the column of systems says, or what stands `before` the shape of a row (by its position)."""
    at = table.columns.crs
    named = {i: _name(cell_at(cells, at)) for i, (_, cells) in enumerate(table.rows)} if at is not None else {}
    named |= before or {}
    counts = Counter(name for name in named.values() if name)
    if not counts:
        return Systems()
    main = counts.most_common(1)[0][0]
    text = N_(
        "it is said to be in {said}, most rows are in {main}; import those of each system from a file of their own"
    )
    odd = {i: Notice("table.other_crs", text, said=n[:60], main=main) for i, n in named.items() if n and n != main}
    return Systems(main, odd)


def _name(cell: object) -> str:
    text = str(cell or "").strip()
    return f"EPSG:{text}" if text.isdigit() else text
