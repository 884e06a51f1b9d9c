"""Our own drawings after somebody worked on them in a CAD program, and drawings that lie about their encoding."""

from __future__ import annotations

import ezdxf
import geopandas as gpd
import pytest
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box

from gis.formats import read_features
from gis.formats.dxf_out import write
from models.errors import Refused
from tests.gis.formats.here import no_child

X, Y = 389800.0, 4497400.0
PIT = Polygon(box(X, Y, X + 300, Y + 200).exterior, [box(X + 100, Y + 80, X + 160, Y + 140).exterior])


@pytest.fixture(autouse=True)
def _in_this_process():
    with no_child():
        yield


@pytest.fixture
def written(folder):
    path = folder / "坑.dxf"
    write(gpd.GeoDataFrame({"code": ["A"]}, geometry=[PIT], crs=4546), path, "sand_pits", "")
    return path


def rings(drawing):
    return list(drawing.modelspace().query("LWPOLYLINE"))


def read(path, **how):
    return read_features(path, target_crs="EPSG:4546", **how).features


def test_an_outline_copied_in_cad_is_a_second_one(written):
    drawing = ezdxf.readfile(written)
    for each in rings(drawing):
        copy = each.copy()
        drawing.modelspace().add_entity(copy)
        copy.translate(1000, 0, 0)
    drawing.saveas(written)
    came = read(written)
    assert [f.geometry.equals(g) for f, g in zip(came, (PIT, translate(PIT, 1000)), strict=True)] == [True, True]
    assert [f.fields["code"] for f in came] == ["A", "A"]


def test_a_hole_moved_out_is_an_outline_and_one_left_alone_too(written):
    drawing = ezdxf.readfile(written)
    rings(drawing)[1].translate(1000, 0, 0)
    drawing.saveas(written)
    areas = sorted(f.geometry.area for f in read(written))
    assert areas == pytest.approx([3600, 60000])
    drawing.modelspace().delete_entity(rings(drawing)[0])
    drawing.saveas(written)
    (left,) = read(written, accept_guess=True)
    assert left.geometry.area == pytest.approx(3600)


def test_parts_and_holes_of_an_untouched_one_stay_one_outline(folder):
    both = MultiPolygon([PIT, translate(PIT, 1000)])
    write(gpd.GeoDataFrame({"code": ["A"]}, geometry=[both], crs=4546), folder / "b.dxf", "sand_pits", "")
    (came,) = read(folder / "b.dxf")
    assert came.geometry.equals(both)


@pytest.mark.parametrize("said", [b"ANSI_1252", b"ANSI_936", b"ANSI_950"])
def test_chinese_names_are_read_by_their_bytes_whatever_the_code_page_says(folder, said):
    drawing = ezdxf.new("R2000")
    drawing.encoding = "gbk"
    drawing.modelspace().add_lwpolyline(
        list(PIT.exterior.coords)[:-1], close=True, dxfattribs={"layer": "砂坑边界线及拐点"}
    )
    drawing.saveas(folder / "g.dxf", encoding="gbk")
    text = (folder / "g.dxf").read_bytes()
    assert b"ANSI_936" in text
    (folder / "g.dxf").write_bytes(text.replace(b"ANSI_936", said))
    came = read_features(folder / "g.dxf", target_crs="EPSG:4546", accept_guess=True)
    assert came.sublayer == "砂坑边界线及拐点"


@pytest.mark.parametrize("name", ["图.dwg", "图.dxf"])
def test_a_dwg_is_told_from_a_dxf(folder, name):
    (folder / name).write_bytes(b"AC1027" + bytes(2000))
    with pytest.raises(Refused) as caught:
        read(folder / name)
    assert caught.value.key == "import.dwg"
