"""Degrees, minutes and seconds in the cells of a table: in one cell as people write them, or in cells of their own."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from gis.coords.tokens import angle_of, values
from gis.coords.tokens import plain as as_ordinary_signs
from gis.formats.columns import Columns, axis_of
from models.errors import Refused
from models.notices import N_

_LONGEST = 60
_SPACED = re.compile(r"([+-]?\d{1,3})[\s　]+(\d{1,2}(?:\.\d+)?)(?:[\s　]+(\d{1,2}(?:\.\d+)?))?")
_UNITS = {"度": 0, "°": 0, "d": 0, "deg": 0, "degree": 0, "degrees": 0, "分": 1, "'": 1, "m": 1, "min": 1,
          "minute": 1, "minutes": 1, "秒": 2, '"': 2, "''": 2, "s": 2, "sec": 2, "second": 2, "seconds": 2}  # fmt: skip


def angle_in(cell: str) -> float | None:
    """Decimal degrees of one angle: 109°41′40.2″, E109°41.67′, 东经109度41分40.2秒, 109-41-40.2, 109 41 40.2.

    None for what is no angle, or more than one.
    """
    if len(cell) > _LONGEST or not any(c.isdigit() for c in cell):
        return None
    text = as_ordinary_signs(cell).strip()
    try:
        if spaced := _SPACED.fullmatch(text):
            whole = float(spaced[2]) % 1 == 0 or spaced[3] is None
            size = angle_of(abs(float(spaced[1])), float(spaced[2]), float(spaced[3] or 0))
            return (-size if text.startswith("-") else size) if whole else None
        found = values(text)
    except Refused:
        return None
    good = len(found) == 1 and (found[0].angle or found[0].axis in {"lat", "lon"}) and abs(found[0].value) <= 180
    return found[0].value if good else None


def _plain(name: Any) -> str:
    text = (
        str(name or "").replace("″", '"').replace("”", '"').replace("′", "'").replace("’", "'")
    )  # before NFKC parts ″
    return unicodedata.normalize("NFKC", text).casefold().strip()


def unit_of(name: Any) -> int | None:
    """0, 1 or 2 for a heading that is, or ends in, degrees, minutes or seconds: 度, 经度(分), lon_s; else None."""
    text = _plain(name).rstrip(")] ")
    if text in _UNITS:
        return _UNITS[text]
    found = re.search(r"(?:经度|纬度|longitude|latitude|lon|lat|lng)[\s_\-:(\[]*(\S{1,7})$", text)
    return _UNITS.get(found[1]) if found else None


def are_units(cells: list[Any]) -> bool:
    """Whether a row holds nothing but names of units, as below a heading of merged cells."""
    said = [str(c).strip() for c in cells if c is not None and str(c).strip()]
    units = [_UNITS.get(_plain(s)) for s in said]
    return len(units) >= 4 and units.count(0) == 2 and None not in units


def joined(columns: Columns, rows: list[tuple[int, list[Any]]], where: str) -> None:
    """Join angles that stand in two or three cells side by side into the first of them, as 109°41′40.2″.

    `rows` and the headings are changed in place. Raises Refused where the degrees of all rows are whole and nothing
    beside them can be their minutes: such places would lie as much as a hundred kilometres off.
    """
    if columns.axes != ("lon", "lat") or columns.pair is None:
        return
    groups = [_cells_of(columns, rows, at) for at in columns.pair]
    if all(len(g) > 1 for g in groups):
        for _, cells in rows:
            for group in groups:
                _join(cells, group)
        for group in groups:
            for at in group[1:]:
                columns.head[at] = ""
        return
    degrees = [_number(cells, at) for _, cells in rows for at in columns.pair]
    known = [d for d in degrees if d is not None]
    if len(known) > 2 and all(d % 1 == 0 and abs(d) <= 180 for d in known):
        raise Refused(
            "table.whole_degrees",
            N_("its longitudes and latitudes are whole degrees ({east}, {north}): minutes and seconds are missing"),
            where=where,
            advice=N_("put degrees, minutes and seconds side by side under headings like 经度(度), 经度(分), 经度(秒), "
                      "or write decimal degrees"),
            east=columns.head[columns.pair[0]],
            north=columns.head[columns.pair[1]],
        )  # fmt: skip


def _cells_of(columns: Columns, rows: list[tuple[int, list[Any]]], at: int) -> list[int]:
    """Positions of degrees, minutes and, if there are any, seconds; the degrees alone where it is not so."""
    found = [at]
    for unit in (1, 2):
        nxt = at + unit
        name = columns.head[nxt] if nxt < len(columns.head) else ""
        named = unit_of(name) == unit and axis_of(name) in {
            "",
            columns.axes[columns.pair.index(at)] if columns.pair else "",
        }
        if not named and name.strip():
            break
        filled = [n for _, cells in rows if _number(cells, at) is not None and (n := _number(cells, nxt)) is not None]
        if not filled or not all(0 <= n < 60 for n in filled):
            break
        found.append(nxt)
    whole = found[:-1]
    ok = all((_number(cells, i) or 0.0) % 1 == 0 for _, cells in rows for i in whole)
    return found if len(found) > 1 and ok else [at]


def _number(cells: list[Any], at: int) -> float | None:
    from gis.points.numbers import parse_number

    return parse_number(cells[at]) if at < len(cells) else None


def _join(cells: list[Any], group: list[int]) -> None:
    numbers = [_number(cells, at) for at in group]
    if numbers[0] is None or numbers[1] is None:
        return
    signs = ("°", "′", "″")
    cells[group[0]] = "".join(f"{n:.10g}{s}" for n, s in zip(numbers, signs, strict=False) if n is not None)
    for at in group[1:]:
        cells[at] = None
