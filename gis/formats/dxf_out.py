"""DXF out (AutoCAD 2004, GBK): closed polylines by layer, names as texts, fields as extended data.

A DXF knows no coordinate system: numbers are metres of the project's system, which is told. Other programs see outlines
and texts; this one finds fields, parts, holes and the system again in the extended data.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.drawings.contents import APPID
from gis.drawings.writing import add_style, fit, new_document
from gis.formats.base import Writer
from gis.formats.values import plain_value
from layers.registry import LAYERS
from models.notices import N_, Notice

_CHUNK = 240
_BAD_NAME = re.compile(r'[<>/\\":;?*|=,`\x00-\x1f]')
_MOST_TEXT_M = 20.0


def write(table: Any, path: Path, layer: str, encoding: str) -> list[Notice]:
    """Each ring as a closed LWPOLYLINE, each point as POINT, each open line as LWPOLYLINE."""
    del encoding
    drawing = new_document()
    drawing.appids.add(APPID)
    name = fit(_BAD_NAME.sub("_", layer)) or "0"
    texts = f"{name}_text"
    style = LAYERS[layer].style if layer in LAYERS else None
    for each in (name, texts):
        if each not in drawing.layers:
            made = drawing.layers.add(each)
            if style is not None:
                red, green, blue = (int(style.line.color[i : i + 2], 16) for i in (1, 3, 5))
                made.rgb = (red, green, blue)
    if "hz" not in drawing.styles:
        add_style(drawing, "hz")
    space = drawing.modelspace()
    code = ":".join(table.crs.to_authority() or ()) or table.crs.name
    columns = [c for c in table.columns if c != "geometry"]
    values = table[columns].itertuples(index=False, name=None)
    for number, (row, shape) in enumerate(zip(values, table.geometry, strict=True), 1):
        fields = {"$crs": code} | {
            c: v for c, v in zip(columns, (plain_value(v) for v in row), strict=True) if v is not None
        }
        if shape is None or shape.is_empty:
            continue
        _draw(space, number, fields, shape, name)
        label = str(fields.get("name") or fields.get("code") or "")
        if label and shape.geom_type in {"Polygon", "MultiPolygon"}:
            place, height = shape.representative_point(), min(max(shape.area**0.5 / 15, 0.5), _MOST_TEXT_M)
            line = " ".join(fit(label).split())
            attributes = {"layer": texts, "height": height, "style": "hz"}
            space.add_text(line, dxfattribs=attributes).set_placement((place.x, place.y))
    drawing.saveas(path)
    text = N_("a DXF says no coordinate system: its numbers are {crs}, metres, easting as X")
    return [Notice("dxf.crs", text, crs=code)]


def _draw(space: Any, number: int, fields: dict[str, Any], shape: BaseGeometry, layer: str) -> None:
    for part, single in enumerate(shapely.get_parts(shape)):
        if single.geom_type == "Point":
            made = space.add_point((single.x, single.y), dxfattribs={"layer": layer})
            _mark(made, fields)
        elif single.geom_type == "Polygon":
            for ring, line in enumerate((single.exterior, *single.interiors)):
                corners = shapely.get_coordinates(line)[:-1].tolist()
                made = space.add_lwpolyline(corners, close=True, dxfattribs={"layer": layer})
                _mark(made, {**(fields if part == ring == 0 else {}), "$ring": [number, part, ring]})
        else:
            made = space.add_lwpolyline(shapely.get_coordinates(single).tolist(), dxfattribs={"layer": layer})
            _mark(made, fields)


def _mark(entity: Any, fields: dict[str, Any]) -> None:
    # ASCII only, and no "+" or "%" either: programs read \\U+4E2D and %% in texts as signs of their own.
    text = json.dumps(fields, ensure_ascii=True, default=str)
    text = text.replace("+", "\\u002b").replace("%", "\\u0025").replace("^", "\\u005e")
    entity.set_xdata(APPID, [(1000, text[i : i + _CHUNK]) for i in range(0, len(text), _CHUNK)])


WRITER = Writer("dxf", "DXF", ".dxf", (), write)
