"""The columns of a table that no row names, by their values: a guess that a person must confirm (placing.py asks)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from gis.arrays import Array
from gis.formats.table_cells import GUESSED, cell_at, is_empty, number_of
from gis.formats.table_gaps import in_blocks
from models.notices import N_, Notice

_LEAST_ROWS = 3
_MOSTLY = 0.9
_SHAPES = ("POLYGON", "MULTIPOLYGON", "LINESTRING", "MULTILINESTRING", "POINT", "MULTIPOINT", "SRID=")
_LON, _LAT = (70.0, 140.0), (0.0, 60.0)


def guessed(rows: Sequence[Sequence[Any]]) -> tuple[list[str], int, Notice] | None:
    """(names for the columns, position of the first row of values, remark) by the first rows, blank ones left out.

    None where it cannot be told: no two columns beside each other that can be a place, more than one such pair, or
    point numbers that begin anew with nothing that says which outline a row belongs to.
    """
    from gis.points.columns import counts_up, is_place

    widths = Counter(len(c) for c in rows)
    if not widths:
        return None
    width = max(n for n, k in widths.items() if k == max(widths.values()))
    full = [i for i, cells in enumerate(rows) if len(cells) == width]
    start = next((n for n, i in enumerate(full) if sum(number_of(c) is not None for c in rows[i]) > 1), 0)
    shape = _shape_column(rows, full, width)
    if shape is not None:
        names = [f"C{j + 1}" for j in range(width)]
        names[shape] = "WKT"
        first = next(i for i in full if _is_shape(rows[i][shape]))
        return names, first, Notice(GUESSED, _TEXT, places=str(shape + 1), group="–", order="–", height="–")
    full = full[start:]  # titles above
    table = np.array([[_number(c) for c in rows[i]] for i in full])
    numeric = [j for j in range(width) if len(full) and np.isfinite(table[:, j]).mean() >= _MOSTLY]
    rising = [j for j in numeric if counts_up(table[:, j])]
    pairs = [
        (a, a + 1)
        for a in numeric
        if a + 1 in numeric and not {a, a + 1} & set(rising) and is_place(table[:, a], table[:, a + 1])
    ]
    if len(pairs) != 1:
        return None
    pair = pairs[0]
    good = np.isfinite(table[:, pair]).all(axis=1)
    if good.sum() < _LEAST_ROWS:
        return None
    return _named(rows, full, table, pair, int(np.argmax(good)))


_TEXT = N_("no row names the columns; by their values: coordinates in columns {places}; outline {group}, number of the "
           "point {order}, height {height} (number of the column, – for none)")  # fmt: skip


def _number(cell: Any) -> float:
    value = number_of(cell)
    return np.nan if value is None else value


def _is_shape(cell: Any) -> bool:
    return isinstance(cell, str) and cell.strip().upper().startswith(_SHAPES) and "(" in cell


def _shape_column(rows: Sequence[Sequence[Any]], full: list[int], width: int) -> int | None:
    return next((j for j in range(width) if full and np.mean([_is_shape(rows[i][j]) for i in full]) >= _MOSTLY), None)


def _named(
    rows: Sequence[Sequence[Any]], full: list[int], table: Array, pair: tuple[int, int], first: int
) -> tuple[list[str], int, Notice] | None:
    """Names for the columns beside the two coordinates."""
    from gis.points.columns import is_height

    width = table.shape[1]
    names = [f"C{j + 1}" for j in range(width)]
    names[pair[0]], names[pair[1]] = _axes(table[first:, pair[0]], table[first:, pair[1]])
    height = pair[1] + 1 if pair[1] + 1 < width and is_height(table[first:, pair[1] + 1]) else None
    if height is not None:
        names[height] = "高程"
    others = [j for j in range(width) if j not in {*pair, height}]
    values = {
        j: ["" if is_empty(cell_at(list(rows[i]), j)) else str(rows[i][j]).strip() for i in full[first:]]
        for j in others
    }
    group = next((j for j in others if in_blocks(values[j]) or _is_one_name(values[j])), None)
    order = next((j for j in others if j != group and _numbers_points(table[first:, j])), None)
    if group is None and order is not None and (np.diff(table[first:, order]) < 0).any():
        return None
    if group is not None:
        names[group] = "编号"
    if order is not None:
        names[order] = "点号"
    facts = {k: "–" if j is None else str(j + 1) for k, j in (("group", group), ("order", order), ("height", height))}
    return names, full[first], Notice(GUESSED, _TEXT, places=f"{pair[0] + 1}, {pair[1] + 1}", **facts)


def _axes(a: Array, b: Array) -> tuple[str, str]:
    """经度 and 纬度 where the values can be nothing else, else X and Y: those are told apart by their values."""
    for one, two, said in ((a, b, ("经度", "纬度")), (b, a, ("纬度", "经度"))):
        if _LON[0] <= np.nanmedian(one) <= _LON[1] and _LAT[0] <= np.nanmedian(two) <= _LAT[1]:
            return said
    return "X", "Y"


def _numbers_points(values: Array) -> bool:
    """Whole numbers that go up by one, perhaps beginning anew."""
    if len(values) < _LEAST_ROWS or not np.isfinite(values).all() or (values % 1 != 0).any():
        return False
    step = np.diff(values)
    return bool(((step == 1) | (step < 0)).all() and (step == 1).any())


def _is_one_name(values: list[str]) -> bool:
    """One text in all rows, no number: the name of the only outline."""
    return len(set(values)) == 1 and values[0] != "" and number_of(values[0]) is None
