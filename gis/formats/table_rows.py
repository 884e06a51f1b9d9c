"""Outlines and points of a table: shapes as text (WKT), one row a vertex, or one row a site with columns of corners."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.formats.base import Content, Found, Kind, Row, Rows, Skipped
from gis.formats.breath import breathe
from gis.formats.columns import swapped
from gis.formats.packed_degrees import with_digits
from gis.formats.rings import rings_to_outline
from gis.formats.table import Table
from gis.formats.table_cells import cell_at, is_empty, number_of, text_cell
from gis.formats.table_crs import systems_of
from gis.formats.table_gaps import check_rounded
from gis.formats.table_groups import grouped, refuse_unnamed
from gis.formats.table_odd_rows import odd_rows
from gis.formats.table_twice import with_both
from models.notices import N_, Notice

_EWKT = re.compile(r"\s*SRID\s*=\s*(\d{3,6})\s*;", re.IGNORECASE)
_NO_NUMBER = Notice("table.no_number", N_("its coordinates are no numbers"))
_NO_SHAPE = Notice("table.no_shape", N_("its shape cannot be read as WKT"))
_ARCS = Notice("table.arcs", N_("its shape has arcs; export it with straight lines"))
_ZERO = Notice("table.zero", N_("a coordinate of it is 0, as where one is missing"))
_GRID_M = 1e4
"""Coordinates of a national grid are larger."""
_NO_SITE = Notice("table.no_site", N_("it does not say to which outline it belongs"))


def layers_of(table: Table, prefix: str = "") -> list[Found]:
    """What a table can be read as: "outlines" and "points"."""
    columns = table.columns
    check_rounded(table.rows, [*(columns.pair or ()), *(i for pair in columns.corners for i in pair)], table.where)
    if columns.shape is not None:
        kinds: frozenset[Kind] = frozenset({"area", "line", "point"})
        return [Found(prefix + "shapes", len(table.rows), partial(_shapes, table), kinds)]
    if columns.corners:
        return [Found(prefix + "outlines", len(table.rows), partial(_sites, table), frozenset({"area"}))]
    found = []
    column, sites = grouped(table)
    if sites:
        opened = partial(_outlines, table, column, sites)
        found.append(Found(prefix + "outlines", len(sites), opened, frozenset({"area"})))
    found.append(Found(prefix + "points", len(table.rows), partial(_points, table), frozenset({"point"})))
    return found


def content(tables: Sequence[tuple[str, Table]]) -> Content:
    """The layers of one or several tables (sheets)."""
    several = len(tables) > 1
    found = [(f, t) for name, t in tables for f in layers_of(t, f"{name}: " if several else "")]
    return Content(tuple(with_both(with_digits(f, t.rows, t.columns), t) for f, t in found))


def _fields(table: Table, cells: list[Any], leave: set[int]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for i, name in enumerate(table.columns.head):
        if i in leave or not name:
            continue
        value = text_cell(cells[i]) if i < len(cells) else None
        named.setdefault(name, None if value == "" else value)
    return named


def _height_told(table: Table) -> list[Notice]:
    if table.columns.height is None:
        return []
    name = table.columns.head[table.columns.height]
    return [Notice("table.heights", N_("the heights in column {name} were not taken into the outline"), name=name)]


def _shapes(table: Table) -> Rows:
    at = table.columns.shape
    texts = [str(cell_at(cells, at) or "").strip() for _, cells in table.rows]
    before = {i: m for i, text in enumerate(texts) if (m := _EWKT.match(text))}
    systems = systems_of(table, {i: f"EPSG:{m[1]}" for i, m in before.items()})
    made: list[Row | Skipped] = []
    for i, (number, cells) in enumerate(table.rows):
        if i in systems.odd:
            made.append(Skipped(number, systems.odd[i]))
            continue
        text = texts[i][before[i].end() :] if i in before else texts[i]
        try:
            shape = _from_text(text)
        except NotImplementedError:  # GEOS knows no arcs
            made.append(Skipped(number, _ARCS))
            continue
        fields = _fields(table, cells, {i for i in (at, table.columns.crs) if i is not None})
        if shape is None and text:
            made.append(Skipped(number, _NO_SHAPE))
        else:
            made.append(Row(number, fields, shape))
        breathe()
    return Rows(made, len(table.rows), table.encoding, systems.main, table.said, warnings=tuple(table.warnings))


def _from_text(text: str) -> BaseGeometry | None:
    if len(text) > 50_000_000:
        return None
    try:
        return shapely.from_wkt(text) if text else None
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        pass
    try:  # shapes as hexadecimal WKB, as databases write them
        return shapely.from_wkb(text) if len(text) > 20 and re.fullmatch(r"[0-9A-Fa-f]+", text) else None
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return None


def _ordered(table: Table, xy: Array) -> tuple[bool, list[Notice]]:
    good = xy[np.isfinite(xy).all(axis=1)]
    if not len(good):
        return False, []
    columns = table.columns
    a, b = columns.pair or columns.corners[0]
    swap, said = swapped(good[:, 0], good[:, 1], columns.axes, (columns.head[a], columns.head[b]))
    return swap, [said]


def _places(table: Table) -> Array:
    """(rows, 2) coordinates as named (east or X first), NaN where there is no number."""
    a, b = table.columns.pair or (0, 0)
    xy = np.full((len(table.rows), 2), np.nan)
    for i, (_, cells) in enumerate(table.rows):
        x, y = number_of(cell_at(cells, a)), number_of(cell_at(cells, b))
        if x is not None and y is not None:
            xy[i] = x, y
    return xy


def _points(table: Table) -> Rows:
    xy = _places(table)
    swap, said = _ordered(table, xy)
    xy = xy[:, ::-1] if swap else xy
    leave = {*(table.columns.pair or ()), *((table.columns.crs,) if table.columns.crs is not None else ())}
    made: list[Row | Skipped] = []
    finite = xy[np.isfinite(xy).all(axis=1)]
    large = bool(len(finite)) and bool((np.median(np.abs(finite), axis=0) > _GRID_M).all())
    systems = systems_of(table)
    odd = odd_rows(xy) | systems.odd
    for i, ((number, cells), place) in enumerate(zip(table.rows, xy, strict=True)):
        if not np.isfinite(place).all():
            made.append(Skipped(number, _NO_NUMBER))
            continue
        if large and not place.all():
            made.append(Skipped(number, _ZERO))
            continue
        if i in odd:
            made.append(Skipped(number, odd[i]))
            continue
        made.append(Row(number, _fields(table, cells, leave), shapely.points(place)))
    return Rows(made, len(made), table.encoding, systems.main, table.said, warnings=(*table.warnings, *said))


def _outlines(table: Table, column: int | None, sites: list[tuple[str, list[int]]]) -> Rows:
    xy = _places(table)
    swap, said = _ordered(table, xy)
    xy = xy[:, ::-1] if swap else xy
    if column is None:
        refuse_unnamed(table)
        said.append(Notice("table.one", N_("no column says to which outline a row belongs: all rows are one outline")))
    made: list[Row | Skipped] = []
    if column is not None:
        known = {i for _, members in sites for i in members}
        made += [Skipped(table.rows[i][0], _NO_SITE) for i in range(len(table.rows)) if i not in known]
    systems = systems_of(table)
    odd = odd_rows(xy) | systems.odd
    made += [_site(table, members, xy, odd) for _, members in sites]
    said += _height_told(table)
    return Rows(made, len(sites), table.encoding, systems.main, table.said, warnings=(*table.warnings, *said))


def _site(table: Table, members: list[int], xy: Array, odd: dict[int, Notice]) -> Row | Skipped:
    """One outline of the rows of a site. A row without coordinates spoils it: an outline lacking a corner is wrong."""
    columns = table.columns
    first = table.rows[members[0]][0]
    bad = [table.rows[i][0] for i in members if not np.isfinite(xy[i]).all()]
    if bad:
        text = N_("row {row} of its outline has coordinates that are no numbers")
        return Skipped(first, Notice("table.bad_corner", text, row=bad[0]), "")
    if wrong := [i for i in members if i in odd]:
        text = N_("row {row} of its outline: {reason}")
        return Skipped(first, Notice("table.odd_corner", text, row=table.rows[wrong[0]][0], reason=odd[wrong[0]]), "")
    notes: list[Notice] = []
    if members[-1] - members[0] + 1 != len(members):
        notes.append(
            Notice("table.apart", N_("its rows do not stand together; they were taken in the order of the file"))
        )
    members = _in_order(table, members, notes)
    rings: dict[tuple[str, str], list[int]] = {}
    part = ring = "None"
    for i in members:
        cells = table.rows[i][1]
        part, ring = _said_or(cell_at(cells, columns.part), part), _said_or(cell_at(cells, columns.ring), ring)
        rings.setdefault((part, ring), []).append(i)
    keyed = [(k[0], xy[np.array(v)]) for k, v in rings.items()]
    shape, said = rings_to_outline(keyed, named=columns.ring is not None or columns.part is not None)
    return Row(first, _common(table, members), shape, (*notes, *said))


def _said_or(cell: Any, before: str) -> str:
    return before if is_empty(cell) else str(cell).strip()


def _in_order(table: Table, members: list[int], notes: list[Notice]) -> list[int]:
    """Rows by their point number, where numbers say another order than the file (J1, J10, J2: sorted as text)."""
    columns = table.columns
    if columns.order is None or columns.ring is not None or columns.part is not None:
        return members
    found = [re.fullmatch(r"([A-Za-z界址拐点]*)[\s_-]*(\d{1,6})", str(cell_at(table.rows[i][1], columns.order)).strip())
             for i in members]  # fmt: skip
    numbers = [int(f[2]) for f in found if f is not None]
    closing = len(numbers) > 3 and numbers[0] == numbers[-1]
    body = numbers[:-1] if closing else numbers
    if len(numbers) != len(members) or len(set(body)) != len(body) or body == sorted(body):
        return members
    if body == sorted(body, reverse=True) or _turned(body):
        return members  # counted backwards, or begun in the middle: the same outline
    order = np.argsort(np.array(body), kind="stable")
    notes.append(Notice("table.sorted", N_("its points were put in the order of their numbers, not of the rows")))
    return [members[i] for i in order]


def _turned(numbers: list[int]) -> bool:
    breaks = sum(b < a for a, b in zip(numbers, [*numbers[1:], numbers[0]], strict=True))
    return breaks == 1


def _common(table: Table, members: list[int]) -> dict[str, Any]:
    """What all rows of a site agree on; a value that only its first row has counts for all."""
    columns = table.columns
    leave = {i for i in (*(columns.pair or ()), columns.ring, columns.part, columns.crs, columns.order, columns.height)
             if i is not None}  # fmt: skip
    rows = [_fields(table, table.rows[i][1], leave) for i in members]
    made: dict[str, Any] = {}
    for name, value in rows[0].items():
        others = {str(r[name]) for r in rows if r[name] is not None}
        made[name] = value if len(others) <= 1 else None
    return made


def _sites(table: Table) -> Rows:
    """One row a site: corners in numbered columns."""
    corners = table.columns.corners
    everything = np.full((len(table.rows), len(corners), 2), np.nan)
    wrong: dict[int, str] = {}
    for i, (_, cells) in enumerate(table.rows):
        for j, (a, b) in enumerate(corners):
            one, two = cell_at(cells, a), cell_at(cells, b)
            if is_empty(one) and is_empty(two):
                continue
            x, y = number_of(one), number_of(two)
            if x is None or y is None:
                wrong[i] = table.columns.head[a]
            else:
                everything[i, j] = x, y
    swap, said = _ordered(table, everything.reshape(-1, 2))
    everything = everything[:, :, ::-1] if swap else everything
    leave = {i for pair in corners for i in pair} | ({table.columns.crs} if table.columns.crs is not None else set())
    systems = systems_of(table)
    # A corner belongs to the row at a corners-th part of its position.
    odd = {k // len(corners): why for k, why in odd_rows(everything.reshape(-1, 2)).items()} | systems.odd
    made: list[Row | Skipped] = []
    for i, (number, cells) in enumerate(table.rows):
        if i in odd:
            made.append(Skipped(number, odd[i]))
            continue
        if i in wrong:
            text = N_("its coordinates in column {name} are no numbers")
            made.append(Skipped(number, Notice("table.bad_column", text, name=wrong[i])))
            continue
        xy = everything[i][np.isfinite(everything[i]).all(axis=1)]
        shape, notes = rings_to_outline([("", xy)], named=False)
        made.append(Row(number, _fields(table, cells, leave), shape, tuple(notes)))
    return Rows(made, len(made), table.encoding, systems.main, table.said, warnings=(*table.warnings, *said))
