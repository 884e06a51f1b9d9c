"""The sites as a DXF drawing: outlines, boundary points with their numbers, names, control lines, each on its layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import shapely

from app.i18n import Translator
from app.package.canvas import kind_words
from app.package.conformity_files import clean
from app.package.dossier.record import PackageRecord, SiteRecord
from app.package.dossier.table import one_line
from gis.boundary import rings_of
from layers.registry import LAYERS
from models.notices import N_

_STYLE, _FONT = "HUITIAN", "NotoSansSC-Regular.ttf"
_RED, _BLACK, _BLUE, _GREY = 1, 7, 5, 8
_TEXT_SHARE, _LEAST_M, _MOST_M = 0.012, 0.5, 20.0
_DATES = re.compile(r"(\$TDU?(?:CREATE|UPDATE)\r?\n *40\r?\n)[^\r\n]+")
_BAD = str.maketrans(dict.fromkeys('<>/\\":;?*|=`,', "_"))


def drawing(record: PackageRecord, say: Translator, sites: tuple[SiteRecord, ...] | None = None) -> bytes:
    """A DXF R2010 of the sites (all, or these), east and north as the tables have them. UTF-8, no clock in it."""
    import ezdxf

    out = StringIO()
    with _no_clock():
        document = ezdxf.new("R2010", units=6)
        _draw(document, record, say, record.sites if sites is None else sites, controls=sites is None)
        for kind in sorted(document.entitydb.dxf_types_in_use()):  # ezdxf would take them as a set gives them
            document.classes.add_class(kind)
        document.write(out)
    julian = f"{record.stamp.timestamp() / 86400.0 + 2440587.5:.9f}"
    return _DATES.sub(rf"\g<1>{julian}", out.getvalue()).encode(document.output_encoding, "dxfreplace")


def _draw(
    document: Any, record: PackageRecord, say: Translator, sites: tuple[SiteRecord, ...], *, controls: bool
) -> None:
    document.styles.add(_STYLE, font=_FONT)
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
        ("", "outline"): (say(N_("outline")), _BLACK),
        ("", "points"): (say(N_("Boundary points")), _RED),
        ("", "numbers"): (say(N_("point numbers")), _RED),
        ("", "names"): (say(N_("site names")), _BLUE),
    }
    for c in record.controls:
        names[c.layer, c.kind] = (say(kind_words(LAYERS[c.layer], c.kind)), _RED if c.layer == "red_lines" else _GREY)
    made = {}
    for key, (words, colour) in names.items():
        name = words.translate(_BAD).strip() or key[1]
        made[key] = name
        if name not in document.layers:
            document.layers.add(name, color=colour)
    return made


def _site(space: Any, s: SiteRecord, record: PackageRecord, names: dict[tuple[str, str], str]) -> None:
    x0, y0, x1, y1 = s.site.outline.bounds
    high = min(max(_TEXT_SHARE * max(x1 - x0, y1 - y0), _LEAST_M), _MOST_M)
    for ring in rings_of(list(s.points)):
        line = [(record.crs.east(p.y_east), p.x_north) for p in ring]
        space.add_lwpolyline(line, close=True, dxfattribs={"layer": names["", "outline"], "lineweight": 30})
        for point, place in zip(ring, line, strict=True):
            space.add_circle(place, high * 0.3, dxfattribs={"layer": names["", "points"]})
            _text(space, point.number, (place[0] + high * 0.5, place[1] + high * 0.4), high, names["", "numbers"])
    middle = s.site.outline.representative_point()
    label = " ".join(t for t in (one_line(s.code), one_line(s.site.name)) if t)
    _text(space, label, (record.crs.east(middle.x), middle.y), high * 1.6, names["", "names"])


def _text(space: Any, text: str, place: tuple[float, float], high: float, layer: str) -> None:
    # A caret begins a code for a control mark in DXF.
    words = clean(text).replace("^", "^ ").replace("%%", "% %")[:240]
    space.add_text(words, height=high, dxfattribs={"layer": layer, "style": _STYLE}).set_placement(place)


def _polygons(shape: Any) -> Iterator[shapely.Polygon]:
    yield from (p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty)


@contextmanager
def _no_clock() -> Iterator[None]:
    """While drawings are made and written: ids are fixed, dates a constant (put right in the text afterwards)."""
    import ezdxf

    before = ezdxf.options.write_fixed_meta_data_for_testing
    ezdxf.options.write_fixed_meta_data_for_testing = True
    try:
        yield
    finally:
        ezdxf.options.write_fixed_meta_data_for_testing = before
