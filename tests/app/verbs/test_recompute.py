"""A stored estimate is computed again from what it carries; what differs is named by its figure."""

from __future__ import annotations

import json
import sqlite3

import pytest
import rasterio
import shapely

from app.project import Project
from app.verbs.check import check_report
from app.verbs.estimate import estimate
from app.verbs.recompute import recompute
from app.verbs.terrain import add_terrain
from app.verbs.terrain_errors import set_terrain_errors
from gis.store import blob
from models.changes import Delete, Insert, Update
from models.errors import Cancelled
from models.estimate import EstimateRequest
from models.notices import Notice
from models.progress import Watch
from tests.app.conftest import pit_outline

LABEL = Notice("test", "change")


@pytest.fixture
def estimated(project_file, add_site, dem_file):
    add_site("SK-1")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file)
        project.store.transact(LABEL, [Insert("wastes", {"code": "W", "kind": "fly_ash", "moisture": 0.2})])
        request = EstimateRequest("level", {"level_m": 1048.0}, cover_m=0.5, waste="W")
        assert len(estimate(project, None, request=request).estimates) == 1
    return project_file


def forge(path, **figures):
    """Another program writes other figures into the stored record."""
    con = sqlite3.connect(path)
    record = json.loads(con.execute("SELECT record FROM estimates").fetchone()[0])
    for name, value in figures.items():
        *way, last = name.split("__")
        place = record
        for key in way:
            place = place[key]
        place[last] = value
    con.execute("UPDATE estimates SET record = ?", (json.dumps(record),))
    con.commit()
    con.close()
    return record


def answer(path, **figures):
    if figures:
        forge(path, **figures)
    with Project.open(path, read_only=True) as project:
        return recompute(project, project.store.estimates()[0])


def test_the_same_program_gives_the_same_figures(estimated):
    found = answer(estimated)
    assert (found.site, found.state, found.reason, found.differences) == ("SK-1", "same", None, ())
    with Project.open(estimated, read_only=True) as project:
        assert check_report(project).problems == ()


@pytest.mark.parametrize(
    ("figure", "name"),
    [
        ("fill_m3", "fill_m3"),
        ("reference__mean_elevation_m", "reference.mean_elevation_m"),
        ("max_depth_m", "max_depth_m"),
        ("check__fill_m3", "check.fill_m3"),
        ("tonnage_wet_t", "tonnage_wet_t"),
    ],
)
def test_a_figure_that_was_altered_is_named(estimated, figure, name):
    before = forge(estimated)
    value = before
    for key in figure.split("__"):
        value = value[key]
    assert value
    found = answer(estimated, **{figure: value * (1 + 3e-9)})
    assert found.state == "differs"
    assert [d.figure for d in found.differences] == [name]
    assert found.differences[0].now == pytest.approx(value, rel=1e-12)
    assert name in found.reason.render()
    with Project.open(estimated, read_only=True) as project:
        report = check_report(project)
        assert ("estimate.differs", "error") in {(p.key, p.severity) for p in report.problems}
        assert not report.ok
        assert report.to_json()["estimates"][0]["differences"][0]["figure"] == name
        assert check_report(project, quick=True).ok
        stored = project.store.estimates()[0].to_record()
    assert json.loads(json.dumps(stored)) == forge(estimated)  # never overwritten
    assert answer(estimated, **{figure: value * (1 + 1e-11)}).state == "same"


def test_an_estimate_of_before_cut_and_fill_each_had_an_interval(project_file, add_site, dem_file):
    estimated = project_file
    add_site("SK-1")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, sigma_z_m=0.1, range_m=30.0)
        estimate(project, None, request=EstimateRequest("level", {"level_m": 1048.0}))
        assert project.store.estimates()[0].interval95.other_m3 > 0
    assert answer(estimated).state == "same"
    assert answer(estimated, interval95__other_m3=None).state == "same"
    assert answer(estimated, interval95__other_m3=1.0).state == "differs"


def test_another_version_of_the_program_is_said(estimated):
    found = answer(estimated, fill_m3=1.0, program_version="0.0.9")
    assert "0.0.9" in found.reason.render()


@pytest.mark.parametrize(
    ("by", "version", "severity"),
    [(1e-6, "0.0.9", "warning"), (1e-6, None, "error"), (1e-3, "0.0.9", "error")],
)
def test_slight_differences_to_another_version_are_no_error(estimated, by, version, severity):
    value = forge(estimated)["check"]["fill_m3"]
    forged = {"check__fill_m3": value * (1 + by)} | ({"program_version": version} if version else {})
    found = answer(estimated, **forged)
    assert found.state == "differs"
    assert found.slight == (severity == "warning")
    assert "check.fill_m3" in found.reason.render()
    with Project.open(estimated, read_only=True) as project:
        report = check_report(project)
        assert [p.severity for p in report.problems if p.key == "estimate.differs"] == [severity]
        assert report.ok == (severity == "warning")


def test_a_figure_that_is_gone_is_never_slight(estimated):
    assert forge(estimated)["tonnage_wet_t"]
    assert not answer(estimated, tonnage_wet_t=None, program_version="0.0.9").slight


def test_a_waste_that_changed_since_makes_a_difference(estimated):
    with Project.open(estimated) as project:
        project.store.transact(LABEL, [Update("wastes", 1, {"moisture": 0.4})])
    assert {d.figure for d in answer(estimated).differences} == {"tonnage_wet_t"}


def test_stale_is_a_state_of_its_own_and_changes_nothing(estimated):
    with Project.open(estimated) as project:
        smaller = shapely.MultiPolygon([g.buffer(-1) for g in pit_outline().geoms])
        stored = project.store.rows("estimates")
        project.store.transact(LABEL, [Update("sand_pits", 1, {"geometry": smaller})])
        report = check_report(project)
        assert [e.state for e in report.estimates] == ["stale"]
        assert report.to_json()["estimates"][0]["state"] == "stale"
        assert project.store.rows("estimates") == stored


def test_what_cannot_be_computed_says_why(estimated, dem_file):
    assert answer(estimated, request__reference="no such surface").state == "cannot"
    with Project.open(estimated) as project:
        project.store.transact(LABEL, [Delete("sand_pits", 1)])
    dem_file.unlink()
    with Project.open(estimated, read_only=True) as project:
        assert project.store.estimates() == []


def test_an_estimate_of_a_site_that_is_gone_cannot_be_computed(estimated):
    con = sqlite3.connect(estimated)
    blob.register(con)
    con.execute("UPDATE sand_pits SET uid = 'another'")
    con.commit()
    con.close()
    assert answer(estimated).state == "cannot"


def test_it_can_be_cancelled(estimated):
    watch = Watch()
    watch.cancel()
    with Project.open(estimated, read_only=True) as project, pytest.raises(Cancelled):
        check_report(project, watch)


def test_error_figures_that_changed_since_make_no_difference(estimated, dem_file, tmp_path):
    """Those of the ground and of the other terrain are carried by the estimate."""
    with rasterio.open(dem_file) as first, rasterio.open(tmp_path / "before.tif", "w", **first.profile) as out:
        out.write(first.read(1) + 1, 1)
    with Project.open(estimated) as project:
        for name, path in (("now", dem_file), ("before", tmp_path / "before.tif")):
            add_terrain(project, path, name=name, source="lidar")
        request = EstimateRequest("dem", {"terrain": "before"})
        (made,) = estimate(project, None, terrain="now", request=request).estimates
        assert made.reference.parameters["errors"]["sigma_z_m"] == 0.15
        for name in ("now", "before"):
            set_terrain_errors(project, name, {"sigma_z_m": 0.6, "range_m": 9.0})
        (stored,) = project.store.estimates()
        assert recompute(project, stored).state == "same"
        (again,) = estimate(project, None, terrain="now", request=request).estimates
        assert again.interval95.fill_m3 > made.interval95.fill_m3
        assert again.reference.parameters["errors"]["sigma_z_m"] == 0.6
