"""KML and KMZ in (OGC KML 2.2, 07-147r2; gx:Track). Folders are layers. Links are told and never followed."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.arrays import Array
from gis.formats import xml
from gis.formats.base import LIMITS, Content, Found, Kind, Reader, Row, Rows, too_many_layers
from gis.formats.lines import outline, together
from models.errors import Refused
from models.notices import N_, Notice

_ROOT = re.compile(rb"<(?:\w+:)?kml[\s>]", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]{0,500}>")
_COMMA = re.compile(r"\s*,\s*")
_LINKS = {"NetworkLink", "NetworkLinkControl"}
_PICTURES = {"GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Model"}
_SHAPES = {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack"}
_KINDS: dict[str, Kind] = {"Polygon": "area", "LineString": "line", "Point": "point"}
_TEXT = 20_000
_TOP = "/"
_NUMBERS = 3
"""A group of coordinates holds no more: longitude, latitude, height."""


def looks_like(head: bytes) -> bool:
    """True for text with a kml element near its start, whatever its encoding."""
    return xml.begins(head) and _ROOT.search(head[:8192].replace(b"\0", b"")) is not None


@dataclass
class _Taken:
    """What was found: features by folder, and what is not read, by kind."""

    layers: dict[str, list[Row]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    lines_closed: int = 0
    count: int = 0


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """The folders of a KML file with their features. Raises Refused or Unreadable."""
    del folder
    taken, label, remarks = xml.read(path, encoding, lambda events: _take(events, path))
    if not taken.layers:
        raise Refused(
            "kml.nothing",
            N_("there is no placemark with a place in it"),
            where=str(path),
            advice=N_("if it only links to other files, save those as KML and name them")
            if taken.others["NetworkLink"]
            else "",
        )
    remarks += _told(taken)
    if len(taken.layers) > 1:  # what lies in no folder needs a name too
        taken.layers = {n or _TOP: rs for n, rs in taken.layers.items()}

    def rows(*names: str) -> Rows:
        listed = sorted((r for n in names for r in taken.layers[n]), key=lambda r: r.row)
        return Rows(listed, len(listed), label, "OGC:CRS84", warnings=tuple(remarks))

    layers = [Found(n, len(rs), partial(rows, n), kinds_of(rs)) for n, rs in taken.layers.items()]
    return Content(tuple(layers), join=lambda found: rows(*(f.name for f in found)))


def kinds_of(features: list[Row]) -> frozenset[Kind]:
    """What some features are."""
    types = {f.geometry.geom_type.removeprefix("Multi") for f in features if f.geometry is not None}
    if "GeometryCollection" in types:
        return frozenset(_KINDS.values())
    return frozenset(_KINDS[t] for t in types if t in _KINDS)


def _told(taken: _Taken) -> list[Notice]:
    notices = []
    links = sum(taken.others[k] for k in _LINKS)
    if links:
        text = N_("the file links to {count} others; links are not followed, what is behind them is missing")
        notices.append(Notice("kml.links", text, count=links))
    pictures = sum(taken.others[k] for k in _PICTURES)
    if pictures:
        text = N_("{count} pictures or models laid over the ground were not read")
        notices.append(Notice("kml.pictures", text, count=pictures))
    if taken.lines_closed:
        text = N_("{count} lines that end where they begin were taken as outlines")
        notices.append(Notice("lines.closed", text, count=taken.lines_closed))
    return notices


def _take(events: Iterator[tuple[str, Any]], path: Path) -> _Taken:
    taken = _Taken()
    for event, element in events:
        if event == "start":
            continue
        name = xml.local(element)
        if name in _LINKS or name in _PICTURES:
            taken.others[name] += 1
        elif name == "Placemark":
            taken.count += 1
            if taken.count > LIMITS.features:
                text = N_("the file has {count} features; at most {most} are read at once")
                raise Refused(
                    "import.too_many_features", text, where=str(path), count=taken.count, most=LIMITS.features
                )
            _placemark(element, taken)
            if len(taken.layers) > LIMITS.sublayers:
                raise too_many_layers(path, len(taken.layers), LIMITS.sublayers, whole=False)
            element.clear()
        elif name in {"Style", "StyleMap", "Folder"}:
            element.clear()  # its features are taken; nothing else of it is asked for again
    return taken


def _folder_of(element: Any) -> str:
    names = [xml.text_of(a, "name", 200) or "?" for a in element.iterancestors() if xml.local(a) == "Folder"]
    return "/".join(reversed(names))


def _placemark(element: Any, taken: _Taken) -> None:
    shapes: list[BaseGeometry | None] = []
    notes: list[Notice] = []
    for part in element:
        if xml.local(part) in _SHAPES:
            shapes += _shapes_of(part, taken, notes)
        elif xml.local(part) in _PICTURES:
            continue
    fields = _fields(element)
    layer = taken.layers.setdefault(_folder_of(element), [])
    made = together(shapes)
    if made is None and not notes:
        notes.append(Notice("kml.no_place", N_("it has no place")))
    layer.append(Row(taken.count, fields, made, tuple(notes)))


def _shapes_of(element: Any, taken: _Taken, notes: list[Notice]) -> list[BaseGeometry | None]:
    name = xml.local(element)
    if name in {"MultiGeometry", "MultiTrack"}:
        return [s for part in element if xml.local(part) in _SHAPES for s in _shapes_of(part, taken, notes)]
    if name == "Polygon":
        return [_polygon(element, notes)]
    points = _track(element) if name == "Track" else coordinates(xml.text_of(element, "coordinates", 1 << 30))
    if points is None or not len(points):
        notes.append(Notice("kml.bad_coordinates", N_("its coordinates are no numbers")))
        return [None]
    if name == "Point":
        return [shapely.Point(points[0])]
    if len(points) == 1:
        notes.append(Notice("kml.one_point", N_("its line has a single point")))
        return [None]
    made, said = outline(points, degrees=True, gap=name == "Track")
    notes += said
    if name != "LinearRing" and made is not None and made.geom_type == "Polygon" and not said:
        taken.lines_closed += 1
    return [made]


def _polygon(element: Any, notes: list[Notice]) -> BaseGeometry | None:
    shell, holes = None, []
    for side in element:
        kind = xml.local(side)
        if kind not in {"outerBoundaryIs", "innerBoundaryIs"}:
            continue
        for part in side:
            said = xml.text_of(part, "coordinates", 1 << 30)
            points = coordinates(said)
            if points is None and said:
                text = N_("its coordinates cannot be read, for instance “{sample}”")
                notes.append(Notice("kml.coordinates", text, sample=_unread(said)))
                return None
            if points is None or len(points) < 3:
                notes.append(Notice("import.bad_shape", N_("its outline cannot be read (too few points)")))
                return None
            if (points[0, :2] != points[-1, :2]).any():
                notes.append(Notice("import.unclosed", N_("a ring was not closed")))
                points = np.concatenate((points, points[:1]))
            elif len(points) < 4:
                notes.append(Notice("import.bad_shape", N_("its outline cannot be read (too few points)")))
                return None
            if kind == "outerBoundaryIs":
                shell = points
            else:
                holes.append(points)
    if shell is None:
        notes.append(Notice("import.bad_shape", N_("its outline cannot be read (too few points)")))
        return None
    width = min(p.shape[1] for p in (shell, *holes))
    return shapely.Polygon(shell[:, :width], [h[:, :width] for h in holes])


def coordinates(text: str) -> Array | None:
    """(n, 2 or 3) of "lon,lat[,height] …"; blanks about the commas are forgiven. None for what is no number."""
    if not text:
        return None
    tuples = _COMMA.sub(",", text).split()
    parts = [t.rstrip(",").split(",") for t in tuples]
    width = min(len(p) for p in parts)
    if width < 2 or max(len(p) for p in parts) > _NUMBERS:
        return None  # decimal commas, or groups that run into each other
    try:
        found = np.array([p[: min(width, 3)] for p in parts], np.float64)
    except ValueError:
        return None
    return (
        found[:, :2] if width > 2 and not found[:, 2].any() else found
    )  # a height of 0 is what programs write for none


def _unread(text: str) -> str:
    """The first group of numbers that is none of longitude, latitude and a height."""
    for group in _COMMA.sub(",", text).split():
        try:
            numbers = [float(n) for n in group.rstrip(",").split(",")]
        except ValueError:
            return group[:40]
        if not 2 <= len(numbers) <= 3:
            return group[:40]
    return text[:40]


def _track(element: Any) -> Array | None:
    said = [(c.text or "").split() for c in element if xml.local(c) == "coord"]
    if not said or min(len(s) for s in said) < 2:
        return None
    try:
        return np.array([s[:2] for s in said], np.float64)
    except ValueError:
        return None


def _fields(element: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in element:
        name = xml.local(part)
        if name == "name":
            fields["name"] = (part.text or "").strip()[:_TEXT]
        elif name == "description":
            _describe("".join(part.itertext())[:_TEXT], fields)
        elif name == "TimeStamp":
            fields["time"] = xml.text_of(part, "when", 100)
        elif name == "TimeSpan":
            fields["time"] = xml.text_of(part, "begin", 100)
        elif name == "ExtendedData":
            _extended(part, fields)
    return {k: v for k, v in fields.items() if k}


def _extended(element: Any, fields: dict[str, Any]) -> None:
    for part in element.iter():
        name = xml.local(part)
        if name == "Data":
            fields[part.get("name") or ""] = xml.text_of(part, "value", _TEXT)
        elif name == "SimpleData":
            fields[part.get("name") or ""] = (part.text or "").strip()[:_TEXT]


_CELL = re.compile(r"<t[dh][^>]{0,300}>(.*?)</t[dh]>", re.IGNORECASE | re.DOTALL)
_ROW = re.compile(r"<tr[^>]{0,300}>(.*?)</tr>", re.IGNORECASE | re.DOTALL)


def _describe(text: str, fields: dict[str, Any]) -> None:
    """A description as plain text; a table of two columns in it (as GIS programs write them) as fields."""
    for row in _ROW.findall(text)[:200]:
        cells = [_plain(c) for c in _CELL.findall(row)]
        if len(cells) == 2 and cells[0] and "<" not in cells[0]:
            fields.setdefault(cells[0], cells[1])
    plain = _plain(text)
    if plain:
        fields["description"] = plain


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAGS.sub(" ", text)).split())


READER = Reader("kml", "KML", (".kml",), looks_like, plan, always_degrees=True)
