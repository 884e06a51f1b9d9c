"""What a drawing says in words, and what stands in its blocks: names, hatches, the system on the frame of the sheet."""

from __future__ import annotations

import ezdxf
import pytest
import shapely
from shapely import affinity
from shapely.geometry import Polygon, box

from gis.formats import read_features
from models.errors import Refused
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

X, Y = HERE
RING = [(0, 0), (100, 0), (100, 80), (0, 80)]
HOLE = [(20, 20), (40, 20), (40, 40), (20, 40)]


@pytest.fixture(autouse=True)
def _here():
    with no_child():
        yield


@pytest.fixture
def drawing():
    made = ezdxf.new("R2010")
    made.blocks.new("坑")
    return made


def read(drawing, path, **how):
    drawing.saveas(path)
    return read_features(path, target_crs="EPSG:4546", prefer="sand_pits", **(how or {"crs": "EPSG:4546"}))


def placed(shape, scale=1.0, angle=0.0):
    return affinity.translate(affinity.rotate(affinity.scale(shape, scale, scale, origin=(0, 0)), angle, (0, 0)), X, Y)


@pytest.mark.parametrize(("scale", "angle"), [(1.0, 0.0), (2.0, 30.0), (0.5, -90.0)])
def test_a_hatch_in_a_block_is_an_outline_where_the_reference_puts_it(drawing, tmp_path, scale, angle):
    hatch = drawing.blocks["坑"].add_hatch()
    hatch.paths.add_polyline_path(RING, is_closed=True)
    hatch.paths.add_polyline_path(HOLE, is_closed=True, flags=16)
    how = {"xscale": scale, "yscale": scale, "rotation": angle, "layer": "采坑"}
    drawing.modelspace().add_blockref("坑", (X, Y), dxfattribs=how)
    came = read(drawing, tmp_path / "a.dxf")
    assert len(came.features) == 1
    assert came.features[0].fields["layer"] == "采坑"
    wanted = placed(Polygon(RING, [HOLE]), scale, angle)
    assert shapely.symmetric_difference(came.features[0].geometry, wanted).area < 0.01
    assert {w.key for w in came.warnings} >= {"dxf.hatches"}


def test_a_text_in_a_block_names_the_outline_around_it(drawing, tmp_path):
    block = drawing.blocks["坑"]
    block.add_lwpolyline(RING, close=True)
    block.add_text("砂坑九", height=3, dxfattribs={"insert": (50, 40)})
    drawing.modelspace().add_blockref("坑", (X, Y), dxfattribs={"rotation": 30})
    assert [f.fields.get("name") for f in read(drawing, tmp_path / "a.dxf").features] == ["砂坑九"]


def test_labels_of_coordinates_and_heights_are_no_names(drawing, tmp_path):
    space = drawing.modelspace()
    space.add_lwpolyline([(X + x, Y + y) for x, y in RING], close=True)
    for i, text in enumerate(["X=4497400.000", "Y:389800.000", "H 1050.25", "1050.3m"]):
        space.add_text(text, height=2, dxfattribs={"insert": (X + 50, Y + 10 + 5 * i)})
    space.add_text("北坑", height=2, dxfattribs={"insert": (X + 50, Y + 60)})
    assert [f.fields.get("name") for f in read(drawing, tmp_path / "a.dxf").features] == ["北坑"]


def test_a_polygon_of_map_3d_is_an_outline(drawing, tmp_path):
    made = drawing.modelspace().add_mpolygon()
    made.paths.add_polyline_path([(X + x, Y + y) for x, y in RING], is_closed=True)
    came = read(drawing, tmp_path / "a.dxf")
    assert [f.geometry.area for f in came.features] == [8000.0]


@pytest.mark.parametrize("in_block", [False, True])
def test_words_of_an_older_system_on_the_frame_forbid_the_guess(drawing, tmp_path, in_block):
    space = drawing.modelspace()
    space.add_lwpolyline([(X + x, Y + y) for x, y in RING], close=True)
    frame = drawing.blocks["坑"] if in_block else space
    frame.add_text("1980西安坐标系，1985国家高程基准", height=2, dxfattribs={"insert": (X, Y - 50)})
    space.add_blockref("坑", (0, 0))
    with pytest.raises(Refused, match="older or local system"):
        read(drawing, tmp_path / "a.dxf", accept_guess=True)


def test_words_of_cgcs2000_with_a_zone_lead_the_guess_and_others_do_nothing(drawing, tmp_path):
    space = drawing.modelspace()
    space.add_lwpolyline([(X + x, Y + y) for x, y in RING], close=True)
    space.add_text("防护林带 35m", height=2, dxfattribs={"insert": (X, Y - 50)})
    assert read(drawing, tmp_path / "a.dxf", accept_guess=True).guesses[0].crs == "EPSG:4546"
    space.add_text("2000国家大地坐标系 3度带37带", height=2, dxfattribs={"insert": (X, Y - 60)})
    came = read(drawing, tmp_path / "b.dxf", accept_guess=True)
    assert (came.crs, came.guesses[0].reason.key) == ("EPSG:4546", "guess.text_zone")
    assert came.features[0].geometry.equals(box(X, Y, X + 100, Y + 80))
