"""Drawings as CAD programs write them: escapes in texts, hidden things, texts in the inner of two outlines."""

from __future__ import annotations

import ezdxf
import numpy as np
import pytest
import shapely
from ezdxf.enums import TextEntityAlignment

from gis.formats import read_features
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

HOME = "EPSG:4546"


@pytest.fixture(autouse=True)
def _here():
    with no_child():
        yield


def box(east: float = 0.0, side: float = 100.0) -> list[tuple[float, float]]:
    x, y = HERE[0] + east, HERE[1] + east
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


def at(east: float) -> tuple[float, float]:
    return HERE[0] + east, HERE[1] + east


def drawing(*, text: str = "", east: float = 50.0, layer: str = "0"):
    made = ezdxf.new("R2000")
    made.modelspace().add_lwpolyline(box(), close=True, dxfattribs={"layer": layer})
    if text:
        made.modelspace().add_text(text, height=3).set_placement(at(east))
    return made


def read(made, path, **how):
    if not path.exists():
        made.saveas(path)
    return read_features(path, target_crs=HOME, crs=HOME, **how)


@pytest.mark.parametrize(
    ("written", "name"),
    [("\\U+5317\\U+6881\\U+7802\\U+5751", "北梁砂坑"), ("\\M+5B1B1\\M+5C1BA", "北梁"), ("%%u北梁%%d", "北梁°")],
)
def test_escapes_in_texts_are_spelt_out(folder, written, name):
    path = folder / "a.dxf"
    drawing(text="NAME", layer="LAYER").saveas(path)
    path.write_text(path.read_text("utf-8").replace("NAME", written).replace("LAYER", "\\U+7802A"), "utf-8")
    came = read(None, path)
    assert [(f.fields["name"], f.fields["layer"]) for f in came.features] == [(name, "砂A")]


def test_a_centred_text_stands_at_its_alignment_point(folder):
    made = drawing()
    text = made.modelspace().add_text("居中", height=30)
    text.set_placement(at(50), align=TextEntityAlignment.MIDDLE_CENTER)
    text.dxf.insert = (0, 0)
    assert read(made, folder / "a.dxf").features[0].fields["name"] == "居中"


def test_a_text_in_an_outline_within_another_one_names_the_inner_one(folder):
    made = drawing(text="内")
    made.modelspace().add_lwpolyline(box(40, 20), close=True)
    came = read(made, folder / "a.dxf")
    assert {round(f.geometry.area): f.fields.get("name") for f in came.features} == {10000: None, 400: "内"}
    made.modelspace().add_text("外", height=3).set_placement(at(10))
    came = read(made, folder / "b.dxf")
    assert {round(f.geometry.area): f.fields.get("name") for f in came.features} == {10000: "外", 400: "内"}


@pytest.mark.parametrize("shift", [0.0, -3.0])
def test_a_closed_spline_is_the_curve_between_its_inner_knots(folder, shift):
    made = ezdxf.new("R2010")
    spline = made.modelspace().add_spline()
    spline.set_closed([(x, y, 0) for x, y in box()])
    spline.knots = [k + shift for k in spline.knots]  # AutoCAD begins below 0
    outline = read(made, folder / "a.dxf").features[0].geometry
    # The basis functions of a uniform cubic B-spline, span by span.
    t = np.linspace(0, 1, 2001)
    basis = np.array([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]) / 6
    corners = np.array(box())
    curve = np.concatenate([basis.T[:-1] @ np.roll(corners, -i, axis=0) for i in range(4)])
    assert outline.area == pytest.approx(shapely.Polygon(curve).area, rel=1e-3)
    assert outline.hausdorff_distance(shapely.Polygon(curve)) < 0.02


def test_what_is_hidden_in_the_drawing_is_told(folder):
    made = drawing(layer="开")
    made.layers.add("关").off()
    made.layers.add("冻").freeze()
    space = made.modelspace()
    space.add_lwpolyline(box(200), close=True, dxfattribs={"layer": "关"})
    space.add_lwpolyline(box(400), close=True, dxfattribs={"layer": "冻"})
    space.add_lwpolyline(box(600), close=True, dxfattribs={"layer": "开", "invisible": 1})
    came = read(made, folder / "a.dxf", sublayer="*")
    said = "\n".join(w.render() for w in came.warnings)
    assert len(came.features) == 3
    assert "switched off or frozen in the drawing: 关, 冻" in said
    assert "1 entities are set invisible" in said
