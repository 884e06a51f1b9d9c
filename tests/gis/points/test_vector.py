from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, MultiLineString, Point, box

from gis.points import make_ground, read_points
from models.errors import Refused
from tests.gis.points.conftest import EAST, HOME, NORTH


def ring(radius, z=None, n=90):
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    points = np.column_stack((EAST + 100 + radius * np.cos(a), NORTH + 100 + radius * np.sin(a)))
    points = np.concatenate((points, points[:1]))
    return LineString(points if z is None else np.column_stack((points, np.full(len(points), z))))


RADII = np.arange(10, 100, 5.0)


def save(folder, name, shapes, crs=HOME, **columns):
    frame = gpd.GeoDataFrame(columns or {"n": range(len(shapes))}, geometry=shapes, crs=crs)
    path = folder / name
    frame.to_file(path, engine="pyogrio", **({"encoding": "GB18030"} if name.endswith(".shp") else {}))
    return path


def read(path, **more):
    return read_points(path, target_crs=HOME, **more)


@pytest.mark.parametrize("name", ["等高线.shp", "等高线.gpkg"])
def test_heights_from_a_field(tmp_path, name):
    points = read(save(tmp_path, name, [ring(r) for r in RADII], 高程=1000 + RADII / 2, 类型=["计曲线"] * len(RADII)))
    assert points.columns_said.render() == "heights from the field “高程”"
    assert len(points.z) == 91 * len(RADII)
    assert points.z == pytest.approx(1000 + np.hypot(*(points.xy - [EAST + 100, NORTH + 100]).T) / 2, abs=1e-6)
    assert points.has_lines


def test_heights_from_the_third_coordinate(tmp_path):
    points = read(save(tmp_path, "a.gpkg", [MultiLineString([ring(r, 1000 + r / 2)]) for r in RADII]))
    assert points.columns_said.render() == "heights from the third coordinate"
    assert points.z == pytest.approx(1000 + np.hypot(*(points.xy - [EAST + 100, NORTH + 100]).T) / 2, abs=1e-6)


def test_two_sources_that_disagree_are_refused_until_stated(tmp_path):
    path = save(tmp_path, "a.gpkg", [ring(r, 1000 + r) for r in RADII], elev=2000 + RADII)
    with pytest.raises(Refused, match="--height-field") as refused:
        read(path)
    assert refused.value.key == "points.which_height"
    assert read(path, height_field="elev").z.min() == 2010
    assert read(path, height_field="z").z.min() == 1010


def test_no_heights_two_fields_no_such_field_areas(tmp_path):
    flat = [ring(r) for r in RADII]
    for columns, field in (({"n": RADII}, None), ({"elev": RADII, "height": RADII}, None), ({"elev": RADII}, "foo")):
        with pytest.raises(Refused, match="--height-field"):
            read(save(tmp_path, "a.gpkg", flat, **columns), height_field=field)
    with pytest.raises(Refused) as refused:
        read(save(tmp_path, "b.gpkg", [box(EAST, NORTH, EAST + 9, NORTH + 9)], elev=[1000.0]))
    assert refused.value.key == "points.no_lines"


def test_features_without_a_height_are_counted(tmp_path):
    heights = list(1000 + RADII / 2)
    heights[3] = None
    points = read(save(tmp_path, "a.gpkg", [ring(r) for r in RADII], elev=heights))
    assert [(t.reason.key, t.rows) for t in points.skips] == [("points.no_height", [4])]


def test_points_with_heights_in_another_system(tmp_path):
    from pyproj import Transformer

    places = np.random.default_rng(1).uniform(0, 100, (40, 2)) + np.array([EAST, NORTH])
    lon, lat = Transformer.from_crs(4546, 4490, always_xy=True).transform(*places.T)
    z = 1000 + np.arange(40.0)
    path = save(tmp_path, "点.gpkg", [Point(*p) for p in zip(lon, lat, z, strict=True)], crs="EPSG:4490")
    points = read(path)
    assert points.xy == pytest.approx(places, abs=1e-3)
    assert np.array_equal(points.z, z)
    assert not points.has_lines
    assert "crs.reprojected" in [w.key for w in points.warnings]
    with pytest.raises(Refused, match="leave --order away"):
        read(path, order="ne")


def test_a_cone_from_its_contours(tmp_path):
    """A cone of slope 1/2: triangles follow it between the contours; inside the last one they are level and said."""
    points = read(save(tmp_path, "a.gpkg", [ring(r, n=360) for r in RADII], elev=1000 + RADII / 2))
    ground = make_ground(points, tmp_path / "g.tif", crs=HOME, cell=1.0)
    import rasterio

    with rasterio.open(tmp_path / "g.tif") as dem:
        z = dem.read(1, masked=True)
        cols, rows = np.meshgrid(np.arange(dem.width) + 0.5, np.arange(dem.height) + 0.5)
        x, y = dem.transform * (cols, rows)
        assert dem.tags()["HUITIAN_METHOD"]
    d = np.hypot(x - EAST - 100, y - NORTH - 100)
    between = (d > 12) & (d < 93)
    assert not z.mask[between].any()
    assert np.abs(z[between] - 1000 - d[between] / 2).max() < 0.05
    assert z[d < 8].data == pytest.approx(1005, abs=1e-3)
    assert [n.key for n in ground.notes] == ["points.edge", "points.breaklines"]
    assert ground.flat == pytest.approx(100 / 95**2, abs=0.005)
    assert ground.validation.by_line
