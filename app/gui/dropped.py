"""What a file dropped on the window is: one that terrain is made of, one that lies under the map, or something else."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from models.errors import AppError

_TERRAIN = {".tif", ".tiff", ".asc", ".img", ".las", ".laz", ".dat", ".dxf", ".landxml"}
_PICTURES = {".mbtiles", ".jpg", ".jpeg", ".png"}
_TABLES = {".csv", ".txt", ".tsv", ".xyz"}
_ANY_TABLE = {".csv", ".xlsx", ".docx"}
_SHAPE_LINES = {1, 8, 11, 13, 18}
"""Shapes that outlines never are: points and lines with z (ESRI Shapefile Technical Description, 1998)."""
_ROWS = 200
_LEAST_M = 10_000.0
"""Grid coordinates are larger; what a laboratory measures is not, and has no columns named as coordinates."""


def lies_under(path: Path) -> bool:
    """True for a basemap: tiles, a JPEG or PNG, or a TIFF of colours (one of heights has one band)."""
    suffix = path.suffix.lower()
    if suffix in (".tif", ".tiff"):
        return _has_colours(path)
    return suffix in _PICTURES


def _has_colours(path: Path) -> bool:
    from gis.basemaps.opening import open_raster

    try:
        with open_raster(path) as ds:
            return bool(ds.count >= 3 and ds.dtypes[0] == "uint8")
    except AppError:
        return False


def makes_terrain(path: Path) -> bool:
    """True for what goes into "Add terrain". Tables and shapefiles are told by their first bytes.

    Tables of laboratory values come in CSV too: a table is one of points if it shows two coordinates and a height.
    """
    suffix = path.suffix.lower()
    if suffix in _TERRAIN:
        return True
    if suffix == ".xml":
        from gis.points.landxml import is_surface_file

        return is_surface_file(path)
    if path.is_dir():
        return any(p.suffix.lower() in _TERRAIN for p in islice(path.iterdir(), 1000))
    if suffix == ".shp":
        return _shape(path) in _SHAPE_LINES
    return suffix in _TABLES and not brings_features(path) and _is_points(path)


def brings_features(path: Path) -> bool:
    """True for a file that a reader of features knows by its content; tables are as likely something else."""
    from gis.formats import READERS, recognise

    if path.suffix.lower() in _ANY_TABLE:
        return False
    readers = {key: reader for key, reader in READERS.items() if _ANY_TABLE.isdisjoint(reader.suffixes)}
    try:
        recognise(path, readers)
    except AppError:
        return False
    return True


def why_not(path: Path) -> AppError | None:
    """What the readers say of a file that is nothing here, where they say what to do (a DWG, a part of a shapefile)."""
    from gis.formats import READERS, recognise

    try:
        recognise(path, READERS)
    except AppError as error:
        return error if error.advice.text else None
    return None


def _shape(path: Path) -> int:
    try:
        with path.open("rb") as file:
            head = file.read(36)
    except OSError:
        return -1
    return int.from_bytes(head[32:36], "little") if len(head) == 36 else -1


def _is_points(path: Path) -> bool:
    from gis.points.columns import find_layout
    from gis.points.numbers import parse_number
    from gis.points.text import codec_of, delimiter_of, rows_of

    try:
        codec = codec_of(path, None)
        rows = list(islice(rows_of(path, codec, delimiter_of(path, codec)), _ROWS))
        layout = find_layout(rows, str(path))
    except (AppError, OSError):
        return False
    if layout.basis.key == "points.by_names":
        return True
    first = [parse_number(cells[layout.first]) for _, cells in rows if len(cells) >= layout.width]
    return any(abs(v) > _LEAST_M for v in first if v is not None)
