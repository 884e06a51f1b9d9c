"""Styles and forms for QGIS: the table layer_styles, filled from the declarations in layers/ (QML, and SLD for others).

What QGIS draws is what our canvas draws (colours, widths, dashes, hatches), as far as simple symbols can say it.
"""

from __future__ import annotations

import sqlite3
from xml.etree import ElementTree as ET

from gis.store.gpkg import quote, register_table
from gis.store.sld import sld
from gis.store.tables import GEOMETRY_COLUMN
from layers.base import Field, LayerType
from layers.registry import LAYERS
from layers.style import LayerStyle
from models.notices import Translate

_TABLE = """CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_DOTS_MM, _LINES_MM, _SPARSE_MM = 1.6, 1.4, 4.0
_FILL, _MARKER = "fill", "marker"


def write_styles(con: sqlite3.Connection, translate: Translate) -> None:
    """The table, with one style for each layer, which QGIS takes by itself when it opens the layer."""
    con.execute(_TABLE)
    register_table(con, "layer_styles", "", None)
    for layer in LAYERS.values():
        con.execute(
            f"INSERT INTO {quote('layer_styles')} (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
            "styleName, styleQML, styleSLD, useAsDefault, description, owner) VALUES ('','',?,?,?,?,?,1,'','')",
            (layer.key, GEOMETRY_COLUMN, layer.key, qml(layer, translate), sld(layer, translate)),
        )


def qml(layer: LayerType, translate: Translate) -> str:
    """The style of a layer as QGIS keeps it: symbols, lists of values, titles of the columns."""
    root = ET.Element("qgis", version="3.22.4", styleCategories="Symbology|Fields|Forms")
    renderer = ET.SubElement(root, "renderer-v2", enableorderby="0", symbollevels="0", forceraster="0")
    symbols = ET.Element("symbols")
    if layer.style_by:
        renderer.set("type", "categorizedSymbol")
        renderer.set("attr", layer.style_by)
        _categories(renderer, layer, translate, symbols)
    else:
        renderer.set("type", "singleSymbol")
        _symbol(symbols, "0", layer, layer.style)
    renderer.append(symbols)
    _forms(root, layer, translate)
    ET.SubElement(root, "layerGeometryType").text = "0" if layer.geometry == "POINT" else "2"
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")


def _categories(renderer: ET.Element, layer: LayerType, translate: Translate, symbols: ET.Element) -> None:
    categories = ET.SubElement(renderer, "categories")
    field = layer.field_named(layer.style_by)
    choices = [(c.value, translate(c.label)) for c in field.choices] if field else []
    for index, (value, label) in enumerate([*choices, ("", translate(layer.plural))]):
        ET.SubElement(categories, "category", render="true", symbol=str(index), value=value, label=label, type="string")
        _symbol(symbols, str(index), layer, layer.style_of(value))


def _symbol(symbols: ET.Element, name: str, layer: LayerType, style: LayerStyle) -> None:
    point = layer.geometry == "POINT"
    symbol = ET.SubElement(symbols, "symbol", name=name, type=_MARKER if point else _FILL, alpha="1",
                           clip_to_extent="1", force_rhr="0")  # fmt: skip
    if point:
        fill = style.fill.color if style.fill else style.line.color
        _layer(symbol, "SimpleMarker", name="circle", color=_rgba(fill), outline_color=_rgba(style.line.color),
               outline_width=str(style.line.width_mm), outline_width_unit="MM", size=str(style.marker_mm),
               size_unit="MM")  # fmt: skip
        return
    if style.fill and style.fill.opacity > 0:
        _layer(symbol, "SimpleFill", color=_rgba(style.fill.color, style.fill.opacity), style="solid",
               outline_style="no")  # fmt: skip
    if style.fill:
        _hatch(symbol, style)
    dash = ";".join(str(mm) for mm in style.line.dash_mm)
    _layer(symbol, "SimpleLine", line_color=_rgba(style.line.color), line_width=str(style.line.width_mm),
           line_width_unit="MM", line_style="solid", joinstyle="round", use_custom_dash="1" if dash else "0",
           customdash=dash or "5;2", customdash_unit="MM")  # fmt: skip


def _hatch(symbol: ET.Element, style: LayerStyle) -> None:
    hatch = style.fill.hatch if style.fill else "none"
    color, width = _rgba(style.line.color), str(style.line.width_mm / 2)
    if hatch == "dots":
        pattern = _layer(symbol, "PointPatternFill", distance_x=str(_DOTS_MM), distance_y=str(_DOTS_MM),
                         displacement_x=str(_DOTS_MM / 2), distance_x_unit="MM", distance_y_unit="MM",
                         displacement_x_unit="MM")  # fmt: skip
        inner = ET.SubElement(pattern, "symbol", name=f"@{symbol.get('name')}@dots", type=_MARKER, alpha="1")
        _layer(inner, "SimpleMarker", name="circle", color=color, outline_style="no", size="0.3", size_unit="MM")
    angles = {"diagonal": (45,), "sparse": (45,), "cross": (45, 135)}.get(hatch, ())
    for angle in angles:
        gap = _SPARSE_MM if hatch == "sparse" else _LINES_MM
        pattern = _layer(symbol, "LinePatternFill", angle=str(angle), distance=str(gap), distance_unit="MM",
                         line_width=width, line_width_unit="MM", color=color)  # fmt: skip
        inner = ET.SubElement(pattern, "symbol", name=f"@{symbol.get('name')}@{angle}", type="line", alpha="1")
        _layer(inner, "SimpleLine", line_color=color, line_width=width, line_width_unit="MM", line_style="solid")


def _layer(symbol: ET.Element, kind: str, **options: str) -> ET.Element:
    element = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    for key, value in options.items():  # the form of 3.0 to 3.26; later versions read it too
        ET.SubElement(element, "prop", k=key, v=value)
    return element


def _rgba(color: str, opacity: float = 1.0) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _forms(root: ET.Element, layer: LayerType, translate: Translate) -> None:
    configuration = ET.SubElement(root, "fieldConfiguration")
    aliases = ET.SubElement(root, "aliases")
    editable = ET.Element("editable")
    for index, f in enumerate(layer.fields):
        field = ET.SubElement(configuration, "field", name=f.name)
        _widget(field, f, translate)
        title = "" if f.system else translate(f.label) + (f" ({f.unit})" if f.unit else "")
        ET.SubElement(aliases, "alias", field=f.name, index=str(index + 1), name=title)
        ET.SubElement(editable, "field", name=f.name, editable="0" if f.system else "1")
    root.append(editable)


def _widget(field: ET.Element, f: Field, translate: Translate) -> None:
    if f.system:
        ET.SubElement(field, "editWidget", type="Hidden")
    elif f.choices:
        widget = ET.SubElement(field, "editWidget", type="ValueMap")
        options = ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")
        listed = ET.SubElement(options, "Option", name="map", type="List")
        for choice in f.choices:
            entry = ET.SubElement(listed, "Option", type="Map")
            ET.SubElement(entry, "Option", name=translate(choice.label), type="QString", value=choice.value)
    else:
        kinds = {"date": "DateTime", "datetime": "DateTime", "boolean": "CheckBox"}
        ET.SubElement(field, "editWidget", type=kinds.get(f.kind, "TextEdit"))
