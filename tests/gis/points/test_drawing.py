"""Drawings: every kind of entity with heights, layers, units, encodings, texts; and broken ones."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import ezdxf
import numpy as np
import pytest

from gis.formats import LIMITS, process
from gis.points import make_ground, read_points
from gis.points.read import GroundPoints
from models.errors import AppError, Missing, Refused, Unreadable
from tests.gis.points.conftest import EAST, HOME, NORTH

HIGH = 1050.0


def read(path: Path, **more) -> GroundPoints:
    return read_points(path, target_crs=HOME, crs=HOME, **more)


@pytest.fixture
def drawing(tmp_path):
    """Save a drawing in a path with Chinese characters and a space: text or binary."""

    def save(doc, name="地形 图.dxf", fmt="asc", encoding=None) -> Path:
        path = tmp_path / "图 纸" / name
        path.parent.mkdir(exist_ok=True)
        doc.saveas(path, fmt=fmt, encoding=encoding)
        return path

    return save


def new(version="R2010", units=6):
    doc = ezdxf.new(version, units=units)
    return doc, doc.modelspace()


def at(x, y, z=None):
    return (EAST + x, NORTH + y) if z is None else (EAST + x, NORTH + y, z)


def ring(r, n=90):
    t = 2 * np.pi * np.arange(n) / n
    return [at(r * np.cos(a), r * np.sin(a)) for a in t]


def test_every_entity_with_a_height_is_read_exactly(drawing):
    doc, space = new()
    a = {"layer": "地形"}
    space.add_lwpolyline([at(0, 0), at(10, 0), at(10, 10)], close=True, dxfattribs=a | {"elevation": 1050.5})
    space.add_polyline2d([at(20, 0), at(30, 0)], dxfattribs=a | {"elevation": (0, 0, 1051)})
    space.add_polyline3d([at(40, 0, 1052), at(50, 0, 1053), at(50, 5, 1054)], dxfattribs=a)
    space.add_line(at(60, 0, 1055), at(70, 0, 1056), dxfattribs=a)
    space.add_point(at(80, 0, 1057), dxfattribs=a)
    doc.blocks.new("GC200")
    space.add_blockref("GC200", at(90, 0, 1058), dxfattribs=a)
    points = read(drawing(doc))
    assert points.kind == "dxf"
    assert points.sublayer == "地形"
    got = np.column_stack((points.xy - (EAST, NORTH), points.z))
    wanted = [
        (0, 0, 1050.5), (10, 0, 1050.5), (10, 10, 1050.5), (0, 0, 1050.5), (20, 0, 1051), (30, 0, 1051), (40, 0, 1052),
        (50, 0, 1053), (50, 5, 1054), (60, 0, 1055), (70, 0, 1056), (80, 0, 1057), (90, 0, 1058),
    ]  # fmt: skip
    assert np.allclose(got, wanted, atol=1e-9)
    assert list(points.line) == [0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, -1, -1]
    assert points.rows_read == 6


def test_curves_are_followed_to_a_centimetre(drawing):
    doc, space = new()
    a = {"layer": "0"}
    space.add_circle(at(0, 0, HIGH), 50, dxfattribs=a)
    space.add_arc(at(0, 0, HIGH + 1), 30, 0, 180, dxfattribs=a)
    space.add_lwpolyline([(*at(20, 0), 1), (*at(-20, 0), 1)], format="xyb", close=True,
                         dxfattribs=a | {"elevation": HIGH + 2})  # fmt: skip
    space.add_lwpolyline([(*at(0, 0), 0.3), (*at(30, 10), 0), at(40, 40)], format="xyb",
                         dxfattribs=a | {"elevation": HIGH})  # fmt: skip
    bulges = space.add_polyline2d([at(0, 0), at(30, 10), at(40, 40)], dxfattribs=a | {"elevation": (0, 0, HIGH)})
    bulges.vertices[0].dxf.bulge = 0.3
    space.add_spline([at(0, 0, HIGH), at(10, 5, HIGH + 3), at(20, 0, HIGH)], dxfattribs=a)
    points = read(drawing(doc))
    r = np.hypot(*(points.xy - (EAST, NORTH)).T)
    for line, radius in ((0, 50), (1, 30), (2, 20)):
        own = points.line == line
        assert np.allclose(r[own], radius, atol=1e-6)
        step = np.hypot(*np.diff(points.xy[own], axis=0).T).max()
        assert radius - np.sqrt(radius**2 - step**2 / 4) <= 0.0101
    from ezdxf.math import bulge_center, bulge_radius

    centre, radius = bulge_center(at(0, 0), at(30, 10), 0.3), bulge_radius(at(0, 0), at(30, 10), 0.3)
    for line in (3, 4):
        own = points.xy[points.line == line]
        assert np.allclose(np.hypot(*(own[:-1] - (centre.x, centre.y)).T), radius, atol=1e-6)
        assert np.allclose(own[[0, -2, -1]], [at(0, 0), at(30, 10), at(40, 40)])
    assert points.z[points.line == 5].max() == pytest.approx(HIGH + 3, abs=0.02)
    assert any(n.key == "drawing.curves" for n in points.warnings)


def test_the_frame_of_a_fitted_spline_is_no_ground(drawing):
    """CAD keeps the points that drew a smoothed contour beside those on it: flag 16."""
    doc, space = new("R2000")
    line = space.add_polyline2d([at(0, 0), at(50, 90), at(0, 5), at(5, 5)], dxfattribs={"elevation": (0, 0, HIGH)})
    line.vertices[1].dxf.flags = 16
    for k in (0, 2, 3):
        line.vertices[k].dxf.flags = 8
    points = read(drawing(doc))
    assert len(points.z) == 3
    assert points.xy[:, 1].max() < NORTH + 10


def test_two_layers_with_heights_are_listed_until_one_is_said(drawing):
    doc, space = new()
    for k in range(4):
        space.add_lwpolyline(ring(10 + k), dxfattribs={"layer": "DGX", "elevation": HIGH + k})
    doc.blocks.new("GC200")
    for k in range(3):
        space.add_blockref("GC200", at(k, 3, HIGH), dxfattribs={"layer": "GCD"})
    space.add_lwpolyline(ring(99), dxfattribs={"layer": "地类界"})
    space.add_text("包头", dxfattribs={"layer": "ZJ"})
    path = drawing(doc)
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.key == "drawing.which_layers"
    assert "DGX (lines: 4); GCD (points: 3)" in caught.value.sentence()
    assert "地类界" not in caught.value.sentence()
    assert len(read(path, sublayer="DGX").z) == 4 * 91 - 4
    assert len(read(path, sublayer="DGX,GCD").z) == len(read(path, sublayer="*").z) == 4 * 90 + 3
    with pytest.raises(Missing) as missing:
        read(path, sublayer="等高线")
    assert missing.value.key == "import.no_sublayer"
    with pytest.raises(Refused) as none:
        read(path, sublayer="地类界")
    assert none.value.key == "drawing.no_heights"


def test_height_zero_is_not_taken_for_a_height(drawing):
    doc, space = new()
    for k in range(5):
        space.add_point(at(k, k * k, HIGH + k))
    space.add_lwpolyline(ring(30))
    points = read(drawing(doc))
    assert len(points.z) == 5
    assert [(t.reason.key, t.count) for t in points.skips] == [("drawing.zero", 1)]


def test_on_a_coast_zero_is_a_height(drawing):
    doc, space = new()
    for k in range(-2, 3):
        space.add_lwpolyline(ring(30 + 5 * k), dxfattribs={"elevation": k})
    points = read(drawing(doc))
    assert len(points.z) == 5 * 90
    assert (points.z == 0).sum() == 90


def test_texts_are_heights_only_if_asked(drawing):
    """Points on the ground plane, the height as a text a little beside: refused with advice, or matched one to one."""
    doc, space = new()
    rng = np.random.default_rng(2)
    x, y = np.meshgrid(np.arange(6) * 10.0, np.arange(5) * 10.0)
    for k, (u, v) in enumerate(zip(x.ravel(), y.ravel(), strict=True)):
        space.add_point(at(u, v), dxfattribs={"layer": "GCD"})
        if k != 7:
            place = (*at(u + 1 + rng.uniform(0, 0.5), v - 0.4),)
            space.add_text(f"{HIGH + k:.2f}", dxfattribs={"layer": "GCD", "insert": place})
    space.add_text("高程", dxfattribs={"layer": "GCD", "insert": at(10, 12)})
    path = drawing(doc)
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.key == "drawing.no_heights"
    assert "--text-heights" in caught.value.advice.text
    assert "points: 30, texts: 29" in caught.value.sentence()
    points = read(path, text_heights_m=3.0)
    assert np.allclose(points.z, [HIGH + k for k in range(30) if k != 7])
    assert {t.reason.key: t.count for t in points.skips} == {"points.no_height": 1, "drawing.no_text": 1}
    assert next(n for n in points.warnings if n.key == "drawing.text_heights").facts["count"] == 29
    with pytest.raises(Refused):
        read(path, text_heights_m=0.5)


def test_a_block_with_its_height_in_an_attribute(drawing):
    doc, space = new()
    block = doc.blocks.new("GC200")
    block.add_attdef("height", (0, 0))
    for k in range(4):
        insert = space.add_blockref("GC200", at(k, k * k, 0 if k < 3 else HIGH))
        insert.add_attrib("height", f"{HIGH + k:.2f}", at(k, 1))
    points = read(drawing(doc))
    assert np.allclose(points.z, [HIGH, HIGH + 1, HIGH + 2, HIGH])
    keys = {n.key: n.facts for n in points.warnings}
    assert keys["drawing.by_label"]["count"] == 3
    assert keys["drawing.label_differs"]["count"] == 1


@pytest.mark.parametrize(("units", "scale"), [(4, 1000.0), (5, 100.0), (6, 1.0), (0, 1.0)])
def test_units_of_the_header(drawing, units, scale):
    doc, space = new(units=units)
    for k in range(5):
        space.add_point(tuple(v * scale for v in at(k, k * k, HIGH + k)))
    points = read(drawing(doc))
    assert np.allclose(points.z, HIGH + np.arange(5))
    assert np.allclose(points.xy[:, 0], EAST + np.arange(5))


def test_a_template_that_says_millimetres_of_metres(drawing):
    """The usual case: the metric template's unit is millimetres, the numbers are metres of the grid."""
    doc, space = new(units=4)
    for k in range(5):
        space.add_point(at(k, k * k, HIGH + k))
    path = drawing(doc)
    points = read(path)
    assert np.allclose(points.z, HIGH + np.arange(5))
    assert any(n.key == "drawing.unit" for n in points.warnings)
    assert np.allclose(read(path, unit="m").z, points.z)


def test_a_unit_that_cannot_be_told_is_refused(drawing):
    doc, space = new(units=2)
    for k in range(5):
        space.add_point((EAST + k, NORTH + k * k, 3000.0 + k))
    path = drawing(doc)
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.key == "drawing.unit"
    assert np.allclose(read_points(path, target_crs=HOME, crs=HOME, unit="m").z, 3000.0 + np.arange(5))
    with pytest.raises(Refused) as unknown:
        read(path, unit="尺")
    assert unknown.value.key == "drawing.unknown_unit"


@pytest.mark.parametrize(("version", "fmt"), [("R12", "asc"), ("R2000", "asc"), ("R2018", "asc"), ("R2000", "bin"),
                                              ("R2018", "bin"), ("R12", "bin")])  # fmt: skip
def test_releases_text_and_binary(drawing, version, fmt):
    doc, space = new(version)
    doc.encoding = "gbk" if version < "R2007" else "utf8"
    for k in range(5):
        space.add_point(at(k, k * k, HIGH + k), dxfattribs={"layer": "高程点"})
    points = read(drawing(doc, fmt=fmt))
    assert points.sublayer == "高程点"
    assert np.allclose(points.z, HIGH + np.arange(5))


def test_the_encoding_of_a_file_that_names_none(tmp_path):
    rows = ["0", "SECTION", "2", "ENTITIES"]
    for k in range(4):
        rows += ["0", "POINT", "8", "高程点", "10", f"{EAST + k}", "20", f"{NORTH + k * k}", "30", f"{HIGH + k}"]
    text = "\r\n".join([*rows, "0", "ENDSEC", "0", "EOF", ""])
    for encoding in ("gb18030", "utf-8", "utf-8-sig"):
        path = tmp_path / f"{encoding}.dxf"
        path.write_bytes(text.encode(encoding))
        assert read(path).sublayer == "高程点"
    assert read(tmp_path / "gb18030.dxf", encoding="gb18030").encoding == "GB18030"
    with pytest.raises(Refused) as caught:
        read(tmp_path / "gb18030.dxf", encoding="klingon")
    assert caught.value.key == "encoding.unknown"


def test_what_is_not_read_is_counted(drawing):
    doc, space = new()
    for k in range(4):
        space.add_point(at(k, k * k, HIGH + k))
    space.add_3dface([at(0, 0, 1), at(1, 0, 1), at(1, 1, 1), at(0, 1, 1)])
    space.add_hatch()
    paper = doc.paperspace()
    paper.add_point((1, 2, 3))
    points = read(drawing(doc))
    assert len(points.z) == 4
    kinds = next(n for n in points.warnings if n.key == "drawing.others").facts["kinds"]
    assert kinds == "HATCH: 1"
    assert next(n for n in points.warnings if n.key == "faces.few").facts["count"] == 1


def test_a_drawing_names_no_system_and_the_guess_is_told(drawing):
    doc, space = new()
    for k in range(4):
        space.add_point(at(k, k * k, HIGH + k))
    path = drawing(doc)
    with pytest.raises(Refused) as caught:
        read_points(path, target_crs=HOME)
    assert caught.value.key in {"import.no_crs", "crs.none", "import.guess"} or "EPSG" in caught.value.sentence()
    assert len(read_points(path, target_crs=HOME, accept_guess=True).z) == 4
    with pytest.raises(Refused) as order:
        read(path, order="ne")
    assert order.value.key == "points.order_needless"


@pytest.mark.parametrize("head", [b"AC1015\0\0\0\0\0\0", b"AC1032\0\0\0\0\0"])
def test_a_dwg_is_refused_with_advice(tmp_path, head):
    path = tmp_path / "图.dwg"
    path.write_bytes(head + bytes(range(256)) * 20)
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.key == "points.dwg"
    assert "DXF" in caught.value.advice.text


def whole(n=300):
    doc, space = new()
    for k in range(n):
        space.add_lwpolyline(ring(5 + k, 12), dxfattribs={"elevation": HIGH + k})
    out = io.StringIO()
    doc.write(out)
    return out.getvalue().encode()


def test_truncated_and_mutated_drawings_end_in_one_clear_error_or_points(tmp_path):
    content = whole()
    start = content.index(b"ENTITIES")
    rng = np.random.default_rng(11)
    path = tmp_path / "坏.dxf"
    for share in (0.0, 0.3, 0.9):
        path.write_bytes(content[: start + int(share * (content.index(b"ENDSEC", start) - start))])
        with pytest.raises(Unreadable) as caught:
            read(path)
        assert caught.value.key == "drawing.damaged"
    for _ in range(6):
        bad = bytearray(content)
        for where in rng.integers(start, content.index(b"OBJECTS"), 30):
            bad[where] = rng.integers(0, 256)
        path.write_bytes(bytes(bad))
        with suppress(AppError):
            assert len(read(path).z) > 3


def test_a_binary_drawing_cut_short(drawing):
    doc, space = new()
    for k in range(50):
        space.add_point(at(k, k * k, HIGH + k))
    path = drawing(doc, fmt="bin")
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"ENTITIES") + 400])
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert caught.value.key == "drawing.damaged"


def entities(*rows: str) -> bytes:
    return "\n".join(["0", "SECTION", "2", "ENTITIES", *rows, "0", "ENDSEC", "0", "EOF", ""]).encode()


@pytest.mark.parametrize(
    "content",
    [
        entities("0", "CIRCLE", "8", "0", "10", "0", "20", "0", "30", "5", "40", "1e300"),
        entities("0", "CIRCLE", "8", "0", "10", "nan", "20", "0", "30", "5", "40", "10"),
        entities("0", "SPLINE", "8", "0", "70", "8", "71", "3", "72", "999999999", "73", "999999999"),
        entities("0", "POINT", "8", "0", "10", "1e400", "20", "inf", "30", "5"),
        entities("0", "LWPOLYLINE", "8", "0", "90", "2000000000", "10", "1", "20", "2"),
        entities("x" * 3_000_000),
        entities("0", "POINT", "8", "0", "10", "a", "20", "b", "30", "c"),
        b"0\nSECTION\n" + b"999\n" * 100_000,
        entities(*["0", "INSERT", "8", "0", "66", "1", "2", "A"] * 3),
    ],
    ids=["radius", "nan", "spline", "inf", "count", "line", "letters", "comments", "inserts"],
)
def test_hostile_drawings(tmp_path, content):
    path = tmp_path / "h.dxf"
    path.write_bytes(content)
    with pytest.raises(AppError) as caught:
        read(path)
    assert caught.value.advice.text or caught.value.key.startswith("points.few")


def test_a_drawing_larger_than_the_limits(tmp_path, monkeypatch):
    from dataclasses import replace

    path = tmp_path / "d.dxf"
    path.write_bytes(whole(20))
    small = replace(LIMITS, vertices=100)
    with pytest.raises(Refused) as caught:
        list(process.messages(path, "dxf", sublayer=None, prefer=None, encoding=None, limits=small,
                              watch=__import__("models.progress", fromlist=["Watch"]).Watch()))  # fmt: skip
    assert caught.value.key == "import.too_many_vertices"


def test_a_cone_from_the_contours_of_a_drawing(drawing, tmp_path):
    """Contours every metre of a cone of 30 m depth and 60 m radius: ⅓πr²h from the grid within 0.5 %."""
    import rasterio

    doc, space = new()
    for k in range(31):
        radius = 60 * k / 30
        if k:
            space.add_circle(at(0, 0, HIGH - 30 + k), radius, dxfattribs={"layer": "DGX"})
        else:
            space.add_point(at(0, 0, HIGH - 30), dxfattribs={"layer": "DGX"})
    points = read(drawing(doc))
    ground = make_ground(points, tmp_path / "锥.tif", crs=HOME, cell=0.5)
    with rasterio.open(ground.points.path.parent.parent / "锥.tif") as ds:
        z = ds.read(1, masked=True)
    depth = HIGH - z.filled(HIGH)
    volume = float(np.clip(depth, 0, None).sum()) * 0.25
    assert volume == pytest.approx(np.pi * 3600 * 30 / 3, rel=5e-3)
    assert ground.validation.by_line


def test_an_empty_drawing_is_told_as_empty(drawing):
    with pytest.raises(Refused) as caught:
        read(drawing(ezdxf.new()))
    assert caught.value.key == "drawing.empty"
