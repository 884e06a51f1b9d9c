"""A small world for tests of the program: a pit in even ground whose volume is known in closed form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from app.project import Project
from models.changes import Insert
from models.notices import Notice

X0, Y0, SIZE, GROUND_M, DEPTH_M = 417_000.0, 4_496_000.0, 120, 1050.0, 10.0
FLOOR, TOP = 20.0, 60.0  # side lengths of the pit's floor and rim, m


def pit_heights() -> np.ndarray:
    """A square pit with straight slopes in level ground: depth falls linearly between rim and floor."""
    centre = (np.arange(SIZE) + 0.5) - SIZE / 2
    distance = np.maximum(np.abs(centre)[:, None], np.abs(centre)[None, :])
    share = np.clip((TOP / 2 - distance) / (TOP / 2 - FLOOR / 2), 0, 1)
    return (GROUND_M - DEPTH_M * share).astype("float32")


# The prismatoid of that pit: h/3 (A1 + A2 + sqrt(A1 A2)), volumes.md section 7.
PIT_M3 = DEPTH_M / 3 * (FLOOR**2 + TOP**2 + FLOOR * TOP)


def pit_outline(x: float = X0, y: float = Y0) -> shapely.MultiPolygon:
    """The rim of the pit, in the project CRS."""
    low, high = SIZE / 2 - TOP / 2, SIZE / 2 + TOP / 2
    return shapely.MultiPolygon([shapely.box(x + low, y - high, x + high, y - low)])


@pytest.fixture
def dem_file(tmp_path: Path) -> Path:
    """The pit as a GeoTIFF, 1 m cells, EPSG:4546, in a path with Chinese characters and a space."""
    path = tmp_path / "地形 数据" / "坑.tif"
    path.parent.mkdir()
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "float32", "crs": "EPSG:4546",
               "transform": from_origin(X0, Y0, 1, 1)}  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(pit_heights(), 1)
    return path


@pytest.fixture
def project_file(tmp_path: Path) -> Path:
    """An empty project beside the terrain."""
    path = tmp_path / "项目 一.gpkg"
    Project.create(path, crs="EPSG:4546", name="试验").close()
    return path


@pytest.fixture
def add_site(project_file: Path) -> Callable[..., None]:
    """Put an outline into the project."""

    def add(code: str, outline: shapely.MultiPolygon | None = None, layer: str = "sand_pits") -> None:
        with Project.open(project_file) as project:
            values = {"code": code, "name": f"{code} 号", "geometry": outline if outline is not None else pit_outline()}
            project.store.transact(Notice("test", "add"), [Insert(layer, values)])

    return add
