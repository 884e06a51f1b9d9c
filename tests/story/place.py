"""The made-up project of the story and the file that is imported into it; where things lie is known here only."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

from app.project import Project
from app.verbs.samples import import_samples
from app.verbs.terrain import add_terrain
from app.verbs.waste import add_waste
from models.changes import Insert
from models.notices import Notice

X, Y, SIZE = 417_000.0, 4_496_000.0, 160
RED_LINE = (X + 12, Y - 146, X + 136, Y - 112)
"""Bounds of the red line; its ring on the screen tells where the map lies."""
CORNERS = ((X + 110, Y - 20), (X + 110, Y - 100))
"""West corners of the neighbour, to which the imported outline is corrected."""
WRONG = ((X + 107, Y - 22), (X + 108, Y - 97))
"""Where the imported outline has them."""
CUT = ((X + 95, Y - 10), (X + 95, Y - 108))
"""A line that cuts the imported outline in two."""
ACROSS = ((X + 20, Y - 60), (X + 92, Y - 60))
"""A line for a section through the bowl."""
PIT = "SK-101"
_SAMPLES = """waste,sample,date,method,parameter,value,unit
FA-1,S1,2026-09-01,HJ 557,pH,8.1,
FA-1,S1,2026-09-01,HJ 557,Pb,0.02,mg/L
"""


def _heights() -> np.ndarray:
    """Ground at 1050 m, gently falling, with a bowl of 9 m."""
    row, col = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    z = 1050.0 + 0.01 * col - 9.0 * np.clip(1 - np.hypot(col - 60, row - 60) / 30, 0, 1)
    return np.asarray(z, "float32")


def fill_below(outline: shapely.MultiPolygon, level_m: float) -> float:
    """Cubic metres between the ground and a level inside an outline: whole cells of 1 m², nothing of the program's."""
    row, col = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    inside = shapely.contains_xy(outline, X + col, Y - row)
    return float(np.clip(level_m - _heights(), 0, None)[inside].sum())


def make(folder: Path) -> tuple[Path, Path]:
    """(project, outline file) in a new folder."""
    folder.mkdir(parents=True)
    project_file, outline_file, table, dem = (folder / n for n in ("p.gpkg", "pits.geojson", "lab.csv", "dem.tif"))
    with rasterio.open(
        dem, "w", driver="GTiff", width=SIZE, height=SIZE, count=1, dtype="float32", crs="EPSG:4546",
        transform=from_origin(X, Y, 1, 1),
    ) as out:  # fmt: skip
        out.write(_heights(), 1)
    table.write_text(_SAMPLES, encoding="utf8")
    with Project.create(project_file, crs="EPSG:4546", name="一日之工") as project:
        (right, top), (_right, bottom) = CORNERS
        neighbour = shapely.MultiPolygon([shapely.box(right, bottom, right + 38, top)])
        red = shapely.MultiPolygon([shapely.box(*RED_LINE)])
        rows = (
            ("sand_pits", {"code": "SK-001", "name": "东邻砂坑", "district": "九原区"}, neighbour),
            ("red_lines", {"code": "HX-001", "name": "红线"}, red),
        )
        project.store.transact(Notice("story", "made"), [Insert(t, {**v, "geometry": g}) for t, v, g in rows])
        add_terrain(project, dem, name="地形1m", source="lidar")
        add_waste(project, "FA-1", kind="fly_ash", name="粉煤灰", annual_t=120_000)
        import_samples(project, table)
    ring = [(X + 26, Y - 22), WRONG[0], WRONG[1], (X + 26, Y - 97), (X + 26, Y - 22)]
    feature = {
        "type": "Feature",
        "properties": {"code": PIT, "name": "西坑"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4546"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}, ensure_ascii=False)
    outline_file.write_text(text, encoding="utf8")
    return project_file, outline_file
