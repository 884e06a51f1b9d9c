"""Drawings as outlines: closed lines, arcs, blocks in blocks, names, and what is told."""

from __future__ import annotations

import math

import ezdxf
import pytest
import shapely

from gis.formats import read_features
from models.errors import Refused, Unreadable
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
X, Y = 389800.0, 4497400.0


@pytest.fixture(autouse=True)
def _in_this_process():
    with no_child():
        yield


@pytest.fixture
def drawing():
    made = ezdxf.new("R2010")
    made.header["$INSUNITS"] = 6
    return made


def rectangle(x, y, w=100.0, h=50.0):
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def read(drawing, folder, **how):
    drawing.saveas(folder / "图 1.dxf")
    return read_features(folder / "图 1.dxf", target_crs=HOME, **{"prefer": "sand_pits", "accept_guess": True, **how})


def said(came):
    return {w.key: w.render() for w in came.warnings}


def test_closed_lines_by_layer_with_their_names_and_levels(drawing, folder):
    space = drawing.modelspace()
    space.add_lwpolyline(rectangle(X, Y), close=True, dxfattribs={"layer": "坑口线", "elevation": 1050.5})
    space.add_text("废弃砂坑甲", dxfattribs={"layer": "注记"}).set_placement((X + 10, Y + 10))
    space.add_text("1049.3", dxfattribs={"layer": "高程"}).set_placement((X + 30, Y + 10))
    space.add_polyline2d([*rectangle(X + 300, Y), (X + 300, Y)], dxfattribs={"layer": "坑口线"})
    for n, name in enumerate("乙丙"):
        space.add_text(name, dxfattribs={"layer": "注记"}).set_placement((X + 320 + 9 * n, Y + 10))
    space.add_lwpolyline(rectangle(X + 600, Y), close=True, dxfattribs={"layer": "红线"})
    came = read(drawing, folder, sublayer="坑口线")
    assert dict(came.sublayers) == {"坑口线": 2, "红线": 1}
    assert came.features[0].fields == {"layer": "坑口线", "name": "废弃砂坑甲", "elevation": 1050.5}
    assert came.features[0].geometry.equals(shapely.Polygon(rectangle(X, Y)))
    assert "name" not in came.features[1].fields
    assert "1 outlines have several texts" in said(came)["dxf.texts"]
    assert came.features[1].geometry.area == 5000
    assert len(read(drawing, folder, sublayer="坑口线,红线").features) == 3
    assert len(read(drawing, folder, sublayer="*").features) == 3
    with pytest.raises(Refused, match="坑口线, 红线"):
        read(drawing, folder)


def test_arcs_stay_within_the_told_tolerance(drawing, folder):
    space = drawing.modelspace()
    space.add_circle((X, Y), 200)
    space.add_lwpolyline([(X + 500, Y, 0, 0, 1), (X + 700, Y, 0, 0, 1)], close=True)
    circle, lens = (f.geometry for f in read(drawing, folder).features)
    for shape, cx, r in ((circle, X, 200), (lens, X + 600, 100)):
        far = [math.hypot(x - cx, y - Y) for x, y in shape.segmentize(0.5).exterior.coords]
        assert r - 0.0101 <= min(far) <= max(far) <= r + 1e-6
    came = read(drawing, folder)
    assert "moved by more than 0.01 m" in said(came)["dxf.curves"]


def test_lines_and_arcs_that_meet_are_one_outline(drawing, folder):
    space = drawing.modelspace()
    space.add_line((X, Y), (X + 100, Y))
    space.add_arc((X + 50, Y), 50, 0, 180)
    space.add_line((X + 300, Y), (X + 400, Y))
    came = read(drawing, folder)
    outline, line = came.features
    assert outline.geometry.area == pytest.approx(math.pi * 1250, rel=1e-3)
    assert "joined from 2 lines" in outline.notes[0].render()
    assert line.geometry.geom_type == "LineString"


def test_blocks_in_blocks_stand_where_the_references_put_them(drawing, folder):
    inner = drawing.blocks.new("内", base_point=(5, 5))
    inner.add_lwpolyline([(5, 5), (15, 5), (15, 15), (5, 15)], close=True)
    outer = drawing.blocks.new("外")
    outer.add_blockref("内", (10, 0))
    outer.add_blockref("外", (0, 0))  # in itself
    drawing.modelspace().add_blockref(
        "外", (X, Y), dxfattribs={"layer": "坑", "xscale": 2, "yscale": 3, "rotation": 90}
    )
    came = read(drawing, folder)
    # (10 … 20, 0 … 10) scaled to (20 … 40, 0 … 30), turned by 90° to (-30 … 0, 20 … 40).
    assert came.features[0].geometry.bounds == pytest.approx((X - 30, Y + 20, X, Y + 40))
    assert came.features[0].fields["layer"] == "坑"
    assert {"dxf.blocks", "dxf.cut"} <= said(came).keys()


def test_references_to_other_files_are_told_and_not_followed(drawing, folder):
    drawing.add_xref_def("/etc/passwd", "外部")
    drawing.modelspace().add_blockref("外部", (X, Y))
    drawing.modelspace().add_lwpolyline(rectangle(X, Y), close=True)
    assert "外部" in said(read(drawing, folder))["dxf.xref"]


@pytest.mark.parametrize(("unit", "scale", "key"), [(4, 1, "dxf.unit_ignored"), (4, 1000, "dxf.unit"), (0, 1, None)])
def test_the_unit_is_believed_where_the_numbers_do_not_speak_against_it(drawing, folder, unit, scale, key):
    drawing.header["$INSUNITS"] = unit
    drawing.modelspace().add_lwpolyline([(x * scale, y * scale) for x, y in rectangle(X, Y)], close=True)
    came = read(drawing, folder)
    assert came.features[0].geometry.bounds == pytest.approx((X, Y, X + 100, Y + 50))
    assert key is None or key in said(came)


def test_a_flood_of_copies_is_cut(drawing, folder):
    block = drawing.blocks.new("b")
    block.add_lwpolyline(rectangle(0, 0), close=True)
    space = drawing.modelspace()
    space.add_lwpolyline(rectangle(X, Y), close=True)
    space.add_blockref("b", (X, Y), dxfattribs={"row_count": 30000, "column_count": 30000, "row_spacing": 1})
    came = read(drawing, folder, sublayer="0")
    assert "dxf.cut" in said(came)


def test_gbk_and_old_and_binary_and_cut_drawings(folder):
    for version, kind in (("R2000", "asc"), ("R2010", "bin")):
        made = ezdxf.new(version)
        made.encoding = "gbk" if version == "R2000" else "utf-8"
        made.header["$DWGCODEPAGE"] = "ANSI_936"
        made.modelspace().add_lwpolyline(rectangle(X, Y), close=True, dxfattribs={"layer": "砂坑"})
        path = folder / f"{version}.dxf"
        made.saveas(path, fmt=kind)
        came = read_features(path, target_crs=HOME, accept_guess=True)
        assert came.features[0].fields["layer"] == "砂坑"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Unreadable, match="ends in the middle"):
        read_features(path, target_crs=HOME, accept_guess=True)


def test_an_empty_drawing_is_refused(drawing, folder):
    with pytest.raises(Refused, match="model space"):
        read(drawing, folder)
