"""Styles as OGC Styled Layer Descriptors (1.0.0), for programs other than QGIS. Lengths in pixels of 0.28 mm."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from layers.base import LayerType
from layers.style import LayerStyle
from models.notices import Translate

_PIXEL_MM = 0.28


def sld(layer: LayerType, translate: Translate) -> str:
    """The SLD document of a layer; a rule for each value where the style depends on one."""
    root = ET.Element(
        "StyledLayerDescriptor",
        {
            "version": "1.0.0",
            "xmlns": "http://www.opengis.net/sld",
            "xmlns:ogc": "http://www.opengis.net/ogc",
        },
    )
    named = ET.SubElement(root, "NamedLayer")
    ET.SubElement(named, "Name").text = layer.key
    style = ET.SubElement(ET.SubElement(named, "UserStyle"), "FeatureTypeStyle")
    field = layer.field_named(layer.style_by) if layer.style_by else None
    for choice in field.choices if field else ():
        rule = _rule(style, translate(choice.label))
        equal = ET.SubElement(ET.SubElement(rule, "ogc:Filter"), "ogc:PropertyIsEqualTo")
        ET.SubElement(equal, "ogc:PropertyName").text = layer.style_by
        ET.SubElement(equal, "ogc:Literal").text = choice.value
        _symbolizer(rule, layer, layer.style_of(choice.value))
    rule = _rule(style, translate(layer.plural))
    if field:
        ET.SubElement(rule, "ElseFilter")
    _symbolizer(rule, layer, layer.style)
    return ET.tostring(root, encoding="unicode")


def _rule(style: ET.Element, title: str) -> ET.Element:
    rule = ET.SubElement(style, "Rule")
    ET.SubElement(rule, "Title").text = title
    return rule


def _symbolizer(rule: ET.Element, layer: LayerType, style: LayerStyle) -> None:
    if layer.geometry == "POINT":
        graphic = ET.SubElement(ET.SubElement(rule, "PointSymbolizer"), "Graphic")
        mark = ET.SubElement(graphic, "Mark")
        ET.SubElement(mark, "WellKnownName").text = "circle"
        _paint(mark, style)
        ET.SubElement(graphic, "Size").text = _pixels(style.marker_mm)
    else:
        _paint(ET.SubElement(rule, "PolygonSymbolizer"), style)


def _paint(parent: ET.Element, style: LayerStyle) -> None:
    if style.fill:
        fill = ET.SubElement(parent, "Fill")
        _parameter(fill, "fill", style.fill.color)
        _parameter(fill, "fill-opacity", f"{style.fill.opacity:g}")
    stroke = ET.SubElement(parent, "Stroke")
    _parameter(stroke, "stroke", style.line.color)
    _parameter(stroke, "stroke-width", _pixels(style.line.width_mm))
    if style.line.dash_mm:
        _parameter(stroke, "stroke-dasharray", " ".join(map(_pixels, style.line.dash_mm)))


def _parameter(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, "CssParameter", name=name).text = value


def _pixels(mm: float) -> str:
    return f"{mm / _PIXEL_MM:.2f}"
