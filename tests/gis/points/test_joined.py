"""Points of a table with breaklines of a Shapefile, DXF, GeoJSON or KML: one ground, or a reason why not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from shapely.geometry import LineString, Point

from gis.points import Breaklines, make_ground, read_joined
from models.errors import Missing, Refused
from tests.gis.points.conftest import EAST, HOME, NORTH

SQUARE = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)], float)
MIDDLE = np.array([EAST, NORTH])
CREST, TOE, TOP, FLOOR = 30.0, 15.0, 1050.0, 1040.0
EXACT = 10 / 3 * (3600 + 1800 + 900)


def edge(half, z, middle=MIDDLE):
    xy = half * SQUARE + middle
    return LineString(xy if z is None else np.column_stack((xy, np.full(5, z))))


def lines(folder, name="坑口坑底.shp", shapes=None, crs=HOME, **columns):
    shapes = shapes if shapes is not None else [edge(CREST, TOP), edge(TOE, FLOOR)]
    frame = gpd.GeoDataFrame(columns or {"n": range(len(shapes))}, geometry=shapes, crs=crs)
    path = folder / name
    frame.to_file(path, engine="pyogrio", **({"encoding": "GB18030"} if name.endswith(".shp") else {}))
    if crs is None:
        path.with_suffix(".prj").unlink(missing_ok=True)
    return path


@pytest.fixture
def table(write):
    """Ground points around the pit and on its floor as a CSV with names above."""
    rng = np.random.default_rng(4)
    xy = rng.uniform(-90, 90, (400, 2))
    xy = xy[np.abs(xy).max(axis=1) > CREST + 1][:200]
    floor = rng.uniform(-14, 14, (12, 2))
    rows = [(*(p + MIDDLE), TOP) for p in xy] + [(*(p + MIDDLE), FLOOR) for p in floor]
    text = "点号,东,北,高程\n" + "\n".join(f"{i},{e:.3f},{n:.3f},{z:.3f}" for i, (e, n, z) in enumerate(rows, 1))
    return write("测点.csv", text)


def joined(table, path, crs=HOME, **said):
    return read_joined(table, Breaklines(path, **said), target_crs=HOME, crs=crs)


def volume(points, out):
    ground = make_ground(points, out, crs=HOME, cell=0.5)
    with rasterio.open(out) as dem:
        z = dem.read(1, masked=True).astype(float)
        tags = dem.tags()
    return float((TOP - z).clip(0).sum()) * 0.25, ground, tags


def test_a_table_of_points_and_a_shapefile_of_crest_and_toe(table, tmp_path):
    """The volume of the frustum within 0.3 %; the points alone miss the edges. Both files are in the account."""
    path = lines(tmp_path)
    alone = read_joined(table, None, target_crs=HOME, crs=HOME)
    assert abs(volume(alone, tmp_path / "alone.tif")[0] / EXACT - 1) > 0.03
    points = joined(table, path)
    found, ground, tags = volume(points, tmp_path / "g.tif")
    assert found == pytest.approx(EXACT, rel=0.003)
    told = ground.to_json()
    assert (told["file"], told["breaklines"]["file"]) == (str(table), str(path))
    assert (told["breaklines"]["lines"], told["breaklines"]["vertices"]) == (2, 10)
    assert told["breaklines"]["heights"] == "heights from the third coordinate"
    assert tags["HUITIAN_BREAKLINES"] == path.name
    assert tags["HUITIAN_BREAKLINES_SHA256"] == told["breaklines"]["sha256"] != told["sha256"]
    # The lines stay in while points are left out: their corners are no errors of the ground between.
    assert not ground.validation.by_line
    assert ground.validation.rmse_m < 0.05


def test_heights_of_a_field_and_another_system(table, tmp_path):
    way = Transformer.from_crs(4546, 4490, always_xy=True)
    shapes = [LineString(np.column_stack(way.transform(*(h * SQUARE + MIDDLE).T))) for h in (CREST, TOE)]
    path = lines(tmp_path, "线.geojson", shapes, "EPSG:4490", 高程=[TOP, FLOOR])
    points = joined(table, path, crs=HOME)
    assert volume(points, tmp_path / "g.tif")[0] == pytest.approx(EXACT, rel=0.003)
    said = [w.render() for w in points.warnings]
    assert any(s.startswith("线.geojson: ") and "EPSG" in s for s in said)
    assert points.breaklines.heights_said.render() == "heights from the field “高程”"


def test_lines_of_a_kml(table, tmp_path, write):
    way = Transformer.from_crs(4546, 4326, always_xy=True)
    marks = ""
    for half, z in ((CREST, TOP), (TOE, FLOOR)):
        at = np.column_stack(way.transform(*(half * SQUARE + MIDDLE).T))
        text = " ".join(f"{x:.9f},{y:.9f},{z}" for x, y in at)
        marks += f"<Placemark><name>线</name><LineString><coordinates>{text}</coordinates></LineString></Placemark>"
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    path = write("线.kml", f"{head}{marks}</Document></kml>")
    points = joined(table, path)
    assert volume(points, tmp_path / "g.tif")[0] == pytest.approx(EXACT, rel=0.003)
    assert not any("outlines" in w.render() for w in points.warnings)  # closed lines stay lines here


def test_lines_of_a_drawing_have_a_unit_and_a_layer(table, tmp_path):
    import ezdxf

    drawing = ezdxf.new("R2010")
    drawing.header["$INSUNITS"] = 6
    space = drawing.modelspace()
    for half, z, layer in ((CREST, TOP, "坎线"), (TOE, FLOOR, "坎线"), (80.0, 1070.0, "DGX")):
        at = np.column_stack((half * SQUARE + MIDDLE, np.full(5, z)))
        space.add_polyline3d(at, dxfattribs={"layer": layer})
    path = tmp_path / "坎线.dxf"
    drawing.saveas(path)
    with pytest.raises(Refused, match="--breaklines-layer"):
        joined(table, path, crs=HOME)
    with pytest.raises(Refused, match="EPSG:4546") as refused:  # the drawing names no system; the points do not say it
        joined(table, path, sublayer="坎线")
    assert refused.value.key == "breaklines.import.no_crs"
    points = read_joined(table, Breaklines(path, sublayer="坎线", crs=HOME), target_crs=HOME, crs=HOME)
    assert volume(points, tmp_path / "g.tif")[0] == pytest.approx(EXACT, rel=0.003)
    guessed = read_joined(table, Breaklines(path, sublayer="坎线"), target_crs=HOME, crs=HOME, accept_guess=True)
    assert (guessed.breaklines.crs, guessed.breaklines.crs_basis) == ("EPSG:4546", "guessed")


@pytest.mark.parametrize(
    ("shapes", "columns"),
    [
        ([edge(CREST, TOP), edge(TOE, None)], {}),
        ([edge(CREST, TOP), edge(TOE, 0.0)], {}),
        ([edge(CREST, None), edge(TOE, None)], {"高程": [TOP, None]}),
        ([edge(CREST, None), edge(TOE, None)], {"高程": ["1050", "坑底"]}),
    ],
    ids=["no z", "z is 0", "empty field", "words"],
)
def test_a_line_without_heights_is_refused_with_its_place(table, tmp_path, shapes, columns):
    with pytest.raises(Refused) as refused:
        joined(table, lines(tmp_path, "线.geojson", shapes, **columns))
    assert refused.value.key == "breaklines.bare"
    text = refused.value.what.render()
    assert "features 2, the first near 416985.00, 4495985.00" in text
    assert "1 breaklines" in text


def test_no_line_has_heights(table, tmp_path):
    flat = [edge(CREST, None), edge(TOE, None)]
    with pytest.raises(Refused, match="--breaklines-height-field"):
        joined(table, lines(tmp_path, shapes=flat))
    with pytest.raises(Refused, match="2 breaklines have no usable height"):
        joined(table, lines(tmp_path, "空.gpkg", flat, elev=np.array([np.nan, np.nan])), height_field="elev")


def test_lines_that_lie_apart_are_refused_with_the_distance(table, tmp_path):
    """One line a kilometre off; both lines in the next zone."""
    shapes = [edge(CREST, TOP), edge(TOE, FLOOR, MIDDLE + np.array([1000, 0]))]
    with pytest.raises(Refused, match=r"1 of 2 breaklines lie apart.*\(features 2\): 89\d m from") as refused:
        joined(table, lines(tmp_path, shapes=shapes))
    assert refused.value.key == "breaklines.apart"
    with pytest.raises(Refused, match="2 of 2 breaklines lie apart"):
        joined(table, lines(tmp_path, "带.shp", crs="EPSG:4547"))


def test_points_no_lines_tables_and_missing_files(table, tmp_path):
    with pytest.raises(Refused, match="the layer holds no lines"):
        joined(table, lines(tmp_path, "点.gpkg", [Point(*MIDDLE, 1045.0), Point(*(MIDDLE + 1), 1045.0)]))
    with pytest.raises(Refused, match="none of them"):
        joined(table, table)
    with pytest.raises(Missing):
        joined(table, tmp_path / "没有.shp")


def test_single_points_among_the_lines_are_left_out_and_counted(table, tmp_path):
    path = lines(tmp_path, "混.geojson", [edge(CREST, TOP), Point(*MIDDLE, 1000.0), edge(TOE, FLOOR)])
    points = joined(table, path)
    assert [(t.reason.key, t.rows) for t in points.breaklines.skips] == [("points.single", [2])]
    assert points.z.min() == FLOOR


def test_heights_far_from_those_of_the_points_are_told(table, tmp_path):
    """Another datum, or another unit: told in words, for both may be right."""
    points = joined(table, lines(tmp_path, shapes=[edge(CREST, TOP - 900), edge(TOE, FLOOR - 900)]))
    assert any(
        "140.0 … 150.0 m lie far from those of the points, 1040.0 … 1050.0" in w.render() for w in points.warnings
    )
    assert not any("lie far" in w.render() for w in joined(table, lines(tmp_path)).warnings)
