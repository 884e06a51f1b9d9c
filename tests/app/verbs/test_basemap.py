from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from app.project import Project
from app.verbs.basemap import add_basemap, make_overviews, remove_basemap, without_overviews
from app.verbs.check import check_report
from app.verbs.info import project_info
from gis.basemaps import overviews
from models.errors import Missing, Refused
from tests.gis.basemaps.making import CRS, write_gpkg, write_jpeg, write_photo
from tests.gis.basemaps.test_raster import big


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "工程.gpkg", crs=CRS) as made:
        yield made


def test_a_basemap_is_one_step_that_can_be_undone(project: Project, tmp_path: Path) -> None:
    (tmp_path / "影像").mkdir()
    path = write_photo(tmp_path / "影像" / "正射.tif")
    made = add_basemap(project, path)
    assert made.path == "影像/正射.tif"  # relative: it moves with the project
    assert project.store.basemaps() == [made]
    assert project.store.basemap_path(made) == path
    assert project.store.check() == []
    project.store.undo()
    assert project.store.basemaps() == []
    project.store.redo()
    assert remove_basemap(project, "正射") == made
    assert project.store.basemaps() == []
    assert path.is_file()


def test_what_cannot_be_used_registers_nothing(project: Project, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "a.tif")
    add_basemap(project, path)
    cases = {
        "basemap.name_taken": (path, {}),
        "basemap.own_project": (project.path, {}),
        "basemap.no_crs": (write_jpeg(tmp_path / "b.jpg"), {}),
        "basemap.which_table": (write_gpkg(tmp_path / "t.gpkg", ("a", "b")), {}),
    }
    for key, (file, options) in cases.items():
        with pytest.raises(Refused) as error:
            add_basemap(project, file, **options)
        assert error.value.key == key
    with pytest.raises(Missing):
        remove_basemap(project, "x")
    assert [b.name for b in project.store.basemaps()] == ["a"]


def test_overviews_are_made_beside_on_demand(project: Project, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(overviews, "LARGE", 1_000_000)
    made = add_basemap(project, big(tmp_path / "big.tif"))
    assert without_overviews(project, made)
    assert make_overviews(project, "big") == tmp_path / "big.tif.ovr"
    assert not without_overviews(project, made)


def test_a_lost_file_is_a_warning_and_the_record_stands_in_info(project: Project, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "a.tif")
    add_basemap(project, path)
    assert check_report(project).problems == ()
    assert project_info(project)["basemaps"] == [{"name": "a", "path": "a.tif", "kind": "raster", "crs": CRS}]
    path.unlink()
    report = check_report(project)
    assert [(p.key, p.severity) for p in report.problems] == [("basemap.gone", "warning")]
    assert report.ok


def test_the_commands(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where, photo = str(project.path), str(write_jpeg(tmp_path / "照片.jpg"))
    project.close()
    assert main(["basemap", "add", where, photo]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert main(["basemap", "add", where, photo, "--crs", CRS, "--name", "2024", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bounds"][0] == 417_000
    assert main(["basemap", "list", where, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["basemaps"]
    assert (row["name"], row["kind"], row["there"]) == ("2024", "raster", True)
    assert main(["basemap", "overviews", where, "2024"]) == 1  # small enough without
    capsys.readouterr()
    assert main(["basemap", "remove", where, "2024", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": "2024"}
    assert main(["basemap", "list", where]) == 0
