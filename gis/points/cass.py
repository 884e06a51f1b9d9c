"""CASS .dat, the point file of the Chinese mapping program: ``point,code,easting,northing,height`` a line.

The easting stands before the northing although the trade calls the northing X; an old dialect begins with the number of
points on a line of its own.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from gis.formats.encodings import label_of
from gis.points.base import POINT_LIMITS, PointLimits, RawPoints
from gis.points.columns import Layout, role_of
from gis.points.numbers import is_blank, parse_number
from gis.points.table import gather
from gis.points.text import codec_of, lines_of, rows_of
from models.notices import N_, Notice
from models.progress import Watch

_SAMPLE_LINES = 200
_MOSTLY, _MOSTLY_DAT = 0.9, 0.5
"""Share of lines that must be points; a .dat with such lines is a CASS file even where others are damaged."""
_GRID_M = 1e4
_BASIS = N_("CASS .dat: point, code, easting, northing, height")


def looks_like_cass(path: Path, codec: str, limits: PointLimits = POINT_LIMITS) -> bool:
    """Five cells a line with three numbers at the end; for other endings than .dat the code must be empty throughout.

    A .dat of other content (blanks between, a head of names) is a table like any other.
    """
    good = total = codes = 0
    own = is_dat(path)
    for number, line in enumerate(islice(lines_of(path, codec, limits), _SAMPLE_LINES), 1):
        cells = five(line.rstrip("\r\n").split(","), own=own)
        if total == 0 and sum(bool(role_of(c)) for c in cells) > 1:
            return False  # names of columns
        if not line.strip() or (number == 1 and len(cells) == 1 and parse_number(line) is not None):
            continue
        total += 1
        if len(cells) == 5 and all(parse_number(c) is not None or is_blank(c) for c in cells[2:]):
            good += 1
            codes += not is_blank(cells[1])
    return total > 0 and good >= (_MOSTLY_DAT if own else _MOSTLY) * total and (own or codes == 0)


def is_dat(path: Path) -> bool:
    """Whether a file has the format's own ending."""
    return path.suffix.lower() == ".dat"


def five(cells: list[Any], *, own: bool) -> list[Any]:
    """The cells of a line in the format's own five, as far as they can be meant so. `own`: it has the ending .dat.

    Full-width commas divide like others, commas at the end and within the code do not count, and a line of four that
    ends in two grid coordinates and a height has no code.
    """
    if not own:
        return cells
    if len(cells) == 1 and isinstance(cells[0], str) and "，" in cells[0]:
        cells = cells[0].split("，")
    while len(cells) > 5 and is_blank(cells[-1]):
        cells = cells[:-1]
    numbers = [parse_number(c) for c in cells[-3:]]
    if len(cells) > 5 and None not in numbers:
        return [cells[0], ",".join(map(str, cells[1:-3])), *cells[-3:]]
    if len(cells) == 4 and None not in numbers and all(n is not None and n > _GRID_M for n in numbers[:2]):
        return [cells[0], "", *cells[1:]]
    return cells


def read_cass(
    path: Path,
    *,
    encoding: str | None = None,
    z_factor: float | None = None,
    limits: PointLimits = POINT_LIMITS,
    watch: Watch | None = None,
) -> RawPoints:
    """The points of a CASS file, easting first by the format's own rule."""
    codec = codec_of(path, encoding, limits)
    own = is_dat(path)
    layout = Layout(2, 3, 4, "en", Notice("points.cass", _BASIS), 0)
    rows = (
        (number, five(cells, own=own))
        for number, cells in rows_of(path, codec, ",", limits)
        if not (number == 1 and len(cells) == 1 and parse_number(cells[0]) is not None)
    )
    columns, skips, seen = gather(rows, layout, str(path), z_factor=z_factor, limits=limits, watch=watch)
    raw = RawPoints.of_columns("cass", columns, declared="en", basis=layout.basis, skips=skips, rows_read=seen)
    raw.encoding = label_of(codec)
    return raw
