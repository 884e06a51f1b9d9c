"""Heights in feet, centimetres or millimetres are brought to metres where a name or a system says so."""

from __future__ import annotations

import ezdxf
import geopandas as gpd
import numpy as np
import openpyxl
import pytest

from gis.points import read_points
from gis.points.height_units import unit_in_name
from models.errors import Refused
from tests.gis.points.conftest import EAST, HOME, NORTH, plane

US_FOOT = 1200 / 3937


@pytest.mark.parametrize(
    ("name", "metres"),
    [
        ("ELEV_FT", 0.3048), ("elevation (ft)", 0.3048), ("Height [feet]", 0.3048), ("高程（英尺）", 0.3048),
        ("elev_usft", US_FOOT), ("Elev (US ft)", US_FOOT), ("Height, US survey feet", US_FOOT),
        ("高程(mm)", 0.001), ("高程毫米", 0.001), ("标高/cm", 0.01), ("H（厘米）", 0.01),
        ("高程(m)", 1.0), ("高程（米）", 1.0),
        ("高程", None), ("H", None), ("Z", None), ("m", None), ("height", None), ("H(国家85)", None), (None, None),
    ],
)  # fmt: skip
def test_what_a_name_says(name, metres):
    said = unit_in_name(name)
    assert (said and said[0]) == (metres and pytest.approx(metres, rel=1e-12))


def table(places, heading, in_one_metre):
    rows = (f"{e},{n},{plane(e, n) * in_one_metre:.6f}" for e, n in places)
    return f"E,N,{heading}\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("heading", "in_one_metre"),
    [("elevation_ft", 1 / 0.3048), ("Elev (US ft)", 1 / US_FOOT), ("高程(mm)", 1000), ("高程（厘米）", 100)],
)
def test_a_tables_heading_counts_and_is_told(write, places, heading, in_one_metre):
    points = read_points(write("a.csv", table(places, heading, in_one_metre)), target_crs=HOME, crs=HOME)
    assert points.z == pytest.approx(plane(*places.T), abs=1e-5)
    assert [w.key for w in points.warnings] == ["terrain.converted"]
    chosen = read_points(
        write("b.csv", table(places, heading, in_one_metre)), target_crs=HOME, crs=HOME, columns=(1, 2, 3)
    )
    assert chosen.z == pytest.approx(points.z)


def test_metres_need_no_word(write, places):
    points = read_points(write("a.csv", table(places, "高程(m)", 1)), target_crs=HOME, crs=HOME)
    assert points.z == pytest.approx(plane(*places.T), abs=1e-5)
    assert points.warnings == []


def test_a_system_with_heights_in_feet(tmp_path, write, places):
    z = plane(*places.T)
    feet = f"{HOME}+6360"
    points = read_points(write("a.csv", table(places, "H", 1 / US_FOOT)), target_crs=HOME, crs=feet)
    assert points.z == pytest.approx(z, abs=1e-5)
    shapes = gpd.points_from_xy(*places.T, z / US_FOOT)
    gpd.GeoDataFrame({"n": range(len(z))}, geometry=shapes, crs=feet).to_file(tmp_path / "a.gpkg", engine="pyogrio")
    assert read_points(tmp_path / "a.gpkg", target_crs=HOME).z == pytest.approx(z, abs=1e-9)


def test_fields_of_features(tmp_path, places):
    z = plane(*places.T)
    high = np.round(z / 0.3048, 6)

    def read(third, **fields):
        shapes = gpd.points_from_xy(*places.T) if third is None else gpd.points_from_xy(*places.T, third)
        gpd.GeoDataFrame(fields, geometry=shapes, crs=HOME).to_file(tmp_path / "a.gpkg", engine="pyogrio")
        return read_points(tmp_path / "a.gpkg", target_crs=HOME).z

    assert read(None, ELEV_FT=high) == pytest.approx(z, abs=1e-5)
    assert read(z, ELEV_FT=high) == pytest.approx(z, abs=1e-9), "the third coordinate is in metres"
    assert read(high, ELEV_FT=high) == pytest.approx(z, abs=1e-5), "both are in feet"
    with pytest.raises(Refused, match="different heights"):
        read(z + 3, ELEV_FT=high)


def test_a_grid_as_a_list_may_begin_with_rows_without_height(write, places):
    """gdal_translate -of XYZ writes −9999 for cells without height, and the first rows of a grid may all be such."""
    rows = [f"{e} {n} -9999" for e, n in places + 1000] * 3 + [f"{e} {n} {plane(e, n):.4f}" for e, n in places]
    points = read_points(write("a.xyz", "\n".join(rows)), target_crs=HOME, crs=HOME)
    assert np.array_equal(points.xy, places)
    assert points.skips.count == 3 * len(places)


@pytest.mark.parametrize("metres", [1000.0, 4000.0])
def test_a_stated_unit_counts_in_every_kind_of_file(tmp_path, write, places, metres):
    """Also where heights in feet are beyond any in metres: 4,000 m are 13,123 ft."""
    z = plane(*places.T) - 1050 + metres
    feet = np.round(z / 0.3048, 6)
    rows = [f"{e},{n},{h:.6f}" for (e, n), h in zip(places, feet, strict=True)]
    cass = "\n".join(f"{i},,{row}" for i, row in enumerate(rows, 1))
    book = openpyxl.Workbook()
    book.active.append(["E", "N", "H"])
    for (e, n), h in zip(places, feet, strict=True):
        book.active.append([float(e), float(n), float(h)])
    book.save(tmp_path / "a.xlsx")
    shapes = gpd.points_from_xy(*places.T, feet)
    gpd.GeoDataFrame({"n": range(len(z))}, geometry=shapes, crs=HOME).to_file(tmp_path / "a.gpkg", engine="pyogrio")
    doc = ezdxf.new(units=6)
    for (e, n), h in zip(places, feet, strict=True):
        doc.modelspace().add_point((e, n, h))
    doc.saveas(tmp_path / "a.dxf")
    files = [write("a.csv", "E,N,H\n" + "\n".join(rows)), write("a.dat", cass), tmp_path / "a.xlsx",
             tmp_path / "a.gpkg", tmp_path / "a.dxf"]  # fmt: skip
    for file in files:
        points = read_points(file, target_crs=HOME, crs=HOME, z_unit="ft")
        order = np.lexsort(points.xy.T)
        assert points.z[order] == pytest.approx(z[np.lexsort(places.T)], abs=1e-5), file.name
        assert np.sort(points.xy[:, 0]) == pytest.approx(np.sort(places[:, 0]), abs=1e-6), "the plan stays in metres"
        assert "terrain.converted" in [w.key for w in points.warnings], file.name


def test_a_stated_unit_overrules_the_files_word_once(tmp_path, write, places):
    z = plane(*places.T)
    named = write("a.csv", table(places, "elevation_ft", 1))
    assert read_points(named, target_crs=HOME, crs=HOME, z_unit="m").z == pytest.approx(z, abs=1e-5)
    once = write("b.csv", table(places, "elevation_ft", 1 / 0.3048))
    assert read_points(once, target_crs=HOME, crs=HOME, z_unit="ft").z == pytest.approx(z, abs=1e-5)
    gpd.GeoDataFrame({"ELEV_FT": z / 0.3048}, geometry=gpd.points_from_xy(*places.T), crs=HOME).to_file(
        tmp_path / "a.gpkg", engine="pyogrio"
    )
    assert read_points(tmp_path / "a.gpkg", target_crs=HOME, z_unit="ft").z == pytest.approx(z, abs=1e-5)
    with pytest.raises(Refused) as caught:
        read_points(named, target_crs=HOME, crs=HOME, z_unit="chi")
    assert caught.value.key == "terrain.unit"
    assert "--z-unit" in caught.value.sentence()


def test_a_drawing_in_millimetres_with_heights_in_feet(tmp_path, places):
    """Plan and heights each by its own unit, faces too."""
    z = plane(*places.T)
    doc = ezdxf.new(units=6)
    space = doc.modelspace()
    for (e, n), h in zip(places, z / 0.3048, strict=True):
        space.add_point((e * 1000, n * 1000, h))
    doc.saveas(tmp_path / "a.dxf")
    points = read_points(tmp_path / "a.dxf", target_crs=HOME, crs=HOME, unit="mm", z_unit="ft")
    assert points.z == pytest.approx(z, abs=1e-5)
    assert points.xy == pytest.approx(places, abs=1e-6)
    doc = ezdxf.new(units=6)
    corners = [(e, n, plane(e, n) / 0.3048) for e, n in ((EAST, NORTH), (EAST + 9, NORTH), (EAST, NORTH + 9))]
    for k in range(5):
        doc.modelspace().add_3dface([(e + 10 * k, n, plane(e + 10 * k, n) / 0.3048) for e, n, _ in corners])
    doc.saveas(tmp_path / "f.dxf")
    faces = read_points(tmp_path / "f.dxf", target_crs=HOME, crs=HOME, z_unit="ft")
    assert faces.corners is not None
    assert faces.z == pytest.approx(plane(*faces.xy.T), abs=1e-5)
