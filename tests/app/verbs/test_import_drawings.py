"""What the verb makes of drawings and of the program's own coordinate files."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from app.project import Project
from app.verbs.export import export_layer
from app.verbs.import_ import import_features
from models.changes import Insert
from models.notices import N_, Notice
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE, made_raw

HOME = "EPSG:4546"
X, Y = HERE
PIT, ISLAND = shapely.box(X, Y, X + 200, Y + 100), shapely.box(X + 50, Y + 20, X + 90, Y + 60)


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "p.gpkg", crs=HOME) as opened:
        yield opened


def drawn():
    return made_raw([PIT, ISLAND], HOME, key="dxf", layer=["坑", "坑"], name=["甲", "岛"])


def test_a_ring_inside_another_is_an_outline_and_both_are_named(project):
    report = import_features(project, Path("a.dxf"), raw=drawn(), layer="sand_pits")
    assert report.added == report.inner + 1 == 2
    (said,) = [w.render() for w in report.warnings if w.key == "drawing.inner"]
    assert "row 2 (“岛”) lies inside row 1 (“甲”)" in said
    assert "--holes" in said


def test_asked_for_it_becomes_a_hole_which_is_a_remark_and_no_repair(project):
    report = import_features(project, Path("a.dxf"), raw=drawn(), layer="sand_pits", holes=True)
    assert (report.added, report.repaired) == (1, [])
    assert any("cut out as holes" in w.render() for w in report.warnings)
    assert project.store.read("sand_pits").geometry.iloc[0].area == PIT.area - ISLAND.area


def test_a_ring_that_reading_closed_is_a_repair_by_its_rule_and_a_remark_is_none(project):
    raw = made_raw([PIT, ISLAND], HOME)
    closed, remark = Notice("import.unclosed", N_("a ring was not closed")), Notice("x.remark", "only a remark")
    raw.features = [f._replace(notes=(n,)) for f, n in zip(raw.features, (closed, remark), strict=True)]
    report = import_features(project, Path("a.kml"), raw=raw, layer="sand_pits")
    assert [(r.row, r.rule) for r in report.repaired] == [(1, "unclosed")]
    assert any("row 2: only a remark" in w.render() for w in report.warnings)


def test_our_own_coordinate_file_brings_code_and_name_back_to_their_fields(project, tmp_path):
    row = {"code": "K-7", "name": "甲坑", "parcel_no": "150207-1", "geometry": PIT}
    project.store.transact(Notice("x", "x"), [Insert("sand_pits", row)])
    export_layer(project, layer="sand_pits", format="land_txt", out=tmp_path / "a.txt")
    with Project.create(tmp_path / "q.gpkg", crs=HOME) as other, no_child():
        report = import_features(other, tmp_path / "a.txt", layer="sand_pits")
        (back,) = other.store.rows("sand_pits")
    assert report.codes == ["K-7"]
    assert (back["name"], back["parcel_no"]) == ("甲坑", None)
    text = (tmp_path / "a.txt").read_text("utf-8-sig").replace("制作软件=Huitian", "制作软件=别家")
    (tmp_path / "b.txt").write_text(text, "utf-8")
    with Project.create(tmp_path / "r.gpkg", crs=HOME) as other, no_child():
        import_features(other, tmp_path / "b.txt", layer="sand_pits")
        (back,) = other.store.rows("sand_pits")
    assert (back["code"], back["parcel_no"]) == ("SK-001", "K-7")
