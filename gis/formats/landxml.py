"""TIN surfaces of LandXML (1.0 to 2.0), as road and survey programs exchange them; runs in the child.

Of `<Surface><Definition surfType="TIN">` the points `<P id="1">northing easting elevation</P>` and the faces
`<F>1 2 3</F>`; faces with i="1" are invisible: holes (LandXML 1.2 schema, elements P, F, attribute i). Nothing else of
the file is taken: no contours, breaklines or source points.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gis.drawings.faces import Faces, frames
from gis.formats import xml
from gis.formats.base import Limits
from models.errors import Missing, Refused
from models.notices import N_

_ROOT = re.compile(rb"<(?:\w+:)?LandXML[\s>]")
_CORNERS = 4


@dataclass
class _Surface:
    """A surface as it is read: `place` three numbers a point (east, north, height), `at` their positions by id."""

    name: str
    kind: str = ""
    at: dict[str, int] = field(default_factory=dict)
    place: array[float] = field(default_factory=lambda: array("d"))
    faces: Faces = field(default_factory=Faces)
    invisible: int = 0


@dataclass
class _Found:
    surfaces: list[_Surface] = field(default_factory=list)
    unit: str = ""
    epsg: str = ""
    words: str = ""


def is_landxml(head: bytes) -> bool:
    """True for the first bytes of a LandXML file."""
    return xml.begins(head) and _ROOT.search(head.replace(b"\0", b"")) is not None


def stream(path: Path, job: dict[str, Any], limits: Limits) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    """Messages: layer, faces, end. Raises Missing, Refused or Unreadable."""

    def take(events: Iterator[tuple[str, Any]]) -> _Found:
        return _gather(events, limits, str(path))

    found, encoding, remarks = xml.read(path, job["encoding"], take)
    chosen = _choose(found, job["sublayer"], str(path))
    yield {
        "kind": "layer", "sublayer": ", ".join(s.name for s in chosen),
        "sublayers": [[s.name, len(s.faces)] for s in found.surfaces], "encoding": encoding,
        "count": sum(len(s.faces) for s in chosen), "crs": found.epsg, "crs_text": found.words,
        "warnings": [r.to_json() for r in remarks], "unit": found.unit, "faces_lost": sum(s.faces.lost for s in chosen),
        "invisible": sum(s.invisible for s in chosen), "others": {},
    }, []  # fmt: skip
    sent = 0
    for surface in chosen:
        for count, blobs in frames(surface.faces):
            sent += count
            yield {"kind": "faces", "layer": surface.name, "count": count}, blobs
    yield {"kind": "end", "count": sent, "said": sent}, []


def _gather(events: Iterator[tuple[str, Any]], limits: Limits, where: str) -> _Found:
    found = _Found()
    now: _Surface | None = None
    inside = False  # a TIN's definition: points of source data have the same name
    count = 0
    for event, element in events:
        name = xml.local(element)
        if event == "start":
            if name == "Surface":
                now = _Surface(element.get("name") or str(len(found.surfaces) + 1))
            elif name == "Definition" and now is not None:
                now.kind = (element.get("surfType") or "").upper()
                inside = now.kind == "TIN"
            elif name in {"Metric", "Imperial"} and not found.unit:
                found.unit = element.get("linearUnit") or ""
            elif name == "CoordinateSystem":
                code = (element.get("epsgCode") or "").strip()
                found.epsg = f"EPSG:{code}" if code.isdigit() and int(code) > 0 else ""
                found.words = " ".join(element.get(k) or "" for k in ("name", "desc", "horizontalCoordinateSystemName"))
            continue
        if inside and now is not None and name in {"P", "F"}:
            count += 1
            if count > limits.vertices:
                raise Refused(
                    "import.too_many_vertices",
                    N_("the file has more than {most} vertices"),
                    where=where,
                    most=limits.vertices,
                )
            (_point if name == "P" else _face)(now, element)
        elif name == "Definition":
            inside = False
        elif name == "Surface" and now is not None:
            found.surfaces.append(now)
            now.at, now.place, now = {}, array("d"), None
        _forget(element)
    return found


def _forget(element: Any) -> None:
    """Free an element that was taken, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _point(surface: _Surface, element: Any) -> None:
    """Northing first (LandXML: "northing easting elevation")."""
    numbers = (element.text or "").split()
    try:
        north, east, height = (float(n) for n in (numbers if len(numbers) > 2 else [*numbers, "nan"])[:3])
    except ValueError:
        north = east = height = float("nan")
    surface.at[element.get("id") or ""] = len(surface.place) // 3
    surface.place.extend((east, north, height))


def _face(surface: _Surface, element: Any) -> None:
    if element.get("i") == "1":
        surface.invisible += 1
        return
    names = (element.text or "").split()
    at = [surface.at.get(n, -1) for n in names]
    if len(at) not in {3, 4} or min(at) < 0:
        surface.faces.lost += 1
        return
    faces = surface.faces
    for k in (*at, at[-1])[:_CORNERS]:
        faces.corners.extend(surface.place[3 * k : 3 * k + 3])
    faces.row.append(len(faces) + 1)


def _choose(found: _Found, asked: str | None, where: str) -> list[_Surface]:
    usable = [s for s in found.surfaces if len(s.faces)]
    listed = "; ".join(f"{s.name} ({len(s.faces)})" for s in found.surfaces[:40])
    if not usable:
        raise Refused(
            "landxml.no_surface",
            N_("the LandXML file holds no TIN surface with faces (surfaces: {surfaces})"),
            where=where,
            advice=N_("export the surface as TIN with its faces; points, alignments and grids of LandXML are not read"),
            surfaces=listed or "0",
        )
    if asked is not None:
        chosen = [s for s in usable if s.name == asked]
        if not chosen:
            raise Missing(
                "import.no_sublayer",
                N_("there is no layer {name} in it"),
                where=where,
                advice=N_("it has: {layers}"),
                name=asked,
                layers=listed,
            )
        return chosen
    if len(usable) > 1:
        raise Refused(
            "landxml.which_surface",
            N_("{count} surfaces are in the file"),
            where=where,
            advice=N_("say which with --sublayer: {layers}"),
            count=len(usable),
            layers=listed,
        )
    return usable
