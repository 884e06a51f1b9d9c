"""ArcGIS Generate text in (Arc/INFO GENERATE and UNGENERATE): a number, the vertices below it, END; twice at the end.

Forms that are met: a line with the number alone, or with a label point behind it (polygons of UNGENERATE), then one
vertex a line (x, y, perhaps z), then END; points as "number, x, y". A polygon's hole is a ring of its own with the
number -99999. Commas, blanks and tabs divide. Beside it the kin that ArcGIS calls "feature text file": the word Point,
Polyline or Polygon first, then "number part", vertices with a number before them, END.

Source: ArcInfo Workstation command references GENERATE and UNGENERATE; ArcGIS tool "Create Features From Text File".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.formats.base import LIMITS, Content, Found, Kind, Reader, Row, Rows, Skipped
from gis.formats.breath import breathe
from gis.formats.lines import together
from gis.formats.rings import nest
from models.errors import Refused, Unreadable
from models.notices import N_, Notice

_MARKS = re.compile(r"[,\s;]+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_HOLE = "-99999"
_LARGEST = 1e9
_HEAD_BYTES = 60_000
_LINE_CHARS = 65_536
_KINDS = {"point", "multipoint", "polyline", "polygon"}
_NO_VERTEX = Notice("generate.no_vertex", N_("a line of it is no vertex"))
_FEW = Notice("generate.few", N_("it has fewer than two vertices"))
_CUT = Notice("generate.cut", N_("the file ends before its END: it may be cut short"))


def looks_like(head: bytes) -> bool:
    """True for text in which a lone number, or the word of a kind, is followed by vertices and then by END."""
    if b"\0" in head[:4096]:
        return False
    return _form(_whole_lines(head)) != ""


def _whole_lines(head: bytes) -> list[str]:
    lines = [ln.strip() for ln in head[:_HEAD_BYTES].decode("latin-1").splitlines() if ln.strip()]
    return lines[: -1 if len(head) >= _HEAD_BYTES else None]


def _head_of(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            return _whole_lines(file.read(_HEAD_BYTES))
    except OSError as cause:
        raise _no_access(path) from cause


def _no_access(path: Path) -> Unreadable:
    return Unreadable("points.no_access", N_("the file cannot be read to its end"), where=str(path),
                      advice=N_("check whether another program holds it, and copy it again"))  # fmt: skip


Form = Literal["", "word", "points", "rings"]


def _form(lines: list[str]) -> Form:
    """What the first lines are: a word and parts, one point a line, or numbers with rings below; "" for neither.

    An END must be among them: without it a count above a table of points would be taken for a number.
    """
    ends = [i for i, ln in enumerate(lines) if ln.upper() == "END"]
    if len(lines) < 3 or not ends:
        return ""
    if lines[0].lower() in _KINDS:
        return "word"
    first, inside = _cells(lines[0]), [_cells(ln) for ln in lines[1 : ends[0]]]
    if len(first) == 1 and not _NUMBER.fullmatch(first[0]) and first[0].upper() != "AUTO":
        return ""
    if len(first) in (3, 4) and first[0].isdigit():
        if all(len(c) == len(first) and c[0].isdigit() and _vertex(c[1:]) for c in inside):
            return "points"
    elif len(first) != 1:
        return ""
    good = len(inside) > 1 and all(len(c) in (2, 3) and _vertex(c) for c in inside)
    return "rings" if good else ""


def _cells(line: str) -> list[str]:
    return [c for c in _MARKS.split(line.strip()) if c]


def _vertex(cells: list[str]) -> list[float] | None:
    """The numbers, None where one is none or larger than any place on Earth has."""
    values = [float(c) for c in cells] if all(_NUMBER.fullmatch(c) for c in cells) else None
    return values if values is not None and all(abs(v) <= _LARGEST for v in values) else None


@dataclass
class _Group:
    """A number with its rings or points. `closed`: it is a polygon even where its last vertex is not its first."""

    row: int
    name: str
    parts: list[list[list[float]]] = field(default_factory=list)
    closed: bool = False
    bad: bool = False

    def add(self, cells: list[str], *, new_part: bool = False) -> None:
        """One more vertex of x, y and perhaps z."""
        place = _vertex(cells) if 2 <= len(cells) <= 3 else None
        self.bad |= place is None
        if new_part or not self.parts:
            self.parts.append([])
        if place is not None:
            self.parts[-1].append(place)


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """One layer: "shapes" (outlines and lines) or "points". Raises Refused or Unreadable."""
    del encoding, folder
    sample = _head_of(path)
    form = _form(sample)
    take = {"word": _of_word, "points": _of_points}.get(form, _of_rings)
    found, ended = _counted(take(_lines(path)), path)
    warnings = () if ended else (_CUT,)
    points = form == "points" or (form == "word" and sample[0].lower() in {"point", "multipoint"})
    rows = [_point(g) for g in found] if points else _shapes(found)
    if not rows:
        raise Refused("generate.nothing", N_("there is no vertex in it"), where=str(path),
                      advice=N_("below each number its vertices follow, one a line, then END"))  # fmt: skip
    kinds: frozenset[Kind] = frozenset({"point"}) if points else frozenset({"area", "line"})
    opened = partial(Rows, rows, len(rows), None, "", warnings=warnings)
    return Content((Found("points" if points else "shapes", len(rows), opened, kinds),))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers."""
    try:
        with path.open(encoding="latin-1") as file:
            number = 0
            while line := file.readline(_LINE_CHARS + 1):
                number += 1
                if len(line) > _LINE_CHARS:
                    raise Refused("points.long_line",
                                  N_("a line has more than {most} characters: this is no table of points"),
                                  where=str(path), most=_LINE_CHARS)  # fmt: skip
                if number % 5000 == 0:
                    breathe()
                if text := line.strip():
                    yield number, text
    except OSError as cause:
        raise _no_access(path) from cause


def _counted(events: Iterator[_Group | bool], path: Path) -> tuple[list[_Group], bool]:
    """(groups, whether the last line was END); `events`: groups as they begin, and of each line whether it is END."""
    found: list[_Group] = []
    ended, lines = False, 0
    for event in events:
        if isinstance(event, _Group):
            found.append(event)
        else:
            ended, lines = event, lines + 1
        if len(found) > LIMITS.features:
            text = N_("the file has {count} features; at most {most} are read at once")
            raise Refused("import.too_many_features", text, where=str(path), count=len(found), most=LIMITS.features)
        if lines > LIMITS.vertices:
            text = N_("the file has more than {most} vertices")
            raise Refused("import.too_many_vertices", text, where=str(path), most=LIMITS.vertices)
    return found, ended


def _of_rings(lines: Iterator[tuple[int, str]]) -> Iterator[_Group | bool]:
    """Numbers with one ring each; a number of -99999 is a hole of the one before it."""
    now: _Group | None = None
    last: _Group | None = None
    hole = False
    for number, text in lines:
        ended = text.upper() == "END"
        yield ended
        if ended:
            now, hole = None, False
            continue
        cells = _cells(text)
        if now is not None:
            now.add(cells, new_part=hole)
            hole = False
            continue
        if cells[0] == _HOLE and last is not None:
            now, hole = last, True
            continue
        now = last = _Group(number, cells[0], closed=len(cells) > 2)
        yield now


def _of_points(lines: Iterator[tuple[int, str]]) -> Iterator[_Group | bool]:
    """A number and its place in each line."""
    for number, text in lines:
        ended = text.upper() == "END"
        yield ended
        if not ended:
            cells = _cells(text)
            made = _Group(number, cells[0])
            made.add(cells[1:])
            yield made


def _of_word(lines: Iterator[tuple[int, str]]) -> Iterator[_Group | bool]:
    """The kin: "number part" begins a feature, or another part of it; vertices have a number before them, M behind.

    Points stand in one line each: "number x y z m".
    """
    word = next(lines)[1].lower()
    now: _Group | None = None
    part = True
    for number, text in lines:
        ended = text.upper() == "END"
        yield ended
        if ended:
            continue
        cells = _cells(text)
        if word == "point" or (len(cells) == 2 and _NUMBER.fullmatch(cells[1])):
            if word == "point" or now is None or cells[1] == "0" or cells[0] != now.name:
                now = _Group(number, cells[0], closed=word == "polygon")
                yield now
            part = True
            if word == "point":
                now.add(_without_m(cells[1:]))
        elif now is not None:
            now.add(_without_m(cells[1:]), new_part=part)
            part = False


def _without_m(cells: list[str]) -> list[str]:
    """x, y and z; a z of "1.#QNAN" or "NaN", as ArcGIS writes where there is none, is left out."""
    place = cells[:3]
    return place[:2] if len(place) == 3 and not _NUMBER.fullmatch(place[2]) else place


def _point(group: _Group) -> Row | Skipped:
    places = [p for part in group.parts for p in part]
    if group.bad or not places:
        return Skipped(group.row, _NO_VERTEX, group.name)
    shape: BaseGeometry = shapely.Point(places[0]) if len(places) == 1 else shapely.MultiPoint(_even(places))
    return Row(group.row, {"id": group.name}, shape)


def _shapes(groups: list[_Group]) -> list[Row | Skipped]:
    made: list[Row | Skipped] = []
    for group in groups:
        breathe()
        parts = [_even(p) for p in group.parts if p]
        if group.bad:
            made.append(Skipped(group.row, _NO_VERTEX, group.name))
        elif not parts or any(len(p) < 2 for p in parts):
            made.append(Skipped(group.row, _FEW, group.name))
        else:
            shape, notes = _shape(parts, closed=group.closed)
            made.append(Row(group.row, {"id": group.name}, shape, tuple(notes)))
    return made


def _shape(parts: list[Array], *, closed: bool) -> tuple[BaseGeometry | None, list[Notice]]:
    """An outline where all rings close or the file says that it is one, else a line."""
    shut = [len(p) > 3 and bool((p[0, :2] == p[-1, :2]).all()) for p in parts]
    if (closed or all(shut)) and all(len(p) >= 3 for p in parts):
        rings = [p if ok else np.concatenate((p, p[:1])) for p, ok in zip(parts, shut, strict=True)]
        notes = [] if all(shut) else [Notice("import.unclosed", N_("a ring was not closed"))]
        return together(nest(rings)), notes
    return (shapely.LineString(parts[0]) if len(parts) == 1 else shapely.MultiLineString(parts)), []


def _even(places: list[list[float]]) -> Array:
    """Vertices of two numbers each, of three where all have three."""
    width = min(len(p) for p in places)
    return np.array([p[:width] for p in places], np.float64)


READER = Reader("generate", "ArcGIS Generate", (".gen", ".ung", ".lin", ".pol"), looks_like, plan)
