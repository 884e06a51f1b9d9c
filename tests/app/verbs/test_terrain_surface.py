"""A surface of triangles through the commands: made, said, estimated, looked at, used as a design."""

from __future__ import annotations

import json

import ezdxf
import numpy as np
import pytest
import shapely

from app.cli import main
from app.i18n import translator
from app.project import Project
from app.verbs.terrain_look import look
from app.verbs.terrain_points import summary, terrain_from_points
from models.changes import Insert
from models.notices import Notice
from tests.gis.points.conftest import EAST, HOME, NORTH
from tests.gis.points.test_faces import HIGH, SIDES, VOLUME, as_faces, frustum
from tests.gis.points.test_landxml import landxml, surface


@pytest.fixture
def files(tmp_path):
    """The same frustum as faces of a drawing and as LandXML."""
    doc = ezdxf.new("R2010", units=6)
    as_faces(doc.modelspace())
    doc.saveas(tmp_path / "三角网.dxf")
    (tmp_path / "三角网.xml").write_text(landxml(surface(frustum())), encoding="utf-8")
    return tmp_path


def run(capsys, *line):
    assert main([str(a) for a in (*line, "--json")]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", ["三角网.dxf", "三角网.xml"])
def test_the_volume_of_a_frustum(project_file, files, capsys, name):
    line = (
        "terrain",
        "from-points",
        project_file,
        files / name,
        "--out",
        files / "g.tif",
        "--crs",
        HOME,
        "--cell",
        0.5,
    )
    made = run(capsys, *line)
    assert (made["triangles"], made["points"]) == (5 * SIDES, 3 * SIDES + 1)
    assert made["method"] == "triangles (TIN) as the file gives them"
    with Project.open(project_file) as project:
        assert project.store.terrain("g").making.method.text == "triangles (TIN) as the file gives them"
        pit = shapely.MultiPolygon([shapely.Point(EAST, NORTH).buffer(40, quad_segs=64)])
        project.store.transact(Notice("test", "add"), [Insert("sand_pits", {"code": "SK-001", "geometry": pit})])
    line = ("estimate", project_file, "--site", "SK-001", "--reference", "level", "--level", HIGH)
    (answer,) = run(capsys, *line)["estimates"]
    assert answer["fill_m3"] == pytest.approx(VOLUME, rel=5e-4)
    assert answer["support"] is not None


def test_what_the_dialog_sees(project_file, files):
    with Project.open(project_file) as project:
        for name in ("三角网.dxf", "三角网.xml"):
            seen = look(project, [files / name], crs=HOME)
            assert (seen.kind, seen.triangles, seen.head) == ("surface", 5 * SIDES, ())
            assert seen.refused is None


def test_a_design_of_faces(project_file, files, capsys):
    """Filled to a design whose faces lie 2 m over level ground: 2 m over the outline, wherever the faces reach."""
    at = np.arange(-100, 101, 20.0)
    (files / "flat.csv").write_text(
        "x,y,z\n" + "\n".join(f"{EAST + a},{NORTH + b},{HIGH - 20 + 0.001 * (a % 3)}" for a in at for b in at)
    )
    line = ("terrain", "from-points", project_file, files / "flat.csv", "--out", files / "f.tif", "--crs", HOME)
    run(capsys, *line, "--order", "en", "--cell", 1)
    with Project.open(project_file) as project:
        pit = shapely.MultiPolygon([shapely.box(EAST - 35, NORTH - 35, EAST + 35, NORTH + 35)])
        project.store.transact(Notice("test", "add"), [Insert("sand_pits", {"code": "SK-001", "geometry": pit})])
    line = ("estimate", project_file, "--site", "SK-001", "--reference", "contours", "--design", files / "三角网.dxf")
    (answer,) = run(capsys, *line, "--design-crs", HOME)["estimates"]
    assert answer["fill_m3"] == pytest.approx(70 * 70 * 20 - VOLUME, rel=2e-3)
    assert answer["reference"]["parameters"]["triangles"] == 5 * SIDES


def test_chinese(project_file, files):
    doc = ezdxf.readfile(files / "三角网.dxf")
    doc.modelspace().add_point((EAST, NORTH, HIGH), dxfattribs={"layer": "SJW"})
    doc.saveas(files / "b.dxf")
    with Project.open(project_file) as project:
        report = terrain_from_points(project, files / "b.dxf", files / "b.tif", crs=HOME, cell=1.0)
    words = [n.render(translator("zh_CN")) for n in (*summary(report), *report.ground.points.warnings)]
    assert any("三角形按原样采用" in w for w in words)
    assert any("这些线和点不采用" in w for w in words)
