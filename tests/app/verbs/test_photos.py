"""Photos of features: copied beside the project, one step, nothing outside is followed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from app.cli import main
from app.project import Project
from app.verbs import photos
from app.verbs.check import check_report
from app.verbs.copies import copy_out, merge
from models.changes import Insert
from models.errors import AppError, Missing, Refused, Unwritable
from models.notices import Notice
from tests.app.pictures import camera_picture


@pytest.fixture
def site_file(project_file: Path, add_site: Callable[..., None]) -> Path:
    add_site("SK-001")
    return project_file


def photos_in(project: Project) -> list[photos.Photo]:
    return photos.all_photos(project)


def test_a_photo_lies_beside_the_project_and_travels_with_it(site_file: Path, tmp_path: Path) -> None:
    source = camera_picture(tmp_path / "相机" / "坑 东侧.jpg")
    with Project.open(site_file) as project:
        layer, row = photos.feature_named(project, "SK-001")
        before = project.store.revision
        report = photos.add_photos(project, layer, row, [source], caption="东侧")
        assert project.store.revision == before + 1
        (photo,) = report.photos
        kept = photos.photo_file(project, photo)
        assert kept.parent == site_file.parent / f"{site_file.stem}_photos"
        assert kept.read_bytes() == source.read_bytes()
        assert photo.taken_at == "2026-09-10T02:20:30.000Z"
        assert photos.photo_state(project, photo, deep=True) == "here"
    moved = tmp_path / "U盘"
    moved.mkdir()
    for item in (site_file, kept.parent):
        item.rename(moved / item.name)
    with Project.open(moved / site_file.name) as project:
        assert photos.photo_state(project, photos_in(project)[0], deep=True) == "here"


def test_undo_takes_the_row_and_redo_finds_the_file(site_file: Path, tmp_path: Path) -> None:
    with Project.open(site_file) as project:
        layer, row = photos.feature_named(project, "SK-001")
        photos.add_photos(project, layer, row, [camera_picture(tmp_path / "a.jpg")])
        project.store.undo()
        assert photos_in(project) == []
        project.store.redo()
        (photo,) = photos_in(project)
        assert photos.photo_state(project, photo, deep=True) == "here"
        photos.remove_photo(project, photo.number)
        assert photos_in(project) == []
        project.store.undo()
        assert photos.photo_state(project, photos_in(project)[0]) == "here"


def test_the_same_picture_is_added_once(site_file: Path, tmp_path: Path) -> None:
    first, again = camera_picture(tmp_path / "a.jpg"), camera_picture(tmp_path / "b.jpg")
    with Project.open(site_file) as project:
        layer, row = photos.feature_named(project, "SK-001")
        report = photos.add_photos(project, layer, row, [first, again])
        assert len(report.photos) == 1
        assert report.known == [str(again)]
        assert photos.add_photos(project, layer, row, [first]).photos == []
        assert len(photos_in(project)) == 1


def test_bad_files_are_left_out_and_told_of(site_file: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")
    good = camera_picture(tmp_path / "good.jpg")
    with Project.open(site_file) as project:
        layer, row = photos.feature_named(project, "SK-001")
        report = photos.add_photos(project, layer, row, [bad, good])
        assert [f for f, _e in report.refused] == [str(bad)]
        assert len(report.photos) == 1
        with pytest.raises(Refused):
            photos.add_photos(project, layer, row, [bad])


def test_a_refused_step_leaves_no_copy(site_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Project.open(site_file) as project:
        layer, row = photos.feature_named(project, "SK-001")

        def refuse(*_what: object) -> None:
            raise Unwritable("t", "disk full")

        monkeypatch.setattr(project.store, "transact", refuse)
        with pytest.raises(Unwritable):
            photos.add_photos(project, layer, row, [camera_picture(tmp_path / "a.jpg")])
        assert not photos.folder_of(project).exists()


@pytest.mark.parametrize(
    "path", ["../geheim.jpg", "/etc/passwd", "//server/share/a.jpg", "\\\\server\\share\\a.jpg", "C:/a.jpg", "", "."]
)
def test_paths_that_lead_out_are_not_followed(site_file: Path, tmp_path: Path, path: str) -> None:
    with Project.open(site_file) as project:
        row = photos.feature_named(project, "SK-001")[1]
        values = {"layer": "sand_pits", "row_uid": row["uid"], "path": path or "x", "sha256": "0"}
        project.store.transact(Notice("t", "t"), [Insert("photos", values)])
        photo = photos.Photo.from_row({**project.store.rows("photos")[0], "path": path})
        with pytest.raises(Refused) as error:
            photos.photo_file(project, photo)
        assert error.value.key == "photo.outside"
        assert photos.photo_state(project, photo) == "outside"


def test_a_link_out_of_the_folder_is_not_followed(site_file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    camera_picture(elsewhere / "a.jpg")
    folder = site_file.parent / f"{site_file.stem}_photos"
    try:
        folder.symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("no symbolic links here")
    with Project.open(site_file) as project:
        photo = photos.Photo(1, "u", "sand_pits", "r", f"{folder.name}/a.jpg", "", "", "")
        assert photos.photo_state(project, photo) == "outside"


def test_missing_and_changed_files_are_told_apart(site_file: Path, tmp_path: Path) -> None:
    with Project.open(site_file) as project:
        layer, row = photos.feature_named(project, "SK-001")
        photos.add_photos(project, layer, row, [camera_picture(tmp_path / "a.jpg")])
        (photo,) = photos_in(project)
        kept = photos.photo_file(project, photo)
        camera_picture(kept, colour="blue")
        assert photos.photo_state(project, photo, deep=True) == "changed"
        assert [p.key for p in check_report(project).problems] == ["photo.changed"]
        kept.unlink()
        assert photos.photo_state(project, photo) == "missing"
        assert [p.key for p in check_report(project).problems] == ["photo.missing"]
        with pytest.raises(Missing):
            photos.photo_file(project, photo)


def test_observations_stand_where_the_pictures_were_taken(site_file: Path, tmp_path: Path) -> None:
    files = [camera_picture(tmp_path / "a.jpg", lon=111.0, lat=40.6), camera_picture(tmp_path / "b.jpg", lon=None)]
    with Project.open(site_file) as project:
        before = project.store.revision
        report = photos.observe_photos(project, files)
        assert project.store.revision == before + 1
        assert len(report.features) == 1
        assert [e.key for _f, e in report.refused] == ["photo.no_place"]
        frame = project.store.read("observations")
        point: shapely.Point = frame.geometry.iloc[0]
        assert point.x == pytest.approx(500_000, abs=0.05)  # the central meridian of EPSG:4546
        assert point.y == pytest.approx(4_496_109, abs=200)
        (photo,) = report.photos
        assert photo.row_uid == frame["uid"].iloc[0]
        assert photos.photos_of(project, photo.row_uid) == [photo]


def test_a_deleted_feature_takes_its_photos_along_and_undo_brings_them_back(site_file: Path, tmp_path: Path) -> None:
    from models.changes import Delete

    with Project.open(site_file) as project:
        layer, row = photos.feature_named(project, "SK-001")
        photos.add_photos(project, layer, row, [camera_picture(tmp_path / "a.jpg")])
        project.store.transact(Notice("t", "t"), [Delete(layer, row["fid"])])
        assert photos_in(project) == []
        project.store.undo()
        assert len(photos_in(project)) == 1


def test_commands(site_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = str(camera_picture(tmp_path / "a.jpg"))
    assert main(["photo", "add", str(site_file), "SK-001", picture, "--caption", "北坡", "--json"]) == 0
    added = json.loads(capsys.readouterr().out)
    assert [p["caption"] for p in added["added"]] == ["北坡"]
    assert main(["photo", "list", str(site_file), "--site", "SK-001", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["photos"]
    assert (listed["code"], listed["state"]) == ("SK-001", "here")
    assert main(["photo", "list", str(site_file)]) == 0
    assert "北坡" in capsys.readouterr().out
    assert main(["photo", "observe", str(site_file), picture, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["known"] == [picture]
    assert main(["photo", "remove", str(site_file), str(listed["number"])]) == 0
    assert main(["photo", "remove", str(site_file), "99"]) == 1
    assert "99" in capsys.readouterr().err
    assert main(["photo", "add", str(site_file), "SK-999", picture]) == 1
    assert "SK-999" in capsys.readouterr().err


def test_set_many(site_file: Path, add_site: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    add_site("SK-002")
    arguments = ["set-many", str(site_file), "--layer", "sand_pits"]
    assert main([*arguments, "--all", "status=filled", "ground_water_m=1040", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"changed": 2}
    with Project.open(site_file) as project:
        assert {r["status"] for r in project.store.rows("sand_pits")} == {"filled"}
        assert project.store.revision == 3
        project.store.undo()
        assert {r["status"] for r in project.store.rows("sand_pits")} == {None}
    for wrong in (["--all", "code=X"], ["--all", "ground_water_m=99999"], ["--site", "SK-9", "status=filled"]):
        assert main([*arguments, *wrong]) == 1
    with Project.open(site_file) as project:
        assert {r["ground_water_m"] for r in project.store.rows("sand_pits")} == {None}


def test_codes_of_several_layers(site_file: Path, add_site: Callable[..., None]) -> None:
    with Project.open(site_file) as project:
        with pytest.raises(Missing):
            photos.feature_named(project, "none")
        values = {"code": "SK-001", "geometry": shapely.Point(417_050, 4_495_950)}
        try:
            project.store.transact(Notice("t", "t"), [Insert("observations", values)])
        except AppError:
            return  # codes are unique over all layers
        with pytest.raises(Refused):
            photos.feature_named(project, "SK-001")
        assert photos.feature_named(project, "SK-001", "sand_pits")[0] == "sand_pits"


def test_photos_of_a_working_copy_come_with_the_merge(site_file: Path, tmp_path: Path) -> None:
    field = tmp_path / "外业"
    field.mkdir()
    copy = field / "copy.gpkg"
    with Project.open(site_file) as project:
        copy_out(project, copy)
    with Project.open(copy) as taken:
        layer, row = photos.feature_named(taken, "SK-001")
        files = [camera_picture(tmp_path / "a.jpg"), camera_picture(tmp_path / "b.jpg", colour="blue")]
        photos.add_photos(taken, layer, row, files)
        lost = photos_in(taken)[1]
        photos.photo_file(taken, lost).unlink()
    with Project.open(site_file) as project:
        report = merge(project, copy)
        found, missing = sorted(photos_in(project), key=lambda p: p.path == lost.path)
        assert photos.photo_state(project, found, deep=True) == "here"
        assert photos.photo_state(project, missing) == "missing"
        assert {r.key for r in report.remarks} == {"photos.brought", "photos.missing"}
        assert missing.path in report.remarks[-1].render()
