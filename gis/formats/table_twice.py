"""Tables that say each place twice, in degrees and in metres: both pairs of numbers go along to be compared."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from gis.formats.angles import unit_of
from gis.formats.base import Found, Plan, Rows
from gis.formats.columns import Columns, axis_of
from gis.formats.table import Table
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
    """Rows with both (number, longitude, latitude, X, Y), evenly chosen, and how finely the degrees are written."""
    from gis.points.numbers import parse_number

    stride = max(1, -(-len(table.rows) // _MOST))
    rows: list[list[float]] = []
    decimals, step = 0, 1.0
    for number, cells in table.rows[::stride]:
        values = [number_of(cell_at(cells, at)) for at in (*degrees, *metres)]
        if all(v is not None for v in values):
            rows.append([float(number), *(float(v or 0.0) for v in values)])
            for at in degrees:
                text = str(cell_at(cells, at))
                found = _DECIMALS.search(text)
                count = len(found[1]) if found else 0
                signs = parse_number(text) is None  # 109°41′40.2″: the decimals are those of seconds
                decimals = max(decimals, 0 if signs else count)
                step = min(step, 10.0**-count / (3600 if signs else 1))
    names = [table.columns.head[at] for at in (*degrees, *metres)]
    return {"names": names, "rows": rows, "decimals": decimals, "step": step} if rows else None
