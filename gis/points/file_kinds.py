"""What kind of file points may come from: a drawing, a file of features, or a table whose columns can be chosen."""

from __future__ import annotations

from pathlib import Path

from gis.drawings import is_dwg, is_dxf
from gis.formats import READERS, Reader, recognise
from gis.points.base import Row
from gis.points.landxml import is_surface_file
from gis.points.text import head_of as text_head
from gis.points.xlsx import head_of as xlsx_head
from models.errors import AppError, Refused
from models.notices import N_

ZIP = b"PK\x03\x04"
_WITH_HEIGHTS = ("gpkg", "shp", "geojson", "kml", "generate")
"""Formats of features whose vertices or fields may hold heights; tables and drawings have readers of their own."""


def is_drawing(path: Path) -> bool:
    """True for DXF by its first bytes. Raises Refused for DWG, which only CAD programs read."""
    try:
        if not path.is_file():  # a pipe would keep us waiting
            return False
        with path.open("rb") as file:
            head = file.read(4096)
    except (OSError, ValueError):
        return False  # what is wrong is told where the file is read
    if is_dwg(head):
        raise Refused(
            "points.dwg",
            N_("a DWG file is in the CAD program's own format, which is not read"),
            where=str(path),
            advice=N_("save it as DXF (2004 or newer) in the CAD program, only the layers with heights if it is large"),
        )
    return is_dxf(head)


def vector_reader(path: Path) -> Reader | None:
    """The reader of gis/formats that knows the file, None for tables. Raises Missing or Refused for no usable file."""
    try:
        return recognise(path, {key: READERS[key] for key in _WITH_HEIGHTS})
    except Refused as refused:
        if refused.key == "import.unknown_format":
            return None
        raise


def holds_features(path: Path) -> bool:
    """True for a file of features whose vertices or fields may hold heights. Raises Missing or Refused as recognise."""
    return vector_reader(path) is not None


def table_head(path: Path, *, encoding: str | None = None, sublayer: str | None = None) -> list[Row]:
    """The first rows of a table (text or workbook), to choose columns by; [] for other files and for damaged ones."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if head.startswith(ZIP):
            return xlsx_head(path, sublayer)
        other = is_dxf(head) or is_surface_file(path) or vector_reader(path) is not None
        return [] if other else text_head(path, encoding)
    except (AppError, OSError):
        return []
