"""What the bench of the map draws: polygons over a square, the same as a GeoPackage, and a terrain under them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

SIDE_M = 20_000.0
LEFT = BOTTOM = 437_000.0
CRS = "EPSG:4546"
CASES = {"A 5 000 x 200": (5_000, 200), "B 50 000 x 20": (50_000, 20)}
ZOOMS = (1, 4, 20)
WIDTH, HEIGHT = 1920, 1080
DEM_SIDE = 4_000


def polygons(count: int, vertices: int) -> np.ndarray:
    """Rounded shapes that cover the square without much overlap."""
    g = np.random.default_rng(7)
    n = int(np.ceil(np.sqrt(count)))
    cell = SIDE_M / n
    centre = (np.stack(np.divmod(np.arange(count), n), axis=1) + 0.5) * cell + LEFT
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    k = np.arange(2, 6)[:, None]
    wave = 1 + 0.25 * np.einsum("ck,kv->cv", g.normal(0, 0.3, (count, 4)), np.cos(k * angle)) / 2
    r = cell * 0.42 * wave
    xy = centre[:, None, :] + np.stack((r * np.cos(angle), r * np.sin(angle)), axis=-1)
    return shapely.polygons(xy)


def write_layer(path: Path, shapes: np.ndarray) -> Path:
    """The polygons as a GeoPackage layer with a spatial index."""
    import geopandas as gpd

    frame = gpd.GeoDataFrame({"code": [f"SK-{i}" for i in range(len(shapes))]}, geometry=shapes, crs=CRS)
    frame.to_file(path, layer="pits", driver="GPKG")
    return path


def write_terrain(path: Path) -> Path:
    """A terrain of 16 million cells of 5 m with overviews, as a survey office delivers it."""
    import rasterio
    from affine import Affine
    from rasterio.enums import Resampling

    j, i = np.meshgrid(np.arange(DEM_SIDE, dtype=np.float32), np.arange(DEM_SIDE, dtype=np.float32))
    z = 1050 + 40 * np.sin(j / 170) * np.cos(i / 230) + 6 * np.sin(j / 23 + i / 31) + i * np.float32(0.02)
    cell = SIDE_M / DEM_SIDE
    where = Affine(cell, 0, LEFT, 0, -cell, BOTTOM + SIDE_M)
    with rasterio.open(path, "w", driver="GTiff", width=DEM_SIDE, height=DEM_SIDE, count=1, dtype="float32", crs=CRS,
                       transform=where, tiled=True, compress="deflate", predictor=3) as out:  # fmt: skip
        out.write(z.astype(np.float32), 1)
        out.build_overviews([2, 4, 8], Resampling.average)
    return path


def view_bounds(zoom: int) -> tuple[float, float, float, float]:
    """Ground seen by a window of WIDTH x HEIGHT: the height of the square at zoom 1, around its middle."""
    x, y, scale = LEFT + SIDE_M / 2, BOTTOM + SIDE_M / 2, SIDE_M / HEIGHT / zoom
    return x - WIDTH / 2 * scale, y - HEIGHT / 2 * scale, x + WIDTH / 2 * scale, y + HEIGHT / 2 * scale
