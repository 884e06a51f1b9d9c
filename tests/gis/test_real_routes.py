"""Real ground through every route: made into a cloud, into contours of a drawing; and back to volumes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
import pytest
import rasterio
import shapely
from contourpy import contour_generator

from gis.clouds.make import make_cloud_ground
from gis.clouds.read import understand
from gis.points import make_ground, read_points
from gis.raster import Dem, inspect_dem
from gis.volume import estimate
from models.estimate import EstimateRequest
from tests.gis.clouds.synthetic import write
from tests.gis.ground import site

CRS = "EPSG:26915"
LEVEL = 390.5
REQUEST = EstimateRequest("level", {"level_m": LEVEL})


@pytest.fixture(scope="module")
def pits(shared_data: Path) -> tuple[np.ndarray, Any, Path]:
    """(heights, x and y of the cell centres, file) of the two lidar pits."""
    path = shared_data / "lidar_pits_1m" / "pits_1m.tif"
    with rasterio.open(path) as ds:
        z, t = ds.read(1).astype(np.float64), ds.transform
    c, r = np.meshgrid(np.arange(z.shape[1]) + 0.5, np.arange(z.shape[0]) + 0.5)
    return z, (t.c + c * t.a, t.f + r * t.e), path


@pytest.fixture(scope="module")
def outlines(pits: Any) -> list[shapely.Polygon]:
    """The closed contours at the level inside the terrain: the two pits."""
    z, (x, y), _ = pits
    lines = contour_generator(x, y, z).lines(LEVEL)
    shapes = [shapely.Polygon(line) for line in lines if len(line) > 3 and (line[0] == line[-1]).all()]
    found = [s.buffer(0.5) for s in shapes if 600 < s.area < 1200]
    assert len(found) == 2
    return found


def fill(outline: shapely.Polygon, path: Path, crs: str = CRS) -> float:
    record = inspect_dem(path, name="t")
    return estimate(site(outline, crs=crs), record, path, REQUEST).fill_m3


def test_a_cloud_of_the_cells_gives_the_volumes_of_the_file(tmp_path: Path, pits: Any, outlines: Any) -> None:
    """One point a cell and a tenth of noise around: a grid of other cells gives the fill within 0.5 %."""
    z, (x, y), path = pits
    places = np.column_stack((x.ravel() - 429_000, y.ravel() - 5_150_000, z.ravel()))
    file = write(tmp_path / "点.laz", places, np.full(len(places), 2), crs=CRS, at=(429_000.0, 5_150_000.0))
    sources, _ = understand([file], target_crs=CRS, crs=None, accept_guess=False, z_unit=None, neighbours=None)
    made = make_cloud_ground(sources, tmp_path / "g.tif", target_crs=CRS, cell=1.0)
    assert made.validation.rmse_m < 0.2
    for outline in outlines:
        assert fill(outline, tmp_path / "g.tif") == pytest.approx(fill(outline, path), rel=5e-3)


def test_contours_of_a_drawing_give_the_volumes_within_their_interval(tmp_path: Path, pits: Any, outlines: Any) -> None:
    """Contours every half metre, as a CAD drawing: the fill within 3 %, and the RMSE says how good that is."""
    z, (x, y), path = pits
    doc = ezdxf.new("R2004", units=4)
    doc.encoding = "gbk"
    space = doc.modelspace()
    generator = contour_generator(x, y, z)
    for level in np.arange(np.floor(z.min()), z.max(), 0.5):
        for line in generator.lines(level):
            if len(line) > 2:
                space.add_lwpolyline(line, dxfattribs={"layer": "等高线", "elevation": float(level)})
    doc.saveas(tmp_path / "等高线 图.dxf")
    points = read_points(tmp_path / "等高线 图.dxf", target_crs=CRS, crs=CRS, unit="m")
    ground = make_ground(points, tmp_path / "c.tif", crs=CRS, cell=1.0)
    assert points.sublayer == "等高线"
    assert 0.02 < ground.validation.rmse_m < 0.5
    for outline in outlines:
        assert fill(outline, tmp_path / "c.tif") == pytest.approx(fill(outline, path), rel=0.03)


def test_lidar_of_a_national_agency_as_tiles_of_points(tmp_path: Path, shared_data: Path) -> None:
    """A kilometre of lidar ground as four LAZ tiles: heights come back, no point is lost."""
    source = next((shared_data / "slovenia_lidar_1m").glob("*.tif"))
    with rasterio.open(source) as ds:
        z, t = ds.read(1)[:400, :400].astype(np.float64), ds.transform
    c, r = np.meshgrid(np.arange(400) + 0.5, np.arange(400) + 0.5)
    xyz = np.column_stack(((t.c + c * t.a).ravel(), (t.f + r * t.e).ravel(), z.ravel()))
    corner = np.floor(xyz[:, :2].min(axis=0))
    files = []
    for k, part in enumerate(
        ((c < 150) & (r < 250), (c >= 150) & (r < 250), (c < 150) & (r >= 250), (c >= 150) & (r >= 250))
    ):
        own = xyz[part.ravel()] - [*corner, 0]
        files.append(write(tmp_path / f"{k}.laz", own, np.full(len(own), 2), crs="EPSG:3794", at=tuple(corner)))
    sources, _ = understand(files, target_crs="EPSG:3794", crs=None, accept_guess=False, z_unit=None, neighbours=None)
    made = make_cloud_ground(sources, tmp_path / "g.tif", target_crs="EPSG:3794", cell=1.0)
    assert made.used == 160_000
    record = inspect_dem(tmp_path / "g.tif", name="t")
    assert 400 <= record.width <= 401
    with Dem(tmp_path / "g.tif", record) as dem:
        off = dem.sample(xyz[:, 0], xyz[:, 1]) - xyz[:, 2]
    assert np.isfinite(off).all()
    assert abs(np.median(off)) < 0.005
    assert np.sqrt(np.mean(off**2)) < 0.1
    assert made.validation.rmse_m < 0.1
