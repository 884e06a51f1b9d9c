"""Surfaces that drawings give as faces: 3DFACE, polyface and polygon meshes, MESH, in blocks; and broken ones."""

from __future__ import annotations

from contextlib import suppress

import ezdxf
import numpy as np
import pytest
import rasterio

from gis.points import make_ground, read_joined, read_points
from gis.points.base import PointLimits, Skips
from gis.points.faces import triangles_of
from gis.points.given import GivenTin
from gis.points.joined import Breaklines
from gis.points.mesh import WIDE
from models.errors import AppError, Missing, Refused, Unreadable
from tests.gis.points.conftest import EAST, HOME, NORTH

SIDES = 64
HIGH = 1050.0


def read(path, **more):
    return read_points(path, target_crs=HOME, crs=HOME, **more)


def new(version="R2010", units=6):
    doc = ezdxf.new(version, units=units)
    return doc, doc.modelspace()


@pytest.fixture
def drawing(tmp_path):
    def save(doc, name="三角 网.dxf", fmt="asc"):
        path = tmp_path / name
        doc.saveas(path, fmt=fmt)
        return path

    return save


def ring(radius, z, n=SIDES):
    t = 2 * np.pi * np.arange(n) / n
    return [(EAST + radius * np.cos(a), NORTH + radius * np.sin(a), z) for a in t]


def frustum():
    """Faces (four corners) of level ground about a pit: crest 30 m, floor 15 m in radius, 10 m deep; 64 sides."""
    outer, crest, toe = ring(60, HIGH), ring(30, HIGH), ring(15, HIGH - 10)
    faces = [
        [o[k], o[(k + 1) % SIDES], i[(k + 1) % SIDES], i[k]]
        for o, i in ((outer, crest), (crest, toe))
        for k in range(SIDES)
    ]
    middle = (EAST, NORTH, HIGH - 10)
    return faces + [[toe[k], toe[(k + 1) % SIDES], middle, middle] for k in range(SIDES)]


def area(radius):
    return SIDES / 2 * np.sin(2 * np.pi / SIDES) * radius**2


VOLUME = 10 / 3 * (area(30) + area(15) + np.sqrt(area(30) * area(15)))


def volume_of(path, cell):
    with rasterio.open(path) as dem:
        z = dem.read(1, masked=True)
    return float((HIGH - z.astype(float)).sum()) * cell**2, int(z.count()) * cell**2


def as_faces(space, layer="SJW"):
    for face in frustum():
        space.add_3dface(face, dxfattribs={"layer": layer})


def as_polyface(space, layer="SJW"):
    from ezdxf.render import MeshBuilder

    mesh = MeshBuilder()
    for face in frustum():
        mesh.add_face([c for k, c in enumerate(face) if c not in face[:k]])
    mesh.render_polyface(space, dxfattribs={"layer": layer})


def as_mesh(space, layer="SJW"):
    from ezdxf.render import MeshBuilder

    mesh = MeshBuilder()
    for face in frustum():
        mesh.add_face([c for k, c in enumerate(face) if c not in face[:k]])
    mesh.render_mesh(space, dxfattribs={"layer": layer})


def in_a_block(space, layer="SJW"):
    """A surface as an object: about its own origin, inserted where it lies."""
    block = space.doc.blocks.new("SURFACE", base_point=(5, 7, 1))
    for face in frustum():
        moved = [(x - EAST + 5, y - NORTH + 7, z + 1) for x, y, z in face]
        block.add_3dface(moved, dxfattribs={"layer": "0"})
    space.add_blockref("SURFACE", (EAST, NORTH, 0), dxfattribs={"layer": layer})


def in_blocks(space, layer="SJW"):
    """The same through a block in a block, turned by 90° and back, at twice the size and half."""
    block = space.doc.blocks.new("INNER")
    for face in frustum():
        block.add_3dface([(x - EAST, y - NORTH, z) for x, y, z in face], dxfattribs={"layer": "0"})
    outer = space.doc.blocks.new("OUTER")
    outer.add_blockref(
        "INNER", (0, 0, 0), dxfattribs={"layer": "0", "rotation": 90, "xscale": 0.5, "yscale": 0.5, "zscale": 0.5}
    )
    space.add_blockref("OUTER", (EAST, NORTH, 0), dxfattribs={
        "layer": layer, "rotation": -90, "xscale": 2, "yscale": 2, "zscale": 2})  # fmt: skip


@pytest.mark.parametrize("made", [as_faces, as_polyface, as_mesh, in_a_block, in_blocks])
def test_a_frustum_comes_back(drawing, tmp_path, made):
    """V = h/3 (A₁ + A₂ + √(A₁A₂)) of the 64-gons themselves: nothing is lost but between cells."""
    doc, space = new()
    made(space)
    points = read(drawing(doc))
    assert points.corners is not None
    assert len(points.corners) == 5 * SIDES
    assert len(points.z) == 3 * SIDES + 1
    assert points.sublayer == "SJW"
    ground = make_ground(points, tmp_path / "g.tif", crs=HOME, cell=0.25)
    volume, covered = volume_of(tmp_path / "g.tif", 0.25)
    assert volume == pytest.approx(VOLUME, rel=2e-4)
    assert covered == pytest.approx(area(60), rel=1e-3)
    assert ground.triangles == 5 * SIDES
    assert "faces.overlap" not in [n.key for n in ground.notices]
    with rasterio.open(tmp_path / "g.tif") as dem:
        assert dem.tags()["HUITIAN_METHOD"] == "triangles (TIN) as the file gives them"


@pytest.mark.parametrize("fmt", ["asc", "bin"])
def test_text_and_binary_give_the_same(drawing, fmt):
    doc, space = new()
    as_faces(space)
    points = read(drawing(doc, fmt=fmt))
    assert (len(points.corners), float(points.z.min())) == (5 * SIDES, HIGH - 10)


def test_a_polygon_mesh_is_a_grid_of_faces(drawing):
    doc, space = new()
    mesh = space.add_polymesh((4, 3), dxfattribs={"layer": "面"})
    for i in range(4):
        for j in range(3):
            mesh.set_mesh_vertex((i, j), (EAST + 10 * i, NORTH + 10 * j, HIGH + i + j))
    points = read(drawing(doc))
    assert len(points.corners) == 12
    assert GivenTin(points.xy, points.z, points.corners, 99).area_m2 == pytest.approx(600)


def test_triangles_are_not_triangulated_anew(drawing, tmp_path):
    """The other diagonal of a square than Delaunay's (and its own) would give: a ridge stays a ridge."""
    doc, space = new()
    a, b, c, d = [(EAST + x, NORTH + y, HIGH + z) for x, y, z in ((0, 0, 0), (12, 1, 5), (10, 10, 0), (-1, 12, 5))]
    for face in ((a, b, d), (b, c, d)):
        space.add_3dface(face)
    points = read(drawing(doc))
    make_ground(points, tmp_path / "g.tif", crs=HOME, cell=1)
    with rasterio.open(tmp_path / "g.tif") as dem:
        (middle,) = next(dem.sample([(EAST + 5.5, NORTH + 6.5)]))
    assert middle == pytest.approx(HIGH + 5, abs=0.3)


def test_a_hole_and_the_border_have_no_height(drawing, tmp_path):
    doc, space = new()
    outer, inner = ring(60, HIGH), ring(20, HIGH + 1)
    for k in range(SIDES // 2):  # half a ring, open in the middle: a hollow of the border stays empty too
        space.add_3dface([outer[k], outer[k + 1], inner[k + 1], inner[k]])
    points = read(drawing(doc))
    ground = make_ground(points, tmp_path / "g.tif", crs=HOME, cell=0.5)
    _, covered = volume_of(tmp_path / "g.tif", 0.5)
    assert covered == pytest.approx((area(60) - area(20)) / 2, rel=5e-3)
    assert "faces.covered" in [n.key for n in ground.notices]
    with rasterio.open(tmp_path / "g.tif") as dem:
        (middle,) = next(dem.sample([(EAST, NORTH + 5)]))
    assert middle == -9999


def test_faces_over_each_other_are_told_with_place_and_difference(drawing, tmp_path):
    doc, space = new()
    square = [(0, 0), (40, 0), (40, 40), (0, 40)]
    space.add_3dface([(EAST + x, NORTH + y, HIGH) for x, y in square])
    space.add_3dface([(EAST + x / 2 + 10, NORTH + y / 2 + 10, HIGH + 3 + x / 40) for x, y in square])
    points = read(drawing(doc))
    ground = make_ground(points, tmp_path / "g.tif", crs=HOME, cell=0.5)
    (told,) = [n for n in ground.notices if n.key == "faces.overlap"]
    assert told.facts["area"] == pytest.approx(400, rel=0.06)
    assert told.facts["most"] == pytest.approx(4, abs=0.05)
    assert told.facts["x"] == pytest.approx(EAST + 29.75, abs=0.6)


def test_neighbours_along_lines_of_cells_are_no_overlap(drawing, tmp_path):
    """Edges through the centres of cells belong to both sides."""
    doc, space = new()
    for i in range(10):
        for j in range(10):
            x, y = EAST + 0.5 + 2 * i, NORTH + 0.5 + 2 * j
            space.add_3dface([(x, y, HIGH), (x + 2, y, HIGH + 1), (x + 2, y + 2, HIGH), (x, y + 2, HIGH + 1)])
    ground = make_ground(read(drawing(doc)), tmp_path / "g.tif", crs=HOME, cell=1)
    assert "faces.overlap" not in [n.key for n in ground.notices]
    assert ground.area_m2 == pytest.approx(441, abs=1)


def quad(*corners):
    return np.array([c for p in corners for c in p], float)


A, B, C, D = (0.0, 0.0, HIGH), (10.0, 0.0, HIGH), (10.0, 10.0, HIGH + 1), (0.0, 10.0, HIGH)


def reasons(skips):
    return {t.reason.key: t.rows for t in skips}


def test_corners_that_are_none_leave_their_face_out():
    nan, inf = float("nan"), float("inf")
    faces = [quad(A, B, C, D)]
    faces += [quad(A, B, p, D) for p in ((nan, 0, HIGH), (1e12, 0, HIGH), (5, 5, 1e6), (5, 5, 0), (inf, 0, 1))]
    skips = Skips()
    found = triangles_of(np.array(faces), np.arange(1, 7), skips)
    assert len(found.corners) == 2
    assert reasons(skips) == {"faces.no_number": [2, 6], "faces.far": [3], "faces.zero": [5], "faces.no_ground": [4]}


def test_ground_about_sea_level_keeps_its_zeros():
    skips = Skips()
    low = [(x, y, z - HIGH) for x, y, z in (A, B, C, D)]
    assert len(triangles_of(np.array([quad(*low)]), np.array([1]), skips).corners) == 2
    assert not skips.count


def test_degenerate_upright_crossed_and_repeated_faces_are_counted():
    up = (0.0, 0.0, HIGH + 5)
    faces = [quad(A, B, C, D), quad(A, A, A, A), quad(A, B, (20.0, 0.0, HIGH), (20.0, 0.0, HIGH)),
             quad(A, B, (10.0, 0.0, HIGH + 5), up), quad(A, C, B, D), quad(C, B, A, A), quad(A, B, C, C)]  # fmt: skip
    skips = Skips()
    found = triangles_of(np.array(faces), np.arange(1, 8), skips)
    assert reasons(skips) == {
        "faces.crossed": [5],
        "faces.upright": [4],
        "faces.no_area": [2, 3],
        "faces.twice": [6, 7],
    }
    assert len(found.corners) == 2


def test_a_hollow_face_is_split_along_its_inner_diagonal():
    hollow = quad((0, 0, HIGH), (10, 0, HIGH), (2, 2, HIGH), (0, 10, HIGH))
    for turn in range(4):
        found = triangles_of(np.roll(hollow, 3 * turn)[None], np.array([1]), Skips())
        tin = GivenTin(found.xyz[:, :2], found.xyz[:, 2], found.corners, 99)
        assert tin.area_m2 == pytest.approx(20)
        assert np.isnan(tin.at(np.array([[4.0, 4.0]]))).all()


def test_long_edges_count_as_spanned():
    xyz = np.array([(0, 0, 1), (10, 0, 1), (0, 10, 1), (200, 100, 1)], float)
    tin = GivenTin(xyz[:, :2], xyz[:, 2], np.array([(0, 1, 2), (1, 3, 2)], np.int32), 20.0)
    z, kind = tin.block(0, 100, 1, 100, 200)
    assert (kind[np.isfinite(z)] & WIDE > 0).mean() > 0.9
    assert kind[98, 1] & WIDE == 0


def test_faces_count_before_points_and_lines_of_their_layer_and_that_is_said(drawing):
    doc, space = new()
    as_faces(space)
    space.add_point((EAST, NORTH, HIGH + 7), dxfattribs={"layer": "SJW"})
    space.add_line((EAST, NORTH, HIGH), (EAST + 5, NORTH, HIGH), dxfattribs={"layer": "SJW"})
    points = read(drawing(doc))
    assert points.z.max() == HIGH
    (told,) = [w for w in points.warnings if w.key == "faces.beside"]
    assert (told.facts["lines"], told.facts["points"]) == (1, 1)


def test_a_few_faces_among_points_are_no_surface(drawing):
    doc, space = new()
    for k in range(200):
        space.add_point((EAST + k, NORTH + k * k % 97, HIGH + k / 100))
    space.add_3dface([(EAST, NORTH, HIGH), (EAST + 5, NORTH, HIGH), (EAST, NORTH + 5, HIGH)])
    points = read(drawing(doc))
    assert points.corners is None
    assert len(points.z) == 200
    assert [w.facts["count"] for w in points.warnings if w.key == "faces.few"] == [1]


def test_layers_of_faces_points_and_contours_are_listed_until_one_is_said(drawing):
    doc, space = new()
    as_faces(space)
    space.add_lwpolyline(
        [(EAST, NORTH), (EAST + 9, NORTH), (EAST, NORTH + 5)], dxfattribs={"layer": "DGX", "elevation": HIGH}
    )
    for k in range(4):
        space.add_point((EAST + k, NORTH + k * k, HIGH), dxfattribs={"layer": "GCD"})
    path = drawing(doc)
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.key == "drawing.which_layers"
    assert "SJW (faces: 192)" in refused.value.advice.render()
    assert read(path, sublayer="GCD").corners is None
    assert len(read(path, sublayer="SJW").corners) == 5 * SIDES
    with pytest.raises(Missing):
        read(path, sublayer="no such layer")


def test_a_flat_drawing_of_faces_has_no_heights(drawing):
    doc, space = new()
    space.add_3dface([(EAST, NORTH), (EAST + 5, NORTH), (EAST, NORTH + 5)])
    with pytest.raises(Refused) as refused:
        read(drawing(doc))
    assert refused.value.key == "drawing.no_heights"
    assert "faces: 1" in refused.value.advice.render() or "faces: 1" in str(refused.value.what.facts)


def test_millimetres_are_converted(drawing):
    doc, space = new(units=4)
    for face in frustum():
        space.add_3dface([tuple(1000 * v for v in c) for c in face])
    points = read(drawing(doc))
    assert points.z.min() == pytest.approx(HIGH - 10)
    assert "drawing.unit" in [w.key for w in points.warnings]


def test_a_block_in_itself_and_one_of_nonsense_size_are_told(drawing):
    doc, space = new()
    as_faces(space)
    block = doc.blocks.new("LOOP")
    block.add_3dface([(0, 0, HIGH), (1, 0, HIGH), (0, 1, HIGH)], dxfattribs={"layer": "0"})
    block.add_blockref("LOOP", (0, 0, 0))
    space.add_blockref("LOOP", (EAST, NORTH, 0), dxfattribs={"layer": "SJW"})
    points = read(drawing(doc))
    assert "faces.cut" in [w.key for w in points.warnings]


def test_blocks_in_blocks_that_multiply_end_soon(drawing):
    """Ten references in each of eight blocks: a hundred million places, of nothing or of one face."""
    doc, space = new()
    for k in range(8):
        block = doc.blocks.new(f"B{k}")
        for j in range(10):
            block.add_blockref(f"B{k + 1}", (j, 0, 0), dxfattribs={"layer": "0"})
    doc.blocks.new("B8")
    as_faces(space)
    space.add_blockref("B0", (EAST, NORTH, HIGH), dxfattribs={"layer": "SJW"})
    assert len(read(drawing(doc)).corners) == 5 * SIDES
    doc.blocks.get("B6").add_3dface([(0, 0, HIGH), (1, 0, HIGH), (0, 1, HIGH)])
    with pytest.raises(Refused) as refused:
        read(drawing(doc), limits=PointLimits(points=40_000))
    assert refused.value.key == "drawing.many_faces"


def test_a_block_without_faces_stays_a_height_point(drawing):
    doc, space = new()
    doc.blocks.new("GC200")
    for k in range(4):
        space.add_blockref("GC200", (EAST + 10 * k, NORTH + k * k, HIGH + k), dxfattribs={"layer": "GCD"})
    points = read(drawing(doc))
    assert points.corners is None
    assert sorted(points.z) == [HIGH, HIGH + 1, HIGH + 2, HIGH + 3]


def test_too_many_faces_are_refused(drawing):
    doc, space = new()
    as_faces(space)
    with pytest.raises(Refused) as refused:
        read(drawing(doc), limits=PointLimits(points=400))
    assert refused.value.key == "import.too_many_vertices"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_file_that_ends_in_the_middle_is_refused(drawing, cut):
    doc, space = new()
    as_faces(space)
    path = drawing(doc)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(Unreadable):
        read(path)


def test_nonsense_in_tags_ends_in_words(drawing):
    doc, space = new()
    as_faces(space)
    as_mesh(space, "MESH")
    path = drawing(doc)
    text = path.read_text()
    for old, said in (
        (f"{HIGH - 10}", "nan"),
        (f"{HIGH - 10}", "1e999"),
        ("\n 93\n", "\n 93\n9"),
        ("\n 90\n", "\n 90\n7"),
    ):
        path.write_text(text.replace(old, said))
        with suppress(AppError):
            points = read(path, sublayer="*")
            assert np.isfinite(points.z).all()
            assert np.isfinite(points.xy).all()


def test_breaklines_and_a_surface_do_not_go_together(drawing, tmp_path):
    doc, space = new()
    as_faces(space)
    surface = drawing(doc)
    other, lines = new()
    lines.add_line((EAST, NORTH, HIGH), (EAST + 30, NORTH, HIGH))
    breaks = drawing(other, "lines.dxf")
    with pytest.raises(Refused) as refused:
        read_joined(surface, Breaklines(breaks, crs=HOME), target_crs=HOME, crs=HOME)
    assert refused.value.key == "points.surface_and_lines"
    table = tmp_path / "p.csv"
    table.write_text("x,y,z\n" + "\n".join(f"{EAST + i},{NORTH + i * i},{HIGH}" for i in range(9)))
    with pytest.raises(Refused) as refused:
        read_joined(table, Breaklines(surface, crs=HOME), target_crs=HOME, crs=HOME, order="en")
    assert refused.value.key.endswith("points.faces_no_breaklines")


def test_spikes_are_named_and_left_out_only_if_asked(drawing, tmp_path):
    rng = np.random.default_rng(4)
    doc, space = new()
    z = {(i, j): HIGH + 0.02 * rng.normal() for i in range(12) for j in range(12)}
    z[5, 5] += 40
    for i in range(11):
        for j in range(11):
            at = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            space.add_3dface([(EAST + 5 * a, NORTH + 5 * b, z[a, b]) for a, b in at])
    path = drawing(doc)
    points = read(path)
    ground = make_ground(points, tmp_path / "a.tif", crs=HOME)
    assert ground.outliers.count == 1
    assert "faces.outlying" in [w.key for w in points.warnings]
    points = read(path)
    make_ground(points, tmp_path / "b.tif", crs=HOME, cell=1, drop_outliers=True)
    assert points.z.max() < HIGH + 1
    assert volume_of(tmp_path / "b.tif", 1)[1] == pytest.approx(55 * 55 - 75, abs=12)
