"""A small project for tests of the package: two neighbouring pits on one terrain, a red line, a waste with values."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from models.changes import Insert
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.app.conftest import SIZE, X0, Y0, pit_heights

STAMP = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "<b>&amp;\"'</b>", "坑\n二\r\n行", "😀𝔘", "长" * 200, "../../etc/passwd",
    "CON", "a/b\\c:d*e?f|g", "{{ 7*7 }}{% raw %}", "\u202egnp.exe", "trailing. ",
)  # fmt: skip


def outline(side: float = 60.0, east: float = 0.0) -> shapely.MultiPolygon:
    """A square around the middle of the terrain, moved east."""
    low, high = SIZE / 2 - side / 2, SIZE / 2 + side / 2
    return shapely.MultiPolygon([shapely.box(X0 + low + east, Y0 - high, X0 + high + east, Y0 - low)])


def make_world(folder: Path, *, names: tuple[str, ...] = ("一号 <坑> & 塘", "二号")) -> Path:
    """The project file. SK-001 is the pit of tests.app.conftest, the others lie beside it, 60 m wide."""
    dem = folder / "地形.tif"
    heights = np.hstack([pit_heights()] * max(2, len(names)))
    profile = {"driver": "GTiff", "width": heights.shape[1], "height": SIZE, "count": 1, "dtype": "float32",
               "crs": "EPSG:4546", "transform": from_origin(X0, Y0, 1, 1)}  # fmt: skip
    with rasterio.open(dem, "w", **profile) as target:
        target.write(heights, 1)
    path = folder / "工程.gpkg"
    with Project.create(path, crs="EPSG:4546", name="试验工程") as project:
        changes = [
            Insert("sand_pits", {"code": f"SK-{i:03d}", "name": name, "geometry": outline(east=SIZE * (i - 1.0)),
                                 "responsible": "某公司", "district": "九原区"})
            for i, name in enumerate(names, 1)
        ]  # fmt: skip
        red = shapely.MultiPolygon([shapely.box(X0 + 80, Y0 - 100, X0 + 130, Y0 - 20)])
        changes.append(Insert("red_lines", {"code": "HX-001", "name": "红线", "geometry": red}))
        changes.append(Insert("wastes", {"code": "FA-1", "name": "粉煤灰", "kind": "fly_ash", "annual_t": 1000.0}))
        project.store.transact(Notice("test", "world"), changes)
        add_terrain(project, dem, name="地形一", vertical_datum="1985国家高程基准", source="lidar")
        estimate(project, None, request=EstimateRequest(waste="FA-1", cover_m=0.5))
    return path
