"""Default error figures that the user edits, and the figures of a registered terrain."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from app.cli import main
from app.project import Project
from app.verbs.check import check_report
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from app.verbs.terrain_errors import (
    apply_error_default,
    error_defaults,
    reset_error_defaults,
    set_error_default,
    set_terrain_errors,
    unlike_default,
)
from models.changes import Insert, Update
from models.errors import Missing, Refused
from models.estimate import EstimateRequest
from models.notices import Notice
from models.terrain import USUAL_ERRORS


def test_edited_defaults_are_kept_logged_and_undone(project_file: Path) -> None:
    with Project.open(project_file) as project:
        assert error_defaults(project) == USUAL_ERRORS
        edited = set_error_default(project, "lidar", {"sigma_z_m": 0.1, "range_m": 40.0}, said_by="2025 飞行检查点")
        assert (edited.figures.sigma_z_m, edited.figures.range_m, edited.figures.sigma_xy_m) == (0.1, 40.0, 0.15)
        assert (edited.figures.basis, edited.edited, edited.said_by) == ("edited:lidar", True, "2025 飞行检查点")
    with Project.open(project_file) as project:
        assert error_defaults(project)["lidar"] == edited
        set_error_default(project, "lidar", {"sigma_xy_m": 0.2})
        assert error_defaults(project)["lidar"].figures.sigma_z_m == 0.1
        project.store.undo()
        assert error_defaults(project)["lidar"] == edited
        project.store.undo()
        assert error_defaults(project) == USUAL_ERRORS


def test_reset_takes_the_programs_own(project_file: Path) -> None:
    with Project.open(project_file) as project:
        for source in ("lidar", "srtm_30m"):
            set_error_default(project, source, {"sigma_z_m": 0.33})
        reset_error_defaults(project, "lidar")
        found = error_defaults(project)
        assert (found["lidar"].edited, found["srtm_30m"].edited) == (False, True)
        reset_error_defaults(project)
        assert error_defaults(project) == USUAL_ERRORS
        assert "error_defaults" not in project.store.project()["settings"]


def test_other_settings_are_left_alone(project_file: Path) -> None:
    with Project.open(project_file) as project:
        fid = project.store.project()["fid"]
        project.store.transact(Notice("t", "t"), [Update("project", fid, {"settings": {"paper": "A3"}})])
        set_error_default(project, "lidar", {"bias_m": 0.02})
        reset_error_defaults(project)
        assert project.store.project()["settings"] == {"paper": "A3"}


@pytest.mark.parametrize("junk", [5, {"lidar": 3}, {"lidar": {"sigma_z_m": "x", "range_m": -4}}, {"lidar": {}}])
def test_what_another_program_left_there_is_passed_by(project_file: Path, junk: Any) -> None:
    with Project.open(project_file) as project:
        fid = project.store.project()["fid"]
        project.store.transact(Notice("t", "t"), [Update("project", fid, {"settings": {"error_defaults": junk}})])
        assert error_defaults(project) == USUAL_ERRORS


def test_bad_figures_change_nothing(project_file: Path) -> None:
    with Project.open(project_file) as project:
        before = project.store.revision
        for source, figures in (("laser", {"range_m": 1.0}), ("lidar", {"sigma_z_m": 0.0}), ("lidar", {})):
            with pytest.raises(Refused):
                set_error_default(project, source, figures)
        with pytest.raises(Refused):
            reset_error_defaults(project, "laser")
        assert project.store.revision == before


def test_a_terrain_takes_the_edited_defaults_and_the_estimate_says_so(
    project_file: Path, dem_file: Path, add_site: Callable[..., None]
) -> None:
    add_site("SK-001")
    with Project.open(project_file) as project:
        first = add_terrain(project, dem_file, name="a", source="lidar")
        set_error_default(project, "lidar", {"sigma_z_m": 0.3})
        second = add_terrain(project, dem_file, name="b", source="lidar")
        assert (first.errors.basis, second.errors.basis) == ("default:lidar", "edited:lidar")
        assert project.store.terrain("a").errors.sigma_z_m == 0.15  # what is registered keeps its figures
        assert second.errors.sigma_z_m == 0.3
        request = EstimateRequest("level", {"level_m": 1050.0})
        one, two = (estimate(project, None, terrain=t, request=request).estimates[0] for t in ("a", "b"))
        assert two.interval95.parts["terrain_m3"] == pytest.approx(2 * one.interval95.parts["terrain_m3"], rel=1e-9)
        assert "estimate.default_errors" in {w.key for w in one.warnings}
        assert "estimate.default_errors" not in {w.key for w in two.warnings}


def test_terrains_of_an_earlier_default_are_named_and_take_the_new_one_in_a_step(
    project_file: Path, dem_file: Path, add_site: Callable[..., None]
) -> None:
    """Stated figures are nobody's default: they stay. Estimates tell which figures they were made with."""
    add_site("SK-001")
    with Project.open(project_file) as project:
        for name in ("a", "b"):
            add_terrain(project, dem_file, name=name, source="lidar")
        add_terrain(project, dem_file, name="stated", source="lidar", sigma_z_m=0.07)
        add_terrain(project, dem_file, name="other", source="srtm_30m")
        assert unlike_default(project, "lidar") == []
        old = estimate(project, None, terrain="a", request=EstimateRequest("spill")).estimates[0]
        set_error_default(project, "lidar", {"sigma_z_m": 0.3})
        assert [t.name for t in unlike_default(project, "lidar")] == ["a", "b"]
        revision = project.store.revision
        assert [t.name for t in apply_error_default(project, "lidar")] == ["a", "b"]
        assert project.store.revision == revision + 1
        known = {t.name: t.errors.sigma_z_m for t in project.store.terrains()}
        assert known == {"a": 0.3, "b": 0.3, "stated": 0.07, "other": 4.0}
        (kept,) = project.store.estimates()
        assert kept.terrain.errors == old.terrain.errors
        assert check_report(project).problems == ()  # computed again with the figures that it carries
        new = estimate(project, None, terrain="a", request=EstimateRequest("spill")).estimates[0]
        assert (old.terrain.errors.sigma_z_m, old.terrain.errors.basis) == (0.15, "default:lidar")
        assert (new.terrain.errors.sigma_z_m, new.terrain.errors.basis) == (0.3, "edited:lidar")
        assert check_report(project).problems == ()
        with pytest.raises(Refused):
            apply_error_default(project, "lidar")
        for _ in range(2):  # the estimate, then the step of both terrains
            project.store.undo()
        assert [t.name for t in unlike_default(project, "lidar")] == ["a", "b"]


def test_figures_of_a_registered_terrain(project_file: Path, dem_file: Path, add_site: Callable[..., None]) -> None:
    add_site("SK-001")
    request = EstimateRequest("spill")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, name="t")
        silent = estimate(project, None, request=request).estimates[0]
        assert silent.interval95.fill_m3 is None
        changed = set_terrain_errors(project, "t", {"sigma_z_m": 0.1, "range_m": 30.0})
        assert changed.errors.basis == "stated"
        assert project.store.terrain("t") == changed
        assert estimate(project, None, request=request).estimates[0].interval95.fill_m3 is not None
        by_kind = set_terrain_errors(project, "t", {"range_m": 44.0}, source="contour_map")
        assert (by_kind.source, by_kind.errors.sigma_z_m, by_kind.errors.range_m) == ("contour_map", 0.7, 44.0)
        assert set_terrain_errors(project, "t", {}, forget=True).errors.sigma_z_m is None
        project.store.undo()
        assert project.store.terrain("t") == by_kind
        with pytest.raises(Missing):
            set_terrain_errors(project, "nothing", {"range_m": 1.0})
        with pytest.raises(Refused):
            set_terrain_errors(project, "t", {})


def run(capsys: pytest.CaptureFixture[str], *arguments: object, want: int = 0) -> str:
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    assert code == want, err
    return out if want == 0 else err


def test_the_commands(project_file: Path, dem_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "terrain", "add", project_file, dem_file, "--name", "t", "--source", "lidar", "--bias", "0.02")
    edit = ("terrain", "defaults", project_file, "--source", "lidar", "--sigma-z", "0.1", "--said-by", "flight 7")
    run(capsys, *edit)
    found = json.loads(run(capsys, "terrain", "defaults", project_file, "--json"))["defaults"]
    by_source = {d["source"]: d for d in found}
    assert set(by_source) == set(USUAL_ERRORS)
    assert (by_source["lidar"]["sigma_z_m"], by_source["lidar"]["edited"]) == (0.1, True)
    assert (by_source["srtm_30m"]["confidence"], by_source["srtm_30m"]["edited"]) == ("U", False)
    assert "flight 7" in run(capsys, "terrain", "defaults", project_file)
    run(capsys, "terrain", "add", project_file, dem_file, "--name", "u", "--source", "lidar")
    said = json.loads(run(capsys, *edit[:5], "--sigma-z", "0.2", "--json"))
    assert (said["applied"], said["behind"]) == ([], {"lidar": ["u"]})  # t has a stated figure
    assert "--apply" in run(capsys, "terrain", "defaults", project_file)
    said = json.loads(run(capsys, *edit[:5], "--apply", "--json"))
    assert (said["applied"], said["behind"]) == (["u"], {})
    run(capsys, "terrain", "defaults", project_file, "--apply", want=2)
    assert "at most 100 m" in run(capsys, *edit[:5], "--sigma-z", "1000", want=1)
    run(capsys, "terrain", "defaults", project_file, "--reset")
    assert "flight 7" not in run(capsys, "terrain", "defaults", project_file)
    changed = json.loads(run(capsys, "terrain", "set", project_file, "t", "--sigma-xy", "0.3", "--json"))
    assert (changed["errors"]["sigma_xy_m"], changed["errors"]["bias_m"]) == (0.3, 0.02)
    assert run(capsys, "terrain", "set", project_file, "t", "--range", "-3", want=1).startswith("error: ")
    assert run(capsys, "terrain", "set", project_file, "t", want=1).startswith("error: ")
    assert run(capsys, "terrain", "defaults", project_file, "--source", "x", want=1).startswith("error: ")
    run(capsys, "terrain", "defaults", project_file, "--sigma-z", "0.1", want=2)


@pytest.fixture
def coarse(tmp_path: Path, project_file: Path) -> Path:
    """A public model of 30 m cells over a pit 3 m deep and 110 m wide, in a project with the site."""
    path = tmp_path / "公开 30 m.tif"
    x, y = np.meshgrid(*[(np.arange(24) + 0.5) * 30 - 360] * 2)
    z = 1050 - np.clip((55 - np.hypot(x, y)) / 10, 0, 3)
    profile = {"driver": "GTiff", "width": 24, "height": 24, "count": 1, "dtype": "float32", "crs": "EPSG:4546"}
    with rasterio.open(path, "w", transform=from_origin(416_640, 4_496_360, 30, 30), **profile) as target:
        target.write(z.astype("float32"), 1)
    with Project.open(project_file) as project:
        outline = shapely.MultiPolygon([shapely.Point(417_000, 4_496_000).buffer(58)])
        project.store.transact(Notice("t", "t"), [Insert("sand_pits", {"code": "SK-9", "geometry": outline})])
        add_terrain(project, path, name="glo30", source="copernicus_30m")
    return project_file


@pytest.mark.parametrize("reference", [("level", "--level", "1050"), ("spill",), ("rim_surface",)])
def test_a_public_30_m_model_on_a_pit_3_m_deep_gives_no_estimate(
    coarse: Path, reference: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    line = ("estimate", coarse, "--all", "--reference", *reference)
    (e,) = json.loads(run(capsys, *line, "--json"))["estimates"]
    assert e["standing"] == "too_uncertain"
    assert e["interval95"]["fill_m3"] > 0.5 * e["fill_m3"]
    assert any("no estimate to plan with" in w for w in e["warnings"])
    assert any("cells wide" in w for w in e["warnings"])
    main([str(a) for a in line])
    said = "".join(capsys.readouterr())
    assert "(no estimate)" in said
    assert "no estimate to plan with" in said


def test_the_sheet_of_such_a_pit_says_so_first(coarse: Path) -> None:
    from app.i18n import Translator
    from app.package.build import build_content
    from app.package.figures import figure_rows, note_words
    from app.package.sheet import SheetRequest

    with Project.open(coarse) as project:
        e = estimate(project, ["SK-9"], request=EstimateRequest("level", {"level_m": 1050.0})).estimates[0]
        assert e.standing == "too_uncertain"
        content = build_content(project, SheetRequest(site="SK-9"))
        for language, words in (("zh_CN", "不确定度过大"), ("en", "too uncertain")):
            say = Translator(language)
            rows = figure_rows(content, say)
            assert rows[0][0] == words
            assert rows[0][2]
            assert any(e.warnings[0].render(say) in note for note in note_words(content, say, [], {}))
