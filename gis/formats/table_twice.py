"""Tables that say each place twice, in degrees and in metres: both pairs of numbers go along to be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from gis.formats.angles import unit_of
from gis.formats.base import Found, Plan, Rows
from gis.formats.columns import Columns, axis_of
from gis.formats.table import Cells, Table
from gis.formats.table_cells import cell_at, number_of

_MOST = 20_000
_DECIMALS = re.compile(r"\d\.(\d+)")
_PAIRS = (("east", "north"), ("x", "y"))


def with_both(found: Found, table: Table) -> Found:
    """The layer of a table, opened with what its second pair of coordinates says."""
    pairs = _both(table.columns)
    if pairs is None:
        return found

    def opened() -> Plan | Rows:
        source = found.open()
        return replace(source, twice=_values(table, *pairs)) if isinstance(source, Rows) else source

    return replace(found, open=opened)


def _both(columns: Columns) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Positions of (longitude, latitude) and of (X or easting, Y or northing); None where one is missing."""
    if columns.pair is None or columns.shape is not None:
        return None
    axes = ["" if unit_of(n) and axis_of(n) not in {"lon", "lat"} else axis_of(n) for n in columns.head]
    degrees = (axes.index("lon"), axes.index("lat")) if "lon" in axes and "lat" in axes else None
    metres = next(((axes.index(a), axes.index(b)) for a, b in _PAIRS if a in axes and b in axes), None)
    if degrees is None or metres is None or columns.pair not in (degrees, metres):
        return None
    return degrees, metres


def _values(table: Table, degrees: tuple[int, int], metres: tuple[int, int]) -> dict[str, Any] | None:
    stride = max(1, -(-len(table.rows) // _MOST))
    at = (*degrees, *metres)
    rows = ((number, [cell_at(cells, i) for i in at]) for number, cells in table.rows[::stride])
    return both_places(rows, [table.columns.head[i] for i in at])


def both_places(rows: Iterable[Cells], names: Sequence[str]) -> dict[str, Any] | None:
    """Rows with both (number, longitude, latitude, X, Y) and how finely the degrees are written; None without any.

    `rows`: number and the four cells of each; `names` their headings.
    """
    from gis.points.numbers import parse_number

    found: list[list[float]] = []
    decimals, step = 0, 1.0
    for number, cells in rows:
        values = [number_of(c) for c in cells]
        if any(v is None for v in values):
            continue
        found.append([float(number), *(float(v or 0.0) for v in values)])
        for cell in cells[:2]:
            text = str(cell)
            digits = _DECIMALS.search(text)
            count = len(digits[1]) if digits else 0
            signs = parse_number(text) is None  # 109°41′40.2″: the decimals are those of seconds
            decimals = max(decimals, 0 if signs else count)
            step = min(step, 10.0**-count / (3600 if signs else 1))
    return {"names": list(names), "rows": found, "decimals": decimals, "step": step} if found else None
