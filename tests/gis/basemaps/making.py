"""Small orthophotos and files of tiles for tests."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from PIL import Image

from gis.basemaps.tiles import MERCATOR

CRS = "EPSG:4546"
X, Y = 417_000.0, 4_496_000.0


def quarters(n: int = 64) -> np.ndarray:
    """(3, n, n): red, green in the north; blue, white in the south."""
    made = np.zeros((3, n, n), np.uint8)
    h = n // 2
    made[0, :h, :h] = 250
    made[1, :h, h:] = 250
    made[2, h:, :h] = 250
    made[:, h:, h:] = 250
    return made


def write_photo(
    path: Path, data: np.ndarray | None = None, *, crs: str | None = CRS, pixel: float = 1.0, driver: str = "GTiff",
    transform: Affine | None = None, **more: object,
) -> Path:  # fmt: skip
    """A picture whose upper left corner is (X, Y)."""
    data = quarters() if data is None else data
    where = transform or Affine(pixel, 0, X, 0, -pixel, Y)
    with rasterio.open(path, "w", driver=driver, width=data.shape[2], height=data.shape[1], count=data.shape[0],
                       dtype=data.dtype.name, crs=crs, transform=where, **more) as out:  # fmt: skip
        out.write(data)
    return path


def write_jpeg(path: Path, *, world: bool = True) -> Path:
    """A JPEG with a world file that names no system."""
    Image.fromarray(np.moveaxis(quarters(), 0, -1)).save(path, quality=95)
    if world:
        numbers = (1.0, 0.0, 0.0, -1.0, X + 0.5, Y - 0.5)  # a world file names the middle of the first pixel
        path.with_suffix(".jgw").write_text("\n".join(map(str, numbers)), encoding="ascii")
    return path


def png(colour: tuple[int, ...], side: int = 256) -> bytes:
    """One tile of one colour."""
    held = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (side, side), colour).save(held, "PNG")
    return held.getvalue()


def write_mbtiles(path: Path, tiles: dict[tuple[int, int, int], bytes], **meta: str) -> Path:
    """Tiles by (zoom, column, row counted from the south)."""
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        con.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
        con.executemany("INSERT INTO metadata VALUES (?, ?)", {"name": "t", "format": "png", **meta}.items())
        con.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", [(*k, v) for k, v in tiles.items()])
    return path


def mercator_tile(zoom: int, x: float, y: float) -> tuple[int, int]:
    """Column and row (from the south) of the tile that holds a place in Web Mercator metres."""
    size = 2 * MERCATOR / 2**zoom
    return int((x + MERCATOR) // size), int((y + MERCATOR) // size)


def write_gpkg(path: Path, tables: tuple[str, ...] = ("tiles",), code: int = 4546) -> Path:
    """A GeoPackage with tiles of 64 pixels of 1 m: two side by side, red and green, and one coarse level, grey."""
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, "
                    "organization_coordsys_id INTEGER, definition TEXT)")  # fmt: skip
        con.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('x', ?, 'EPSG', ?, 'undefined')", (code, code))
        con.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, srs_id INTEGER)")
        con.execute("CREATE TABLE gpkg_tile_matrix_set (table_name TEXT, srs_id INTEGER, min_x, min_y, max_x, max_y)")
        names = "zoom_level, matrix_width, matrix_height, tile_width, tile_height, pixel_x_size, pixel_y_size"
        con.execute(f"CREATE TABLE gpkg_tile_matrix (table_name TEXT, {names})")
        for table in tables:
            own = '"' + table.replace('"', '""') + '"'
            box = (table, code, X, Y - 64, X + 128, Y)
            con.execute("INSERT INTO gpkg_contents VALUES (?, 'tiles', ?)", (table, code))
            con.execute("INSERT INTO gpkg_tile_matrix_set VALUES (?, ?, ?, ?, ?, ?)", box)
            levels = [(table, 0, 1, 1, 2.0, 2.0), (table, 1, 2, 1, 1.0, 1.0)]
            con.executemany("INSERT INTO gpkg_tile_matrix VALUES (?, ?, ?, ?, 64, 64, ?, ?)", levels)
            con.execute(
                f"CREATE TABLE {own} (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)"
            )
            rows = [(0, 0, 0, png((90, 90, 90), 64)), (1, 0, 0, png((250, 0, 0), 64)), (1, 1, 0, png((0, 250, 0), 64))]
            con.executemany(f"INSERT INTO {own} VALUES (?, ?, ?, ?)", rows)
    return path
