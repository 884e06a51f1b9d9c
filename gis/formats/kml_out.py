"""KML out (OGC KML 2.2): WGS 84, in the layer's own colours, marked as made for viewing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.formats.base import Writer
from gis.formats.values import legal, plain_value
from layers.registry import LAYERS
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_, Notice

_SPACE = "http://www.opengis.net/kml/2.2"
_DECIMALS = 9
"""1e-9 degrees is a tenth of a millimetre on the ground."""
_PIXELS_PER_MM = 4.0
_PLAIN = LayerStyle(LineStyle("#344054", 0.35), FillStyle("#FDB022", 0.25), marker_mm=2.0)
_FOR_VIEWING = "仅供浏览，不作测量依据。For viewing only; not for survey."


def write(table: Any, path: Path, layer: str, encoding: str) -> list[Notice]:
    """One folder of placemarks with all fields as extended data."""
    del encoding
    from lxml import etree

    degrees = table.to_crs("OGC:CRS84")
    style = LAYERS[layer].style if layer in LAYERS else _PLAIN
    columns = [c for c in degrees.columns if c != "geometry"]
    dropped = 0
    with path.open("wb") as file, etree.xmlfile(file, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element("kml", xmlns=_SPACE), xml.element("Document"):
            _text(xml, "name", legal(layer)[0])
            _text(xml, "description", _FOR_VIEWING)
            xml.write(_style(etree, style))
            for values, shape in zip(
                degrees[columns].itertuples(index=False, name=None), degrees.geometry, strict=True
            ):
                fields = dict(zip(columns, (plain_value(v) for v in values), strict=True))
                dropped += _placemark(etree, xml, fields, shape)
            xml.write("\n")
    notices = [Notice("kml.viewing", N_("coordinates were written as WGS 84 longitude and latitude, for viewing"))]
    if dropped:
        text = N_("{count} texts lost characters that the format cannot hold")
        notices.append(Notice("export.characters", text, count=dropped))
    return notices


def _text(xml: Any, name: str, text: str) -> None:
    with xml.element(name):
        xml.write(text)


def _style(etree: Any, style: LayerStyle) -> Any:
    root = etree.Element("Style", id="layer")
    line = etree.SubElement(root, "LineStyle")
    etree.SubElement(line, "color").text = _colour(style.line.color, 1.0)
    etree.SubElement(line, "width").text = f"{max(style.line.width_mm * _PIXELS_PER_MM, 1.0):.1f}"
    fill = etree.SubElement(root, "PolyStyle")
    if style.fill is None:
        etree.SubElement(fill, "fill").text = "0"
    else:
        etree.SubElement(fill, "color").text = _colour(style.fill.color, style.fill.opacity)
        icon = etree.SubElement(root, "IconStyle")
        etree.SubElement(icon, "color").text = _colour(style.fill.color, 1.0)
    return root


def _colour(rgb: str, opacity: float) -> str:
    """KML's order: opacity, blue, green, red."""
    return f"{round(opacity * 255):02x}{rgb[5:7]}{rgb[3:5]}{rgb[1:3]}".lower()


def _placemark(etree: Any, xml: Any, fields: dict[str, Any], shape: BaseGeometry | None) -> int:
    mark = etree.Element("Placemark")
    dropped = 0
    title = fields.get("name") or fields.get("code")
    if title is not None:
        etree.SubElement(mark, "name").text = legal(str(title))[0]
    etree.SubElement(mark, "styleUrl").text = "#layer"
    extended = etree.SubElement(mark, "ExtendedData")
    for name, value in fields.items():
        data = etree.SubElement(extended, "Data", name=legal(name)[0])
        text, lost = legal("" if value is None else str(value))
        dropped += lost
        etree.SubElement(data, "value").text = text
    if shape is not None and not shape.is_empty:
        mark.append(_geometry(etree, shape))
    xml.write(mark)
    return dropped


def _geometry(etree: Any, shape: Any) -> Any:
    if shape.geom_type.startswith("Multi") or shape.geom_type == "GeometryCollection":
        parts = list(shapely.get_parts(shape))
        if len(parts) == 1:
            return _geometry(etree, parts[0])
        root = etree.Element("MultiGeometry")
        for part in parts:
            root.append(_geometry(etree, part))
        return root
    if shape.geom_type == "Polygon":
        root = etree.Element("Polygon")
        turned = shapely.orient_polygons(shape)
        for side, rings in (("outerBoundaryIs", [turned.exterior]), ("innerBoundaryIs", list(turned.interiors))):
            for ring in rings:
                inner = etree.SubElement(etree.SubElement(root, side), "LinearRing")
                etree.SubElement(inner, "coordinates").text = _coordinates(ring)
        return root
    root = etree.Element("Point" if shape.geom_type == "Point" else "LineString")
    etree.SubElement(root, "coordinates").text = _coordinates(shape)
    return root


def _coordinates(shape: BaseGeometry) -> str:
    return " ".join(f"{x:.{_DECIMALS}f},{y:.{_DECIMALS}f}" for x, y in shapely.get_coordinates(shape).tolist())


WRITER = Writer("kml", "KML", ".kml", (), write, degrees=True)
