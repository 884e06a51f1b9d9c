"""CASS .dat, the point file of the Chinese mapping program: ``point,code,easting,northing,height`` a line.

The easting stands before the northing although the trade calls the northing X; an old dialect begins with the number of
points on a line of its own.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from gis.points.base import POINT_LIMITS, PointLimits, RawPoints
from gis.points.columns import Layout
from gis.points.numbers import is_blank, parse_number
from gis.points.table import gather
from gis.points.text import codec_of, lines_of, rows_of
from models.notices import N_, Notice
from models.progress import Watch

_SAMPLE_LINES = 200
_MOSTLY = 0.9
_BASIS = N_("CASS .dat: point, code, easting, northing, height")


def looks_like_cass(path: Path, codec: str, limits: PointLimits = POINT_LIMITS) -> bool:
    """Five cells a line with three numbers at the end; for other endings than .dat the code must be empty throughout.

    A .dat of other content (blanks between, a head of names) is a table like any other.
    """
    good = total = codes = 0
    for number, line in enumerate(islice(lines_of(path, codec, limits), _SAMPLE_LINES), 1):
        cells = line.rstrip("\r\n").split(",")
        if not line.strip() or (number == 1 and len(cells) == 1 and parse_number(line) is not None):
            continue
        total += 1
        if len(cells) == 5 and all(parse_number(c) is not None or is_blank(c) for c in cells[2:]):
            good += 1
            codes += not is_blank(cells[1])
    if total == 0 or good < _MOSTLY * total:
        return False
    return path.suffix.lower() == ".dat" or codes == 0


def read_cass(
    path: Path, *, encoding: str | None = None, limits: PointLimits = POINT_LIMITS, watch: Watch | None = None
) -> RawPoints:
    """The points of a CASS file, easting first by the format's own rule."""
    codec = codec_of(path, encoding, limits)
    layout = Layout(2, 3, 4, "en", Notice("points.cass", _BASIS), 0)
    rows = (
        (number, cells)
        for number, cells in rows_of(path, codec, ",", limits)
        if not (number == 1 and len(cells) == 1 and parse_number(cells[0]) is not None)
    )
    columns, skips, seen = gather(rows, layout, str(path), limits=limits, watch=watch)
    raw = RawPoints.of_columns("cass", columns, declared="en", basis=layout.basis, skips=skips, rows_read=seen)
    raw.encoding = {"utf-8": "UTF-8", "gb18030": "GB18030"}.get(codec, codec)
    return raw
