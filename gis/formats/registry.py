"""The formats in and out by key. A new format is one module and one line in these tables.

A reader's module is imported when its file is opened: the child process that parses a file starts with that one alone.
"""

from __future__ import annotations

from importlib import import_module

from gis.formats.base import Reader, Writer

# The first that recognises a file reads it: archives after the workbook, which is one, and tables, which have no mark
# of their own, after all others.
READING = {
    "gpkg": "geopackage",
    "shp": "shapefile",
    "geojson": "geojson",
    "kml": "kml",
    "gpx": "gpx",
    "dxf": "dxf",
    "photos": "photos",
    "xlsx": "xlsx",
    "ods": "ods",
    "zip": "archive",
    "land_txt": "land_txt",
    "generate": "generate",
    "csv": "csv",
}
WRITING = ("geopackage", "shapefile", "geojson", "kml_out", "dxf_out", "table_out", "land_txt")
"""Modules with a WRITER, or several WRITERS."""


def reader(key: str) -> Reader:
    """The reader with this key. Raises KeyError."""
    found: Reader = import_module(f"gis.formats.{READING[key]}").READER
    return found


def readers() -> dict[str, Reader]:
    """All readers, in the order in which they are asked."""
    return {key: reader(key) for key in READING}


def writers() -> dict[str, Writer]:
    """All writers."""
    modules = [import_module(f"gis.formats.{name}") for name in WRITING]
    return {w.key: w for m in modules for w in getattr(m, "WRITERS", None) or (m.WRITER,)}
