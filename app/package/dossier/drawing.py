"""The sites as a DXF drawing: outlines, boundary points with their numbers, names, control lines, each on its layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely

from app.i18n import Translator
from app.package.canvas import kind_words
from app.package.dossier.record import PackageRecord, SiteRecord
from app.package.dossier.table import one_line
from app.package.dxf_file import BLACK, BLUE, GREY, RED, add_layers, add_text, drawing_bytes, new_drawing
from gis.boundary import rings_of
from layers.registry import LAYERS
from models.notices import N_

_TEXT_SHARE, _LEAST_M, _MOST_M = 0.012, 0.5, 20.0


def drawing(record: PackageRecord, say: Translator, sites: tuple[SiteRecord, ...] | None = None) -> bytes:
    """A DXF (AutoCAD 2004) of the sites (all, or these), east and north as the tables have them. No clock in it."""
    with new_drawing() as document:
        _draw(document, record, say, record.sites if sites is None else sites, controls=sites is None)
        return drawing_bytes(document, record.stamp)


def _draw(
    document: Any, record: PackageRecord, say: Translator, sites: tuple[SiteRecord, ...], *, controls: bool
) -> None:
    space = document.modelspace()
    names = _layers(document, record, say)
    for s in sites:
        _site(space, s, record, names)
    for c in record.controls if controls else ():
        for part in _polygons(c.geometry):
            for ring in (part.exterior, *part.interiors):
                line = [(record.crs.east(x), y) for x, y in ring.coords]
                space.add_lwpolyline(line[:-1], close=True, dxfattribs={"layer": names[c.layer, c.kind]})


def _layers(document: Any, record: PackageRecord, say: Translator) -> dict[tuple[str, str], str]:
    names = {
        ("", "outline"): (say(N_("outline")), BLACK),
        ("", "points"): (say(N_("Boundary points")), RED),
        ("", "numbers"): (say(N_("point numbers")), RED),
        ("", "names"): (say(N_("site names")), BLUE),
    }
    for c in record.controls:
        names[c.layer, c.kind] = (say(kind_words(LAYERS[c.layer], c.kind)), RED if c.layer == "red_lines" else GREY)
    return add_layers(document, names)


def _site(space: Any, s: SiteRecord, record: PackageRecord, names: dict[tuple[str, str], str]) -> None:
    x0, y0, x1, y1 = s.site.outline.bounds
    high = min(max(_TEXT_SHARE * max(x1 - x0, y1 - y0), _LEAST_M), _MOST_M)
    for ring in rings_of(list(s.points)):
        line = [(record.crs.east(p.y_east), p.x_north) for p in ring]
        space.add_lwpolyline(line, close=True, dxfattribs={"layer": names["", "outline"], "lineweight": 30})
        for point, place in zip(ring, line, strict=True):
            space.add_circle(place, high * 0.3, dxfattribs={"layer": names["", "points"]})
            add_text(space, point.number, (place[0] + high * 0.5, place[1] + high * 0.4), high, names["", "numbers"])
    middle = s.site.outline.representative_point()
    label = " ".join(t for t in (one_line(s.code), one_line(s.site.name)) if t)
    add_text(space, label, (record.crs.east(middle.x), middle.y), high * 1.6, names["", "names"])


def _polygons(shape: Any) -> Iterator[shapely.Polygon]:
    yield from (p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty)
