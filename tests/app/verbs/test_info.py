"""The sums of a project say what they are of."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.info import project_info
from app.verbs.terrain import add_terrain
from models.changes import Update
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.app.conftest import GROUND_M, PIT_M3, pit_outline


@pytest.fixture
def project(project_file, dem_file, add_site):
    add_site("SK-001")
    add_site("SK-002")
    with Project.open(project_file) as opened:
        add_terrain(opened, dem_file, name="t", sigma_z_m=0.1, range_m=30.0)
        add_terrain(opened, dem_file, name="rough", sigma_z_m=9.0, range_m=500.0)
        yield opened


def level(**more):
    return EstimateRequest("level", {"level_m": GROUND_M}, **more)


def test_sums_of_sound_figures_need_no_word(project):
    estimate(project, None, terrain="t", request=level(density_t_m3=1.2))
    totals = project_info(project)["totals"]
    assert totals["pits_fill_m3"] == pytest.approx(2 * PIT_M3, rel=0.01)
    assert totals["pits_estimated"] == 2
    assert totals["remarks"] == []


def test_what_a_sum_leaves_out_or_should_not_hold_is_told(project, project_file: Path, capsys):
    estimate(project, ["SK-001"], terrain="t", request=level(density_t_m3=1.2))
    estimate(project, ["SK-002"], terrain="rough", request=level())
    totals = project_info(project)["totals"]
    assert totals["without_tonnage"] == ["SK-002"]
    assert totals["no_estimate"] == ["SK-002"]
    assert totals["stale"] == []
    moved = pit_outline(pit_outline().bounds[0] - 29, pit_outline().bounds[3] + 30)
    project.store.transact(Notice("t", "t"), [Update("sand_pits", 1, {"geometry": moved})])
    totals = project_info(project)["totals"]
    assert totals["stale"] == ["SK-001"]
    assert len(totals["remarks"]) == 3
    project.close()
    assert main(["--lang", "en", "info", str(project_file)]) == 0
    captured = capsys.readouterr()
    said = captured.out + captured.err
    assert "1 of 2 pits estimated have no density" in said
    assert "1 of 2 pits estimated changed since in outline, terrain or rim edits" in said
    assert "the figures of 1 of 2 pits estimated are too uncertain" in said


def test_no_sum_over_nothing(project, project_file: Path, capsys):
    project.close()
    assert main(["--lang", "en", "info", str(project_file)]) == 0
    assert "pits estimated take" not in capsys.readouterr().out
    with Project.open(project_file) as opened:
        estimate(opened, None, terrain="t", request=level())
    assert main(["--lang", "en", "info", str(project_file)]) == 0
    assert "万m³, — 万t, and" in capsys.readouterr().out, "no density, no tonnes: not 0.00"
