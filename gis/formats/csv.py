"""CSV and other text tables in: WKT, one row a vertex, or one row a site. CASS .dat in (see gis/points/cass)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from gis.formats.base import Content, Reader
from gis.formats.columns import is_shape_name
from gis.formats.encodings import label_of
from gis.formats.table import Cells, read_table
from gis.formats.table_rows import content
from models.errors import Refused
from models.notices import N_, Notice

_MARKS = (",", "\t", ";", "|")
_NONE = "\x1f"
_WIDE = {"，": ",", "；": ";"}
_SAMPLE = 60
_FIELD_CHARS = 50_000_000
_LINE_CHARS = 60_000_000
_OTHERS = ("[属性描述]", "[地块坐标]", "【属性描述】", "【地块坐标】")
_CASS_HEAD = ["点号", "编号", "东", "北", "高程"]


def looks_like(head: bytes) -> bool:
    """True for text whose first lines fall into columns (or have shapes in them), and no format of its own."""
    text = _text(head)
    if text is None or any(mark in text[:4000] for mark in _OTHERS):
        return False
    lines = [ln for ln in text.splitlines()[:_SAMPLE] if ln.strip()]
    if not lines or lines[0].lstrip()[:1] in {"<", "{", "["}:
        return False
    return any(mark in line for mark in (*_MARKS, "，") for line in lines[:2]) or _titled(lines) or _spaced(lines)


def _titled(lines: list[str]) -> bool:
    """A table under some lines of title: three rows that follow each other, of as many columns, with digits."""
    for mark in (*_MARKS, *_WIDE):
        counts = [ln.count(mark) if any(c.isdigit() for c in ln) else 0 for ln in lines]
        if any(a >= 2 and a == b == c for a, b, c in zip(counts, counts[1:], counts[2:], strict=False)):
            return True
    return False


def _spaced(lines: list[str]) -> bool:
    """Columns divided by blanks: the same number of words, most of them numbers."""
    counts = {len(ln.split()) for ln in lines[1:-1] or lines}
    return len(counts) == 1 and counts.pop() >= 3 and any(c.isdigit() for c in lines[-1])


def _text(head: bytes) -> str | None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace")
    if b"\0" in head or sum(b < 32 and b not in b"\t\n\r\f\x1a" for b in head[:4000]) > 4:
        return None
    try:
        return head[: -4 if len(head) > 60_000 else None].decode("utf-8-sig")
    except UnicodeDecodeError as cut:
        if cut.start >= len(head) - 8:
            return head[: cut.start].decode("utf-8-sig")
        return head.decode("gb18030", "replace")


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """The outlines and points of a text table. Raises Refused."""
    from gis.points.base import PointLimits
    from gis.points.cass import looks_like_cass
    from gis.points.text import codec_of

    del folder
    limits = PointLimits(line_chars=_LINE_CHARS)
    codec = codec_of(path, encoding, limits)
    label = label_of(codec)
    if looks_like_cass(path, codec, limits):
        table = read_table(_cass(path, codec), str(path), label)
        table.warnings.append(
            Notice(
                "csv.cass",
                N_("CASS point file: point, code, easting, northing, height; a code is an outline"),
            )
        )
        return content([("", table)])
    mark = _mark_of(path, codec)
    table = read_table(_rows(path, codec, mark), str(path), label)
    return content([("", table)])


def _cass(path: Path, codec: str) -> Iterator[Cells]:
    from gis.points.cass import five, is_dat

    yield 0, list(_CASS_HEAD)
    for number, line in _rows(path, codec, ","):
        cells = five(line, own=is_dat(path))
        if len(cells) >= 5:
            yield number, [*cells[:4], cells[4]]
        elif len(cells) > 1:
            yield number, [cells[0], None, None, None, None]


def _mark_of(path: Path, codec: str) -> str:
    """The separator under which the first rows have the most columns, the same number in most of them."""
    if is_shape_name(next((str(c[0]) for _, c in _rows(path, codec, _NONE) if c and str(c[0]).strip()), "")):
        return _NONE  # a column of shapes alone: what divides them is their own

    def score(mark: str) -> tuple[int, int]:
        rows = [c for _, c in islice(_rows(path, codec, mark), _SAMPLE)]
        widths = [len(c) for c in rows if any(str(x).strip() for x in c)]
        if not widths:
            return 0, 0
        usual = max(set(widths), key=widths.count)
        return (widths.count(usual) * min(usual - 1, 1), usual)

    best = max((*_MARKS, *_WIDE), key=score)
    return best if score(best)[1] > 1 else " "  # blanks divide texts too: only where nothing else divides the rows


def _rows(path: Path, codec: str, mark: str) -> Iterator[Cells]:
    """Rows with their numbers; quoted cells may hold separators and line ends. Raises Refused for an endless quote."""
    from gis.points.base import PointLimits
    from gis.points.text import lines_of

    lines = lines_of(path, codec, PointLimits(line_chars=_LINE_CHARS), as_written=True)
    lines = _headed(lines, mark)
    if mark == " ":
        for number, line in enumerate(lines, 1):
            yield number, list[Any](line.split())
        return
    before = csv.field_size_limit(_FIELD_CHARS)
    reader = csv.reader(lines, delimiter=mark, strict=False)
    start = 1
    try:
        for cells in reader:
            yield start, list[Any](cells)
            start = reader.line_num + 1
    except csv.Error as cause:
        text = N_("row {row} opens a quotation mark that is not closed")
        advice = N_("mend the row, or save the table again")
        raise Refused("points.quotes", text, where=str(path), advice=advice, row=start) from cause
    finally:
        csv.field_size_limit(before)


def _headed(lines: Iterator[str], mark: str) -> Iterator[str]:
    """The lines; a first one whose separators alone were typed full-width gets those of the rest."""
    first = next(lines, None)
    if first is not None:
        wide = next((w for w, m in _WIDE.items() if m == mark), "")
        yield first.replace(wide, mark) if wide and mark not in first else first
    yield from lines


READER = Reader("csv", "CSV", (".csv", ".txt", ".dat", ".tsv", ".xyz"), looks_like, plan)
