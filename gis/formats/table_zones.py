"""A column of zone numbers (带号) or central meridians (中央子午线) beside eastings that carry no zone number."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from gis.formats.columns import Columns, plain
from gis.formats.table_cells import cell_at, number_of
from models.notices import N_, Notice

_ZONES = {"带号", "投影带", "投影带号", "分带号", "分带", "zone", "zoneno", "zonenumber"}
_MERIDIANS = {"中央子午线", "中央经线", "centralmeridian", "cm"}
_EAST, _NORTH = (100_000.0, 900_000.0), (1_900_000.0, 6_000_000.0)


def zone_column(columns: Columns) -> tuple[int, bool] | None:
    """(position, whether it holds meridians) of the column; None without one."""
    for at, name in enumerate(columns.head):
        if plain(name) in _ZONES or plain(name) in _MERIDIANS:
            return at, plain(name) in _MERIDIANS
    return None


def with_zones(columns: Columns, rows: list[tuple[int, list[Any]]]) -> tuple[str, list[Notice]]:
    """(what the column says of the system, remarks).

    Where all rows name one zone, that is a hint for the guess of the system; where they differ, the number is put
    before the eastings of `rows` (changed in place), so that no row lands in the zone of another.
    """
    found = zone_column(columns)
    if found is None or columns.crs is not None or columns.pair is None:
        return "", []
    at, meridians = found
    zones = {
        i: z for i, (_, cells) in enumerate(rows) if (z := _zone(cells[at] if at < len(cells) else None, meridians))
    }
    if len(set(zones.values())) <= 1:
        return (f"带号={next(iter(zones.values()))}" if zones else ""), []
    changed = 0
    for i, zone in zones.items():
        changed += _prefix(rows[i][1], columns.pair, zone)
    if not changed:
        return "", []
    text = N_("column {name} names several zones; its number was put before the eastings of {count} rows without one")
    return "", [Notice("table.zones", text, name=columns.head[at], count=changed)]


def _zone(cell: Any, meridians: bool) -> int | None:
    """Number of a 3° or 6° zone; None for what is none."""
    found = re.findall(r"\d+(?:\.\d+)?", unicodedata.normalize("NFKC", str(cell or "")))
    numbers = {float(f) for f in found}
    if meridians:
        good = [round(n / 3) for n in numbers if n % 3 == 0 and 75 <= n <= 135]
    else:
        good = [int(n) for n in numbers if n % 1 == 0 and (13 <= n <= 23 or 25 <= n <= 45)]
    return good[0] if len(good) == 1 else None


def _prefix(cells: list[Any], pair: tuple[int, int], zone: int) -> bool:
    a, b = (number_of(cell_at(cells, at)) for at in pair)
    for at, east, north in ((pair[0], a, b), (pair[1], b, a)):
        if east is None or north is None or not _EAST[0] <= east <= _EAST[1] or not _NORTH[0] <= north <= _NORTH[1]:
            continue
        cells[at] = zone * 1e6 + east
        return True
    return False
