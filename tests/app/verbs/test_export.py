from __future__ import annotations

import pyogrio
import pytest
import shapely

from app.project import Project
from app.verbs.export import export_layer
from app.verbs.import_ import import_features
from gis.formats import WRITERS
from models.errors import Missing, Refused, Unwritable


@pytest.fixture
def project(project_file, add_site):
    add_site("SK-001")
    add_site("SK-002", shapely.MultiPolygon([shapely.box(417500, 4496000, 417600, 4496100)]))
    with Project.open(project_file) as opened:
        yield opened


@pytest.mark.parametrize("key", list(WRITERS))
def test_a_layer_goes_out_and_comes_back_into_another_project(project, tmp_path, key):
    out = tmp_path / f"成果 一{WRITERS[key].suffix}"
    report = export_layer(project, layer="sand_pits", format=key, out=out)
    assert (report.count, report.path) == (2, out)
    with Project.create(tmp_path / "zwei.gpkg", crs=project.crs) as other:
        back = import_features(other, out, layer="sand_pits")
        assert (back.added, back.skipped, back.repaired) == (2, [], [])
        theirs = {s.code: s for s in other.store.sites()}
    for site in project.store.sites():
        assert theirs[site.code].name == site.name
        assert theirs[site.code].outline.hausdorff_distance(site.outline) <= (0.02 if report.crs != project.crs else 0)


def test_the_program_s_own_columns_stay_at_home(project, tmp_path):
    export_layer(project, layer="sand_pits", format="gpkg", out=tmp_path / "a.gpkg")
    columns = pyogrio.read_info(tmp_path / "a.gpkg")["fields"]
    assert {"code", "name", "ground_water_m"} <= set(columns)
    assert {"uid", "created_at", "updated_at"}.isdisjoint(columns)


def test_only_the_features_asked_for(project, tmp_path):
    assert export_layer(project, layer="sand_pits", format="gpkg", out=tmp_path / "a.gpkg", codes=["SK-002"]).count == 1
    with pytest.raises(Missing, match="SK-9"):
        export_layer(project, layer="sand_pits", format="gpkg", out=tmp_path / "b.gpkg", codes=["SK-9"])
    assert not (tmp_path / "b.gpkg").exists()


def test_refusals(project, tmp_path):
    with pytest.raises(Missing, match="no layer pits"):
        export_layer(project, layer="pits", format="gpkg", out=tmp_path / "a.gpkg")
    with pytest.raises(Missing, match="no format dwg"):
        export_layer(project, layer="sand_pits", format="dwg", out=tmp_path / "a.dwg")
    with pytest.raises(Refused, match="holds nothing"):
        export_layer(project, layer="red_lines", format="gpkg", out=tmp_path / "a.gpkg")
    with pytest.raises(Refused, match="open project itself"):
        export_layer(project, layer="sand_pits", format="gpkg", out=project.path, overwrite=True)


def test_a_folder_without_write_permission_is_said(project, tmp_path, monkeypatch):
    def deny(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", deny)  # root, as in many containers, may write anywhere
    with pytest.raises(Unwritable, match="permissions"):
        export_layer(project, layer="sand_pits", format="gpkg", out=tmp_path / "a.gpkg")
