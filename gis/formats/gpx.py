"""GPX in (Topografix GPX 1.0 and 1.1): tracks and routes to outlines, waypoints to points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.arrays import Array
from gis.formats import xml
from gis.formats.base import Content, Found, Reader, Row, Rows
from gis.formats.lines import joined, outline
from models.errors import Refused
from models.notices import N_, Notice

_ROOT = re.compile(rb"<(?:\w+:)?gpx[\s>]", re.IGNORECASE)
_FIELDS = {"name": "name", "desc": "description", "cmt": "remarks", "sym": "symbol", "type": "type", "src": "source"}
_BAD = Notice("gpx.bad_points", N_("its points have no longitude and latitude"))
_SHORT = Notice("gpx.short", N_("it has fewer than two points"))


def looks_like(head: bytes) -> bool:
    """True for text with a gpx element near its start."""
    return xml.begins(head) and _ROOT.search(head[:8192].replace(b"\0", b"")) is not None


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """Layers "tracks", "routes" and "waypoints", as far as the file has them. Raises Refused or Unreadable."""
    del folder
    layers, label, remarks = xml.read(path, encoding, _take)
    found = []
    for name, rows in layers.items():
        kind = frozenset({"point"}) if name == "waypoints" else frozenset({"area", "line"})
        opened = partial(Rows, rows, len(rows), label, "OGC:CRS84", warnings=tuple(remarks))
        if rows:
            found.append(Found(name, len(rows), opened, kind))  # type: ignore[arg-type]
    if not found:
        raise Refused("gpx.nothing", N_("there is no track, no route and no waypoint in it"), where=str(path))
    return Content(tuple(found))


def _take(events: Iterator[tuple[str, Any]]) -> dict[str, list[Row]]:
    layers: dict[str, list[Row]] = {"tracks": [], "routes": [], "waypoints": []}
    for event, element in events:
        if event == "start":
            continue
        name = xml.local(element)
        if name == "trk":
            segments = [[p for p in s if xml.local(p) == "trkpt"] for s in element if xml.local(s) == "trkseg"]
            layers["tracks"].append(_track(element, [s for s in segments if s], len(layers["tracks"]) + 1))
            element.clear()
        elif name == "rte":
            points = [p for p in element if xml.local(p) == "rtept"]
            layers["routes"].append(_track(element, [points] if points else [], len(layers["routes"]) + 1))
            element.clear()
        elif name == "wpt":
            layers["waypoints"].append(_waypoint(element, len(layers["waypoints"]) + 1))
            element.clear()
    return layers


def place_of(element: Any) -> tuple[float, float] | None:
    """(longitude, latitude) of a point; None where it has none that can be."""
    try:
        lon, lat = float(element.get("lon")), float(element.get("lat"))
    except (TypeError, ValueError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _fields(element: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in element:
        name = xml.local(part)
        if name in _FIELDS:
            fields[_FIELDS[name]] = "".join(part.itertext()).strip()[:20_000]
        elif name == "time":
            fields["observed_at"] = (part.text or "").strip()[:64]
        elif name == "ele":
            fields["elevation"] = (part.text or "").strip()[:64]
    return fields


def _waypoint(element: Any, number: int) -> Row:
    place = place_of(element)
    if place is None:
        return Row(number, _fields(element), None, (_BAD,))
    return Row(number, _fields(element), shapely.points(place))


def _track(element: Any, segments: list[list[Any]], number: int) -> Row:
    fields = _fields(element)
    times = [xml.text_of(p, "time", 64) for s in segments for p in (s[0], s[-1])]
    fields["started"], fields["ended"] = (times[0], times[-1]) if times else ("", "")
    parts: list[Array] = []
    for segment in segments:
        places = [place_of(p) for p in segment]
        if any(p is None for p in places):
            return Row(number, fields, None, (_BAD,))
        parts.append(np.array(places, np.float64))
    if sum(len(p) for p in parts) < 2:
        return Row(number, fields, None, (_SHORT,))
    notes: list[Notice] = []
    whole, step = joined(parts, degrees=True)
    if len(parts) > 1:
        text = N_("{count} pieces of the track were joined, the longest step between two is {step:.1f} m")
        notes.append(Notice("gpx.pieces", text, count=len(parts), step=step))
    made, said = outline(whole, degrees=True, gap=True)
    return Row(number, fields, made, (*notes, *said))


READER = Reader("gpx", "GPX", (".gpx",), looks_like, plan, always_degrees=True)
