"""Tables of points as text: CSV and TXT with commas, semicolons, tabs or spaces, in UTF-8, UTF-16, GB18030 or Big5."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from gis.formats.encodings import choose, label_of
from gis.points.base import POINT_LIMITS, PointLimits, RawPoints, Row
from gis.points.columns import Chosen, no_table
from gis.points.numbers import parse_number
from gis.points.table import gather, sampled
from models.errors import Refused, Unreadable
from models.notices import N_, Notice
from models.progress import Watch

_HEAD_BYTES = 1 << 20
_SAMPLE_LINES = 200
_CANDIDATES = (",", ";", "\t", " ")
_NARROW = ",;\t|"
"""A line that has one of these is divided by it: a full-width comma in it belongs to a text (甲坑，一期)."""
_WIDE = str.maketrans({"，": ",", "；": ";", "\ufeff": None})


def read_text(
    path: Path,
    *,
    encoding: str | None = None,
    degrees: bool = False,
    columns: Chosen | None = None,
    z_factor: float | None = None,
    limits: PointLimits = POINT_LIMITS,
    watch: Watch | None = None,
) -> RawPoints:
    """The points of a delimited text file; `columns` as a person chose them. Raises Refused or Unreadable."""
    where = str(path)
    codec = codec_of(path, encoding, limits)
    mark = delimiter_of(path, codec, limits)
    layout, rows = sampled(rows_of(path, codec, mark, limits), where, degrees=degrees, columns=columns)
    points, skips, seen = gather(rows, layout, where, z_factor=z_factor, limits=limits, watch=watch)
    raw = RawPoints.of_columns(
        "text", points, declared=layout.declared, basis=layout.basis, skips=skips, rows_read=seen
    )
    raw.height_name = layout.height_name
    raw.encoding = label_of(codec)
    raw.twice_names = layout.twice_names
    if layout.ellipsoidal:
        raw.warnings.append(ellipsoidal_notice())
    return raw


def head_of(path: Path, encoding: str | None = None, limits: PointLimits = POINT_LIMITS, most: int = 8) -> list[Row]:
    """The first rows of a table as they stand there. Raises Refused or Unreadable."""
    codec = codec_of(path, encoding, limits)
    return list(islice(rows_of(path, codec, delimiter_of(path, codec, limits), limits), most))


def codec_of(path: Path, stated: str | None, limits: PointLimits = POINT_LIMITS) -> str:
    """The encoding of a text file: stated, by its byte order mark, else by evidence. Refuses what is no text."""
    where = str(path)
    if path.stat().st_size > limits.text_bytes:
        raise Refused(
            "points.too_large",
            N_("the file is larger than {most:.1f} GB"),
            where=where,
            advice=N_("thin the points out, or cut the file into parts"),
            most=limits.text_bytes / 1024**3,
        )
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    bare = head.removeprefix(codecs.BOM_UTF8)
    control = sum(bare.count(bytes([b])) for b in range(32) if b not in b"\t\n\r\f\x1a")
    if b"\0" in bare or control > 4 + len(bare) // 2000:
        raise Refused(
            "points.binary",
            N_("this is no text and no workbook: a table of points cannot be read from it"),
            where=where,
            advice=N_("save the points as CSV, TXT, CASS .dat or XLSX"),
        )
    declared = "utf-8" if bare is not head and len(bare) < len(head) else ""
    return choose(bare.splitlines()[:5000], stated=stated, declared=declared).codec


def lines_of(path: Path, codec: str, limits: PointLimits = POINT_LIMITS, *, as_written: bool = False) -> Iterator[str]:
    """Lines of a text file; a line without end is refused. A Ctrl-Z ends the text.

    Full-width separators become ASCII ones where a line has no others, unless the lines are wanted `as_written`.
    """
    try:
        with path.open(encoding=codec, errors="replace", newline=None) as file:
            while line := file.readline(limits.line_chars + 1):
                if len(line) > limits.line_chars:
                    raise Refused(
                        "points.long_line",
                        N_("a line has more than {most} characters: this is no table of points"),
                        where=str(path),
                        most=limits.line_chars,
                    )
                if "\x1a" in line:
                    return
                kept = as_written or any(mark in line for mark in _NARROW)
                yield line.replace("\ufeff", "") if kept else line.translate(_WIDE)
    except (OSError, UnicodeError) as cause:
        raise Unreadable(
            "points.no_access",
            N_("the file cannot be read to its end"),
            where=str(path),
            advice=N_("check whether another program holds it, and copy it again"),
        ) from cause


def delimiter_of(path: Path, codec: str, limits: PointLimits = POINT_LIMITS) -> str:
    """The separator under which most lines fall into two coordinates and a height; blanks mean any run of spaces."""
    lines = [ln for ln in islice(lines_of(path, codec, limits), _SAMPLE_LINES) if ln.strip()]

    def good(mark: str) -> int:
        return sum(sum(parse_number(c) is not None for c in _split(ln, mark)) >= 3 for ln in lines)

    scores = {mark: good(mark) for mark in _CANDIDATES}
    best = max(_CANDIDATES, key=lambda m: scores[m])
    if scores[best] > 0:
        return best
    # Heights may be missing in the first rows, or a head is all there is: the separator that stands in most lines.
    most = max(_CANDIDATES, key=lambda m: sum(len(_split(ln, m)) >= 3 for ln in lines))
    if not any(len(_split(ln, most)) >= 3 for ln in lines):
        raise no_table(str(path))
    return most


def _split(line: str, mark: str) -> list[str]:
    if mark == " ":
        return line.split()
    return next(csv.reader([line], delimiter=mark), []) if '"' in line else line.rstrip("\r\n").split(mark)


def rows_of(path: Path, codec: str, mark: str, limits: PointLimits = POINT_LIMITS) -> Iterator[Row]:
    """Every line as its number and cells."""
    lines = lines_of(path, codec, limits)
    if mark == " ":
        for number, line in enumerate(lines, 1):
            yield number, list(line.split())
        return
    reader = csv.reader(lines, delimiter=mark)
    try:
        for cells in reader:
            yield reader.line_num, list(cells)
    except csv.Error as cause:  # a quotation mark that is never closed
        raise Refused(
            "points.quotes",
            N_("row {row} opens a quotation mark that is not closed"),
            where=str(path),
            advice=N_("mend the row, or save the table again"),
            row=reader.line_num,
        ) from cause


def ellipsoidal_notice() -> Notice:
    """The remark on a table whose only heights are above the ellipsoid."""
    return Notice("points.ellipsoidal", N_("the heights are named as ellipsoidal; they are tens of metres off levels"))
