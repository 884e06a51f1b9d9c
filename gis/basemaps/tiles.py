"""Tiles of MBTiles 1.3 and GeoPackage (OGC 12-128r, clause 2.2) files: their levels, and a mosaic for a view."""

from __future__ import annotations

import io
import math
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.basemaps.opening import ADVICE, damaged, open_tiles
from models.basemap import Basemap
from models.errors import AppError, Refused
from models.notices import N_, Notice

U8 = NDArray[np.uint8]
Bounds = tuple[float, float, float, float]
MERCATOR = 20037508.342789244
"""Half the side of the Web Mercator square, metres (EPSG:3857)."""
MAX_TILES = 500
"""More tiles than this for one picture: a coarser level serves it."""
_MAX_SIDE = 1024
_MAX_ZOOM = 26
_FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True)
class Level:
    """A zoom level: its corner, pixel sizes in the unit of the CRS, size of a tile, and how many there are."""

    zoom: int
    left: float
    top: float
    dx: float
    dy: float
    side_x: int
    side_y: int
    columns: int
    rows: int


def inspect(path: Path, table: str | None) -> dict[str, Any]:
    """Facts for a Basemap record. Raises Unreadable or Refused."""
    con = open_tiles(path)
    try:
        sql = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        names = {str(r[0]).lower() for r in con.execute(sql)}
        if "gpkg_contents" in names:
            return _inspect_geopackage(con, path, table, names)
        if {"tiles", "metadata"} <= names:
            return _inspect_mbtiles(con, path)
    except AppError:
        raise
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        raise damaged(path) from error
    finally:
        con.close()
    what = N_("the database holds no tiles (neither MBTiles nor GeoPackage)")
    raise Refused("basemap.no_tiles", what, where=str(path), advice=ADVICE)


def _inspect_mbtiles(con: sqlite3.Connection, path: Path) -> dict[str, Any]:
    meta = {str(k).lower(): v for k, v in con.execute("SELECT name, value FROM metadata LIMIT 200")}
    form = str(meta.get("format", "png")).lower()
    if form in ("pbf", "mvt", "application/vnd.mapbox-vector-tile"):
        raise Refused("basemap.vector_tiles", N_("the file holds vector tiles; only pictures can lie under the map"),
                      where=str(path), advice=N_("export the map as raster tiles (PNG, JPEG or WebP)"))  # fmt: skip
    zooms = [int(r[0]) for r in con.execute("SELECT DISTINCT zoom_level FROM tiles ORDER BY 1 LIMIT 64")]
    zooms = [z for z in zooms if 0 <= z <= _MAX_ZOOM]
    if not zooms:
        raise _empty(path)
    top = zooms[-1]
    sql = "SELECT min(tile_column), max(tile_column), min(tile_row), max(tile_row) FROM tiles WHERE zoom_level = ?"
    c0, c1, r0, r1 = (int(v) for v in con.execute(sql, (top,)).fetchone())
    side = _side(path, con.execute("SELECT tile_data FROM tiles WHERE zoom_level = ? LIMIT 1", (top,)).fetchone()[0])
    size = 2 * MERCATOR / 2**top
    bounds = (c0 * size - MERCATOR, r0 * size - MERCATOR, (c1 + 1) * size - MERCATOR, (r1 + 1) * size - MERCATOR)
    pixel = size / side
    return {
        "kind": "mbtiles", "crs": "EPSG:3857", "bounds": bounds, "levels": tuple(zooms), "bands": 4, "dtype": "uint8",
        "width": round((bounds[2] - bounds[0]) / pixel), "height": round((bounds[3] - bounds[1]) / pixel),
        "transform": (pixel, 0.0, bounds[0], 0.0, -pixel, bounds[3]),
        "attribution": str(meta.get("attribution") or "")[:200],
    }  # fmt: skip


def _inspect_geopackage(con: sqlite3.Connection, path: Path, table: str | None, names: set[str]) -> dict[str, Any]:
    found = [
        str(r[0]) for r in con.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'tiles' ORDER BY 1")
    ]
    if not found:
        advice = N_("import it as a project or as outlines instead") if "change_log" in names \
            else N_("import its layers with import instead")  # fmt: skip
        raise Refused("basemap.no_tiles_in_gpkg", N_("the GeoPackage holds no tiles"), where=str(path), advice=advice)
    if table is None and len(found) > 1:
        raise Refused("basemap.which_table", N_("the GeoPackage holds several sets of tiles: {names}"), where=str(path),
                      names=", ".join(found[:12]), advice=N_("name one with --sublayer"))  # fmt: skip
    if table is not None and table not in found:
        raise Refused("basemap.no_table", N_("the GeoPackage holds no tiles named {name}; it has {names}"), name=table,
                      where=str(path), names=", ".join(found[:12]), advice=N_("name one with --sublayer"))  # fmt: skip
    name = table or found[0]
    levels = _geopackage_levels(con, name)
    if not levels:
        raise _empty(path)
    row = con.execute(
        "SELECT s.organization, s.organization_coordsys_id, s.definition FROM gpkg_tile_matrix_set m "
        "JOIN gpkg_spatial_ref_sys s ON s.srs_id = m.srs_id WHERE m.table_name = ?", (name,)
    ).fetchone()  # fmt: skip
    if row is None:
        raise damaged(path)
    best = levels[-1]
    bounds = (best.left, best.top - best.rows * best.side_y * best.dy,
              best.left + best.columns * best.side_x * best.dx, best.top)  # fmt: skip
    return {
        "kind": "geopackage", "table": name, "crs": _crs_of(row, path), "bounds": bounds, "bands": 4, "dtype": "uint8",
        "levels": tuple(lv.zoom for lv in levels), "width": best.columns * best.side_x,
        "height": best.rows * best.side_y, "transform": (best.dx, 0.0, best.left, 0.0, -best.dy, best.top),
    }  # fmt: skip


def _crs_of(row: tuple[Any, ...], path: Path) -> str:
    from gis.crs import crs_text, horizontal, parse_crs

    organization, code, definition = row
    for text in (f"{organization}:{code}", str(definition or "")):
        try:
            return crs_text(horizontal(parse_crs(text)))
        except AppError:
            continue
    raise damaged(path, Notice("basemap.gpkg_crs", N_("its coordinate system ({name}) is not known"),
                               name=f"{organization}:{code}"))  # fmt: skip


def _geopackage_levels(con: sqlite3.Connection, table: str) -> list[Level]:
    box = con.execute("SELECT min_x, max_y FROM gpkg_tile_matrix_set WHERE table_name = ?", (table,)).fetchone()
    sql = (
        "SELECT zoom_level, pixel_x_size, pixel_y_size, tile_width, tile_height, matrix_width, matrix_height "
        "FROM gpkg_tile_matrix WHERE table_name = ? ORDER BY zoom_level LIMIT 64"
    )
    levels = []
    for zoom, dx, dy, *counts in con.execute(sql, (table,)) if box else ():
        level = Level(int(zoom), float(box[0]), float(box[1]), float(dx), float(dy), *(int(n) for n in counts))
        sane = 0 < level.side_x <= _MAX_SIDE and 0 < level.side_y <= _MAX_SIDE and level.columns > 0 and level.rows > 0
        if sane and level.dx > 0 and level.dy > 0 and math.isfinite(level.left + level.top + level.dx + level.dy):
            levels.append(level)
    sql = f"SELECT 1 FROM {_quoted(table)} WHERE zoom_level = ? LIMIT 1"  # noqa: S608 - a quoted name
    return [lv for lv in levels if con.execute(sql, (lv.zoom,)).fetchone()]


def _quoted(table: str) -> str:
    return '"' + table.replace('"', '""') + '"'


def _side(path: Path, tile: Any) -> int:
    image = _decoded(tile)
    if image is None or image.shape[0] != image.shape[1]:
        raise damaged(path)
    return int(image.shape[0])


def _empty(path: Path) -> Refused:
    return Refused("basemap.empty", N_("the file has no tile in it"), where=str(path),
                   advice=N_("export the tiles again"))  # fmt: skip


def _decoded(blob: Any) -> U8 | None:
    """RGBA of a PNG, JPEG or WebP tile; None for anything else, or a picture too large to be a tile."""
    from PIL import Image, UnidentifiedImageError

    if not isinstance(blob, bytes):
        return None
    try:
        with Image.open(io.BytesIO(blob), formats=_FORMATS) as image:
            if max(image.size) > _MAX_SIDE:
                return None
            return np.asarray(image.convert("RGBA"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def levels_of(con: sqlite3.Connection, basemap: Basemap) -> list[Level]:
    """The zoom levels from coarse to fine."""
    if basemap.kind == "geopackage":
        return _geopackage_levels(con, basemap.table)
    side = round((basemap.bounds[2] - basemap.bounds[0]) / basemap.pixel)
    finest = basemap.levels[-1]
    pixels = max(1, min(_MAX_SIDE, round(2 * MERCATOR / 2**finest / basemap.pixel))) if side else 256
    made = []
    for zoom in basemap.levels:
        step = 2 * MERCATOR / 2**zoom / pixels
        made.append(Level(zoom, -MERCATOR, MERCATOR, step, step, pixels, pixels, 2**zoom, 2**zoom))
    return made


def read(
    basemap: Basemap, path: Path, bounds: Bounds, pixel: float, stopped: Callable[[], bool]
) -> tuple[U8, Bounds] | None:
    """RGBA mosaic of the tiles that meet `bounds` (in the tiles' CRS) at about `pixel` units a pixel, and its edges.

    None where there are none, or if stopped. A tile that is damaged stays clear. Raises Unreadable for the file.
    """
    con = open_tiles(path)
    try:
        levels = levels_of(con, basemap)
        at = next((n for n, lv in enumerate(levels) if lv.dx <= pixel * 1.4), len(levels) - 1)
        for level in reversed(levels[: at + 1]):
            window = _window(level, bounds, basemap.bounds)
            if window is None:
                return None
            c0, c1, r0, r1 = window
            if (c1 - c0) * (r1 - r0) <= MAX_TILES:
                return _mosaic(con, basemap, level, window, stopped)
    except AppError:
        raise
    except (sqlite3.Error, ValueError, TypeError, OverflowError, IndexError) as error:
        raise damaged(path) from error
    finally:
        con.close()
    return None


def _window(level: Level, bounds: Bounds, own: Bounds) -> tuple[int, int, int, int] | None:
    x0, y0, x1, y1 = (
        max(bounds[0], own[0]), max(bounds[1], own[1]), min(bounds[2], own[2]), min(bounds[3], own[3]),
    )  # fmt: skip
    if x0 >= x1 or y0 >= y1:
        return None
    wide, high = level.dx * level.side_x, level.dy * level.side_y
    tiny = 1e-9
    c0 = max(math.floor((x0 - level.left) / wide + tiny), 0)
    c1 = min(math.ceil((x1 - level.left) / wide - tiny), level.columns)
    r0 = max(math.floor((level.top - y1) / high + tiny), 0)
    r1 = min(math.ceil((level.top - y0) / high - tiny), level.rows)
    return (c0, c1, r0, r1) if c0 < c1 and r0 < r1 else None


def _mosaic(
    con: sqlite3.Connection, basemap: Basemap, level: Level, window: tuple[int, int, int, int],
    stopped: Callable[[], bool],
) -> tuple[U8, Bounds] | None:  # fmt: skip
    c0, c1, r0, r1 = window
    out = np.zeros(((r1 - r0) * level.side_y, (c1 - c0) * level.side_x, 4), np.uint8)
    mb = basemap.kind == "mbtiles"
    table = _quoted("tiles" if mb else basemap.table)
    low, high = (2**level.zoom - r1, 2**level.zoom - 1 - r0) if mb else (r0, r1 - 1)  # MBTiles count rows from below
    sql = (
        f"SELECT tile_column, tile_row, tile_data FROM {table} WHERE zoom_level = ? "  # noqa: S608 - a quoted name
        "AND tile_column BETWEEN ? AND ? AND tile_row BETWEEN ? AND ?"
    )
    any_tile = False
    for n, (column, row, blob) in enumerate(con.execute(sql, (level.zoom, c0, c1 - 1, low, high))):
        if stopped() or n >= MAX_TILES:
            break
        image = _decoded(blob)
        if image is None:
            continue
        i = (2**level.zoom - 1 - int(row) if mb else int(row)) - r0
        j = int(column) - c0
        h, w = min(image.shape[0], level.side_y), min(image.shape[1], level.side_x)
        out[i * level.side_y : i * level.side_y + h, j * level.side_x : j * level.side_x + w] = image[:h, :w]
        any_tile = True
    if stopped() or not any_tile:
        return None
    wide, tall = level.dx * level.side_x, level.dy * level.side_y
    return out, (level.left + c0 * wide, level.top - r1 * tall, level.left + c1 * wide, level.top - r0 * tall)
